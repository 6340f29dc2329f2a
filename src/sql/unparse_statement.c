/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unparse_statement: statements as text. Canonical forms: a primary key stands at the table, a
 * statement set is EXECUTE STATEMENT SET, EXPLAIN has no PLAN FOR, SET has quotes. A statement that
 * is only named (AST_OTHER) gives its text as it was written. ALTER is in unparse_alter.c.
 */
#include "sql/unparse_internal.h"

#include <assert.h>

void unparse_comment(struct buf *out, struct str comment) {
    if (comment.at == NULL) return;
    buf_text(out, " COMMENT ");
    unparse_string(out, comment);
}

static void write_column(struct buf *out, const struct ast_column *c) {
    unparse_identifier(out, c->name);
    if (c->kind == AST_COMPUTED) {
        buf_text(out, " AS ");
        unparse_expr(out, c->expr);
    } else {
        buf_char(out, ' ');
        unparse_type(out, c->type);
    }
    if (c->kind == AST_METADATA) {
        buf_text(out, " METADATA");
        if (c->metadata_key.at != NULL) {
            buf_text(out, " FROM ");
            unparse_string(out, c->metadata_key);
        }
        if (c->is_virtual) buf_text(out, " VIRTUAL");
    }
    unparse_comment(out, c->comment);
    if (c->first) buf_text(out, " FIRST");
    if (c->after.at == NULL) return;
    buf_text(out, " AFTER ");
    unparse_identifier(out, c->after);
}

static void write_primary_key(struct buf *out, const struct ast_statement *s) {
    if (s->constraint_name.at != NULL) {
        buf_text(out, "CONSTRAINT ");
        unparse_identifier(out, s->constraint_name);
        buf_char(out, ' ');
    }
    buf_text(out, "PRIMARY KEY (");
    unparse_identifiers(out, &s->primary_key);
    buf_text(out, s->primary_key_enforced ? ") ENFORCED" : ") NOT ENFORCED");
}

static void write_watermark(struct buf *out, const struct ast_statement *s) {
    buf_text(out, "WATERMARK FOR ");
    unparse_name(out, s->watermark_column);
    buf_text(out, " AS ");
    unparse_expr(out, s->watermark);
}

void unparse_elements(struct buf *out, const struct ast_statement *s) {
    const char *gap = "";
    if (s->columns.count == 0 && s->watermark == NULL && s->primary_key.count == 0) return;
    buf_text(out, " (");
    for (uint32_t i = 0; i < s->columns.count; i++) {
        buf_text(out, gap);
        write_column(out, s->columns.at[i]);
        gap = ", ";
    }
    if (s->watermark != NULL) {
        buf_text(out, gap);
        write_watermark(out, s);
        gap = ", ";
    }
    if (s->primary_key.count != 0) {
        buf_text(out, gap);
        write_primary_key(out, s);
    }
    buf_char(out, ')');
}

static void write_column_names(struct buf *out, const struct list *names) {
    if (names->count == 0) return;
    buf_text(out, " (");
    unparse_identifiers(out, names);
    buf_char(out, ')');
}

static void write_like(struct buf *out, const struct ast_statement *s) {
    if (s->like == NULL) return;
    buf_text(out, " LIKE ");
    unparse_name(out, s->like);
    for (uint32_t i = 0; i < s->like_options.count; i++) {
        const struct ast_like_option *o = s->like_options.at[i];
        buf_format(out, "%s%.*s %.*s", i == 0 ? " (" : " ", STR_ARG(o->action), STR_ARG(o->feature));
    }
    if (s->like_options.count != 0) buf_char(out, ')');
}

static void write_with_options(struct buf *out, const struct ast_statement *s) {
    if (s->options.count == 0) return;
    buf_text(out, " WITH (");
    unparse_options(out, &s->options);
    buf_char(out, ')');
}

/* CREATE [OR REPLACE] [TEMPORARY] object [IF NOT EXISTS] name. */
static void write_create_head(struct buf *out, const struct ast_statement *s) {
    buf_text(out, s->replace_only ? "REPLACE " : s->or_replace ? "CREATE OR REPLACE " : "CREATE ");
    if (s->temporary) buf_text(out, s->system ? "TEMPORARY SYSTEM " : "TEMPORARY ");
    buf_str(out, s->object);
    buf_text(out, s->if_not_exists ? " IF NOT EXISTS " : " ");
    unparse_name(out, s->name);
}

static void write_as_query(struct buf *out, const struct ast_statement *s) {
    if (s->query == NULL) return;
    buf_text(out, " AS ");
    unparse_query(out, s->query);
}

static void write_create_table(struct buf *out, const struct ast_statement *s) {
    write_create_head(out, s);
    write_column_names(out, &s->column_names);
    unparse_elements(out, s);
    unparse_comment(out, s->comment);
    if (s->distribution != NULL) {
        buf_text(out, " DISTRIBUTED");
        unparse_distribution(out, s->distribution);
    }
    if (s->partitioned_by.count != 0) {
        buf_text(out, " PARTITIONED BY");
        write_column_names(out, &s->partitioned_by);
    }
    write_with_options(out, s);
    write_like(out, s);
    write_as_query(out, s);
}

static void write_drop(struct buf *out, const struct ast_statement *s) {
    buf_text(out, "DROP ");
    if (s->temporary) buf_text(out, s->system ? "TEMPORARY SYSTEM " : "TEMPORARY ");
    buf_str(out, s->object);
    buf_text(out, s->if_exists ? " IF EXISTS " : " ");
    unparse_name(out, s->name);
    if (s->cascade) buf_text(out, " CASCADE");
}

