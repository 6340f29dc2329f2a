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

static struct node *below_exchange(const struct node *n) {
    struct node *in = node_input(n);
    return in->kind == NODE_EXCHANGE ? node_input(in) : in;
}

/* ---- GROUP BY ------------------------------------------------------------------------------------ */

static enum status split_group(struct physical *p, struct node *n) {
    struct group_agg_params *g = &n->as.group_agg;
    struct node *in = below_exchange(n), *local = NULL;
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

/* ---- windows --------------------------------------------------------------------------------------- */

static enum status split_window(struct physical *p, struct node *n) {
    struct window_agg_params *w = &n->as.window_agg;
    struct node *in = below_exchange(n), *local = NULL;
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
        return g->mini_batch && agg_can_split(g->aggs, g->agg_count) ? split_group(p, n) : STATUS_OK;
    }
    assert(n->kind == NODE_WINDOW_AGG);
    const struct window_agg_params *w = &n->as.window_agg;
    bool splits = w->window.event_time && w->window.kind != WINDOW_SESSION && agg_can_split(w->aggs, w->agg_count);
    return splits && node_input(n)->kind == NODE_EXCHANGE ? split_window(p, n) : STATUS_OK;
}
