/* SPDX-License-Identifier: Apache-2.0 */
/*
 * func_temporal_text: dates and times from and to text and numbers.
 *
 * Two pattern languages are at work, as in Flink: java.time's (time_pattern) for timestamps, the
 * lenient SimpleDateFormat (simple_date) for Unix times, TO_DATE and everything that goes from text
 * to text. A literal format is compiled when the call is bound; one from a column where it changes.
 */
#include "func/kernel.h"
#include "func/simple_date.h"
#include "func/time_unit.h"
#include "type/time_pattern.h"

#include <assert.h>
#include <math.h>

struct plan_text {
    const struct time_pattern *pattern; /* literal format; NULL with `fixed` set: no pattern */
    bool fixed;
    const struct zone *from, *to;       /* literal zones */
    int32_t precision;                  /* of TO_TIMESTAMP_LTZ; -1: an argument */
    bool by_row;                        /* its zone is no literal */
};

static enum status plan_new(struct func_bind *b, struct plan_text **ret)
{
    struct plan_text *p = ARENA_NEW(b->arena, struct plan_text);
    if (p == NULL) return error_no_memory(b->error, sizeof *p);
    b->impl.prepared = p;
    *ret = p;
    return STATUS_OK;
}

/* The pattern that a row uses; compiled in scratch memory when it is not a literal. */
struct pattern_use {
    const struct time_pattern *pattern; /* NULL: no pattern */
    struct str text;
    bool fixed;
};

static struct pattern_use pattern_begin(const struct call *c)
{
    const struct plan_text *p = c->impl->prepared;
    return (struct pattern_use){.pattern = p->pattern, .fixed = p->fixed};
}

static enum status pattern_row(struct call *c, struct pattern_use *u, const struct vec *formats, uint32_t row)
{
    if (u->fixed) return STATUS_OK;
    struct str text = arg_str(formats, row);
    if (u->text.at != NULL && str_equal(u->text, text)) return STATUS_OK;
    struct error ignored = ERROR_INIT;
    u->pattern = NULL;
    u->text = text;
    enum status s = time_pattern_compile(c->scratch, text, &u->pattern, &ignored);
    return s == STATUS_NO_MEMORY ? s : STATUS_OK;
}

/* ---- zones -------------------------------------------------------------------------------------------------- */

static const struct {
    const char *name, *zone;
} short_zones[] = {
    {"ACT", "Australia/Darwin"}, {"AET", "Australia/Sydney"}, {"AGT", "America/Argentina/Buenos_Aires"}, {"ART", "Africa/Cairo"},
    {"AST", "America/Anchorage"}, {"BET", "America/Sao_Paulo"}, {"BST", "Asia/Dhaka"}, {"CAT", "Africa/Harare"},
    {"CNT", "America/St_Johns"}, {"CST", "America/Chicago"}, {"CTT", "Asia/Shanghai"}, {"EAT", "Africa/Addis_Ababa"},
    {"ECT", "Europe/Paris"}, {"EST", "-05:00"}, {"HST", "-10:00"}, {"IET", "America/Indiana/Indianapolis"}, {"IST", "Asia/Kolkata"},
    {"JST", "Asia/Tokyo"}, {"MIT", "Pacific/Apia"}, {"MST", "-07:00"}, {"NET", "Asia/Yerevan"}, {"NST", "Pacific/Auckland"},
    {"PLT", "Asia/Karachi"}, {"PNT", "America/Phoenix"}, {"PRT", "America/Puerto_Rico"}, {"PST", "America/Los_Angeles"},
    {"SST", "Pacific/Guadalcanal"}, {"VST", "Asia/Ho_Chi_Minh"},
};

/* java.util.TimeZone: an unknown name is GMT. */
static enum status java_zone(struct arena *a, struct str id, const struct zone **ret)
{
    struct error ignored = ERROR_INIT;
    bool short_zone = false;
    for (size_t i = 0; i < sizeof short_zones / sizeof short_zones[0]; i++) {
        if (!short_zone && str_equal(id, str_of(short_zones[i].name))) {
            id = str_of(short_zones[i].zone);
            short_zone = true;
        }
    }
    bool bare_offset = !short_zone && id.size_bytes > 0 && (id.at[0] == '+' || id.at[0] == '-');
    if (!bare_offset) {
        enum status s = zone_open(a, id, ret, &ignored);
        if (s == STATUS_OK || s == STATUS_NO_MEMORY) return s;
    }
    error_clear(&ignored);
    return zone_open(a, STR("UTC"), ret, &ignored);
}

