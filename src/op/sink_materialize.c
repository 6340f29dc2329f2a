/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sink_materialize: Flink's SinkUpsertMaterializer: puts right an upsert stream whose changes for
 * one primary key may arrive out of order because the query's own key is another. Per primary key
 * all present rows are kept in order of arrival; the last one is what the sink shows.
 */
#include "op/keyed_rows.h"
#include "op/ops.h"

#include <assert.h>

enum { FIELD_ROWS, FIELD_SEQUENCE, FIELDS };

static const struct state_field fields[FIELDS] = {{"rows", STATE_SORTED}, {"sequence", STATE_WORD}};

struct materialize {
    struct op op;
    struct keyed_rows rows;
    struct state_map *map;
};

static enum status materialize_open(struct op *op, struct error *e) {
    struct materialize *m = (struct materialize *)op;
    const struct materialize_params *p = &op->node->as.materialize;
    TRY(keyed_rows_init(&m->rows, op, p->key, p->key_count));
    const struct state_schema schema = {
        .key_types = m->rows.key->types, .key_count = p->key_count, .fields = fields, .field_count = FIELDS,
        .row_types = m->rows.row->types, .row_count = m->rows.row->column_count,
    };
    return state_map_open(op->context.state, "rows", &schema, p->ttl_ms, &m->map, e);
}

/* Is the stored row the one at hand: by the upsert key if there is one, else whole? */
static bool matches(const struct materialize *m, struct str stored) {
    const struct materialize_params *p = &m->op.node->as.materialize;
    struct str row = buf_view(&m->rows.bytes);
    if (p->upsert_key_count == 0) return str_equal(stored, row);
    return row_equal_columns(m->rows.row, stored.at, row.at, p->upsert_key, p->upsert_key_count);
}

static bool find_first(const struct materialize *m, state_ref root, struct sorted_cursor *ret) {
    const struct state *s = m->op.context.state;
    bool more = state_sorted_seek(s, root, (struct str){NULL, 0}, ret);
    while (more && !matches(m, state_sorted_value(s, ret))) more = state_sorted_next(s, ret);
    return more;
}

static void sequence_key(uint64_t sequence, char *key) {
    for (int i = 0; i < 8; i++) key[i] = (char)(sequence >> (56 - 8 * i));
}

static enum status add(struct materialize *m, uint64_t *value, struct error *e) {
    struct state *s = m->op.context.state;
    const struct materialize_params *p = &m->op.node->as.materialize;
    struct str row = buf_view(&m->rows.bytes);
    bool was_empty = state_sorted_count(s, value[FIELD_ROWS]) == 0, found = false;
    struct sorted_cursor c;
    char key[8];
    sequence_key(value[FIELD_SEQUENCE], key);
    if (p->upsert_key_count > 0) found = find_first(m, value[FIELD_ROWS], &c);
    if (found) {
        memcpy(key, state_sorted_key(s, &c).at, sizeof key);
    } else {
        state_write(s, value, FIELDS * 8);
        value[FIELD_SEQUENCE]++;
    }
    TRY(state_sorted_put(s, &value[FIELD_ROWS], (struct str){key, sizeof key}, row, e));
    return keyed_rows_send(&m->rows, was_empty ? ROW_INSERT : ROW_UPDATE_AFTER, row.at, e);
}

/* *ret_empty: nothing is left for this key. */
static enum status retract(struct materialize *m, uint64_t *value, bool *ret_empty, struct error *e) {
    struct state *s = m->op.context.state;
    struct sorted_cursor c, last;
    *ret_empty = false;
    if (!find_first(m, value[FIELD_ROWS], &c)) return STATUS_OK;
    bool there = state_sorted_last(s, value[FIELD_ROWS], &last);
    assert(there);
    (void)there;
    bool was_last = str_equal(state_sorted_key(s, &c), state_sorted_key(s, &last));
    char key[8];
    memcpy(key, state_sorted_key(s, &c).at, sizeof key);
    state_sorted_remove(s, &value[FIELD_ROWS], (struct str){key, sizeof key});
    if (state_sorted_count(s, value[FIELD_ROWS]) == 0) {
        *ret_empty = true;
        return keyed_rows_send(&m->rows, ROW_DELETE, m->rows.bytes.at, e);
    }
    if (!was_last) return STATUS_OK;
    there = state_sorted_last(s, value[FIELD_ROWS], &last);
    return keyed_rows_send(&m->rows, ROW_UPDATE_AFTER, state_sorted_value(s, &last).at, e);
}

static enum status one_row(struct materialize *m, const struct batch *b, uint32_t row, uint32_t k, struct error *e) {
    struct str key = row_keys_at(&m->rows.encoded, k);
    uint64_t hash = m->rows.encoded.hashes[k], *value = NULL;
    bool created = false, empty = false;
    TRY(keyed_rows_encode(&m->rows, b, row));
    if (!row_kind_adds(batch_kind(b, row))) {
        value = state_map_find(m->map, key, hash);
        if (value == NULL) return STATUS_OK;
        TRY(retract(m, value, &empty, e));
        if (empty) state_map_remove(m->map, key, hash);
        return STATUS_OK;
    }
    TRY(state_map_upsert(m->map, key, hash, &value, &created, e));
    TRY(add(m, value, e));
    state_map_touch(m->map, value);
    return STATUS_OK;
}

static enum status materialize_push(struct op *op, uint32_t input, const struct batch *b, bool *ret_more, struct error *e) {
    (void)input;
    struct materialize *m = (struct materialize *)op;
    *ret_more = false;
    TRY(keyed_rows_begin(&m->rows, b));
    struct rows rows = batch_rows(b);
    for (uint32_t i = 0; i < rows.count; i++) TRY(one_row(m, b, rows_at(&rows, i), i, e));
    return op_flush(op, m->rows.out, e);
}

static void materialize_close(struct op *op) {
    struct materialize *m = (struct materialize *)op;
    keyed_rows_deinit(&m->rows);
}

const struct op_class op_class_sink_materialize = {
    .kind = NODE_SINK_MATERIALIZER,
    .marks = OP_MARKS_SPLIT,
    .size_bytes = sizeof(struct materialize),
    .open = materialize_open,
    .push = materialize_push,
    .close = materialize_close,
};