void unparse_partitions(struct buf *out, const struct list *partitions) {
    if (partitions->count == 0) return;
    for (uint32_t i = 0; i < partitions->count; i++) {
        const struct ast_option *o = partitions->at[i];
        buf_text(out, i == 0 ? " PARTITION (" : ", ");
        unparse_identifier(out, o->key);
        buf_text(out, " = ");
        unparse_string(out, o->value);
    }
    buf_char(out, ')');
}

static void write_insert(struct buf *out, const struct ast_statement *s) {
    buf_text(out, s->overwrite ? "INSERT OVERWRITE " : "INSERT INTO ");
    unparse_name(out, s->name);
    unparse_hints(out, &s->hints);
    unparse_partitions(out, &s->partitions);
    write_column_names(out, &s->column_names);
    buf_char(out, ' ');
    unparse_query(out, s->query);
    if (s->conflict.at != NULL) buf_format(out, " ON CONFLICT DO %.*s", STR_ARG(s->conflict));
}

static void write_set(struct buf *out, const struct ast_statement *s) {
    buf_text(out, "EXECUTE STATEMENT SET BEGIN ");
    for (uint32_t i = 0; i < s->statements.count; i++) {
        unparse_statement(out, s->statements.at[i]);
        buf_text(out, "; ");
    }
    buf_text(out, "END");
}

static void write_explain(struct buf *out, const struct ast_statement *s) {
    const struct {
        bool on;
        const char *text;
    } details[] = {{s->explain_changelog, "CHANGELOG_MODE"}, {s->explain_cost, "ESTIMATED_COST"},
                   {s->explain_advice, "PLAN_ADVICE"}, {s->explain_json, "JSON_EXECUTION_PLAN"}};
    const char *gap = " ";
    buf_text(out, "EXPLAIN");
    for (size_t i = 0; i < sizeof details / sizeof *details; i++) {
        if (!details[i].on) continue;
        buf_format(out, "%s%s", gap, details[i].text);
        gap = ", ";
    }
    buf_char(out, ' ');
    unparse_statement(out, s->statements.at[0]);
}

static void write_show(struct buf *out, const struct ast_statement *s) {
    buf_format(out, "SHOW %.*s", STR_ARG(s->text));
    if (s->name != NULL) {
        buf_text(out, s->from.at != NULL ? " FROM " : " ");
        unparse_name(out, s->name);
    }
    unparse_partitions(out, &s->partitions);
    if (s->value.at == NULL) return;
    buf_text(out, s->like_negated ? " NOT" : "");
    buf_text(out, s->like_ilike ? " ILIKE " : " LIKE ");
    unparse_string(out, s->value);
}

static void write_describe(struct buf *out, const struct ast_statement *s) {
    buf_text(out, "DESCRIBE ");
    bool table = str_equal(s->text, STR("TABLE"));
    if (!table) buf_format(out, "%.*s ", STR_ARG(s->text));
    if (s->extended) buf_text(out, "EXTENDED ");
    if (s->name != NULL) unparse_name(out, s->name);
    else unparse_string(out, s->value);
}

static void write_use(struct buf *out, const struct ast_statement *s) {
    buf_text(out, "USE ");
    if (!str_equal(s->text, STR("DATABASE"))) buf_format(out, "%.*s ", STR_ARG(s->text));
    if (s->name != NULL) unparse_name(out, s->name);
    else unparse_identifiers(out, &s->column_names);
}

static void write_module(struct buf *out, const struct ast_statement *s) {
    buf_format(out, "%.*s MODULE ", STR_ARG(s->text));
    unparse_name(out, s->name);
    write_with_options(out, s);
}

static void write_stop_job(struct buf *out, const struct ast_statement *s) {
    buf_text(out, "STOP JOB ");
    unparse_string(out, s->value);
    if (s->savepoint) buf_text(out, " WITH SAVEPOINT");
    if (s->drain) buf_text(out, " WITH DRAIN");
}

/* SET and RESET. */
static void write_setting(struct buf *out, const struct ast_statement *s) {
    buf_text(out, s->kind == AST_SET ? "SET" : "RESET");
    if (s->key.at == NULL) return;
    buf_char(out, ' ');
    unparse_string(out, s->key);
    if (s->kind == AST_RESET) return;
    buf_text(out, " = ");
    unparse_string(out, s->value);
}

static void write_create_other(struct buf *out, const struct ast_statement *s) {
    write_create_head(out, s);
    write_column_names(out, &s->column_names);
    unparse_comment(out, s->comment);
    write_with_options(out, s);
    write_as_query(out, s);
}

void unparse_statement(struct buf *out, const struct ast_statement *s) {
    assert(s != NULL);
    switch (s->kind) {
    case AST_CREATE_TABLE: write_create_table(out, s); break;
    case AST_CREATE_VIEW:
    case AST_CREATE_DATABASE:
    case AST_CREATE_CATALOG: write_create_other(out, s); break;
    case AST_DROP: write_drop(out, s); break;
    case AST_ALTER: unparse_alter(out, s); break;
    case AST_MODULE: write_module(out, s); break;
    case AST_STOP_JOB: write_stop_job(out, s); break;
    case AST_INSERT: write_insert(out, s); break;
    case AST_SELECT: unparse_query(out, s->query); break;
    case AST_STATEMENT_SET: write_set(out, s); break;
    case AST_EXPLAIN: write_explain(out, s); break;
    case AST_SHOW: write_show(out, s); break;
    case AST_DESCRIBE: write_describe(out, s); break;
    case AST_SET:
    case AST_RESET: write_setting(out, s); break;
    case AST_USE: write_use(out, s); break;
    case AST_OTHER: buf_str(out, s->raw); break; /* any byte may be in it, NUL included */
    }
}
