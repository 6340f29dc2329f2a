/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keyword: Flink's words in one sorted table, found by binary search. The table is keyword.def;
 * the enumeration, the text and the class of a word all come from its row there, so the index in
 * the table is the enumeration's value minus one.
 */
#include "sql/keyword.h"

#include "sql/parser.h"

#include <assert.h>

struct keyword_row {
    struct str text;
    enum keyword_class class;
};

/* Brackets, because STR() would need its argument as a literal. */
#define KEYWORD(word, class) {{#word, sizeof(#word) - 1}, KEYWORD_##class},
static const struct keyword_row keywords[] = {
#include "sql/keyword.def"
};
#undef KEYWORD

enum { KEYWORD_COUNT = KEYWORDS_END - 1 };

static_assert(sizeof keywords / sizeof *keywords == KEYWORD_COUNT, "one row per keyword");

static char upper(char c) {
    return (char)(c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c);
}

static int word_compare(struct str word, struct str keyword) {
    size_t n = word.size_bytes < keyword.size_bytes ? word.size_bytes : keyword.size_bytes;
    for (size_t i = 0; i < n; i++) {
        int d = (unsigned char)upper(word.at[i]) - (unsigned char)keyword.at[i];
        if (d != 0) return d;
    }
    return (word.size_bytes > keyword.size_bytes) - (word.size_bytes < keyword.size_bytes);
}

enum keyword keyword_find(struct str word) {
    size_t low = 0, high = KEYWORD_COUNT;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int d = word_compare(word, keywords[middle].text);
        if (d == 0) return (enum keyword)(middle + 1);
        if (d < 0) high = middle;
        else low = middle + 1;
    }
    return NO_KEYWORD;
}

struct str keyword_text(enum keyword k) {
    assert(k > NO_KEYWORD && k < KEYWORDS_END);
    return keywords[k - 1].text;
}

enum keyword_class keyword_class(enum keyword k) {
    assert(k >= NO_KEYWORD && k < KEYWORDS_END);
    return k == NO_KEYWORD ? KEYWORD_FREE : keywords[k - 1].class;
}

bool keyword_is_reserved(struct str word) {
    return keyword_class(keyword_find(word)) != KEYWORD_FREE;
}
