/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_window: GROUP BY over both window_start and window_end of one window becomes a window
 * aggregate. Where nothing but projections and filters without window columns stand between, the
 * table function is taken into the aggregate, which then assigns rows to slices itself; else the
 * window columns of the input are used (attached).
 */
#include "plan/rel.h"

#include <assert.h>
#include <string.h>

static enum status no_memory(const struct rel_context *c) { return error_no_memory(c->error, sizeof(struct rel)); }

/* Which key positions carry which property of the window; -1 none. */
struct match {
    const struct rel *source;
    const struct window *window;
    int32_t keys[3]; /* position in the aggregate's keys */
};

static bool match_window(const struct rel *aggregate, struct match *m) {
    const struct rel_aggregate *a = &aggregate->as.aggregate;
    const struct rel *input = rel_input(aggregate);
    for (uint32_t i = 0; i < a->key_count; i++) {
        struct window_column start = rel_window_column(input, a->keys[i]);
        if (start.property != WINDOW_COLUMN_START) continue;
        *m = (struct match){start.source, start.window, {-1, -1, -1}};
        for (uint32_t k = 0; k < a->key_count; k++) {
            struct window_column w = rel_window_column(input, a->keys[k]);
            if (w.property >= 0 && w.source == start.source) m->keys[w.property] = (int32_t)k;
        }
        if (m->keys[WINDOW_COLUMN_END] >= 0) return true;
    }
    return false;
}

static bool is_window_key(const struct match *m, uint32_t key) {
    for (int p = 0; p < 3; p++) {
        if (m->keys[p] == (int32_t)key) return true;
    }
    return false;
}

static bool uses_from(const struct expr *e, uint32_t first) {
    if (e->kind == EXPR_INPUT) return e->index >= first;
    for (uint32_t i = 0; i < e->arg_count; i++) {
        if (uses_from(e->args[i], first)) return true;
    }
    return false;
}

/* Is column of the aggregate's input nothing but a window key? Others must not see window columns. */
static bool is_key_column(const struct rel *aggregate, const struct match *m, uint32_t column) {
    for (int p = 0; p < 3; p++) {
        if (m->keys[p] >= 0 && aggregate->as.aggregate.keys[m->keys[p]] == column) return true;
    }
    return false;
}

static bool can_inline(const struct rel *aggregate, const struct match *m) {
    const struct rel *project = rel_input(aggregate);
    if (project->kind != REL_PROJECT || m->source->kind != REL_TVF) return false;
    const struct rel *below = rel_input(project);
    uint32_t width = rel_width(rel_input(m->source));
    if (below->kind == REL_FILTER) {
        if (uses_from(below->as.filter.condition, width)) return false;
        below = rel_input(below);
    }
    if (below != m->source) return false;
    for (uint32_t i = 0; i < rel_width(project); i++) {
        if (!is_key_column(aggregate, m, i) && uses_from(project->as.project.exprs[i], width)) return false;
    }
    for (uint32_t i = 0; i < aggregate->as.aggregate.agg_count; i++) {
        const struct agg_call *call = &aggregate->as.aggregate.aggs[i];
        for (uint32_t k = 0; k < call->arg_count; k++) {
            if (is_key_column(aggregate, m, call->args[k])) return false;
        }
    }
    return true;
}

/* The projection without the window keys and with the time column, below which the TVF is gone. */
static enum status inline_input(const struct rel_context *c, const struct rel *aggregate, const struct match *m, uint32_t *map, int32_t *ret_time, struct rel **ret) {
    const struct rel *project = rel_input(aggregate);
    struct rel *input = rel_input(m->source);
    uint32_t width = rel_width(project), n = 0;
    struct expr **exprs = ARENA_ARRAY(c->arena, struct expr *, width + 1);
    struct str *names = ARENA_ARRAY(c->arena, struct str, width + 1);
    if (exprs == NULL || names == NULL) return no_memory(c);
    *ret_time = -1;
    for (uint32_t i = 0; i < width; i++) {
        if (is_key_column(aggregate, m, i)) continue;
        const struct expr *e = project->as.project.exprs[i];
        if (e->kind == EXPR_INPUT && (int32_t)e->index == m->window->time_column && e->type->time_attr != TIME_ATTR_NONE) *ret_time = (int32_t)n;
        exprs[n] = project->as.project.exprs[i];
        names[n] = rel_name(project, i);
        map[i] = n++;
    }
    if (*ret_time < 0) {
        *ret_time = (int32_t)n;
        names[n] = rel_name(input, (uint32_t)m->window->time_column);
        exprs[n++] = rel_column(c, input, (uint32_t)m->window->time_column);
    }
    const struct rel *filter = rel_input(project);
    if (filter->kind == REL_FILTER) input = rel_filter(c, input, filter->as.filter.condition);
    *ret = input == NULL ? NULL : rel_project(c, input, exprs, names, n);
    return *ret == NULL ? no_memory(c) : STATUS_OK;
}

