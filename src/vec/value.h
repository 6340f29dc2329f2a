/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_VEC_VALUE_H
#define WEIR_VEC_VALUE_H

#include "base/buf.h"
#include "type/timestamp.h"
#include "vec/vec.h"

/*
 * value: the texts of a single value in a vec.
 */

/* CAST(x AS STRING): TRUE, 1.0E10, bytes as the text that they are; nested "[1, 2, NULL]", "{a=1.5}", "(1, b, NULL)".
 * LTZ in zone. */
void value_print_sql(struct buf *out, const struct vec *v, uint32_t row, const struct zone *zone);
/* The same as the SQL client shows it in a table: bytes as x'0aff', also inside of nested values. */
void value_print_shown(struct buf *out, const struct vec *v, uint32_t row, const struct zone *zone);
/* The same under table.exec.legacy-cast-behaviour = ENABLED: true, null, (1,b). */
void value_print_legacy(struct buf *out, const struct vec *v, uint32_t row, const struct zone *zone);
/* What Row.toString shows: true, null, 2024-01-01T00:00, [10, -1] for bytes, +I[1, b, null] for rows, {a=1.5} for maps. */
void value_print_java(struct buf *out, const struct vec *v, uint32_t row);
/* Bytes as text, like Java's new String(bytes, UTF_8): what is no UTF-8 becomes U+FFFD, one per broken sequence. */
void value_print_bytes(struct buf *out, struct str bytes);
/* JSON as Weir's --format json and the json format without options write it. */
void value_print_json(struct buf *out, const struct vec *v, uint32_t row, const struct zone *zone);

#endif