/* ---- DATE_FORMAT ----------------------------------------------------------------------------------------------- */

static enum status format_ts_kernel(struct call *c, const struct rows *rows, const struct vec *const *args, struct vec *out)
{
    struct pattern_use u = pattern_begin(c);
    const struct zone *zone = args[0]->type->root == TYPE_TIMESTAMP_LTZ ? c->context->zone : NULL;
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows_at(rows, i);
        TRY(pattern_row(c, &u, args[1], row));
        if (u.pattern == NULL || u.pattern->has_zone) {
            TRY(call_row_error(c, out, row, "DATE_FORMAT: '%.*s' is no pattern of a date and time without zone",
                               STR_ARG(arg_str(args[1], row))));
            continue;
        }
        struct ts t = vec_get_ts(args[0], row);
        if (zone != NULL) t = zone_to_local(zone, t);
        buf_reset(c->text);
        time_pattern_print(c->text, u.pattern, t, 0, (struct str){"", 0});
        TRY(set_text(c, out, row));
    }
    return STATUS_OK;
}

static enum status simple_error(struct call *c, struct vec *out, uint32_t row, char letter)
{
    if (letter == '\'') return call_row_error(c, out, row, "Unterminated quote");
    return call_row_error(c, out, row, "Illegal pattern character '%c'", letter);
}

static const struct str default_format = {"yyyy-MM-dd HH:mm:ss", 19};

static enum status format_text_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    const struct plan_text *p = c->impl->prepared;
    struct str format = arg_str(args[1], row);
    char letter;
    int64_t ms = 0;
    if (!simple_date_check(format, &letter)) return simple_error(c, out, row, letter);
    if (!simple_date_parse(default_format, arg_str(args[0], row), p->from, &ms)) return set_null(out, row);
    buf_reset(c->text);
    simple_date_print(c->text, format, ms, p->from);
    return set_text(c, out, row);
}
KERNEL(format_text)

/* Checks a literal format of SimpleDateFormat. */
static enum status check_simple(struct func_bind *b, uint32_t i)
{
    struct str format;
    char letter;
    if (i >= b->arg_count || !bind_literal_str(b, i, &format) || simple_date_check(format, &letter)) return STATUS_OK;
    if (letter == '\'') return error_at(b->error, STATUS_INVALID, b->args[i]->span, "Unterminated quote in the format '%.*s'", STR_ARG(format));
    return error_at(b->error, STATUS_INVALID, b->args[i]->span, "Illegal pattern character '%c'", letter);
}

static enum status bind_date_format(struct func_bind *b)
{
    struct plan_text *p = NULL;
    struct str format;
    TRY(plan_new(b, &p));
    if (b->args[0]->type->root == TYPE_NULL) TRY(bind_cast_arg(b, 0, type_string(b->types, true)));
    if (type_is_text(b->args[0]->type)) {
        TRY(check_simple(b, 1));
        TRY(java_zone(b->arena, STR("UTC"), &p->from));
        return bind_form(b, "ss", RESULT_STRING_NULL, format_text_kernel);
    }
    if (!type_is_timestamp(b->args[0]->type)) return bind_wrong_types(b);
    TRY(bind_form(b, "as", RESULT_STRING_NULL, format_ts_kernel));
    if (!bind_literal_str(b, 1, &format)) return STATUS_OK;
    p->fixed = true;
    TRY(time_pattern_compile(b->arena, format, &p->pattern, b->error));
    if (!p->pattern->has_zone) return STATUS_OK;
    return error_at(b->error, STATUS_INVALID, b->args[1]->span, "The format '%.*s' asks for a zone, which a timestamp does not have",
                    STR_ARG(format));
}

/* ---- java.sql's valueOf ------------------------------------------------------------------------------------------- */

