/* SPDX-License-Identifier: Apache-2.0 */
/*
 * incremental_group_agg: between the local aggregate of a split distinct aggregate and the global one
 * of its groups: merges the partial rows of a bundle per bucket, and at the bundle's end sends, per
 * group, what its buckets add to it. Only distinct values need memory: a bucket's sets tell which ones
 * are new (or gone with their last retraction); everything else is passed on as the bundle's sum, as in
 * Flink's MiniBatchIncrementalGroupAggFunction.
 */
#include "op/bundle.h"
#include "op/ops.h"

#include <assert.h>
#include <string.h>

struct incremental {
    struct op op;
    struct agg_set *set;             /* per bucket, with distinct sets */
    struct agg_set *final;           /* per group, the same calls without */
    struct row_layout *keys, *final_layout;
    struct row_keys encoded, final_encoded;
    const struct vec **key_columns, **final_columns;
    struct bundle buckets, groups;
    int64_t rows;                    /* partial rows in the bundle */
    struct state_map *map;           /* bucket -> roots of its distinct sets */
    struct batch_buffer *decoded;    /* keys of buckets as columns again */
    struct batch_buffer *out;
    uint64_t *no_roots;
    uint32_t *numbers;
    uint64_t **values;
};

static const struct group_agg_params *params(const struct incremental *g) { return &g->op.node->as.group_agg; }

/* ---- opening -------------------------------------------------------------------------------- */

static enum status open_sets(struct incremental *g, struct error *e) {
    const struct group_agg_params *p = params(g);
    struct arena *a = g->op.context.arena;
    struct agg_call *calls = ARENA_ARRAY(a, struct agg_call, p->agg_count);
    if (calls == NULL) return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < p->agg_count; i++) {
        calls[i] = p->aggs[i];
        calls[i].distinct = false;
    }
    TRY(agg_set_new(a, g->op.context.types, p->aggs, p->agg_count, p->input_retracts, &g->set, e));
    return agg_set_new(a, g->op.context.types, calls, p->agg_count, p->input_retracts, &g->final, e);
}

static enum status open_state(struct incremental *g, const struct type *const *types, struct error *e) {
    const struct group_agg_params *p = params(g);
    uint32_t sets = agg_set_distinct_count(g->set);
    struct state_field *fields = ARENA_ARRAY(g->op.context.arena, struct state_field, sets);
    g->no_roots = ARENA_ARRAY(g->op.context.arena, uint64_t, sets);
    if (fields == NULL || g->no_roots == NULL) return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < sets; i++) fields[i] = (struct state_field){"distinct", STATE_SORTED};
    const struct state_schema schema = {.key_types = types, .key_count = p->key_count, .fields = fields, .field_count = sets};
    return state_map_open(g->op.context.state, "buckets", &schema, p->ttl_ms, &g->map, e);
}

static enum status open_scratch(struct incremental *g, const struct type *const *types) {
    const struct group_agg_params *p = params(g);
    struct arena *a = g->op.context.arena;
    const struct type **final_types = ARENA_ARRAY(a, const struct type *, p->final_key_count);
    g->key_columns = ARENA_ARRAY(a, const struct vec *, p->key_count);
    g->final_columns = ARENA_ARRAY(a, const struct vec *, p->final_key_count);
    g->numbers = ARENA_ARRAY(a, uint32_t, BATCH_ROWS_MAX);
    g->values = ARENA_ARRAY(a, uint64_t *, BATCH_ROWS_MAX);
    if (final_types == NULL || g->key_columns == NULL || g->final_columns == NULL || g->numbers == NULL || g->values == NULL) return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < p->final_key_count; i++) final_types[i] = types[p->final_keys[i]];
    TRY(row_layout_new(a, types, p->key_count, &g->keys));
    TRY(row_layout_new(a, final_types, p->final_key_count, &g->final_layout));
    TRY(batch_buffer_new(a, types, p->key_count, BATCH_ROWS_MAX, &g->decoded));
    return op_buffer_new(&g->op, &g->out);
}

static enum status incremental_open(struct op *op, struct error *e) {
    struct incremental *g = (struct incremental *)op;
    const struct group_agg_params *p = params(g);
    const struct type **types = ARENA_ARRAY(op->context.arena, const struct type *, p->key_count);
    if (types == NULL) return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < p->key_count; i++) types[i] = op->input_row->children[p->keys[i]].type;
    TRY(open_scratch(g, types));
    TRY(open_sets(g, e));
    bundle_init(&g->buckets, g->set, op->context.state);
    bundle_init(&g->groups, g->final, op->context.state);
    return open_state(g, types, e);
}

/* ---- the end of a bundle ----------------------------------------------------------------------- */

/* One bucket into its group. */
static enum status absorb(struct incremental *g, uint32_t number, uint64_t *group, struct error *e) {
    struct state *s = g->op.context.state;
    const uint64_t *value = bundle_value(&g->buckets, number);
    uint32_t sets = agg_set_distinct_count(g->set);
    if (!agg_set_has_distinct(g->set, value)) return agg_set_absorb(g->set, s, g->no_roots, value, g->final, group, e);
    struct row_keys key = bundle_keys(&g->buckets, number, 1);
    uint64_t *roots = NULL, any = 0;
    bool created = false;
    TRY(state_map_upsert(g->map, row_keys_at(&key, 0), key.hashes[0], &roots, &created, e));
    state_write(s, roots, sets * sizeof *roots);
    TRY(agg_set_absorb(g->set, s, roots, value, g->final, group, e));
    state_map_touch(g->map, roots);
    for (uint32_t i = 0; i < sets; i++) any |= roots[i];
    if (any == 0) state_map_remove(g->map, row_keys_at(&key, 0), key.hashes[0]);
    return STATUS_OK;
}

