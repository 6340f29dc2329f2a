/* SPDX-License-Identifier: Apache-2.0 */
/*
 * drop_update_before: takes the -U rows out of a changelog whose consumer works by key.
 */
#include "op/ops.h"

struct drop_update_before {
    struct op op;
    uint32_t *sel;
};

static enum status drop_open(struct op *op, struct error *e) {
    (void)e;
    struct drop_update_before *d = (struct drop_update_before *)op;
    d->sel = ARENA_ARRAY(op->context.arena, uint32_t, BATCH_ROWS_MAX);
    return d->sel == NULL ? STATUS_NO_MEMORY : STATUS_OK;
}

static enum status drop_push(struct op *op, uint32_t input, const struct batch *b, bool *ret_more, struct error *e) {
    (void)input;
    struct drop_update_before *d = (struct drop_update_before *)op;
    *ret_more = false;
    if (b->kinds == NULL) return op_emit(op, b, e);
    struct rows rows = batch_rows(b);
    struct batch out = *b;
    out.sel = d->sel;
    out.sel_count = 0;
    for (uint32_t i = 0; i < rows.count; i++) {
        uint32_t row = rows_at(&rows, i);
        if (b->kinds[row] != ROW_UPDATE_BEFORE) d->sel[out.sel_count++] = row;
    }
    return op_emit(op, &out, e);
}

const struct op_class op_class_drop_update_before = {
    .kind = NODE_DROP_UPDATE_BEFORE,
    .marks = OP_MARKS_PASS,
    .size_bytes = sizeof(struct drop_update_before),
    .open = drop_open,
    .push = drop_push,
};
