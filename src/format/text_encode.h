/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_FORMAT_TEXT_ENCODE_H
#define WEIR_FORMAT_TEXT_ENCODE_H

#include "base/buf.h"
#include "format/text_time.h"
#include "type/int128.h"
#include "vec/vec.h"

/* text_encode: scalars as the json and csv formats write them. */

/* Seconds always, the fraction without trailing zeros; zulu: a Z behind it. */
void text_print_timestamp(struct buf *out, struct ts t, enum time_standard standard, bool zulu);
void text_print_time_of_day(struct buf *out, int32_t ms);
/* An unscaled decimal as Java's BigDecimal prints it: stripped of trailing zeros where `strip`, with an exponent where `scientific` and Java does. */
void text_print_decimal(struct buf *out, i128 v, int32_t scale, bool strip, bool scientific);
/* DECIMAL of either physical kind. */
i128 text_get_decimal(const struct vec *v, uint32_t row);
int64_t text_get_integer(const struct vec *v, uint32_t row);

#endif
