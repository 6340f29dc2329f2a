/* SPDX-License-Identifier: Apache-2.0 */
/*
 * limit: LIMIT/OFFSET without order over an insert-only input: the first rows that come, in one
 * subtask. The number of rows seen is operator state, so a restored job does not start counting anew.
 */
#include "op/ops.h"

#include <assert.h>
#include <string.h>

struct limit {
    struct op op;
    struct state_rows *saved;
    int64_t seen;
    uint32_t *sel;
};

static enum status limit_open(struct op *op, struct error *e) {
    struct limit *l = (struct limit *)op;
    l->sel = ARENA_ARRAY(op->context.arena, uint32_t, BATCH_ROWS_MAX);
    if (l->sel == NULL) return STATUS_NO_MEMORY;
    TRY(state_rows_open(op->context.state, "rows-seen", STATE_SINGLE, &l->saved, e));
    if (state_rows_count(l->saved) == 1) {
        struct str bytes = state_rows_at(l->saved, 0);
        assert(bytes.size_bytes == sizeof l->seen);
        memcpy(&l->seen, bytes.at, sizeof l->seen);
    }
    return STATUS_OK;
}

static enum status limit_push(struct op *op, uint32_t input, const struct batch *b, bool *ret_more, struct error *e) {
    (void)input;
    struct limit *l = (struct limit *)op;
    const struct sort_params *p = &op->node->as.sort;
    *ret_more = false;
    struct rows rows = batch_rows(b);
    struct batch out = *b;
    out.sel = l->sel;
    out.sel_count = 0;
    for (uint32_t i = 0; i < rows.count; i++, l->seen++) {
        bool kept = l->seen >= p->offset && (p->limit < 0 || l->seen - p->offset < p->limit);
        if (kept) l->sel[out.sel_count++] = rows_at(&rows, i);
    }
    return op_emit(op, &out, e);
}

static enum status limit_before_barrier(struct op *op, struct error *e) {
    struct limit *l = (struct limit *)op;
    state_rows_clear(l->saved);
    return state_rows_add(l->saved, (struct str){(const char *)&l->seen, sizeof l->seen}, e);
}

const struct op_class op_class_limit = {
    .kind = NODE_LIMIT,
    .marks = OP_MARKS_PASS,
    .size_bytes = sizeof(struct limit),
    .open = limit_open,
    .push = limit_push,
    .before_barrier = limit_before_barrier,
};
