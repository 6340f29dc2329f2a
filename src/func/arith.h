/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_FUNC_ARITH_H
#define WEIR_FUNC_ARITH_H

#include "func/func.h"
#include "type/int128.h"

/* The insides of the arithmetic operators, private to the func_arith files. */
enum arith_op { ARITH_ADD, ARITH_SUB, ARITH_MUL, ARITH_DIV, ARITH_MOD };

enum { ARITH_OP_COUNT = 5 };

/* Binds two exact numbers of which at least one is a DECIMAL. */
enum status arith_bind_decimal(struct func_bind *b, enum arith_op op);
/* Binds when a temporal type or an interval takes part; the usual error when the operator has no such form. */
enum status arith_bind_temporal(struct func_bind *b, enum arith_op op);

/* The unscaled value of an exact number at a row, integers with scale 0. */
i128 arith_exact(const struct vec *v, uint32_t row);
/* Stores a decimal result; NULL when it did not fit. */
void arith_set_decimal(struct vec *out, uint32_t row, bool fits, i128 v);
/* Digits of an exact number's type: integers as the decimals that hold them. */
void arith_digits(const struct type *t, int32_t *ret_precision, int32_t *ret_scale);

#endif
