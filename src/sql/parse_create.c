/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse_create: CREATE TABLE with all that Flink allows in it, and views, databases, catalogs.
 * A primary key of a column and one of the table end in the same list; a table has one at most, and
 * one watermark, which is checked here because the tree holds only one.
 */
#include "sql/parse_internal.h"

#include <assert.h>

enum status parse_comment(struct parser *p, struct str *ret_comment) {
    return parser_accept(p, KW_COMMENT) ? parse_string(p, "a comment in quotes", ret_comment) : STATUS_OK;
}

/* [ENFORCED | NOT ENFORCED]; nothing means ENFORCED. */
static enum status parse_enforcement(struct parser *p, struct ast_statement *s) {
    s->primary_key_enforced = true;
    if (parser_accept(p, KW_ENFORCED) || !parser_accept(p, KW_NOT)) return STATUS_OK;
    s->primary_key_enforced = false;
    return parser_expect(p, KW_ENFORCED);
}

static enum status claim_primary_key(struct parser *p, struct ast_statement *s, uint32_t begin) {
    if (s->primary_key.count == 0) return STATUS_OK;
    return error_at(p->error, STATUS_INVALID, parser_span(p, begin), "A table can have only one primary key");
}

/* PRIMARY KEY ( a, b ) [NOT ENFORCED], or UNIQUE, which Flink has no use for. */
static enum status parse_table_constraint(struct parser *p, struct ast_statement *s) {
    uint32_t begin = parser_begin(p);
    if (parser_accept(p, KW_CONSTRAINT)) TRY(parse_identifier(p, "the constraint's name", &s->constraint_name, NULL));
    if (parser_is(p, KW_UNIQUE)) return parser_unsupported(p, parser_token(p)->span, "A UNIQUE constraint");
    TRY(parser_expect(p, KW_PRIMARY));
    TRY(parser_expect(p, KW_KEY));
    TRY(claim_primary_key(p, s, begin));
    TRY(parse_identifier_list(p, "a column", &s->primary_key, NULL));
    TRY(parse_enforcement(p, s));
    s->primary_key_span = parser_span(p, begin);
    return STATUS_OK;
}

static enum status parse_column_constraint(struct parser *p, struct ast_statement *s, struct ast_column *c) {
    uint32_t begin = parser_begin(p);
    if (parser_accept(p, KW_CONSTRAINT)) TRY(parse_identifier(p, "the constraint's name", &s->constraint_name, NULL));
    if (parser_is(p, KW_UNIQUE)) return parser_unsupported(p, parser_token(p)->span, "A UNIQUE constraint");
    if (!parser_accept(p, KW_PRIMARY)) {
        return parser_begin(p) == begin ? STATUS_OK : parser_unexpected(p, "PRIMARY KEY");
    }
    TRY(parser_expect(p, KW_KEY));
    TRY(claim_primary_key(p, s, begin));
    TRY(parse_enforcement(p, s));
    s->primary_key_span = parser_span(p, begin);
    c->primary_key = true;
    return parser_push_str(p, &s->primary_key, c->name);
}

static enum status parse_watermark(struct parser *p, struct ast_statement *s) {
    uint32_t begin = parser_begin(p);
    parser_next(p);
    TRY(parser_expect(p, KW_FOR));
    if (s->watermark_column != NULL) {
        return error_at(p->error, STATUS_INVALID, parser_span(p, begin), "A table can have only one watermark");
    }
    TRY(parse_name(p, "a column", false, &s->watermark_column));
    TRY(parser_expect(p, KW_AS));
    TRY(parse_expr(p, &s->watermark));
    s->watermark_span = parser_span(p, begin);
    return STATUS_OK;
}

static enum status parse_metadata(struct parser *p, struct ast_column *c) {
    c->kind = AST_METADATA;
    parser_next(p);
    if (parser_accept(p, KW_FROM)) TRY(parse_string(p, "the metadata key in quotes", &c->metadata_key));
    c->is_virtual = parser_accept(p, KW_VIRTUAL);
    return STATUS_OK;
}

static enum status parse_column(struct parser *p, struct ast_statement *s) {
    uint32_t begin = parser_begin(p);
    struct ast_column *c = PARSER_NEW(p, struct ast_column);
    if (c == NULL) return STATUS_NO_MEMORY;
    TRY(parse_identifier(p, "a column's name", &c->name, NULL));
    if (parser_accept(p, KW_AS)) {
        c->kind = AST_COMPUTED;
        TRY(parse_expr(p, &c->expr));
    } else {
        TRY(parse_type_spec(p, true, &c->type));
        if (parser_is(p, KW_METADATA)) TRY(parse_metadata(p, c));
        TRY(parse_column_constraint(p, s, c));
    }
    TRY(parse_comment(p, &c->comment));
    c->span = parser_span(p, begin);
    return parser_push(p, &s->columns, c);
}

