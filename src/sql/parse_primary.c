/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse_primary: what operators stand between: literals, names, parentheses (an expression, a row
 * or a query), constructors, CASE, calls, and behind them x[i] and x.f. Text in parentheses that
 * turns out to be the first half of a set operation is handed on to the query parser.
 */
#include "sql/parse_internal.h"

#include <assert.h>

static enum status literal_new(struct parser *p, enum ast_literal_kind kind, struct str text,
                               struct ast_expr **ret_expr) {
    TRY(expr_new(p, AST_LITERAL, ret_expr));
    (*ret_expr)->literal = kind;
    (*ret_expr)->text = text;
    return STATUS_OK;
}

/* A literal of one token. */
static enum status parse_plain(struct parser *p, enum ast_literal_kind kind, struct ast_expr **ret_expr) {
    TRY(literal_new(p, kind, parser_token(p)->text, ret_expr));
    parser_next(p);
    return STATUS_OK;
}

static enum status parse_string_literal(struct parser *p, struct ast_expr **ret_expr) {
    uint32_t begin = parser_begin(p);
    struct str none = {NULL, 0};
    TRY(literal_new(p, AST_STRING, none, ret_expr));
    TRY(parse_string(p, "a string", &(*ret_expr)->text));
    expr_close(p, *ret_expr, begin);
    return STATUS_OK;
}

/* DATE '...': words tokens to skip, then a string. */
static enum status parse_typed(struct parser *p, enum ast_literal_kind kind, uint32_t words,
                               struct ast_expr **ret_expr) {
    uint32_t begin = parser_begin(p);
    struct str none = {NULL, 0};
    TRY(literal_new(p, kind, none, ret_expr));
    for (uint32_t i = 0; i < words; i++) parser_next(p);
    TRY(parse_string(p, "a string", &(*ret_expr)->text));
    expr_close(p, *ret_expr, begin);
    return STATUS_OK;
}

static enum status parse_enclosed(struct parser *p, struct ast_expr **ret_expr);

static bool ahead_is_string(const struct parser *p, uint32_t n) {
    return parser_ahead(p, n)->kind == TOKEN_STRING;
}

/* DATE, TIME and TIMESTAMP literals; NULL in *ret_expr when none stands here. */
static enum status parse_temporal(struct parser *p, enum keyword k, struct ast_expr **ret_expr) {
    static const struct {
        enum keyword word;
        enum ast_literal_kind kind;
    } rows[] = {{KW_DATE, AST_DATE}, {KW_TIME, AST_TIME}, {KW_TIMESTAMP, AST_TIMESTAMP}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].word != k) continue;
        if (ahead_is_string(p, 1)) return parse_typed(p, rows[i].kind, 1, ret_expr);
        if (parser_ahead_is(p, 1, KW_WITHOUT)) return parse_typed(p, rows[i].kind, 4, ret_expr);
        if (parser_ahead_is(p, 1, KW_WITH) && parser_ahead_is(p, 2, KW_LOCAL) && k == KW_TIMESTAMP) {
            return parse_typed(p, AST_TIMESTAMP_LTZ, 5, ret_expr);
        }
        if (parser_ahead_is(p, 1, KW_WITH)) {
            return parser_unsupported(p, parser_token(p)->span, "A literal WITH TIME ZONE");
        }
    }
    return STATUS_OK;
}

/* The number of INTERVAL n DAY: digits, a column, or an expression in parentheses. */
static enum status parse_interval_count(struct parser *p, struct ast_expr **ret_expr) {
    uint32_t begin = parser_begin(p);
    struct ast_name *name;
    if (parser_token(p)->kind == TOKEN_INTEGER) return parse_plain(p, AST_INTEGER, ret_expr);
    if (parser_is_symbol(p, SYM_LPAREN)) return parse_enclosed(p, ret_expr);
    if (!parser_is_name(p, 0)) return parser_unexpected(p, "a number in quotes, such as INTERVAL '1' DAY, a whole number, or an expression in parentheses");
    TRY(parse_name(p, "a column", false, &name));
    TRY(expr_new(p, AST_COLUMN, ret_expr));
    (*ret_expr)->name = name;
    (*ret_expr)->op_span = name->span;
    expr_close(p, *ret_expr, begin);
    return STATUS_OK;
}

