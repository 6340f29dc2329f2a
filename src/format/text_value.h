/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_FORMAT_TEXT_VALUE_H
#define WEIR_FORMAT_TEXT_VALUE_H

#include "base/buf.h"
#include "base/str.h"
#include "type/int128.h"
#include "vec/vec.h"

#include <stdbool.h>
#include <stdint.h>

/* text_value: scalar values from text by the rules of Java's parsers, as json and csv share them. */

/* String.trim(): bytes up to the blank. */
struct str text_trim(struct str s);
/* Long.parseLong in a range: [+-]digits. */
bool text_integer(struct str s, int64_t min, int64_t max, int64_t *ret);
/* Double.parseDouble without hexadecimal forms; blanks around are fine. */
bool text_double(struct str s, double *ret);
bool text_float(struct str s, float *ret);
/* new BigDecimal(s) into DECIMAL(p, s): false: no number; *ret_fits: whether it fits (else NULL). */
bool text_decimal(struct str s, const struct type *t, bool *ret_fits, i128 *ret);
/* Range of an integer type. */
void text_integer_range(const struct type *t, int64_t *ret_min, int64_t *ret_max);
/* Stores an integer or decimal by the physical kind of v. */
void text_store_integer(struct vec *v, uint32_t row, int64_t value);
void text_store_decimal(struct vec *v, uint32_t row, i128 value);
/* Base64 as Jackson's MIME-NO-LINEFEEDS: padding needed, white space between groups skipped. */
bool base64_decode(struct buf *out, struct str s);
void base64_encode(struct buf *out, struct str s);

#endif
