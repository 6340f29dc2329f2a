/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_VEC_BINARY_ROW_H
#define WEIR_VEC_BINARY_ROW_H

#include "vec/row.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * binary_row: the hash code that Flink's BinaryRowData has for a row: Murmur3 over the words of
 * Flink's own form of the row. What Flink keeps in a java.util.HashMap by such keys comes out in an
 * order that follows from it.
 */

/* Is there a hash code for rows of this layout? Not for keys with nested values. */
bool binary_row_has_hash(const struct row_layout *l);
/* The hash code of a stored row; false: no memory for the form, which is made in scratch. */
bool binary_row_hash(const struct row_layout *l, const void *row, struct buf *scratch, uint32_t *ret);

#endif
