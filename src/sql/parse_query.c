/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse_query: WITH, set operations (INTERSECT binds tighter than UNION and EXCEPT, all left
 * associative), ORDER BY, LIMIT, OFFSET, FETCH. ORDER BY and LIMIT belong to the whole; where a
 * query in parentheses has its own already, the outer ones go on a wrapping SELECT * FROM (...).
 */
#include "sql/parse_internal.h"

#include <assert.h>

enum status query_new(struct parser *p, enum ast_query_kind kind, struct ast_query **ret_query) {
    struct ast_query *q = PARSER_NEW(p, struct ast_query);
    if (q == NULL) return STATUS_NO_MEMORY;
    q->kind = kind;
    q->span = parser_token(p)->span;
    *ret_query = q;
    return STATUS_OK;
}

static enum status push_star(struct parser *p, struct list *items, struct span span) {
    struct ast_select_item *item = PARSER_NEW(p, struct ast_select_item);
    if (item == NULL) return STATUS_NO_MEMORY;
    TRY(expr_new(p, AST_STAR, &item->expr));
    item->span = item->expr->span = item->expr->op_span = span;
    return parser_push(p, items, item);
}

static enum status star_from(struct parser *p, struct ast_from *from, struct span span, struct ast_query **ret_query) {
    struct ast_query *q;
    TRY(query_new(p, AST_QUERY_SELECT, &q));
    TRY(push_star(p, &q->items, span));
    q->from = from;
    q->span = span;
    from->span = span;
    *ret_query = q;
    return STATUS_OK;
}

enum status query_wrap(struct parser *p, struct ast_query *q, struct ast_query **ret_query) {
    struct ast_from *from = PARSER_NEW(p, struct ast_from);
    if (from == NULL) return STATUS_NO_MEMORY;
    from->kind = AST_FROM_QUERY;
    from->query = q;
    TRY(parser_grow(p));
    return star_from(p, from, q->span, ret_query);
}

/* TABLE t means SELECT * FROM t. */
static enum status parse_table_query(struct parser *p, struct ast_query **ret_query) {
    uint32_t begin = parser_begin(p);
    struct ast_from *from = PARSER_NEW(p, struct ast_from);
    if (from == NULL) return STATUS_NO_MEMORY;
    from->kind = AST_FROM_TABLE;
    parser_next(p);
    TRY(parse_name(p, "a table", false, &from->name));
    return star_from(p, from, parser_span(p, begin), ret_query);
}

static bool has_tail(const struct ast_query *q) {
    return q->order_by.count != 0 || q->limit != NULL || q->offset != NULL;
}

static enum status parse_query_primary(struct parser *p, struct ast_query **ret_query) {
    if (parser_is(p, KW_SELECT)) return parse_select(p, ret_query);
    if (parser_is(p, KW_VALUES)) return parse_values(p, ret_query);
    if (parser_is(p, KW_TABLE)) return parse_table_query(p, ret_query);
    if (!parser_is_symbol(p, SYM_LPAREN)) return parser_unexpected(p, "SELECT, VALUES, WITH or '('");
    parser_next(p);
    TRY(parse_query(p, ret_query));
    if (!parser_is_symbol(p, SYM_RPAREN)) return parser_unexpected(p, "')'");
    parser_next(p);
    return STATUS_OK;
}

static enum status set_new(struct parser *p, enum ast_set_op op, struct ast_query *left, struct ast_query **ret_query) {
    TRY(parser_grow(p));
    TRY(query_new(p, AST_QUERY_SET, ret_query));
    (*ret_query)->set_op = op;
    (*ret_query)->left = left;
    parser_next(p);
    (*ret_query)->all = parser_accept(p, KW_ALL);
    if (!(*ret_query)->all) (void)parser_accept(p, KW_DISTINCT);
    return STATUS_OK;
}

static enum status parse_intersections(struct parser *p, struct ast_query **query) {
    while (parser_is(p, KW_INTERSECT)) {
        struct ast_query *set;
        TRY(set_new(p, AST_INTERSECT, *query, &set));
        TRY(parse_query_primary(p, &set->right));
        set->span = parser_span(p, (*query)->span.begin);
        *query = set;
    }
    return STATUS_OK;
}

static enum status parse_unions(struct parser *p, struct ast_query **query) {
    TRY(parse_intersections(p, query));
    while (parser_is(p, KW_UNION) || parser_is(p, KW_EXCEPT)) {
        struct ast_query *set;
        TRY(set_new(p, parser_is(p, KW_UNION) ? AST_UNION : AST_EXCEPT, *query, &set));
        TRY(parse_query_primary(p, &set->right));
        TRY(parse_intersections(p, &set->right));
        set->span = parser_span(p, (*query)->span.begin);
        *query = set;
    }
    if (parser_is(p, KW_MINUS)) {
        return parser_instead(p, parser_token(p)->span, "set operation MINUS", "Write EXCEPT");
    }
    return STATUS_OK;
}

static enum status parse_order(struct parser *p, struct list *order) {
    uint32_t begin = parser_begin(p);
    struct ast_order *o = PARSER_NEW(p, struct ast_order);
    if (o == NULL) return STATUS_NO_MEMORY;
    TRY(parse_expr(p, &o->expr));
    o->descending = parser_accept(p, KW_DESC);
    if (!o->descending) (void)parser_accept(p, KW_ASC);
    if (parser_accept(p, KW_NULLS)) {
        if (parser_accept(p, KW_FIRST)) o->nulls = 1;
        else if (parser_accept(p, KW_LAST)) o->nulls = 2;
        else return parser_unexpected(p, "FIRST or LAST");
    }
    o->span = parser_span(p, begin);
    return parser_push(p, order, o);
}

