/* SPDX-License-Identifier: Apache-2.0 */
/*
 * show_create: a table or view back as the statement that makes it, in the layout of Flink's client.
 */
#include "plan/ddl.h"

#include "sql/unparse.h"

#include <stdlib.h>

void show_identifier(struct buf *out, struct str name) {
    buf_char(out, '`');
    for (size_t i = 0; i < name.size_bytes; i++) {
        if (name.at[i] == '`') buf_char(out, '`');
        buf_char(out, name.at[i]);
    }
    buf_char(out, '`');
}

void show_quoted(struct buf *out, struct str text) {
    buf_char(out, '\'');
    for (size_t i = 0; i < text.size_bytes; i++) {
        if (text.at[i] == '\'') buf_char(out, '\'');
        buf_char(out, text.at[i]);
    }
    buf_char(out, '\'');
}

static void table_path(struct buf *out, const struct table *t) {
    show_identifier(out, t->catalog);
    buf_char(out, '.');
    show_identifier(out, t->database);
    buf_char(out, '.');
    show_identifier(out, t->name);
}

static void column_line(struct buf *out, const struct column *c) {
    buf_text(out, "  ");
    show_identifier(out, c->name);
    if (c->kind == AST_COMPUTED) {
        buf_text(out, " AS ");
        unparse_expr_full(out, c->expr);
    } else {
        buf_char(out, ' ');
        type_serializable(out, c->type); /* ends with NOT NULL where it is */
    }
    if (c->kind == AST_METADATA) {
        buf_text(out, " METADATA");
        if (c->metadata_key.at != NULL) {
            buf_text(out, " FROM ");
            show_quoted(out, c->metadata_key);
        }
        if (c->is_virtual) buf_text(out, " VIRTUAL");
    }
    if (c->comment.size_bytes == 0) return;
    buf_text(out, " COMMENT ");
    show_quoted(out, c->comment);
}

static void constraint(struct buf *out, const struct table *t) {
    buf_text(out, ",\n  CONSTRAINT ");
    if (t->key_name.at != NULL) {
        show_identifier(out, t->key_name);
    } else {
        buf_text(out, "`PK_");
        for (uint32_t i = 0; i < t->key_count; i++) buf_format(out, "%s%.*s", i > 0 ? "_" : "", STR_ARG(t->columns[t->key[i]].name));
        buf_char(out, '`');
    }
    buf_text(out, " PRIMARY KEY (");
    for (uint32_t i = 0; i < t->key_count; i++) {
        if (i > 0) buf_text(out, ", ");
        show_identifier(out, t->columns[t->key[i]].name);
    }
    buf_text(out, ") NOT ENFORCED");
}

static void columns(struct buf *out, const struct table *t) {
    buf_text(out, " (\n");
    for (uint32_t i = 0; i < t->column_count; i++) {
        if (i > 0) buf_text(out, ",\n");
        column_line(out, &t->columns[i]);
    }
    if (t->rowtime_column >= 0) {
        buf_text(out, ",\n  WATERMARK FOR ");
        show_identifier(out, t->columns[t->rowtime_column].name);
        buf_text(out, " AS ");
        unparse_expr_full(out, t->watermark);
    }
    if (t->key_count > 0) constraint(out, t);
    buf_text(out, "\n)\n");
}

static void identifiers(struct buf *out, const struct list *names) {
    buf_char(out, '(');
    for (uint32_t i = 0; i < names->count; i++) {
        if (i > 0) buf_text(out, ", ");
        show_identifier(out, *(const struct str *)names->at[i]);
    }
    buf_char(out, ')');
}

void show_distribution(struct buf *out, const struct ast_distribution *d) {
    buf_text(out, "DISTRIBUTED");
    if (d->columns.count > 0) {
        buf_format(out, " BY %.*s", STR_ARG(d->kind));
        identifiers(out, &d->columns);
    }
    if (d->buckets >= 0) buf_format(out, " INTO %d BUCKETS", d->buckets);
}

