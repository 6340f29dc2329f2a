/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse_alter: ALTER TABLE, VIEW, DATABASE and CATALOG with all their changes. What Flink can alter and Weir has not
 * (functions, models, connections, materialized tables) keeps the rest of its text and is refused by name.
 */
#include "sql/parse_internal.h"

#include <assert.h>

static enum status unexpected_change(struct parser *p, const struct ast_statement *s) {
    if (str_equal(s->object, STR("TABLE"))) return parser_unexpected(p, "ADD, MODIFY, DROP, RENAME, SET or RESET");
    if (str_equal(s->object, STR("VIEW"))) return parser_unexpected(p, "RENAME or AS");
    return parser_unexpected(p, str_equal(s->object, STR("CATALOG")) ? "SET, RESET or COMMENT" : "SET");
}

/* ---- ADD, MODIFY ---- */

static enum status parse_partition_spec(struct parser *p, struct ast_statement *s, bool options) {
    uint32_t begin = parser_begin(p);
    struct ast_partition *part = PARSER_NEW(p, struct ast_partition);
    if (part == NULL) return STATUS_NO_MEMORY;
    if (!parser_is(p, KW_PARTITION)) return parser_unexpected(p, "PARTITION");
    TRY(parse_partitions(p, &part->values));
    if (options && parser_accept(p, KW_WITH)) TRY(parse_options(p, &part->options));
    part->span = parser_span(p, begin);
    return parser_push(p, &s->partition_specs, part);
}

static enum status parse_add_partitions(struct parser *p, struct ast_statement *s) {
    s->alter = AST_ALTER_ADD_PARTITIONS;
    TRY(parse_if_not_exists(p, &s->if_not_exists));
    do {
        TRY(parse_partition_spec(p, s, true));
    } while (parser_is(p, KW_PARTITION));
    return STATUS_OK;
}

/* One element of the schema, or several in parentheses. */
static enum status parse_schema(struct parser *p, struct ast_statement *s) {
    if (!parser_accept_symbol(p, SYM_LPAREN)) return parse_schema_element(p, s);
    do {
        TRY(parse_schema_element(p, s));
    } while (parser_accept_symbol(p, SYM_COMMA));
    if (!parser_is_symbol(p, SYM_RPAREN)) return parser_unexpected(p, "',' or ')'");
    parser_next(p);
    return STATUS_OK;
}

static enum status parse_add_or_modify(struct parser *p, struct ast_statement *s, bool add) {
    s->alter = add ? AST_ALTER_ADD : AST_ALTER_MODIFY;
    parser_next(p);
    bool partition = parser_is(p, KW_PARTITION) || (parser_is(p, KW_IF) && parser_ahead_is(p, 1, KW_NOT));
    if (add && partition) return parse_add_partitions(p, s);
    if (parser_is(p, KW_DISTRIBUTION)) {
        s->alter = add ? AST_ALTER_ADD_DISTRIBUTION : AST_ALTER_MODIFY_DISTRIBUTION;
        return parse_distribution(p, s);
    }
    return parse_schema(p, s);
}

/* ---- DROP ---- */

static enum status parse_drop_partitions(struct parser *p, struct ast_statement *s) {
    s->alter = AST_ALTER_DROP_PARTITIONS;
    TRY(parse_if_exists(p, &s->if_exists_part));
    do {
        TRY(parse_partition_spec(p, s, false));
    } while (parser_accept_symbol(p, SYM_COMMA));
    return STATUS_OK;
}

static enum status parse_drop_columns(struct parser *p, struct ast_statement *s) {
    struct str name;
    struct span span;
    s->alter = AST_ALTER_DROP_COLUMNS;
    if (parser_is_symbol(p, SYM_LPAREN)) return parse_identifier_list(p, "a column", &s->column_names, &s->column_spans);
    TRY(parse_identifier(p, "a column, PRIMARY KEY, CONSTRAINT, WATERMARK, PARTITION or DISTRIBUTION", &name, &span));
    TRY(parser_push_str(p, &s->column_names, name));
    return parser_push_span(p, &s->column_spans, span);
}

static enum status parse_drop_part(struct parser *p, struct ast_statement *s) {
    parser_next(p);
    if (parser_is(p, KW_PARTITION) || (parser_is(p, KW_IF) && parser_ahead_is(p, 1, KW_EXISTS))) return parse_drop_partitions(p, s);
    if (parser_accept(p, KW_PRIMARY)) {
        s->alter = AST_ALTER_DROP_KEY;
        return parser_expect(p, KW_KEY);
    }
    if (parser_accept(p, KW_CONSTRAINT)) {
        s->alter = AST_ALTER_DROP_CONSTRAINT;
        return parse_identifier(p, "the constraint's name", &s->constraint_name, NULL);
    }
    if (parser_accept(p, KW_WATERMARK)) {
        s->alter = AST_ALTER_DROP_WATERMARK;
        return STATUS_OK;
    }
    if (parser_accept(p, KW_DISTRIBUTION)) {
        s->alter = AST_ALTER_DROP_DISTRIBUTION;
        return STATUS_OK;
    }
    return parse_drop_columns(p, s);
}

