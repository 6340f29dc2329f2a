/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keys: upsert keys (columns by which later rows replace earlier ones, with order kept) and how
 * columns change from update to update. The rules are those of Flink's metadata handlers: a key passes
 * a hash exchange only when it contains the exchange's columns, because only then do all changes of one
 * key take the same way.
 */
#include "plan/physical.h"

#include <assert.h>
#include <string.h>

enum { KEYS_MAX = 16 };

static enum status no_memory(const struct physical *p) { return error_no_memory(p->rel.error, sizeof(struct key_set)); }

static bool has(const struct key_set *k, uint32_t column) {
    for (uint32_t i = 0; i < k->count; i++) {
        if (k->columns[i] == column) return true;
    }
    return false;
}

bool key_contains(const struct key_set *k, const uint32_t *columns, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        if (!has(k, columns[i])) return false;
    }
    return true;
}

bool key_equals(const struct key_set *k, const uint32_t *columns, uint32_t count) {
    return k->count == count && key_contains(k, columns, count);
}

static enum status key_add(struct physical *p, struct node *n, const uint32_t *columns, uint32_t count) {
    if (n->upsert_keys == NULL) n->upsert_keys = ARENA_ARRAY(p->rel.arena, struct key_set, KEYS_MAX);
    if (n->upsert_keys == NULL) return no_memory(p);
    for (uint32_t i = 0; i < n->upsert_key_count; i++) {
        if (key_equals(&n->upsert_keys[i], columns, count)) return STATUS_OK;
    }
    if (n->upsert_key_count == KEYS_MAX) return STATUS_OK;
    struct key_set *k = &n->upsert_keys[n->upsert_key_count++];
    k->columns = ARENA_ARRAY(p->rel.arena, uint32_t, count);
    k->count = count;
    if (k->columns == NULL) return no_memory(p);
    if (count > 0) memcpy(k->columns, columns, count * sizeof *columns);
    return STATUS_OK;
}

/* The input's keys that contain the columns. */
static enum status keys_through(struct physical *p, struct node *n, const uint32_t *columns, uint32_t count) {
    const struct node *in = node_input(n);
    for (uint32_t i = 0; i < in->upsert_key_count; i++) {
        const struct key_set *k = &in->upsert_keys[i];
        if (key_contains(k, columns, count)) TRY(key_add(p, n, k->columns, k->count));
    }
    return STATUS_OK;
}

static enum status keys_scan(struct physical *p, struct node *n) {
    const struct scan_params *s = &n->as.scan;
    uint32_t columns[64];
    if (s->table->key_count == 0 || s->table->key_count > 64) return STATUS_OK;
    for (uint32_t k = 0; k < s->table->key_count; k++) {
        uint32_t i = 0;
        while (i < s->column_count && s->columns[i] != s->table->key[k]) i++;
        if (i == s->column_count) return STATUS_OK;
        columns[k] = i;
    }
    return key_add(p, n, columns, s->table->key_count);
}

/* Does output e keep apart whatever input column `column` keeps apart? */
static bool carries(const struct expr *e, uint32_t column) {
    if (e->kind == EXPR_INPUT) return e->index == column;
    if (e->kind != EXPR_CALL || e->arg_count != 1 || !str_equal(e->func->name, STR("CAST"))) return false;
    const struct type *from = e->args[0]->type, *to = e->type;
    bool wider = type_is_integer(from) && type_is_integer(to) && to->root >= from->root;
    bool text = type_is_text(to) && to->length == TYPE_LENGTH_MAX && (type_is_integer(from) || (type_is_text(from)));
    return (wider || text) && carries(e->args[0], column);
}

static enum status map_key(struct physical *p, struct node *n, const struct key_set *k, uint32_t at, uint32_t *columns) {
    if (at == k->count) return key_add(p, n, columns, at);
    for (uint32_t i = 0; i < n->as.calc.expr_count && n->upsert_key_count < KEYS_MAX; i++) {
        if (!carries(n->as.calc.exprs[i], k->columns[at])) continue;
        columns[at] = i;
        TRY(map_key(p, n, k, at + 1, columns));
    }
    return STATUS_OK;
}

static enum status keys_calc(struct physical *p, struct node *n) {
    const struct node *in = node_input(n);
    uint32_t columns[64];
    for (uint32_t i = 0; i < in->upsert_key_count; i++) {
        if (in->upsert_keys[i].count <= 64) TRY(map_key(p, n, &in->upsert_keys[i], 0, columns));
    }
    return STATUS_OK;
}

