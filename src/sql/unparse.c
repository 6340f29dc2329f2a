/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unparse: names, strings, options, hints and types as text. Names stand without back-ticks where
 * the parser reads them back as the same name.
 */
#include "sql/keyword.h"
#include "sql/parser.h"
#include "sql/unparse_internal.h"

#include <assert.h>

static bool is_plain_name(struct str name) {
    if (name.size_bytes == 0 || (name.at[0] >= '0' && name.at[0] <= '9')) return false;
    for (size_t i = 0; i < name.size_bytes; i++) {
        char c = name.at[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && !(c >= '0' && c <= '9')) return false;
    }
    return true;
}

/* Words that are free as names and yet begin something in front of '(', '[' or another word. */
static bool is_special_word(enum keyword k) {
    switch ((int)k) {
    case KW_MAP: case KW_DESCRIPTOR: case KW_TIMESTAMPADD: case KW_TIMESTAMPDIFF: case KW_MODEL: case KW_KEY:
    case KW_UNBOUNDED: case KW_ABSENT: case KW_IF: case KW_CATALOG: case KW_JOB: case KW_DATABASE:
    case KW_CONNECTION:
        return true;
    default: return false;
    }
}

void put_identifier(struct writer *out, struct str name) {
    assert(name.at != NULL);
    if (!out->full && is_plain_name(name) && !keyword_is_reserved(name) && !is_special_word(keyword_find(name))) {
        buf_str(out->to, name);
        return;
    }
    buf_char(out->to, '`');
    for (size_t i = 0; i < name.size_bytes; i++) {
        if (name.at[i] == '`') buf_char(out->to, '`');
        buf_char(out->to, name.at[i]);
    }
    buf_char(out->to, '`');
}

void put_name(struct writer *out, const struct ast_name *n) {
    for (uint32_t i = 0; i < n->count; i++) {
        if (i > 0) buf_char(out->to, '.');
        put_identifier(out, n->parts[i]);
    }
    if (n->star) buf_text(out->to, ".*");
}

void put_string(struct writer *out, struct str s) {
    buf_char(out->to, '\'');
    for (size_t i = 0; i < s.size_bytes; i++) {
        if (s.at[i] == '\'') buf_char(out->to, '\'');
        buf_char(out->to, s.at[i]);
    }
    buf_char(out->to, '\'');
}

void put_identifiers(struct writer *out, const struct list *names) {
    for (uint32_t i = 0; i < names->count; i++) {
        if (i > 0) buf_text(out->to, ", ");
        put_identifier(out, *(const struct str *)names->at[i]);
    }
}

void put_options(struct writer *out, const struct list *options) {
    for (uint32_t i = 0; i < options->count; i++) {
        const struct ast_option *o = options->at[i];
        if (i > 0) buf_text(out->to, ", ");
        put_string(out, o->key);
        buf_text(out->to, " = ");
        put_string(out, o->value);
    }
}

static void put_hint(struct writer *out, const struct ast_hint *h) {
    assert(h->keys.count == h->values.count);
    put_identifier(out, h->name);
    if (h->keys.count == 0) return;
    buf_char(out->to, '(');
    for (uint32_t i = 0; i < h->keys.count; i++) {
        const struct str *key = h->keys.at[i], *value = h->values.at[i];
        if (i > 0) buf_text(out->to, ", ");
        if (key->at != NULL) {
            put_string(out, *key);
            buf_text(out->to, " = ");
        }
        put_string(out, *value);
    }
    buf_char(out->to, ')');
}

void put_hints(struct writer *out, const struct list *hints) {
    if (hints->count == 0) return;
    buf_text(out->to, out->full ? "\n/*+ " : " /*+ ");
    for (uint32_t i = 0; i < hints->count; i++) {
        if (i > 0) buf_text(out->to, ", ");
        put_hint(out, hints->at[i]);
    }
    buf_text(out->to, " */");
}

