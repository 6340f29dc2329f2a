/* SPDX-License-Identifier: Apache-2.0 */
/*
 * temporal_sort: ORDER BY a rowtime (ascending) and perhaps more columns: rows wait in order of the
 * full sort key until the watermark has reached their time. A row whose time has been sorted out
 * already is late: dropped and counted. Flink's RowTimeSortOperator.
 *
 * The rows lie in one ordered map of a singleton key; equal keys keep their order of arrival. So does
 * the watermark: the assigner above begins anew after a restore, and firing at its first, lower
 * watermarks would make rows late that an undisturbed run keeps.
 */
#include "base/hash.h"
#include "op/keyed_rows.h"
#include "op/ops.h"

#include <assert.h>

enum { FIELD_ROWS, FIELD_SEQUENCE, FIELD_DONE_UNTIL, FIELD_STARTED, FIELD_WATERMARK, FIELDS };

static const struct state_field fields[FIELDS] = {
    {"rows", STATE_SORTED}, {"sequence", STATE_WORD}, {"done-until", STATE_WORD}, {"started", STATE_WORD},
    {"watermark", STATE_WORD},
};

struct temporal_sort {
    struct op op;
    struct keyed_rows rows;
    struct state_map *map;
    struct buf key, taken;
    struct mark pending; /* what is being fired */
};

static enum status sort_open(struct op *op, struct error *e) {
    struct temporal_sort *t = (struct temporal_sort *)op;
    if (!op->node->as.sort.rowtime) {
        return error_set(e, STATUS_UNSUPPORTED, "ORDER BY a processing time with further columns is not supported");
    }
    TRY(keyed_rows_init(&t->rows, op, NULL, 0));
    const struct state_schema schema = {
        .fields = fields, .field_count = FIELDS,
        .row_types = t->rows.row->types, .row_count = t->rows.row->column_count,
    };
    return state_map_open(op->context.state, "rows", &schema, 0, &t->map, e);
}

/* The one entry's value. */
static enum status singleton(struct temporal_sort *t, uint64_t **ret, struct error *e) {
    bool created = false;
    struct str empty = STR("");
    TRY(state_map_upsert(t->map, empty, hash_bytes(empty.at, 0, 0), ret, &created, e));
    state_write(t->op.context.state, *ret, FIELDS * 8);
    return STATUS_OK;
}

static enum status add(struct temporal_sort *t, uint64_t *value, const struct batch *b, uint32_t row, struct error *e) {
    const struct sort_params *p = &t->op.node->as.sort;
    int64_t time = vec_get_millis(b->columns[p->time_column], row);
    if (value[FIELD_STARTED] != 0 && time <= (int64_t)value[FIELD_DONE_UNTIL]) {
        t->op.context.metrics->late_rows++;
        return STATUS_OK;
    }
    buf_reset(&t->key);
    TRY(sort_key_append(&t->key, p->order, p->order_count, (const struct vec *const *)b->columns, row));
    uint64_t sequence = value[FIELD_SEQUENCE]++;
    for (int i = 7; i >= 0; i--) buf_char(&t->key, (char)(sequence >> (8 * i)));
    if (t->key.failed) return STATUS_NO_MEMORY;
    TRY(keyed_rows_encode(&t->rows, b, row));
    return state_sorted_put(t->op.context.state, &value[FIELD_ROWS], buf_view(&t->key), buf_view(&t->rows.bytes), e);
}

static enum status sort_push(struct op *op, uint32_t input, const struct batch *b, bool *ret_more, struct error *e) {
    struct temporal_sort *t = (struct temporal_sort *)op;
    uint64_t *value = NULL;
    assert(input == 0);
    *ret_more = false;
    struct rows rows = batch_rows(b);
    TRY(singleton(t, &value, e));
    for (uint32_t i = 0; i < rows.count; i++) TRY(add(t, value, b, rows_at(&rows, i), e));
    return STATUS_OK;
}

/* Watermarks in an order in which a fresh entry's zero is below all. */
static uint64_t watermark_word(int64_t watermark_ms) { return (uint64_t)watermark_ms ^ ((uint64_t)1 << 63); }

