/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_prune: projection push-down. From the root down, each node keeps the columns that somebody
 * above reads or that it needs itself; scans read only these. A pruned node may have more columns
 * than asked for, never fewer; `map` tells where each old column went (GONE: dropped).
 */
#include "plan/rel.h"

#include <assert.h>
#include <string.h>

#define GONE UINT32_MAX

static enum status no_memory(const struct rel_context *c) { return error_no_memory(c->error, sizeof(struct rel)); }

static enum status prune(const struct rel_context *c, struct rel *r, const bool *used, uint32_t *map, struct rel **ret);

struct pruned {
    struct rel *rel;
    uint32_t *map;
};

/* Prunes the first input to what `need` says. */
static enum status prune_input(const struct rel_context *c, const struct rel *r, const bool *need, struct pruned *ret) {
    ret->map = ARENA_ARRAY(c->arena, uint32_t, rel_width(rel_input(r)));
    if (ret->map == NULL) return no_memory(c);
    return prune(c, rel_input(r), need, ret->map, &ret->rel);
}

static bool *flags(const struct rel_context *c, uint32_t n) { return ARENA_ARRAY(c->arena, bool, n); }

static struct expr *map_replace(void *context, const struct expr *e) {
    void *const *pair = context;
    const uint32_t *map = pair[1];
    if (e->kind != EXPR_INPUT) return NULL;
    assert(map[e->index] != GONE);
    return map[e->index] == e->index ? (struct expr *)(uintptr_t)e : expr_input(pair[0], map[e->index], e->type);
}

static struct expr *mapped(const struct rel_context *c, const struct expr *e, uint32_t *map) {
    void *pair[2] = {c->arena, map};
    return expr_transform(c->arena, e, map_replace, pair);
}

/* A row with the columns of `row` whose map is set, in the mapped order. */
static const struct type *mapped_row(const struct rel_context *c, const struct type *row, const uint32_t *map, uint32_t count) {
    struct type_field *f = ARENA_ARRAY(c->arena, struct type_field, count);
    if (f == NULL) return NULL;
    for (uint32_t i = 0; i < row->child_count; i++) {
        if (map[i] != GONE) f[map[i]] = row->children[i];
    }
    return type_row(c->types, f, count, false);
}

static enum status prune_scan(const struct rel_context *c, struct rel *r, const bool *used, uint32_t *map, struct rel **ret) {
    const struct table *t = r->as.scan.table;
    uint32_t width = rel_width(r), n = 0;
    bool upsert = r->as.scan.changelog != CHANGE_I; /* keys identify the rows of a changelog */
    struct rel *out = rel_copy(c, r);
    if (out == NULL) return no_memory(c);
    out->as.scan.columns = ARENA_ARRAY(c->arena, uint32_t, width);
    out->as.scan.paths = ARENA_ARRAY(c->arena, uint32_t *, width);
    out->as.scan.path_counts = ARENA_ARRAY(c->arena, uint32_t, width);
    if (out->as.scan.columns == NULL || out->as.scan.paths == NULL || out->as.scan.path_counts == NULL) return no_memory(c);
    for (uint32_t i = 0; i < width; i++) {
        bool keep = used[i];
        for (uint32_t k = 0; upsert && k < t->key_count; k++) keep |= t->key[k] == r->as.scan.columns[i];
        map[i] = keep ? n++ : GONE;
    }
    if (n == 0 && width > 0) map[0] = n++;
    for (uint32_t i = 0; i < width; i++) {
        if (map[i] == GONE) continue;
        out->as.scan.columns[map[i]] = r->as.scan.columns[i];
        out->as.scan.paths[map[i]] = r->as.scan.paths[i];
        out->as.scan.path_counts[map[i]] = r->as.scan.path_counts[i];
    }
    out->row = mapped_row(c, r->row, map, n);
    *ret = out;
    return out->row == NULL ? no_memory(c) : STATUS_OK;
}

