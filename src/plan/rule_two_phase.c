/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_two_phase: an aggregate becomes a local one below its exchange and a global one above, under
 * Flink's conditions: table.optimizer.agg-phase-strategy is not ONE_PHASE, every call can be merged
 * (FIRST_VALUE and LAST_VALUE cannot), and for GROUP BY mini-batches are on; windows need an exchange
 * and event time. Retractions end at the local aggregate: partial rows are insertions, and carry a row
 * count when the input retracts.
 *
 * Where the input is a global aggregate over the buckets of a split distinct aggregate, the local one
 * and that global one become one incremental aggregate.
 *
 * The node keeps its place, its output row, and all that was inferred about it.
 */
#include "plan/physical.h"

#include <assert.h>
#include <string.h>

static enum status no_memory(const struct physical *p) { return error_no_memory(p->rel.error, sizeof(struct node)); }

static bool one_phase(const struct physical *p) {
    struct option_value v = session_get(p->session, "table.optimizer.agg-phase-strategy");
    return v.given && str_equal_ignore_case(v.text, STR("ONE_PHASE"));
}

/* Keys, partial columns and, for windows, the end of the slice. */
static enum status local_row(struct physical *p, const struct node *in, const uint32_t *keys, uint32_t key_count, const struct agg_partial *partials, uint32_t partial_count,
                             struct str slice_end, const struct type **ret) {
    uint32_t n = key_count + partial_count + (slice_end.size_bytes > 0);
    struct type_field *f = ARENA_ARRAY(p->rel.arena, struct type_field, n);
    if (f == NULL) return no_memory(p);
    for (uint32_t i = 0; i < key_count; i++) f[i] = in->row->children[keys[i]];
    for (uint32_t i = 0; i < partial_count; i++) f[key_count + i] = (struct type_field){.name = partials[i].name, .type = partials[i].type};
    if (slice_end.size_bytes > 0) f[n - 1] = (struct type_field){.name = slice_end, .type = type_simple(p->rel.types, TYPE_BIGINT, false)};
    *ret = type_row(p->rel.types, f, n, false);
    return *ret == NULL || (slice_end.size_bytes > 0 && f[n - 1].type == NULL) ? no_memory(p) : STATUS_OK;
}

static enum status identity(struct physical *p, uint32_t count, uint32_t **ret) {
    *ret = ARENA_ARRAY(p->rel.arena, uint32_t, count);
    for (uint32_t i = 0; *ret != NULL && i < count; i++) (*ret)[i] = i;
    return *ret == NULL ? no_memory(p) : STATUS_OK;
}

/* The same calls, for one bundle. */
static enum status delta_calls(struct physical *p, const struct agg_call *calls, uint32_t count, struct agg_call **ret) {
    *ret = ARENA_ARRAY(p->rel.arena, struct agg_call, count);
    if (*ret == NULL) return no_memory(p);
    for (uint32_t i = 0; i < count; i++) {
        (*ret)[i] = calls[i];
        (*ret)[i].delta = true;
    }
    return STATUS_OK;
}

/* Puts `local` between n (or its exchange) and the input; n's keys become the first columns. */
static enum status insert_local(struct physical *p, struct node *n, struct node *local, uint32_t key_count, uint32_t **ret_keys) {
    struct node *exchange = node_input(n)->kind == NODE_EXCHANGE ? node_input(n) : NULL;
    TRY(identity(p, key_count, ret_keys));
    local->produces = CHANGE_I;
    if (exchange == NULL) {
        n->inputs.at[0] = local;
        return STATUS_OK;
    }
    exchange->inputs.at[0] = local;
    exchange->row = local->row;
    exchange->produces = CHANGE_I;
    exchange->upsert_key_count = 0;
    exchange->as.exchange.keys = *ret_keys;
    assert(exchange->as.exchange.key_count == key_count);
    return STATUS_OK;
}

/* ---- GROUP BY ------------------------------------------------------------------------------------ */