static void set_interval(struct ast_expr *e, const struct interval_spec *spec) {
    e->unit = spec->unit;
    e->unit_to = spec->unit_to;
    e->precision = spec->precision;
    e->scale = spec->scale;
}

/* INTERVAL n DAY is n * INTERVAL '1' DAY; e is the interval's node, whose sign is read. */
static enum status parse_counted_interval(struct parser *p, struct ast_expr *e, uint32_t begin, struct ast_expr **ret_expr) {
    struct interval_spec spec;
    struct ast_expr *count, *sign, *product;
    TRY(parse_interval_count(p, &count));
    if (e->negated) {
        TRY(expr_new(p, AST_UNARY, &sign));
        sign->op = AST_OP_MINUS;
        sign->span = sign->op_span = count->span;
        TRY(parser_push(p, &sign->arguments, count));
        count = sign;
        e->negated = false;
    }
    TRY(parse_interval_spec(p, &spec));
    if (spec.unit_to.at != NULL) return error_at(p->error, STATUS_SYNTAX, parser_span(p, begin), "An interval of two units is written in quotes: INTERVAL '1 10:30' DAY TO MINUTE");
    e->text = STR("1");
    set_interval(e, &spec);
    expr_close(p, e, begin);
    TRY(parser_grow(p));
    TRY(expr_new(p, AST_BINARY, &product));
    product->op = AST_OP_MUL;
    product->op_span = e->op_span;
    TRY(parser_push(p, &product->arguments, count));
    TRY(parser_push(p, &product->arguments, e));
    expr_close(p, product, begin);
    *ret_expr = product;
    return STATUS_OK;
}

static enum status parse_interval(struct parser *p, struct ast_expr **ret_expr) {
    uint32_t begin = parser_begin(p);
    struct interval_spec spec;
    struct ast_expr *e;
    TRY(expr_new(p, AST_INTERVAL, &e));
    parser_next(p);
    if (parser_is_symbol(p, SYM_PLUS) || parser_is_symbol(p, SYM_MINUS)) {
        e->negated = parser_is_symbol(p, SYM_MINUS);
        parser_next(p);
    }
    if (parser_token(p)->kind != TOKEN_STRING && parser_token(p)->kind != TOKEN_BAD) return parse_counted_interval(p, e, begin, ret_expr);
    TRY(parse_string(p, "a string", &e->text));
    TRY(parse_interval_spec(p, &spec));
    set_interval(e, &spec);
    expr_close(p, e, begin);
    *ret_expr = e;
    return STATUS_OK;
}

static enum status push_expr(struct parser *p, struct list *l) {
    struct ast_expr *e;
    TRY(parse_expr(p, &e));
    return parser_push(p, l, e);
}

/* WHEN a THEN c. */
static enum status parse_when(struct parser *p, struct ast_expr *e) {
    struct list values = {0};
    struct ast_expr *then;
    do TRY(push_expr(p, &values));
    while (e->simple && parser_accept_symbol(p, SYM_COMMA));
    TRY(parser_expect(p, KW_THEN));
    TRY(parse_expr(p, &then));
    /* WHEN a, b THEN c is WHEN a THEN c WHEN b THEN c. */
    for (uint32_t i = 0; i < values.count; i++) {
        TRY(parser_push(p, &e->arguments, values.at[i]));
        TRY(parser_push(p, &e->arguments, then));
    }
    return STATUS_OK;
}

