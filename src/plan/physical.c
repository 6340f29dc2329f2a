/* SPDX-License-Identifier: Apache-2.0 */
/*
 * physical: logical tree to operators. Projections with the filter below them become one Calc;
 * exchanges stand before everything that keeps state by key (hash) or of the whole (single), unless
 * the input is distributed so already.
 */
#include "plan/physical.h"

#include <assert.h>
#include <string.h>

static enum status no_memory(const struct physical *p) { return error_no_memory(p->rel.error, sizeof(struct node)); }

enum status node_new(struct physical *p, enum node_kind kind, struct node *input, const struct type *row, struct span span, struct node **ret) {
    struct node *n = ARENA_NEW(p->rel.arena, struct node);
    if (n == NULL || row == NULL) return no_memory(p);
    n->kind = kind;
    n->row = row;
    n->span = span;
    n->state_ttl_ms = node_has_state(kind) ? session_int(p->session, "table.exec.state.ttl") : 0;
    if (input != NULL) TRY(list_push(&n->inputs, p->rel.arena, input));
    *ret = n;
    return STATUS_OK;
}

/* Is the output distributed by exactly these columns? Looks through operators that keep rows where they are. */
static bool is_distributed(const struct node *n, const uint32_t *keys, uint32_t count) {
    uint32_t mapped[16];
    if (count > 16) return false;
    switch (n->kind) {
    case NODE_EXCHANGE:
        if (n->as.exchange.distribution != DISTRIBUTION_HASH) return n->as.exchange.distribution == DISTRIBUTION_SINGLE && count == 0;
        return n->as.exchange.key_count == count && memcmp(n->as.exchange.keys, keys, count * sizeof *keys) == 0;
    case NODE_CALC:
        for (uint32_t i = 0; i < count; i++) {
            const struct expr *e = n->as.calc.exprs[keys[i]];
            if (e->kind != EXPR_INPUT) return false;
            mapped[i] = e->index;
        }
        return is_distributed(node_input(n), mapped, count);
    case NODE_GROUP_AGG:
        for (uint32_t i = 0; i < count; i++) {
            if (keys[i] >= n->as.group_agg.key_count) return false;
            mapped[i] = n->as.group_agg.keys[keys[i]];
        }
        return is_distributed(node_input(n), mapped, count);
    case NODE_RANK:
    case NODE_CHANGELOG_NORMALIZE:
    case NODE_LIMIT:
    case NODE_SORT_LIMIT:
        for (uint32_t i = 0; i < count; i++) {
            if (keys[i] >= node_width(node_input(n))) return false;
        }
        return is_distributed(node_input(n), keys, count);
    default: return false;
    }
}

enum status node_exchange(struct physical *p, struct node *input, const uint32_t *keys, uint32_t count, struct node **ret) {
    *ret = input;
    if (is_distributed(input, keys, count)) return STATUS_OK;
    TRY(node_new(p, NODE_EXCHANGE, input, input->row, input->span, ret));
    struct exchange_params *x = &(*ret)->as.exchange;
    x->distribution = count == 0 ? DISTRIBUTION_SINGLE : DISTRIBUTION_HASH;
    x->keys = ARENA_ARRAY(p->rel.arena, uint32_t, count);
    x->key_count = count;
    if (x->keys == NULL) return no_memory(p);
    if (count > 0) memcpy(x->keys, keys, count * sizeof *keys);
    return STATUS_OK;
}

enum status node_project(struct physical *p, struct node *input, struct expr **exprs, const struct type *row, struct node **ret) {
    TRY(node_new(p, NODE_CALC, input, row, input->span, ret));
    (*ret)->as.calc.exprs = exprs;
    (*ret)->as.calc.expr_count = row->child_count;
    return STATUS_OK;
}

enum status node_filter(struct physical *p, struct node *input, struct expr *condition, struct node **ret) {
    uint32_t n = node_width(input);
    struct expr **exprs = ARENA_ARRAY(p->rel.arena, struct expr *, n);
    if (exprs == NULL) return no_memory(p);
    for (uint32_t i = 0; i < n; i++) {
        exprs[i] = expr_input(p->rel.arena, i, input->row->children[i].type);
        if (exprs[i] == NULL) return no_memory(p);
    }
    TRY(node_project(p, input, exprs, input->row, ret));
    (*ret)->as.calc.condition = condition;
    return STATUS_OK;
}

