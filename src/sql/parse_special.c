/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse_special: functions and constructors whose arguments have a grammar of their own: CAST,
 * EXTRACT, FLOOR ... TO, TRIM, SUBSTRING, POSITION, OVERLAY, TIMESTAMPADD, ROW, ARRAY, MAP,
 * MULTISET, DESCRIPTOR. One row of the table per word; a row may decline (a column named `map`), and
 * the word is then an ordinary name or call.
 */
#include "sql/parse_internal.h"

#include <assert.h>

static enum status push_expr(struct parser *p, struct ast_expr *e) {
    struct ast_expr *argument;
    TRY(parse_expr(p, &argument));
    return parser_push(p, &e->arguments, argument);
}

/* word, then '(' . */
static enum status open_call(struct parser *p) {
    parser_next(p);
    return parser_expect_symbol(p, SYM_LPAREN);
}

static enum status close_call(struct parser *p) {
    if (!parser_is_symbol(p, SYM_RPAREN)) return parser_unexpected(p, "',', an operator or ')'");
    parser_next(p);
    return STATUS_OK;
}

/* The upper-case word here, which names a unit of time. */
static enum status parse_unit(struct parser *p, struct str *ret_unit) {
    const struct token *t = parser_token(p);
    if (t->kind != TOKEN_WORD) return parser_unexpected(p, "a unit of time");
    char *at = arena_bytes(p->arena, t->text.size_bytes + 1);
    if (at == NULL) return error_no_memory(p->error, t->text.size_bytes);
    for (size_t i = 0; i < t->text.size_bytes; i++) {
        char c = t->text.at[i];
        at[i] = (char)(c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c);
    }
    *ret_unit = (struct str){at, t->text.size_bytes};
    parser_next(p);
    return STATUS_OK;
}

static enum status parse_cast(struct parser *p, struct ast_expr *e) {
    e->kind = AST_CAST;
    e->text = parser_is(p, KW_TRY_CAST) ? STR("TRY_CAST") : STR("CAST");
    TRY(open_call(p));
    TRY(push_expr(p, e));
    TRY(parser_expect(p, KW_AS));
    TRY(parse_type_spec(p, false, &e->type));
    return parser_expect_symbol(p, SYM_RPAREN);
}

static enum status parse_extract(struct parser *p, struct ast_expr *e) {
    e->kind = AST_EXTRACT;
    TRY(open_call(p));
    TRY(parse_unit(p, &e->text));
    TRY(parser_expect(p, KW_FROM));
    TRY(push_expr(p, e));
    return close_call(p);
}

/* FLOOR(x), and FLOOR(x TO unit). */
static enum status parse_floor(struct parser *p, struct ast_expr *e) {
    bool floor = parser_is(p, KW_FLOOR);
    e->kind = AST_CALL;
    e->text = parser_token(p)->text;
    TRY(open_call(p));
    TRY(push_expr(p, e));
    if (parser_accept(p, KW_TO)) {
        e->kind = AST_FLOOR_TO;
        e->text = floor ? STR("FLOOR") : STR("CEIL");
        TRY(parse_unit(p, &e->unit));
    }
    if (!parser_is_symbol(p, SYM_RPAREN)) return parser_unexpected(p, "TO, an operator or ')'");
    parser_next(p);
    return STATUS_OK;
}

/* TRIM(s), TRIM([BOTH | LEADING | TRAILING] [chars] FROM s). Without chars the first is NULL's place: " ". */
static enum status parse_trim(struct parser *p, struct ast_expr *e) {
    struct str side = {NULL, 0};
    e->kind = AST_TRIM;
    TRY(open_call(p));
    if (parser_accept(p, KW_BOTH)) side = STR("BOTH");
    else if (parser_accept(p, KW_LEADING)) side = STR("LEADING");
    else if (parser_accept(p, KW_TRAILING)) side = STR("TRAILING");
    e->text = side.at == NULL ? STR("BOTH") : side;
    bool from = side.at != NULL && parser_accept(p, KW_FROM);
    struct ast_expr *first = NULL;
    if (!from) {
        TRY(parse_expr(p, &first));
        from = parser_accept(p, KW_FROM);
        if (!from && side.at != NULL) return parser_unexpected(p, "FROM");
        if (!from) {
            TRY(parser_push(p, &e->arguments, first));
            return close_call(p);
        }
        TRY(parser_push(p, &e->arguments, first));
    }
    TRY(push_expr(p, e));
    return close_call(p);
}