/* The groups of buckets [from, from + count). */
static enum status group_buckets(struct incremental *g, uint32_t from, uint32_t count, struct error *e) {
    const struct group_agg_params *p = params(g);
    const struct rows rows = {NULL, count};
    batch_buffer_reset(g->decoded);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t row = batch_buffer_row(g->decoded, ROW_INSERT);
        TRY(row_read_all(g->keys, bundle_key(&g->buckets, from + i), g->decoded->batch.columns, row));
    }
    for (uint32_t i = 0; i < p->final_key_count; i++) g->final_columns[i] = g->decoded->batch.columns[p->final_keys[i]];
    TRY(row_keys_encode(&g->final_encoded, g->final_layout, g->final_columns, &rows));
    TRY(bundle_add(&g->groups, &g->final_encoded, 0, count, g->numbers));
    for (uint32_t i = 0; i < count; i++) TRY(absorb(g, from + i, bundle_value(&g->groups, g->numbers[i]), e));
    return STATUS_OK;
}

static enum status send_groups(struct incremental *g, uint32_t from, uint32_t count, struct error *e) {
    struct batch *out = &g->out->batch;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t row = batch_buffer_row(g->out, ROW_INSERT);
        g->values[i] = bundle_value(&g->groups, from + i);
        TRY(row_read_all(g->final_layout, bundle_key(&g->groups, from + i), out->columns, row));
    }
    TRY(agg_set_partial_write(g->final, g->op.context.state, g->values, count, out->columns + params(g)->final_key_count, 0, e));
    return op_flush(&g->op, g->out, e);
}

static uint32_t stretch(uint32_t left) { return left < BATCH_ROWS_MAX ? left : BATCH_ROWS_MAX; }

static enum status incremental_flush(struct incremental *g, struct error *e) {
    state_set_time(g->op.context.state, g->op.context.eval->now_us / 1000);
    TRY(bundle_order(&g->buckets, g->keys, NULL));
    for (uint32_t from = 0, n = 0; from < g->buckets.count; from += n) {
        n = stretch(g->buckets.count - from);
        TRY(group_buckets(g, from, n, e));
    }
    g->groups.buckets = 0; /* Flink makes this map anew for each bundle */
    TRY(bundle_order(&g->groups, g->final_layout, NULL));
    for (uint32_t from = 0, n = 0; from < g->groups.count; from += n) {
        n = stretch(g->groups.count - from);
        TRY(send_groups(g, from, n, e));
    }
    bundle_clear(&g->buckets);
    bundle_clear(&g->groups);
    g->rows = 0;
    return STATUS_OK;
}

/* ---- partial rows --------------------------------------------------------------------------------- */

static enum status fold(struct incremental *g, const struct batch *b, uint32_t from, uint32_t count, struct error *e) {
    const struct rows rows = {(b->sel == NULL ? g->op.iota : b->sel) + from, count};
    TRY(bundle_add(&g->buckets, &g->encoded, from, count, g->numbers));
    for (uint32_t i = 0; i < count; i++) g->values[i] = bundle_value(&g->buckets, g->numbers[i]);
    g->rows += count;
    return agg_set_partial_fold(g->set, g->op.context.state, g->values, b->columns + params(g)->key_count, &rows, false, e);
}

static enum status incremental_push(struct op *op, uint32_t input, const struct batch *b, bool *ret_more, struct error *e) {
    struct incremental *g = (struct incremental *)op;
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
        if (p->mini_batch_rows > 0 && g->rows >= p->mini_batch_rows) TRY(incremental_flush(g, e));
    }
    return STATUS_OK;
}

static enum status incremental_mark(struct op *op, const struct mark *m, bool *ret_more, struct error *e) {
    *ret_more = false;
    if (m->kind == MARK_WATERMARK) TRY(incremental_flush((struct incremental *)op, e));
    return op_emit_mark(op, m, e);
}

static enum status incremental_before_barrier(struct op *op, struct error *e) { return incremental_flush((struct incremental *)op, e); }

static enum status incremental_finish(struct op *op, bool *ret_more, struct error *e) {
    *ret_more = false;
    return incremental_flush((struct incremental *)op, e);
}

static void incremental_close(struct op *op) {
    struct incremental *g = (struct incremental *)op;
    row_keys_deinit(&g->encoded);
    row_keys_deinit(&g->final_encoded);
    if (g->set != NULL) agg_set_free(g->set);
    if (g->final != NULL) agg_set_free(g->final);
    batch_buffer_free(g->decoded);
    batch_buffer_free(g->out);
    bundle_deinit(&g->buckets);
    bundle_deinit(&g->groups);
}

const struct op_class op_class_incremental_group_agg = {
    .kind = NODE_INCREMENTAL_GROUP_AGG,
    .marks = OP_MARKS_SPLIT,
    .size_bytes = sizeof(struct incremental),
    .open = incremental_open,
    .push = incremental_push,
    .on_mark = incremental_mark,
    .before_barrier = incremental_before_barrier,
    .finish = incremental_finish,
    .close = incremental_close,
};