enum status parse_order_list(struct parser *p, struct list *order) {
    do {
        TRY(parse_order(p, order));
    } while (parser_accept_symbol(p, SYM_COMMA));
    return STATUS_OK;
}

/* The count of LIMIT, OFFSET and FETCH: a number. */
static enum status parse_row_count(struct parser *p, struct ast_expr **ret_expr) {
    const struct token *t = parser_token(p);
    if (parser_is_symbol(p, SYM_QUESTION)) return parser_unsupported(p, t->span, "A dynamic parameter '?'");
    if (t->kind != TOKEN_INTEGER) return parser_unexpected(p, "a number of rows");
    return parse_primary(p, ret_expr);
}

static enum status parse_limit(struct parser *p, struct ast_query *q) {
    parser_next(p);
    if (parser_accept(p, KW_ALL)) return STATUS_OK;
    TRY(parse_row_count(p, &q->limit));
    if (!parser_is_symbol(p, SYM_COMMA)) return STATUS_OK;
    return parser_instead(p, parser_token(p)->span, "'LIMIT start, count'", "Write LIMIT count OFFSET start");
}

static enum status parse_offset(struct parser *p, struct ast_query *q) {
    parser_next(p);
    TRY(parse_row_count(p, &q->offset));
    if (!parser_accept(p, KW_ROW)) (void)parser_accept(p, KW_ROWS);
    return STATUS_OK;
}

static enum status parse_fetch(struct parser *p, struct ast_query *q) {
    parser_next(p);
    if (!parser_accept(p, KW_FIRST) && !parser_accept(p, KW_NEXT)) return parser_unexpected(p, "FIRST or NEXT");
    TRY(parse_row_count(p, &q->limit));
    if (!parser_accept(p, KW_ROW) && !parser_accept(p, KW_ROWS)) return parser_unexpected(p, "ROWS");
    return parser_expect(p, KW_ONLY);
}

static enum status parse_query_tail(struct parser *p, struct ast_query *q) {
    if (parser_accept(p, KW_ORDER)) {
        TRY(parser_expect(p, KW_BY));
        TRY(parse_order_list(p, &q->order_by));
        p->follow = "',', LIMIT, OFFSET or the end of the query";
    }
    if (parser_is(p, KW_LIMIT)) {
        TRY(parse_limit(p, q));
        p->follow = "OFFSET or the end of the query";
    }
    if (parser_is(p, KW_OFFSET)) TRY(parse_offset(p, q));
    if (q->limit == NULL && parser_is(p, KW_FETCH)) TRY(parse_fetch(p, q));
    return STATUS_OK;
}

static bool at_tail(struct parser *p) {
    return parser_is(p, KW_ORDER) || parser_is(p, KW_LIMIT) || parser_is(p, KW_OFFSET) || parser_is(p, KW_FETCH);
}

bool parser_is_query_rest(struct parser *p) {
    return parser_is(p, KW_UNION) || parser_is(p, KW_INTERSECT) || parser_is(p, KW_EXCEPT) || parser_is(p, KW_MINUS) || at_tail(p);
}

enum status parse_query_rest(struct parser *p, struct ast_query *first, struct ast_query **ret_query) {
    struct ast_query *q = first;
    uint32_t begin = first->span.begin;
    TRY(parse_unions(p, &q));
    if (at_tail(p)) {
        if (has_tail(q) || q->with.count != 0) TRY(query_wrap(p, q, &q));
        TRY(parse_query_tail(p, q));
    }
    q->span = parser_span(p, begin);
    *ret_query = q;
    return STATUS_OK;
}

static enum status parse_with_item(struct parser *p, struct list *with) {
    uint32_t begin = parser_begin(p);
    struct ast_with *w = PARSER_NEW(p, struct ast_with);
    if (w == NULL) return STATUS_NO_MEMORY;
    TRY(parse_identifier(p, "the name of a query", &w->name, NULL));
    bool columns = parser_is_symbol(p, SYM_LPAREN) && !parser_ahead_is(p, 1, KW_SELECT);
    if (columns) TRY(parse_identifier_list(p, "a column", &w->columns, NULL));
    TRY(parser_expect(p, KW_AS));
    TRY(parser_expect_symbol(p, SYM_LPAREN));
    TRY(parse_query(p, &w->query));
    if (!parser_is_symbol(p, SYM_RPAREN)) return parser_unexpected(p, "')'");
    parser_next(p);
    w->span = parser_span(p, begin);
    return parser_push(p, with, w);
}

static enum status parse_with(struct parser *p, struct list *with, bool *ret_recursive) {
    parser_next(p);
    *ret_recursive = parser_accept(p, KW_RECURSIVE);
    do {
        TRY(parse_with_item(p, with));
    } while (parser_accept_symbol(p, SYM_COMMA));
    return STATUS_OK;
}

enum status parse_query(struct parser *p, struct ast_query **ret_query) {
    uint32_t begin = parser_begin(p), saved;
    struct list with = {0};
    bool recursive = false;
    struct ast_query *q;
    TRY(parser_enter(p, &saved));
    if (parser_is(p, KW_WITH)) TRY(parse_with(p, &with, &recursive));
    TRY(parse_query_primary(p, &q));
    TRY(parse_query_rest(p, q, &q));
    if (with.count != 0) {
        if (q->with.count != 0) TRY(query_wrap(p, q, &q));
        q->with = with;
        q->with_recursive = recursive;
    }
    q->span = parser_span(p, begin);
    parser_leave(p, saved);
    *ret_query = q;
    return STATUS_OK;
}
