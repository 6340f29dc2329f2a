/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_FUNC_SIMPLE_DATE_H
#define WEIR_FUNC_SIMPLE_DATE_H

#include "base/buf.h"
#include "base/str.h"
#include "type/timestamp.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * simple_date: java.text.SimpleDateFormat with an English locale, which Flink still uses for
 * FROM_UNIXTIME, UNIX_TIMESTAMP, CONVERT_TZ, TO_DATE with a format and DATE_FORMAT of text. It is
 * lenient: months and hours may run over, text behind the match is ignored.
 */

/* false: *ret_letter is no pattern letter ('\'' when a quote is not closed). */
bool simple_date_check(struct str pattern, char *ret_letter);
/* pattern has passed the check. ms since the epoch, shown in zone. */
void simple_date_print(struct buf *out, struct str pattern, int64_t ms, const struct zone *zone);
/* false: the text does not begin with such a date. Missing fields are those of 1970-01-01 00:00. */
bool simple_date_parse(struct str pattern, struct str text, const struct zone *zone, int64_t *ret_ms);

#endif
