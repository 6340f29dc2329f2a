/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse_from: tables and joins. JOIN chains are left associative and bind tighter than the comma.
 * A parenthesis holds a query or a join; which one is known from its first word, or, behind further
 * parentheses, from what was read. MATCH_RECOGNIZE is kept as text, so that it can be refused by
 * name.
 */
#include "sql/parse_internal.h"

#include <assert.h>

static enum status from_new(struct parser *p, enum ast_from_kind kind, struct ast_from **ret_from) {
    struct ast_from *f = PARSER_NEW(p, struct ast_from);
    if (f == NULL) return STATUS_NO_MEMORY;
    f->kind = kind;
    f->span = parser_token(p)->span;
    *ret_from = f;
    return STATUS_OK;
}

static enum status parse_alias(struct parser *p, struct ast_from *f) {
    bool as = parser_accept(p, KW_AS);
    if (!as && !parser_is_name(p, 0)) return STATUS_OK;
    TRY(parse_identifier(p, "a name", &f->alias, &f->alias_span));
    if (!as) p->alias_at = p->at;
    return parser_is_symbol(p, SYM_LPAREN) ? parse_identifier_list(p, "a column", &f->columns, NULL) : STATUS_OK;
}

/* f(...) as a table; the name is read. */
static enum status parse_function(struct parser *p, struct ast_name *name, struct ast_from *f) {
    f->kind = AST_FROM_FUNCTION;
    return parse_call(p, name, &f->expr);
}

/* TABLE(f(...)). */
static enum status parse_table_function(struct parser *p, struct ast_from *f) {
    struct ast_name *name;
    parser_next(p);
    TRY(parser_expect_symbol(p, SYM_LPAREN));
    TRY(parse_name(p, "a table function", false, &name));
    if (!parser_is_symbol(p, SYM_LPAREN)) return parser_unexpected(p, "the function's '('");
    TRY(parse_function(p, name, f));
    return parser_expect_symbol(p, SYM_RPAREN);
}

static enum status parse_unnest(struct parser *p, struct ast_from *f) {
    f->kind = AST_FROM_UNNEST;
    parser_next(p);
    TRY(parser_expect_symbol(p, SYM_LPAREN));
    TRY(parse_expr(p, &f->expr));
    if (parser_is_symbol(p, SYM_COMMA)) {
        return parser_unsupported(p, parser_token(p)->span, "UNNEST of more than one collection");
    }
    TRY(parser_expect_symbol(p, SYM_RPAREN));
    if (parser_is(p, KW_WITH) && parser_ahead_is(p, 1, KW_ORDINALITY)) {
        parser_next(p);
        parser_next(p);
        f->ordinality = true;
    }
    return STATUS_OK;
}

static enum status parse_lateral(struct parser *p, struct ast_from *f) {
    f->lateral = true;
    parser_next(p);
    if (parser_is(p, KW_TABLE)) return parse_table_function(p, f);
    if (parser_is(p, KW_UNNEST)) return parse_unnest(p, f);
    if (!parser_is_symbol(p, SYM_LPAREN)) return parser_unexpected(p, "TABLE(...), UNNEST(...) or a query in parentheses");
    parser_next(p);
    f->kind = AST_FROM_QUERY;
    TRY(parse_query(p, &f->query));
    return parser_expect_symbol(p, SYM_RPAREN);
}

/* Reads over balanced parentheses; '(' stands here. */
static enum status skip_parens(struct parser *p) {
    uint32_t open = 0;
    do {
        enum token_kind kind = (enum token_kind)parser_token(p)->kind;
        if (kind == TOKEN_END || kind == TOKEN_BAD) return parser_unexpected(p, "')'");
        if (parser_is_symbol(p, SYM_LPAREN)) open++;
        if (parser_is_symbol(p, SYM_RPAREN)) open--;
        parser_next(p);
    } while (open > 0);
    return STATUS_OK;
}