static enum status prune_project(const struct rel_context *c, struct rel *r, const bool *used, uint32_t *map, struct rel **ret) {
    uint32_t width = rel_width(r), n = 0;
    bool *need = flags(c, rel_width(rel_input(r)));
    struct expr **exprs = ARENA_ARRAY(c->arena, struct expr *, width + 1);
    struct str *names = ARENA_ARRAY(c->arena, struct str, width + 1);
    struct pruned in;
    if (need == NULL || exprs == NULL || names == NULL) return no_memory(c);
    for (uint32_t i = 0; i < width; i++) {
        if (used[i]) expr_inputs(r->as.project.exprs[i], need);
    }
    TRY(prune_input(c, r, need, &in));
    for (uint32_t i = 0; i < width; i++) {
        map[i] = used[i] ? n : GONE;
        if (!used[i]) continue;
        names[n] = rel_name(r, i);
        exprs[n] = mapped(c, r->as.project.exprs[i], in.map);
        if (exprs[n++] == NULL) return no_memory(c);
    }
    if (n == 0) { /* rows still count */
        names[n] = STR("$f0");
        exprs[n++] = expr_i64(c->arena, type_simple(c->types, TYPE_INT, false), 0);
    }
    *ret = rel_project(c, in.rel, exprs, names, n);
    if (*ret == NULL) return no_memory(c);
    (*ret)->span = r->span;
    return STATUS_OK;
}

/* Nodes whose row is their input's: filter, watermark, sort. */
static enum status prune_through(const struct rel_context *c, struct rel *r, const bool *used, uint32_t *map, struct rel **ret) {
    uint32_t width = rel_width(r);
    bool *need = flags(c, width);
    struct pruned in;
    struct rel *out = rel_copy(c, r);
    if (need == NULL || out == NULL) return no_memory(c);
    memcpy(need, used, width * sizeof *need);
    if (r->kind == REL_FILTER) expr_inputs(r->as.filter.condition, need);
    if (r->kind == REL_WATERMARK) {
        expr_inputs(r->as.watermark.expr, need);
        need[r->as.watermark.rowtime] = true;
    }
    for (uint32_t i = 0; r->kind == REL_SORT && i < r->as.sort.order_count; i++) need[r->as.sort.order[i].column] = true;
    TRY(prune_input(c, r, need, &in));
    memcpy(map, in.map, width * sizeof *map);
    out->inputs.at[0] = in.rel;
    if (r->kind == REL_FILTER) out->as.filter.condition = mapped(c, r->as.filter.condition, map);
    if (r->kind == REL_WATERMARK) {
        out->as.watermark.expr = mapped(c, r->as.watermark.expr, map);
        out->as.watermark.rowtime = map[r->as.watermark.rowtime];
    }
    if (r->kind == REL_SORT) {
        out->as.sort.order = ARENA_ARRAY(c->arena, struct sort_column, r->as.sort.order_count);
        if (out->as.sort.order == NULL) return no_memory(c);
        for (uint32_t i = 0; i < r->as.sort.order_count; i++) {
            out->as.sort.order[i] = r->as.sort.order[i];
            out->as.sort.order[i].column = map[r->as.sort.order[i].column];
        }
    }
    /* the assigner marks the time column: its own types, the input's columns */
    out->row = r->kind == REL_WATERMARK ? mapped_row(c, r->row, map, rel_width(in.rel)) : in.rel->row;
    *ret = out;
    return out->row == NULL ? no_memory(c) : STATUS_OK;
}

static void need_call(bool *need, const struct agg_call *call) {
    for (uint32_t i = 0; i < call->arg_count; i++) need[call->args[i]] = true;
    if (call->filter >= 0) need[call->filter] = true;
}

