/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse_json: SQL/JSON functions with their clauses. A clause is kept as upper-case text in `json`,
 * in the order written: "NULL ON EMPTY", "DEFAULT ON ERROR" (its value is in json_default_error),
 * "WITH CONDITIONAL ARRAY WRAPPER", "ABSENT ON NULL", "FORMAT JSON" (of the last argument read).
 * JSON_OBJECT's arguments are key, value, key, value.
 */
#include "sql/parse_internal.h"

#include <assert.h>

static enum status push_expr(struct parser *p, struct ast_expr *e) {
    struct ast_expr *argument;
    TRY(parse_expr(p, &argument));
    return parser_push(p, &e->arguments, argument);
}

static enum status push_clause(struct parser *p, struct ast_expr *e, const char *text) {
    return parser_push_str(p, &e->json, str_of(text));
}

/* FORMAT JSON behind a value: says at which argument. */
static enum status parse_format(struct parser *p, struct ast_expr *e) {
    if (!parser_is(p, KW_FORMAT)) return STATUS_OK;
    struct span span = parser_token(p)->span;
    parser_next(p);
    TRY(parser_expect(p, KW_JSON));
    struct ast_expr *last = e->arguments.at[e->arguments.count - 1];
    if (last->kind == AST_JSON_CALL) return STATUS_OK; /* these are JSON anyway */
    return parser_unsupported(p, span, "FORMAT JSON on a value that is no JSON function");
}

struct behaviour_row {
    enum keyword first, second; /* NO_KEYWORD: one word */
    const char *on_empty, *on_error;
};

static const struct behaviour_row behaviours[] = {
    {KW_EMPTY, KW_ARRAY, "EMPTY ARRAY ON EMPTY", "EMPTY ARRAY ON ERROR"},
    {KW_EMPTY, KW_OBJECT, "EMPTY OBJECT ON EMPTY", "EMPTY OBJECT ON ERROR"},
    {KW_NULL, NO_KEYWORD, "NULL ON EMPTY", "NULL ON ERROR"},
    {KW_ERROR, NO_KEYWORD, "ERROR ON EMPTY", "ERROR ON ERROR"},
    {KW_TRUE, NO_KEYWORD, NULL, "TRUE ON ERROR"},
    {KW_FALSE, NO_KEYWORD, NULL, "FALSE ON ERROR"},
    {KW_UNKNOWN, NO_KEYWORD, NULL, "UNKNOWN ON ERROR"},
    {KW_DEFAULT, NO_KEYWORD, "DEFAULT ON EMPTY", "DEFAULT ON ERROR"},
};

static const struct behaviour_row *behaviour_find(struct parser *p) {
    for (size_t i = 0; i < sizeof behaviours / sizeof *behaviours; i++) {
        const struct behaviour_row *r = &behaviours[i];
        if (parser_is(p, r->first) && (r->second == NO_KEYWORD || parser_ahead_is(p, 1, r->second))) return r;
    }
    return NULL;
}

/* ... ON EMPTY, ... ON ERROR. */
static enum status parse_behaviours(struct parser *p, struct ast_expr *e) {
    const struct behaviour_row *r;
    while ((r = behaviour_find(p)) != NULL) {
        struct ast_expr *value = NULL;
        parser_next(p);
        if (r->second != NO_KEYWORD) parser_next(p);
        if (r->first == KW_DEFAULT) TRY(parse_expr(p, &value));
        TRY(parser_expect(p, KW_ON));
        bool empty = r->on_empty != NULL && parser_accept(p, KW_EMPTY);
        if (!empty && !parser_accept(p, KW_ERROR)) return parser_unexpected(p, "EMPTY or ERROR");
        if (value != NULL && empty) e->json_default_empty = value;
        else if (value != NULL) e->json_default_error = value;
        TRY(push_clause(p, e, empty ? r->on_empty : r->on_error));
    }
    return STATUS_OK;
}

/* WITHOUT [ARRAY] WRAPPER, WITH [CONDITIONAL | UNCONDITIONAL] [ARRAY] WRAPPER. */
static enum status parse_wrapper(struct parser *p, struct ast_expr *e) {
    const char *text = NULL;
    if (parser_accept(p, KW_WITHOUT)) {
        text = "WITHOUT ARRAY WRAPPER";
    } else if (parser_accept(p, KW_WITH)) {
        text = "WITH UNCONDITIONAL ARRAY WRAPPER";
        if (parser_accept(p, KW_CONDITIONAL)) text = "WITH CONDITIONAL ARRAY WRAPPER";
        else (void)parser_accept(p, KW_UNCONDITIONAL);
    } else {
        return STATUS_OK;
    }
    (void)parser_accept(p, KW_ARRAY);
    TRY(parser_expect(p, KW_WRAPPER));
    return push_clause(p, e, text);
}

