/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse_statement: scripts, INSERT, statement sets, EXPLAIN, and the choice among statements by
 * their first word. What Flink's grammar has and Weir does not run becomes AST_OTHER with its name:
 * its text is skipped to the semicolon, inner ones of a statement set included.
 */
#include "sql/parse_internal.h"

#include <assert.h>

static const char STATEMENT_EXPECTED[] = "a statement such as SELECT, INSERT, CREATE or SET";

static bool at_statement_end(const struct parser *p) {
    enum token_kind kind = (enum token_kind)parser_token(p)->kind;
    return kind == TOKEN_END || kind == TOKEN_BAD || parser_is_symbol(p, SYM_SEMICOLON);
}

static enum status statement_new(struct parser *p, enum ast_statement_kind kind, struct ast_statement **ret_statement) {
    struct ast_statement *s = PARSER_NEW(p, struct ast_statement);
    if (s == NULL) return STATUS_NO_MEMORY;
    s->kind = kind;
    s->span = parser_token(p)->span;
    *ret_statement = s;
    return STATUS_OK;
}

/* Over BEGIN ... END, in which CASE has an END of its own. */
static void skip_set(struct parser *p) {
    uint32_t cases = 0;
    for (;;) {
        enum token_kind kind = (enum token_kind)parser_token(p)->kind;
        if (kind == TOKEN_END || kind == TOKEN_BAD) return;
        bool end = parser_ahead_is(p, 0, KW_END);
        if (parser_ahead_is(p, 0, KW_CASE)) cases++;
        parser_next(p);
        if (end && cases == 0) return;
        if (end) cases--;
    }
}

enum status parse_other(struct parser *p, struct ast_statement *s, const char *name) {
    uint32_t begin = s->span.begin;
    s->kind = AST_OTHER;
    s->text = str_of(name);
    while (!at_statement_end(p)) {
        bool set = parser_ahead_is(p, 0, KW_STATEMENT) && parser_ahead_is(p, 1, KW_SET);
        parser_next(p);
        if (set) skip_set(p);
    }
    s->raw = parser_slice(p, parser_span(p, begin));
    return parser_token(p)->kind == TOKEN_BAD ? parser_unexpected(p, STATEMENT_EXPECTED) : STATUS_OK;
}

/* PARTITION (k = v, ...): values are kept as text. */
static enum status parse_partition_item(struct parser *p, struct list *partitions) {
    uint32_t begin = parser_begin(p);
    struct ast_option *o = PARSER_NEW(p, struct ast_option);
    if (o == NULL) return STATUS_NO_MEMORY;
    TRY(parse_identifier(p, "a partition column", &o->key, &o->key_span));
    TRY(parser_expect_symbol(p, SYM_EQ));
    uint32_t value_begin = parser_begin(p);
    if (parser_token(p)->kind == TOKEN_STRING) {
        TRY(parse_string(p, "a value", &o->value));
    } else {
        struct ast_expr *value;
        TRY(parse_expr(p, &value));
        o->value = parser_slice(p, parser_span(p, value_begin));
    }
    o->value_span = parser_span(p, value_begin);
    o->span = parser_span(p, begin);
    return parser_push(p, partitions, o);
}

enum status parse_partitions(struct parser *p, struct list *partitions) {
    parser_next(p);
    TRY(parser_expect_symbol(p, SYM_LPAREN));
    do {
        TRY(parse_partition_item(p, partitions));
    } while (parser_accept_symbol(p, SYM_COMMA));
    if (!parser_is_symbol(p, SYM_RPAREN)) return parser_unexpected(p, "',' or ')'");
    parser_next(p);
    return STATUS_OK;
}

/* ( a, b.c ): a column list, where a query may stand as well. */
static enum status parse_insert_columns(struct parser *p, struct ast_statement *s) {
    TRY(parser_expect_symbol(p, SYM_LPAREN));
    do {
        struct ast_name *column;
        TRY(parse_name(p, "a column", false, &column));
        if (column->count > 1) return parser_unsupported(p, column->span, "A nested column in INSERT's column list");
        TRY(parser_push_str(p, &s->column_names, column->parts[0]));
        TRY(parser_push_span(p, &s->column_spans, column->span));
    } while (parser_accept_symbol(p, SYM_COMMA));
    if (!parser_is_symbol(p, SYM_RPAREN)) return parser_unexpected(p, "',' or ')'");
    parser_next(p);
    return STATUS_OK;
}

