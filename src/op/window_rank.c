/* SPDX-License-Identifier: Apache-2.0 */
/*
 * window_rank: ROW_NUMBER per window (window Top-N) and its special case by time attribute (window
 * deduplicate): per window and partition the best rows, in order, are kept; when the watermark
 * passes the window's end they go out as inserts, a step's worth of rows at a time, and the window is
 * dropped. How far a window has gone out is part of its state, so a barrier may come in between. Rows of a fired window
 * are late: dropped and counted. Flink's WindowRankOperator and RowTimeWindowDeduplicateOperator.
 */
#include "base/hash.h"
#include "op/keyed_rows.h"
#include "op/ops.h"
#include "op/saved_watermark.h"
#include "op/windowing.h"

#include <assert.h>

enum { FIELD_ROWS, FIELD_SEQUENCE, FIELDS };

static const struct state_field fields[FIELDS] = {{"rows", STATE_SORTED}, {"sequence", STATE_WORD}};

struct window_rank {
    struct op op;
    struct keyed_rows rows;
    struct state_family *windows;
    struct state_rows *saved;
    int64_t watermark_ms;
    struct mark pending;          /* what is being fired */
    int64_t to;
    struct sort_column by_time;   /* deduplicate */
    struct buf key, taken;
};

static const struct window_rank_params *params(const struct window_rank *w) { return &w->op.node->as.window_rank; }

static const struct zone *zone_of(const struct window_rank *w) {
    return params(w)->local_zone ? w->op.context.eval->zone : NULL;
}

static enum status window_rank_open(struct op *op, struct error *e) {
    struct window_rank *w = (struct window_rank *)op;
    const struct window_rank_params *p = params(w);
    if (!p->event_time) {
        return error_set(e, STATUS_UNSUPPORTED, "%s over processing-time windows is not supported", node_label(op->node->kind));
    }
    w->to = p->deduplicate ? 1 : p->rank.to;
    w->by_time = (struct sort_column){.column = p->time_column, .descending = p->keep_last};
    TRY(keyed_rows_init(&w->rows, op, p->rank.partition, p->rank.partition_count));
    const struct state_schema schema = {
        .key_types = w->rows.key->types, .key_count = p->rank.partition_count, .fields = fields, .field_count = FIELDS,
        .row_types = w->rows.row->types, .row_count = w->rows.row->column_count,
    };
    TRY(state_family_open(op->context.state, "windows", &schema, &w->windows, e));
    return saved_watermark_open(op->context.state, &w->saved, &w->watermark_ms, e);
}

/* The sort key of a row: of two equal times the later row wins when the last is kept. */
static enum status sort_key(struct window_rank *w, uint64_t *value, const struct batch *b, uint32_t row) {
    const struct window_rank_params *p = params(w);
    const struct vec *const *columns = (const struct vec *const *)b->columns;
    uint64_t sequence = value[FIELD_SEQUENCE]++;
    if (p->deduplicate && p->keep_last) sequence = UINT64_MAX - sequence;
    buf_reset(&w->key);
    TRY(sort_key_append(&w->key, p->deduplicate ? &w->by_time : p->rank.order, p->deduplicate ? 1 : p->rank.order_count, columns, row));
    for (int i = 7; i >= 0; i--) buf_char(&w->key, (char)(sequence >> (8 * i)));
    return w->key.failed ? STATUS_NO_MEMORY : STATUS_OK;
}

static enum status add(struct window_rank *w, const struct batch *b, uint32_t row, uint32_t k, struct error *e) {
    struct state *s = w->op.context.state;
    int64_t end = vec_get_millis(b->columns[params(w)->window_end], row);
    if (window_is_fired(zone_of(w), end, w->watermark_ms)) {
        w->op.context.metrics->late_rows++;
        return STATUS_OK;
    }
    struct state_map *map = NULL;
    uint64_t *value = NULL;
    bool created = false;
    struct sorted_cursor last;
    TRY(state_family_map(w->windows, end, true, &map, e));
    TRY(state_map_upsert(map, row_keys_at(&w->rows.encoded, k), w->rows.encoded.hashes[k], &value, &created, e));
    state_write(s, value, FIELDS * 8);
    TRY(sort_key(w, value, b, row));
    TRY(keyed_rows_encode(&w->rows, b, row));
    TRY(state_sorted_put(s, &value[FIELD_ROWS], buf_view(&w->key), buf_view(&w->rows.bytes), e));
    if ((int64_t)state_sorted_count(s, value[FIELD_ROWS]) <= w->to) return STATUS_OK;
    bool there = state_sorted_last(s, value[FIELD_ROWS], &last);
    assert(there);
    (void)there;
    struct str key = state_sorted_key(s, &last);
    buf_reset(&w->taken);
    buf_append(&w->taken, key.at, key.size_bytes);
    if (w->taken.failed) return STATUS_NO_MEMORY;
    state_sorted_remove(s, &value[FIELD_ROWS], buf_view(&w->taken));
    return STATUS_OK;
}