/* The time of a stored row. */
static int64_t time_of(const struct temporal_sort *t, struct str row) {
    uint32_t c = t->op.node->as.sort.time_column;
    int64_t micros = 0;
    memcpy(&micros, row_slot(t->rows.row, row.at, c), sizeof micros);
    return ts_to_millis((struct ts){.micros = micros});
}

static bool is_due(const struct temporal_sort *t, const uint64_t *value, struct sorted_cursor *ret) {
    const struct state *s = t->op.context.state;
    if (!state_sorted_seek(s, value[FIELD_ROWS], (struct str){NULL, 0}, ret)) return false;
    return watermark_word(time_of(t, state_sorted_value(s, ret))) <= value[FIELD_WATERMARK];
}

/* A row leaves the state when it goes out: what is left below the watermark is what is left to fire. */
static enum status fire(struct temporal_sort *t, bool *ret_more, struct error *e) {
    struct state *s = t->op.context.state;
    uint64_t *value = NULL;
    struct sorted_cursor c;
    TRY(singleton(t, &value, e));
    for (uint32_t left = op_fire_rows(&t->op); is_due(t, value, &c); left--) {
        *ret_more = left == 0;
        if (left == 0) break;
        struct str row = state_sorted_value(s, &c), key = state_sorted_key(s, &c);
        int64_t time = time_of(t, row);
        TRY(keyed_rows_send(&t->rows, ROW_INSERT, row.at, e));
        buf_reset(&t->taken);
        buf_append(&t->taken, key.at, key.size_bytes);
        if (t->taken.failed) return STATUS_NO_MEMORY;
        value[FIELD_DONE_UNTIL] = (uint64_t)time;
        value[FIELD_STARTED] = 1;
        state_sorted_remove(s, &value[FIELD_ROWS], buf_view(&t->taken));
    }
    return op_flush(&t->op, t->rows.out, e);
}

static enum status sort_resume(struct op *op, bool *ret_more, struct error *e) {
    struct temporal_sort *t = (struct temporal_sort *)op;
    *ret_more = false;
    TRY(fire(t, ret_more, e));
    return *ret_more ? STATUS_OK : op_emit_mark(op, &t->pending, e);
}

static enum status sort_mark(struct op *op, const struct mark *m, bool *ret_more, struct error *e) {
    struct temporal_sort *t = (struct temporal_sort *)op;
    uint64_t *value = NULL;
    *ret_more = false;
    TRY(singleton(t, &value, e));
    if (m->kind != MARK_WATERMARK || watermark_word(m->watermark_ms) <= value[FIELD_WATERMARK]) return op_emit_mark(op, m, e);
    value[FIELD_WATERMARK] = watermark_word(m->watermark_ms);
    t->pending = *m;
    return sort_resume(op, ret_more, e);
}

/* The watermark goes on, once more perhaps, when all that it lets out is out. */
static enum status sort_continues(struct op *op, bool *ret_more, struct error *e) {
    struct temporal_sort *t = (struct temporal_sort *)op;
    uint64_t *value = NULL;
    struct sorted_cursor c;
    TRY(singleton(t, &value, e));
    *ret_more = is_due(t, value, &c);
    t->pending = (struct mark){.kind = MARK_WATERMARK, .watermark_ms = (int64_t)(value[FIELD_WATERMARK] ^ ((uint64_t)1 << 63))};
    return STATUS_OK;
}

static void sort_close(struct op *op) {
    struct temporal_sort *t = (struct temporal_sort *)op;
    keyed_rows_deinit(&t->rows);
    buf_deinit(&t->key);
    buf_deinit(&t->taken);
}

const struct op_class op_class_temporal_sort = {
    .kind = NODE_TEMPORAL_SORT,
    .marks = OP_MARKS_SPLIT,
    .size_bytes = sizeof(struct temporal_sort),
    .open = sort_open,
    .push = sort_push,
    .on_mark = sort_mark,
    .resume = sort_resume,
    .continues = sort_continues,
    .close = sort_close,
};
