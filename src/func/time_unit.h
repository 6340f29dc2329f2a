/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_FUNC_TIME_UNIT_H
#define WEIR_FUNC_TIME_UNIT_H

#include "base/error.h"
#include "base/str.h"
#include "vec/vec.h"

#include <stdbool.h>
#include <stdint.h>

/* time_unit: the units of EXTRACT, FLOOR TO, TIMESTAMPADD and TIMESTAMPDIFF, and what they share. */
enum time_unit {
    UNIT_MILLENNIUM, UNIT_CENTURY, UNIT_DECADE, UNIT_YEAR, UNIT_ISOYEAR, UNIT_QUARTER, UNIT_MONTH, UNIT_WEEK, UNIT_DAY,
    UNIT_DOW, UNIT_ISODOW, UNIT_DOY, UNIT_EPOCH, UNIT_HOUR, UNIT_MINUTE, UNIT_SECOND, UNIT_MILLISECOND, UNIT_MICROSECOND,
    UNIT_NANOSECOND,
    UNIT_COUNT,
};

enum { MS_PER_SECOND = 1000, MS_PER_MINUTE = 60000, MS_PER_HOUR = 3600000, MS_PER_DAY = 86400000 };

/* Case-insensitive; also SQL_TSI_DAY and FRAC_SECOND. false: no unit. */
bool time_unit_parse(struct str name, enum time_unit *ret);
const char *time_unit_name(enum time_unit u);
/* The error of a name that is no unit, with the near one. */
enum status time_unit_unknown(struct str name, struct span span, struct error *e);
/* Milliseconds of WEEK to MILLISECOND; 0 for the others. */
int64_t time_unit_millis(enum time_unit u);
/* Months of MILLENNIUM to MONTH; 0 for the others. */
int32_t time_unit_months(enum time_unit u);

/* days plus months, the day cut to the month's end. */
int32_t date_add_months(int32_t days, int64_t months);
int64_t millis_add_months(int64_t ms, int64_t months);
/* Whole months from b to a, as Flink counts them. */
int32_t millis_subtract_months(int64_t a, int64_t b);

int64_t floor_div(int64_t a, int64_t b);
static inline int64_t floor_mod(int64_t a, int64_t b) { return a - floor_div(a, b) * b; }

/* Milliseconds of a DATE, TIME or timestamp at a row of a FLAT or CONST vec. */
int64_t datetime_millis(const struct vec *v, uint32_t row);

#endif