static enum status window_rank_push(struct op *op, uint32_t input, const struct batch *b, bool *ret_more, struct error *e) {
    (void)input;
    struct window_rank *w = (struct window_rank *)op;
    *ret_more = false;
    TRY(keyed_rows_begin(&w->rows, b));
    struct rows rows = batch_rows(b);
    for (uint32_t i = 0; i < rows.count; i++) TRY(add(w, b, rows_at(&rows, i), i, e));
    return STATUS_OK;
}

/* ---- firing -------------------------------------------------------------------------------------- */

static enum status send(struct window_rank *w, const void *row, int64_t rank, struct error *e) {
    const struct window_rank_params *p = params(w);
    if (!p->deduplicate && rank < p->rank.from) return STATUS_OK;
    TRY(keyed_rows_send(&w->rows, ROW_INSERT, row, e));
    if (p->deduplicate || !p->rank.with_rank) return STATUS_OK;
    struct vec *v = w->rows.out->batch.columns[w->rows.row->column_count];
    uint32_t at = w->rows.out->batch.row_count - 1;
    vec_set_valid(v, at);
    VEC_DATA(v, int64_t)[at] = rank;
    return STATUS_OK;
}

static enum status send_partition(struct window_rank *w, const uint64_t *value, int64_t *left, struct error *e) {
    const struct state *s = w->op.context.state;
    struct sorted_cursor c;
    int64_t rank = 1;
    bool more = state_sorted_seek(s, value[FIELD_ROWS], (struct str){NULL, 0}, &c);
    for (; more; more = state_sorted_next(s, &c), rank++) TRY(send(w, state_sorted_value(s, &c).at, rank, e));
    *left -= rank;
    return STATUS_OK;
}

/* Whole partitions until the step's rows are used up; then the window remembers how far it has come. */
static enum status fire_window(struct window_rank *w, int64_t end, int64_t *left, struct error *e) {
    struct state_map *map = NULL;
    struct state_cursor cursor = {0};
    struct str key;
    uint64_t *value = NULL;
    TRY(state_family_map(w->windows, end, false, &map, e));
    while (*left > 0) {
        if (!state_map_next(map, &cursor, &key, &value)) {
            state_family_drop(w->windows, end);
            return STATUS_OK;
        }
        TRY(send_partition(w, value, left, e));
    }
    state_map_pass(map, &cursor);
    return STATUS_OK;
}

static bool next_fired(const struct window_rank *w, int64_t *ret_end) {
    return state_family_next(w->windows, INT64_MIN, ret_end) && window_is_fired(zone_of(w), *ret_end, w->watermark_ms);
}

static enum status window_rank_resume(struct op *op, bool *ret_more, struct error *e) {
    struct window_rank *w = (struct window_rank *)op;
    int64_t end = 0, left = op_fire_rows(op);
    while (left > 0 && next_fired(w, &end)) TRY(fire_window(w, end, &left, e));
    TRY(op_flush(op, w->rows.out, e));
    *ret_more = next_fired(w, &end);
    return *ret_more ? STATUS_OK : op_emit_mark(op, &w->pending, e);
}

static enum status window_rank_mark(struct op *op, const struct mark *m, bool *ret_more, struct error *e) {
    struct window_rank *w = (struct window_rank *)op;
    *ret_more = false;
    if (m->kind != MARK_WATERMARK || m->watermark_ms <= w->watermark_ms) return op_emit_mark(op, m, e);
    w->watermark_ms = m->watermark_ms;
    w->pending = *m;
    return window_rank_resume(op, ret_more, e);
}

static enum status window_rank_continues(struct op *op, bool *ret_more, struct error *e) {
    struct window_rank *w = (struct window_rank *)op;
    int64_t end = 0;
    (void)e;
    w->pending = (struct mark){.kind = MARK_WATERMARK, .watermark_ms = w->watermark_ms};
    *ret_more = next_fired(w, &end);
    return STATUS_OK;
}

static enum status window_rank_before_barrier(struct op *op, struct error *e) {
    struct window_rank *w = (struct window_rank *)op;
    return saved_watermark_store(w->saved, w->watermark_ms, e);
}

static void window_rank_close(struct op *op) {
    struct window_rank *w = (struct window_rank *)op;
    keyed_rows_deinit(&w->rows);
    buf_deinit(&w->key);
    buf_deinit(&w->taken);
}

#define WINDOW_RANK_CLASS(node_kind)                                                               \
    {                                                                                              \
        .kind = (node_kind), .marks = OP_MARKS_SPLIT, .size_bytes = sizeof(struct window_rank),    \
        .open = window_rank_open, .push = window_rank_push, .on_mark = window_rank_mark,           \
        .resume = window_rank_resume, .continues = window_rank_continues,                          \
        .before_barrier = window_rank_before_barrier, .close = window_rank_close,                  \
    }

const struct op_class op_class_window_rank = WINDOW_RANK_CLASS(NODE_WINDOW_RANK);
const struct op_class op_class_window_deduplicate = WINDOW_RANK_CLASS(NODE_WINDOW_DEDUPLICATE);
