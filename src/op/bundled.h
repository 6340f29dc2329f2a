/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_OP_BUNDLED_H
#define WEIR_OP_BUNDLED_H

#include "op/bundle.h"
#include "op/op.h"

/*
 * bundled: what the operators of GROUP BY over mini-batches share (local, global, incremental): rows of
 * a batch go into a bundle by key, and the bundle ends where Flink's MapBundleOperator ends it: at its
 * size, exactly, in the middle of a batch if need be; at a watermark; before a barrier; at the end.
 */
struct bundled {
    struct op op;                    /* first */
    struct agg_set *set;
    struct row_layout *keys;
    const struct type **key_types;
    struct bundle bundle;
    int64_t rows;                    /* in the bundle */
    struct row_keys encoded;
    const struct vec **key_columns;
    uint32_t *numbers;
    uint64_t **values;               /* of the rows being folded; free for use in `end` */
    /* Folds rows of a batch into `values`. */
    enum status (*fold)(struct bundled *g, const struct batch *b, const struct rows *rows, struct error *e);
    /* Sends what the bundle holds, whose keys are in Flink's order by now. */
    enum status (*end)(struct bundled *g, struct error *e);
};

/* In an operator's open, once fold and end are set: opens all of the above by group_agg_params. */
enum status bundled_open(struct bundled *g, struct error *e);
void bundled_close(struct bundled *g);

/* Callbacks of the class. */
enum status bundled_push(struct op *op, uint32_t input, const struct batch *b, bool *ret_more, struct error *e);
enum status bundled_mark(struct op *op, const struct mark *m, bool *ret_more, struct error *e);
enum status bundled_before_barrier(struct op *op, struct error *e);
enum status bundled_finish(struct op *op, bool *ret_more, struct error *e);

/* Where partial rows go: a bundle's keys and accumulators as columns of `out`. */
struct partial_rows {
    struct op *op;
    struct agg_set *set;
    const struct row_layout *keys;
    struct vec **key_columns, **columns; /* of out */
    struct batch_buffer *out;
    uint64_t **values;                   /* scratch for BATCH_ROWS_MAX */
};
/* One partial row per key, in order. */
enum status partial_rows_send(const struct partial_rows *p, const struct bundle *b, struct error *e);

#endif
