/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unparse_statement: statements as text. Canonical forms: a primary key stands at the table, a
 * statement set is EXECUTE STATEMENT SET, EXPLAIN has no PLAN FOR, SET has quotes. A statement that
 * is only named (AST_OTHER) gives its text as it was written. ALTER is in unparse_alter.c.
 */
#include "sql/unparse_internal.h"

#include <assert.h>

void put_comment(struct writer *out, struct str comment) {
    if (comment.at == NULL) return;
    buf_text(out->to, " COMMENT ");
    put_string(out, comment);
}

static void write_column(struct writer *out, const struct ast_column *c) {
    put_identifier(out, c->name);
    if (c->kind == AST_COMPUTED) {
        buf_text(out->to, " AS ");
        put_expr(out, c->expr);
    } else {
        buf_char(out->to, ' ');
        put_type(out, c->type);
    }
    if (c->kind == AST_METADATA) {
        buf_text(out->to, " METADATA");
        if (c->metadata_key.at != NULL) {
            buf_text(out->to, " FROM ");
            put_string(out, c->metadata_key);
        }
        if (c->is_virtual) buf_text(out->to, " VIRTUAL");
    }
    put_comment(out, c->comment);
    if (c->first) buf_text(out->to, " FIRST");
    if (c->after.at == NULL) return;
    buf_text(out->to, " AFTER ");
    put_identifier(out, c->after);
}

static void write_primary_key(struct writer *out, const struct ast_statement *s) {
    if (s->constraint_name.at != NULL) {
        buf_text(out->to, "CONSTRAINT ");
        put_identifier(out, s->constraint_name);
        buf_char(out->to, ' ');
    }
    buf_text(out->to, "PRIMARY KEY (");
    put_identifiers(out, &s->primary_key);
    buf_text(out->to, s->primary_key_enforced ? ") ENFORCED" : ") NOT ENFORCED");
}

static void write_watermark(struct writer *out, const struct ast_statement *s) {
    buf_text(out->to, "WATERMARK FOR ");
    put_name(out, s->watermark_column);
    buf_text(out->to, " AS ");
    put_expr(out, s->watermark);
}

void put_elements(struct writer *out, const struct ast_statement *s) {
    const char *gap = "";
    if (s->columns.count == 0 && s->watermark == NULL && s->primary_key.count == 0) return;
    buf_text(out->to, " (");
    for (uint32_t i = 0; i < s->columns.count; i++) {
        buf_text(out->to, gap);
        write_column(out, s->columns.at[i]);
        gap = ", ";
    }
    if (s->watermark != NULL) {
        buf_text(out->to, gap);
        write_watermark(out, s);
        gap = ", ";
    }
    if (s->primary_key.count != 0) {
        buf_text(out->to, gap);
        write_primary_key(out, s);
    }
    buf_char(out->to, ')');
}

static void write_column_names(struct writer *out, const struct list *names) {
    if (names->count == 0) return;
    buf_text(out->to, " (");
    put_identifiers(out, names);
    buf_char(out->to, ')');
}

static void write_like(struct writer *out, const struct ast_statement *s) {
    if (s->like == NULL) return;
    buf_text(out->to, " LIKE ");
    put_name(out, s->like);
    for (uint32_t i = 0; i < s->like_options.count; i++) {
        const struct ast_like_option *o = s->like_options.at[i];
        buf_format(out->to, "%s%.*s %.*s", i == 0 ? " (" : " ", STR_ARG(o->action), STR_ARG(o->feature));
    }
    if (s->like_options.count != 0) buf_char(out->to, ')');
}

static void write_with_options(struct writer *out, const struct ast_statement *s) {
    if (s->options.count == 0) return;
    buf_text(out->to, " WITH (");
    put_options(out, &s->options);
    buf_char(out->to, ')');
}

/* CREATE [OR REPLACE] [TEMPORARY] object [IF NOT EXISTS] name. */
static void write_create_head(struct writer *out, const struct ast_statement *s) {
    buf_text(out->to, s->replace_only ? "REPLACE " : s->or_replace ? "CREATE OR REPLACE " : "CREATE ");
    if (s->temporary) buf_text(out->to, s->system ? "TEMPORARY SYSTEM " : "TEMPORARY ");
    buf_str(out->to, s->object);
    buf_text(out->to, s->if_not_exists ? " IF NOT EXISTS " : " ");
    put_name(out, s->name);
}

static void write_as_query(struct writer *out, const struct ast_statement *s) {
    if (s->query == NULL) return;
    buf_text(out->to, " AS ");
    put_query(out, s->query);
}

static void write_create_table(struct writer *out, const struct ast_statement *s) {
    write_create_head(out, s);
    write_column_names(out, &s->column_names);
    put_elements(out, s);
    put_comment(out, s->comment);
    if (s->distribution != NULL) {
        buf_text(out->to, " DISTRIBUTED");
        put_distribution(out, s->distribution);
    }
    if (s->partitioned_by.count != 0) {
        buf_text(out->to, " PARTITIONED BY");
        write_column_names(out, &s->partitioned_by);
    }
    write_with_options(out, s);
    write_like(out, s);
    write_as_query(out, s);
}

static void write_drop(struct writer *out, const struct ast_statement *s) {
    buf_text(out->to, "DROP ");
    if (s->temporary) buf_text(out->to, s->system ? "TEMPORARY SYSTEM " : "TEMPORARY ");
    buf_str(out->to, s->object);
    buf_text(out->to, s->if_exists ? " IF EXISTS " : " ");
    put_name(out, s->name);
    if (s->cascade) buf_text(out->to, " CASCADE");
}

