/* SPDX-License-Identifier: Apache-2.0 */
/*
 * deduplicate: the first or the last row of each key by a time attribute, as Flink's four functions:
 *
 *   processing time, first   a key's first row goes on, nothing else is remembered
 *   processing time, last    each row replaces the one before (-U/+U); an equal one says nothing
 *   event time, last         a row replaces the one before unless its time is earlier
 *   event time, first        insert-only: the earliest row waits until the watermark has passed its
 *                            time; rows behind the watermark are dropped and counted
 *
 * In mini-batches, by processing time, one row of each key of a mini-batch counts: its first or last.
 */
#include "base/hash.h"
#include "op/keyed_rows.h"
#include "op/ops.h"
#include "op/row_bundle.h"
#include "op/saved_watermark.h"

#include <assert.h>

enum { FIELD_ROW, FIELD_TIME, FIELD_DONE, FIELDS };

static const struct state_field fields[FIELDS] = {
    {"row", STATE_BLOB}, {"time", STATE_WORD}, {"emitted", STATE_WORD},
};

struct deduplicate {
    struct op op;
    struct keyed_rows rows;
    struct state_map *map;
    struct state_timers *timers; /* event time, first */
    int64_t watermark_ms;
    struct state_rows *saved;
    uint64_t **values;
    uint8_t *created;
    uint32_t *sel;
    struct buf key;
    struct row_bundle bundle;
};

static const struct deduplicate_params *params(const struct deduplicate *d) { return &d->op.node->as.deduplicate; }

static bool bundles(const struct deduplicate *d) { return params(d)->mini_batch && !params(d)->rowtime; }

static bool waits(const struct deduplicate *d) { return params(d)->rowtime && !params(d)->keep_last; }

static enum status open_state(struct deduplicate *d, struct error *e) {
    const struct deduplicate_params *p = params(d);
    struct state *s = d->op.context.state;
    const struct state_schema schema = {
        .key_types = d->rows.key->types, .key_count = p->key_count, .fields = fields, .field_count = FIELDS,
        .row_types = d->rows.row->types, .row_count = d->rows.row->column_count,
    };
    TRY(state_map_open(s, "rows", &schema, waits(d) ? 0 : p->ttl_ms, &d->map, e));
    d->watermark_ms = WATERMARK_MIN;
    if (!waits(d)) return STATUS_OK;
    TRY(saved_watermark_open(s, &d->saved, &d->watermark_ms, e));
    return state_timers_open(s, "timers", d->rows.key->types, p->key_count, &d->timers, e);
}

static enum status deduplicate_open(struct op *op, struct error *e) {
    struct deduplicate *d = (struct deduplicate *)op;
    struct arena *a = op->context.arena;
    TRY(keyed_rows_init(&d->rows, op, params(d)->keys, params(d)->key_count));
    d->values = ARENA_ARRAY(a, uint64_t *, BATCH_ROWS_MAX);
    d->created = ARENA_ARRAY(a, uint8_t, BATCH_ROWS_MAX);
    d->sel = ARENA_ARRAY(a, uint32_t, BATCH_ROWS_MAX);
    row_bundle_init(&d->bundle, op->context.state);
    if (d->values == NULL || d->created == NULL || d->sel == NULL) return STATUS_NO_MEMORY;
    return open_state(d, e);
}

/* ---- processing time, first: a selection, no row is kept ----------------------------------------- */

static enum status push_first(struct deduplicate *d, const struct batch *b, struct error *e) {
    TRY(state_map_upsert_batch(d->map, &d->rows.encoded, d->values, d->created, e));
    struct rows rows = batch_rows(b);
    struct batch out = *b;
    out.sel = d->sel;
    out.sel_count = 0;
    for (uint32_t i = 0; i < rows.count; i++) {
        if (d->created[i]) d->sel[out.sel_count++] = rows_at(&rows, i);
    }
    return op_emit(&d->op, &out, e);
}

/* ---- last ------------------------------------------------------------------------------------------ */