static enum status split_group(struct physical *p, struct node *n) {
    struct group_agg_params *g = &n->as.group_agg;
    struct node *in = node_local(n), *local = NULL;
    struct agg_partial *partials = NULL;
    uint32_t partial_count = 0;
    const struct type *row = NULL;
    TRY(agg_partials(p->rel.arena, p->rel.types, g->aggs, g->agg_count, g->input_retracts, &partials, &partial_count, p->rel.error));
    TRY(local_row(p, in, g->keys, g->key_count, partials, partial_count, (struct str){0}, &row));
    TRY(node_new(p, NODE_LOCAL_GROUP_AGG, in, row, n->span, &local));
    local->as.group_agg = *g;
    local->as.group_agg.ttl_ms = 0;
    TRY(delta_calls(p, g->aggs, g->agg_count, &local->as.group_agg.aggs));
    TRY(insert_local(p, n, local, g->key_count, &g->keys));
    n->kind = NODE_GLOBAL_GROUP_AGG;
    return STATUS_OK;
}

/* ---- incremental ------------------------------------------------------------------------------------ */

/* The global aggregate of the buckets below a final one, also through a Calc that only picks columns; NULL: none. */
static struct node *buckets_below(const struct node *n) {
    struct node *in = node_local(n);
    if (in->kind == NODE_CALC && in->as.calc.condition == NULL) {
        for (uint32_t i = 0; i < in->as.calc.expr_count; i++) {
            if (in->as.calc.exprs[i]->kind != EXPR_INPUT) return NULL;
        }
        in = node_input(in);
    }
    return in->kind == NODE_GLOBAL_GROUP_AGG && in->as.group_agg.part == AGG_PART_PARTIAL ? in : NULL;
}

/* Column of `buckets` behind a column of n's input. */
static uint32_t behind(const struct node *n, uint32_t column) {
    const struct node *in = node_local(n);
    return in->kind == NODE_CALC ? in->as.calc.exprs[column]->index : column;
}

/* The final calls with the retractions of the partial ones, whose accumulators they take over; false: they do not fit. */
static enum status final_calls(struct physical *p, const struct node *n, const struct node *buckets, struct agg_call **ret, bool *ret_fit) {
    const struct group_agg_params *g = &n->as.group_agg, *b = &buckets->as.group_agg;
    *ret_fit = g->agg_count == b->agg_count;
    *ret = ARENA_ARRAY(p->rel.arena, struct agg_call, g->agg_count);
    if (*ret == NULL) return no_memory(p);
    for (uint32_t i = 0; i < g->agg_count && *ret_fit; i++) {
        (*ret)[i] = g->aggs[i];
        (*ret)[i].retract = b->aggs[i].retract;
        TRY((*ret)[i].func->choose(&(*ret)[i], &(*ret)[i].impl, p->rel.error));
        *ret_fit = behind(n, g->aggs[i].args[0]) == b->key_count + i;
    }
    for (uint32_t i = 0; i < g->key_count; i++) *ret_fit &= behind(n, g->keys[i]) < b->key_count;
    return STATUS_OK;
}

static bool same_partials(const struct agg_partial *a, uint32_t a_count, const struct agg_partial *b, uint32_t b_count) {
    for (uint32_t i = 0; i < a_count && a_count == b_count; i++) {
        if (a[i].type->phys != b[i].type->phys) return false;
    }
    return a_count == b_count;
}

