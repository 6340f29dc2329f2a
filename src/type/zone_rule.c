/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zone_rule: the POSIX TZ form at the end of a time zone file: standard and daylight offsets and the
 * days of a year on which they change, for example "CET-1CEST,M3.5.0,M10.5.0/3".
 *
 * Offsets in the text count west of Greenwich; here they count east, in seconds.
 */
#include "type/zone.h"

#include <assert.h>

struct cursor {
    const char *at, *end;
};

static bool at_char(const struct cursor *c, char wanted) { return c->at < c->end && *c->at == wanted; }

static bool skip_name(struct cursor *c)
{
    const char *begin = c->at;
    if (at_char(c, '<')) {
        while (c->at < c->end && *c->at != '>') c->at++;
        return c->at < c->end && c->at++ > begin;
    }
    while (c->at < c->end && ((*c->at >= 'A' && *c->at <= 'Z') || (*c->at >= 'a' && *c->at <= 'z'))) c->at++;
    return c->at > begin;
}

static bool digits(struct cursor *c, int32_t *ret)
{
    int32_t v = 0;
    const char *begin = c->at;
    while (c->at < c->end && *c->at >= '0' && *c->at <= '9' && c->at - begin < 4) v = v * 10 + (*c->at++ - '0');
    *ret = v;
    return c->at > begin;
}

/* [+-]hh[:mm[:ss]] */
static bool duration(struct cursor *c, int32_t *ret)
{
    int32_t sign = at_char(c, '-') ? -1 : 1, hour, minute = 0, second = 0;
    if (at_char(c, '-') || at_char(c, '+')) c->at++;
    if (!digits(c, &hour)) return false;
    if (at_char(c, ':')) {
        c->at++;
        if (!digits(c, &minute)) return false;
        if (at_char(c, ':')) {
            c->at++;
            if (!digits(c, &second)) return false;
        }
    }
    *ret = sign * (hour * 3600 + minute * 60 + second);
    return true;
}

static bool change(struct cursor *c, struct zone_change *ret)
{
    *ret = (struct zone_change){.kind = 'N', .seconds = 7200};
    if (!at_char(c, ',')) return false;
    c->at++;
    if (at_char(c, 'M') || at_char(c, 'J')) ret->kind = *c->at++;
    if (ret->kind == 'M') {
        if (!digits(c, &ret->month) || !at_char(c, '.')) return false;
        c->at++;
        if (!digits(c, &ret->week) || !at_char(c, '.')) return false;
        c->at++;
        if (ret->month < 1 || ret->month > 12 || ret->week < 1 || ret->week > 5) return false;
    }
    if (!digits(c, &ret->day)) return false;
    if (ret->kind == 'M' && ret->day > 6) return false;
    if (!at_char(c, '/')) return true;
    c->at++;
    return duration(c, &ret->seconds);
}

bool zone_rule_parse(struct str text, struct zone_rule *ret)
{
    struct cursor c = {text.at, text.at + text.size_bytes};
    struct zone_rule r = {.has_dst = false};
    int32_t west;
    if (!skip_name(&c) || !duration(&c, &west)) return false;
    r.std_offset = -west;
    if (c.at < c.end) {
        if (!skip_name(&c)) return false;
        r.has_dst = true;
        r.dst_offset = r.std_offset + 3600;
        if (!at_char(&c, ',')) {
            if (!duration(&c, &west)) return false;
            r.dst_offset = -west;
        }
        if (!change(&c, &r.to_dst) || !change(&c, &r.to_std) || c.at != c.end) return false;
    }
    *ret = r;
    return true;
}

static bool leap_year(int32_t y) { return y % 4 == 0 && (y % 100 != 0 || y % 400 == 0); }

/* Local seconds since the epoch at which the change happens in that year. */
static int64_t change_in_year(const struct zone_change *c, int32_t year)
{
    int32_t days;
    if (c->kind == 'M') {
        int32_t first = date_from_civil(year, c->month, 1);
        int32_t next = c->month == 12 ? date_from_civil(year + 1, 1, 1) : date_from_civil(year, c->month + 1, 1);
        int32_t ahead = (c->day - (date_day_of_week(first) - 1) + 7) % 7;
        days = first + ahead + (c->week - 1) * 7;
        while (days >= next) days -= 7;
    } else if (c->kind == 'J') {
        days = date_from_civil(year, 1, 1) + c->day - 1 + (leap_year(year) && c->day >= 60);
    } else {
        days = date_from_civil(year, 1, 1) + c->day;
    }
    return (int64_t)days * 86400 + c->seconds;
}

int32_t zone_rule_offset(const struct zone_rule *r, int64_t utc_seconds)
{
    if (!r->has_dst) return r->std_offset;
    int64_t local = utc_seconds + r->std_offset;
    int64_t day = local / 86400 - (local % 86400 < 0);
    if (day > INT32_MAX / 2 || day < INT32_MIN / 2) return r->std_offset;
    int32_t year = date_to_civil((int32_t)day).year;
    int64_t begin = change_in_year(&r->to_dst, year) - r->std_offset;
    int64_t end = change_in_year(&r->to_std, year) - r->dst_offset;
    bool inside = begin < end ? utc_seconds >= begin && utc_seconds < end : utc_seconds >= begin || utc_seconds < end;
    return inside ? r->dst_offset : r->std_offset;
}