static enum status replace(struct deduplicate *d, uint64_t *value, bool first, struct str row, struct error *e) {
    const struct deduplicate_params *p = params(d);
    struct state *s = d->op.context.state;
    bool sensitive = p->emit_update_before || p->emit_insert;
    if (first) {
        TRY(keyed_rows_send(&d->rows, sensitive ? ROW_INSERT : ROW_UPDATE_AFTER, row.at, e));
    } else {
        struct str before = state_blob_get(s, value[FIELD_ROW]);
        if (!p->rowtime && sensitive && p->ttl_ms == 0 && str_equal(before, row)) return STATUS_OK;
        if (p->emit_update_before) TRY(keyed_rows_send(&d->rows, ROW_UPDATE_BEFORE, before.at, e));
        TRY(keyed_rows_send(&d->rows, ROW_UPDATE_AFTER, row.at, e));
    }
    return state_blob_set(s, &value[FIELD_ROW], row, e);
}

static enum status push_last(struct deduplicate *d, const struct batch *b, struct error *e) {
    const struct deduplicate_params *p = params(d);
    struct rows rows = batch_rows(b);
    for (uint32_t i = 0; i < rows.count; i++) {
        uint32_t row = rows_at(&rows, i);
        uint64_t *value = NULL;
        bool first = false;
        TRY(state_map_upsert(d->map, row_keys_at(&d->rows.encoded, i), d->rows.encoded.hashes[i], &value, &first, e));
        int64_t time = p->rowtime ? vec_get_millis(b->columns[p->time_column], row) : 0;
        if (!first && p->rowtime && time < (int64_t)value[FIELD_TIME]) continue;
        TRY(keyed_rows_encode(&d->rows, b, row));
        TRY(replace(d, value, first, buf_view(&d->rows.bytes), e));
        state_write(d->op.context.state, value, FIELDS * 8);
        value[FIELD_TIME] = (uint64_t)time;
        state_map_touch(d->map, value);
    }
    return op_flush(&d->op, d->rows.out, e);
}

/* ---- processing time, in mini-batches ------------------------------------------------------------- */

static enum status bundle_flush(struct deduplicate *d, struct error *e) {
    struct row_bundle *u = &d->bundle;
    state_set_time(d->op.context.state, d->op.context.eval->now_us / 1000);
    TRY(row_bundle_order(u, d->rows.key));
    for (uint32_t i = 0; i < row_bundle_count(u); i++) {
        uint64_t hash = 0, *value = NULL;
        bool ignored = false, created = false;
        struct str key = row_bundle_key(u, i, &hash), row = row_bundle_row(u, i, &ignored);
        TRY(state_map_upsert(d->map, key, hash, &value, &created, e));
        if (params(d)->keep_last) TRY(replace(d, value, created, row, e));
        else if (created) TRY(keyed_rows_send(&d->rows, ROW_INSERT, row.at, e));
        if (params(d)->keep_last) state_map_touch(d->map, value);
    }
    row_bundle_clear(u);
    return op_flush(&d->op, d->rows.out, e);
}

static enum status push_bundle(struct deduplicate *d, const struct batch *b, struct error *e) {
    const struct deduplicate_params *p = params(d);
    struct rows rows = batch_rows(b);
    for (uint32_t i = 0; i < rows.count; i++) {
        TRY(keyed_rows_encode(&d->rows, b, rows_at(&rows, i)));
        TRY(row_bundle_put(&d->bundle, &d->rows.encoded, i, buf_view(&d->rows.bytes), false, !p->keep_last));
        if (p->mini_batch_rows > 0 && d->bundle.rows >= p->mini_batch_rows) TRY(bundle_flush(d, e));
    }
    return STATUS_OK;
}

/* ---- event time, first ------------------------------------------------------------------------------- */

