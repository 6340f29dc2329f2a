/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_BASE_STR_H
#define WEIR_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * str: a view of bytes somebody else owns; not NUL-terminated. Print with "%.*s", STR_ARG(s).
 */
struct str {
    const char *at;
    size_t size_bytes;
};

#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
#define STR_ARG(s) (int)(s).size_bytes, (s).at

static inline struct str str_of(const char *c_string) {
    return (struct str){c_string, c_string == NULL ? 0 : strlen(c_string)};
}

static inline bool str_equal(struct str a, struct str b) {
    return a.size_bytes == b.size_bytes &&
           (a.size_bytes == 0 || memcmp(a.at, b.at, a.size_bytes) == 0);
}

/* ASCII case-insensitive equality: for keywords, options and function names. */
bool str_equal_ignore_case(struct str a, struct str b);

/* Bytewise unsigned order, shorter first on a tie: <0, 0, >0. */
int str_compare(struct str a, struct str b);

/* Damerau-Levenshtein distance, ASCII case-insensitive, bounded: anything above max is max + 1. */
unsigned str_distance(struct str a, struct str b, unsigned max);

/*
 * Does the pattern cover the whole text? `any` stands for any bytes, `one` for one byte: '%' and '_' as in LIKE,
 * '*' and '?' as in file names. Bounded by the product of the lengths. fold: ASCII letters of any case are the same.
 */
bool str_matches(struct str text, struct str pattern, char any, char one, bool fold);

/*
 * The best suggestion among count candidates for a misspelt word, or an empty str when none is
 * near (distance at most a third of the word's length, and at least 1).
 */
struct str str_nearest(struct str word, const struct str *candidates, size_t count);

#endif