static enum status parse_case(struct parser *p, struct ast_expr **ret_expr) {
    uint32_t begin = parser_begin(p);
    struct ast_expr *e;
    TRY(expr_new(p, AST_CASE, &e));
    parser_next(p);
    e->simple = !parser_is(p, KW_WHEN);
    if (e->simple) TRY(push_expr(p, &e->arguments));
    if (!parser_is(p, KW_WHEN)) return parser_unexpected(p, "WHEN");
    while (parser_accept(p, KW_WHEN)) TRY(parse_when(p, e));
    e->has_else = parser_accept(p, KW_ELSE);
    if (e->has_else) TRY(push_expr(p, &e->arguments));
    if (!parser_is(p, KW_END)) return parser_unexpected(p, e->has_else ? "END" : "WHEN, ELSE or END");
    parser_next(p);
    expr_close(p, e, begin);
    *ret_expr = e;
    return STATUS_OK;
}

bool parser_is_query_start(struct parser *p) {
    return parser_is(p, KW_SELECT) || parser_is(p, KW_VALUES) || parser_is(p, KW_WITH) ||
           (parser_is(p, KW_TABLE) && !parser_ahead_is_symbol(p, 1, SYM_LPAREN));
}

static enum status subquery_of(struct parser *p, struct ast_query *q, uint32_t begin, struct ast_expr **ret_expr) {
    TRY(expr_new(p, AST_SUBQUERY, ret_expr));
    (*ret_expr)->query = q;
    (*ret_expr)->op_span.begin = begin;
    return STATUS_OK;
}

static enum status parse_row_value(struct parser *p, struct ast_expr **ret_expr) {
    if (!parser_is(p, KW_DEFAULT)) return parse_expr(p, ret_expr);
    TRY(expr_new(p, AST_DEFAULT, ret_expr));
    parser_next(p);
    return STATUS_OK;
}

/* The inside of parentheses that did not begin as a query. */
static enum status parse_paren_list(struct parser *p, uint32_t begin, struct ast_expr **ret_expr) {
    struct list items = {0};
    struct ast_expr *e;
    do {
        TRY(parse_row_value(p, &e));
        TRY(parser_push(p, &items, e));
    } while (parser_accept_symbol(p, SYM_COMMA));
    if (items.count == 1 && e->kind == AST_SUBQUERY && parser_is_query_rest(p)) {
        struct ast_query *q;
        TRY(parse_query_rest(p, e->query, &q));
        return subquery_of(p, q, begin, ret_expr);
    }
    if (items.count == 1 && e->kind != AST_DEFAULT) {
        *ret_expr = e;
        return STATUS_OK;
    }
    TRY(expr_new(p, AST_ROW, ret_expr));
    (*ret_expr)->arguments = items;
    return STATUS_OK;
}

/* (a - b) DAY: the difference of two times; what the qualifier says beyond its first unit does not matter. */
static enum status parse_difference(struct parser *p, uint32_t begin, struct ast_expr *e) {
    struct interval_spec spec;
    if (e->kind != AST_BINARY || e->op != AST_OP_SUB || !parser_is_interval_unit(p)) return STATUS_OK;
    TRY(parse_interval_spec(p, &spec));
    e->kind = AST_TIMESTAMP_UNIT;
    e->text = STR("-");
    e->unit = spec.unit;
    expr_close(p, e, begin);
    return STATUS_OK;
}

/* An expression, a row or a query in parentheses. */
static enum status parse_enclosed(struct parser *p, struct ast_expr **ret_expr) {
    uint32_t begin = parser_begin(p);
    struct ast_query *q;
    parser_next(p);
    if (parser_is_query_start(p)) {
        TRY(parse_query(p, &q));
        TRY(subquery_of(p, q, begin, ret_expr));
    } else {
        TRY(parse_paren_list(p, begin, ret_expr));
    }
    if (!parser_is_symbol(p, SYM_RPAREN)) return parser_unexpected(p, "',', an operator or ')'");
    parser_next(p);
    expr_close(p, *ret_expr, begin);
    return STATUS_OK;
}

static enum status parse_paren(struct parser *p, struct ast_expr **ret_expr) {
    uint32_t begin = parser_begin(p);
    TRY(parse_enclosed(p, ret_expr));
    return parse_difference(p, begin, *ret_expr);
}

