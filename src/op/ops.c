/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ops: which operator serves which kind of node: one row each.
 */
#include "op/ops.h"

#include <stddef.h>

static const struct op_class *const classes[] = {
#define X(name) &op_class_##name,
#include "op/ops.def"
#undef X
};

const struct op_class *op_class_find(enum node_kind kind) {
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        if (classes[i]->kind == kind) return classes[i];
    }
    return NULL;
}
