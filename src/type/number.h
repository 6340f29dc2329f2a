/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_TYPE_NUMBER_H
#define WEIR_TYPE_NUMBER_H

#include "base/buf.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

/* Numbers as text, in Java's notation: shortest digits, 1.0E10, NaN, Infinity. */
void double_print(struct buf *out, double v);
void float_print(struct buf *out, float v);
/* Java's Double.parseDouble / Float.parseFloat grammar with hexadecimal form and type suffix; blanks around trimmed. */
bool double_parse(struct str text, double *ret);
bool float_parse(struct str text, float *ret);
/* Optional sign, digits, and as Flink's CAST a fraction that is cut ("12.7" -> 12); range checked. */
bool i64_parse(struct str text, int64_t min, int64_t max, int64_t *ret);

#endif