static enum status keys_first(struct physical *p, struct node *n, uint32_t count) {
    uint32_t columns[64];
    if (count > 64) return STATUS_OK;
    for (uint32_t i = 0; i < count; i++) columns[i] = i;
    return key_add(p, n, columns, count);
}

static enum status keys_rank(struct physical *p, struct node *n) {
    const struct rank_params *r = &n->as.rank;
    uint32_t columns[65];
    if (r->partition_count > 64) return STATUS_OK;
    if (r->from == 1 && r->to == 1 && !r->with_rank) return key_add(p, n, r->partition, r->partition_count);
    if (r->with_rank) {
        if (r->partition_count > 0) memcpy(columns, r->partition, r->partition_count * sizeof *columns);
        columns[r->partition_count] = node_width(n) - 1;
        TRY(key_add(p, n, columns, r->partition_count + 1));
    }
    return keys_through(p, n, r->partition, r->partition_count);
}

static enum status keys_sort(struct physical *p, struct node *n) {
    uint32_t columns[64];
    const struct sort_params *s = &n->as.sort;
    if (s->order_count > 64) return STATUS_OK;
    for (uint32_t i = 0; i < s->order_count; i++) columns[i] = s->order[i].column;
    return keys_through(p, n, columns, s->order_count);
}

enum status keys_infer(struct physical *p, struct node *n) {
    n->upsert_key_count = 0;
    switch (n->kind) {
    case NODE_SCAN: return keys_scan(p, n);
    case NODE_CALC: return keys_calc(p, n);
    case NODE_EXCHANGE: return keys_through(p, n, n->as.exchange.keys, n->as.exchange.distribution == DISTRIBUTION_HASH ? n->as.exchange.key_count : 0);
    case NODE_GROUP_AGG:
    case NODE_GLOBAL_GROUP_AGG: return keys_first(p, n, n->as.group_agg.key_count);
    case NODE_RANK: return keys_rank(p, n);
    case NODE_DEDUPLICATE: return key_add(p, n, n->as.deduplicate.keys, n->as.deduplicate.key_count);
    case NODE_CHANGELOG_NORMALIZE: return key_add(p, n, n->as.normalize.keys, n->as.normalize.key_count);
    case NODE_LIMIT:
    case NODE_SORT_LIMIT:
    case NODE_TEMPORAL_SORT:
    case NODE_SORT: return keys_sort(p, n);
    case NODE_WATERMARK:
    case NODE_DROP_UPDATE_BEFORE:
    case NODE_MINI_BATCH_ASSIGNER:
    case NODE_CONSTRAINT_ENFORCER: return keys_through(p, n, NULL, 0);
    default: return STATUS_OK;
    }
}

/* A group that rows may leave, because its key changes or they are deleted, may go: nothing only grows. */
static bool groups_stay(const struct node *n) {
    const struct group_agg_params *g = &n->as.group_agg;
    if (changelog_insert_only(node_input(n))) return true;
    for (uint32_t i = 0; i < g->key_count; i++) {
        if (keys_monotonicity(node_input(n), g->keys[i]) != 2) return false;
    }
    return true;
}

/* n: an aggregate over its input's rows, not over partial ones. */
static int aggregate_monotonicity(const struct node *n, uint32_t column) {
    const struct group_agg_params *g = &n->as.group_agg;
    if (n->kind == NODE_INCREMENTAL_GROUP_AGG) return 0;
    if (!groups_stay(n)) return 0;
    if (column < g->key_count) return 2;
    const struct agg_call *call = &g->aggs[column - g->key_count];
    bool max = str_equal(call->func->name, STR("MAX")), min = str_equal(call->func->name, STR("MIN"));
    if (changelog_insert_only(node_input(n))) return max || str_equal(call->func->name, STR("COUNT")) ? 1 : min ? -1 : 0;
    if ((!max && !min) || call->filter >= 0) return 0;
    int argument = keys_monotonicity(node_input(n), call->args[0]), way = max ? 1 : -1;
    return argument == way || argument == 2 ? way : 0;
}

int keys_monotonicity(const struct node *n, uint32_t column) {
    switch (n->kind) {
    case NODE_GROUP_AGG: return aggregate_monotonicity(n, column);
    case NODE_GLOBAL_GROUP_AGG: return aggregate_monotonicity(node_local(n), column);
    case NODE_CALC: {
        const struct expr *e = n->as.calc.exprs[column];
        if (e->kind == EXPR_LITERAL) return 2;
        return e->kind == EXPR_INPUT ? keys_monotonicity(node_input(n), e->index) : 0;
    }
    case NODE_EXCHANGE:
    case NODE_MINI_BATCH_ASSIGNER: return keys_monotonicity(node_input(n), column);
    default: return 0;
    }
}