/* A name, a call, or a column with fields. */
static enum status parse_named(struct parser *p, struct ast_expr **ret_expr) {
    uint32_t begin = parser_begin(p);
    struct ast_name *name;
    struct ast_expr *e;
    TRY(parse_name(p, "an expression", true, &name));
    if (parser_is_symbol(p, SYM_LPAREN) && !name->star) return parse_call(p, name, ret_expr);
    TRY(expr_new(p, name->star ? AST_STAR : AST_COLUMN, &e));
    e->name = name;
    e->op_span = name->span;
    expr_close(p, e, begin);
    *ret_expr = e;
    return STATUS_OK;
}

/* A reserved word that calls a function: ABS(x), and without parentheses CURRENT_DATE. */
static enum status parse_reserved_call(struct parser *p, enum keyword_class class, struct ast_expr **ret_expr) {
    const struct token *t = parser_token(p);
    struct ast_name *name = PARSER_NEW(p, struct ast_name);
    if (name == NULL) return STATUS_NO_MEMORY;
    name->parts = PARSER_NEW(p, struct str);
    name->part_spans = PARSER_NEW(p, struct span);
    if (name->parts == NULL || name->part_spans == NULL) return STATUS_NO_MEMORY;
    name->count = 1;
    name->parts[0] = t->text;
    name->part_spans[0] = name->span = t->span;
    parser_next(p);
    if (parser_is_symbol(p, SYM_LPAREN) && class != KEYWORD_CONTEXT) return parse_call(p, name, ret_expr);
    TRY(expr_new(p, AST_CALL, ret_expr));
    (*ret_expr)->text = t->text;
    (*ret_expr)->op_span = (*ret_expr)->span = t->span;
    return STATUS_OK;
}

/* Reserved words that are not marked as functions, yet the grammar lets them be called. */
static bool is_callable(enum keyword k) {
    switch ((int)k) {
    case KW_DATE: case KW_TIME: case KW_TIMESTAMP: case KW_TRANSLATE: case KW_CLASSIFIER: case KW_MATCH_NUMBER:
    case KW_PREV: case KW_NEXT: case KW_ARRAY: case KW_CONVERT: case KW_HASH:
        return true;
    default: return false;
    }
}

static enum status parse_exists(struct parser *p, struct ast_expr **ret_expr) {
    uint32_t begin = parser_begin(p);
    struct ast_expr *e;
    TRY(expr_new(p, AST_EXISTS, &e));
    parser_next(p);
    TRY(parser_expect_symbol(p, SYM_LPAREN));
    TRY(parse_query(p, &e->query));
    TRY(parser_expect_symbol(p, SYM_RPAREN));
    expr_close(p, e, begin);
    *ret_expr = e;
    return STATUS_OK;
}

static enum status refuse_construct(struct parser *p, enum keyword k) {
    struct span span = parser_token(p)->span;
    bool call = parser_ahead_is_symbol(p, 1, SYM_LPAREN);
    switch ((int)k) {
    case KW_UNIQUE: return call ? parser_unsupported(p, span, "The predicate UNIQUE") : STATUS_OK;
    case KW_PERIOD: return call ? parser_unsupported(p, span, "PERIOD") : STATUS_OK;
    case KW_CURSOR: return call ? parser_unsupported(p, span, "CURSOR") : STATUS_OK;
    case KW_RUNNING: return parser_unsupported(p, span, "RUNNING");
    case KW_SPECIFIC: return parser_unsupported(p, span, "A SPECIFIC function name");
    case KW_NEXT: return parser_ahead_is(p, 1, KW_VALUE) ? parser_unsupported(p, span, "NEXT VALUE FOR") : STATUS_OK;
    default: return STATUS_OK;
    }
}