/* Keys stay; calls that nobody reads go. map covers keys and calls; *ret_count is where the next column goes. */
static enum status prune_calls(const struct rel_context *c, const struct rel_aggregate *a, const struct rel *r, const bool *used, bool *need_more, uint32_t *map,
                               struct pruned *in, struct rel_aggregate *out, uint32_t *ret_count) {
    bool *need = need_more != NULL ? need_more : flags(c, rel_width(rel_input(r)));
    *out = (struct rel_aggregate){.keys = ARENA_ARRAY(c->arena, uint32_t, a->key_count), .key_count = a->key_count,
                                  .aggs = ARENA_ARRAY(c->arena, struct agg_call, a->agg_count), .ttl_ms = a->ttl_ms, .part = a->part};
    if (need == NULL || out->keys == NULL || out->aggs == NULL) return no_memory(c);
    for (uint32_t i = 0; i < a->key_count; i++) need[a->keys[i]] = true;
    bool any = a->key_count > 0;
    bool *kept = flags(c, a->agg_count + 1);
    if (kept == NULL) return no_memory(c);
    for (uint32_t i = 0; i < a->agg_count; i++) kept[i] = used[a->key_count + i] || (i > 0 && a->aggs[i].companion && kept[i - 1]);
    for (uint32_t i = 0; i < a->agg_count; i++) any |= used[a->key_count + i];
    for (uint32_t i = 0; i < a->agg_count; i++) {
        if (kept[i] || !any) need_call(need, &a->aggs[i]);
    }
    TRY(prune_input(c, r, need, in));
    for (uint32_t i = 0; i < a->key_count; i++) {
        out->keys[i] = in->map[a->keys[i]];
        map[i] = i;
    }
    for (uint32_t i = 0; i < a->agg_count; i++) {
        uint32_t column = a->key_count + i;
        map[column] = GONE;
        if (!kept[i] && any) continue;
        struct agg_call *call = &out->aggs[out->agg_count];
        *call = a->aggs[i];
        for (uint32_t k = 0; k < call->arg_count; k++) call->args[k] = in->map[call->args[k]];
        if (call->filter >= 0) call->filter = (int32_t)in->map[call->filter];
        map[column] = a->key_count + out->agg_count++;
    }
    *ret_count = a->key_count + out->agg_count;
    return STATUS_OK;
}

static enum status prune_aggregate(const struct rel_context *c, struct rel *r, const bool *used, uint32_t *map, struct rel **ret) {
    struct pruned in;
    uint32_t n = 0;
    struct rel *out = rel_copy(c, r);
    if (out == NULL) return no_memory(c);
    TRY(prune_calls(c, &r->as.aggregate, r, used, NULL, map, &in, &out->as.aggregate, &n));
    out->inputs.at[0] = in.rel;
    out->row = mapped_row(c, r->row, map, n);
    *ret = out;
    return out->row == NULL ? no_memory(c) : STATUS_OK;
}

static enum status prune_window_agg(const struct rel_context *c, struct rel *r, const bool *used, uint32_t *map, struct rel **ret) {
    const struct rel_window_agg *w = &r->as.window_agg;
    struct pruned in;
    uint32_t n = 0, first = w->aggregate.key_count + w->aggregate.agg_count;
    bool *need = flags(c, rel_width(rel_input(r)));
    struct rel *out = rel_copy(c, r);
    if (out == NULL || need == NULL) return no_memory(c);
    if (w->window.time_column >= 0) need[w->window.time_column] = true;
    if (w->attached) need[w->attached_start] = need[w->attached_end] = true;
    struct rel_window_agg *o = &out->as.window_agg;
    TRY(prune_calls(c, &w->aggregate, r, used, need, map, &in, &o->aggregate, &n));
    if (w->window.time_column >= 0) o->window.time_column = (int32_t)in.map[w->window.time_column];
    if (w->attached) {
        o->attached_start = (int32_t)in.map[w->attached_start];
        o->attached_end = (int32_t)in.map[w->attached_end];
    }
    o->property_count = 0;
    for (uint32_t i = 0; i < w->property_count; i++) {
        /* windows above are recognised by start and end: keep those */
        bool keep = used[first + i] || w->properties[i] != WINDOW_COLUMN_TIME;
        map[first + i] = keep ? n++ : GONE;
        if (keep) o->properties[o->property_count++] = w->properties[i];
    }
    out->inputs.at[0] = in.rel;
    out->row = mapped_row(c, r->row, map, n);
    *ret = out;
    return out->row == NULL ? no_memory(c) : STATUS_OK;
}

