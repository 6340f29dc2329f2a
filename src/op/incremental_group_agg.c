/* SPDX-License-Identifier: Apache-2.0 */
/*
 * incremental_group_agg: between the local aggregate of a split distinct aggregate and the global one
 * of its groups: merges the partial rows of a bundle per bucket, and at the bundle's end sends, per
 * group, what its buckets add to it. Only distinct values need memory: a bucket's sets tell which ones
 * are new (or gone with their last retraction); everything else is passed on as the bundle's sum, as in
 * Flink's MiniBatchIncrementalGroupAggFunction.
 */
#include "op/bundled.h"
#include "op/ops.h"

struct incremental {
    struct bundled base;             /* buckets, with distinct sets */
    struct agg_set *final;           /* of groups, the same calls without */
    struct row_layout *final_layout;
    struct row_keys final_encoded;
    const struct vec **final_columns;
    struct bundle groups;
    struct state_map *map;           /* bucket -> roots of its distinct sets */
    struct batch_buffer *decoded;    /* keys of buckets as columns again */
    struct batch_buffer *out;
    uint64_t *no_roots;
};

static const struct group_agg_params *params(const struct incremental *g) { return &g->base.op.node->as.group_agg; }

/* ---- opening -------------------------------------------------------------------------------- */

/* The calls of a group: what the sets of buckets let through is distinct. */
static enum status open_final(struct incremental *g, struct error *e) {
    const struct group_agg_params *p = params(g);
    struct arena *a = g->base.op.context.arena;
    struct agg_call *calls = ARENA_ARRAY(a, struct agg_call, p->agg_count);
    if (calls == NULL) return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < p->agg_count; i++) {
        calls[i] = p->aggs[i];
        calls[i].distinct = false;
    }
    TRY(agg_set_new(a, g->base.op.context.types, calls, p->agg_count, p->input_retracts, &g->final, e));
    bundle_init(&g->groups, g->final, g->base.op.context.state);
    return STATUS_OK;
}

static enum status open_state(struct incremental *g, struct error *e) {
    const struct group_agg_params *p = params(g);
    uint32_t sets = agg_set_distinct_count(g->base.set);
    struct state_field *fields = ARENA_ARRAY(g->base.op.context.arena, struct state_field, sets);
    g->no_roots = ARENA_ARRAY(g->base.op.context.arena, uint64_t, sets);
    if (fields == NULL || g->no_roots == NULL) return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < sets; i++) fields[i] = (struct state_field){"distinct", STATE_SORTED};
    const struct state_schema schema = {.key_types = g->base.key_types, .key_count = p->key_count, .fields = fields, .field_count = sets};
    return state_map_open(g->base.op.context.state, "buckets", &schema, p->ttl_ms, &g->map, e);
}

static enum status open_scratch(struct incremental *g) {
    const struct group_agg_params *p = params(g);
    struct arena *a = g->base.op.context.arena;
    const struct type **types = ARENA_ARRAY(a, const struct type *, p->final_key_count);
    g->final_columns = ARENA_ARRAY(a, const struct vec *, p->final_key_count);
    if (types == NULL || g->final_columns == NULL) return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < p->final_key_count; i++) types[i] = g->base.key_types[p->final_keys[i]];
    TRY(row_layout_new(a, types, p->final_key_count, &g->final_layout));
    TRY(batch_buffer_new(a, g->base.key_types, p->key_count, BATCH_ROWS_MAX, &g->decoded));
    return op_buffer_new(&g->base.op, &g->out);
}

/* ---- the end of a bundle ----------------------------------------------------------------------- */

/* One bucket into its group. */
static enum status absorb(struct incremental *g, uint32_t number, uint64_t *group, struct error *e) {
    struct state *s = g->base.op.context.state;
    const uint64_t *value = bundle_value(&g->base.bundle, number);
    uint32_t sets = agg_set_distinct_count(g->base.set);
    if (!agg_set_has_distinct(g->base.set, value)) return agg_set_absorb(g->base.set, s, g->no_roots, value, g->final, group, e);
    struct row_keys key = bundle_keys(&g->base.bundle, number, 1);
    uint64_t *roots = NULL, any = 0;
    bool created = false;
    TRY(state_map_upsert(g->map, row_keys_at(&key, 0), key.hashes[0], &roots, &created, e));
    state_write(s, roots, sets * sizeof *roots);
    TRY(agg_set_absorb(g->base.set, s, roots, value, g->final, group, e));
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
        TRY(row_read_all(g->base.keys, bundle_key(&g->base.bundle, from + i), g->decoded->batch.columns, row));
    }
    for (uint32_t i = 0; i < p->final_key_count; i++) g->final_columns[i] = g->decoded->batch.columns[p->final_keys[i]];
    TRY(row_keys_encode(&g->final_encoded, g->final_layout, g->final_columns, &rows));
    TRY(bundle_add(&g->groups, &g->final_encoded, 0, count, g->base.numbers));
    for (uint32_t i = 0; i < count; i++) TRY(absorb(g, from + i, bundle_value(&g->groups, g->base.numbers[i]), e));
    return STATUS_OK;
}

static enum status incremental_end(struct bundled *base, struct error *e) {
    struct incremental *g = (struct incremental *)base;
    struct vec **columns = g->out->batch.columns;
    const struct partial_rows p = {&base->op, g->final, g->final_layout, columns, columns + params(g)->final_key_count, g->out, base->values};
    for (uint32_t from = 0, n = 0; from < base->bundle.count; from += n) {
        n = base->bundle.count - from < BATCH_ROWS_MAX ? base->bundle.count - from : BATCH_ROWS_MAX;
        TRY(group_buckets(g, from, n, e));
    }
    g->groups.buckets = 0; /* Flink makes this map anew for each bundle */
    TRY(bundle_order(&g->groups, g->final_layout, NULL));
    TRY(partial_rows_send(&p, &g->groups, e));
    bundle_clear(&g->groups);
    return STATUS_OK;
}

/* ---- partial rows --------------------------------------------------------------------------------- */

static enum status incremental_fold(struct bundled *g, const struct batch *b, const struct rows *rows, struct error *e) {
    return agg_set_partial_fold(g->set, g->op.context.state, g->values, b->columns + g->keys->column_count, rows, false, e);
}

static enum status incremental_open(struct op *op, struct error *e) {
    struct incremental *g = (struct incremental *)op;
    g->base.fold = incremental_fold;
    g->base.end = incremental_end;
    TRY(bundled_open(&g->base, e));
    TRY(open_final(g, e));
    TRY(open_scratch(g));
    return open_state(g, e);
}

static void incremental_close(struct op *op) {
    struct incremental *g = (struct incremental *)op;
    bundled_close(&g->base);
    row_keys_deinit(&g->final_encoded);
    if (g->final != NULL) agg_set_free(g->final);
    batch_buffer_free(g->decoded);
    batch_buffer_free(g->out);
    bundle_deinit(&g->groups);
}

const struct op_class op_class_incremental_group_agg = {
    .kind = NODE_INCREMENTAL_GROUP_AGG,
    .marks = OP_MARKS_SPLIT,
    .size_bytes = sizeof(struct incremental),
    .open = incremental_open,
    .push = bundled_push,
    .on_mark = bundled_mark,
    .before_barrier = bundled_before_barrier,
    .finish = bundled_finish,
    .close = incremental_close,
};