static int by_key(const void *a, const void *b) {
    const struct ast_option *const *x = a, *const *y = b;
    return str_compare((*x)->key, (*y)->key);
}

const struct ast_option **show_sorted_options(struct arena *a, const struct list *options) {
    const struct ast_option **sorted = ARENA_ARRAY(a, const struct ast_option *, options->count + 1);
    for (uint32_t i = 0; sorted != NULL && i < options->count; i++) sorted[i] = options->at[i];
    if (sorted != NULL) qsort(sorted, options->count, sizeof *sorted, by_key);
    return sorted;
}

void show_options(struct arena *a, struct buf *out, const struct list *options) {
    const struct ast_option **sorted = show_sorted_options(a, options);
    buf_text(out, "(\n");
    if (sorted == NULL) out->failed = true;
    for (uint32_t i = 0; sorted != NULL && i < options->count; i++) {
        buf_text(out, i > 0 ? ",\n  " : "  ");
        show_quoted(out, sorted[i]->key);
        buf_text(out, " = ");
        show_quoted(out, sorted[i]->value);
    }
    buf_text(out, "\n)");
}

static void comment(struct buf *out, struct str text) {
    if (text.at == NULL) return;
    buf_text(out, "COMMENT ");
    show_quoted(out, text);
    buf_char(out, '\n');
}

static void view_body(struct buf *out, const struct table *t) {
    buf_text(out, " (\n");
    for (uint32_t i = 0; i < t->column_count; i++) {
        buf_text(out, i > 0 ? ",\n  " : "  ");
        show_identifier(out, t->columns[i].name);
    }
    buf_text(out, "\n)\n");
    comment(out, t->comment);
    buf_format(out, "AS %.*s\n", STR_ARG(t->view_text));
}

static void table_body(struct arena *a, struct buf *out, const struct table *t) {
    if (t->column_count > 0) columns(out, t);
    else buf_char(out, '\n');
    comment(out, t->comment);
    if (t->distribution != NULL) {
        show_distribution(out, t->distribution);
        buf_char(out, '\n');
    }
    if (t->partitioned_by.count > 0) {
        buf_text(out, "PARTITIONED BY ");
        identifiers(out, &t->partitioned_by);
        buf_char(out, '\n');
    }
    if (t->options.count == 0) return;
    buf_text(out, "WITH ");
    show_options(a, out, &t->options);
    buf_char(out, '\n');
}

void show_create_table(struct arena *a, struct buf *out, const struct table *t) {
    buf_format(out, "CREATE %s%s ", t->temporary ? "TEMPORARY " : "", t->kind == TABLE_VIEW ? "VIEW" : "TABLE");
    table_path(out, t);
    if (t->kind == TABLE_VIEW) view_body(out, t);
    else table_body(a, out, t);
}

static void partition(struct buf *out, const struct table *t, const struct ast_partition *part) {
    buf_text(out, "ALTER TABLE ");
    show_identifier(out, t->name);
    for (uint32_t i = 0; i < part->values.count; i++) {
        const struct ast_option *o = part->values.at[i];
        buf_text(out, i == 0 ? " ADD PARTITION (" : ", ");
        show_identifier(out, o->key);
        buf_text(out, " = ");
        show_quoted(out, o->value);
    }
    buf_text(out, ");\n");
}

void show_definition(struct arena *a, struct buf *out, const struct table *t) {
    buf_text(out, t->kind == TABLE_VIEW ? "CREATE VIEW " : "CREATE TABLE ");
    show_identifier(out, t->name);
    if (t->kind == TABLE_VIEW) view_body(out, t);
    else table_body(a, out, t);
    if (!out->failed && out->size_bytes > 0) out->size_bytes--; /* the line's end goes behind the semicolon */
    buf_text(out, ";\n");
    for (uint32_t i = 0; i < t->partitions.count; i++) partition(out, t, t->partitions.at[i]);
}