static enum status parse_table_element(struct parser *p, struct ast_statement *s) {
    if (parser_is(p, KW_WATERMARK)) return parse_watermark(p, s);
    if (parser_is(p, KW_CONSTRAINT) || parser_is(p, KW_PRIMARY) || parser_is(p, KW_UNIQUE)) {
        return parse_table_constraint(p, s);
    }
    return parse_column(p, s);
}

/* FIRST or AFTER column, in ALTER TABLE. */
static enum status parse_place(struct parser *p, struct ast_column *c) {
    c->first = parser_accept(p, KW_FIRST);
    if (c->first || !parser_accept(p, KW_AFTER)) return STATUS_OK;
    TRY(parse_identifier(p, "a column", &c->after, &c->after_span));
    return STATUS_OK;
}

enum status parse_schema_element(struct parser *p, struct ast_statement *s) {
    uint32_t columns = s->columns.count;
    TRY(parse_table_element(p, s));
    return s->columns.count == columns ? STATUS_OK : parse_place(p, s->columns.at[columns]);
}

/* (a, b) without types, which CREATE TABLE ... AS may have. */
static bool at_bare_columns(const struct parser *p) {
    uint32_t n = 1;
    while (parser_is_name(p, n) && parser_ahead_is_symbol(p, n + 1, SYM_COMMA)) n += 2;
    return parser_is_name(p, n) && parser_ahead_is_symbol(p, n + 1, SYM_RPAREN);
}

static enum status parse_table_elements(struct parser *p, struct ast_statement *s) {
    if (at_bare_columns(p)) return parse_identifier_list(p, "a column", &s->column_names, &s->column_spans);
    parser_next(p);
    do {
        TRY(parse_table_element(p, s));
    } while (parser_accept_symbol(p, SYM_COMMA));
    if (!parser_is_symbol(p, SYM_RPAREN)) return parser_unexpected(p, "',' or ')'");
    parser_next(p);
    return STATUS_OK;
}

/* BY [HASH | RANGE] (a, b) [INTO n BUCKETS], INTO n BUCKETS: behind DISTRIBUTED or DISTRIBUTION. */
enum status parse_distribution(struct parser *p, struct ast_statement *s) {
    uint32_t begin = parser_begin(p);
    struct ast_distribution *d = PARSER_NEW(p, struct ast_distribution);
    if (d == NULL) return STATUS_NO_MEMORY;
    d->buckets = -1;
    parser_next(p);
    bool by = parser_accept(p, KW_BY);
    if (by) {
        if (parser_accept(p, KW_HASH)) d->kind = STR("HASH");
        else if (parser_accept(p, KW_RANGE)) d->kind = STR("RANGE");
        TRY(parse_identifier_list(p, "a column", &d->columns, NULL));
    }
    if (parser_accept(p, KW_INTO)) {
        TRY(parse_uint(p, &d->buckets));
        TRY(parser_expect(p, KW_BUCKETS));
    } else if (!by) {
        return parser_unexpected(p, "BY or INTO");
    }
    d->span = parser_span(p, begin);
    s->distribution = d;
    return STATUS_OK;
}

static enum status parse_like_option(struct parser *p, struct list *options) {
    static const enum keyword actions[] = {KW_INCLUDING, KW_EXCLUDING, KW_OVERWRITING};
    static const enum keyword features[] = {KW_ALL, KW_CONSTRAINTS, KW_DISTRIBUTION, KW_PARTITIONS, KW_GENERATED,
                                            KW_OPTIONS, KW_WATERMARKS, KW_METADATA};
    uint32_t begin = parser_begin(p);
    struct ast_like_option *o = PARSER_NEW(p, struct ast_like_option);
    if (o == NULL) return STATUS_NO_MEMORY;
    for (size_t i = 0; i < sizeof actions / sizeof *actions && o->action.at == NULL; i++) {
        if (parser_accept(p, actions[i])) o->action = keyword_text(actions[i]);
    }
    if (o->action.at == NULL) return parser_unexpected(p, "INCLUDING, EXCLUDING, OVERWRITING or ')'");
    for (size_t i = 0; i < sizeof features / sizeof *features && o->feature.at == NULL; i++) {
        if (parser_accept(p, features[i])) o->feature = keyword_text(features[i]);
    }
    if (o->feature.at == NULL) return parser_unexpected(p, "ALL, OPTIONS, WATERMARKS or another part of a table");
    o->span = parser_span(p, begin);
    return parser_push(p, options, o);
}

static enum status parse_like(struct parser *p, struct ast_statement *s) {
    parser_next(p);
    TRY(parse_name(p, "a table", false, &s->like));
    p->follow = "the end of the statement";
    if (!parser_accept_symbol(p, SYM_LPAREN)) return STATUS_OK;
    while (!parser_accept_symbol(p, SYM_RPAREN)) TRY(parse_like_option(p, &s->like_options));
    return STATUS_OK;
}

enum status parse_as_query(struct parser *p, struct ast_statement *s) {
    uint32_t begin = parser_begin(p);
    TRY(parse_query(p, &s->query));
    s->query_text = parser_slice(p, parser_span(p, begin));
    return STATUS_OK;
}

