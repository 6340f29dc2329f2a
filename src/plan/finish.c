/* SPDX-License-Identifier: Apache-2.0 */
/*
 * finish: what follows from the changelog once it is known: deduplication instead of Top-1 by a time
 * attribute, who emits -U, who must take retractions, which implementation each aggregate gets, and the
 * mini-batch assigner above the sources.
 */
#include "plan/physical.h"

#include <assert.h>
#include <string.h>

static bool retracts(const struct node *n) { return (n->produces & (CHANGE_UB | CHANGE_D)) != 0; }

/* MAX of what only grows, MIN of what only shrinks: an old value never matters again. */
static bool grows_its_way(const struct node *n, const struct agg_call *c) {
    int want = str_equal(c->func->name, STR("MAX")) ? 1 : str_equal(c->func->name, STR("MIN")) ? -1 : 0;
    return want != 0 && n->kind == NODE_GROUP_AGG && keys_monotonicity(node_input(n), c->args[0]) == want;
}

static enum status choose(struct physical *p, const struct node *n, struct agg_call *aggs, uint32_t count, bool retract, struct agg_call **ret) {
    struct agg_call *copy = ARENA_ARRAY(p->rel.arena, struct agg_call, count);
    if (copy == NULL) return error_no_memory(p->rel.error, count * sizeof *copy);
    for (uint32_t i = 0; i < count; i++) {
        copy[i] = aggs[i];
        copy[i].retract = retract && !grows_its_way(n, &aggs[i]);
        enum status s = copy[i].func->choose(&copy[i], &copy[i].impl, p->rel.error);
        if (s != STATUS_OK && p->rel.error->span.end == 0) p->rel.error->span = n->span;
        TRY(s);
        assert(copy[i].impl != NULL);
    }
    *ret = copy;
    return STATUS_OK;
}

static void to_deduplicate(struct physical *p, struct node *n) {
    struct rank_params r = n->as.rank;
    const struct type *time = node_input(n)->row->children[r.order[0].column].type;
    n->kind = NODE_DEDUPLICATE;
    n->as.deduplicate = (struct deduplicate_params){
        .keys = r.partition, .key_count = r.partition_count, .rowtime = time->time_attr == TIME_ATTR_ROWTIME, .time_column = r.order[0].column,
        .keep_last = r.order[0].descending, .emit_insert = true, .emit_update_before = (n->produces & CHANGE_UB) != 0, .input_retracts = retracts(node_input(n)),
        .ttl_ms = r.ttl_ms, .mini_batch = session_bool(p->session, "table.exec.mini-batch.enabled"),
        .mini_batch_rows = session_int(p->session, "table.exec.mini-batch.size")};
}

/* A bundle without a size would grow with the input until its interval ends; Flink refuses, too. */
static enum status check_bundle(const struct physical *p, const struct node *n) {
    const struct group_agg_params *g = &n->as.group_agg;
    if (!g->mini_batch || g->mini_batch_rows > 0) return STATUS_OK;
    (void)error_at(p->rel.error, STATUS_OPTION, n->span, "Key: 'table.exec.mini-batch.size', now %lld, must be > 0.", (long long)g->mini_batch_rows);
    return error_hint(p->rel.error, "Mini-batches are on: SET 'table.exec.mini-batch.size' = '5000', for example");
}

static enum status finish_one(struct physical *p, struct node *n) {
    bool before = (n->produces & CHANGE_UB) != 0;
    switch (n->kind) {
    case NODE_GROUP_AGG:
        TRY(check_bundle(p, n));
        n->as.group_agg.emit_update_before = before;
        n->as.group_agg.input_retracts = retracts(node_input(n));
        TRY(choose(p, n, n->as.group_agg.aggs, n->as.group_agg.agg_count, retracts(node_input(n)), &n->as.group_agg.aggs));
        return finish_two_phase(p, n);
    case NODE_WINDOW_AGG:
        n->as.window_agg.input_retracts = retracts(node_input(n));
        TRY(choose(p, n, n->as.window_agg.aggs, n->as.window_agg.agg_count, retracts(node_input(n)), &n->as.window_agg.aggs));
        return finish_two_phase(p, n);
    case NODE_RANK:
        n->as.rank.emit_update_before = before;
        if (rank_is_deduplicate(n)) to_deduplicate(p, n);
        return STATUS_OK;
    case NODE_LIMIT:
        if (retracts(node_input(n)) || (node_input(n)->produces & CHANGE_UA) != 0) {
            n->kind = NODE_SORT_LIMIT; /* a Top-N without order */
            n->as.sort.strategy = RANK_RETRACT;
        }
        n->as.sort.emit_update_before = before;
        n->as.sort.input_retracts = retracts(node_input(n));
        return STATUS_OK;
    case NODE_SORT_LIMIT:
    case NODE_TEMPORAL_SORT:
        n->as.sort.emit_update_before = before;
        n->as.sort.input_retracts = retracts(node_input(n));
        return STATUS_OK;
    case NODE_CHANGELOG_NORMALIZE: n->as.normalize.emit_update_before = before; return STATUS_OK;
    default: return STATUS_OK;
    }
}

enum status finish_nodes(struct physical *p, struct node *n) {
    for (uint32_t i = 0; i < n->inputs.count; i++) TRY(finish_nodes(p, n->inputs.at[i]));
    return finish_one(p, n);
}

static bool by_event_time(const struct node *n) {
    switch (n->kind) {
    case NODE_WINDOW_AGG:
    case NODE_LOCAL_WINDOW_AGG:
    case NODE_GLOBAL_WINDOW_AGG: return n->as.window_agg.window.event_time;
    case NODE_WINDOW_TVF: return n->as.window_tvf.window.event_time;
    case NODE_WINDOW_RANK:
    case NODE_WINDOW_DEDUPLICATE: return n->as.window_rank.event_time;
    case NODE_DEDUPLICATE: return n->as.deduplicate.rowtime;
    case NODE_TEMPORAL_SORT: return n->as.sort.rowtime;
    default: return false;
    }
}

/* Puts the assigner above each source's watermark assigner, or above the source that has none. */
enum status finish_mini_batch(struct physical *p, struct node **slot, bool event_time) {
    struct node *n = *slot, *assigner = NULL;
    bool top = n->kind == NODE_WATERMARK || n->kind == NODE_SCAN;
    event_time |= by_event_time(n);
    if (!top) {
        for (uint32_t i = 0; i < n->inputs.count; i++) TRY(finish_mini_batch(p, (struct node **)&n->inputs.at[i], event_time));
        return STATUS_OK;
    }
    TRY(node_new(p, NODE_MINI_BATCH_ASSIGNER, n, n->row, n->span, &assigner));
    assigner->produces = n->produces;
    assigner->as.mini_batch.interval_ms = session_int(p->session, "table.exec.mini-batch.allow-latency");
    assigner->as.mini_batch.event_time = event_time;
    *slot = assigner;
    return STATUS_OK;
}