/* ---- RENAME, SET, RESET ---- */

/* RENAME TO name, and for tables RENAME a TO b. */
static enum status parse_rename(struct parser *p, struct ast_statement *s) {
    parser_next(p);
    if (parser_accept(p, KW_TO)) {
        s->alter = AST_ALTER_RENAME;
        return parse_name(p, "the new name", false, &s->new_name);
    }
    if (!str_equal(s->object, STR("TABLE"))) return parser_unexpected(p, "TO");
    s->alter = AST_ALTER_RENAME_COLUMN;
    for (int i = 0; i < 2; i++) {
        struct str name;
        struct span span;
        TRY(parse_identifier(p, i == 0 ? "TO or a column" : "the column's new name", &name, &span));
        TRY(parser_push_str(p, &s->column_names, name));
        TRY(parser_push_span(p, &s->column_spans, span));
        if (i == 0) TRY(parser_expect(p, KW_TO));
    }
    return STATUS_OK;
}

static enum status parse_reset_keys(struct parser *p, struct ast_statement *s) {
    s->alter = AST_ALTER_RESET;
    parser_next(p);
    TRY(parser_expect_symbol(p, SYM_LPAREN));
    while (!parser_is_symbol(p, SYM_RPAREN)) {
        struct str key;
        struct span span = parser_token(p)->span;
        TRY(parse_string(p, "an option's key in quotes", &key));
        TRY(parser_push_str(p, &s->column_names, key));
        TRY(parser_push_span(p, &s->column_spans, span));
        if (!parser_accept_symbol(p, SYM_COMMA)) break;
    }
    return parser_expect_symbol(p, SYM_RPAREN);
}

static enum status parse_set_options(struct parser *p, struct ast_statement *s) {
    s->alter = AST_ALTER_SET;
    parser_next(p);
    return parse_options(p, &s->options);
}

/* ---- the choice ---- */

static enum status parse_table_change(struct parser *p, struct ast_statement *s) {
    if (parser_is(p, KW_ADD)) return parse_add_or_modify(p, s, true);
    if (parser_is(p, KW_MODIFY)) return parse_add_or_modify(p, s, false);
    if (parser_is(p, KW_DROP)) return parse_drop_part(p, s);
    if (parser_is(p, KW_RENAME)) return parse_rename(p, s);
    if (parser_is(p, KW_SET)) return parse_set_options(p, s);
    if (parser_is(p, KW_RESET)) return parse_reset_keys(p, s);
    return unexpected_change(p, s);
}

static enum status parse_view_change(struct parser *p, struct ast_statement *s) {
    if (parser_is(p, KW_RENAME)) return parse_rename(p, s);
    if (!parser_accept(p, KW_AS)) return unexpected_change(p, s);
    s->alter = AST_ALTER_AS;
    return parse_as_query(p, s);
}

static enum status parse_catalog_change(struct parser *p, struct ast_statement *s) {
    if (parser_is(p, KW_SET)) return parse_set_options(p, s);
    if (parser_is(p, KW_RESET)) return parse_reset_keys(p, s);
    if (!parser_is(p, KW_COMMENT)) return unexpected_change(p, s);
    s->alter = AST_ALTER_COMMENT;
    return parse_comment(p, &s->comment);
}

/* The rest of the statement as it stands. */
static enum status parse_other_change(struct parser *p, struct ast_statement *s) {
    uint32_t begin = parser_begin(p);
    s->alter = AST_ALTER_OTHER;
    while (!parser_at_end(p)) {
        if (parser_token(p)->kind == TOKEN_BAD) return parser_unexpected(p, "the end of the statement");
        parser_next(p);
    }
    s->raw = parser_slice(p, parser_span(p, begin));
    return STATUS_OK;
}

enum status parse_alter(struct parser *p, struct ast_statement *s) {
    s->kind = AST_ALTER;
    TRY(parse_changed(p, s));
    if (str_equal(s->object, STR("TABLE"))) return parse_table_change(p, s);
    if (str_equal(s->object, STR("VIEW"))) return parse_view_change(p, s);
    if (str_equal(s->object, STR("CATALOG"))) return parse_catalog_change(p, s);
    if (!str_equal(s->object, STR("DATABASE"))) return parse_other_change(p, s);
    return parser_is(p, KW_SET) ? parse_set_options(p, s) : unexpected_change(p, s);
}
