/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse_interval: the units of interval literals and types. Singular and plural are the same unit;
 * which unit may reach to which finer one, and which take a second precision, is one table.
 */
#include "sql/parse_internal.h"

#include <assert.h>

enum { UNIT_TO_MAX = 3 };

struct unit_row {
    enum keyword word, plural;
    enum keyword to[UNIT_TO_MAX]; /* the finer units it may reach to */
};

static const struct unit_row unit_rows[] = {
    {KW_YEAR, KW_YEARS, {KW_MONTH, NO_KEYWORD, NO_KEYWORD}},
    {KW_QUARTER, KW_QUARTERS, {NO_KEYWORD, NO_KEYWORD, NO_KEYWORD}},
    {KW_MONTH, KW_MONTHS, {NO_KEYWORD, NO_KEYWORD, NO_KEYWORD}},
    {KW_WEEK, KW_WEEKS, {NO_KEYWORD, NO_KEYWORD, NO_KEYWORD}},
    {KW_DAY, KW_DAYS, {KW_HOUR, KW_MINUTE, KW_SECOND}},
    {KW_HOUR, KW_HOURS, {KW_MINUTE, KW_SECOND, NO_KEYWORD}},
    {KW_MINUTE, KW_MINUTES, {KW_SECOND, NO_KEYWORD, NO_KEYWORD}},
    {KW_SECOND, KW_SECONDS, {NO_KEYWORD, NO_KEYWORD, NO_KEYWORD}},
};

static const struct unit_row *unit_find(const struct token *t) {
    if (t->kind != TOKEN_WORD || t->keyword == NO_KEYWORD) return NULL;
    for (size_t i = 0; i < sizeof unit_rows / sizeof *unit_rows; i++) {
        if (t->keyword == unit_rows[i].word || t->keyword == unit_rows[i].plural) return &unit_rows[i];
    }
    return NULL;
}

bool parser_is_interval_unit(const struct parser *p) {
    return unit_find(parser_token(p)) != NULL;
}

static bool unit_reaches(const struct unit_row *from, const struct unit_row *to) {
    for (int i = 0; i < UNIT_TO_MAX; i++) {
        if (from->to[i] == to->word) return true;
    }
    return false;
}

/* (p), or (p, s) for seconds alone. */
static enum status parse_precision(struct parser *p, bool two, struct interval_spec *spec) {
    if (!parser_accept_symbol(p, SYM_LPAREN)) return STATUS_OK;
    TRY(parse_uint(p, &spec->precision));
    if (two && parser_accept_symbol(p, SYM_COMMA)) TRY(parse_uint(p, &spec->scale));
    return parser_expect_symbol(p, SYM_RPAREN);
}

static enum status parse_unit_to(struct parser *p, const struct unit_row *from, struct interval_spec *spec) {
    const struct token *t = parser_token(p);
    const struct unit_row *to = unit_find(t);
    if (to == NULL) return parser_unexpected(p, "a unit of time");
    if (!unit_reaches(from, to)) {
        return error_at(p->error, STATUS_SYNTAX, t->span, "An interval cannot reach from %.*s to %.*s",
                        STR_ARG(spec->unit), STR_ARG(keyword_text(to->word)));
    }
    parser_next(p);
    spec->unit_to = keyword_text(to->word);
    if (to->word != KW_SECOND || !parser_accept_symbol(p, SYM_LPAREN)) return STATUS_OK;
    TRY(parse_uint(p, &spec->scale));
    return parser_expect_symbol(p, SYM_RPAREN);
}

enum status parse_interval_spec(struct parser *p, struct interval_spec *ret_spec) {
    const struct unit_row *from = unit_find(parser_token(p));
    struct interval_spec spec = {.precision = -1, .scale = -1};
    if (from == NULL) return parser_unexpected(p, "YEAR, QUARTER, MONTH, WEEK, DAY, HOUR, MINUTE or SECOND");
    parser_next(p);
    spec.unit = keyword_text(from->word);
    TRY(parse_precision(p, from->word == KW_SECOND, &spec));
    if (parser_accept(p, KW_TO)) TRY(parse_unit_to(p, from, &spec));
    *ret_spec = spec;
    return STATUS_OK;
}