/* SUBSTRING(s FROM a FOR b), SUBSTRING(s, a, b). */
static enum status parse_substring(struct parser *p, struct ast_expr *e) {
    e->kind = AST_SUBSTRING;
    TRY(open_call(p));
    TRY(push_expr(p, e));
    bool from = parser_accept(p, KW_FROM);
    if (!from && !parser_accept_symbol(p, SYM_COMMA)) return parser_unexpected(p, "FROM or ','");
    TRY(push_expr(p, e));
    if (from ? parser_accept(p, KW_FOR) : parser_accept_symbol(p, SYM_COMMA)) TRY(push_expr(p, e));
    return close_call(p);
}

/* POSITION(a IN b): the first operand stops before IN, so it is read above the comparisons' levels. */
static enum status parse_position(struct parser *p, struct ast_expr *e) {
    struct ast_expr *what;
    e->kind = AST_POSITION;
    TRY(open_call(p));
    TRY(parse_binary(p, 40, &what));
    TRY(parser_push(p, &e->arguments, what));
    TRY(parser_expect(p, KW_IN));
    TRY(push_expr(p, e));
    if (parser_accept(p, KW_FROM)) TRY(push_expr(p, e));
    return close_call(p);
}

static enum status parse_overlay(struct parser *p, struct ast_expr *e) {
    e->kind = AST_OVERLAY;
    TRY(open_call(p));
    TRY(push_expr(p, e));
    TRY(parser_expect(p, KW_PLACING));
    TRY(push_expr(p, e));
    TRY(parser_expect(p, KW_FROM));
    TRY(push_expr(p, e));
    if (parser_accept(p, KW_FOR)) TRY(push_expr(p, e));
    return close_call(p);
}

/* TIMESTAMPADD(unit, n, t), TIMESTAMPDIFF(unit, a, b). */
static enum status parse_timestamp_unit(struct parser *p, struct ast_expr *e) {
    e->kind = AST_TIMESTAMP_UNIT;
    e->text = parser_is(p, KW_TIMESTAMPADD) ? STR("TIMESTAMPADD") : STR("TIMESTAMPDIFF");
    TRY(open_call(p));
    TRY(parse_unit(p, &e->unit));
    for (int i = 0; i < 2; i++) {
        TRY(parser_expect_symbol(p, SYM_COMMA));
        TRY(push_expr(p, e));
    }
    return close_call(p);
}

static enum status parse_row(struct parser *p, struct ast_expr *e) {
    e->kind = AST_ROW;
    TRY(open_call(p));
    do {
        if (parser_is_symbol(p, SYM_STAR)) {
            struct ast_expr *star;
            TRY(expr_new(p, AST_STAR, &star));
            parser_next(p);
            TRY(parser_push(p, &e->arguments, star));
        } else if (parser_is(p, KW_DEFAULT)) {
            struct ast_expr *value;
            TRY(expr_new(p, AST_DEFAULT, &value));
            parser_next(p);
            TRY(parser_push(p, &e->arguments, value));
        } else {
            TRY(push_expr(p, e));
        }
    } while (parser_accept_symbol(p, SYM_COMMA));
    return close_call(p);
}

