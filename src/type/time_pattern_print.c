/* SPDX-License-Identifier: Apache-2.0 */
/*
 * time_pattern_print: a timestamp by a compiled pattern. Every field of a local date and time exists,
 * so optional sections always print.
 */
#include "type/time_pattern.h"

#include <assert.h>

struct moment {
    struct civil date;
    int32_t days;
    int64_t nanos_of_day;
};

/* Weeks from Sunday on; the first one of a year or month is the one with its first day. */
static int64_t week_from(int32_t days, int32_t first_day) { return (days - first_day + date_day_of_week(first_day) - 1) / 7 + 1; }

static bool in_next_years_week(const struct moment *m)
{
    int32_t next = date_from_civil(m->date.year + 1, 1, 1);
    return m->days + 8 - date_day_of_week(m->days) > next; /* next Sunday lies behind 1 January */
}

static int64_t field_of(const struct moment *m, enum time_field field)
{
    int64_t second = m->nanos_of_day / 1000000000, hour = second / 3600;
    switch (field) {
    case FIELD_ERA: return m->date.year > 0;
    case FIELD_YEAR_OF_ERA: return m->date.year > 0 ? m->date.year : 1 - m->date.year;
    case FIELD_YEAR: return m->date.year;
    case FIELD_QUARTER: return (m->date.month + 2) / 3;
    case FIELD_MONTH: return m->date.month;
    case FIELD_DAY: return m->date.day;
    case FIELD_DAY_OF_YEAR: return m->days - date_from_civil(m->date.year, 1, 1) + 1;
    case FIELD_DAY_OF_WEEK: return (date_day_of_week(m->days) + 5) % 7 + 1;
    case FIELD_AMPM: return hour / 12;
    case FIELD_HOUR: return hour;
    case FIELD_CLOCK_HOUR: return hour == 0 ? 24 : hour;
    case FIELD_HOUR_OF_AMPM: return hour % 12;
    case FIELD_CLOCK_HOUR_OF_AMPM: return hour % 12 == 0 ? 12 : hour % 12;
    case FIELD_MINUTE: return second / 60 % 60;
    case FIELD_SECOND: return second % 60;
    case FIELD_NANO: return m->nanos_of_day % 1000000000;
    case FIELD_MILLI_OF_DAY: return m->nanos_of_day / 1000000;
    case FIELD_NANO_OF_DAY: return m->nanos_of_day;
    case FIELD_WEEK_YEAR: return m->date.year + in_next_years_week(m);
    case FIELD_WEEK: return in_next_years_week(m) ? 1 : week_from(m->days, date_from_civil(m->date.year, 1, 1));
    case FIELD_WEEK_OF_MONTH: return week_from(m->days, date_from_civil(m->date.year, m->date.month, 1));
    case FIELD_LOCAL_DAY_OF_WEEK: return date_day_of_week(m->days);
    default: assert(!"not a field of a timestamp"); return 0;
    }
}

static void number(struct buf *out, int64_t v, int32_t min, bool plus)
{
    char text[20];
    int32_t n = 0;
    uint64_t m = v < 0 ? (uint64_t)0 - (uint64_t)v : (uint64_t)v;
    do text[n++] = (char)('0' + m % 10); while ((m /= 10) != 0);
    if (v < 0) buf_char(out, '-');
    if (plus && v >= 0 && n > min) buf_char(out, '+');
    for (int32_t i = n; i < min; i++) buf_char(out, '0');
    while (n > 0) buf_char(out, text[--n]);
}

static void fraction(struct buf *out, int64_t nanos, int32_t digits)
{
    int64_t unit = 100000000;
    for (int32_t i = 0; i < digits; i++, unit /= 10) buf_char(out, (char)('0' + nanos / unit % 10));
}

static void offset(struct buf *out, const struct time_item *item, int32_t seconds)
{
    if (seconds == 0) {
        buf_str(out, item->text);
        return;
    }
    int32_t m = seconds < 0 ? -seconds : seconds;
    bool colon = item->style == OFFSET_HOUR_COLON_MIN || item->style == OFFSET_COLON_HMS;
    buf_format(out, "%c%02d", seconds < 0 ? '-' : '+', m / 3600);
    if (item->style == OFFSET_HOUR && m / 60 % 60 == 0) return;
    buf_format(out, colon ? ":%02d" : "%02d", m / 60 % 60);
    if (item->style < OFFSET_HMS || m % 60 == 0) return;
    buf_format(out, colon ? ":%02d" : "%02d", m % 60);
}

void time_pattern_print(struct buf *out, const struct time_pattern *p, struct ts t, int32_t offset_seconds, struct str zone_name)
{
    struct moment m;
    assert(out != NULL && p != NULL);
    ts_to_parts(t, &m.days, &m.nanos_of_day);
    m.date = date_to_civil(m.days);
    for (uint32_t i = 0; i < p->count; i++) {
        const struct time_item *item = &p->items[i];
        switch (item->kind) {
        case ITEM_LITERAL: buf_str(out, item->text); break;
        case ITEM_NUMBER: number(out, field_of(&m, item->field), item->min, item->sign == SIGN_EXCEEDS_PAD); break;
        case ITEM_REDUCED: number(out, field_of(&m, item->field) % 100, 2, false); break;
        case ITEM_FRACTION: fraction(out, field_of(&m, FIELD_NANO), item->max); break;
        case ITEM_TEXT: buf_str(out, time_name(item->field, field_of(&m, item->field), item->style)); break;
        case ITEM_OFFSET: offset(out, item, offset_seconds); break;
        case ITEM_ZONE: buf_str(out, zone_name); break;
        case ITEM_OPTIONAL: break;
        }
    }
}
