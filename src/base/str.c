/* SPDX-License-Identifier: Apache-2.0 */
/*
 * str: comparison and the edit distance behind every "did you mean". The distance uses three
 * rows of at most STR_DISTANCE_MAX cells on the stack; longer words never match.
 */
#include "base/str.h"

#include <assert.h>

enum { STR_DISTANCE_MAX = 64 };

static unsigned char lower(char c) {
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

bool str_equal_ignore_case(struct str a, struct str b) {
    if (a.size_bytes != b.size_bytes) return false;
    for (size_t i = 0; i < a.size_bytes; i++) {
        if (lower(a.at[i]) != lower(b.at[i])) return false;
    }
    return true;
}

int str_compare(struct str a, struct str b) {
    size_t n = a.size_bytes < b.size_bytes ? a.size_bytes : b.size_bytes;
    int c = n == 0 ? 0 : memcmp(a.at, b.at, n);
    if (c != 0) return c;
    return (a.size_bytes > b.size_bytes) - (a.size_bytes < b.size_bytes);
}

static unsigned min3(unsigned a, unsigned b, unsigned c) {
    unsigned m = a < b ? a : b;
    return m < c ? m : c;
}

unsigned str_distance(struct str a, struct str b, unsigned max) {
    if (a.size_bytes >= STR_DISTANCE_MAX || b.size_bytes >= STR_DISTANCE_MAX) return max + 1;
    unsigned rows[3][STR_DISTANCE_MAX + 1];
    unsigned *two_ago = rows[0], *last = rows[1], *now = rows[2];
    for (size_t j = 0; j <= b.size_bytes; j++) last[j] = (unsigned)j;
    for (size_t i = 1; i <= a.size_bytes; i++) {
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= b.size_bytes; j++) {
            unsigned cost = lower(a.at[i - 1]) == lower(b.at[j - 1]) ? 0 : 1;
            now[j] = min3(last[j] + 1, now[j - 1] + 1, last[j - 1] + cost);
            if (i > 1 && j > 1 && lower(a.at[i - 1]) == lower(b.at[j - 2]) &&
                lower(a.at[i - 2]) == lower(b.at[j - 1]) && two_ago[j - 2] + 1 < now[j]) {
                now[j] = two_ago[j - 2] + 1;
            }
        }
        unsigned *spare = two_ago;
        two_ago = last, last = now, now = spare;
    }
    return last[b.size_bytes] > max ? max + 1 : last[b.size_bytes];
}

struct str str_nearest(struct str word, const struct str *candidates, size_t count) {
    assert(candidates != NULL || count == 0);
    unsigned best = word.size_bytes < 6 ? 1 : (unsigned)(word.size_bytes / 3);
    struct str found = {NULL, 0};
    for (size_t i = 0; i < count; i++) {
        unsigned d = str_distance(word, candidates[i], best);
        if (d < best || (d == best && found.at == NULL)) best = d, found = candidates[i];
    }
    return found;
}

static char folded(char c, bool fold) { return fold && c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c; }

bool str_matches(struct str text, struct str pattern, char any, char one, bool fold) {
    size_t t = 0, p = 0, star = SIZE_MAX, mark = 0;
    while (t < text.size_bytes) {
        bool more = p < pattern.size_bytes;
        char want = more ? pattern.at[p] : '\0';
        if (more && want == any) {
            star = p++;
            mark = t;
        } else if (more && (want == one || folded(want, fold) == folded(text.at[t], fold))) {
            t++;
            p++;
        } else if (star != SIZE_MAX) { /* the last `any` takes one byte more */
            p = star + 1;
            t = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.size_bytes && pattern.at[p] == any) p++;
    return p == pattern.size_bytes;
}
