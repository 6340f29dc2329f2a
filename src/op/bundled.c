/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bundled: see the header. Rows are added to the bundle in stretches that end where the bundle must,
 * so an operator's fold never sees more rows than fit.
 */
#include "op/bundled.h"

#include <assert.h>

static const struct group_agg_params *params(const struct bundled *g) { return &g->op.node->as.group_agg; }

enum status bundled_open(struct bundled *g, struct error *e) {
    const struct group_agg_params *p = params(g);
    struct arena *a = g->op.context.arena;
    assert(g->fold != NULL && g->end != NULL);
    g->key_types = ARENA_ARRAY(a, const struct type *, p->key_count);
    g->key_columns = ARENA_ARRAY(a, const struct vec *, p->key_count);
    g->numbers = ARENA_ARRAY(a, uint32_t, BATCH_ROWS_MAX);
    g->values = ARENA_ARRAY(a, uint64_t *, BATCH_ROWS_MAX);
    if (g->key_types == NULL || g->key_columns == NULL || g->numbers == NULL || g->values == NULL) return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < p->key_count; i++) g->key_types[i] = g->op.input_row->children[p->keys[i]].type;
    TRY(row_layout_new(a, g->key_types, p->key_count, &g->keys));
    TRY(agg_set_new(a, g->op.context.types, p->aggs, p->agg_count, p->input_retracts, &g->set, e));
    bundle_init(&g->bundle, g->set, g->op.context.state);
    return STATUS_OK;
}

void bundled_close(struct bundled *g) {
    row_keys_deinit(&g->encoded);
    if (g->set != NULL) agg_set_free(g->set);
    bundle_deinit(&g->bundle);
}

static enum status end_bundle(struct bundled *g, struct error *e) {
    state_set_time(g->op.context.state, g->op.context.eval->now_us / 1000);
    TRY(bundle_order(&g->bundle, g->keys, NULL));
    TRY(g->end(g, e));
    bundle_clear(&g->bundle);
    g->rows = 0;
    return STATUS_OK;
}

enum status bundled_push(struct op *op, uint32_t input, const struct batch *b, bool *ret_more, struct error *e) {
    struct bundled *g = (struct bundled *)op;
    const struct group_agg_params *p = params(g);
    assert(input == 0);
    *ret_more = false;
    struct rows rows = batch_rows(b);
    const uint32_t *sel = b->sel == NULL ? op->iota : b->sel;
    for (uint32_t i = 0; i < p->key_count; i++) g->key_columns[i] = b->columns[p->keys[i]];
    TRY(row_keys_encode(&g->encoded, g->keys, g->key_columns, &rows));
    for (uint32_t from = 0, n = 0; from < rows.count; from += n) {
        n = rows.count - from;
        if (p->mini_batch_rows > 0 && n > p->mini_batch_rows - g->rows) n = (uint32_t)(p->mini_batch_rows - g->rows);
        const struct rows part = {sel + from, n};
        TRY(bundle_add(&g->bundle, &g->encoded, from, n, g->numbers));
        for (uint32_t i = 0; i < n; i++) g->values[i] = bundle_value(&g->bundle, g->numbers[i]);
        TRY(g->fold(g, b, &part, e));
        g->rows += n;
        if (p->mini_batch_rows > 0 && g->rows >= p->mini_batch_rows) TRY(end_bundle(g, e));
    }
    return STATUS_OK;
}

enum status bundled_mark(struct op *op, const struct mark *m, bool *ret_more, struct error *e) {
    *ret_more = false;
    if (m->kind == MARK_WATERMARK) TRY(end_bundle((struct bundled *)op, e));
    return op_emit_mark(op, m, e);
}

enum status bundled_before_barrier(struct op *op, struct error *e) { return end_bundle((struct bundled *)op, e); }

enum status bundled_finish(struct op *op, bool *ret_more, struct error *e) {
    *ret_more = false;
    return end_bundle((struct bundled *)op, e);
}

/* ---- partial rows ---------------------------------------------------------------------------- */

static enum status send_keys(const struct partial_rows *p, const struct bundle *b, uint32_t from, uint32_t count, struct error *e) {
    for (uint32_t i = 0; i < count; i++) {
        uint32_t row = batch_buffer_row(p->out, ROW_INSERT);
        p->values[i] = bundle_value(b, from + i);
        TRY(row_read_all(p->keys, bundle_key(b, from + i), p->key_columns, row));
    }
    TRY(agg_set_partial_write(p->set, p->op->context.state, p->values, count, p->columns, 0, e));
    return op_flush(p->op, p->out, e);
}

enum status partial_rows_send(const struct partial_rows *p, const struct bundle *b, struct error *e) {
    assert(p->out->batch.row_count == 0 && p->out->capacity <= BATCH_ROWS_MAX);
    for (uint32_t from = 0, n = 0; from < b->count; from += n) {
        n = b->count - from < p->out->capacity ? b->count - from : p->out->capacity;
        TRY(send_keys(p, b, from, n, e));
    }
    return STATUS_OK;
}
