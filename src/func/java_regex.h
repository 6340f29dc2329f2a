/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_FUNC_JAVA_REGEX_H
#define WEIR_FUNC_JAVA_REGEX_H

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * java_regex: patterns of java.util.regex, translated to PCRE2. What PCRE2 has no match for is
 * refused by name (STATUS_UNSUPPORTED), never matched differently.
 */
struct java_regex;

enum java_regex_flags {
    JAVA_REGEX_WHOLE = 1, /* matches(): the whole text */
    JAVA_REGEX_FAST = 2,  /* compile to machine code; for patterns of a plan, not of a row */
};

/* The pattern lives in the arena. *ret is NULL for a text that is no pattern in Java either. */
enum status java_regex_compile(struct arena *a, struct str pattern, uint32_t flags, const struct java_regex **ret,
                               struct error *e);
uint32_t java_regex_group_count(const struct java_regex *r);

/* Where the last match and its groups stand; one user at a time. */
struct java_match;
enum status java_match_new(struct arena *scratch, const struct java_regex *r, struct java_match **ret);
/* Matcher.find(from): 1 found, 0 not, -1 given up (the pattern backtracks too much). */
int java_match_find(struct java_match *m, struct str s, size_t from);
/* Group 0 is the match; false: the group took no part. */
bool java_match_group(const struct java_match *m, uint32_t group, size_t *ret_begin, size_t *ret_end);
/* Where Matcher.find() goes on behind the current match; SIZE_MAX: nowhere. */
size_t java_match_next(const struct java_match *m, struct str s);

#endif
