/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_OP_ROW_BUNDLE_H
#define WEIR_OP_ROW_BUNDLE_H

#include "op/bundle.h"

/*
 * row_bundle: a mini-batch of which one row per key counts: the last, or the first. It is emptied
 * before every barrier, so nothing of it is state.
 */
struct row_bundle {
    struct bundle keys;
    struct buf bytes;          /* rows back to back */
    struct row_place *places;  /* by key number */
    uint32_t capacity;
    int64_t rows;              /* put since it was empty: what a mini-batch's size counts */
    const uint32_t *was;       /* order, while it is read; NULL: as the keys came */
};

struct row_place {
    uint32_t at, size_bytes;
    bool flag;
};

void row_bundle_init(struct row_bundle *b, struct state *s);
void row_bundle_deinit(struct row_bundle *b);
/* Puts the row of key i of a batch, with a flag that comes back with it. keep_first: unless its key has one. */
enum status row_bundle_put(struct row_bundle *b, const struct row_keys *keys, uint32_t i, struct str row, bool flag, bool keep_first);
/* Before reading: brings the keys into the order of Flink's map. */
enum status row_bundle_order(struct row_bundle *b, const struct row_layout *key_layout);
static inline uint32_t row_bundle_count(const struct row_bundle *b) { return b->keys.count; }
/* Key number i, its hash and its row; all valid until row_bundle_clear. */
struct str row_bundle_key(const struct row_bundle *b, uint32_t i, uint64_t *ret_hash);
struct str row_bundle_row(const struct row_bundle *b, uint32_t i, bool *ret_flag);
void row_bundle_clear(struct row_bundle *b);

#endif
