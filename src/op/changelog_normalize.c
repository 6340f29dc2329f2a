/* SPDX-License-Identifier: Apache-2.0 */
/*
 * changelog_normalize: turns an upsert changelog (no -U, or duplicates) into a regular one by
 * keeping the last row of each key: +I for a new key, -U/+U for a changed row, nothing for an equal
 * one (while state does not expire), -D with the stored row for a deletion; a deletion of an unknown
 * key says nothing. With a filter only rows that pass are kept: one that no longer passes takes the
 * kept row away. Flink's DeduplicateFunctionHelper.processLastRowOnChangelog.
 *
 * In mini-batches only the last row of each key of a mini-batch counts.
 */
#include "func/eval.h"
#include "op/keyed_rows.h"
#include "op/ops.h"
#include "op/row_bundle.h"

#include <assert.h>

static const struct state_field fields[] = {{"row", STATE_BLOB}};

struct normalize {
    struct op op;
    struct keyed_rows rows;
    struct state_map *map;
    struct program *filter; /* NULL: none */
    uint32_t *passing;      /* rows of the batch that pass */
    uint32_t passing_count;
    struct row_bundle bundle;
};

static const struct normalize_params *params(const struct normalize *n) { return &n->op.node->as.normalize; }

static enum status filter_open(struct normalize *n, struct error *e) {
    struct expr *filter = n->op.node->as.normalize.filter;
    if (filter == NULL) return STATUS_OK;
    n->passing = ARENA_ARRAY(n->op.context.arena, uint32_t, BATCH_ROWS_MAX);
    if (n->passing == NULL) return error_no_memory(e, BATCH_ROWS_MAX * sizeof *n->passing);
    return program_new(n->op.context.arena, &filter, 1, n->op.context.eval, &n->filter, e);
}

static enum status filter_run(struct normalize *n, const struct batch *b, struct error *e) {
    struct rows rows = batch_rows(b);
    if (n->filter == NULL) return STATUS_OK;
    program_begin(n->filter);
    return program_filter(n->filter, 0, b->columns, &rows, n->passing, &n->passing_count, e);
}

static enum status normalize_open(struct op *op, struct error *e) {
    struct normalize *n = (struct normalize *)op;
    const struct normalize_params *p = params(n);
    TRY(keyed_rows_init(&n->rows, op, p->keys, p->key_count));
    TRY(filter_open(n, e));
    row_bundle_init(&n->bundle, op->context.state);
    const struct state_schema schema = {
        .key_types = n->rows.key->types, .key_count = p->key_count, .fields = fields, .field_count = 1,
        .row_types = n->rows.row->types, .row_count = n->rows.row->column_count,
    };
    return state_map_open(op->context.state, "rows", &schema, p->ttl_ms, &n->map, e);
}

static enum status add(struct normalize *n, struct str key, uint64_t hash, struct str row, struct error *e) {
    const struct normalize_params *p = params(n);
    struct state *s = n->op.context.state;
    uint64_t *value = NULL;
    bool created = false;
    TRY(state_map_upsert(n->map, key, hash, &value, &created, e));
    if (created) {
        TRY(keyed_rows_send(&n->rows, ROW_INSERT, row.at, e));
    } else {
        struct str before = state_blob_get(s, value[0]);
        if (p->ttl_ms == 0 && str_equal(before, row)) return STATUS_OK;
        if (p->emit_update_before) TRY(keyed_rows_send(&n->rows, ROW_UPDATE_BEFORE, before.at, e));
        TRY(keyed_rows_send(&n->rows, ROW_UPDATE_AFTER, row.at, e));
    }
    TRY(state_blob_set(s, &value[0], row, e));
    state_map_touch(n->map, value);
    return STATUS_OK;
}

static enum status take_away(struct normalize *n, struct str key, uint64_t hash, struct error *e) {
    uint64_t *value = state_map_find(n->map, key, hash);
    if (value == NULL) return STATUS_OK;
    TRY(keyed_rows_send(&n->rows, ROW_DELETE, state_blob_get(n->op.context.state, value[0]).at, e));
    state_map_remove(n->map, key, hash);
    return STATUS_OK;
}

/* The end of a mini-batch. */
static enum status bundle_flush(struct normalize *n, struct error *e) {
    struct row_bundle *u = &n->bundle;
    state_set_time(n->op.context.state, n->op.context.eval->now_us / 1000);
    TRY(row_bundle_order(u, n->rows.key));
    for (uint32_t i = 0; i < row_bundle_count(u); i++) {
        uint64_t hash = 0;
        bool adds = false;
        struct str key = row_bundle_key(u, i, &hash), row = row_bundle_row(u, i, &adds);
        TRY(adds ? add(n, key, hash, row, e) : take_away(n, key, hash, e));
    }
    row_bundle_clear(u);
    return op_flush(&n->op, n->rows.out, e);
}

/* Row i of the batch; adds: it is there and passes the filter. */
static enum status one_row(struct normalize *n, uint32_t i, bool adds, struct error *e) {
    const struct normalize_params *p = params(n);
    struct str key = row_keys_at(&n->rows.encoded, i), row = buf_view(&n->rows.bytes);
    uint64_t hash = n->rows.encoded.hashes[i];
    if (!p->mini_batch) return adds ? add(n, key, hash, row, e) : take_away(n, key, hash, e);
    TRY(row_bundle_put(&n->bundle, &n->rows.encoded, i, row, adds, false));
    return p->mini_batch_rows > 0 && n->bundle.rows >= p->mini_batch_rows ? bundle_flush(n, e) : STATUS_OK;
}

static enum status normalize_push(struct op *op, uint32_t input, const struct batch *b, bool *ret_more, struct error *e) {
    struct normalize *n = (struct normalize *)op;
    assert(input == 0);
    *ret_more = false;
    TRY(keyed_rows_begin(&n->rows, b));
    TRY(filter_run(n, b, e));
    struct rows rows = batch_rows(b);
    uint32_t passed = 0;
    for (uint32_t i = 0; i < rows.count; i++) {
        uint32_t row = rows_at(&rows, i);
        TRY(keyed_rows_encode(&n->rows, b, row));
        while (passed < n->passing_count && n->passing[passed] < row) passed++;
        bool passes = n->filter == NULL || (passed < n->passing_count && n->passing[passed] == row);
        TRY(one_row(n, i, passes && row_kind_adds(batch_kind(b, row)), e));
    }
    return op_flush(op, n->rows.out, e);
}

static enum status normalize_mark(struct op *op, const struct mark *m, bool *ret_more, struct error *e) {
    *ret_more = false;
    if (m->kind == MARK_WATERMARK) TRY(bundle_flush((struct normalize *)op, e));
    return op_emit_mark(op, m, e);
}

static enum status normalize_before_barrier(struct op *op, struct error *e) { return bundle_flush((struct normalize *)op, e); }

static enum status normalize_finish(struct op *op, bool *ret_more, struct error *e) {
    *ret_more = false;
    return bundle_flush((struct normalize *)op, e);
}

static void normalize_close(struct op *op) {
    struct normalize *n = (struct normalize *)op;
    keyed_rows_deinit(&n->rows);
    program_free(n->filter);
    row_bundle_deinit(&n->bundle);
}

const struct op_class op_class_changelog_normalize = {
    .kind = NODE_CHANGELOG_NORMALIZE,
    .marks = OP_MARKS_SPLIT,
    .size_bytes = sizeof(struct normalize),
    .open = normalize_open,
    .push = normalize_push,
    .on_mark = normalize_mark,
    .before_barrier = normalize_before_barrier,
    .finish = normalize_finish,
    .close = normalize_close,
};
