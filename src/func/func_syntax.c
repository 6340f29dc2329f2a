/* SPDX-License-Identifier: Apache-2.0 */
/*
 * func_syntax: rows for what has a grammar of its own and becomes nodes of the expression instead of a
 * call: AND, OR, CASE, COALESCE, BETWEEN, IN, OVERLAPS and the functions of grouping. The rows are what
 * the documentation, SHOW FUNCTIONS, DESCRIBE FUNCTION and completion read; nothing binds them.
 */
#include "func/kernel.h"

#include <assert.h>

static enum status bind_syntax(struct func_bind *b)
{
    assert(b->func != NULL);
    return error_at(b->error, STATUS_BUG, b->span, "%.*s is bound by its grammar, not as a call", STR_ARG(b->func->name));
}

#define FORM(name, sign, text, sample) ROW_OF(name, 0, 255, FUNC_OPERATOR, syntax, sign, text, sample)
#define CALL(name, sign, text, sample) ROW_OF(name, 0, 255, FUNC_DEFAULT, syntax, sign, text, sample)

static const struct func rows_of_syntax[] = {
    FORM("AND", "a AND b", "TRUE if both are; UNKNOWN if one is and the other is not FALSE.", "(TRUE AND CAST(NULL AS BOOLEAN)) IS UNKNOWN"),
    FORM("OR", "a OR b", "TRUE if one is; UNKNOWN if one is and the other is not TRUE.", "(FALSE OR TRUE) = TRUE"),
    FORM("CASE", "CASE WHEN condition THEN x [WHEN ...] [ELSE y] END, CASE v WHEN v1 [, v2 ...] THEN x [...] [ELSE y] END",
         "The value of the first branch whose condition holds, or whose value equals v; without ELSE NULL.",
         "CASE 2 WHEN 1 THEN 'a' WHEN 2, 3 THEN 'b' ELSE 'c' END = 'b'"),
    CALL("COALESCE", "COALESCE(v1, v2, ...) -> common type", "The first value that is not NULL.", "COALESCE(CAST(NULL AS INT), 5) = 5"),
    FORM("BETWEEN", "x [NOT] BETWEEN [ASYMMETRIC | SYMMETRIC] a AND b", "Is x at least a and at most b? SYMMETRIC takes the two in either order.",
         "2 BETWEEN SYMMETRIC 3 AND 1"),
    FORM("IN", "x [NOT] IN (v1, v2, ...), x [NOT] IN (query)", "Is x equal to one of the values, or one of the rows?", "2 IN (1, 2, 3)"),
    FORM("OVERLAPS", "(start, end | interval) OVERLAPS (start, end | interval)", "Do two periods share a point in time?",
         "(DATE '2024-01-01', INTERVAL '1' MONTH) OVERLAPS (DATE '2024-01-31', DATE '2024-03-01')"),
    FORM("EXISTS", "EXISTS (query)", "Has the query a row?", "1 IN (1)"),
    FORM(".", "row.field, row.*", "A field of a row, or all of them.", "CAST(ROW(1, 'a') AS ROW<x INT, y STRING>).y = 'a'"),
    CALL("GROUPING", "GROUPING(column, ...) -> BIGINT", "A bit per column: 1 where this row's grouping set leaves it out.",
         "SELECT MAX(g) = 1 FROM (SELECT GROUPING(x) AS g FROM t GROUP BY GROUPING SETS ((x), ()))"),
    CALL("GROUPING_ID", "GROUPING_ID(column, ...) -> BIGINT", "The same as GROUPING.",
         "SELECT MAX(g) = 1 FROM (SELECT GROUPING_ID(x) AS g FROM t GROUP BY GROUPING SETS ((x), ()))"),
    CALL("GROUP_ID", "GROUP_ID() -> BIGINT", "Tells equal grouping sets apart.", "SELECT MIN(g) = 0 FROM (SELECT GROUP_ID() AS g FROM t GROUP BY x)"),
};
FAMILY_TITLED(syntax, "Logic and choice", rows_of_syntax);