static enum status prune_tvf(const struct rel_context *c, struct rel *r, const bool *used, uint32_t *map, struct rel **ret) {
    uint32_t width = rel_width(rel_input(r));
    bool *need = flags(c, width);
    struct pruned in;
    struct rel *out = rel_copy(c, r);
    if (need == NULL || out == NULL) return no_memory(c);
    memcpy(need, used, width * sizeof *need);
    need[r->as.tvf.window.time_column] = true;
    TRY(prune_input(c, r, need, &in));
    memcpy(map, in.map, width * sizeof *map);
    for (uint32_t i = 0; i < 3; i++) map[width + i] = rel_width(in.rel) + i;
    out->inputs.at[0] = in.rel;
    out->as.tvf.window.time_column = (int32_t)in.map[r->as.tvf.window.time_column];
    struct type_field *f = ARENA_ARRAY(c->arena, struct type_field, rel_width(in.rel) + 3);
    if (f == NULL) return no_memory(c);
    for (uint32_t i = 0; i < rel_width(in.rel); i++) f[i] = in.rel->row->children[i];
    for (uint32_t i = 0; i < 3; i++) f[rel_width(in.rel) + i] = r->row->children[width + i];
    out->row = type_row(c->types, f, rel_width(in.rel) + 3, false);
    *ret = out;
    return out->row == NULL ? no_memory(c) : STATUS_OK;
}

static enum status map_rank(const struct rel_context *c, const struct rel_rank *k, const uint32_t *map, struct rel_rank *out) {
    *out = *k;
    out->partition = ARENA_ARRAY(c->arena, uint32_t, k->partition_count);
    out->order = ARENA_ARRAY(c->arena, struct sort_column, k->order_count);
    if (out->partition == NULL || out->order == NULL) return no_memory(c);
    for (uint32_t i = 0; i < k->partition_count; i++) out->partition[i] = map[k->partition[i]];
    for (uint32_t i = 0; i < k->order_count; i++) {
        out->order[i] = k->order[i];
        out->order[i].column = map[k->order[i].column];
    }
    if (k->to_column >= 0) out->to_column = (int32_t)map[k->to_column];
    return STATUS_OK;
}

static enum status prune_rank(const struct rel_context *c, struct rel *r, const bool *used, uint32_t *map, struct rel **ret) {
    const struct rel_rank *k = &r->as.rank;
    uint32_t width = rel_width(rel_input(r));
    bool *need = flags(c, width), with_rank = k->with_rank && used[width];
    struct pruned in;
    struct rel *out = rel_copy(c, r);
    if (need == NULL || out == NULL) return no_memory(c);
    memcpy(need, used, width * sizeof *need);
    for (uint32_t i = 0; i < k->partition_count; i++) need[k->partition[i]] = true;
    for (uint32_t i = 0; i < k->order_count; i++) need[k->order[i].column] = true;
    if (k->to_column >= 0) need[k->to_column] = true;
    TRY(prune_input(c, r, need, &in));
    TRY(map_rank(c, k, in.map, &out->as.rank));
    memcpy(map, in.map, width * sizeof *map);
    out->inputs.at[0] = in.rel;
    out->as.rank.with_rank = with_rank;
    out->row = in.rel->row;
    if (with_rank) {
        struct str name = rel_name(r, width);
        const struct type *t = rel_type(r, width);
        out->row = rel_row_append(c, in.rel->row, &name, &t, 1);
    }
    if (k->with_rank) map[width] = with_rank ? rel_width(in.rel) : GONE;
    *ret = out;
    return out->row == NULL ? no_memory(c) : STATUS_OK;
}

