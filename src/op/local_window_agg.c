/* SPDX-License-Identifier: Apache-2.0 */
/*
 * local_window_agg: the first of the two phases of GROUP BY over event-time windows: folds rows per
 * key and slice into a bundle, and sends one partial row each, with the end of the slice, when a
 * watermark passes the end of the earliest slice in the bundle (everything goes then, as Flink's
 * window buffer), before a barrier, or when the bundle holds too much. The order is that in which
 * keys came.
 *
 * Late rows are folded as well: only the global aggregate judges lateness, and it sees them before
 * any watermark that could change the verdict. Nothing is kept over a barrier.
 */
#include "op/bundled.h"
#include "op/ops.h"
#include "op/windowing.h"

#include <assert.h>

enum { BUNDLE_KEYS_MAX = 1 << 17, BUNDLE_BYTES_MAX = 64 << 20 };

struct local_window_agg {
    struct op op;
    struct agg_set *set;
    struct row_layout *keys;          /* the grouping keys, then the slice's end */
    struct row_keys encoded;
    const struct vec **key_columns;
    struct vec *slice_ends;
    struct bundle bundle;
    int64_t first_end;                /* earliest slice in the bundle; INT64_MAX: none */
    uint64_t empty_bytes;             /* of the region when nothing is in the bundle */
    struct batch_buffer *out;
    struct vec **out_keys;            /* key columns and the last column */
    uint32_t *numbers;
    uint64_t **values;
    int8_t *signs;
};

static const struct window_agg_params *params(const struct local_window_agg *w) { return &w->op.node->as.window_agg; }

static const struct zone *zone_of(const struct local_window_agg *w) {
    return params(w)->window.local_zone ? w->op.context.eval->zone : NULL;
}

static enum status open_scratch(struct local_window_agg *w, uint32_t key_count) {
    struct arena *a = w->op.context.arena;
    const struct type *row = w->op.node->row;
    w->key_columns = ARENA_ARRAY(a, const struct vec *, key_count + 1);
    w->out_keys = ARENA_ARRAY(a, struct vec *, key_count + 1);
    w->numbers = ARENA_ARRAY(a, uint32_t, BATCH_ROWS_MAX);
    w->values = ARENA_ARRAY(a, uint64_t *, BATCH_ROWS_MAX);
    w->signs = ARENA_ARRAY(a, int8_t, BATCH_ROWS_MAX);
    if (w->key_columns == NULL || w->out_keys == NULL || w->numbers == NULL || w->values == NULL || w->signs == NULL) return STATUS_NO_MEMORY;
    TRY(vec_new(a, NULL, row->children[row->child_count - 1].type, BATCH_ROWS_MAX, &w->slice_ends));
    w->key_columns[key_count] = w->slice_ends;
    TRY(op_buffer_new(&w->op, &w->out));
    for (uint32_t i = 0; i < key_count; i++) w->out_keys[i] = w->out->batch.columns[i];
    w->out_keys[key_count] = w->out->batch.columns[row->child_count - 1];
    return STATUS_OK;
}

static enum status local_open(struct op *op, struct error *e) {
    struct local_window_agg *w = (struct local_window_agg *)op;
    const struct window_agg_params *p = params(w);
    struct arena *a = op->context.arena;
    const struct type *row = op->node->row, **types = ARENA_ARRAY(a, const struct type *, p->key_count + 1);
    if (types == NULL) return STATUS_NO_MEMORY;
    assert(p->window.event_time && row->children[row->child_count - 1].type->phys == PHYS_I64);
    for (uint32_t i = 0; i < p->key_count; i++) types[i] = op->input_row->children[p->keys[i]].type;
    types[p->key_count] = row->children[row->child_count - 1].type;
    TRY(row_layout_new(a, types, p->key_count + 1, &w->keys));
    TRY(agg_set_new(a, op->context.types, p->aggs, p->agg_count, window_agg_counts_rows(p), &w->set, e));
    bundle_init(&w->bundle, w->set, op->context.state);
    w->first_end = INT64_MAX;
    w->empty_bytes = state_bytes(op->context.state);
    return open_scratch(w, p->key_count);
}