static bool take_digits(struct str s, size_t *io_at, int32_t min, int32_t max, int64_t *ret)
{
    size_t i = *io_at;
    int64_t v = 0;
    int32_t n = 0;
    for (; i < s.size_bytes && s.at[i] >= '0' && s.at[i] <= '9' && n < max; i++, n++) v = v * 10 + (s.at[i] - '0');
    if (n < min) return false;
    *io_at = i;
    *ret = v;
    return true;
}

static bool take_char(struct str s, size_t *io_at, char c)
{
    if (*io_at >= s.size_bytes || s.at[*io_at] != c) return false;
    (*io_at)++;
    return true;
}

static struct str trimmed(struct str s)
{
    while (s.size_bytes > 0 && (unsigned char)s.at[0] <= ' ') s = text_part(s, 1, s.size_bytes);
    while (s.size_bytes > 0 && (unsigned char)s.at[s.size_bytes - 1] <= ' ') s.size_bytes--;
    return s;
}

/* yyyy-[m]m-[d]d[ h:m:s[.f]]; the day may be one that the month has not: it runs over. */
static bool value_of(struct str text, struct ts *ret)
{
    struct str s = trimmed(text);
    size_t at = 0;
    int64_t year, month, day, hour = 0, minute = 0, second = 0, fraction = 0;
    if (!take_digits(s, &at, 4, 4, &year) || !take_char(s, &at, '-') || !take_digits(s, &at, 1, 2, &month) ||
        !take_char(s, &at, '-') || !take_digits(s, &at, 1, 2, &day)) {
        return false;
    }
    if (month < 1 || month > 12 || day < 1 || day > 31) return false;
    if (at < s.size_bytes) {
        if (!take_char(s, &at, ' ') || !take_digits(s, &at, 1, 8, &hour) || !take_char(s, &at, ':') ||
            !take_digits(s, &at, 1, 8, &minute) || !take_char(s, &at, ':') || !take_digits(s, &at, 1, 8, &second)) {
            return false;
        }
        if (take_char(s, &at, '.')) {
            size_t first = at;
            if (!take_digits(s, &at, 1, 9, &fraction)) return false;
            for (size_t n = at - first; n < 9; n++) fraction *= 10;
        }
    }
    if (at != s.size_bytes) return false;
    int64_t days = date_from_civil((int32_t)year, (int32_t)month, 1) + day - 1;
    int64_t ms = days * MS_PER_DAY + hour * MS_PER_HOUR + minute * MS_PER_MINUTE + second * MS_PER_SECOND;
    *ret = (struct ts){.micros = ms * 1000 + fraction / 1000, .nanos = (int32_t)(fraction % 1000)};
    return true;
}

/* ---- TO_DATE, TO_TIMESTAMP ------------------------------------------------------------------------------------------- */

static enum status to_date_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    int32_t days = 0;
    return date_parse(arg_str(args[0], row), &days) ? set_int(out, row, days) : set_null(out, row);
}
KERNEL(to_date)

/* What is no such date becomes the day of the smallest number of milliseconds, cut to 32 bits: Flink does so. */
static enum status to_date_format_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    const struct plan_text *p = c->impl->prepared;
    struct str format = arg_str(args[1], row);
    char letter;
    int64_t ms = INT64_MIN;
    if (!simple_date_check(format, &letter)) return simple_error(c, out, row, letter);
    if (!simple_date_parse(format, arg_str(args[0], row), p->from, &ms)) ms = INT64_MIN;
    return set_int(out, row, ms == INT64_MIN ? 622191233 : (int32_t)floor_div(ms, MS_PER_DAY));
}
KERNEL(to_date_format)

static enum status bind_to_date(struct func_bind *b)
{
    struct plan_text *p = NULL;
    TRY(plan_new(b, &p));
    TRY(check_simple(b, 1));
    TRY(java_zone(b->arena, STR("UTC"), &p->from));
    TRY(bind_form(b, "ss", RESULT_INT_NULL, b->arg_count == 1 ? to_date_kernel : to_date_format_kernel));
    b->type = type_simple(b->types, TYPE_DATE, true);
    return b->type == NULL ? error_no_memory(b->error, sizeof *b->type) : STATUS_OK;
}

