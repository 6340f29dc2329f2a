/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_nested: nested projection push-down. Where a ROW column of a source is read field by field
 * only, the source delivers the fields as columns of their own (a column and the path below it), and
 * the whole column is pruned away afterwards. Fields are asked for from the top: each node between
 * hands the wish on and passes the new column up behind its own.
 */
#include "plan/rel.h"

#include <assert.h>
#include <string.h>

enum { PATH_MAX_DEPTH = 16 };

static enum status no_memory(const struct rel_context *c) { return error_no_memory(c->error, sizeof(struct rel)); }

struct path {
    uint32_t column;
    uint32_t steps[PATH_MAX_DEPTH]; /* from the column inwards */
    uint32_t count;
};

/* Is e a chain of fields below an input column? */
static bool path_of(const struct expr *e, struct path *ret) {
    uint32_t n = 0, steps[PATH_MAX_DEPTH];
    for (; e->kind == EXPR_FIELD; e = e->args[0]) {
        if (n == PATH_MAX_DEPTH) return false;
        steps[n++] = e->index;
    }
    if (e->kind != EXPR_INPUT || n == 0) return false;
    *ret = (struct path){.column = e->index, .count = n};
    for (uint32_t i = 0; i < n; i++) ret->steps[i] = steps[n - 1 - i];
    return true;
}

/* Does the source behind the column decode field by field? */
static bool is_nested_source(const struct rel *r, uint32_t column) {
    switch (r->kind) {
    case REL_SCAN: {
        const struct table_options *o = r->as.scan.options;
        bool json = o->format != NULL && str_equal(str_of(o->format->name), STR("json"));
        return json && (o->connector->abilities & CONNECTOR_PROJECTION) != 0 && r->as.scan.changelog == CHANGE_I && r->as.scan.path_counts[column] == 0 &&
               r->as.scan.table->columns[r->as.scan.columns[column]].kind == AST_PHYSICAL;
    }
    case REL_FILTER:
    case REL_WATERMARK: return is_nested_source(rel_input(r), column);
    case REL_PROJECT: {
        const struct expr *e = r->as.project.exprs[column];
        return e->kind == EXPR_INPUT && is_nested_source(rel_input(r), e->index);
    }
    default: return false;
    }
}

static struct str step_name(const struct type *t, const struct path *p) {
    for (uint32_t i = 0; i + 1 < p->count; i++) t = t->children[p->steps[i]].type;
    return t->children[p->steps[p->count - 1]].name;
}

static enum status append_row(const struct rel_context *c, struct rel *out, const struct type *row, struct str name, const struct type *type) {
    out->row = rel_row_append(c, row, &name, &type, 1);
    return out->row == NULL ? no_memory(c) : STATUS_OK;
}

static enum status scan_provide(const struct rel_context *c, struct rel *r, const struct path *p, const struct type *type, struct rel **ret, uint32_t *ret_column) {
    uint32_t n = rel_width(r);
    const struct rel_scan *old = &r->as.scan;
    *ret = r;
    for (uint32_t i = 0; i < n; i++) {
        bool same = old->columns[i] == old->columns[p->column] && old->path_counts[i] == p->count;
        *ret_column = i;
        if (same && memcmp(old->paths[i], p->steps, p->count * sizeof *p->steps) == 0) return STATUS_OK;
    }
    struct rel *out = rel_copy(c, r);
    if (out == NULL) return no_memory(c);
    struct rel_scan *s = &out->as.scan;
    s->columns = ARENA_ARRAY(c->arena, uint32_t, n + 1);
    s->paths = ARENA_ARRAY(c->arena, uint32_t *, n + 1);
    s->path_counts = ARENA_ARRAY(c->arena, uint32_t, n + 1);
    uint32_t *steps = ARENA_ARRAY(c->arena, uint32_t, p->count);
    if (s->columns == NULL || s->paths == NULL || s->path_counts == NULL || steps == NULL) return no_memory(c);
    memcpy(s->columns, old->columns, n * sizeof *s->columns);
    memcpy(s->paths, old->paths, n * sizeof *s->paths);
    memcpy(s->path_counts, old->path_counts, n * sizeof *s->path_counts);
    memcpy(steps, p->steps, p->count * sizeof *steps);
    s->columns[n] = old->columns[p->column];
    s->paths[n] = steps;
    s->path_counts[n] = p->count;
    TRY(append_row(c, out, r->row, step_name(rel_type(r, p->column), p), type));
    *ret = out;
    *ret_column = n;
    return STATUS_OK;
}

static enum status project_provide(const struct rel_context *c, struct rel *out, const struct rel *r, uint32_t from, const struct type *type, uint32_t *ret_column) {
    uint32_t n = rel_width(r);
    for (uint32_t i = 0; i < n; i++) {
        const struct expr *e = r->as.project.exprs[i];
        *ret_column = i;
        if (e->kind == EXPR_INPUT && e->index == from && e->type == type) return STATUS_OK;
    }
    TRY(append_row(c, out, r->row, rel_name(rel_input(out), from), type));
    out->as.project.exprs = ARENA_ARRAY(c->arena, struct expr *, n + 1);
    if (out->as.project.exprs == NULL) return no_memory(c);
    memcpy(out->as.project.exprs, r->as.project.exprs, n * sizeof *r->as.project.exprs);
    out->as.project.exprs[n] = expr_input(c->arena, from, type);
    *ret_column = n;
    return out->as.project.exprs[n] == NULL ? no_memory(c) : STATUS_OK;
}

