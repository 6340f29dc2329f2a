/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_FORMAT_TEXT_TIME_H
#define WEIR_FORMAT_TEXT_TIME_H

#include "base/str.h"
#include "type/timestamp.h"

#include <stdbool.h>

/*
 * text_time: the temporal texts of Flink's json and csv formats (TimeFormats). SQL: date, blank,
 * HH:mm:ss[.f]; resolved leniently as Java's SMART style does (day 30 of February is its last day,
 * 24:00:00 the next midnight). ISO-8601: date, T, HH:mm[:ss[.f]]; resolved strictly.
 */
enum time_standard { TIME_STANDARD_SQL, TIME_STANDARD_ISO };

/* ISO_LOCAL_DATE: strict. */
bool text_date(struct str s, int32_t *ret_days);
/* HH:mm:ss[.f], SMART; milliseconds of the day. */
bool text_time_of_day(struct str s, int32_t *ret_ms);
/* zulu: a Z must follow (TIMESTAMP_LTZ). */
bool text_timestamp(struct str s, enum time_standard standard, bool zulu, struct ts *ret);
/* What TIMESTAMP(precision) keeps of a decoded value: Flink stores up to 3 digits as milliseconds. */
struct ts text_timestamp_keep(struct ts t, int32_t precision);

#endif