static enum status to_timestamp_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    struct ts t;
    if (!ts_parse(arg_str(args[0], row), 3, &t)) return set_null(out, row);
    vec_set_ts(out, row, ts_truncate(t, 3));
    return STATUS_OK;
}
KERNEL(to_timestamp)

static bool parse_by(const struct pattern_use *u, struct str text, struct ts *ret)
{
    if (u->pattern == NULL) return false;
    if (!time_pattern_parse(u->pattern, text, ret) && !value_of(text, ret)) return false;
    *ret = ts_truncate(*ret, 3);
    return true;
}

static enum status to_timestamp_format_kernel(struct call *c, const struct rows *rows, const struct vec *const *args, struct vec *out)
{
    struct pattern_use u = pattern_begin(c);
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows_at(rows, i);
        struct ts t;
        TRY(pattern_row(c, &u, args[1], row));
        if (parse_by(&u, arg_str(args[0], row), &t)) vec_set_ts(out, row, t);
        else vec_set_null(out, row);
    }
    return STATUS_OK;
}

/* A literal format that is no pattern makes every result NULL. */
static enum status fix_pattern(struct func_bind *b, struct plan_text *p, uint32_t i)
{
    struct str format;
    struct error ignored = ERROR_INIT;
    if (i >= b->arg_count || !bind_literal_str(b, i, &format)) return STATUS_OK;
    p->fixed = true;
    enum status s = time_pattern_compile(b->arena, format, &p->pattern, &ignored);
    if (s == STATUS_NO_MEMORY) return error_no_memory(b->error, format.size_bytes);
    if (s != STATUS_OK) p->pattern = NULL;
    return STATUS_OK;
}

static enum status bind_to_timestamp(struct func_bind *b)
{
    struct plan_text *p = NULL;
    TRY(plan_new(b, &p));
    TRY(bind_form(b, "ss", RESULT_INT_NULL, b->arg_count == 1 ? to_timestamp_kernel : to_timestamp_format_kernel));
    TRY(fix_pattern(b, p, 1));
    b->type = type_time(b->types, TYPE_TIMESTAMP, 3, true);
    return b->type == NULL ? error_no_memory(b->error, sizeof *b->type) : STATUS_OK;
}

/* ---- TO_TIMESTAMP_LTZ -------------------------------------------------------------------------------------------------- */

static const int64_t epoch_ms_min = INT64_C(-62135596800000), epoch_ms_max = INT64_C(253402300799999);

/* v counts 10^-precision seconds; false: before year 1 or behind 9999. */
static bool epoch_to_ts(int64_t v, int32_t precision, struct ts *ret)
{
    static const int64_t powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000};
    int64_t nanos = 0, ms = 0;
    if (precision <= 3) {
        if (__builtin_mul_overflow(v, powers[3 - precision], &ms)) return false;
    } else {
        int64_t unit = powers[precision - 3];
        ms = floor_div(v, unit);
        nanos = floor_mod(v, unit) * (1000000 / unit);
    }
    if (ms < epoch_ms_min || ms > epoch_ms_max) return false;
    *ret = (struct ts){.micros = ms * 1000 + nanos / 1000, .nanos = (int32_t)(nanos % 1000)};
    return true;
}

/* The precision of a row; false: the row has failed. */
static bool precision_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out, int32_t *ret, enum status *ret_status)
{
    const struct plan_text *p = c->impl->prepared;
    *ret = p->precision >= 0 ? p->precision : arg_int(args[1], row);
    if (*ret >= 0 && *ret <= 9) return true;
    *ret_status = call_row_error(c, out, row, "Precision for TO_TIMESTAMP_LTZ must be between 0 and 9 but was %d.", *ret);
    return false;
}

static enum status ltz_long_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    int32_t precision;
    enum status s = STATUS_OK;
    struct ts t;
    if (!precision_row(c, args, row, out, &precision, &s)) return s;
    if (!epoch_to_ts(arg_long(args[0], row), precision, &t)) return set_null(out, row);
    vec_set_ts(out, row, t);
    return STATUS_OK;
}
KERNEL(ltz_long)