static enum status wait_row(struct deduplicate *d, const struct batch *b, uint32_t row, uint32_t k, struct error *e) {
    struct state *s = d->op.context.state;
    int64_t time = vec_get_millis(b->columns[params(d)->time_column], row);
    if (time < d->watermark_ms) {
        d->op.context.metrics->late_rows++;
        return STATUS_OK;
    }
    uint64_t *value = NULL;
    bool created = false;
    struct str key = row_keys_at(&d->rows.encoded, k);
    TRY(state_map_upsert(d->map, key, d->rows.encoded.hashes[k], &value, &created, e));
    if (value[FIELD_DONE] != 0) return STATUS_OK;
    if (!created && time >= (int64_t)value[FIELD_TIME]) return STATUS_OK;
    if (!created) state_timers_remove(d->timers, (int64_t)value[FIELD_TIME], key);
    TRY(state_timers_add(d->timers, time, key, e));
    TRY(keyed_rows_encode(&d->rows, b, row));
    TRY(state_blob_set(s, &value[FIELD_ROW], buf_view(&d->rows.bytes), e));
    state_write(s, value, FIELDS * 8);
    value[FIELD_TIME] = (uint64_t)time;
    return STATUS_OK;
}

static enum status fire(struct deduplicate *d, struct error *e) {
    struct state *s = d->op.context.state;
    int64_t time = 0;
    struct str key;
    while (state_timers_first(d->timers, &time, &key) && time <= d->watermark_ms) {
        buf_reset(&d->key);
        buf_append(&d->key, key.at, key.size_bytes);
        if (d->key.failed) return STATUS_NO_MEMORY;
        key = buf_view(&d->key);
        state_timers_remove(d->timers, time, key);
        uint64_t *value = state_map_find(d->map, key, hash_bytes(key.at, key.size_bytes, 0));
        assert(value != NULL && value[FIELD_ROW] != 0);
        TRY(keyed_rows_send(&d->rows, ROW_INSERT, state_blob_get(s, value[FIELD_ROW]).at, e));
        state_write(s, value, FIELDS * 8);
        state_blob_free(s, &value[FIELD_ROW]);
        value[FIELD_DONE] = 1;
    }
    return op_flush(&d->op, d->rows.out, e);
}

static enum status deduplicate_mark(struct op *op, const struct mark *m, bool *ret_more, struct error *e) {
    struct deduplicate *d = (struct deduplicate *)op;
    *ret_more = false;
    if (m->kind == MARK_WATERMARK && waits(d)) {
        d->watermark_ms = m->watermark_ms;
        TRY(fire(d, e));
    } else if (m->kind == MARK_WATERMARK && bundles(d)) {
        TRY(bundle_flush(d, e));
    }
    return op_emit_mark(op, m, e);
}

static enum status deduplicate_push(struct op *op, uint32_t input, const struct batch *b, bool *ret_more, struct error *e) {
    struct deduplicate *d = (struct deduplicate *)op;
    const struct deduplicate_params *p = params(d);
    assert(input == 0);
    *ret_more = false;
    TRY(keyed_rows_begin(&d->rows, b));
    if (bundles(d)) return push_bundle(d, b, e);
    if (p->keep_last) return push_last(d, b, e);
    if (!p->rowtime) return push_first(d, b, e);
    struct rows rows = batch_rows(b);
    for (uint32_t i = 0; i < rows.count; i++) TRY(wait_row(d, b, rows_at(&rows, i), i, e));
    return STATUS_OK;
}

static enum status deduplicate_before_barrier(struct op *op, struct error *e) {
    struct deduplicate *d = (struct deduplicate *)op;
    if (bundles(d)) TRY(bundle_flush(d, e));
    return waits(d) ? saved_watermark_store(d->saved, d->watermark_ms, e) : STATUS_OK;
}

static enum status deduplicate_finish(struct op *op, bool *ret_more, struct error *e) {
    *ret_more = false;
    return bundles((struct deduplicate *)op) ? bundle_flush((struct deduplicate *)op, e) : STATUS_OK;
}

static void deduplicate_close(struct op *op) {
    struct deduplicate *d = (struct deduplicate *)op;
    keyed_rows_deinit(&d->rows);
    buf_deinit(&d->key);
    row_bundle_deinit(&d->bundle);
}

const struct op_class op_class_deduplicate = {
    .kind = NODE_DEDUPLICATE,
    .marks = OP_MARKS_SPLIT,
    .size_bytes = sizeof(struct deduplicate),
    .open = deduplicate_open,
    .push = deduplicate_push,
    .on_mark = deduplicate_mark,
    .before_barrier = deduplicate_before_barrier,
    .finish = deduplicate_finish,
    .close = deduplicate_close,
};