static enum status window_agg_params(const struct rel_context *c, const struct rel *aggregate, const struct match *m, const uint32_t *map, struct rel_window_agg *w) {
    const struct rel_aggregate *a = &aggregate->as.aggregate;
    w->aggregate = (struct rel_aggregate){.keys = ARENA_ARRAY(c->arena, uint32_t, a->key_count), .aggs = ARENA_ARRAY(c->arena, struct agg_call, a->agg_count),
                                          .agg_count = a->agg_count};
    if (w->aggregate.keys == NULL || w->aggregate.aggs == NULL) return no_memory(c);
    for (uint32_t i = 0; i < a->key_count; i++) {
        if (!is_window_key(m, i)) w->aggregate.keys[w->aggregate.key_count++] = map[a->keys[i]];
    }
    for (uint32_t i = 0; i < a->agg_count; i++) {
        struct agg_call *call = &w->aggregate.aggs[i];
        *call = a->aggs[i];
        for (uint32_t k = 0; k < call->arg_count; k++) call->args[k] = map[call->args[k]];
        if (call->filter >= 0) call->filter = (int32_t)map[call->filter];
    }
    for (int p = 0; p < 3; p++) {
        if (m->keys[p] >= 0) w->properties[w->property_count++] = (uint8_t)p;
    }
    return STATUS_OK;
}

/* The aggregate's columns in their old order. */
static enum status restore_order(const struct rel_context *c, const struct rel *aggregate, const struct match *m, struct rel *agg, struct rel **ret) {
    const struct rel_aggregate *a = &aggregate->as.aggregate;
    const struct rel_window_agg *w = &agg->as.window_agg;
    uint32_t n = rel_width(aggregate), key = 0;
    struct expr **exprs = ARENA_ARRAY(c->arena, struct expr *, n);
    struct str *names = ARENA_ARRAY(c->arena, struct str, n);
    if (exprs == NULL || names == NULL) return no_memory(c);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t from = 0;
        names[i] = rel_name(aggregate, i);
        if (i >= a->key_count) from = w->aggregate.key_count + i - a->key_count;
        else if (!is_window_key(m, i)) from = key++;
        else {
            uint32_t p = 0;
            while (m->keys[w->properties[p]] != (int32_t)i) p++;
            from = w->aggregate.key_count + w->aggregate.agg_count + p;
        }
        exprs[i] = rel_column(c, agg, from);
        if (exprs[i] == NULL) return no_memory(c);
    }
    *ret = rel_project(c, agg, exprs, names, n);
    return *ret == NULL ? no_memory(c) : STATUS_OK;
}

static enum status window_row(const struct rel_context *c, const struct rel *aggregate, const struct match *m, const struct rel *input, const struct rel_window_agg *w,
                              const struct type **ret) {
    uint32_t n = w->aggregate.key_count + w->aggregate.agg_count + w->property_count, at = 0;
    struct type_field *f = ARENA_ARRAY(c->arena, struct type_field, n);
    if (f == NULL) return no_memory(c);
    for (uint32_t i = 0; i < w->aggregate.key_count; i++) f[at++] = input->row->children[w->aggregate.keys[i]];
    for (uint32_t i = 0; i < w->aggregate.agg_count; i++) f[at++] = (struct type_field){.name = w->aggregate.aggs[i].name, .type = w->aggregate.aggs[i].type};
    for (uint32_t i = 0; i < w->property_count; i++) f[at++] = aggregate->row->children[m->keys[w->properties[i]]];
    *ret = type_row(c->types, f, n, false);
    return *ret == NULL ? no_memory(c) : STATUS_OK;
}