/* A fraction counts down to the millisecond. */
static enum status ltz_double_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    static const double powers[] = {1000, 100, 10, 1};
    int32_t precision;
    enum status s = STATUS_OK;
    struct ts t;
    if (!precision_row(c, args, row, out, &precision, &s)) return s;
    double v = ARG(args[0], double, row) * (precision < 3 ? powers[precision] : 1);
    if (isnan(v)) v = 0;
    if (!(v > -9.2e18 && v < 9.2e18)) return set_null(out, row);
    if (!epoch_to_ts((int64_t)floor(v), precision < 3 ? 3 : precision, &t)) return set_null(out, row);
    vec_set_ts(out, row, t);
    return STATUS_OK;
}
KERNEL(ltz_double)

static enum status ltz_text_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    struct str s = arg_str(args[0], row);
    struct ts t;
    if (!ts_parse(s, 3, &t)) return call_row_error(c, out, row, "'%.*s' is no timestamp such as 2024-01-31 10:30:00", STR_ARG(s));
    vec_set_ts(out, row, ts_truncate(t, 3));
    return STATUS_OK;
}
KERNEL(ltz_text)

/* The zones of one batch so far: opening one reads a file. */
struct zone_use {
    uint32_t count;
    struct str ids[8];
    const struct zone *zones[8]; /* NULL: there is no zone of this name */
};

static bool row_zone(struct call *c, struct zone_use *z, struct str id, const struct zone **ret)
{
    enum { USE_MAX = sizeof z->ids / sizeof z->ids[0] };
    struct error ignored = ERROR_INIT;
    uint32_t i = 0;
    while (i < z->count && !str_equal(z->ids[i], id)) i++;
    if (i == z->count) {
        if (i == USE_MAX) i = 0;
        else z->count++;
        z->ids[i] = id;
        z->zones[i] = NULL;
        if (zone_open(c->scratch, id, &z->zones[i], &ignored) != STATUS_OK) z->zones[i] = NULL;
        error_clear(&ignored);
    }
    *ret = z->zones[i];
    return *ret != NULL;
}

static enum status ltz_format_kernel(struct call *c, const struct rows *rows, const struct vec *const *args, struct vec *out)
{
    const struct plan_text *p = c->impl->prepared;
    struct pattern_use u = pattern_begin(c);
    struct zone_use z = {.count = 0};
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows_at(rows, i);
        struct ts t;
        TRY(pattern_row(c, &u, args[1], row));
        bool parsed = parse_by(&u, arg_str(args[0], row), &t);
        const struct zone *zone = p->from;
        if (parsed && p->by_row && !row_zone(c, &z, arg_str(args[2], row), &zone)) parsed = false;
        if (!parsed) {
            vec_set_null(out, row);
            continue;
        }
        vec_set_ts(out, row, zone == NULL ? t : zone_to_utc(zone, t));
    }
    return STATUS_OK;
}

static enum status bind_ltz_text(struct func_bind *b, struct plan_text *p)
{
    TRY(bind_form(b, "sss", RESULT_INT_NULL, b->arg_count == 1 ? ltz_text_kernel : ltz_format_kernel));
    TRY(fix_pattern(b, p, 1));
    if (b->arg_count < 3) return STATUS_OK;
    struct str id;
    p->by_row = !bind_literal_str(b, 2, &id);
    if (p->by_row) return STATUS_OK;
    struct error e = ERROR_INIT;
    enum status s = zone_open(b->arena, id, &p->from, &e);
    if (s != STATUS_INVALID && s != STATUS_NOT_FOUND) return s;
    return error_at(b->error, STATUS_INVALID, b->args[2]->span, "Invalid timezone for parsing TIMESTAMP_LTZ: Unknown time-zone ID: %.*s",
                    STR_ARG(id));
}