static enum status parse_conflict(struct parser *p, struct ast_statement *s) {
    if (!parser_accept(p, KW_ON)) return STATUS_OK;
    TRY(parser_expect(p, KW_CONFLICT));
    TRY(parser_expect(p, KW_DO));
    if (parser_accept(p, KW_NOTHING)) s->conflict = STR("NOTHING");
    else if (parser_accept(p, KW_ERROR)) s->conflict = STR("ERROR");
    else if (parser_accept(p, KW_DEDUPLICATE)) s->conflict = STR("DEDUPLICATE");
    else return parser_unexpected(p, "NOTHING, ERROR or DEDUPLICATE");
    return STATUS_OK;
}

enum status parse_insert(struct parser *p, struct ast_statement *s) {
    s->kind = AST_INSERT;
    TRY(parser_expect(p, KW_INSERT));
    if (parser_accept(p, KW_OVERWRITE)) s->overwrite = true;
    else if (!parser_accept(p, KW_INTO)) return parser_unexpected(p, "INTO or OVERWRITE");
    TRY(parse_name(p, "a table", false, &s->name));
    TRY(parse_hints(p, &s->hints));
    if (parser_is(p, KW_PARTITION)) TRY(parse_partitions(p, &s->partitions));
    if (parser_is_symbol(p, SYM_LPAREN) && parser_is_name(p, 1)) TRY(parse_insert_columns(p, s));
    if (!parser_is_query_start(p) && !parser_is_symbol(p, SYM_LPAREN)) {
        return parser_unexpected(p, "a column list, SELECT, VALUES or WITH");
    }
    TRY(parse_query(p, &s->query));
    return parse_conflict(p, s);
}

static enum status parse_set_member(struct parser *p, struct ast_statement *set) {
    struct ast_statement *s;
    uint32_t begin = parser_begin(p);
    TRY(statement_new(p, AST_INSERT, &s));
    TRY(parse_insert(p, s));
    s->span = parser_span(p, begin);
    if (!parser_is_symbol(p, SYM_SEMICOLON)) return parser_unexpected(p, "';' after the statement");
    while (parser_accept_symbol(p, SYM_SEMICOLON)) {
    }
    return parser_push(p, &set->statements, s);
}

/* The INSERTs of a set and END. */
static enum status parse_set_body(struct parser *p, struct ast_statement *set) {
    set->kind = AST_STATEMENT_SET;
    while (!parser_is(p, KW_END)) {
        if (!parser_is(p, KW_INSERT)) return parser_unexpected(p, "INSERT or the END of the statement set");
        TRY(parse_set_member(p, set));
    }
    parser_next(p);
    if (set->statements.count != 0) return STATUS_OK;
    return error_at(p->error, STATUS_SYNTAX, p->tokens[p->at - 1].span, "A statement set needs at least one INSERT");
}

/* STATEMENT SET BEGIN ... END. */
static enum status parse_statement_set(struct parser *p, struct ast_statement *s) {
    parser_next(p);
    TRY(parser_expect(p, KW_SET));
    TRY(parser_expect(p, KW_BEGIN));
    return parse_set_body(p, s);
}

/* BEGIN STATEMENT SET; ... END, the SQL client's form. */
static enum status parse_begin(struct parser *p, struct ast_statement *s) {
    parser_next(p);
    TRY(parser_expect(p, KW_STATEMENT));
    TRY(parser_expect(p, KW_SET));
    TRY(parser_expect_symbol(p, SYM_SEMICOLON));
    return parse_set_body(p, s);
}

static enum status parse_query_statement(struct parser *p, struct ast_statement *s) {
    s->kind = AST_SELECT;
    return parse_query(p, &s->query);
}

static bool at_query(struct parser *p) {
    return parser_is_query_start(p) || parser_is_symbol(p, SYM_LPAREN);
}

/* EXECUTE PLAN, EXECUTE STATEMENT SET, EXECUTE <insert or query>. */
static enum status parse_execute(struct parser *p, struct ast_statement *s) {
    parser_next(p);
    if (parser_is(p, KW_STATEMENT)) return parse_statement_set(p, s);
    if (parser_is(p, KW_INSERT)) return parse_insert(p, s);
    if (parser_is(p, KW_PLAN)) return parse_other(p, s, "EXECUTE PLAN");
    if (at_query(p)) return parse_query_statement(p, s);
    return parser_unexpected(p, "STATEMENT SET, INSERT, SELECT or PLAN");
}

/* One detail of EXPLAIN; false when none stands here. */
static bool parse_explain_detail(struct parser *p, struct ast_statement *s) {
    if (parser_accept(p, KW_CHANGELOG_MODE)) s->explain_changelog = true;
    else if (parser_accept(p, KW_ESTIMATED_COST)) s->explain_cost = true;
    else if (parser_accept(p, KW_PLAN_ADVICE)) s->explain_advice = true;
    else if (parser_accept(p, KW_JSON_EXECUTION_PLAN)) s->explain_json = true;
    else return false;
    return true;
}

