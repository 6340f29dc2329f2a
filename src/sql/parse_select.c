/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse_select: one SELECT with its clauses up to QUALIFY, GROUP BY with grouping sets, windows,
 * and VALUES. After each clause p->follow says what may stand next, for the message about whatever
 * stands there instead.
 */
#include "sql/parse_internal.h"

#include <assert.h>

static enum status parse_alias(struct parser *p, struct str *ret_alias, struct span *ret_span) {
    if (parser_accept(p, KW_AS)) return parse_identifier(p, "a name", ret_alias, ret_span);
    if (parser_token(p)->kind == TOKEN_STRING) return parser_unexpected(p, "a name, in back-ticks or without quotes");
    if (!parser_is_name(p, 0)) return STATUS_OK;
    TRY(parse_identifier(p, "a name", ret_alias, ret_span));
    p->alias_at = p->at;
    return STATUS_OK;
}

static enum status parse_select_item(struct parser *p, struct list *items) {
    uint32_t begin = parser_begin(p);
    struct ast_select_item *item = PARSER_NEW(p, struct ast_select_item);
    if (item == NULL) return STATUS_NO_MEMORY;
    if (parser_is_symbol(p, SYM_STAR)) {
        TRY(expr_new(p, AST_STAR, &item->expr));
        parser_next(p);
    } else {
        TRY(parse_expr(p, &item->expr));
        if (item->expr->kind != AST_STAR) TRY(parse_alias(p, &item->alias, &item->alias_span));
    }
    item->span = parser_span(p, begin);
    return parser_push(p, items, item);
}

static enum status group_new(struct parser *p, enum ast_group_kind kind, struct ast_group **ret_group) {
    *ret_group = PARSER_NEW(p, struct ast_group);
    if (*ret_group == NULL) return STATUS_NO_MEMORY;
    (*ret_group)->kind = kind;
    return STATUS_OK;
}

/* An expression as a group; a row in parentheses, (a, b), is a set of groups. */
static enum status group_of_expr(struct parser *p, struct ast_expr *e, struct ast_group **ret_group) {
    bool set = e->kind == AST_ROW && p->sql.at[e->span.begin] == '(';
    TRY(group_new(p, set ? AST_GROUP_SET : AST_GROUP_EXPR, ret_group));
    (*ret_group)->span = e->span;
    if (!set) {
        (*ret_group)->expr = e;
        return STATUS_OK;
    }
    for (uint32_t i = 0; i < e->arguments.count; i++) {
        struct ast_group *inner;
        TRY(group_new(p, AST_GROUP_EXPR, &inner));
        inner->expr = e->arguments.at[i];
        inner->span = inner->expr->span;
        TRY(parser_push(p, &(*ret_group)->elements, inner));
    }
    return STATUS_OK;
}

static enum status parse_group(struct parser *p, struct list *groups);

/* ROLLUP, CUBE or GROUPING SETS with its parentheses. */
static enum status parse_group_list(struct parser *p, enum ast_group_kind kind, struct ast_group **ret_group) {
    uint32_t saved;
    TRY(parser_enter(p, &saved));
    TRY(group_new(p, kind, ret_group));
    parser_next(p);
    if (kind == AST_GROUPING_SETS) parser_next(p);
    TRY(parser_expect_symbol(p, SYM_LPAREN));
    do {
        TRY(parse_group(p, &(*ret_group)->elements));
    } while (parser_accept_symbol(p, SYM_COMMA));
    if (!parser_is_symbol(p, SYM_RPAREN)) return parser_unexpected(p, "',' or ')'");
    parser_next(p);
    parser_leave(p, saved);
    return STATUS_OK;
}