/* table MATCH_RECOGNIZE (...): the text goes into a symbol literal. */
static enum status parse_match(struct parser *p, struct ast_from **from) {
    struct ast_from *table = *from, *match;
    parser_next(p);
    if (!parser_is_symbol(p, SYM_LPAREN)) return parser_unexpected(p, "'('");
    uint32_t begin = parser_begin(p);
    TRY(parser_grow(p));
    TRY(from_new(p, AST_FROM_MATCH, &match));
    TRY(expr_new(p, AST_LITERAL, &match->expr));
    TRY(skip_parens(p));
    match->left = table;
    match->expr->literal = AST_SYMBOL;
    match->expr->span = parser_span(p, begin);
    match->expr->text = parser_slice(p, match->expr->span);
    *from = match;
    return STATUS_OK;
}

static enum status parse_system_time(struct parser *p, struct ast_from *f) {
    parser_next(p);
    TRY(parser_expect(p, KW_SYSTEM_TIME));
    TRY(parser_expect(p, KW_AS));
    TRY(parser_expect(p, KW_OF));
    return parse_expr(p, &f->system_time);
}

static enum status refuse_table_clause(struct parser *p) {
    struct span span = parser_token(p)->span;
    if (parser_is(p, KW_TABLESAMPLE)) return parser_unsupported(p, span, "TABLESAMPLE");
    if (parser_is(p, KW_PIVOT)) return parser_unsupported(p, span, "PIVOT");
    if (parser_is(p, KW_UNPIVOT)) return parser_unsupported(p, span, "UNPIVOT");
    if (parser_is(p, KW_EXTEND)) return parser_unsupported(p, span, "EXTEND");
    return STATUS_OK;
}

static enum status parse_named_table(struct parser *p, struct ast_from **from) {
    struct ast_from *f = *from;
    TRY(parse_name(p, "a table", false, &f->name));
    if (parser_is_symbol(p, SYM_LPAREN)) {
        struct ast_name *name = f->name;
        f->name = NULL;
        return parse_function(p, name, f);
    }
    TRY(parse_hints(p, &f->hints));
    TRY(refuse_table_clause(p));
    if (parser_is(p, KW_FOR) && parser_ahead_is(p, 1, KW_SYSTEM_TIME)) TRY(parse_system_time(p, f));
    return STATUS_OK;
}

static enum status parse_joins(struct parser *p, struct ast_from **from);
static enum status parse_table(struct parser *p, struct ast_from **ret_from);

/* A table behind "((": a query in parentheses may go on as a set operation, anything else is a join. */
static enum status parse_paren_join(struct parser *p, struct ast_from **ret_from) {
    struct ast_from *f;
    TRY(parse_table(p, &f));
    bool bare = f->kind == AST_FROM_QUERY && f->alias.at == NULL && !f->lateral;
    if (bare && parser_is_query_rest(p)) TRY(parse_query_rest(p, f->query, &f->query));
    TRY(parse_joins(p, &f));
    if (f->kind != AST_FROM_QUERY && f->kind != AST_FROM_JOIN) {
        return error_at(p->error, STATUS_SYNTAX, f->span, "Parentheses in FROM hold a query or a join, not a table alone");
    }
    *ret_from = f;
    return STATUS_OK;
}

static enum status parse_paren(struct parser *p, struct ast_from **from) {
    parser_next(p);
    if (parser_is_query_start(p)) {
        (*from)->kind = AST_FROM_QUERY;
        TRY(parse_query(p, &(*from)->query));
    } else {
        TRY(parse_paren_join(p, from));
    }
    if (!parser_is_symbol(p, SYM_RPAREN)) return parser_unexpected(p, "')'");
    parser_next(p);
    return STATUS_OK;
}

static enum status parse_table_start(struct parser *p, struct ast_from **from) {
    if (parser_is_symbol(p, SYM_LPAREN)) return parse_paren(p, from);
    if (parser_is(p, KW_LATERAL)) return parse_lateral(p, *from);
    if (parser_is(p, KW_UNNEST)) return parse_unnest(p, *from);
    if (parser_is(p, KW_TABLE)) return parse_table_function(p, *from);
    return parse_named_table(p, from);
}

