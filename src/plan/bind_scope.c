/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bind_scope: names to columns. A name is tried as column, then as relation.column (the relation by
 * alias, or by catalog and database), and what is left of it are fields of a ROW. Unknown and
 * ambiguous names are errors that show the near ones.
 */
#include "plan/bind.h"

#include <assert.h>

enum { SUGGESTIONS_MAX = 512 };

static enum status unknown_column(struct binder *b, const struct scope *scope, struct str name, struct str table, struct span span) {
    struct str names[SUGGESTIONS_MAX];
    uint32_t n = scope->row == NULL ? 0 : scope->row->child_count;
    if (n > SUGGESTIONS_MAX) n = SUGGESTIONS_MAX;
    for (uint32_t i = 0; i < n; i++) names[i] = scope->row->children[i].name;
    struct str near = str_nearest(name, names, n);
    if (table.size_bytes > 0) {
        error_at(b->rel.error, STATUS_NOT_FOUND, span, "Column '%.*s' not found in table '%.*s'", STR_ARG(name), STR_ARG(table));
    } else {
        error_at(b->rel.error, STATUS_NOT_FOUND, span, "Column '%.*s' not found in any table", STR_ARG(name));
    }
    if (near.size_bytes > 0) error_hint(b->rel.error, "Did you mean '%.*s'?", STR_ARG(near));
    return STATUS_NOT_FOUND;
}

/* Matches in columns [first, first + count): how many, and the first one. */
static uint32_t columns_named(const struct scope *scope, uint32_t first, uint32_t count, struct str name, uint32_t *ret) {
    uint32_t found = 0;
    for (uint32_t i = first; i < first + count; i++) {
        if (str_equal(scope->row->children[i].name, name) && found++ == 0) *ret = i;
    }
    return found;
}

/* Does the item go by the first `parts` parts of the name? */
static bool item_named(const struct scope_item *it, const struct ast_name *n, uint32_t parts) {
    if (parts == 1) return str_equal(it->alias, n->parts[0]);
    if (it->database.at == NULL) return false;
    if (parts == 2) return str_equal(it->database, n->parts[0]) && str_equal(it->alias, n->parts[1]);
    return parts == 3 && str_equal(it->catalog, n->parts[0]) && str_equal(it->database, n->parts[1]) && str_equal(it->alias, n->parts[2]);
}

const struct scope_item *scope_find(const struct scope *scope, const struct ast_name *n, uint32_t parts);
const struct scope_item *scope_find(const struct scope *scope, const struct ast_name *n, uint32_t parts) {
    for (uint32_t i = 0; i < scope->items.count; i++) {
        if (item_named(scope->items.at[i], n, parts)) return scope->items.at[i];
    }
    return NULL;
}

static enum status ambiguous(struct binder *b, struct str name, struct span span) {
    error_at(b->rel.error, STATUS_INVALID, span, "Column '%.*s' is ambiguous", STR_ARG(name));
    return error_hint(b->rel.error, "Put the table's name or alias before it");
}

/* Finds the column of a name; *ret_used tells how many parts it took. */
static enum status resolve(struct binder *b, const struct scope *scope, const struct ast_name *n, uint32_t *ret_column, uint32_t *ret_used) {
    uint32_t width = scope->row == NULL ? 0 : scope->row->child_count;
    for (uint32_t parts = n->count > 4 ? 3 : n->count - 1; parts > 0; parts--) {
        const struct scope_item *it = scope_find(scope, n, parts);
        if (it == NULL) continue;
        uint32_t found = columns_named(scope, it->first, it->count, n->parts[parts], ret_column);
        if (found > 1) return ambiguous(b, n->parts[parts], n->part_spans[parts]);
        if (found == 0) {
            if (columns_named(scope, 0, width, n->parts[0], ret_column) > 0) break; /* a ROW column named like the table */
            return unknown_column(b, scope, n->parts[parts], n->parts[parts - 1], n->part_spans[parts]);
        }
        *ret_used = parts + 1;
        return STATUS_OK;
    }
    uint32_t found = columns_named(scope, 0, width, n->parts[0], ret_column);
    if (found > 1) return ambiguous(b, n->parts[0], n->part_spans[0]);
    *ret_used = 1;
    if (found == 1) return STATUS_OK;
    if (n->count > 1) return error_at(b->rel.error, STATUS_NOT_FOUND, n->part_spans[0], "Table '%.*s' not found", STR_ARG(n->parts[0]));
    return unknown_column(b, scope, n->parts[0], (struct str){0}, n->part_spans[0]);
}

enum status bind_field(struct binder *b, struct expr *row, struct str name, struct span span, struct expr **ret);
enum status bind_field(struct binder *b, struct expr *row, struct str name, struct span span, struct expr **ret) {
    const struct type *t = row->type;
    if (t->root != TYPE_ROW) return error_at(b->rel.error, STATUS_INVALID, span, "Unknown field '%.*s': the value before it is no ROW", STR_ARG(name));
    for (uint32_t i = 0; i < t->child_count; i++) {
        if (!str_equal(t->children[i].name, name)) continue;
        const struct type *f = t->children[i].type;
        if (t->nullable) f = type_nullable(b->rel.types, f, true);
        *ret = f == NULL ? NULL : expr_special(b->rel.arena, EXPR_FIELD, f, &row, 1);
        if (*ret == NULL) return error_no_memory(b->rel.error, sizeof **ret);
        (*ret)->index = i;
        (*ret)->span = span;
        return STATUS_OK;
    }
    struct scope fields = {.row = t};
    error_at(b->rel.error, STATUS_NOT_FOUND, span, "Unknown field '%.*s'", STR_ARG(name));
    struct str names[SUGGESTIONS_MAX];
    uint32_t n = fields.row->child_count < SUGGESTIONS_MAX ? fields.row->child_count : SUGGESTIONS_MAX;
    for (uint32_t i = 0; i < n; i++) names[i] = fields.row->children[i].name;
    struct str near = str_nearest(name, names, n);
    if (near.size_bytes > 0) error_hint(b->rel.error, "Did you mean '%.*s'?", STR_ARG(near));
    return STATUS_NOT_FOUND;
}

enum status bind_column(struct expr_scope *s, const struct ast_expr *e, struct expr **ret) {
    struct binder *b = s->binder;
    const struct ast_name *n = e->name;
    uint32_t column = 0, used = 0;
    assert(n != NULL && n->count > 0);
    TRY(resolve(b, s->scope, n, &column, &used));
    struct expr *x = expr_input(b->rel.arena, column, s->scope->row->children[column].type);
    if (x == NULL) return error_no_memory(b->rel.error, sizeof *x);
    x->span = e->span;
    for (; used < n->count; used++) TRY(bind_field(b, x, n->parts[used], n->part_spans[used], &x));
    *ret = x;
    return STATUS_OK;
}