void put_interval_unit(struct writer *out, struct str unit, struct str unit_to, int32_t precision, int32_t scale) {
    buf_str(out->to, unit);
    bool to = unit_to.at != NULL;
    if (precision >= 0 && scale >= 0 && !to) buf_format(out->to, "(%d, %d)", precision, scale);
    else if (precision >= 0) buf_format(out->to, "(%d)", precision);
    if (!to) return;
    buf_text(out->to, " TO ");
    buf_str(out->to, unit_to);
    if (scale >= 0) buf_format(out->to, "(%d)", scale);
}

static void put_fields(struct writer *out, const struct ast_type *t) {
    buf_text(out->to, "ROW<");
    for (uint32_t i = 0; i < t->fields.count; i++) {
        const struct ast_field *f = t->fields.at[i];
        if (i > 0) buf_text(out->to, ", ");
        put_identifier(out, f->name);
        buf_char(out->to, ' ');
        put_type(out, f->type);
        if (f->comment.at == NULL) continue;
        buf_char(out->to, ' ');
        put_string(out, f->comment);
    }
    buf_char(out->to, '>');
}

/* TIMESTAMP(3) WITH LOCAL TIME ZONE: the arguments stand behind the first word. */
static void put_simple_type(struct writer *out, const struct ast_type *t) {
    struct str head = t->name, tail = {NULL, 0};
    for (size_t i = 0; t->argument_count > 0 && tail.at == NULL && i + 5 < t->name.size_bytes; i++) {
        if (memcmp(t->name.at + i, " WITH", 5) != 0) continue;
        head.size_bytes = i;
        tail = (struct str){t->name.at + i, t->name.size_bytes - i};
    }
    buf_str(out->to, out->full && str_equal(head, STR("INT")) ? STR("INTEGER") : head);
    for (uint32_t i = 0; i < t->argument_count; i++) buf_format(out->to, "%s%d", i == 0 ? "(" : ", ", t->arguments[i]);
    if (t->argument_count > 0) buf_char(out->to, ')');
    if (tail.at != NULL) buf_str(out->to, tail);
}

/* The type's name holds both units, "DAY TO SECOND". */
static void put_interval_type(struct writer *out, const struct ast_type *t) {
    struct str unit = t->name, to = {NULL, 0};
    for (size_t i = 0; i + 4 < t->name.size_bytes; i++) {
        if (memcmp(t->name.at + i, " TO ", 4) != 0) continue;
        unit.size_bytes = i;
        to = (struct str){t->name.at + i + 4, t->name.size_bytes - i - 4};
        break;
    }
    buf_text(out->to, "INTERVAL ");
    put_interval_unit(out, unit, to, t->arguments[0], t->arguments[1]);
}

void put_type(struct writer *out, const struct ast_type *t) {
    switch (t->kind) {
    case AST_TYPE_SIMPLE: put_simple_type(out, t); break;
    case AST_TYPE_INTERVAL: put_interval_type(out, t); break;
    case AST_TYPE_ROW: put_fields(out, t); break;
    case AST_TYPE_ARRAY:
    case AST_TYPE_MULTISET:
    case AST_TYPE_MAP:
        buf_str(out->to, t->name);
        buf_char(out->to, '<');
        put_type(out, t->children.at[0]);
        if (t->kind == AST_TYPE_MAP) {
            buf_text(out->to, ", ");
            put_type(out, t->children.at[1]);
        }
        buf_char(out->to, '>');
        break;
    }
    if (t->nullable_explicit) buf_text(out->to, t->nullable ? " NULL" : " NOT NULL");
}

void unparse_statement(struct buf *out, const struct ast_statement *s) { put_statement(&(struct writer){out, false}, s); }

void unparse_query(struct buf *out, const struct ast_query *q) { put_query(&(struct writer){out, false}, q); }

void unparse_expr(struct buf *out, const struct ast_expr *e) { put_expr(&(struct writer){out, false}, e); }

void unparse_type(struct buf *out, const struct ast_type *t) { put_type(&(struct writer){out, false}, t); }

void unparse_query_full(struct buf *out, const struct ast_query *q) { put_query(&(struct writer){out, true}, q); }

void unparse_expr_full(struct buf *out, const struct ast_expr *e) { put_expr(&(struct writer){out, true}, e); }