static enum status bind_ltz_number(struct func_bind *b, struct plan_text *p)
{
    const struct type *t = b->args[0]->type;
    if (b->arg_count > 2 || !type_is_numeric(t)) return bind_wrong_types(b);
    bool floating = t->root == TYPE_FLOAT || t->root == TYPE_DOUBLE;
    TRY(bind_cast_arg(b, 0, type_simple(b->types, floating ? TYPE_DOUBLE : TYPE_BIGINT, true)));
    TRY(bind_form(b, "ai", RESULT_INT_NULL, floating ? ltz_double_kernel : ltz_long_kernel));
    int64_t precision = 3;
    p->precision = b->arg_count == 1 ? 3 : -1;
    if (b->arg_count == 1 || !bind_literal_i64(b, 1, &precision)) return STATUS_OK;
    if (precision < 0 || precision > 9) {
        return error_at(b->error, STATUS_INVALID, b->args[1]->span, "Precision for TO_TIMESTAMP_LTZ must be between 0 and 9 but was %lld.",
                        (long long)precision);
    }
    p->precision = (int32_t)precision;
    return STATUS_OK;
}

static enum status bind_to_timestamp_ltz(struct func_bind *b)
{
    struct plan_text *p = NULL;
    TRY(plan_new(b, &p));
    if (b->args[0]->type->root == TYPE_NULL) TRY(bind_cast_arg(b, 0, type_string(b->types, true)));
    for (uint32_t i = 1; i < b->arg_count; i++) {
        if (b->args[i]->type->root == TYPE_NULL) return bind_wrong_types(b);
    }
    TRY(type_is_text(b->args[0]->type) ? bind_ltz_text(b, p) : bind_ltz_number(b, p));
    b->type = type_time(b->types, TYPE_TIMESTAMP_LTZ, p->precision > 3 ? p->precision : 3, true);
    return b->type == NULL ? error_no_memory(b->error, sizeof *b->type) : STATUS_OK;
}

/* ---- Unix times --------------------------------------------------------------------------------------------------------- */

static enum status from_unix(struct call *c, int64_t seconds, struct str format, uint32_t row, struct vec *out)
{
    char letter;
    if (!simple_date_check(format, &letter)) return simple_error(c, out, row, letter);
    int64_t ms = (int64_t)((uint64_t)seconds * 1000); /* wraps around, as in Java */
    if (ms > INT64_MAX / 1000 || ms < INT64_MIN / 1000) {
        return call_row_error(c, out, row, "FROM_UNIXTIME: %lld is out of range", (long long)seconds);
    }
    buf_reset(c->text);
    simple_date_print(c->text, format, ms, c->context->zone);
    return set_text(c, out, row);
}

static enum status from_unixtime_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    return from_unix(c, arg_long(args[0], row), default_format, row, out);
}
KERNEL(from_unixtime)
static enum status from_unixtime_format_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    return from_unix(c, arg_long(args[0], row), arg_str(args[1], row), row, out);
}
KERNEL(from_unixtime_format)

static enum status bind_from_unixtime(struct func_bind *b)
{
    TRY(check_simple(b, 1));
    return bind_form(b, "ls", RESULT_STRING_NULL, b->arg_count == 1 ? from_unixtime_kernel : from_unixtime_format_kernel);
}

static enum status now_seconds_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)args;
    return set_long(out, row, floor_div(c->context->now_us, 1000000));
}
KERNEL(now_seconds)

static enum status to_unix(struct call *c, struct str text, struct str format, uint32_t row, struct vec *out)
{
    char letter;
    int64_t ms = 0;
    if (!simple_date_check(format, &letter)) return simple_error(c, out, row, letter);
    return set_long(out, row, simple_date_parse(format, text, c->context->zone, &ms) ? ms / MS_PER_SECOND : INT64_MIN);
}

static enum status unix_timestamp_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    return to_unix(c, arg_str(args[0], row), default_format, row, out);
}
KERNEL(unix_timestamp)
static enum status unix_timestamp_format_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    return to_unix(c, arg_str(args[0], row), arg_str(args[1], row), row, out);
}
KERNEL(unix_timestamp_format)

static enum status bind_unix_timestamp(struct func_bind *b)
{
    if (b->arg_count == 0) {
        b->impl.flags |= FUNC_NOT_DETERMINISTIC;
        return bind_form(b, "", RESULT_BIGINT, now_seconds_kernel);
    }
    TRY(check_simple(b, 1));
    return bind_form(b, "ss", RESULT_BIGINT, b->arg_count == 1 ? unix_timestamp_kernel : unix_timestamp_format_kernel);
}

