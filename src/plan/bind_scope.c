/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bind_scope: names to columns. A name is tried as column, then as relation.column (the relation by
 * alias, or by catalog and database), and what is left of it are fields of a ROW. Unknown and
 * ambiguous names are errors that show the near ones.
 */
#include "plan/bind.h"

#include "base/suggest.h"
#include "catalog/unknown.h"

#include <assert.h>

enum { SUGGESTIONS_MAX = 512 };

static uint32_t field_names(const struct type *row, struct str names[SUGGESTIONS_MAX]) {
    uint32_t n = row == NULL ? 0 : row->child_count;
    if (n > SUGGESTIONS_MAX) n = SUGGESTIONS_MAX;
    for (uint32_t i = 0; i < n; i++) names[i] = row->children[i].name;
    return n;
}

/* An alias of the same SELECT, which only ORDER BY and outer queries see. */
static bool is_own_alias(const struct expr_scope *s, struct str name) {
    for (uint32_t i = 0; s->items != NULL && i < s->items->count; i++) {
        if (str_equal(((const struct ast_select_item *)s->items->at[i])->alias, name)) return true;
    }
    return false;
}

static bool has_curly_quotes(struct str name) {
    return name.size_bytes > 3 && memcmp(name.at, "\xe2\x80", 2) == 0 && ((unsigned char)name.at[2] & 0xf8) == 0x98;
}

/* What helps with an unknown column: a near one, its alias, its table, or the columns that there are. */
static enum status explain_column(struct expr_scope *s, struct str name, bool qualified) {
    struct binder *b = s->binder;
    struct str names[SUGGESTIONS_MAX];
    uint32_t n = field_names(s->scope->row, names);
    if (has_curly_quotes(name)) return error_hint(b->rel.error, "Texts stand in straight quotes: 'text'");
    if (!qualified && is_own_alias(s, name)) {
        return error_hint(b->rel.error, "'%.*s' is an alias of this SELECT, which the %s does not see: repeat its expression, or put the SELECT into a sub-query", STR_ARG(name), s->clause);
    }
    static const char *const windows[] = {"window_start", "window_end", "window_time"};
    for (size_t i = 0; i < sizeof windows / sizeof *windows; i++) {
        if (str_equal(name, str_of(windows[i]))) return error_hint(b->rel.error, "A window's columns come with FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' MINUTE)), or with HOP or CUMULATE");
    }
    struct str near = suggest_name(name, names, n);
    const struct table *owner = near.size_bytes > 0 || qualified ? NULL : unknown_column_owner(b->session->catalog, b->rel.arena, name);
    if (owner != NULL) return error_hint(b->rel.error, "Table '%.*s' has such a column, but is not in FROM", STR_ARG(owner->name));
    if (n == 0) return error_hint(b->rel.error, "There is no column to take here; a text stands in single quotes: '%.*s'", STR_ARG(name));
    if (near.size_bytes > 0) return error_hint(b->rel.error, "Did you mean '%.*s'?", STR_ARG(near));
    struct buf list = BUF_INIT;
    suggest_list(&list, names, n);
    const char *lead = n == 1 ? "The only column is" : "The columns are";
    if (qualified) error_hint(b->rel.error, "%s %.*s", lead, STR_ARG(buf_view(&list)));
    else error_hint(b->rel.error, "%s %.*s; a text stands in single quotes: '%.*s'", lead, STR_ARG(buf_view(&list)), STR_ARG(name));
    buf_deinit(&list);
    return STATUS_NOT_FOUND;
}

