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
#include "op/bundled.h"
#include "op/group_emit.h"
#include "op/ops.h"

struct global_group_agg {
    struct bundled base;
    struct state_map *map;      /* key -> accumulators */
    struct group_emit emit;
    uint8_t *created;
    uint32_t *gone;             /* keys of a stretch whose group went */
};

/* ---- the end of a bundle --------------------------------------------------------------------- */

/* Merges one key into its group; *ret_gone: no row is left in it. */
static enum status merge_key(struct global_group_agg *g, uint32_t number, uint64_t *value, bool created, bool *ret_gone, struct error *e) {
    const struct group_agg_params *p = &g->base.op.node->as.group_agg;
    struct state *s = g->base.op.context.state;
    struct vec **results = group_emit_results(&g->emit);
    uint32_t before = GROUP_EMIT_NONE, after = GROUP_EMIT_NONE;
    TRY(group_emit_open(&g->emit, e));
    if (created) {
        agg_set_init(g->base.set, value);
    } else {
        before = group_emit_row(&g->emit);
        agg_set_hidden(g->base.set, value, group_emit_hidden(&g->emit, false));
        TRY(agg_set_result(g->base.set, s, value, results, before, e));
    }
    state_write(s, value, (uint64_t)agg_set_words(g->base.set) * 8);
    TRY(agg_set_merge(g->base.set, s, value, bundle_value(&g->base.bundle, number), e));
    state_map_touch(g->map, value);
    *ret_gone = p->input_retracts && agg_set_rows(g->base.set, value) == 0;
    if (!*ret_gone) {
        after = group_emit_row(&g->emit);
        agg_set_hidden(g->base.set, value, group_emit_hidden(&g->emit, true));
        TRY(agg_set_result(g->base.set, s, value, results, after, e));
    }
    return group_emit_change(&g->emit, bundle_key(&g->base.bundle, number), before, after);
}

static enum status merge_keys(struct global_group_agg *g, uint32_t from, uint32_t count, struct error *e) {
    struct row_keys keys = bundle_keys(&g->base.bundle, from, count);
    uint32_t gone = 0;
    TRY(state_map_upsert_batch(g->map, &keys, g->base.values, g->created, e));
    for (uint32_t i = 0; i < count; i++) {
        bool left = false;
        TRY(merge_key(g, from + i, g->base.values[i], g->created[i] != 0, &left, e));
        if (left) g->gone[gone++] = i;
    }
    for (uint32_t i = 0; i < gone; i++) state_map_remove(g->map, row_keys_at(&keys, g->gone[i]), keys.hashes[g->gone[i]]);
    return STATUS_OK;
}

static enum status global_end(struct bundled *base, struct error *e) {
    struct global_group_agg *g = (struct global_group_agg *)base;
    for (uint32_t from = 0, n = 0; from < base->bundle.count; from += n) {
        n = base->bundle.count - from < BATCH_ROWS_MAX ? base->bundle.count - from : BATCH_ROWS_MAX;
        TRY(merge_keys(g, from, n, e));
    }
    return group_emit_flush(&g->emit, e);
}

/* ---- partial rows ------------------------------------------------------------------------------ */

static enum status global_fold(struct bundled *g, const struct batch *b, const struct rows *rows, struct error *e) {
    return agg_set_partial_fold(g->set, g->op.context.state, g->values, b->columns + g->keys->column_count, rows, false, e);
}

static enum status global_open(struct op *op, struct error *e) {
    struct global_group_agg *g = (struct global_group_agg *)op;
    const struct group_agg_params *p = &op->node->as.group_agg;
    g->base.fold = global_fold;
    g->base.end = global_end;
    g->created = ARENA_ARRAY(op->context.arena, uint8_t, BATCH_ROWS_MAX);
    g->gone = ARENA_ARRAY(op->context.arena, uint32_t, BATCH_ROWS_MAX);
    if (g->created == NULL || g->gone == NULL) return STATUS_NO_MEMORY;
    TRY(bundled_open(&g->base, e));
    struct state_schema schema = {.key_types = g->base.key_types, .key_count = p->key_count};
    schema.fields = agg_set_fields(g->base.set, &schema.field_count);
    TRY(state_map_open(op->context.state, "groups", &schema, p->ttl_ms, &g->map, e));
    return group_emit_init(&g->emit, op, g->base.set, g->base.keys);
}

static void global_close(struct op *op) {
    struct global_group_agg *g = (struct global_group_agg *)op;
    bundled_close(&g->base);
    batch_buffer_free(g->emit.out);
}

const struct op_class op_class_global_group_agg = {
    .kind = NODE_GLOBAL_GROUP_AGG,
    .marks = OP_MARKS_SPLIT,
    .size_bytes = sizeof(struct global_group_agg),
    .open = global_open,
    .push = bundled_push,
    .on_mark = bundled_mark,
    .before_barrier = bundled_before_barrier,
    .finish = bundled_finish,
    .close = global_close,
};