/* r with the path's value in column *ret_column, which may be a new one behind. */
static enum status provide(const struct rel_context *c, struct rel *r, const struct path *p, const struct type *type, struct rel **ret, uint32_t *ret_column) {
    if (r->kind == REL_SCAN) return scan_provide(c, r, p, type, ret, ret_column);
    struct rel *input = NULL, *out = rel_copy(c, r);
    struct path below = *p;
    uint32_t from = 0, n = rel_width(r);
    if (out == NULL) return no_memory(c);
    if (r->kind == REL_PROJECT) below.column = r->as.project.exprs[p->column]->index;
    TRY(provide(c, rel_input(r), &below, type, &input, &from));
    out->inputs.at[0] = input;
    *ret = out;
    if (r->kind == REL_PROJECT) return project_provide(c, out, r, from, type, ret_column);
    *ret_column = from; /* filters and watermarks have their input's columns */
    return from < n ? STATUS_OK : append_row(c, out, r->row, rel_name(input, from), type);
}

/* ---- one node's expressions ---------------------------------------------------------------------------- */

struct rewrite {
    const struct rel_context *c;
    struct rel *input;
    bool *whole; /* columns that somebody reads as they are */
    struct path paths[256];
    uint32_t columns[256]; /* where each path's value is */
    uint32_t count;
    enum status status;
};

static void mark_whole(const struct expr *e, bool *whole) {
    struct path p;
    if (path_of(e, &p)) return;
    if (e->kind == EXPR_INPUT) whole[e->index] = true;
    for (uint32_t i = 0; i < e->arg_count; i++) mark_whole(e->args[i], whole);
}

static bool same_path(const struct path *a, const struct path *b) {
    return a->column == b->column && a->count == b->count && memcmp(a->steps, b->steps, a->count * sizeof *a->steps) == 0;
}

static struct expr *path_replace(void *context, const struct expr *e) {
    struct rewrite *w = context;
    struct path p;
    if (w->status != STATUS_OK || !path_of(e, &p)) return NULL;
    struct expr *same = (struct expr *)(uintptr_t)e;
    if (w->whole[p.column] || !is_nested_source(w->input, p.column)) return same;
    uint32_t i = 0;
    while (i < w->count && !same_path(&w->paths[i], &p)) i++;
    if (i == 256) return same;
    if (i == w->count) {
        w->status = provide(w->c, w->input, &p, e->type, &w->input, &w->columns[i]);
        if (w->status != STATUS_OK) return same;
        w->paths[w->count++] = p;
    }
    return expr_input(w->c->arena, w->columns[i], e->type);
}

static enum status rewrite_project(const struct rel_context *c, struct rewrite *w, struct rel *r, struct rel **ret) {
    struct rel *out = rel_copy(c, r);
    if (out == NULL) return no_memory(c);
    out->as.project.exprs = ARENA_ARRAY(c->arena, struct expr *, rel_width(r));
    if (out->as.project.exprs == NULL) return no_memory(c);
    for (uint32_t i = 0; i < rel_width(r); i++) {
        out->as.project.exprs[i] = expr_transform(c->arena, r->as.project.exprs[i], path_replace, w);
        TRY(w->status);
        if (out->as.project.exprs[i] == NULL) return no_memory(c);
    }
    out->inputs.at[0] = w->input;
    *ret = out;
    return STATUS_OK;
}

/* A filter below a projection: what both read field by field becomes columns; the filter keeps all. */
static enum status rewrite_filter(const struct rel_context *c, struct rewrite *w, struct rel *r, struct rel **ret) {
    struct rel *out = rel_copy(c, r);
    if (out == NULL) return no_memory(c);
    out->as.filter.condition = expr_transform(c->arena, r->as.filter.condition, path_replace, w);
    TRY(w->status);
    if (out->as.filter.condition == NULL) return no_memory(c);
    out->inputs.at[0] = w->input;
    out->row = w->input->row; /* more columns behind: the projection above does not see them */
    *ret = out;
    return STATUS_OK;
}

static enum status rewrite_node(const struct rel_context *c, struct rel *r, struct rel **ret) {
    struct rewrite *w = ARENA_NEW(c->arena, struct rewrite);
    if (w == NULL) return no_memory(c);
    w->c = c;
    w->input = rel_input(r);
    w->whole = ARENA_ARRAY(c->arena, bool, rel_width(w->input));
    if (w->whole == NULL) return no_memory(c);
    if (r->kind == REL_FILTER) {
        mark_whole(r->as.filter.condition, w->whole);
        return rewrite_filter(c, w, r, ret);
    }
    for (uint32_t i = 0; i < rel_width(r); i++) mark_whole(r->as.project.exprs[i], w->whole);
    return rewrite_project(c, w, r, ret);
}

enum status rule_nested(const struct rel_context *c, struct rel *r, struct rel **ret) {
    bool filter = r->kind == REL_PROJECT && rel_input(r)->kind == REL_FILTER;
    if (r->kind == REL_PROJECT) TRY(rewrite_node(c, r, &r));
    if (filter) {
        struct rel *below = NULL, *out = rel_copy(c, r);
        if (out == NULL) return no_memory(c);
        TRY(rewrite_node(c, rel_input(r), &below));
        out->inputs.at[0] = below;
        r = out;
    }
    return rel_map_inputs(c, r, rule_nested, ret);
}
