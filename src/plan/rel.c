/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rel: makers of logical tree nodes, and what a column of one means as a window property.
 *
 * Makers return NULL when out of memory; the caller turns that into a status. Nothing here decides
 * anything: the binder and the rules do.
 */
#include "plan/rel.h"

#include <assert.h>
#include <string.h>

struct rel *rel_new(const struct rel_context *c, enum rel_kind kind, const struct type *row, struct span span) {
    assert(kind < REL_KIND_COUNT);
    struct rel *r = ARENA_NEW(c->arena, struct rel);
    if (r == NULL || row == NULL) return NULL;
    assert(row->root == TYPE_ROW);
    r->kind = kind;
    r->row = row;
    r->span = span;
    return r;
}

struct rel *rel_over_input(const struct rel_context *c, enum rel_kind kind, struct rel *input, const struct type *row) {
    assert(input != NULL);
    struct rel *r = rel_new(c, kind, row, input->span);
    if (r == NULL || list_push(&r->inputs, c->arena, input) != STATUS_OK) return NULL;
    return r;
}

const struct type *rel_row(const struct rel_context *c, const struct str *names, const struct type *const *types, uint32_t count) {
    struct type_field *f = ARENA_ARRAY(c->arena, struct type_field, count);
    if (f == NULL) return NULL;
    for (uint32_t i = 0; i < count; i++) f[i] = (struct type_field){.name = names[i], .type = types[i]};
    return type_row(c->types, f, count, false);
}

const struct type *rel_row_append(const struct rel_context *c, const struct type *row, const struct str *names,
                                  const struct type *const *types, uint32_t count) {
    uint32_t n = row->child_count;
    struct type_field *f = ARENA_ARRAY(c->arena, struct type_field, n + count);
    if (f == NULL) return NULL;
    for (uint32_t i = 0; i < n; i++) f[i] = row->children[i];
    for (uint32_t i = 0; i < count; i++) f[n + i] = (struct type_field){.name = names[i], .type = types[i]};
    return type_row(c->types, f, n + count, false);
}

struct rel *rel_project(const struct rel_context *c, struct rel *input, struct expr **exprs, const struct str *names, uint32_t count) {
    const struct type **types = ARENA_ARRAY(c->arena, const struct type *, count);
    if (types == NULL) return NULL;
    for (uint32_t i = 0; i < count; i++) types[i] = exprs[i]->type;
    struct rel *r = rel_over_input(c, REL_PROJECT, input, rel_row(c, names, types, count));
    if (r != NULL) r->as.project.exprs = exprs;
    return r;
}

struct rel *rel_filter(const struct rel_context *c, struct rel *input, struct expr *condition) {
    assert(condition->type->root == TYPE_BOOLEAN);
    struct rel *r = rel_over_input(c, REL_FILTER, input, input->row);
    if (r != NULL) r->as.filter.condition = condition;
    return r;
}

struct rel *rel_aggregate(const struct rel_context *c, struct rel *input, const struct rel_aggregate *a) {
    uint32_t n = a->key_count + a->agg_count;
    struct str *names = ARENA_ARRAY(c->arena, struct str, n);
    const struct type **types = ARENA_ARRAY(c->arena, const struct type *, n);
    if (names == NULL || types == NULL) return NULL;
    for (uint32_t i = 0; i < a->key_count; i++) {
        names[i] = rel_name(input, a->keys[i]);
        types[i] = rel_type(input, a->keys[i]);
    }
    for (uint32_t i = 0; i < a->agg_count; i++) {
        names[a->key_count + i] = a->aggs[i].name;
        types[a->key_count + i] = a->aggs[i].type;
    }
    struct rel *r = rel_over_input(c, REL_AGGREGATE, input, rel_row(c, names, types, n));
    if (r != NULL) r->as.aggregate = *a;
    return r;
}

struct expr *rel_column(const struct rel_context *c, const struct rel *r, uint32_t column) {
    assert(column < rel_width(r));
    return expr_input(c->arena, column, rel_type(r, column));
}

struct rel *rel_copy(const struct rel_context *c, const struct rel *r) {
    struct rel *n = ARENA_NEW(c->arena, struct rel);
    if (n == NULL) return NULL;
    *n = *r;
    n->inputs = (struct list){0};
    for (uint32_t i = 0; i < r->inputs.count; i++) {
        if (list_push(&n->inputs, c->arena, r->inputs.at[i]) != STATUS_OK) return NULL;
    }
    return n;
}

enum status rel_map_inputs(const struct rel_context *c, struct rel *r,
                           enum status (*f)(const struct rel_context *c, struct rel *r, struct rel **ret), struct rel **ret) {
    struct rel *n = r;
    for (uint32_t i = 0; i < r->inputs.count; i++) {
        struct rel *input = NULL;
        TRY(f(c, r->inputs.at[i], &input));
        if (input == r->inputs.at[i]) continue;
        if (n == r) n = rel_copy(c, r);
        if (n == NULL) return error_no_memory(c->error, sizeof *r);
        n->inputs.at[i] = input;
    }
    *ret = n;
    return STATUS_OK;
}

static struct window_column window_agg_column(const struct rel *r, uint32_t column) {
    const struct rel_window_agg *w = &r->as.window_agg;
    uint32_t first = w->aggregate.key_count + w->aggregate.agg_count;
    if (column < first) return (struct window_column){.property = WINDOW_COLUMN_NONE};
    assert(column - first < w->property_count);
    return (struct window_column){w->properties[column - first], r, &w->window};
}

/* A column that every grouping set keeps. */
static struct window_column expand_column(const struct rel *r, uint32_t column) {
    const struct window_column none = {.property = WINDOW_COLUMN_NONE};
    const struct expr *first = r->as.expand.rows[0][column];
    for (uint32_t i = 0; i < r->as.expand.row_count; i++) {
        const struct expr *e = r->as.expand.rows[i][column];
        if (e->kind != EXPR_INPUT || e->index != first->index) return none;
    }
    return rel_window_column(rel_input(r), first->index);
}

struct window_column rel_window_column(const struct rel *r, uint32_t column) {
    const struct window_column none = {.property = WINDOW_COLUMN_NONE};
    switch (r->kind) {
    case REL_TVF: {
        uint32_t n = rel_width(rel_input(r));
        if (column >= n) return (struct window_column){(int)(column - n), r, &r->as.tvf.window};
        return none; /* a new window hides those of its input */
    }
    case REL_WINDOW_AGG: return window_agg_column(r, column);
    case REL_PROJECT: {
        const struct expr *e = r->as.project.exprs[column];
        return e->kind == EXPR_INPUT ? rel_window_column(rel_input(r), e->index) : none;
    }
    case REL_EXPAND: return expand_column(r, column);
    case REL_OVER:
    case REL_RANK:
        return column < rel_width(rel_input(r)) ? rel_window_column(rel_input(r), column) : none;
    case REL_FILTER:
    case REL_WATERMARK:
        return rel_window_column(rel_input(r), column);
    default: return none;
    }
}
