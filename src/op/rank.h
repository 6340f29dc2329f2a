/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_OP_RANK_H
#define WEIR_OP_RANK_H

#include "op/op.h"
#include "vec/row.h"

/*
 * What the Top-N strategies share. A partition is one entry of a map; its rows lie in an ordered
 * map under (sort key, sequence number), so rows of equal sort key keep their order of arrival.
 * Ranks count from 1.
 */

enum rank_field { RANK_ROWS, RANK_KEYS, RANK_SEQUENCE, RANK_END, RANK_FIELDS };

struct rank {
    struct op op;
    struct row_layout *partition;
    struct row_layout *row;
    struct row_layout *row_key;      /* UPDATE_FAST: the input's unique key */
    struct row_keys encoded;
    const struct vec **partition_columns;
    const struct vec **key_columns;
    struct state_map *map;
    struct batch_buffer *out;
    uint32_t *partition_index;
    const struct sort_column *order;
    uint32_t order_count;
    int64_t from, to;                /* of the partition at hand */
    int32_t to_column;
    bool with_rank, numbered;        /* numbered: rows must be followed by rank (rank column or an offset) */
    bool emit_update_before;
    enum rank_strategy strategy;
    /* the row at hand */
    uint64_t *value;                 /* the partition's words */
    struct buf sort_key;             /* with room for the sequence number behind */
    struct buf bytes;                /* the row */
    struct buf key_bytes;            /* its unique key */
    struct buf kept;                 /* a stored row being replaced or removed */
    struct buf found;                /* a stored (sort key, sequence) */
};

/* One output row of a kind, if its rank is in the range asked for (rank 0: unranked, always sent). */
enum status rank_send(struct rank *r, enum row_kind kind, const void *row, int64_t rank, struct error *e);

static inline state_ref *rank_rows(struct rank *r) { return &r->value[RANK_ROWS]; }
static inline uint64_t rank_count(struct rank *r) {
    return state_sorted_count(r->op.context.state, r->value[RANK_ROWS]);
}
/* Adds the row at hand behind its equals; *ret_cursor stands on it. */
enum status rank_insert(struct rank *r, struct sorted_cursor *ret_cursor, struct error *e);
/* Would the row at hand get into a partition that keeps `to` rows? */
bool rank_accepts(struct rank *r);
/* Rank of the entry at the cursor, counting at most limit rows; limit + 1 when it is beyond. */
int64_t rank_of(struct rank *r, struct str sort_key, int64_t limit);
/* Shifts: the row `first` takes rank `rank` and each following row the next one, up to the range's end. */
enum status rank_shift_down(struct rank *r, struct sorted_cursor after, const void *first, int64_t rank, struct error *e);
/* Copies an entry's row into buf. */
enum status rank_keep(struct rank *r, const struct sorted_cursor *c, struct buf *into);

enum status rank_append_row(struct rank *r, struct error *e);
enum status rank_update_row(struct rank *r, struct error *e);
enum status rank_retract_row(struct rank *r, enum row_kind kind, struct error *e);

#endif
