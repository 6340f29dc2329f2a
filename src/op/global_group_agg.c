/* SPDX-License-Identifier: Apache-2.0 */
/*
 * global_group_agg: the second phase of GROUP BY in mini-batches: merges partial rows per key in a
 * bundle of its own, and at the bundle's end merges each key's sum into the state and sends one
 * change, as Flink's MiniBatchGlobalGroupAggFunction: the first result of a group as +I, an update
 * only where the result differs (or state expires), -D when the group's last row is gone. Its bundle
 * counts partial rows.
 *
 * The state is that of the one-phase aggregate, under the same name.
 */
#include "op/bundle.h"
#include "op/group_emit.h"
#include "op/ops.h"

#include <assert.h>
#include <string.h>

struct global_group_agg {
    struct op op;
    struct agg_set *set;
    struct row_layout *keys;
    struct row_keys encoded;
    const struct vec **key_columns;
    struct bundle bundle;
    int64_t rows;               /* partial rows in the bundle */
    struct state_map *map;      /* key -> accumulators */
    struct group_emit emit;
    uint32_t *numbers;
    uint64_t **values;
    uint8_t *created;
    uint32_t *gone;             /* keys of a stretch whose group went */
};

static const struct group_agg_params *params(const struct global_group_agg *g) { return &g->op.node->as.group_agg; }

static enum status open_scratch(struct global_group_agg *g) {
    struct arena *a = g->op.context.arena;
    g->key_columns = ARENA_ARRAY(a, const struct vec *, params(g)->key_count);
    g->numbers = ARENA_ARRAY(a, uint32_t, BATCH_ROWS_MAX);
    g->values = ARENA_ARRAY(a, uint64_t *, BATCH_ROWS_MAX);
    g->created = ARENA_ARRAY(a, uint8_t, BATCH_ROWS_MAX);
    g->gone = ARENA_ARRAY(a, uint32_t, BATCH_ROWS_MAX);
    bool ok = g->key_columns != NULL && g->numbers != NULL && g->values != NULL && g->created != NULL && g->gone != NULL;
    return ok ? STATUS_OK : STATUS_NO_MEMORY;
}

static enum status global_open(struct op *op, struct error *e) {
    struct global_group_agg *g = (struct global_group_agg *)op;
    const struct group_agg_params *p = params(g);
    struct arena *a = op->context.arena;
    const struct type **types = ARENA_ARRAY(a, const struct type *, p->key_count);
    if (types == NULL) return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < p->key_count; i++) types[i] = op->input_row->children[p->keys[i]].type;
    TRY(row_layout_new(a, types, p->key_count, &g->keys));
    TRY(agg_set_new(a, op->context.types, p->aggs, p->agg_count, p->input_retracts, &g->set, e));
    TRY(open_scratch(g));
    struct state_schema schema = {.key_types = types, .key_count = p->key_count};
    schema.fields = agg_set_fields(g->set, &schema.field_count);
    TRY(state_map_open(op->context.state, "groups", &schema, p->ttl_ms, &g->map, e));
    bundle_init(&g->bundle, g->set, op->context.state);
    return group_emit_init(&g->emit, op, g->set, g->keys);
}

/* ---- the end of a bundle --------------------------------------------------------------------- */

/* Merges one key into its group; *ret_gone: no row is left in it. */
static enum status merge_key(struct global_group_agg *g, uint32_t number, uint64_t *value, bool created, bool *ret_gone, struct error *e) {
    const struct group_agg_params *p = params(g);
    struct state *s = g->op.context.state;
    struct vec **results = group_emit_results(&g->emit);
    uint32_t before = GROUP_EMIT_NONE, after = GROUP_EMIT_NONE;
    TRY(group_emit_open(&g->emit, e));
    if (created) {
        agg_set_init(g->set, value);
    } else {
        before = group_emit_row(&g->emit);
        agg_set_hidden(g->set, value, group_emit_hidden(&g->emit, false));
        TRY(agg_set_result(g->set, s, value, results, before, e));
    }
    state_write(s, value, (uint64_t)agg_set_words(g->set) * 8);
    TRY(agg_set_merge(g->set, s, value, bundle_value(&g->bundle, number), e));
    state_map_touch(g->map, value);
    *ret_gone = p->input_retracts && agg_set_rows(g->set, value) == 0;
    if (!*ret_gone) {
        after = group_emit_row(&g->emit);
        agg_set_hidden(g->set, value, group_emit_hidden(&g->emit, true));
        TRY(agg_set_result(g->set, s, value, results, after, e));
    }
    return group_emit_change(&g->emit, bundle_key(&g->bundle, number), before, after);
}

