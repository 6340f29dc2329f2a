/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_OP_KEYED_ROWS_H
#define WEIR_OP_KEYED_ROWS_H

#include "op/op.h"
#include "vec/row.h"

/*
 * keyed_rows: what operators that keep whole input rows per key have in common: the key's and the
 * row's layout, the keys of a batch, and sending stored rows.
 */
struct keyed_rows {
    struct op *op;
    struct row_layout *key;
    struct row_layout *row;
    struct row_keys encoded;
    const uint32_t *key_indexes;
    const struct vec **key_columns;
    struct batch_buffer *out;
    struct buf bytes;            /* the row at hand */
};

enum status keyed_rows_init(struct keyed_rows *k, struct op *op, const uint32_t *keys, uint32_t key_count);
void keyed_rows_deinit(struct keyed_rows *k);
/* Encodes the keys of a batch and sets the state's clock. */
enum status keyed_rows_begin(struct keyed_rows *k, const struct batch *b);
/* Encodes one row of the batch into k->bytes. */
enum status keyed_rows_encode(struct keyed_rows *k, const struct batch *b, uint32_t row);
/* Sends a row of bytes. */
enum status keyed_rows_send(struct keyed_rows *k, enum row_kind kind, const void *row, struct error *e);

#endif
