/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_TYPE_TIME_PATTERN_H
#define WEIR_TYPE_TIME_PATTERN_H

#include "base/arena.h"
#include "type/timestamp.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * The compiled form of a pattern, private to the time_pattern files: a flat list of items; an optional
 * section is one item that says where it ends.
 */
enum time_field {
    FIELD_ERA, FIELD_YEAR_OF_ERA, FIELD_YEAR, FIELD_QUARTER, FIELD_MONTH, FIELD_DAY, FIELD_DAY_OF_YEAR, FIELD_DAY_OF_WEEK,
    FIELD_AMPM, FIELD_HOUR, FIELD_CLOCK_HOUR, FIELD_HOUR_OF_AMPM, FIELD_CLOCK_HOUR_OF_AMPM, FIELD_MINUTE, FIELD_SECOND,
    FIELD_NANO, FIELD_MILLI_OF_DAY, FIELD_NANO_OF_DAY, FIELD_OFFSET,
    FIELD_WEEK_YEAR, FIELD_WEEK, FIELD_WEEK_OF_MONTH, FIELD_LOCAL_DAY_OF_WEEK, /* weeks as in the US: from Sunday, the first has 1 January */
    FIELD_COUNT,
};

enum time_sign { SIGN_NORMAL, SIGN_NOT_NEGATIVE, SIGN_EXCEEDS_PAD };

enum time_item_kind {
    ITEM_LITERAL,
    ITEM_NUMBER,   /* min..max digits */
    ITEM_REDUCED,  /* two digits, 2000..2099 */
    ITEM_FRACTION, /* of a second; min..max digits, perhaps behind a point */
    ITEM_TEXT,     /* names: style 3 short, 4 full, 5 narrow */
    ITEM_OFFSET,   /* style: see time_offset_style */
    ITEM_ZONE,     /* name of the zone; printing only */
    ITEM_OPTIONAL, /* items up to `end` may be missing */
};

enum time_offset_style { OFFSET_HOUR, OFFSET_HOUR_MIN, OFFSET_HOUR_COLON_MIN, OFFSET_HMS, OFFSET_COLON_HMS };

struct time_item {
    enum time_item_kind kind;
    enum time_field field;
    enum time_sign sign;
    int32_t min, max;
    int32_t subsequent;  /* digits that the adjacent numbers behind take; -1: itself of fixed width in such a run */
    int32_t style;
    bool point;          /* FRACTION: with a decimal point */
    struct str text;     /* LITERAL; OFFSET: what stands for zero */
    uint32_t end;        /* OPTIONAL: index behind the section */
};

struct time_pattern {
    const struct time_item *items;
    uint32_t count;
    bool has_zone;
};

/* Fields found in a text. */
struct time_fields {
    uint32_t set; /* bit per enum time_field */
    int64_t values[FIELD_COUNT];
};

static inline bool time_fields_has(const struct time_fields *f, enum time_field field) { return (f->set >> field & 1) != 0; }

/* English names, 1-based for months, days of the week from 1 = Monday, 0-based for AM/PM and era. */
struct str time_name(enum time_field field, int64_t value, int32_t style);
/* How many values a field with names has, and its first one. */
int32_t time_name_count(enum time_field field, int64_t *ret_first);

/* Matches the whole text; fields only, not yet combined. */
bool time_pattern_scan(const struct time_pattern *p, struct str text, struct time_fields *ret);
/* Combines fields as java.time's SMART resolver and Flink's defaults do; false when they contradict each other. */
bool time_fields_resolve(struct time_fields *f, struct ts *ret);

#endif