/* ---- CONVERT_TZ ----------------------------------------------------------------------------------------------------------- */

static enum status convert_tz_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    const struct plan_text *p = c->impl->prepared;
    const struct zone *from = p->from, *to = p->to;
    int64_t ms = 0;
    if (from == NULL) TRY(java_zone(c->scratch, arg_str(args[1], row), &from));
    if (to == NULL) TRY(java_zone(c->scratch, arg_str(args[2], row), &to));
    if (!simple_date_parse(default_format, arg_str(args[0], row), from, &ms)) return set_null(out, row);
    buf_reset(c->text);
    simple_date_print(c->text, default_format, ms, to);
    return set_text(c, out, row);
}
KERNEL(convert_tz)

static enum status bind_convert_tz(struct func_bind *b)
{
    struct plan_text *p = NULL;
    struct str id;
    TRY(plan_new(b, &p));
    TRY(bind_form(b, "sss", RESULT_STRING_NULL, convert_tz_kernel));
    if (bind_literal_str(b, 1, &id)) TRY(java_zone(b->arena, id, &p->from));
    if (bind_literal_str(b, 2, &id)) TRY(java_zone(b->arena, id, &p->to));
    return STATUS_OK;
}

static const struct func rows_of_temporal_text[] = {
    ROW_OF("DATE_FORMAT", 2, 2, FUNC_CAN_FAIL | FUNC_TYPED_ARGS, date_format, "DATE_FORMAT(t TIMESTAMP|STRING, format STRING) -> STRING",
           "A timestamp as text, by a Java pattern.", "DATE_FORMAT(TIMESTAMP '2024-02-29 13:45:56', 'yyyy/MM') = '2024/02'"),
    ROW_OF("TO_DATE", 1, 2, FUNC_CAN_FAIL | FUNC_TYPED_ARGS, to_date, "TO_DATE(s STRING[, format STRING]) -> DATE", "A date from text.",
           "TO_DATE('2024-02-29') = DATE '2024-02-29'"),
    ROW_OF("TO_TIMESTAMP", 1, 2, FUNC_TYPED_ARGS, to_timestamp, "TO_TIMESTAMP(s STRING[, format STRING]) -> TIMESTAMP(3)", "A timestamp from text.",
           "TO_TIMESTAMP('2024-02-29 13:45:56') = TIMESTAMP '2024-02-29 13:45:56'"),
    ROW_OF("TO_TIMESTAMP_LTZ", 1, 3, FUNC_CAN_FAIL, to_timestamp_ltz,
           "TO_TIMESTAMP_LTZ(n NUMERIC[, precision INT] | s STRING[, format STRING[, zone STRING]]) -> TIMESTAMP_LTZ",
           "An instant from a number since the epoch, or from text.", "CAST(TO_TIMESTAMP_LTZ(1700000000, 0) AS TIMESTAMP(0)) IS NOT NULL"),
    ROW_OF("FROM_UNIXTIME", 1, 2, FUNC_CAN_FAIL | FUNC_TYPED_ARGS, from_unixtime, "FROM_UNIXTIME(seconds BIGINT[, format STRING]) -> STRING",
           "A Unix time as text in the session's zone.", "FROM_UNIXTIME(44) = '1970-01-01 00:00:44'"),
    ROW_OF("UNIX_TIMESTAMP", 0, 2, FUNC_CAN_FAIL | FUNC_TYPED_ARGS, unix_timestamp, "UNIX_TIMESTAMP([s STRING[, format STRING]]) -> BIGINT",
           "Seconds since the epoch, now or of a text in the session's zone.", "UNIX_TIMESTAMP('1970-01-01 00:00:44') = 44"),
    ROW_OF("CONVERT_TZ", 3, 3, FUNC_TYPED_ARGS, convert_tz, "CONVERT_TZ(s STRING, from STRING, to STRING) -> STRING",
           "A time of one zone in another.", "CONVERT_TZ('1970-01-01 00:00:00', 'UTC', 'America/Los_Angeles') = '1969-12-31 16:00:00'"),
};
FAMILY(temporal_text, rows_of_temporal_text);
