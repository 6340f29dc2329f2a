SELECT -a[1], -a, + -a, - -1, -a.b.c, -f(x);
SELECT a IN (1, 2) AND b, a + 1 IN (2), a = b IN (c), (a IN (b)) IN (c), a LIKE (b IN (c)), (a IN (b)) LIKE c, a LIKE (b BETWEEN c AND d), (a BETWEEN b AND c) LIKE d;
SELECT a LIKE b IS NULL, a LIKE b AND c, a LIKE b = c, a LIKE b < c;
