/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_TYPE_TIMESTAMP_H
#define WEIR_TYPE_TIMESTAMP_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "type/type.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * timestamp: proleptic Gregorian calendar arithmetic, texts in Flink's forms, and time zones.
 * Dates are days since 1970-01-01, times milliseconds of the day, timestamps struct ts.
 */

struct civil { int32_t year, month, day; };        /* 1-based month and day */
struct clock_time { int32_t hour, minute, second, nano; };

int32_t date_from_civil(int32_t year, int32_t month, int32_t day);
struct civil date_to_civil(int32_t days);
/* 1 = Sunday .. 7 = Saturday (Flink's DOW). */
int32_t date_day_of_week(int32_t days);

struct ts ts_from_parts(int32_t days, int64_t nanos_of_day);
void ts_to_parts(struct ts t, int32_t *ret_days, int64_t *ret_nanos_of_day);
int64_t ts_to_millis(struct ts t); /* floor */
struct ts ts_from_millis(int64_t ms);
int ts_compare(struct ts a, struct ts b);
/* Cut to precision fraction digits (0..9). */
struct ts ts_truncate(struct ts t, int32_t precision);

/* "2024-02-29", "12:34:56[.fff]", "2024-02-29 12:34:56[.fffffffff]" with precision fraction digits. */
void date_print(struct buf *out, int32_t days);
void time_print(struct buf *out, int32_t ms, int32_t precision);
void ts_print(struct buf *out, struct ts t, int32_t precision);
/* Row.toString forms: LocalDateTime "2024-01-01T00:00", "...T00:00:05.123"; LocalTime "00:00", Instant "...Z", Duration "PT26H3M4S", Period "P27M". */
void date_print_java(struct buf *out, int32_t days);
void time_print_java(struct buf *out, int32_t ms);
void ts_print_java(struct buf *out, struct ts t);
void ts_print_instant(struct buf *out, struct ts t);
void duration_print_java(struct buf *out, int64_t ms);
void period_print_java(struct buf *out, int32_t months);
/* The client's and CAST's form of intervals: "+1 02:03:04.000", "+2-03". */
void interval_dt_print(struct buf *out, int64_t ms);
void interval_ym_print(struct buf *out, int32_t months);

/* Flink's CAST(STRING AS ...) grammars (DateTimeUtils.parseDate/parseTime/parseTimestampData). false: not such a text. */
bool date_parse(struct str text, int32_t *ret_days);
bool time_parse(struct str text, int32_t precision, int32_t *ret_ms);
bool ts_parse(struct str text, int32_t precision, struct ts *ret);

/* A zone: a region ("Europe/Berlin"), an offset ("+02:00", "GMT+8", "UTC"); loaded from the system's tzdata. */
struct zone;
/* STATUS_INVALID with a suggestion when unknown. The zone lives in the arena. */
enum status zone_open(struct arena *a, struct str id, const struct zone **ret, struct error *e);
/* May table.local-time-zone be that? Flink takes regions, UTC and GMT with an offset, but no bare offset. */
bool zone_session_ok(struct str id);
struct str zone_id(const struct zone *z);
/* Seconds east of UTC at an instant. */
int32_t zone_offset_at(const struct zone *z, int64_t utc_seconds);
/* Local wall time to instant as java.time does: in a gap later by the gap's length, in an overlap the earlier offset. */
struct ts zone_to_utc(const struct zone *z, struct ts local);
struct ts zone_to_local(const struct zone *z, struct ts utc);

/* Java DateTimeFormatter-like patterns (DATE_FORMAT, TO_TIMESTAMP, json/csv custom). Compiled once per plan. */
struct time_pattern;
enum status time_pattern_compile(struct arena *a, struct str pattern, const struct time_pattern **ret, struct error *e);
void time_pattern_print(struct buf *out, const struct time_pattern *p, struct ts t, int32_t offset_seconds, struct str zone_name);
/* false when the text does not match. */
bool time_pattern_parse(const struct time_pattern *p, struct str text, struct ts *ret);
/* Does it show an offset or a zone? Flink refuses such a pattern where it prints a local timestamp. */
bool time_pattern_has_zone(const struct time_pattern *p);
/* TO_TIMESTAMP(text, pattern): the pattern, else the forms of java.sql.Timestamp.valueOf and Date.valueOf; cut to precision. */
bool ts_parse_pattern(const struct time_pattern *p, struct str text, int32_t precision, struct ts *ret);

#endif
