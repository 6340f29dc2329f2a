/* SPDX-License-Identifier: Apache-2.0 */
/*
 * local_group_agg: the first of the two phases of GROUP BY in mini-batches: folds rows per key into a
 * bundle and sends one partial row per key when the bundle ends. Nothing is kept in between.
 *
 * Rows that retract are folded too: an accumulator may go below zero here, the global aggregate
 * knows what was before. Partial rows are always insertions.
 */
#include "op/bundled.h"
#include "op/ops.h"

struct local_group_agg {
    struct bundled base;
    struct batch_buffer *out;
    int8_t *signs;
};

static enum status local_fold(struct bundled *g, const struct batch *b, const struct rows *rows, struct error *e) {
    int8_t *signs = ((struct local_group_agg *)g)->signs;
    bool retracts = g->op.node->as.group_agg.input_retracts && b->kinds != NULL;
    for (uint32_t i = 0; retracts && i < rows->count; i++) signs[i] = row_kind_adds(batch_kind(b, rows_at(rows, i))) ? 1 : -1;
    return agg_set_fold(g->set, g->op.context.state, g->values, b->columns, rows, retracts ? signs : NULL, e);
}

static enum status local_end(struct bundled *g, struct error *e) {
    struct batch_buffer *out = ((struct local_group_agg *)g)->out;
    struct vec **columns = out->batch.columns;
    const struct partial_rows p = {&g->op, g->set, g->keys, columns, columns + g->keys->column_count, out, g->values};
    return partial_rows_send(&p, &g->bundle, e);
}

static enum status local_open(struct op *op, struct error *e) {
    struct local_group_agg *g = (struct local_group_agg *)op;
    g->base.fold = local_fold;
    g->base.end = local_end;
    g->signs = ARENA_ARRAY(op->context.arena, int8_t, BATCH_ROWS_MAX);
    if (g->signs == NULL) return STATUS_NO_MEMORY;
    TRY(bundled_open(&g->base, e));
    return op_buffer_new(op, &g->out);
}

static void local_close(struct op *op) {
    struct local_group_agg *g = (struct local_group_agg *)op;
    bundled_close(&g->base);
    batch_buffer_free(g->out);
}

const struct op_class op_class_local_group_agg = {
    .kind = NODE_LOCAL_GROUP_AGG,
    .marks = OP_MARKS_SPLIT,
    .size_bytes = sizeof(struct local_group_agg),
    .open = local_open,
    .push = bundled_push,
    .on_mark = bundled_mark,
    .before_barrier = bundled_before_barrier,
    .finish = bundled_finish,
    .close = local_close,
};