static enum status convert_scan(struct physical *p, const struct rel *r, struct node **ret) {
    uint32_t n = rel_width(r);
    TRY(node_new(p, NODE_SCAN, NULL, r->row, r->span, ret));
    struct scan_params *s = &(*ret)->as.scan;
    s->table = r->as.scan.table;
    s->options = r->as.scan.options;
    s->columns = r->as.scan.columns;
    s->column_count = n;
    s->paths = r->as.scan.paths;
    s->path_counts = r->as.scan.path_counts;
    s->partition = r->as.scan.partition;
    s->filter = r->as.scan.filter;
    s->limit = r->as.scan.limit_rows > 0 ? r->as.scan.limit_rows : -1;
    s->rowtime = -1;
    (*ret)->produces = r->as.scan.changelog;
    return STATUS_OK;
}

static int64_t idle_timeout(const struct physical *p, const struct rel *r) {
    while (r->kind != REL_SCAN && r->inputs.count > 0) r = rel_input(r);
    int64_t session = session_int(p->session, "table.exec.source.idle-timeout");
    if (r->kind != REL_SCAN) return session;
    const struct options *o = &r->as.scan.options->common;
    for (uint32_t i = 0; i < o->count; i++) {
        if (strcmp(o->table[i].key, "scan.watermark.idle-timeout") == 0 && o->values[i].given) return o->values[i].number;
    }
    return session;
}

static enum status convert_watermark(struct physical *p, const struct rel *r, struct node *input, struct node **ret) {
    TRY(node_new(p, NODE_WATERMARK, input, r->row, r->span, ret));
    struct watermark_params *w = &(*ret)->as.watermark;
    w->expr = r->as.watermark.expr;
    w->rowtime = r->as.watermark.rowtime;
    w->interval_ms = session_int(p->session, "pipeline.auto-watermark-interval");
    w->idle_timeout_ms = idle_timeout(p, r);
    return physical_is_upsert_source(p, r) ? physical_normalize(p, r, *ret, ret) : STATUS_OK;
}

static bool is_identity(const struct rel *project, const struct node *input) {
    if (rel_width(project) != node_width(input)) return false;
    for (uint32_t i = 0; i < rel_width(project); i++) {
        const struct expr *e = project->as.project.exprs[i];
        if (e->kind != EXPR_INPUT || e->index != i) return false;
    }
    return true;
}

static enum status convert_project(struct physical *p, const struct rel *r, struct node *input, struct node **ret) {
    *ret = input;
    if (is_identity(r, input)) return STATUS_OK;
    bool merge = input->kind == NODE_CALC && rel_input(r)->kind == REL_FILTER && input->as.calc.condition != NULL;
    struct expr *condition = merge ? input->as.calc.condition : NULL; /* that Calc is the filter alone */
    TRY(node_project(p, merge ? node_input(input) : input, r->as.project.exprs, r->row, ret));
    (*ret)->as.calc.condition = condition;
    (*ret)->span = r->span;
    return STATUS_OK;
}

static enum status convert_filter(struct physical *p, const struct rel *r, struct node *input, struct node **ret) {
    if (input->kind == NODE_CHANGELOG_NORMALIZE && expr_is_deterministic(r->as.filter.condition)) {
        return physical_filter_normalized(p, input, r->as.filter.condition, ret);
    }
    return node_filter(p, input, r->as.filter.condition, ret);
}

static enum status convert_aggregate(struct physical *p, const struct rel *r, struct node *input, struct node **ret) {
    const struct rel_aggregate *a = &r->as.aggregate;
    TRY(node_exchange(p, input, a->keys, a->key_count, &input));
    TRY(node_new(p, NODE_GROUP_AGG, input, r->row, r->span, ret));
    struct group_agg_params *g = &(*ret)->as.group_agg;
    g->keys = a->keys;
    g->key_count = a->key_count;
    g->aggs = a->aggs;
    g->agg_count = a->agg_count;
    g->part = a->part;
    if (a->ttl_ms >= 0) (*ret)->state_ttl_ms = a->ttl_ms;
    g->ttl_ms = (*ret)->state_ttl_ms;
    g->mini_batch = session_bool(p->session, "table.exec.mini-batch.enabled");
    g->mini_batch_rows = session_int(p->session, "table.exec.mini-batch.size");
    return STATUS_OK;
}

