/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_OP_GROUP_AGG_H
#define WEIR_OP_GROUP_AGG_H

#include "agg/agg.h"
#include "op/dict.h"
#include "op/op.h"
#include "vec/row.h"

/* What the row-wise (group_agg.c) and the mini-batch form (group_agg_bundle.c) of GROUP BY share. */

/* A group touched in the bundle under way: its key and what it showed before. */
struct group_touch {
    uint32_t key_at, key_bytes;  /* in bundle.keys */
    uint32_t before_at;          /* in bundle.before; UINT32_MAX: the group is new */
    uint64_t hash;
};

struct group_bundle {
    uint64_t number;             /* of the bundle under way, from 1 */
    int64_t rows;
    struct group_touch *touches;
    uint32_t count, capacity;
    struct buf keys, before;     /* 8-byte aligned rows back to back */
    struct row_layout *results;
    struct batch_buffer *row;    /* one result row, for encoding */
    int8_t *signs;
};

struct group_agg {
    struct op op;
    struct agg_set *set;
    struct row_layout *keys;
    struct row_keys encoded;
    const struct vec **key_columns;
    struct state_map *map;       /* key -> accumulators [, bundle mark] */
    uint32_t bundle_word;
    struct batch_buffer *out;    /* result columns are written; key columns only by the bundle form */
    struct dict *dict;
    struct vec **out_columns;
    uint32_t *index;             /* input row of each output row */
    uint32_t *sel;               /* output rows that are sent */
    uint32_t sel_count;
    uint64_t **values;
    uint8_t *created;
    struct group_bundle bundle;
};

enum status group_agg_open(struct op *op, struct error *e);

enum status group_bundle_open(struct group_agg *g, struct error *e);
enum status group_bundle_push(struct group_agg *g, const struct batch *b, const struct rows *rows, struct error *e);
enum status group_bundle_flush(struct group_agg *g, struct error *e);
void group_bundle_close(struct group_agg *g);

#endif