static enum status parse_group(struct parser *p, struct list *groups) {
    uint32_t begin = parser_begin(p);
    struct ast_group *g;
    if (parser_is(p, KW_ROLLUP)) {
        TRY(parse_group_list(p, AST_GROUP_ROLLUP, &g));
    } else if (parser_is(p, KW_CUBE)) {
        TRY(parse_group_list(p, AST_GROUP_CUBE, &g));
    } else if (parser_is(p, KW_GROUPING) && parser_ahead_is(p, 1, KW_SETS)) {
        TRY(parse_group_list(p, AST_GROUPING_SETS, &g));
    } else if (parser_is_symbol(p, SYM_LPAREN) && parser_ahead_is_symbol(p, 1, SYM_RPAREN)) {
        TRY(group_new(p, AST_GROUP_SET, &g));
        parser_next(p);
        parser_next(p);
    } else {
        struct ast_expr *e;
        TRY(parse_expr(p, &e));
        TRY(group_of_expr(p, e, &g));
    }
    g->span = parser_span(p, begin);
    return parser_push(p, groups, g);
}

static enum status parse_group_by(struct parser *p, struct ast_query *q) {
    parser_next(p);
    TRY(parser_expect(p, KW_BY));
    q->has_group_by = true;
    q->group_distinct = parser_accept(p, KW_DISTINCT);
    if (!q->group_distinct) (void)parser_accept(p, KW_ALL);
    do {
        TRY(parse_group(p, &q->group_by));
    } while (parser_accept_symbol(p, SYM_COMMA));
    p->follow = "',', HAVING, ORDER BY, LIMIT or the end of the query";
    return STATUS_OK;
}

static enum status parse_bound(struct parser *p, enum ast_bound *ret_bound, struct ast_expr **ret_expr) {
    if (parser_is(p, KW_CURRENT) && parser_ahead_is(p, 1, KW_ROW)) {
        parser_next(p);
        parser_next(p);
        *ret_bound = AST_CURRENT_ROW;
        return STATUS_OK;
    }
    bool unbounded = parser_accept(p, KW_UNBOUNDED);
    if (!unbounded) TRY(parse_expr(p, ret_expr));
    if (parser_accept(p, KW_PRECEDING)) *ret_bound = unbounded ? AST_UNBOUNDED_PRECEDING : AST_PRECEDING;
    else if (parser_accept(p, KW_FOLLOWING)) *ret_bound = unbounded ? AST_UNBOUNDED_FOLLOWING : AST_FOLLOWING;
    else return parser_unexpected(p, "PRECEDING or FOLLOWING");
    return STATUS_OK;
}

static enum status parse_frame(struct parser *p, struct ast_window *w) {
    w->has_frame = true;
    w->rows = parser_is(p, KW_ROWS);
    w->to = AST_CURRENT_ROW;
    parser_next(p);
    bool between = parser_accept(p, KW_BETWEEN);
    TRY(parse_bound(p, &w->from, &w->from_expr));
    if (between) {
        TRY(parser_expect(p, KW_AND));
        TRY(parse_bound(p, &w->to, &w->to_expr));
    }
    if (parser_is(p, KW_DISALLOW)) return parser_unsupported(p, parser_token(p)->span, "DISALLOW PARTIAL");
    return parser_accept(p, KW_ALLOW) ? parser_expect(p, KW_PARTIAL) : STATUS_OK;
}

enum status parse_window(struct parser *p, struct ast_window **ret_window) {
    uint32_t begin = parser_begin(p);
    struct ast_window *w = PARSER_NEW(p, struct ast_window);
    if (w == NULL) return STATUS_NO_MEMORY;
    TRY(parser_expect_symbol(p, SYM_LPAREN));
    if (parser_is_name(p, 0)) {
        return parser_unsupported(p, parser_token(p)->span, "A window built on another window");
    }
    if (parser_accept(p, KW_PARTITION)) {
        TRY(parser_expect(p, KW_BY));
        TRY(parse_expr_list(p, &w->partition_by));
    }
    if (parser_accept(p, KW_ORDER)) {
        TRY(parser_expect(p, KW_BY));
        TRY(parse_order_list(p, &w->order_by));
    }
    if (parser_is(p, KW_ROWS) || parser_is(p, KW_RANGE)) TRY(parse_frame(p, w));
    if (!parser_is_symbol(p, SYM_RPAREN)) return parser_unexpected(p, "PARTITION BY, ORDER BY, ROWS, RANGE or ')'");
    parser_next(p);
    w->span = parser_span(p, begin);
    *ret_window = w;
    return STATUS_OK;
}

