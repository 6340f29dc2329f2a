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

void unparse_identifier(struct buf *out, struct str name) {
    assert(name.at != NULL);
    if (is_plain_name(name) && !keyword_is_reserved(name) && !is_special_word(keyword_find(name))) {
        buf_str(out, name);
        return;
    }
    buf_char(out, '`');
    for (size_t i = 0; i < name.size_bytes; i++) {
        if (name.at[i] == '`') buf_char(out, '`');
        buf_char(out, name.at[i]);
    }
    buf_char(out, '`');
}

void unparse_name(struct buf *out, const struct ast_name *n) {
    for (uint32_t i = 0; i < n->count; i++) {
        if (i > 0) buf_char(out, '.');
        unparse_identifier(out, n->parts[i]);
    }
    if (n->star) buf_text(out, ".*");
}

void unparse_string(struct buf *out, struct str s) {
    buf_char(out, '\'');
    for (size_t i = 0; i < s.size_bytes; i++) {
        if (s.at[i] == '\'') buf_char(out, '\'');
        buf_char(out, s.at[i]);
    }
    buf_char(out, '\'');
}

void unparse_identifiers(struct buf *out, const struct list *names) {
    for (uint32_t i = 0; i < names->count; i++) {
        if (i > 0) buf_text(out, ", ");
        unparse_identifier(out, *(const struct str *)names->at[i]);
    }
}

void unparse_options(struct buf *out, const struct list *options) {
    for (uint32_t i = 0; i < options->count; i++) {
        const struct ast_option *o = options->at[i];
        if (i > 0) buf_text(out, ", ");
        unparse_string(out, o->key);
        buf_text(out, " = ");
        unparse_string(out, o->value);
    }
}

static void unparse_hint(struct buf *out, const struct ast_hint *h) {
    assert(h->keys.count == h->values.count);
    unparse_identifier(out, h->name);
    if (h->keys.count == 0) return;
    buf_char(out, '(');
    for (uint32_t i = 0; i < h->keys.count; i++) {
        const struct str *key = h->keys.at[i], *value = h->values.at[i];
        if (i > 0) buf_text(out, ", ");
        if (key->at != NULL) {
            unparse_string(out, *key);
            buf_text(out, " = ");
        }
        unparse_string(out, *value);
    }
    buf_char(out, ')');
}

void unparse_hints(struct buf *out, const struct list *hints) {
    if (hints->count == 0) return;
    buf_text(out, " /*+ ");
    for (uint32_t i = 0; i < hints->count; i++) {
        if (i > 0) buf_text(out, ", ");
        unparse_hint(out, hints->at[i]);
    }
    buf_text(out, " */");
}

void unparse_interval_unit(struct buf *out, struct str unit, struct str unit_to, int32_t precision, int32_t scale) {
    buf_str(out, unit);
    bool to = unit_to.at != NULL;
    if (precision >= 0 && scale >= 0 && !to) buf_format(out, "(%d, %d)", precision, scale);
    else if (precision >= 0) buf_format(out, "(%d)", precision);
    if (!to) return;
    buf_text(out, " TO ");
    buf_str(out, unit_to);
    if (scale >= 0) buf_format(out, "(%d)", scale);
}

static void unparse_fields(struct buf *out, const struct ast_type *t) {
    buf_text(out, "ROW<");
    for (uint32_t i = 0; i < t->fields.count; i++) {
        const struct ast_field *f = t->fields.at[i];
        if (i > 0) buf_text(out, ", ");
        unparse_identifier(out, f->name);
        buf_char(out, ' ');
        unparse_type(out, f->type);
        if (f->comment.at == NULL) continue;
        buf_char(out, ' ');
        unparse_string(out, f->comment);
    }
    buf_char(out, '>');
}

/* TIMESTAMP(3) WITH LOCAL TIME ZONE: the arguments stand behind the first word. */
static void unparse_simple_type(struct buf *out, const struct ast_type *t) {
    struct str head = t->name, tail = {NULL, 0};
    for (size_t i = 0; t->argument_count > 0 && tail.at == NULL && i + 5 < t->name.size_bytes; i++) {
        if (memcmp(t->name.at + i, " WITH", 5) != 0) continue;
        head.size_bytes = i;
        tail = (struct str){t->name.at + i, t->name.size_bytes - i};
    }
    buf_str(out, head);
    for (uint32_t i = 0; i < t->argument_count; i++) buf_format(out, "%s%d", i == 0 ? "(" : ", ", t->arguments[i]);
    if (t->argument_count > 0) buf_char(out, ')');
    if (tail.at != NULL) buf_str(out, tail);
}

/* The type's name holds both units, "DAY TO SECOND". */
static void unparse_interval_type(struct buf *out, const struct ast_type *t) {
    struct str unit = t->name, to = {NULL, 0};
    for (size_t i = 0; i + 4 < t->name.size_bytes; i++) {
        if (memcmp(t->name.at + i, " TO ", 4) != 0) continue;
        unit.size_bytes = i;
        to = (struct str){t->name.at + i + 4, t->name.size_bytes - i - 4};
        break;
    }
    buf_text(out, "INTERVAL ");
    unparse_interval_unit(out, unit, to, t->arguments[0], t->arguments[1]);
}

void unparse_type(struct buf *out, const struct ast_type *t) {
    switch (t->kind) {
    case AST_TYPE_SIMPLE: unparse_simple_type(out, t); break;
    case AST_TYPE_INTERVAL: unparse_interval_type(out, t); break;
    case AST_TYPE_ROW: unparse_fields(out, t); break;
    case AST_TYPE_ARRAY:
    case AST_TYPE_MULTISET:
    case AST_TYPE_MAP:
        buf_str(out, t->name);
        buf_char(out, '<');
        unparse_type(out, t->children.at[0]);
        if (t->kind == AST_TYPE_MAP) {
            buf_text(out, ", ");
            unparse_type(out, t->children.at[1]);
        }
        buf_char(out, '>');
        break;
    }
    if (t->nullable_explicit) buf_text(out, t->nullable ? " NULL" : " NOT NULL");
}
