/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keyed_rows: see the header. Rows are kept as encoded bytes, so equality of two rows is equality of
 * bytes and sending one is decoding it into the output buffer.
 */
#include "op/keyed_rows.h"

#include <assert.h>

enum status keyed_rows_init(struct keyed_rows *k, struct op *op, const uint32_t *keys, uint32_t key_count) {
    struct arena *a = op->context.arena;
    k->op = op;
    k->key_indexes = keys;
    const struct type **types = op_types(a, op->input_row);
    const struct type **key_types = ARENA_ARRAY(a, const struct type *, key_count);
    k->key_columns = ARENA_ARRAY(a, const struct vec *, key_count);
    if (types == NULL || key_types == NULL || k->key_columns == NULL) return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < key_count; i++) key_types[i] = types[keys[i]];
    TRY(row_layout_new(a, types, op->input_row->child_count, &k->row));
    TRY(row_layout_new(a, key_types, key_count, &k->key));
    return op_buffer_new(op, &k->out);
}

void keyed_rows_deinit(struct keyed_rows *k) {
    row_keys_deinit(&k->encoded);
    batch_buffer_free(k->out);
    buf_deinit(&k->bytes);
}

enum status keyed_rows_begin(struct keyed_rows *k, const struct batch *b) {
    struct rows rows = batch_rows(b);
    state_set_time(k->op->context.state, k->op->context.eval->now_us / 1000);
    for (uint32_t i = 0; i < k->key->column_count; i++) k->key_columns[i] = b->columns[k->key_indexes[i]];
    return row_keys_encode(&k->encoded, k->key, k->key_columns, &rows);
}

enum status keyed_rows_encode(struct keyed_rows *k, const struct batch *b, uint32_t row) {
    const struct vec *const *columns = (const struct vec *const *)b->columns;
    buf_reset(&k->bytes);
    uint32_t size = row_size_bytes(k->row, columns, row);
    if (!buf_reserve(&k->bytes, size + 1)) return STATUS_NO_MEMORY;
    k->bytes.size_bytes = row_write(k->row, columns, row, k->bytes.at);
    assert(k->bytes.size_bytes == size);
    return STATUS_OK;
}

enum status keyed_rows_send(struct keyed_rows *k, enum row_kind kind, const void *row, struct error *e) {
    uint32_t at = 0;
    TRY(op_buffer_row(k->op, k->out, kind, &at, e));
    return row_read_all(k->row, row, k->out->batch.columns, at);
}
