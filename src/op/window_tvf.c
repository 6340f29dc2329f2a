/* SPDX-License-Identifier: Apache-2.0 */
/*
 * window_tvf: TUMBLE, HOP and CUMULATE as table functions: each input row once per window that
 * holds it, with window_start, window_end and window_time behind its columns. Input columns go out
 * as dictionaries over the input batch, so no value is copied however many windows overlap.
 *
 * HOP yields a row's windows from the latest to the earliest, CUMULATE from the shortest to the
 * longest, as Flink's assigners do. Event-time rows without a time are dropped and counted, as in
 * Flink. Watermarks pass through behind the rows before them.
 */
#include "op/dict.h"
#include "op/ops.h"
#include "op/windowing.h"

#include <assert.h>

struct window_tvf {
    struct op op;
    uint32_t *index;           /* input row of each output row */
    uint8_t *kinds;
    struct vec **columns;      /* dictionaries, then the three window columns */
    struct dict *dict;
    uint32_t count;
};

static enum status tvf_open(struct op *op, struct error *e) {
    struct window_tvf *t = (struct window_tvf *)op;
    struct arena *a = op->context.arena;
    uint32_t in = op->input_row->child_count, out = op->node->row->child_count;
    assert(out == in + 3);
    (void)e;
    t->index = ARENA_ARRAY(a, uint32_t, BATCH_ROWS_MAX);
    t->kinds = ARENA_ARRAY(a, uint8_t, BATCH_ROWS_MAX);
    t->columns = ARENA_ARRAY(a, struct vec *, out);
    if (t->index == NULL || t->kinds == NULL || t->columns == NULL) return STATUS_NO_MEMORY;
    TRY(dict_new(a, in, &t->dict));
    for (uint32_t i = in; i < out; i++) {
        TRY(vec_new(a, NULL, op->node->row->children[i].type, BATCH_ROWS_MAX, &t->columns[i]));
    }
    return STATUS_OK;
}

static enum status tvf_flush(struct window_tvf *t, const struct batch *b, struct error *e) {
    if (t->count == 0) return STATUS_OK;
    uint32_t in = t->op.input_row->child_count;
    TRY(dict_make(t->dict, b->columns, NULL, t->index, t->count, t->columns));
    struct batch out = {.row_count = t->count, .column_count = in + 3, .columns = t->columns,
                        .kinds = b->kinds == NULL ? NULL : t->kinds, .sel_count = t->count};
    t->count = 0;
    return op_emit(&t->op, &out, e);
}

static enum status tvf_row(struct window_tvf *t, const struct batch *b, uint32_t row, int64_t start,
                           int64_t end, struct error *e) {
    if (t->count == BATCH_ROWS_MAX) TRY(tvf_flush(t, b, e));
    const struct window *w = &t->op.node->as.window_tvf.window;
    const struct zone *zone = w->local_zone ? t->op.context.eval->zone : NULL;
    uint32_t in = t->op.input_row->child_count, at = t->count++;
    t->index[at] = row;
    t->kinds[at] = (uint8_t)batch_kind(b, row);
    VEC_DATA(t->columns[in], int64_t)[at] = start * 1000;
    VEC_DATA(t->columns[in + 1], int64_t)[at] = end * 1000;
    VEC_DATA(t->columns[in + 2], int64_t)[at] = window_to_instant(zone, end - 1) * 1000;
    return STATUS_OK;
}

static enum status tvf_windows(struct window_tvf *t, const struct batch *b, uint32_t row, int64_t time, struct error *e) {
    const struct window *w = &t->op.node->as.window_tvf.window;
    if (w->kind == WINDOW_HOP) {
        for (int64_t s = window_floor(time, w->offset_ms, w->slide_ms); s > time - w->size_ms; s -= w->slide_ms) {
            TRY(tvf_row(t, b, row, s, s + w->size_ms, e));
        }
        return STATUS_OK;
    }
    int64_t start = window_floor(time, w->offset_ms, w->size_ms);
    if (w->kind == WINDOW_TUMBLE) return tvf_row(t, b, row, start, start + w->size_ms, e);
    int64_t end = window_floor(time, w->offset_ms, w->slide_ms) + w->slide_ms;
    for (; end <= start + w->size_ms; end += w->slide_ms) TRY(tvf_row(t, b, row, start, end, e));
    return STATUS_OK;
}

static enum status tvf_push(struct op *op, uint32_t input, const struct batch *b, bool *ret_more, struct error *e) {
    (void)input;
    struct window_tvf *t = (struct window_tvf *)op;
    const struct window *w = &op->node->as.window_tvf.window;
    const struct zone *zone = w->local_zone ? op->context.eval->zone : NULL;
    *ret_more = false;
    struct rows rows = batch_rows(b);
    for (uint32_t i = 0; i < rows.count; i++) {
        uint32_t row = rows_at(&rows, i);
        int64_t time = op->context.eval->now_us / 1000;
        if (w->event_time) {
            if (vec_is_null(b->columns[w->time_column], row)) {
                op->context.metrics->bad_rows++;
                continue;
            }
            time = vec_get_millis(b->columns[w->time_column], row);
        }
        TRY(tvf_windows(t, b, row, window_from_instant(zone, time), e));
    }
    return tvf_flush(t, b, e);
}

const struct op_class op_class_window_tvf = {
    .kind = NODE_WINDOW_TVF,
    .marks = OP_MARKS_SPLIT,
    .size_bytes = sizeof(struct window_tvf),
    .open = tvf_open,
    .push = tvf_push,
};
