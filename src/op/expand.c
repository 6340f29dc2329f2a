/* SPDX-License-Identifier: Apache-2.0 */
/*
 * expand: GROUPING SETS, ROLLUP and CUBE: each input row once per grouping set, through that set's
 * list of expressions (the keys it leaves out are NULL, the last column numbers the set). The sets
 * of one row follow each other, as Flink's Expand emits them.
 *
 * Each set is computed for the whole batch; the output then picks row by row from the sets' columns.
 */
#include "func/eval.h"
#include "op/ops.h"

#include <assert.h>

struct expand {
    struct op op;
    struct program *program; /* all expressions, set after set */
    struct vec **computed;
    struct batch_buffer *out;
};

static enum status expand_open(struct op *op, struct error *e) {
    struct expand *x = (struct expand *)op;
    uint32_t columns = op->node->row->child_count, sets = op->node->as.expand.row_count;
    struct expr **all = ARENA_ARRAY(op->context.arena, struct expr *, (size_t)columns * sets);
    x->computed = ARENA_ARRAY(op->context.arena, struct vec *, (size_t)columns * sets);
    if (all == NULL || x->computed == NULL) return STATUS_NO_MEMORY;
    for (uint32_t s = 0; s < sets; s++) {
        for (uint32_t c = 0; c < columns; c++) all[s * columns + c] = op->node->as.expand.rows[s][c];
    }
    TRY(program_new(op->context.arena, all, columns * sets, op->context.eval, &x->program, e));
    return op_buffer_new(op, &x->out);
}

static enum status send(struct expand *x, const struct batch *b, uint32_t row, uint32_t set, struct error *e) {
    uint32_t columns = x->op.node->row->child_count, at = 0;
    TRY(op_buffer_row(&x->op, x->out, batch_kind(b, row), &at, e));
    for (uint32_t c = 0; c < columns; c++) {
        TRY(vec_copy_value(x->out->batch.columns[c], at, x->computed[set * columns + c], row));
    }
    return STATUS_OK;
}

static enum status expand_push(struct op *op, uint32_t input, const struct batch *b, bool *ret_more, struct error *e) {
    struct expand *x = (struct expand *)op;
    uint32_t sets = op->node->as.expand.row_count, count = op->node->row->child_count * sets;
    struct rows rows = batch_rows(b);
    assert(input == 0);
    *ret_more = false;
    if (rows.count == 0) return STATUS_OK;
    program_begin(x->program);
    for (uint32_t i = 0; i < count; i++) TRY(program_run(x->program, i, b->columns, &rows, &x->computed[i], e));
    for (uint32_t i = 0; i < rows.count; i++) {
        for (uint32_t s = 0; s < sets; s++) TRY(send(x, b, rows_at(&rows, i), s, e));
    }
    return op_flush(op, x->out, e);
}

static void expand_close(struct op *op) {
    struct expand *x = (struct expand *)op;
    program_free(x->program);
    batch_buffer_free(x->out);
}

const struct op_class op_class_expand = {
    .kind = NODE_EXPAND,
    .marks = OP_MARKS_SPLIT,
    .size_bytes = sizeof(struct expand),
    .open = expand_open,
    .push = expand_push,
    .close = expand_close,
};
