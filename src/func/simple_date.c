/* SPDX-License-Identifier: Apache-2.0 */
/*
 * simple_date: patterns are walked letter run by letter run, both to print and to parse; nothing is
 * compiled, since a run costs little against the number it prints.
 *
 * The calendar is java.util's: Julian before 15 October 1582, and before 1900 a zone has its standard
 * offset of today.
 */
#include "func/simple_date.h"

#include "func/time_unit.h"

#include <assert.h>

static const char letters[] = "GyYMLwWDdFEuaHkKhmsSzZX";
static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
                                     "July",    "August",   "September", "October", "November", "December"};
static const char *const weekdays[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

/* One piece of a pattern: a run of a letter, or literal text (letter 0). */
struct piece {
    char letter;
    int32_t count;
    struct str text;
};

enum { GREGORIAN_START_DAYS = -141427 };

static struct civil civil_of(int32_t days)
{
    if (days >= GREGORIAN_START_DAYS) return date_to_civil(days);
    int64_t c = (int64_t)days + 2440588 + 32082, d = floor_div(4 * c + 3, 1461), e = c - floor_div(1461 * d, 4), m = (5 * e + 2) / 153;
    return (struct civil){(int32_t)(d - 4800 + m / 10), (int32_t)(m + 3 - 12 * (m / 10)), (int32_t)(e - (153 * m + 2) / 5 + 1)};
}

/* The first of a month; a day added to it may lie beyond the month. */
static int64_t month_start(int64_t year, int32_t month)
{
    int64_t gregorian = date_from_civil((int32_t)year, month, 1);
    if (gregorian >= GREGORIAN_START_DAYS - 14) return gregorian;
    int64_t a = (14 - month) / 12, y = year + 4800 - a, m = month + 12 * a - 3;
    return 1 + (153 * m + 2) / 5 + 365 * y + floor_div(y, 4) - 32083 - 2440588;
}

static int32_t offset_at(const struct zone *zone, int64_t seconds)
{
    if (seconds >= INT64_C(-2208988800)) return zone_offset_at(zone, seconds);
    int32_t winter = zone_offset_at(zone, 1704067200), summer = zone_offset_at(zone, 1719792000);
    return winter < summer ? winter : summer;
}

static bool is_alpha(char c) { return (unsigned)((c | 32) - 'a') < 26; }

/* The piece at *io_at; quoted text comes in pieces up to the next quote. false: the end. */
static bool piece_next(struct str p, size_t *io_at, bool *io_quoted, struct piece *ret)
{
    size_t i = *io_at;
    if (i < p.size_bytes && p.at[i] == '\'') {
        if (i + 1 < p.size_bytes && p.at[i + 1] == '\'') {
            *ret = (struct piece){.text = {p.at + i, 1}};
            *io_at = i + 2;
            return true;
        }
        *io_quoted = !*io_quoted;
        *io_at = i + 1;
        return piece_next(p, io_at, io_quoted, ret);
    }
    if (i >= p.size_bytes) return false;
    size_t end = i + 1;
    if (!*io_quoted && is_alpha(p.at[i])) {
        while (end < p.size_bytes && p.at[end] == p.at[i]) end++;
        *ret = (struct piece){.letter = p.at[i], .count = (int32_t)(end - i), .text = {p.at + i, end - i}};
    } else {
        *ret = (struct piece){.text = {p.at + i, 1}};
    }
    *io_at = end;
    return true;
}

bool simple_date_check(struct str pattern, char *ret_letter)
{
    size_t at = 0;
    bool quoted = false;
    struct piece piece;
    while (piece_next(pattern, &at, &quoted, &piece)) {
        if (piece.letter == '\0' || strchr(letters, piece.letter) != NULL) continue;
        *ret_letter = piece.letter;
        return false;
    }
    *ret_letter = '\'';
    return !quoted;
}

/* ---- printing --------------------------------------------------------------------------------------------- */

struct fields {
    struct civil date;
    int32_t days;      /* since the epoch, local */
    int32_t of_day;    /* milliseconds */
    int32_t offset;    /* seconds east */
    const struct zone *zone;
};

static void number(struct buf *out, int64_t v, int32_t width)
{
    buf_format(out, "%0*lld", width > 40 ? 40 : (int)width, (long long)v);
}

/* Weeks begin on Sunday and week 1 holds 1 January, as in the US; *ret_year is the week's year. */
static int32_t us_week(int32_t days, int32_t year, int32_t *ret_year)
{
    int32_t sunday = days - (date_day_of_week(days) - 1);
    int32_t next = date_from_civil(year + 1, 1, 1);
    if (sunday + 6 >= next) {
        *ret_year = year + 1;
        return 1;
    }
    int32_t first = date_from_civil(year, 1, 1);
    int32_t start = first - (date_day_of_week(first) - 1);
    *ret_year = year;
    return (sunday - start) / 7 + 1;
}

static void print_offset(struct buf *out, int32_t seconds, const struct piece *p)
{
    int32_t v = seconds < 0 ? -seconds : seconds;
    if (p->letter == 'X' && seconds == 0) {
        buf_char(out, 'Z');
        return;
    }
    buf_char(out, seconds < 0 ? '-' : '+');
    number(out, v / 3600, 2);
    if (p->letter == 'X' && p->count == 1) return;
    if (p->letter == 'X' && p->count == 3) buf_char(out, ':');
    number(out, v % 3600 / 60, 2);
}

static void print_zone(struct buf *out, const struct fields *f)
{
    struct str id = zone_id(f->zone);
    if (str_equal(id, STR("Etc/UTC"))) id = STR("UTC");
    bool named = id.size_bytes <= 4 && memchr(id.at, '/', id.size_bytes) == NULL;
    if (named) {
        buf_str(out, id);
        return;
    }
    struct piece colon = {.letter = 'X', .count = 3};
    buf_text(out, "GMT");
    if (f->offset != 0) print_offset(out, f->offset, &colon);
}

static void print_name(struct buf *out, const char *name, int32_t count)
{
    size_t size = strlen(name);
    buf_append(out, name, count >= 4 || size < 3 ? size : 3);
}

static void print_day_field(struct buf *out, const struct fields *f, const struct piece *p)
{
    int32_t year = f->date.year, week_year = 0;
    int32_t week = us_week(f->days, year, &week_year);
    int32_t first = (int32_t)month_start(year, f->date.month);
    switch (p->letter) {
    case 'G': buf_text(out, year > 0 ? "AD" : "BC"); break;
    case 'y':
    case 'Y': {
        int32_t y = p->letter == 'Y' ? week_year : year > 0 ? year : 1 - year;
        number(out, p->count == 2 ? y % 100 : y, p->count == 2 ? 2 : p->count);
        break;
    }
    case 'M':
    case 'L':
        if (p->count >= 3) print_name(out, months[f->date.month - 1], p->count);
        else number(out, f->date.month, p->count);
        break;
    case 'w': number(out, week, p->count); break;
    case 'W': number(out, (f->date.day + date_day_of_week(first) - 2) / 7 + 1, p->count); break;
    case 'D': number(out, (int32_t)(f->days - month_start(year, 1)) + 1, p->count); break;
    case 'd': number(out, f->date.day, p->count); break;
    case 'F': number(out, (f->date.day - 1) / 7 + 1, p->count); break;
    case 'E': print_name(out, weekdays[date_day_of_week(f->days) - 1], p->count); break;
    default: number(out, floor_mod((int64_t)f->days + 3, 7) + 1, p->count); break; /* u */
    }
}

static bool print_clock_field(struct buf *out, const struct fields *f, const struct piece *p)
{
    int32_t hour = f->of_day / MS_PER_HOUR;
    switch (p->letter) {
    case 'a': buf_text(out, hour < 12 ? "AM" : "PM"); return true;
    case 'H': number(out, hour, p->count); return true;
    case 'k': number(out, hour == 0 ? 24 : hour, p->count); return true;
    case 'K': number(out, hour % 12, p->count); return true;
    case 'h': number(out, hour % 12 == 0 ? 12 : hour % 12, p->count); return true;
    case 'm': number(out, f->of_day % MS_PER_HOUR / MS_PER_MINUTE, p->count); return true;
    case 's': number(out, f->of_day % MS_PER_MINUTE / MS_PER_SECOND, p->count); return true;
    case 'S': number(out, f->of_day % MS_PER_SECOND, p->count); return true;
    case 'z': print_zone(out, f); return true;
    case 'Z':
    case 'X': print_offset(out, f->offset, p); return true;
    default: return false;
    }
}

void simple_date_print(struct buf *out, struct str pattern, int64_t ms, const struct zone *zone)
{
    assert(zone != NULL);
    struct fields f = {.offset = offset_at(zone, floor_div(ms, MS_PER_SECOND)), .zone = zone};
    int64_t local = ms + (int64_t)f.offset * MS_PER_SECOND;
    f.days = (int32_t)floor_div(local, MS_PER_DAY);
    f.of_day = (int32_t)floor_mod(local, MS_PER_DAY);
    f.date = civil_of(f.days);
    size_t at = 0;
    bool quoted = false;
    struct piece p;
    while (piece_next(pattern, &at, &quoted, &p)) {
        if (p.letter == '\0') buf_str(out, p.text);
        else if (!print_clock_field(out, &f, &p)) print_day_field(out, &f, &p);
    }
}

/* ---- parsing ------------------------------------------------------------------------------------------------ */

enum { HOUR_NONE, HOUR_DAY, HOUR_HALF };

struct parsed {
    int64_t year, month, day, hour, minute, second, ms, day_of_year;
    int32_t half;     /* 0 AM, 1 PM */
    int32_t hour_kind;
    int32_t offset;
    bool has_offset, has_day_of_year, bc;
};

struct scanner {
    struct str text;
    size_t at;
};

static bool scan_number(struct scanner *s, int32_t max_digits, int64_t *ret, int32_t *ret_digits)
{
    size_t i = s->at, limit = max_digits > 0 ? i + (size_t)max_digits : SIZE_MAX;
    bool minus = i < s->text.size_bytes && s->text.at[i] == '-';
    int64_t v = 0;
    int32_t digits = 0;
    if (minus) i++;
    for (; i < s->text.size_bytes && i < limit && s->text.at[i] >= '0' && s->text.at[i] <= '9'; i++, digits++) {
        if (digits > 17) return false;
        v = v * 10 + (s->text.at[i] - '0');
    }
    if (digits == 0) return false;
    s->at = i;
    *ret = minus ? -v : v;
    *ret_digits = minus ? 0 : digits;
    return true;
}

static size_t name_size(const struct scanner *s, const char *name, size_t size)
{
    struct str left = {s->text.at + s->at, s->text.size_bytes - s->at};
    if (left.size_bytes < size) return 0;
    return str_equal_ignore_case((struct str){left.at, size}, (struct str){name, size}) ? size : 0;
}

/* Full or short names, whichever fits longer; ret_index from 0. */
static bool scan_name(struct scanner *s, const char *const *names, int32_t count, int64_t *ret_index)
{
    size_t best = 0;
    for (int32_t i = 0; i < count; i++) {
        size_t full = name_size(s, names[i], strlen(names[i])), part = name_size(s, names[i], 3);
        size_t size = full > part ? full : part;
        if (size <= best) continue;
        best = size;
        *ret_index = i;
    }
    s->at += best;
    return best > 0;
}

static bool scan_offset(struct scanner *s, struct parsed *p)
{
    p->has_offset = true;
    p->offset = 0;
    if (name_size(s, "GMT", 3) != 0 || name_size(s, "UTC", 3) != 0) s->at += 3;
    else if (name_size(s, "Z", 1) != 0) {
        s->at++;
        return true;
    }
    if (s->at >= s->text.size_bytes || (s->text.at[s->at] != '+' && s->text.at[s->at] != '-')) return s->at > 0;
    int32_t sign = s->text.at[s->at++] == '-' ? -1 : 1, digits = 0;
    int64_t hour = 0, minute = 0;
    if (!scan_number(s, 2, &hour, &digits) || hour > 23) return false;
    if (s->at < s->text.size_bytes && s->text.at[s->at] == ':') s->at++;
    if (s->at < s->text.size_bytes && !scan_number(s, 2, &minute, &digits)) minute = 0;
    p->offset = sign * (int32_t)(hour * 3600 + minute * 60);
    return minute < 60;
}

static void set_number(struct parsed *p, char letter, int64_t v)
{
    switch (letter) {
    case 'M':
    case 'L': p->month = v; break;
    case 'd': p->day = v; break;
    case 'D': p->day_of_year = v; p->has_day_of_year = true; break;
    case 'H': p->hour = v; p->hour_kind = HOUR_DAY; break;
    case 'k': p->hour = v == 24 ? 0 : v; p->hour_kind = HOUR_DAY; break;
    case 'K': p->hour = v; p->hour_kind = HOUR_HALF; break;
    case 'h': p->hour = v == 12 ? 0 : v; p->hour_kind = HOUR_HALF; break;
    case 'm': p->minute = v; break;
    case 's': p->second = v; break;
    case 'S': p->ms = v; break;
    default: break; /* weeks and days of the week: a date needs none */
    }
}

/* One of two words of two letters. */
static bool scan_pair(struct scanner *s, const char *first, const char *second, int32_t *ret)
{
    if (name_size(s, first, 2) == 0 && name_size(s, second, 2) == 0) return false;
    *ret = name_size(s, second, 2) != 0;
    s->at += 2;
    return true;
}

/* abutting: another field follows at once, so that the count of letters is the count of digits. */
static bool scan_field(struct scanner *s, const struct piece *piece, bool abutting, struct parsed *p)
{
    int64_t v = 0;
    int32_t digits = 0;
    while (s->at < s->text.size_bytes && (s->text.at[s->at] == ' ' || s->text.at[s->at] == '\t')) s->at++;
    if (s->at >= s->text.size_bytes) return false;
    switch (piece->letter) {
    case 'G':
        if (!scan_pair(s, "AD", "BC", &digits)) return false;
        p->bc = digits == 1;
        return true;
    case 'a':
        if (!scan_pair(s, "AM", "PM", &p->half)) return false;
        if (p->hour_kind == HOUR_NONE) p->hour_kind = HOUR_HALF;
        return true;
    case 'E': return scan_name(s, weekdays, 7, &v);
    case 'z':
    case 'Z':
    case 'X': return scan_offset(s, p);
    default: break;
    }
    if ((piece->letter == 'M' || piece->letter == 'L') && piece->count > 2) {
        if (!scan_name(s, months, 12, &v)) return false;
        p->month = v + 1;
        return true;
    }
    if (!scan_number(s, abutting ? piece->count : 0, &v, &digits)) return false;
    if (piece->letter != 'y' && piece->letter != 'Y') {
        set_number(p, piece->letter, v);
        return true;
    }
    /* Two digits are a year of this or the last century: at most 20 years ahead of 2026. */
    if (piece->count <= 2 && digits == 2) v += v > 46 ? 1900 : 2000;
    p->year = v;
    return true;
}

static bool in_range(int64_t v) { return v > -100000000 && v < 100000000; }

static bool combine(const struct parsed *p, int64_t *ret_local_ms)
{
    if (!in_range(p->year) || !in_range(p->month) || !in_range(p->day) || !in_range(p->hour)) return false;
    int64_t year = p->bc ? 1 - p->year : p->year, month = p->month - 1;
    year += floor_div(month, 12);
    int64_t days = month_start(year, (int32_t)floor_mod(month, 12) + 1) + p->day - 1;
    if (p->has_day_of_year) days = month_start(year, 1) + p->day_of_year - 1;
    int64_t hour = p->hour + (p->hour_kind == HOUR_HALF ? 12 * p->half : 0);
    *ret_local_ms = days * MS_PER_DAY + hour * MS_PER_HOUR + p->minute * MS_PER_MINUTE + p->second * MS_PER_SECOND + p->ms;
    return true;
}

/* Of two instants with the same local time Java takes the later one here, java.time the earlier. */
static int64_t to_utc(int64_t local_ms, const struct zone *zone)
{
    int64_t early = local_ms - (int64_t)offset_at(zone, INT64_MIN) * MS_PER_SECOND;
    if (floor_div(early, MS_PER_SECOND) < INT64_C(-2208988800)) return early;
    int64_t utc = ts_to_millis(zone_to_utc(zone, ts_from_millis(local_ms)));
    int64_t later_offset = zone_offset_at(zone, floor_div(utc, MS_PER_SECOND) + 3 * 3600);
    int64_t later = local_ms - later_offset * MS_PER_SECOND;
    bool same = zone_offset_at(zone, floor_div(later, MS_PER_SECOND)) == later_offset;
    return later > utc && same ? later : utc;
}

bool simple_date_parse(struct str pattern, struct str text, const struct zone *zone, int64_t *ret_ms)
{
    assert(zone != NULL && ret_ms != NULL);
    struct parsed p = {.year = 1970, .month = 1, .day = 1};
    struct scanner s = {text, 0};
    size_t at = 0;
    bool quoted = false;
    struct piece piece, next;
    bool more = piece_next(pattern, &at, &quoted, &piece);
    while (more) {
        more = piece_next(pattern, &at, &quoted, &next);
        if (piece.letter == '\0') {
            if (s.at >= text.size_bytes || text.at[s.at] != piece.text.at[0]) return false;
            s.at++;
        } else if (!scan_field(&s, &piece, more && next.letter != '\0', &p)) {
            return false;
        }
        piece = next;
    }
    int64_t local = 0;
    if (s.at == 0 || !combine(&p, &local)) return false;
    *ret_ms = p.has_offset ? local - (int64_t)p.offset * MS_PER_SECOND : to_utc(local, zone);
    return true;
}
