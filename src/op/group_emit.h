/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_OP_GROUP_EMIT_H
#define WEIR_OP_GROUP_EMIT_H

#include "agg/agg.h"
#include "op/op.h"
#include "vec/row.h"

/*
 * group_emit: how the end of a mini-batch shows one group: a pair of rows (before, after) is written
 * into the output buffer, and those of them that Flink would send are selected.
 */
struct group_emit {
    struct op *op;
    const struct row_layout *keys;   /* the output's first columns */
    uint32_t agg_count;
    bool update_before;
    bool keep_equal;                 /* state expires: unchanged results are sent, they refresh what is downstream */
    struct batch_buffer *out;
    uint32_t *sel;
    uint32_t sel_count;
    uint64_t *hidden;                /* agg_set_hidden of the group before and after, see there */
    uint32_t hidden_words;
};

enum status group_emit_init(struct group_emit *g, struct op *op, const struct agg_set *set, const struct row_layout *keys);
/* Where the hidden words of the group under way belong. */
static inline uint64_t *group_emit_hidden(const struct group_emit *g, bool after) { return g->hidden + (after ? g->hidden_words : 0); }
/* Result columns of a new row, to be filled by the caller. There is room for two. */
enum status group_emit_open(struct group_emit *g, struct error *e);
uint32_t group_emit_row(struct group_emit *g);
static inline struct vec **group_emit_results(const struct group_emit *g) { return g->out->batch.columns + g->keys->column_count; }

enum { GROUP_EMIT_NONE = UINT32_MAX };
/*
 * Selects what the change means: before GROUP_EMIT_NONE: the group is new; after GROUP_EMIT_NONE: it
 * is gone. Both none: nothing.
 */
enum status group_emit_change(struct group_emit *g, const char *key, uint32_t before, uint32_t after);
enum status group_emit_flush(struct group_emit *g, struct error *e);

/* Are the results in rows a and b equal as Flink compares them (Java's ==)? */
bool group_results_equal(struct vec *const *results, uint32_t count, uint32_t a, uint32_t b);

#endif