/* A word: a literal, a constructor, a special function, a call or a name. */
static enum status parse_word(struct parser *p, struct ast_expr **ret_expr) {
    enum keyword k = (enum keyword)parser_token(p)->keyword;
    enum keyword_class class = keyword_class(k);
    bool call = parser_ahead_is_symbol(p, 1, SYM_LPAREN);
    *ret_expr = NULL;
    switch ((int)k) {
    case KW_NULL: return parse_plain(p, AST_NULL, ret_expr);
    case KW_TRUE: return parse_plain(p, AST_TRUE, ret_expr);
    case KW_FALSE: return parse_plain(p, AST_FALSE, ret_expr);
    case KW_UNKNOWN: return parse_plain(p, AST_UNKNOWN, ret_expr);
    case KW_CASE: return parse_case(p, ret_expr);
    case KW_INTERVAL: return parse_interval(p, ret_expr);
    case KW_EXISTS: return parse_exists(p, ret_expr);
    default: break;
    }
    TRY(parse_temporal(p, k, ret_expr));
    if (*ret_expr == NULL) TRY(refuse_construct(p, k));
    if (*ret_expr == NULL) TRY(parse_special(p, ret_expr));
    if (*ret_expr != NULL) return STATUS_OK;
    if (class == KEYWORD_FREE) return parse_named(p, ret_expr);
    bool alone = class == KEYWORD_CONTEXT || class == KEYWORD_MOMENT;
    if (alone || (call && (class == KEYWORD_FUNCTION || is_callable(k)))) return parse_reserved_call(p, class, ret_expr);
    return parser_reserved(p, "an expression");
}

enum status parse_primary(struct parser *p, struct ast_expr **ret_expr) {
    const struct token *t = parser_token(p);
    switch ((enum token_kind)t->kind) {
    case TOKEN_WORD: return parse_word(p, ret_expr);
    case TOKEN_QUOTED_NAME: return parse_named(p, ret_expr);
    case TOKEN_STRING: return parse_string_literal(p, ret_expr);
    case TOKEN_BYTES: return parse_plain(p, AST_BYTES, ret_expr);
    case TOKEN_INTEGER: return parse_plain(p, AST_INTEGER, ret_expr);
    case TOKEN_DECIMAL: return parse_plain(p, AST_DECIMAL, ret_expr);
    case TOKEN_APPROX: return parse_plain(p, AST_APPROX, ret_expr);
    default: break;
    }
    if (parser_is_symbol(p, SYM_LPAREN)) return parse_paren(p, ret_expr);
    if (parser_is_symbol(p, SYM_QUESTION)) return parser_unsupported(p, t->span, "A dynamic parameter '?'");
    bool escape = parser_is_symbol(p, SYM_LBRACE) && parser_ahead(p, 1)->kind == TOKEN_WORD && parser_ahead(p, 2)->kind != TOKEN_SYMBOL;
    if (escape) return parser_unsupported(p, t->span, "A JDBC escape '{...}'");
    return parser_unexpected(p, "an expression");
}

static enum status parse_item(struct parser *p, struct ast_expr **inner) {
    struct ast_expr *e;
    TRY(expr_new(p, AST_ITEM, &e));
    parser_next(p);
    TRY(parser_push(p, &e->arguments, *inner));
    TRY(push_expr(p, &e->arguments));
    TRY(parser_expect_symbol(p, SYM_RBRACKET));
    expr_close(p, e, (*inner)->span.begin);
    *inner = e;
    return STATUS_OK;
}

static enum status parse_field(struct parser *p, struct ast_expr **inner) {
    struct ast_expr *e;
    TRY(expr_new(p, AST_FIELD, &e));
    parser_next(p);
    TRY(parse_identifier(p, "a field's name", &e->text, &e->op_span));
    TRY(parser_push(p, &e->arguments, *inner));
    expr_close(p, e, (*inner)->span.begin);
    *inner = e;
    return STATUS_OK;
}

enum status parse_postfix(struct parser *p, struct ast_expr **ret_expr) {
    struct ast_expr *e;
    TRY(parse_primary(p, &e));
    for (;;) {
        bool item = parser_is_symbol(p, SYM_LBRACKET);
        if (!item && !parser_is_symbol(p, SYM_DOT)) break;
        TRY(parser_grow(p));
        TRY(item ? parse_item(p, &e) : parse_field(p, &e));
    }
    *ret_expr = e;
    return STATUS_OK;
}