/* Local aggregate of the groups and global one of the buckets in one; *ret_done false: the plan is no such. */
static enum status make_incremental(struct physical *p, struct node *n, bool *ret_done) {
    struct group_agg_params *g = &n->as.group_agg;
    struct node *buckets = buckets_below(n), *incremental = NULL;
    struct agg_call *finals = NULL, *deltas = NULL;
    struct agg_partial *sent = NULL, *taken = NULL;
    uint32_t sent_count = 0, taken_count = 0;
    bool fit = false;
    const struct type *row = NULL;
    *ret_done = false;
    if (buckets == NULL || g->part != AGG_PART_FINAL || !session_bool(p->session, "table.optimizer.incremental-agg-enabled")) return STATUS_OK;
    const struct group_agg_params *b = &buckets->as.group_agg;
    TRY(final_calls(p, n, buckets, &finals, &fit));
    if (!fit || !agg_can_split(finals, g->agg_count)) return STATUS_OK;
    TRY(delta_calls(p, b->aggs, b->agg_count, &deltas));
    for (uint32_t i = 0; i < b->agg_count; i++) deltas[i].distinct = false;
    TRY(agg_partials(p->rel.arena, p->rel.types, deltas, b->agg_count, b->input_retracts, &sent, &sent_count, p->rel.error));
    TRY(agg_partials(p->rel.arena, p->rel.types, finals, g->agg_count, b->input_retracts, &taken, &taken_count, p->rel.error));
    if (!same_partials(sent, sent_count, taken, taken_count)) return STATUS_OK;
    uint32_t *keys = ARENA_ARRAY(p->rel.arena, uint32_t, g->key_count);
    if (keys == NULL) return no_memory(p);
    for (uint32_t i = 0; i < g->key_count; i++) keys[i] = behind(n, g->keys[i]);
    TRY(local_row(p, buckets, keys, g->key_count, sent, sent_count, (struct str){0}, &row));
    TRY(node_new(p, NODE_INCREMENTAL_GROUP_AGG, node_input(buckets), row, n->span, &incremental));
    incremental->state_ttl_ms = buckets->state_ttl_ms;
    incremental->as.group_agg = *b;
    TRY(delta_calls(p, b->aggs, b->agg_count, &incremental->as.group_agg.aggs));
    incremental->as.group_agg.final_keys = keys;
    incremental->as.group_agg.final_key_count = g->key_count;
    TRY(insert_local(p, n, incremental, g->key_count, &g->keys));
    n->kind = NODE_GLOBAL_GROUP_AGG;
    g->aggs = finals;
    g->input_retracts = b->input_retracts;
    *ret_done = true;
    return STATUS_OK;
}

/* ---- windows --------------------------------------------------------------------------------------- */

static enum status split_window(struct physical *p, struct node *n) {
    struct window_agg_params *w = &n->as.window_agg;
    struct node *in = node_local(n), *local = NULL;
    struct agg_partial *partials = NULL;
    uint32_t partial_count = 0;
    const struct type *row = NULL;
    TRY(agg_partials(p->rel.arena, p->rel.types, w->aggs, w->agg_count, window_agg_counts_rows(w), &partials, &partial_count, p->rel.error));
    TRY(local_row(p, in, w->keys, w->key_count, partials, partial_count, w->attached ? STR("$window_end") : STR("$slice_end"), &row));
    TRY(node_new(p, NODE_LOCAL_WINDOW_AGG, in, row, n->span, &local));
    local->as.window_agg = *w;
    local->as.window_agg.property_count = 0;
    TRY(delta_calls(p, w->aggs, w->agg_count, &local->as.window_agg.aggs));
    TRY(insert_local(p, n, local, w->key_count, &w->keys));
    w->window.time_column = -1;
    w->attached_start = w->attached_end = -1;
    w->slice_column = (int32_t)node_width(local) - 1;
    n->kind = NODE_GLOBAL_WINDOW_AGG;
    return STATUS_OK;
}

enum status finish_two_phase(struct physical *p, struct node *n) {
    if (one_phase(p)) return STATUS_OK;
    if (n->kind == NODE_GROUP_AGG) {
        const struct group_agg_params *g = &n->as.group_agg;
        bool incremental = false;
        if (!g->mini_batch || !agg_can_split(g->aggs, g->agg_count)) return STATUS_OK;
        TRY(make_incremental(p, n, &incremental));
        return incremental ? STATUS_OK : split_group(p, n);
    }
    assert(n->kind == NODE_WINDOW_AGG);
    const struct window_agg_params *w = &n->as.window_agg;
    bool splits = w->window.event_time && w->window.kind != WINDOW_SESSION && agg_can_split(w->aggs, w->agg_count);
    return splits && node_input(n)->kind == NODE_EXCHANGE ? split_window(p, n) : STATUS_OK;
}
