/* SPDX-License-Identifier: Apache-2.0 */
/*
 * calc: projection and condition. Computes the condition for the batch's rows, then the outputs for
 * the rows that are left, and emits a batch of the computed columns under the narrowed selection:
 * no row is copied. Row kinds and marks pass through.
 *
 * A calc that looks at the watermark (CURRENT_WATERMARK) or at the clock asks for pieces between
 * marks, so that each row sees the watermark in effect before it.
 */
#include "func/eval.h"
#include "op/ops.h"

#include <assert.h>

struct calc {
    struct op op;
    struct program *program; /* outputs, then the condition */
    uint32_t *sel;
    struct vec **columns;
};

static enum status calc_open(struct op *op, struct error *e) {
    struct calc *c = (struct calc *)op;
    const struct calc_params *p = &op->node->as.calc;
    uint32_t count = p->expr_count + (p->condition != NULL);
    struct expr **all = ARENA_ARRAY(op->context.arena, struct expr *, count);
    c->columns = ARENA_ARRAY(op->context.arena, struct vec *, p->expr_count);
    c->sel = ARENA_ARRAY(op->context.arena, uint32_t, BATCH_ROWS_MAX);
    if (all == NULL || c->columns == NULL || c->sel == NULL) return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < p->expr_count; i++) all[i] = p->exprs[i];
    if (p->condition != NULL) all[p->expr_count] = p->condition;
    for (uint32_t i = 0; i < count; i++) op->split_marks = op->split_marks || !expr_is_deterministic(all[i]);
    return program_new(op->context.arena, all, count, op->context.eval, &c->program, e);
}

static enum status calc_push(struct op *op, uint32_t input, const struct batch *b, bool *ret_more, struct error *e) {
    struct calc *c = (struct calc *)op;
    const struct calc_params *p = &op->node->as.calc;
    assert(input == 0 && b->column_count == op->input_row->child_count);
    *ret_more = false;
    struct batch out = *b;
    program_begin(c->program);
    if (p->condition != NULL && b->sel_count > 0) {
        struct rows rows = batch_rows(b);
        TRY(program_filter(c->program, p->expr_count, b->columns, &rows, c->sel, &out.sel_count, e));
        out.sel = c->sel;
    }
    struct rows rows = batch_rows(&out);
    for (uint32_t i = 0; rows.count > 0 && i < p->expr_count; i++) {
        TRY(program_run(c->program, i, b->columns, &rows, &c->columns[i], e));
    }
    out.columns = c->columns;
    out.column_count = p->expr_count;
    return op_emit(op, &out, e);
}

static void calc_close(struct op *op) { program_free(((struct calc *)op)->program); }

const struct op_class op_class_calc = {
    .kind = NODE_CALC,
    .marks = OP_MARKS_PASS,
    .size_bytes = sizeof(struct calc),
    .open = calc_open,
    .push = calc_push,
    .close = calc_close,
};