/* ARRAY[...], MAP[...], MULTISET[...], and the same of a query in parentheses. */
static enum status parse_collection(struct parser *p, struct ast_expr *e) {
    e->kind = parser_is(p, KW_ARRAY) ? AST_ARRAY : parser_is(p, KW_MAP) ? AST_MAP : AST_MULTISET;
    parser_next(p);
    if (parser_accept_symbol(p, SYM_LPAREN)) {
        TRY(parse_query(p, &e->query));
        return parser_expect_symbol(p, SYM_RPAREN);
    }
    TRY(parser_expect_symbol(p, SYM_LBRACKET));
    if (!parser_is_symbol(p, SYM_RBRACKET)) TRY(parse_expr_list(p, &e->arguments));
    if (!parser_is_symbol(p, SYM_RBRACKET)) return parser_unexpected(p, "',', an operator or ']'");
    parser_next(p);
    return STATUS_OK;
}

static enum status parse_descriptor(struct parser *p, struct ast_expr *e) {
    e->kind = AST_DESCRIPTOR;
    TRY(open_call(p));
    do {
        struct ast_expr *column;
        uint32_t begin = parser_begin(p);
        TRY(expr_new(p, AST_COLUMN, &column));
        TRY(parse_name(p, "a column", false, &column->name));
        expr_close(p, column, begin);
        TRY(parser_push(p, &e->arguments, column));
    } while (parser_accept_symbol(p, SYM_COMMA));
    return close_call(p);
}

typedef enum status special_parse(struct parser *p, struct ast_expr *e);

struct special_row {
    enum keyword word;
    special_parse *parse;
};

static const struct special_row special_rows[] = {
    {KW_CAST, parse_cast},
    {KW_TRY_CAST, parse_cast},
    {KW_EXTRACT, parse_extract},
    {KW_FLOOR, parse_floor},
    {KW_CEIL, parse_floor},
    {KW_CEILING, parse_floor},
    {KW_TRIM, parse_trim},
    {KW_SUBSTRING, parse_substring},
    {KW_POSITION, parse_position},
    {KW_OVERLAY, parse_overlay},
    {KW_TIMESTAMPADD, parse_timestamp_unit},
    {KW_TIMESTAMPDIFF, parse_timestamp_unit},
    {KW_ROW, parse_row},
    {KW_ARRAY, parse_collection},
    {KW_MAP, parse_collection},
    {KW_MULTISET, parse_collection},
    {KW_DESCRIPTOR, parse_descriptor},
};

/* Does a query begin behind the word and its '('? */
static bool is_query_in_parens(const struct parser *p) {
    return parser_ahead_is_symbol(p, 1, SYM_LPAREN) &&
           (parser_ahead_is(p, 2, KW_SELECT) || parser_ahead_is(p, 2, KW_VALUES) || parser_ahead_is(p, 2, KW_WITH));
}

/* Free words are special only in front of what makes them so. */
static bool declines(const struct parser *p, const struct special_row *row) {
    if (row->parse == parse_collection) {
        return !parser_ahead_is_symbol(p, 1, SYM_LBRACKET) && !is_query_in_parens(p);
    }
    return !parser_ahead_is_symbol(p, 1, SYM_LPAREN);
}

enum status parse_special(struct parser *p, struct ast_expr **ret_expr) {
    enum keyword k = (enum keyword)parser_token(p)->keyword;
    uint32_t begin = parser_begin(p);
    *ret_expr = NULL;
    if (k == NO_KEYWORD) return STATUS_OK;
    TRY(parse_json_call(p, ret_expr));
    if (*ret_expr != NULL) return STATUS_OK;
    for (size_t i = 0; i < sizeof special_rows / sizeof *special_rows; i++) {
        const struct special_row *row = &special_rows[i];
        if (row->word != k || declines(p, row)) continue;
        struct ast_expr *e;
        TRY(expr_new(p, AST_CALL, &e));
        TRY(row->parse(p, e));
        expr_close(p, e, begin);
        *ret_expr = e;
        return STATUS_OK;
    }
    return STATUS_OK;
}