static enum status convert_expand(struct physical *p, const struct rel *r, struct node *input, struct node **ret) {
    TRY(node_new(p, NODE_EXPAND, input, r->row, r->span, ret));
    (*ret)->as.expand.rows = r->as.expand.rows;
    (*ret)->as.expand.row_count = r->as.expand.row_count;
    return STATUS_OK;
}

static enum status convert_union(struct physical *p, const struct rel *r, struct node **ret) {
    TRY(node_new(p, NODE_UNION, NULL, r->row, r->span, ret));
    for (uint32_t i = 0; i < r->inputs.count; i++) {
        struct node *input = NULL;
        TRY(physical_convert(p, r->inputs.at[i], &input));
        TRY(list_push(&(*ret)->inputs, p->rel.arena, input));
    }
    return STATUS_OK;
}

static enum status convert_values(struct physical *p, const struct rel *r, struct node **ret) {
    TRY(node_new(p, NODE_VALUES, NULL, r->row, r->span, ret));
    (*ret)->as.values.columns = r->as.values.columns;
    (*ret)->as.values.row_count = r->as.values.row_count;
    return STATUS_OK;
}

static enum status convert_tvf(struct physical *p, const struct rel *r, struct node *input, struct node **ret) {
    TRY(node_new(p, NODE_WINDOW_TVF, input, r->row, r->span, ret));
    (*ret)->as.window_tvf.window = r->as.tvf.window;
    return STATUS_OK;
}

static bool below_watermark(const struct physical *p, const struct rel *r) { /* the assigner's own projection and scan */
    return r->kind == REL_WATERMARK && physical_is_upsert_source(p, r);
}

static enum status convert_one(struct physical *p, const struct rel *r, struct node *input, struct node **ret) {
    switch (r->kind) {
    case REL_WATERMARK: return convert_watermark(p, r, input, ret);
    case REL_PROJECT: return convert_project(p, r, input, ret);
    case REL_FILTER: return convert_filter(p, r, input, ret);
    case REL_AGGREGATE: return convert_aggregate(p, r, input, ret);
    case REL_EXPAND: return convert_expand(p, r, input, ret);
    case REL_TVF: return convert_tvf(p, r, input, ret);
    case REL_RANK: return physical_rank(p, r, input, ret);
    case REL_SORT: return physical_sort(p, r, input, ret);
    case REL_WINDOW_AGG: return physical_window_agg(p, r, input, ret);
    default: return error_at(p->rel.error, STATUS_BUG, r->span, "No operator for logical node %d", (int)r->kind);
    }
}

/* A scan and projection under a watermark assigner that normalises above itself. */
static enum status convert_plain_source(struct physical *p, const struct rel *r, struct node **ret) {
    struct node *input = NULL;
    if (r->kind == REL_SCAN) return convert_scan(p, r, ret);
    assert(r->kind == REL_PROJECT);
    TRY(convert_plain_source(p, rel_input(r), &input));
    return convert_project(p, r, input, ret);
}

enum status physical_convert(struct physical *p, const struct rel *r, struct node **ret) {
    struct node *input = NULL;
    if (++p->depth > BIND_DEPTH_MAX) return error_at(p->rel.error, STATUS_LIMIT, r->span, "The plan is nested more than %d deep", BIND_DEPTH_MAX);
    enum status s = STATUS_OK;
    if (r->kind == REL_SCAN) {
        s = convert_scan(p, r, ret);
        if (s == STATUS_OK && physical_is_upsert_source(p, r)) s = physical_normalize(p, r, *ret, ret);
    } else if (r->kind == REL_VALUES) {
        s = convert_values(p, r, ret);
    } else if (r->kind == REL_UNION) {
        s = convert_union(p, r, ret);
    } else {
        s = below_watermark(p, r) ? convert_plain_source(p, rel_input(r), &input) : physical_convert(p, rel_input(r), &input);
        if (s == STATUS_OK) s = convert_one(p, r, input, ret);
    }
    p->depth--;
    return s;
}