static enum status parse_named_windows(struct parser *p, struct list *windows) {
    parser_next(p);
    do {
        struct str name;
        struct ast_window *w;
        uint32_t begin = parser_begin(p);
        TRY(parse_identifier(p, "a window's name", &name, NULL));
        TRY(parser_expect(p, KW_AS));
        TRY(parse_window(p, &w));
        w->name = name;
        w->span = parser_span(p, begin);
        TRY(parser_push(p, windows, w));
    } while (parser_accept_symbol(p, SYM_COMMA));
    p->follow = "',', QUALIFY, ORDER BY, LIMIT or the end of the query";
    return STATUS_OK;
}

static enum status parse_from_clause(struct parser *p, struct ast_query *q) {
    if (!parser_accept(p, KW_FROM)) return STATUS_OK;
    TRY(parse_from(p, &q->from));
    p->follow = "',', JOIN, WHERE, GROUP BY, ORDER BY, LIMIT or the end of the query";
    if (parser_accept(p, KW_WHERE)) {
        TRY(parse_expr(p, &q->where));
        p->follow = "AND, OR, GROUP BY, ORDER BY, LIMIT or the end of the query";
    }
    if (parser_is(p, KW_GROUP)) TRY(parse_group_by(p, q));
    if (parser_accept(p, KW_HAVING)) {
        TRY(parse_expr(p, &q->having));
        p->follow = "AND, OR, ORDER BY, LIMIT or the end of the query";
    }
    if (parser_is(p, KW_WINDOW)) TRY(parse_named_windows(p, &q->windows));
    if (parser_accept(p, KW_QUALIFY)) {
        TRY(parse_expr(p, &q->qualify));
        p->follow = "AND, OR, ORDER BY, LIMIT or the end of the query";
    }
    return STATUS_OK;
}

enum status parse_select(struct parser *p, struct ast_query **ret_query) {
    uint32_t begin = parser_begin(p);
    struct ast_query *q;
    TRY(query_new(p, AST_QUERY_SELECT, &q));
    parser_next(p);
    TRY(parse_hints(p, &q->hints));
    if (parser_is(p, KW_STREAM)) return parser_unsupported(p, parser_token(p)->span, "SELECT STREAM");
    q->distinct = parser_accept(p, KW_DISTINCT);
    if (!q->distinct) (void)parser_accept(p, KW_ALL);
    do {
        TRY(parse_select_item(p, &q->items));
    } while (parser_accept_symbol(p, SYM_COMMA));
    p->follow = "FROM, ',' or the end of the query";
    TRY(parse_from_clause(p, q));
    q->span = parser_span(p, begin);
    *ret_query = q;
    return STATUS_OK;
}

/* One row of VALUES: (a, b), ROW(a, b), or a bare expression, which is a row of one. */
static enum status parse_values_row(struct parser *p, struct list *rows) {
    struct ast_expr *e, *row;
    TRY(parse_expr(p, &e));
    if (e->kind == AST_ROW) return parser_push(p, rows, e);
    TRY(expr_new(p, AST_ROW, &row));
    row->span = row->op_span = e->span;
    TRY(parser_push(p, &row->arguments, e));
    return parser_push(p, rows, row);
}

enum status parse_values(struct parser *p, struct ast_query **ret_query) {
    uint32_t begin = parser_begin(p);
    struct ast_query *q;
    TRY(query_new(p, AST_QUERY_VALUES, &q));
    parser_next(p);
    do {
        TRY(parse_values_row(p, &q->rows));
    } while (parser_accept_symbol(p, SYM_COMMA));
    p->follow = "',', ORDER BY, LIMIT or the end of the query";
    q->span = parser_span(p, begin);
    *ret_query = q;
    return STATUS_OK;
}
