/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_OP_OPS_H
#define WEIR_OP_OPS_H

#include "op/op.h"

/* The classes of all operators, one per file op/<name>.c, listed in ops.def. */
#define X(name) extern const struct op_class op_class_##name;
#include "op/ops.def"
#undef X

#endif