static enum status parse_table_tail(struct parser *p, struct ast_statement *s) {
    TRY(parse_comment(p, &s->comment));
    if (parser_is(p, KW_DISTRIBUTED)) TRY(parse_distribution(p, s));
    if (parser_accept(p, KW_PARTITIONED)) {
        TRY(parser_expect(p, KW_BY));
        TRY(parse_identifier_list(p, "a column", &s->partitioned_by, NULL));
    }
    p->follow = "WITH or the end of the statement";
    if (parser_accept(p, KW_WITH)) {
        TRY(parse_options(p, &s->options));
        p->follow = "LIKE, AS or the end of the statement";
    }
    if (parser_is(p, KW_LIKE)) return parse_like(p, s);
    return parser_accept(p, KW_AS) ? parse_as_query(p, s) : STATUS_OK;
}

enum status parse_create_table(struct parser *p, struct ast_statement *s) {
    s->kind = AST_CREATE_TABLE;
    s->object = STR("TABLE");
    parser_next(p);
    TRY(parse_if_not_exists(p, &s->if_not_exists));
    TRY(parse_name(p, "a table's name", false, &s->name));
    if (parser_is_symbol(p, SYM_LPAREN)) TRY(parse_table_elements(p, s));
    TRY(parse_table_tail(p, s));
    if (s->column_names.count != 0 && s->query == NULL) {
        return error_at(p->error, STATUS_SYNTAX, *(struct span *)s->column_spans.at[0],
                        "A column needs a type, unless the table is made with AS SELECT");
    }
    return STATUS_OK;
}

static enum status parse_create_view(struct parser *p, struct ast_statement *s) {
    s->kind = AST_CREATE_VIEW;
    s->object = STR("VIEW");
    parser_next(p);
    TRY(parse_if_not_exists(p, &s->if_not_exists));
    TRY(parse_name(p, "a view's name", false, &s->name));
    if (parser_is_symbol(p, SYM_LPAREN)) TRY(parse_identifier_list(p, "a column", &s->column_names, &s->column_spans));
    TRY(parse_comment(p, &s->comment));
    TRY(parser_expect(p, KW_AS));
    return parse_as_query(p, s);
}

/* DATABASE and CATALOG: a name, a comment, options. */
static enum status parse_create_space(struct parser *p, struct ast_statement *s, enum ast_statement_kind kind) {
    s->kind = kind;
    s->object = kind == AST_CREATE_DATABASE ? STR("DATABASE") : STR("CATALOG");
    parser_next(p);
    TRY(parse_if_not_exists(p, &s->if_not_exists));
    TRY(parse_name(p, "a name", false, &s->name));
    TRY(parse_comment(p, &s->comment));
    p->follow = "WITH or the end of the statement";
    if (!parser_accept(p, KW_WITH)) return STATUS_OK;
    p->follow = "the end of the statement";
    return parse_options(p, &s->options);
}

static enum status parse_created(struct parser *p, struct ast_statement *s) {
    if (parser_is(p, KW_TABLE)) return parse_create_table(p, s);
    if (parser_is(p, KW_VIEW)) return parse_create_view(p, s);
    if (parser_is(p, KW_DATABASE)) return parse_create_space(p, s, AST_CREATE_DATABASE);
    if (parser_is(p, KW_CATALOG)) return parse_create_space(p, s, AST_CREATE_CATALOG);
    if (parser_is(p, KW_FUNCTION)) return parse_other(p, s, "CREATE FUNCTION");
    if (parser_is(p, KW_MODEL)) return parse_other(p, s, "CREATE MODEL");
    if (parser_is(p, KW_CONNECTION)) return parse_other(p, s, "CREATE CONNECTION");
    if (parser_is(p, KW_MATERIALIZED)) return parse_other(p, s, "CREATE MATERIALIZED TABLE");
    return parser_unexpected(p, "TABLE, VIEW, DATABASE, CATALOG, FUNCTION, MODEL, CONNECTION or MATERIALIZED TABLE");
}

/* CREATE [OR REPLACE] [TEMPORARY [SYSTEM]] ..., and REPLACE TABLE. */
enum status parse_create(struct parser *p, struct ast_statement *s) {
    if (parser_accept(p, KW_REPLACE)) {
        s->or_replace = s->replace_only = true;
        if (!parser_is(p, KW_TABLE)) return parser_unexpected(p, "TABLE");
        return parse_create_table(p, s);
    }
    TRY(parser_expect(p, KW_CREATE));
    if (parser_accept(p, KW_OR)) {
        if (parser_is(p, KW_ALTER)) return parse_other(p, s, "CREATE OR ALTER MATERIALIZED TABLE");
        TRY(parser_expect(p, KW_REPLACE));
        s->or_replace = true;
    }
    s->temporary = parser_accept(p, KW_TEMPORARY);
    s->system = s->temporary && parser_accept(p, KW_SYSTEM);
    return parse_created(p, s);
}
