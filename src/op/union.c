/* SPDX-License-Identifier: Apache-2.0 */
/*
 * union: UNION ALL: batches of every input go on as they are; the runtime combines the watermarks
 * of the inputs by minimum before they get here.
 */
#include "op/ops.h"

static enum status union_push(struct op *op, uint32_t input, const struct batch *b, bool *ret_more, struct error *e) {
    (void)input;
    *ret_more = false;
    return op_emit(op, b, e);
}

const struct op_class op_class_union = {
    .kind = NODE_UNION,
    .marks = OP_MARKS_PASS,
    .size_bytes = sizeof(struct op),
    .push = union_push,
};