void put_partitions(struct writer *out, const struct list *partitions) {
    if (partitions->count == 0) return;
    for (uint32_t i = 0; i < partitions->count; i++) {
        const struct ast_option *o = partitions->at[i];
        buf_text(out->to, i == 0 ? " PARTITION (" : ", ");
        put_identifier(out, o->key);
        buf_text(out->to, " = ");
        put_string(out, o->value);
    }
    buf_char(out->to, ')');
}

static void write_insert(struct writer *out, const struct ast_statement *s) {
    buf_text(out->to, s->overwrite ? "INSERT OVERWRITE " : "INSERT INTO ");
    put_name(out, s->name);
    put_hints(out, &s->hints);
    put_partitions(out, &s->partitions);
    write_column_names(out, &s->column_names);
    buf_char(out->to, ' ');
    put_query(out, s->query);
    if (s->conflict.at != NULL) buf_format(out->to, " ON CONFLICT DO %.*s", STR_ARG(s->conflict));
}

static void write_set(struct writer *out, const struct ast_statement *s) {
    buf_text(out->to, "EXECUTE STATEMENT SET BEGIN ");
    for (uint32_t i = 0; i < s->statements.count; i++) {
        put_statement(out, s->statements.at[i]);
        buf_text(out->to, "; ");
    }
    buf_text(out->to, "END");
}

static void write_explain(struct writer *out, const struct ast_statement *s) {
    const struct {
        bool on;
        const char *text;
    } details[] = {{s->explain_changelog, "CHANGELOG_MODE"}, {s->explain_cost, "ESTIMATED_COST"},
                   {s->explain_advice, "PLAN_ADVICE"}, {s->explain_json, "JSON_EXECUTION_PLAN"}};
    const char *gap = " ";
    buf_text(out->to, "EXPLAIN");
    for (size_t i = 0; i < sizeof details / sizeof *details; i++) {
        if (!details[i].on) continue;
        buf_format(out->to, "%s%s", gap, details[i].text);
        gap = ", ";
    }
    buf_char(out->to, ' ');
    put_statement(out, s->statements.at[0]);
}

static void write_show(struct writer *out, const struct ast_statement *s) {
    buf_format(out->to, "SHOW %.*s", STR_ARG(s->text));
    if (s->name != NULL) {
        buf_text(out->to, s->from.at != NULL ? " FROM " : " ");
        put_name(out, s->name);
    }
    put_partitions(out, &s->partitions);
    if (s->value.at == NULL) return;
    buf_text(out->to, s->like_negated ? " NOT" : "");
    buf_text(out->to, s->like_ilike ? " ILIKE " : " LIKE ");
    put_string(out, s->value);
}

static void write_describe(struct writer *out, const struct ast_statement *s) {
    buf_text(out->to, "DESCRIBE ");
    bool table = str_equal(s->text, STR("TABLE"));
    if (!table) buf_format(out->to, "%.*s ", STR_ARG(s->text));
    if (s->extended) buf_text(out->to, "EXTENDED ");
    if (s->name != NULL) put_name(out, s->name);
    else put_string(out, s->value);
}

static void write_use(struct writer *out, const struct ast_statement *s) {
    buf_text(out->to, "USE ");
    if (!str_equal(s->text, STR("DATABASE"))) buf_format(out->to, "%.*s ", STR_ARG(s->text));
    if (s->name != NULL) put_name(out, s->name);
    else put_identifiers(out, &s->column_names);
}

static void write_module(struct writer *out, const struct ast_statement *s) {
    buf_format(out->to, "%.*s MODULE ", STR_ARG(s->text));
    put_name(out, s->name);
    write_with_options(out, s);
}

static void write_stop_job(struct writer *out, const struct ast_statement *s) {
    buf_text(out->to, "STOP JOB ");
    put_string(out, s->value);
    if (s->savepoint) buf_text(out->to, " WITH SAVEPOINT");
    if (s->drain) buf_text(out->to, " WITH DRAIN");
}

/* SET and RESET. */
static void write_setting(struct writer *out, const struct ast_statement *s) {
    buf_text(out->to, s->kind == AST_SET ? "SET" : "RESET");
    if (s->key.at == NULL) return;
    buf_char(out->to, ' ');
    put_string(out, s->key);
    if (s->kind == AST_RESET) return;
    buf_text(out->to, " = ");
    put_string(out, s->value);
}

static void write_create_other(struct writer *out, const struct ast_statement *s) {
    write_create_head(out, s);
    write_column_names(out, &s->column_names);
    put_comment(out, s->comment);
    write_with_options(out, s);
    write_as_query(out, s);
}

void put_statement(struct writer *out, const struct ast_statement *s) {
    assert(s != NULL);
    switch (s->kind) {
    case AST_CREATE_TABLE: write_create_table(out, s); break;
    case AST_CREATE_VIEW:
    case AST_CREATE_DATABASE:
    case AST_CREATE_CATALOG: write_create_other(out, s); break;
    case AST_DROP: write_drop(out, s); break;
    case AST_ALTER: put_alter(out, s); break;
    case AST_MODULE: write_module(out, s); break;
    case AST_STOP_JOB: write_stop_job(out, s); break;
    case AST_INSERT: write_insert(out, s); break;
    case AST_SELECT: put_query(out, s->query); break;
    case AST_STATEMENT_SET: write_set(out, s); break;
    case AST_EXPLAIN: write_explain(out, s); break;
    case AST_SHOW: write_show(out, s); break;
    case AST_DESCRIBE: write_describe(out, s); break;
    case AST_SET:
    case AST_RESET: write_setting(out, s); break;
    case AST_USE: write_use(out, s); break;
    case AST_OTHER: buf_str(out->to, s->raw); break; /* any byte may be in it, NUL included */
    }
}
