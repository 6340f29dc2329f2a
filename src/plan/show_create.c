/* SPDX-License-Identifier: Apache-2.0 */
/*
 * show_create: a table or view back as the statement that makes it, in the layout of Flink's client.
 */
#include "plan/ddl.h"

#include "sql/unparse.h"

void show_identifier(struct buf *out, struct str name) {
    buf_char(out, '`');
    for (size_t i = 0; i < name.size_bytes; i++) {
        if (name.at[i] == '`') buf_char(out, '`');
        buf_char(out, name.at[i]);
    }
    buf_char(out, '`');
}

/* ---- expressions ------------------------------------------------------------------------------------ */

static void collect_names(struct arena *a, const struct ast_expr *e, struct list *names) {
    for (uint32_t i = 0; e->name != NULL && i < e->name->count; i++) (void)list_push(names, a, &e->name->parts[i]);
    for (uint32_t i = 0; i < e->arguments.count; i++) collect_names(a, e->arguments.at[i], names);
}

static bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

static bool is_name(const struct list *names, struct str word) {
    for (uint32_t i = 0; i < names->count; i++) {
        if (str_equal(*(const struct str *)names->at[i], word)) return true;
    }
    return false;
}

void show_expression(struct arena *a, struct buf *out, const struct ast_expr *e) {
    struct buf text = BUF_INIT;
    struct list names = {0};
    collect_names(a, e, &names);
    unparse_expr(&text, e);
    for (size_t i = 0; i < text.size_bytes;) {
        char c = text.at[i];
        size_t end = i + 1;
        if (c == '\'' || c == '`') {
            while (end < text.size_bytes && text.at[end] != c) end++;
            end = end < text.size_bytes ? end + 1 : end;
        } else if (is_word(c)) {
            while (end < text.size_bytes && is_word(text.at[end])) end++;
        }
        struct str piece = {text.at + i, end - i};
        bool call = end < text.size_bytes && text.at[end] == '(';
        if (is_word(c) && !call && is_name(&names, piece)) show_identifier(out, piece);
        else if (str_equal(piece, STR("INT"))) buf_text(out, "INTEGER");
        else buf_str(out, piece);
        i = end;
    }
    buf_deinit(&text);
}

static void quoted(struct buf *out, struct str text) {
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

static void column_line(struct arena *a, struct buf *out, const struct column *c) {
    buf_text(out, "  ");
    show_identifier(out, c->name);
    if (c->kind == AST_COMPUTED) {
        buf_text(out, " AS ");
        show_expression(a, out, c->expr);
    } else {
        buf_char(out, ' ');
        type_serializable(out, c->type); /* ends with NOT NULL where it is */
    }
    if (c->kind == AST_METADATA) {
        buf_text(out, " METADATA");
        if (c->metadata_key.at != NULL) {
            buf_text(out, " FROM ");
            quoted(out, c->metadata_key);
        }
        if (c->is_virtual) buf_text(out, " VIRTUAL");
    }
    if (c->comment.at == NULL) return;
    buf_text(out, " COMMENT ");
    quoted(out, c->comment);
}

static void columns(struct arena *a, struct buf *out, const struct table *t) {
    buf_text(out, " (\n");
    for (uint32_t i = 0; i < t->column_count; i++) {
        if (i > 0) buf_text(out, ",\n");
        column_line(a, out, &t->columns[i]);
    }
    if (t->rowtime_column >= 0) {
        buf_text(out, ",\n  WATERMARK FOR ");
        show_identifier(out, t->columns[t->rowtime_column].name);
        buf_text(out, " AS ");
        show_expression(a, out, t->watermark);
    }
    if (t->key_count > 0) {
        buf_text(out, ",\n  CONSTRAINT `PK_");
        for (uint32_t i = 0; i < t->key_count; i++) buf_format(out, "%s%.*s", i > 0 ? "_" : "", STR_ARG(t->columns[t->key[i]].name));
        buf_text(out, "` PRIMARY KEY (");
        for (uint32_t i = 0; i < t->key_count; i++) {
            if (i > 0) buf_text(out, ", ");
            show_identifier(out, t->columns[t->key[i]].name);
        }
        buf_text(out, ") NOT ENFORCED");
    }
    buf_text(out, "\n)\n");
}

void show_create_table(struct arena *a, struct buf *out, const struct table *t) {
    buf_format(out, "CREATE %s%s ", t->temporary ? "TEMPORARY " : "", t->kind == TABLE_VIEW ? "VIEW" : "TABLE");
    table_path(out, t);
    if (t->kind == TABLE_VIEW) {
        buf_text(out, " (\n");
        for (uint32_t i = 0; i < t->column_count; i++) {
            buf_text(out, i > 0 ? ",\n  " : "  ");
            show_identifier(out, t->columns[i].name);
        }
        buf_format(out, "\n)\nAS %.*s\n", STR_ARG(t->view_text));
        return;
    }
    columns(a, out, t);
    if (t->comment.at != NULL) {
        buf_text(out, "COMMENT ");
        quoted(out, t->comment);
        buf_char(out, '\n');
    }
    for (uint32_t i = 0; i < t->partitioned_by.count; i++) {
        buf_text(out, i == 0 ? "PARTITIONED BY (" : ", ");
        show_identifier(out, *(const struct str *)t->partitioned_by.at[i]);
    }
    if (t->partitioned_by.count > 0) buf_text(out, ")\n");
    buf_text(out, "WITH (\n");
    for (uint32_t i = 0; i < t->options.count; i++) {
        const struct ast_option *o = t->options.at[i];
        buf_text(out, i > 0 ? ",\n  " : "  ");
        quoted(out, o->key);
        buf_text(out, " = ");
        quoted(out, o->value);
    }
    buf_text(out, "\n)\n");
}