/* JSON_VALUE, JSON_QUERY, JSON_EXISTS: (input, path clauses). */
static enum status parse_path_function(struct parser *p, struct ast_expr *e) {
    TRY(push_expr(p, e));
    TRY(parse_format(p, e));
    TRY(parser_expect_symbol(p, SYM_COMMA));
    TRY(push_expr(p, e));
    if (parser_is(p, KW_PASSING)) return parser_unsupported(p, parser_token(p)->span, "PASSING");
    if (parser_accept(p, KW_RETURNING)) TRY(parse_type_spec(p, false, &e->type));
    TRY(parse_wrapper(p, e));
    return parse_behaviours(p, e);
}

/* NULL ON NULL, ABSENT ON NULL. */
static enum status parse_null_clause(struct parser *p, struct ast_expr *e) {
    bool null = parser_is(p, KW_NULL) && parser_ahead_is(p, 1, KW_ON);
    if (!null && !parser_is(p, KW_ABSENT)) return STATUS_OK;
    parser_next(p);
    TRY(parser_expect(p, KW_ON));
    TRY(parser_expect(p, KW_NULL));
    return push_clause(p, e, null ? "NULL ON NULL" : "ABSENT ON NULL");
}

static bool at_null_clause(struct parser *p) {
    return (parser_is(p, KW_NULL) || parser_is(p, KW_ABSENT)) && parser_ahead_is(p, 1, KW_ON);
}

/* [KEY] k VALUE v, or k : v. */
static enum status parse_pair(struct parser *p, struct ast_expr *e) {
    if (parser_is(p, KW_KEY) && !parser_ahead_is(p, 1, KW_VALUE) && !parser_ahead_is_symbol(p, 1, SYM_COLON)) {
        parser_next(p);
    }
    TRY(push_expr(p, e));
    if (!parser_accept(p, KW_VALUE) && !parser_accept_symbol(p, SYM_COLON)) return parser_unexpected(p, "VALUE or ':'");
    TRY(push_expr(p, e));
    return parse_format(p, e);
}

static enum status parse_object(struct parser *p, struct ast_expr *e) {
    if (!parser_is_symbol(p, SYM_RPAREN) && !at_null_clause(p)) {
        do {
            TRY(parse_pair(p, e));
        } while (parser_accept_symbol(p, SYM_COMMA));
    }
    return parse_null_clause(p, e);
}

static enum status parse_array(struct parser *p, struct ast_expr *e) {
    if (!parser_is_symbol(p, SYM_RPAREN) && !at_null_clause(p)) {
        do {
            TRY(push_expr(p, e));
            TRY(parse_format(p, e));
        } while (parser_accept_symbol(p, SYM_COMMA));
    }
    return parse_null_clause(p, e);
}

static enum status parse_object_agg(struct parser *p, struct ast_expr *e) {
    TRY(parse_pair(p, e));
    return parse_null_clause(p, e);
}

static enum status parse_array_agg(struct parser *p, struct ast_expr *e) {
    TRY(push_expr(p, e));
    TRY(parse_format(p, e));
    if (parser_accept(p, KW_ORDER)) {
        TRY(parser_expect(p, KW_BY));
        TRY(parse_order_list(p, &e->within_order));
    }
    return parse_null_clause(p, e);
}

struct json_row {
    enum keyword word;
    enum status (*parse)(struct parser *p, struct ast_expr *e);
    bool aggregate;
};

static const struct json_row json_rows[] = {
    {KW_JSON_VALUE, parse_path_function, false},  {KW_JSON_QUERY, parse_path_function, false},
    {KW_JSON_EXISTS, parse_path_function, false}, {KW_JSON_OBJECT, parse_object, false},
    {KW_JSON_ARRAY, parse_array, false},          {KW_JSON_OBJECTAGG, parse_object_agg, true},
    {KW_JSON_ARRAYAGG, parse_array_agg, true},
};

enum status parse_json_call(struct parser *p, struct ast_expr **ret_expr) {
    uint32_t begin = parser_begin(p);
    const struct json_row *row = NULL;
    for (size_t i = 0; i < sizeof json_rows / sizeof *json_rows; i++) {
        if (parser_ahead_is(p, 0, json_rows[i].word) && parser_ahead_is_symbol(p, 1, SYM_LPAREN)) row = &json_rows[i];
    }
    *ret_expr = NULL;
    if (row == NULL) return STATUS_OK;
    struct ast_expr *e;
    TRY(expr_new(p, AST_JSON_CALL, &e));
    e->text = keyword_text(row->word);
    parser_next(p);
    parser_next(p);
    TRY(row->parse(p, e));
    if (!parser_is_symbol(p, SYM_RPAREN)) return parser_unexpected(p, "a clause of the JSON function or ')'");
    parser_next(p);
    if (row->aggregate && parser_is(p, KW_FILTER)) {
        return parser_unsupported(p, parser_token(p)->span, "FILTER behind a JSON aggregate, which Flink's grammar does not have either; use CASE");
    }
    if (row->aggregate) TRY(parse_call_tail(p, e));
    expr_close(p, e, begin);
    *ret_expr = e;
    return STATUS_OK;
}