static enum status merge_keys(struct global_group_agg *g, uint32_t from, uint32_t count, struct error *e) {
    struct row_keys keys = bundle_keys(&g->bundle, from, count);
    uint32_t gone = 0;
    TRY(state_map_upsert_batch(g->map, &keys, g->values, g->created, e));
    for (uint32_t i = 0; i < count; i++) {
        bool left = false;
        TRY(merge_key(g, from + i, g->values[i], g->created[i] != 0, &left, e));
        if (left) g->gone[gone++] = i;
    }
    for (uint32_t i = 0; i < gone; i++) state_map_remove(g->map, row_keys_at(&keys, g->gone[i]), keys.hashes[g->gone[i]]);
    return STATUS_OK;
}

static enum status global_flush(struct global_group_agg *g, struct error *e) {
    state_set_time(g->op.context.state, g->op.context.eval->now_us / 1000);
    TRY(bundle_order(&g->bundle, g->keys, NULL));
    for (uint32_t from = 0, n = 0; from < g->bundle.count; from += n) {
        n = g->bundle.count - from < BATCH_ROWS_MAX ? g->bundle.count - from : BATCH_ROWS_MAX;
        TRY(merge_keys(g, from, n, e));
    }
    bundle_clear(&g->bundle);
    g->rows = 0;
    return group_emit_flush(&g->emit, e);
}

/* ---- partial rows ------------------------------------------------------------------------------ */

static enum status fold(struct global_group_agg *g, const struct batch *b, uint32_t from, uint32_t count, struct error *e) {
    const struct rows rows = {(b->sel == NULL ? g->op.iota : b->sel) + from, count};
    TRY(bundle_add(&g->bundle, &g->encoded, from, count, g->numbers));
    for (uint32_t i = 0; i < count; i++) g->values[i] = bundle_value(&g->bundle, g->numbers[i]);
    g->rows += count;
    return agg_set_partial_fold(g->set, g->op.context.state, g->values, b->columns + params(g)->key_count, &rows, false, e);
}

static enum status global_push(struct op *op, uint32_t input, const struct batch *b, bool *ret_more, struct error *e) {
    struct global_group_agg *g = (struct global_group_agg *)op;
    const struct group_agg_params *p = params(g);
    assert(input == 0);
    *ret_more = false;
    struct rows rows = batch_rows(b);
    for (uint32_t i = 0; i < p->key_count; i++) g->key_columns[i] = b->columns[p->keys[i]];
    TRY(row_keys_encode(&g->encoded, g->keys, g->key_columns, &rows));
    for (uint32_t from = 0, n = 0; from < rows.count; from += n) {
        n = rows.count - from;
        if (p->mini_batch_rows > 0 && n > p->mini_batch_rows - g->rows) n = (uint32_t)(p->mini_batch_rows - g->rows);
        TRY(fold(g, b, from, n, e));
        if (p->mini_batch_rows > 0 && g->rows >= p->mini_batch_rows) TRY(global_flush(g, e));
    }
    return STATUS_OK;
}

static enum status global_mark(struct op *op, const struct mark *m, bool *ret_more, struct error *e) {
    *ret_more = false;
    if (m->kind == MARK_WATERMARK) TRY(global_flush((struct global_group_agg *)op, e));
    return op_emit_mark(op, m, e);
}

static enum status global_before_barrier(struct op *op, struct error *e) { return global_flush((struct global_group_agg *)op, e); }

static enum status global_finish(struct op *op, bool *ret_more, struct error *e) {
    *ret_more = false;
    return global_flush((struct global_group_agg *)op, e);
}

static void global_close(struct op *op) {
    struct global_group_agg *g = (struct global_group_agg *)op;
    row_keys_deinit(&g->encoded);
    if (g->set != NULL) agg_set_free(g->set);
    batch_buffer_free(g->emit.out);
    bundle_deinit(&g->bundle);
}

const struct op_class op_class_global_group_agg = {
    .kind = NODE_GLOBAL_GROUP_AGG,
    .marks = OP_MARKS_SPLIT,
    .size_bytes = sizeof(struct global_group_agg),
    .open = global_open,
    .push = global_push,
    .on_mark = global_mark,
    .before_barrier = global_before_barrier,
    .finish = global_finish,
    .close = global_close,
};
