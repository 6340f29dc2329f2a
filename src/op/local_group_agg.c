/* SPDX-License-Identifier: Apache-2.0 */
/*
 * local_group_agg: the first of the two phases of GROUP BY in mini-batches: folds rows per key into a
 * bundle and sends one partial row per key when the bundle ends: at its size (exactly, in the middle
 * of a batch if need be), at a watermark, before a barrier, at the end. Nothing is kept in between.
 *
 * Rows that retract are folded too: an accumulator may go below zero here, the global aggregate
 * knows what was before. Partial rows are always insertions.
 */
#include "op/bundle.h"
#include "op/ops.h"

#include <assert.h>

struct local_group_agg {
    struct op op;
    struct agg_set *set;
    struct row_layout *keys;
    struct row_keys encoded;
    const struct vec **key_columns;
    struct bundle bundle;
    int64_t rows;             /* folded into the bundle */
    struct batch_buffer *out;
    uint32_t *numbers;
    uint64_t **values;
    int8_t *signs;
};

static const struct group_agg_params *params(const struct local_group_agg *g) { return &g->op.node->as.group_agg; }

static enum status local_open(struct op *op, struct error *e) {
    struct local_group_agg *g = (struct local_group_agg *)op;
    const struct group_agg_params *p = params(g);
    struct arena *a = op->context.arena;
    const struct type **types = ARENA_ARRAY(a, const struct type *, p->key_count);
    g->key_columns = ARENA_ARRAY(a, const struct vec *, p->key_count);
    g->numbers = ARENA_ARRAY(a, uint32_t, BATCH_ROWS_MAX);
    g->values = ARENA_ARRAY(a, uint64_t *, BATCH_ROWS_MAX);
    g->signs = ARENA_ARRAY(a, int8_t, BATCH_ROWS_MAX);
    if (types == NULL || g->key_columns == NULL || g->numbers == NULL || g->values == NULL || g->signs == NULL) return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < p->key_count; i++) types[i] = op->input_row->children[p->keys[i]].type;
    TRY(row_layout_new(a, types, p->key_count, &g->keys));
    TRY(agg_set_new(a, op->context.types, p->aggs, p->agg_count, p->input_retracts, &g->set, e));
    bundle_init(&g->bundle, g->set, op->context.state);
    return op_buffer_new(op, &g->out);
}

static enum status send_keys(struct local_group_agg *g, uint32_t from, uint32_t count, struct error *e) {
    struct batch *out = &g->out->batch;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t row = batch_buffer_row(g->out, ROW_INSERT);
        g->values[i] = bundle_value(&g->bundle, from + i);
        TRY(row_read_all(g->keys, bundle_key(&g->bundle, from + i), out->columns, row));
    }
    TRY(agg_set_partial_write(g->set, g->op.context.state, g->values, count, out->columns + g->keys->column_count, 0, e));
    return op_flush(&g->op, g->out, e);
}

static enum status local_flush(struct local_group_agg *g, struct error *e) {
    TRY(bundle_order(&g->bundle, g->keys, NULL));
    for (uint32_t from = 0, n = 0; from < g->bundle.count; from += n) {
        n = g->bundle.count - from;
        if (n > g->out->capacity) n = g->out->capacity;
        TRY(send_keys(g, from, n, e));
    }
    bundle_clear(&g->bundle);
    g->rows = 0;
    return STATUS_OK;
}

/* Rows [from, from + count) of the batch, which the bundle has room for. */
static enum status fold(struct local_group_agg *g, const struct batch *b, uint32_t from, uint32_t count, struct error *e) {
    const struct rows rows = {(b->sel == NULL ? g->op.iota : b->sel) + from, count};
    TRY(bundle_add(&g->bundle, &g->encoded, from, count, g->numbers));
    for (uint32_t i = 0; i < count; i++) g->values[i] = bundle_value(&g->bundle, g->numbers[i]);
    bool retracts = params(g)->input_retracts && b->kinds != NULL;
    for (uint32_t i = 0; retracts && i < count; i++) g->signs[i] = row_kind_adds(batch_kind(b, rows_at(&rows, i))) ? 1 : -1;
    g->rows += count;
    return agg_set_fold(g->set, g->op.context.state, g->values, b->columns, &rows, retracts ? g->signs : NULL, e);
}

static enum status local_push(struct op *op, uint32_t input, const struct batch *b, bool *ret_more, struct error *e) {
    struct local_group_agg *g = (struct local_group_agg *)op;
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
        if (p->mini_batch_rows > 0 && g->rows >= p->mini_batch_rows) TRY(local_flush(g, e));
    }
    return STATUS_OK;
}

static enum status local_mark(struct op *op, const struct mark *m, bool *ret_more, struct error *e) {
    *ret_more = false;
    if (m->kind == MARK_WATERMARK) TRY(local_flush((struct local_group_agg *)op, e));
    return op_emit_mark(op, m, e);
}

static enum status local_before_barrier(struct op *op, struct error *e) { return local_flush((struct local_group_agg *)op, e); }

static enum status local_finish(struct op *op, bool *ret_more, struct error *e) {
    *ret_more = false;
    return local_flush((struct local_group_agg *)op, e);
}

static void local_close(struct op *op) {
    struct local_group_agg *g = (struct local_group_agg *)op;
    row_keys_deinit(&g->encoded);
    if (g->set != NULL) agg_set_free(g->set);
    batch_buffer_free(g->out);
    bundle_deinit(&g->bundle);
}

const struct op_class op_class_local_group_agg = {
    .kind = NODE_LOCAL_GROUP_AGG,
    .marks = OP_MARKS_SPLIT,
    .size_bytes = sizeof(struct local_group_agg),
    .open = local_open,
    .push = local_push,
    .on_mark = local_mark,
    .before_barrier = local_before_barrier,
    .finish = local_finish,
    .close = local_close,
};