static enum status unknown_column(struct expr_scope *s, struct str name, struct str table, struct span span) {
    struct error *e = s->binder->rel.error;
    if (table.size_bytes > 0) error_at(e, STATUS_NOT_FOUND, span, "There is no column '%.*s' in '%.*s'", STR_ARG(name), STR_ARG(table));
    else error_at(e, STATUS_NOT_FOUND, span, "There is no column '%.*s'", STR_ARG(name));
    (void)explain_column(s, name, table.size_bytes > 0);
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

static enum status ambiguous(struct expr_scope *s, struct str name, struct span span) {
    struct error *e = s->binder->rel.error;
    struct str owners[2] = {{NULL, 0}, {NULL, 0}};
    uint32_t count = 0, column = 0;
    for (uint32_t i = 0; i < s->scope->items.count && count < 2; i++) {
        const struct scope_item *it = s->scope->items.at[i];
        if (columns_named(s->scope, it->first, it->count, name, &column) > 0) owners[count++] = it->alias;
    }
    error_at(e, STATUS_INVALID, span, "Column '%.*s' is ambiguous", STR_ARG(name));
    if (count < 2) return error_hint(e, "Several columns go by this name: give them aliases of their own");
    return error_hint(e, "Write %.*s.%.*s or %.*s.%.*s", STR_ARG(owners[0]), STR_ARG(name), STR_ARG(owners[1]), STR_ARG(name));
}

/* t.x where t is not among the relations of FROM. */
static enum status unknown_relation(struct expr_scope *s, struct str name, struct span span) {
    struct error *e = s->binder->rel.error;
    struct str names[SUGGESTIONS_MAX];
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->scope->items.count && n < SUGGESTIONS_MAX; i++) {
        const struct scope_item *it = s->scope->items.at[i];
        if (it->alias.size_bytes > 0) names[n++] = it->alias;
    }
    error_at(e, STATUS_NOT_FOUND, span, "There is no table or column '%.*s' in FROM", STR_ARG(name));
    if (n == 1) return error_hint(e, "The table's name here is '%.*s'", STR_ARG(names[0]));
    return suggest_hint(e, name, names, n, "The tables' names here are");
}

/* Finds the column of a name; *ret_used tells how many parts it took. */
static enum status resolve(struct expr_scope *s, const struct ast_name *n, uint32_t *ret_column, uint32_t *ret_used) {
    const struct scope *scope = s->scope;
    uint32_t width = scope->row == NULL ? 0 : scope->row->child_count;
    for (uint32_t parts = n->count > 4 ? 3 : n->count - 1; parts > 0; parts--) {
        const struct scope_item *it = scope_find(scope, n, parts);
        if (it == NULL) continue;
        uint32_t found = columns_named(scope, it->first, it->count, n->parts[parts], ret_column);
        if (found > 1) return ambiguous(s, n->parts[parts], n->part_spans[parts]);
        if (found == 0) {
            if (columns_named(scope, 0, width, n->parts[0], ret_column) > 0) break; /* a ROW column named like the table */
            return unknown_column(s, n->parts[parts], n->parts[parts - 1], n->part_spans[parts]);
        }
        *ret_used = parts + 1;
        return STATUS_OK;
    }
    uint32_t found = columns_named(scope, 0, width, n->parts[0], ret_column);
    if (found > 1) return ambiguous(s, n->parts[0], n->part_spans[0]);
    *ret_used = 1;
    if (found == 1) return STATUS_OK;
    return n->count > 1 ? unknown_relation(s, n->parts[0], n->part_spans[0]) : unknown_column(s, n->parts[0], (struct str){0}, n->part_spans[0]);
}

enum status bind_field(struct binder *b, struct expr *row, struct str name, struct span span, struct expr **ret);
enum status bind_field(struct binder *b, struct expr *row, struct str name, struct span span, struct expr **ret) {
    const struct type *t = row->type;
    if (t->root != TYPE_ROW) {
        struct buf text = BUF_INIT;
        type_plain(&text, t);
        error_at(b->rel.error, STATUS_INVALID, span, "There is no field '%.*s': what stands before it is a %.*s, not a ROW", STR_ARG(name), STR_ARG(buf_view(&text)));
        buf_deinit(&text);
        return STATUS_INVALID;
    }
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
    struct str names[SUGGESTIONS_MAX];
    error_at(b->rel.error, STATUS_NOT_FOUND, span, "There is no field '%.*s'", STR_ARG(name));
    return suggest_hint(b->rel.error, name, names, field_names(t, names), "The fields are");
}

enum status bind_column(struct expr_scope *s, const struct ast_expr *e, struct expr **ret) {
    struct binder *b = s->binder;
    const struct ast_name *n = e->name;
    uint32_t column = 0, used = 0;
    assert(n != NULL && n->count > 0);
    TRY(resolve(s, n, &column, &used));
    struct expr *x = expr_input(b->rel.arena, column, s->scope->row->children[column].type);
    if (x == NULL) return error_no_memory(b->rel.error, sizeof *x);
    x->span = e->span;
    for (; used < n->count; used++) TRY(bind_field(b, x, n->parts[used], n->part_spans[used], &x));
    *ret = x;
    return STATUS_OK;
}
