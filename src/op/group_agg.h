/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_OP_GROUP_AGG_H
#define WEIR_OP_GROUP_AGG_H

#include "agg/agg.h"
#include "op/bundle.h"
#include "op/dict.h"
#include "op/group_emit.h"
#include "op/op.h"
#include "vec/row.h"

/* What the row-wise (group_agg.c) and the mini-batch form (group_agg_bundle.c) of GROUP BY share. */

struct group_bundle {
    struct bundle keys;          /* groups touched in the bundle under way */
    uint32_t *before_at;         /* per group: its result before, in `before`; UINT32_MAX: it is new */
    uint32_t before_capacity;
    const uint32_t *was;         /* while a bundle ends: the number of key i before they were ordered; NULL: i */
    struct buf before;           /* hidden words and 8-byte aligned rows back to back */
    int64_t rows;
    struct row_layout *results;
    struct batch_buffer *row;    /* one result row, for encoding */
    struct group_emit emit;
    int8_t *signs;
};

struct group_agg {
    struct op op;
    struct agg_set *set;
    struct row_layout *keys;
    struct row_keys encoded;
    const struct vec **key_columns;
    struct state_map *map;       /* key -> accumulators */
    struct batch_buffer *out;    /* result columns are written; key columns are dictionaries */
    struct dict *dict;
    struct vec **out_columns;
    uint32_t *index;             /* input row of each output row */
    uint32_t *sel;               /* output rows that are sent */
    uint32_t sel_count;
    uint64_t **values;
    uint8_t *created;
    uint64_t *hidden;            /* agg_set_hidden before and after a row */
    struct group_bundle bundle;
};

enum status group_agg_open(struct op *op, struct error *e);

enum status group_bundle_open(struct group_agg *g, struct error *e);
enum status group_bundle_push(struct group_agg *g, const struct batch *b, const struct rows *rows, struct error *e);
enum status group_bundle_flush(struct group_agg *g, struct error *e);
void group_bundle_close(struct group_agg *g);

#endif