/* ---- sending ------------------------------------------------------------------------------------- */

static enum status flush(struct local_window_agg *w, struct error *e) {
    const struct partial_rows p = {&w->op, w->set, w->keys, w->out_keys, w->out->batch.columns + params(w)->key_count, w->out, w->values};
    TRY(partial_rows_send(&p, &w->bundle, e));
    bundle_clear(&w->bundle);
    w->first_end = INT64_MAX;
    return STATUS_OK;
}

/* ---- folding --------------------------------------------------------------------------------------- */

static enum status local_push(struct op *op, uint32_t input, const struct batch *b, bool *ret_more, struct error *e) {
    struct local_window_agg *w = (struct local_window_agg *)op;
    const struct window_agg_params *p = params(w);
    assert(input == 0);
    *ret_more = false;
    struct rows rows = batch_rows(b);
    int64_t *ends = VEC_DATA(w->slice_ends, int64_t);
    bool retracts = p->input_retracts && b->kinds != NULL;
    for (uint32_t i = 0; i < rows.count; i++) {
        uint32_t row = rows_at(&rows, i);
        TRY(window_slice_of_row(p, zone_of(w), 0, b, row, &ends[row], e));
        if (ends[row] < w->first_end) w->first_end = ends[row];
        if (retracts) w->signs[i] = row_kind_adds(batch_kind(b, row)) ? 1 : -1;
    }
    for (uint32_t i = 0; i < p->key_count; i++) w->key_columns[i] = b->columns[p->keys[i]];
    TRY(row_keys_encode(&w->encoded, w->keys, w->key_columns, &rows));
    TRY(bundle_add(&w->bundle, &w->encoded, 0, rows.count, w->numbers));
    for (uint32_t i = 0; i < rows.count; i++) w->values[i] = bundle_value(&w->bundle, w->numbers[i]);
    TRY(agg_set_fold(w->set, op->context.state, w->values, b->columns, &rows, retracts ? w->signs : NULL, e));
    bool full = w->bundle.count >= BUNDLE_KEYS_MAX || w->bundle.keys.size_bytes >= BUNDLE_BYTES_MAX ||
                state_bytes(op->context.state) >= w->empty_bytes + BUNDLE_BYTES_MAX;
    return full ? flush(w, e) : STATUS_OK;
}

static enum status local_mark(struct op *op, const struct mark *m, bool *ret_more, struct error *e) {
    struct local_window_agg *w = (struct local_window_agg *)op;
    *ret_more = false;
    bool passed = m->kind == MARK_WATERMARK && w->first_end != INT64_MAX && window_is_fired(zone_of(w), w->first_end, m->watermark_ms);
    if (passed) TRY(flush(w, e));
    return op_emit_mark(op, m, e);
}

static enum status local_before_barrier(struct op *op, struct error *e) { return flush((struct local_window_agg *)op, e); }

static enum status local_finish(struct op *op, bool *ret_more, struct error *e) {
    *ret_more = false;
    return flush((struct local_window_agg *)op, e);
}

static void local_close(struct op *op) {
    struct local_window_agg *w = (struct local_window_agg *)op;
    row_keys_deinit(&w->encoded);
    if (w->set != NULL) agg_set_free(w->set);
    batch_buffer_free(w->out);
    bundle_deinit(&w->bundle);
}

const struct op_class op_class_local_window_agg = {
    .kind = NODE_LOCAL_WINDOW_AGG,
    .marks = OP_MARKS_SPLIT,
    .size_bytes = sizeof(struct local_window_agg),
    .open = local_open,
    .push = local_push,
    .on_mark = local_mark,
    .before_barrier = local_before_barrier,
    .finish = local_finish,
    .close = local_close,
};