/* The exact columns `used` of a pruned input, in order, for nodes whose inputs must agree. */
static enum status exact(const struct rel_context *c, const struct rel *like, const struct pruned *in, const bool *used, uint32_t count, struct rel **ret) {
    bool same = rel_width(in->rel) == count;
    for (uint32_t i = 0, n = 0; i < rel_width(like); i++) {
        if (used[i]) same &= in->map[i] == n++;
    }
    *ret = in->rel;
    if (same) return STATUS_OK;
    struct expr **exprs = ARENA_ARRAY(c->arena, struct expr *, count);
    struct str *names = ARENA_ARRAY(c->arena, struct str, count);
    if (exprs == NULL || names == NULL) return no_memory(c);
    for (uint32_t i = 0, n = 0; i < rel_width(like); i++) {
        if (!used[i]) continue;
        names[n] = rel_name(like, i);
        exprs[n] = rel_column(c, in->rel, in->map[i]);
        if (exprs[n++] == NULL) return no_memory(c);
    }
    *ret = rel_project(c, in->rel, exprs, names, count);
    return *ret == NULL ? no_memory(c) : STATUS_OK;
}

static enum status prune_union(const struct rel_context *c, struct rel *r, const bool *used, uint32_t *map, struct rel **ret) {
    uint32_t width = rel_width(r), n = 0;
    bool *keep = flags(c, width);
    struct rel *out = rel_copy(c, r);
    if (out == NULL || keep == NULL) return no_memory(c);
    memcpy(keep, used, width * sizeof *keep);
    bool any = false;
    for (uint32_t i = 0; i < width; i++) any |= keep[i];
    if (!any) keep[0] = true;
    for (uint32_t i = 0; i < width; i++) map[i] = keep[i] ? n++ : GONE;
    for (uint32_t i = 0; i < r->inputs.count; i++) {
        struct pruned in = {.map = ARENA_ARRAY(c->arena, uint32_t, width)};
        if (in.map == NULL) return no_memory(c);
        TRY(prune(c, r->inputs.at[i], keep, in.map, &in.rel));
        TRY(exact(c, r, &in, keep, n, (struct rel **)&out->inputs.at[i]));
    }
    out->row = mapped_row(c, r->row, map, n);
    *ret = out;
    return out->row == NULL ? no_memory(c) : STATUS_OK;
}

/* All columns, unchanged: VALUES, and EXPAND over all of its input. */
static enum status prune_nothing(const struct rel_context *c, struct rel *r, uint32_t *map, struct rel **ret) {
    for (uint32_t i = 0; i < rel_width(r); i++) map[i] = i;
    *ret = r;
    if (r->inputs.count == 0) return STATUS_OK;
    uint32_t width = rel_width(rel_input(r));
    bool *need = flags(c, width);
    struct pruned in;
    struct rel *out = rel_copy(c, r);
    if (need == NULL || out == NULL) return no_memory(c);
    memset(need, true, width * sizeof *need);
    TRY(prune_input(c, r, need, &in));
    TRY(exact(c, rel_input(r), &in, need, width, (struct rel **)&out->inputs.at[0]));
    *ret = out;
    return STATUS_OK;
}

static enum status prune(const struct rel_context *c, struct rel *r, const bool *used, uint32_t *map, struct rel **ret) {
    switch (r->kind) {
    case REL_SCAN: return prune_scan(c, r, used, map, ret);
    case REL_PROJECT: return prune_project(c, r, used, map, ret);
    case REL_FILTER:
    case REL_WATERMARK:
    case REL_SORT: return prune_through(c, r, used, map, ret);
    case REL_AGGREGATE: return prune_aggregate(c, r, used, map, ret);
    case REL_WINDOW_AGG: return prune_window_agg(c, r, used, map, ret);
    case REL_TVF: return prune_tvf(c, r, used, map, ret);
    case REL_OVER:
    case REL_RANK: return prune_rank(c, r, used, map, ret);
    case REL_UNION: return prune_union(c, r, used, map, ret);
    case REL_VALUES:
    case REL_EXPAND:
    case REL_KIND_COUNT: break;
    }
    return prune_nothing(c, r, map, ret);
}

enum status rule_prune(const struct rel_context *c, struct rel *r, struct rel **ret) {
    uint32_t width = rel_width(r);
    bool *used = flags(c, width);
    struct pruned in = {.map = ARENA_ARRAY(c->arena, uint32_t, width)};
    if (used == NULL || in.map == NULL) return no_memory(c);
    memset(used, true, width * sizeof *used);
    TRY(prune(c, r, used, in.map, &in.rel));
    return exact(c, r, &in, used, width, ret);
}