static enum status parse_table(struct parser *p, struct ast_from **ret_from) {
    uint32_t begin = parser_begin(p), saved;
    struct ast_from *f;
    TRY(parser_enter(p, &saved));
    TRY(from_new(p, AST_FROM_TABLE, &f));
    TRY(parse_table_start(p, &f));
    if (parser_is(p, KW_MATCH_RECOGNIZE)) TRY(parse_match(p, &f));
    /* What came in parentheses with its own alias keeps it. */
    if (f->alias.at == NULL && f->kind != AST_FROM_JOIN) TRY(parse_alias(p, f));
    TRY(refuse_table_clause(p));
    f->span = parser_span(p, begin);
    parser_leave(p, saved);
    *ret_from = f;
    return STATUS_OK;
}

/* Words in front of JOIN; *ret_found false when no join begins here. */
static enum status parse_join_kind(struct parser *p, struct ast_from *j, bool *ret_found) {
    static const struct {
        enum keyword word;
        enum ast_join_kind kind;
    } kinds[] = {{KW_LEFT, AST_JOIN_LEFT}, {KW_RIGHT, AST_JOIN_RIGHT}, {KW_FULL, AST_JOIN_FULL}};
    *ret_found = true;
    j->natural = parser_accept(p, KW_NATURAL);
    j->join = AST_JOIN_INNER;
    if (parser_accept(p, KW_JOIN)) return STATUS_OK;
    if (parser_accept(p, KW_INNER)) return parser_expect(p, KW_JOIN);
    if (parser_is(p, KW_CROSS)) {
        j->join = AST_JOIN_CROSS;
        parser_next(p);
        if (parser_is(p, KW_APPLY)) return parser_unsupported(p, parser_token(p)->span, "CROSS APPLY");
        return parser_expect(p, KW_JOIN);
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!parser_accept(p, kinds[i].word)) continue;
        j->join = kinds[i].kind;
        (void)parser_accept(p, KW_OUTER);
        return parser_expect(p, KW_JOIN);
    }
    *ret_found = false;
    return j->natural ? parser_unexpected(p, "JOIN") : STATUS_OK;
}

static enum status parse_join_condition(struct parser *p, struct ast_from *j) {
    if (parser_accept(p, KW_ON)) return parse_expr(p, &j->on);
    if (parser_accept(p, KW_USING)) return parse_identifier_list(p, "a column", &j->using_columns, NULL);
    return STATUS_OK;
}

static enum status parse_joins(struct parser *p, struct ast_from **from) {
    for (;;) {
        struct ast_from *j;
        bool found;
        TRY(from_new(p, AST_FROM_JOIN, &j));
        TRY(parse_join_kind(p, j, &found));
        if (!found) return STATUS_OK;
        TRY(parser_grow(p));
        j->left = *from;
        p->follow = "a table";
        TRY(parse_table(p, &j->right));
        if (j->join != AST_JOIN_CROSS) TRY(parse_join_condition(p, j));
        j->span = parser_span(p, (*from)->span.begin);
        *from = j;
    }
}

enum status parse_from(struct parser *p, struct ast_from **ret_from) {
    struct ast_from *f;
    TRY(parse_table(p, &f));
    TRY(parse_joins(p, &f));
    while (parser_is_symbol(p, SYM_COMMA)) {
        struct ast_from *j;
        TRY(parser_grow(p));
        TRY(from_new(p, AST_FROM_JOIN, &j));
        parser_next(p);
        j->join = AST_JOIN_COMMA;
        j->left = f;
        TRY(parse_table(p, &j->right));
        TRY(parse_joins(p, &j->right));
        j->span = parser_span(p, f->span.begin);
        f = j;
    }
    *ret_from = f;
    return STATUS_OK;
}