static enum status check_sizes(const struct rel_context *c, const struct rel *r, const struct window *w) {
    bool hop = w->kind == WINDOW_HOP;
    if ((!hop && w->kind != WINDOW_CUMULATE) || w->size_ms % w->slide_ms == 0) return STATUS_OK;
    error_at(c->error, STATUS_INVALID, r->span, "The size of %s must be a multiple of its %s: the size is %lld ms, the %s %lld ms", hop ? "HOP" : "CUMULATE",
             hop ? "slide" : "step", (long long)w->size_ms, hop ? "slide" : "step", (long long)w->slide_ms);
    return error_hint(c->error, hop ? "The slide stands before the size: HOP(TABLE t, DESCRIPTOR(ts), slide, size)"
                                    : "The step stands before the size: CUMULATE(TABLE t, DESCRIPTOR(ts), step, size)");
}

static bool is_named(const struct agg_call *c, const char *name) { return str_equal(c->func->name, str_of(name)); }

/* What Flink cannot merge from slices, or take back from a hop. */
static enum status check_calls(const struct rel_context *c, const struct rel *r, const struct window *w) {
    bool hop = w->kind == WINDOW_HOP;
    if (!hop && w->kind != WINDOW_CUMULATE) return STATUS_OK;
    for (uint32_t i = 0; i < r->as.aggregate.agg_count; i++) {
        const struct agg_call *call = &r->as.aggregate.aggs[i];
        bool whole = is_named(call, "FIRST_VALUE") || is_named(call, "LAST_VALUE") || is_named(call, "JSON_ARRAYAGG");
        bool distinct = hop && call->distinct && (is_named(call, "SUM") || is_named(call, "LISTAGG"));
        if (!whole && !distinct) continue;
        error_at(c->error, STATUS_UNSUPPORTED, r->span, "%.*s%s does not run over %s windows, which are put together from slices", STR_ARG(call->func->name),
                 distinct ? "(DISTINCT ...)" : "", hop ? "HOP" : "CUMULATE");
        return error_hint(c->error, distinct ? "COUNT(DISTINCT x) and ARRAY_AGG(DISTINCT x) do; TUMBLE takes all" : "ARRAY_AGG and COLLECT do; TUMBLE takes all");
    }
    return STATUS_OK;
}

static enum status window_aggregate(const struct rel_context *c, struct rel *r, const struct match *m, struct rel **ret) {
    struct rel *input = rel_input(r);
    struct rel_window_agg w = {.window = *m->window, .attached_start = -1, .attached_end = -1};
    uint32_t width = rel_width(input);
    uint32_t *map = ARENA_ARRAY(c->arena, uint32_t, width);
    const struct type *row = NULL;
    if (map == NULL) return no_memory(c);
    TRY(check_sizes(c, r, m->window));
    if (can_inline(r, m)) {
        TRY(check_calls(c, r, m->window));
        TRY(inline_input(c, r, m, map, &w.window.time_column, &input));
    } else {
        for (uint32_t i = 0; i < width; i++) map[i] = i;
        w.attached = true;
        w.window.time_column = -1;
        w.attached_start = (int32_t)r->as.aggregate.keys[m->keys[WINDOW_COLUMN_START]];
        w.attached_end = (int32_t)r->as.aggregate.keys[m->keys[WINDOW_COLUMN_END]];
    }
    TRY(window_agg_params(c, r, m, map, &w));
    TRY(window_row(c, r, m, input, &w, &row));
    struct rel *agg = rel_over_input(c, REL_WINDOW_AGG, input, row);
    if (agg == NULL) return no_memory(c);
    agg->span = r->span;
    agg->as.window_agg = w;
    return restore_order(c, r, m, agg, ret);
}

enum status rule_window(const struct rel_context *c, struct rel *r, struct rel **ret) {
    struct match m;
    TRY(rel_map_inputs(c, r, rule_window, &r));
    *ret = r;
    if (r->kind != REL_AGGREGATE || !match_window(r, &m)) return STATUS_OK;
    return window_aggregate(c, r, &m, ret);
}
