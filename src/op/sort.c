/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sort: ORDER BY over bounded input, Flink's StreamSortOperator: keeps all rows that the changes
 * leave and sends them, sorted, when the input ends. Before that nothing comes out, so an input
 * without an end gives no result; the planner takes it only where a setting allows it.
 *
 * The rows lie in one ordered map of a singleton key: sort key and row -> how many times. Rows that
 * tie come in the order of their bytes, whatever the order of arrival and the parallelism.
 */
#include "base/hash.h"
#include "op/keyed_rows.h"
#include "op/ops.h"

#include <assert.h>

enum { FIELD_ROWS, FIELDS };

enum { SEND_ROWS = 4096 };

static const struct state_field fields[FIELDS] = {{"rows", STATE_SORTED}};

struct sort {
    struct op op;
    struct keyed_rows rows;
    struct state_map *map;
    struct buf key; /* sort key, row, size of the row (4 bytes) */
};

static enum status sort_open(struct op *op, struct error *e) {
    struct sort *s = (struct sort *)op;
    TRY(keyed_rows_init(&s->rows, op, NULL, 0));
    const struct state_schema schema = {
        .fields = fields, .field_count = FIELDS,
        .row_types = s->rows.row->types, .row_count = s->rows.row->column_count,
    };
    return state_map_open(op->context.state, "rows", &schema, 0, &s->map, e);
}

/* The one entry's value. */
static enum status singleton(struct sort *s, uint64_t **ret, struct error *e) {
    bool created = false;
    struct str empty = STR("");
    TRY(state_map_upsert(s->map, empty, hash_bytes(empty.at, 0, 0), ret, &created, e));
    state_write(s->op.context.state, *ret, FIELDS * 8);
    return STATUS_OK;
}

static enum status make_key(struct sort *s, const struct batch *b, uint32_t row) {
    const struct sort_params *p = &s->op.node->as.sort;
    TRY(keyed_rows_encode(&s->rows, b, row));
    buf_reset(&s->key);
    TRY(sort_key_append(&s->key, p->order, p->order_count, (const struct vec *const *)b->columns, row));
    uint32_t size = (uint32_t)s->rows.bytes.size_bytes;
    buf_append(&s->key, s->rows.bytes.at, size);
    buf_append(&s->key, &size, sizeof size);
    return s->key.failed ? STATUS_NO_MEMORY : STATUS_OK;
}

/* How many times the row of s->key is there; 0: not. */
static uint64_t count_of(const struct sort *s, const uint64_t *value) {
    uint64_t count = 0;
    struct str stored = state_sorted_get(s->op.context.state, value[FIELD_ROWS], buf_view(&s->key));
    if (stored.at == NULL) return 0;
    assert(stored.size_bytes == sizeof count);
    memcpy(&count, stored.at, sizeof count);
    assert(count > 0);
    return count;
}

static enum status set_count(struct sort *s, uint64_t *value, uint64_t count, struct error *e) {
    struct state *state = s->op.context.state;
    if (count > 0) return state_sorted_put(state, &value[FIELD_ROWS], buf_view(&s->key), (struct str){(const char *)&count, sizeof count}, e);
    state_sorted_remove(state, &value[FIELD_ROWS], buf_view(&s->key));
    return STATUS_OK;
}

static enum status sort_push(struct op *op, uint32_t input, const struct batch *b, bool *ret_more, struct error *e) {
    struct sort *s = (struct sort *)op;
    uint64_t *value = NULL;
    assert(input == 0);
    *ret_more = false;
    TRY(singleton(s, &value, e));
    struct rows rows = batch_rows(b);
    for (uint32_t i = 0; i < rows.count; i++) {
        uint32_t row = rows_at(&rows, i);
        TRY(make_key(s, b, row));
        uint64_t count = count_of(s, value);
        bool adds = row_kind_adds(batch_kind(b, row));
        if (adds || count > 0) TRY(set_count(s, value, adds ? count + 1 : count - 1, e));
    }
    return STATUS_OK;
}

/* Sends the first row as often as it is there, but at most `room` times; *ret_sent 0: nothing is left. */
static enum status send_first(struct sort *s, uint64_t *value, uint64_t room, uint64_t *ret_sent, struct error *e) {
    struct sorted_cursor c;
    uint32_t size = 0;
    *ret_sent = 0;
    if (!state_sorted_seek(s->op.context.state, value[FIELD_ROWS], (struct str){NULL, 0}, &c)) return STATUS_OK;
    struct str key = state_sorted_key(s->op.context.state, &c);
    buf_reset(&s->key);
    buf_append(&s->key, key.at, key.size_bytes);
    if (s->key.failed) return STATUS_NO_MEMORY;
    memcpy(&size, s->key.at + s->key.size_bytes - sizeof size, sizeof size);
    assert(size + sizeof size <= s->key.size_bytes);
    buf_reset(&s->rows.bytes);
    buf_append(&s->rows.bytes, s->key.at + s->key.size_bytes - sizeof size - size, size); /* aligned for reading */
    if (s->rows.bytes.failed) return STATUS_NO_MEMORY;
    uint64_t count = count_of(s, value), n = count < room ? count : room;
    for (uint64_t i = 0; i < n; i++) TRY(keyed_rows_send(&s->rows, ROW_INSERT, s->rows.bytes.at, e));
    *ret_sent = n;
    return set_count(s, value, count - n, e);
}

static enum status sort_finish(struct op *op, bool *ret_more, struct error *e) {
    struct sort *s = (struct sort *)op;
    uint64_t *value = NULL, sent = 1, room = SEND_ROWS;
    TRY(singleton(s, &value, e));
    for (; sent > 0 && room > 0; room -= sent) TRY(send_first(s, value, room, &sent, e));
    *ret_more = sent > 0;
    return *ret_more ? STATUS_OK : op_flush(op, s->rows.out, e);
}

static void sort_close(struct op *op) {
    struct sort *s = (struct sort *)op;
    keyed_rows_deinit(&s->rows);
    buf_deinit(&s->key);
}

const struct op_class op_class_sort = {
    .kind = NODE_SORT,
    .marks = OP_MARKS_SPLIT,
    .size_bytes = sizeof(struct sort),
    .open = sort_open,
    .push = sort_push,
    .resume = sort_finish,
    .finish = sort_finish,
    .close = sort_close,
};