static enum status parse_explain_details(struct parser *p, struct ast_statement *s) {
    if (parser_is(p, KW_PLAN)) {
        parser_next(p);
        return parser_expect(p, KW_FOR);
    }
    if (!parse_explain_detail(p, s)) return STATUS_OK;
    while (parser_accept_symbol(p, SYM_COMMA)) {
        if (!parse_explain_detail(p, s)) {
            return parser_unexpected(p, "CHANGELOG_MODE, ESTIMATED_COST, PLAN_ADVICE or JSON_EXECUTION_PLAN");
        }
    }
    return STATUS_OK;
}

static enum status parse_explained(struct parser *p, struct ast_statement *s) {
    if (parser_is(p, KW_EXECUTE)) return parse_execute(p, s);
    if (parser_is(p, KW_STATEMENT)) return parse_statement_set(p, s);
    if (parser_is(p, KW_INSERT)) return parse_insert(p, s);
    if (parser_is(p, KW_CREATE)) return parse_create(p, s);
    if (at_query(p)) return parse_query_statement(p, s);
    return parser_unexpected(p, "SELECT, INSERT, STATEMENT SET, PLAN FOR or a detail such as CHANGELOG_MODE");
}

static enum status parse_explain(struct parser *p, struct ast_statement *s) {
    struct ast_statement *inner;
    s->kind = AST_EXPLAIN;
    parser_next(p);
    TRY(parse_explain_details(p, s));
    uint32_t begin = parser_begin(p);
    TRY(statement_new(p, AST_SELECT, &inner));
    TRY(parse_explained(p, inner));
    inner->span = parser_span(p, begin);
    return parser_push(p, &s->statements, inner);
}

enum status parse_statement(struct parser *p, struct ast_statement **ret_statement) {
    uint32_t begin = parser_begin(p);
    struct ast_statement *s;
    bool done = true;
    TRY(statement_new(p, AST_OTHER, &s));
    p->follow = "the end of the statement";
    if (at_query(p)) TRY(parse_query_statement(p, s));
    else if (parser_is(p, KW_INSERT)) TRY(parse_insert(p, s));
    else if (parser_is(p, KW_CREATE) || parser_is(p, KW_REPLACE)) TRY(parse_create(p, s));
    else if (parser_is(p, KW_EXPLAIN)) TRY(parse_explain(p, s));
    else if (parser_is(p, KW_EXECUTE)) TRY(parse_execute(p, s));
    else if (parser_is(p, KW_BEGIN)) TRY(parse_begin(p, s));
    else TRY(parse_utility(p, s, &done));
    if (!done) return parser_unexpected(p, STATEMENT_EXPECTED);
    s->span = parser_span(p, begin);
    *ret_statement = s;
    return STATUS_OK;
}

enum status parse_script(struct arena *arena, struct str sql, struct list *ret_statements, struct error *error) {
    struct parser p;
    struct list statements = {0};
    TRY(parser_init(&p, arena, sql, error));
    for (;;) {
        while (parser_accept_symbol(&p, SYM_SEMICOLON)) {
        }
        if (parser_token(&p)->kind == TOKEN_END) break;
        struct ast_statement *s;
        TRY(parse_statement(&p, &s));
        TRY(parser_push(&p, &statements, s));
        if (!at_statement_end(&p) || parser_token(&p)->kind == TOKEN_BAD) return parser_unexpected(&p, p.follow);
    }
    *ret_statements = statements;
    return STATUS_OK;
}

enum status parse_expression(struct arena *arena, struct str sql, struct ast_expr **ret_expr, struct error *error) {
    struct parser p;
    struct ast_expr *e;
    TRY(parser_init(&p, arena, sql, error));
    TRY(parse_expr(&p, &e));
    if (parser_token(&p)->kind != TOKEN_END) return parser_unexpected(&p, "an operator or the end of the expression");
    *ret_expr = e;
    return STATUS_OK;
}

enum status parse_type(struct arena *arena, struct str sql, struct ast_type **ret_type, struct error *error) {
    struct parser p;
    struct ast_type *t;
    TRY(parser_init(&p, arena, sql, error));
    TRY(parse_type_spec(&p, true, &t));
    if (parser_token(&p)->kind != TOKEN_END) return parser_unexpected(&p, "the end of the type");
    *ret_type = t;
    return STATUS_OK;
}
