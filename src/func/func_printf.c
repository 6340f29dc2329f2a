/* SPDX-License-Identifier: Apache-2.0 */
/*
 * func_printf: PRINTF with java.util.Formatter's conversions d o x X e E f g G a A s S c C b B t n and %,
 * its flags, widths, precisions and argument indexes. As in Flink a format that does not fit its
 * arguments makes the result NULL. %h and %a with a precision are refused by name.
 *
 * A double is rounded from the digits that Java would show, half up.
 */
#include "func/kernel.h"
#include "func/time_unit.h"

#include "type/number.h"
#include "vec/value.h"

#include <assert.h>
#include <stdlib.h>

enum { DIGITS_MAX = 40, WIDTH_MAX = 1 << 20, PRECISION_MAX = 1024 };

enum outcome { OUTCOME_OK, OUTCOME_BAD, OUTCOME_UNSUPPORTED };

struct directive {
    bool left, plus, blank, zero, comma, paren, sharp;
    int32_t index;     /* from 1; 0: the next one; -1: the last one again */
    int32_t width;     /* 0: none */
    int32_t precision; /* -1: none */
    char conversion;
    char part;         /* behind t */
};

struct formatter {
    struct call *call;
    const struct vec *const *args; /* the format is args[0] */
    uint32_t count;                /* arguments behind it */
    uint32_t row, next, last;
    struct buf *out;
};

/* ---- the format's text -------------------------------------------------------------------------------------- */

static int32_t take_number(struct str f, size_t *io_at)
{
    int64_t v = 0;
    while (*io_at < f.size_bytes && f.at[*io_at] >= '0' && f.at[*io_at] <= '9' && v < WIDTH_MAX) v = v * 10 + (f.at[(*io_at)++] - '0');
    return (int32_t)v;
}

static bool take_flag(struct directive *d, char c)
{
    switch (c) {
    case '-': d->left = true; return true;
    case '+': d->plus = true; return true;
    case ' ': d->blank = true; return true;
    case '0': d->zero = true; return true;
    case ',': d->comma = true; return true;
    case '(': d->paren = true; return true;
    case '#': d->sharp = true; return true;
    case '<': d->index = -1; return true;
    default: return false;
    }
}

/* *io_at is behind the %. */
static bool directive_read(struct str f, size_t *io_at, struct directive *d)
{
    *d = (struct directive){.precision = -1};
    size_t at = *io_at;
    int32_t n = at < f.size_bytes && f.at[at] != '0' ? take_number(f, &at) : 0;
    if (n > 0 && at < f.size_bytes && f.at[at] == '$') {
        d->index = n;
        *io_at = at + 1;
    }
    while (*io_at < f.size_bytes && take_flag(d, f.at[*io_at])) (*io_at)++;
    d->width = take_number(f, io_at);
    if (*io_at < f.size_bytes && f.at[*io_at] == '.') {
        size_t first = ++*io_at;
        d->precision = take_number(f, io_at);
        if (*io_at == first || d->precision > PRECISION_MAX) return false;
    }
    if (*io_at >= f.size_bytes || d->width >= WIDTH_MAX) return false;
    d->conversion = f.at[(*io_at)++];
    if ((d->conversion == 't' || d->conversion == 'T') && *io_at < f.size_bytes) d->part = f.at[(*io_at)++];
    return !((d->left || d->zero) && d->width == 0) && !(d->left && d->zero) && !(d->plus && d->blank);
}

/* ---- numbers --------------------------------------------------------------------------------------------------- */

/* 0.d1 d2 ... dn times 10^point. */
struct digits {
    char at[DIGITS_MAX];
    int32_t count, point;
};

static void digits_of(double v, struct digits *d)
{
    char room[64];
    struct buf text = {room, 0, sizeof room, false};
    *d = (struct digits){.count = 0};
    double_print(&text, v);
    bool behind = false;
    size_t i = 0;
    for (; i < text.size_bytes && room[i] != 'E'; i++) {
        if (room[i] == '.') behind = true;
        if (room[i] < '0' || room[i] > '9') continue;
        if (d->count == 0 && room[i] == '0') {
            d->point -= behind;
            continue;
        }
        if (d->count < DIGITS_MAX) d->at[d->count++] = room[i];
        d->point += !behind;
    }
    if (i < text.size_bytes) {
        room[text.size_bytes < sizeof room ? text.size_bytes : sizeof room - 1] = '\0';
        d->point += (int32_t)strtol(room + i + 1, NULL, 10);
    }
    while (d->count > 0 && d->at[d->count - 1] == '0') d->count--;
    if (d->count == 0) d->point = 0;
}

/* Keeps `keep` digits, half up; keep may be less than one. */
static void digits_round(struct digits *d, int32_t keep)
{
    if (keep >= d->count) return;
    bool up = keep >= 0 && d->at[keep] >= '5';
    d->count = keep > 0 ? keep : 0;
    if (!up) return;
    int32_t i = d->count;
    while (i > 0 && d->at[i - 1] == '9') i--;
    d->count = i;
    if (i > 0) {
        d->at[i - 1]++;
        return;
    }
    d->at[0] = '1';
    d->count = 1;
    d->point++;
}

static char digit_at(const struct digits *d, int32_t i) { return i >= 0 && i < d->count ? d->at[i] : '0'; }

static void fixed_text(struct buf *out, double v, int32_t precision)
{
    struct digits d;
    digits_of(v, &d);
    digits_round(&d, d.point + precision);
    if (d.count == 0) d.point = 0;
    for (int32_t i = d.point > 0 ? 0 : d.point - 1; i < (d.point > 0 ? d.point : d.point); i++) buf_char(out, digit_at(&d, i));
    if (precision > 0) buf_char(out, '.');
    for (int32_t i = 0; i < precision; i++) buf_char(out, digit_at(&d, d.point + i));
}

static void scientific_text(struct buf *out, double v, int32_t precision)
{
    struct digits d;
    digits_of(v, &d);
    digits_round(&d, precision + 1);
    int32_t exponent = d.count == 0 ? 0 : d.point - 1;
    buf_char(out, digit_at(&d, 0));
    if (precision > 0) buf_char(out, '.');
    for (int32_t i = 1; i <= precision; i++) buf_char(out, digit_at(&d, i));
    buf_format(out, "e%c%02d", exponent < 0 ? '-' : '+', exponent < 0 ? -exponent : exponent);
}

/* Scientific where the exponent is below -4 or beyond the precision, which counts all digits. */
static void general_text(struct buf *out, double v, int32_t precision)
{
    struct digits d;
    int32_t keep = precision == 0 ? 1 : precision;
    digits_of(v, &d);
    digits_round(&d, keep);
    bool fixed = d.count == 0 || (d.point > -4 && d.point <= keep);
    if (fixed) fixed_text(out, v, keep - (d.count == 0 ? 1 : d.point));
    else scientific_text(out, v, keep - 1);
}

/* Double.toHexString of a finite value that is not negative. */
static void hex_text(struct buf *out, double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    int32_t exponent = (int32_t)(bits >> 52 & 0x7ff);
    uint64_t fraction = bits & ((UINT64_C(1) << 52) - 1);
    char room[16];
    struct buf digits = {room, 0, sizeof room, false};
    buf_format(&digits, "%013llx", (unsigned long long)fraction);
    size_t count = 13;
    while (count > 1 && room[count - 1] == '0') count--;
    int32_t power = exponent == 0 ? (fraction == 0 ? 0 : -1022) : exponent - 1023;
    buf_format(out, "0x%d.%.*sp%d", exponent != 0, (int)count, room, power);
}

/* Commas between thousands of the digits before the point. */
static void grouped(struct buf *out, struct str number)
{
    const char *point = memchr(number.at, '.', number.size_bytes);
    size_t whole = point == NULL ? number.size_bytes : (size_t)(point - number.at);
    for (size_t i = 0; i < number.size_bytes; i++) {
        if (i > 0 && i < whole && (whole - i) % 3 == 0) buf_char(out, ',');
        buf_char(out, number.at[i]);
    }
}

static void pad(struct buf *out, char c, int64_t count)
{
    for (int64_t i = 0; i < count; i++) buf_char(out, c);
}

/* Text in the directive's width. */
static void put_text(struct formatter *f, const struct directive *d, struct str s)
{
    int64_t fill = d->width - (int64_t)utf8_java_length(s);
    if (!d->left) pad(f->out, ' ', fill);
    buf_str(f->out, s);
    if (d->left) pad(f->out, ' ', fill);
}

/* A number's digits with sign, zeros and commas. */
static void put_number(struct formatter *f, const struct directive *d, bool negative, struct str magnitude)
{
    struct buf number = BUF_INIT, whole = BUF_INIT;
    if (d->comma) grouped(&number, magnitude);
    else buf_str(&number, magnitude);
    const char *sign = negative ? (d->paren ? "(" : "-") : d->plus ? "+" : d->blank ? " " : "";
    bool close = negative && d->paren;
    buf_text(&whole, sign);
    if (d->zero) pad(&whole, '0', d->width - (int64_t)(number.size_bytes + strlen(sign) + close));
    buf_append(&whole, number.at, number.size_bytes);
    if (close) buf_char(&whole, ')');
    if (number.failed || whole.failed) f->out->failed = true;
    else put_text(f, d, buf_view(&whole));
    buf_deinit(&number);
    buf_deinit(&whole);
}

/* ---- conversions ------------------------------------------------------------------------------------------------- */

/* Dates and times are plain numbers to Flink here. */
static bool as_integer(const struct vec *v, uint32_t row, int64_t *ret, int32_t *ret_bits)
{
    uint32_t at = arg_row(v, row);
    switch (v->type->root) {
    case TYPE_TINYINT: *ret = VEC_DATA(v, const int8_t)[at]; *ret_bits = 8; return true;
    case TYPE_SMALLINT: *ret = VEC_DATA(v, const int16_t)[at]; *ret_bits = 16; return true;
    case TYPE_INT:
    case TYPE_DATE:
    case TYPE_TIME:
    case TYPE_INTERVAL_YM: *ret = VEC_DATA(v, const int32_t)[at]; *ret_bits = 32; return true;
    case TYPE_BIGINT:
    case TYPE_INTERVAL_DT: *ret = VEC_DATA(v, const int64_t)[at]; *ret_bits = 64; return true;
    default: return false;
    }
}

static void to_upper(struct buf *b, size_t from)
{
    for (size_t i = from; i < b->size_bytes; i++) {
        if (b->at[i] >= 'a' && b->at[i] <= 'z') b->at[i] = (char)(b->at[i] - 32);
    }
}

static enum outcome put_integer(struct formatter *f, const struct directive *d, const struct vec *v)
{
    int64_t value;
    int32_t bits;
    char room[32];
    struct buf text = {room, 0, sizeof room, false};
    if (d->precision >= 0 || !as_integer(v, f->row, &value, &bits)) return OUTCOME_BAD;
    if (d->conversion == 'd') {
        if (d->sharp) return OUTCOME_BAD;
        uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
        buf_format(&text, "%llu", (unsigned long long)magnitude);
        put_number(f, d, value < 0, buf_view(&text));
        return OUTCOME_OK;
    }
    uint64_t raw = bits == 64 ? (uint64_t)value : (uint64_t)value & ((UINT64_C(1) << bits) - 1);
    buf_format(&text, d->conversion == 'o' ? "%llo" : "%llx", (unsigned long long)raw);
    struct directive plain = *d;
    char marked[40];
    struct buf whole = {marked, 0, sizeof marked, false};
    plain.plus = plain.blank = plain.comma = plain.paren = false;
    if (d->sharp) buf_text(&whole, d->conversion == 'o' ? "0" : "0x");
    if (d->sharp && d->zero) plain.width -= (int32_t)whole.size_bytes;
    for (int32_t i = (int32_t)text.size_bytes; d->sharp && d->zero && i < plain.width; i++) buf_char(&whole, '0');
    plain.width = d->width;
    buf_append(&whole, room, text.size_bytes);
    put_number(f, &plain, false, buf_view(&whole));
    return OUTCOME_OK;
}

static enum outcome put_double(struct formatter *f, const struct directive *d, const struct vec *v)
{
    uint32_t at = arg_row(v, f->row);
    if (v->type->root != TYPE_DOUBLE && v->type->root != TYPE_FLOAT) return OUTCOME_BAD;
    double value = v->type->root == TYPE_DOUBLE ? VEC_DATA(v, const double)[at] : (double)VEC_DATA(v, const float)[at];
    struct buf text = BUF_INIT;
    bool negative = __builtin_signbit(value) != 0;
    if (__builtin_isnan(value)) {
        put_text(f, d, STR("NaN"));
        return OUTCOME_OK;
    }
    int32_t precision = d->precision < 0 ? 6 : d->precision;
    if (__builtin_isinf(value)) buf_text(&text, "Infinity");
    else if (d->conversion == 'f') fixed_text(&text, negative ? -value : value, precision);
    else if (d->conversion == 'g') general_text(&text, negative ? -value : value, precision);
    else if (d->conversion == 'a') hex_text(&text, negative ? -value : value);
    else scientific_text(&text, negative ? -value : value, precision);
    if (text.failed) f->out->failed = true;
    else put_number(f, d, negative, buf_view(&text));
    buf_deinit(&text);
    return OUTCOME_OK;
}

static enum outcome put_string(struct formatter *f, const struct directive *d, const struct vec *v)
{
    struct buf text = BUF_INIT;
    int64_t number;
    int32_t bits;
    bool null = vec_is_null(v, f->row);
    if (d->plus || d->blank || d->zero || d->comma || d->paren || d->sharp) return OUTCOME_BAD;
    if (d->conversion == 'b') {
        bool on = !null && (v->type->root != TYPE_BOOLEAN || arg_bool(v, f->row));
        buf_text(&text, on ? "true" : "false");
    } else if (null) {
        buf_text(&text, "null");
    } else if (as_integer(v, f->row, &number, &bits)) {
        buf_i64(&text, number);
    } else if (v->type->phys == PHYS_STRING && type_is_text(v->type)) {
        buf_str(&text, arg_str(v, f->row));
    } else if (v->type->root == TYPE_TIMESTAMP_LTZ) { /* as the local time of UTC */
        ts_print_java(&text, vec_get_ts(v, arg_row(v, f->row)));
    } else {
        value_print_java(&text, v, f->row);
    }
    struct str s = buf_view(&text);
    if (d->precision >= 0) s.size_bytes = utf8_offset(s, (size_t)d->precision);
    if (text.failed) f->out->failed = true;
    else put_text(f, d, s);
    buf_deinit(&text);
    return OUTCOME_OK;
}

static enum outcome put_char(struct formatter *f, const struct directive *d, const struct vec *v)
{
    int64_t code;
    int32_t bits;
    char room[8];
    struct buf text = {room, 0, sizeof room, false};
    if (d->precision >= 0 || !as_integer(v, f->row, &code, &bits) || bits == 64 || code < 0 || code > 0x10ffff) return OUTCOME_BAD;
    utf8_append(&text, (uint32_t)code);
    put_text(f, d, buf_view(&text));
    return OUTCOME_OK;
}

/* ---- %t: the parts of a time in milliseconds, in UTC ------------------------------------------------------------------- */

static const char *const month_names[] = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"};
static const char *const day_names[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

/* false: there is no such part. */
static bool put_time_part(struct buf *out, char part, int64_t ms)
{
    int32_t days = (int32_t)floor_div(ms, MS_PER_DAY);
    int64_t rest = floor_mod(ms, MS_PER_DAY);
    int hour = (int)(rest / MS_PER_HOUR), minute = (int)(rest / MS_PER_MINUTE % 60), second = (int)(rest / 1000 % 60), half = hour % 12 == 0 ? 12 : hour % 12;
    struct civil c = date_to_civil(days);
    switch (part) {
    case 'H': buf_format(out, "%02d", hour); return true;
    case 'k': buf_format(out, "%d", hour); return true;
    case 'I': buf_format(out, "%02d", half); return true;
    case 'l': buf_format(out, "%d", half); return true;
    case 'M': buf_format(out, "%02d", minute); return true;
    case 'S': buf_format(out, "%02d", second); return true;
    case 'L': buf_format(out, "%03d", (int)(rest % 1000)); return true;
    case 'N': buf_format(out, "%03d000000", (int)(rest % 1000)); return true;
    case 'p': buf_text(out, hour < 12 ? "am" : "pm"); return true;
    case 'z': buf_text(out, "+0000"); return true;
    case 'Z': buf_text(out, "UTC"); return true;
    case 's': buf_i64(out, ms / 1000); return true;
    case 'Q': buf_i64(out, ms); return true;
    case 'B': buf_text(out, month_names[c.month - 1]); return true;
    case 'b':
    case 'h': buf_format(out, "%.3s", month_names[c.month - 1]); return true;
    case 'A': buf_text(out, day_names[date_day_of_week(days) - 1]); return true;
    case 'a': buf_format(out, "%.3s", day_names[date_day_of_week(days) - 1]); return true;
    case 'C': buf_format(out, "%02d", c.year / 100); return true;
    case 'Y': buf_format(out, "%04d", c.year); return true;
    case 'y': buf_format(out, "%02d", c.year % 100); return true;
    case 'j': buf_format(out, "%03d", days - date_from_civil(c.year, 1, 1) + 1); return true;
    case 'm': buf_format(out, "%02d", c.month); return true;
    case 'd': buf_format(out, "%02d", c.day); return true;
    case 'e': buf_format(out, "%d", c.day); return true;
    case 'R': buf_format(out, "%02d:%02d", hour, minute); return true;
    case 'T': buf_format(out, "%02d:%02d:%02d", hour, minute, second); return true;
    case 'r': buf_format(out, "%02d:%02d:%02d %s", half, minute, second, hour < 12 ? "AM" : "PM"); return true;
    case 'D': buf_format(out, "%02d/%02d/%02d", c.month, c.day, c.year % 100); return true;
    case 'F': buf_format(out, "%04d-%02d-%02d", c.year, c.month, c.day); return true;
    case 'c':
        buf_format(out, "%.3s %.3s %02d %02d:%02d:%02d UTC %04d", day_names[date_day_of_week(days) - 1], month_names[c.month - 1], c.day, hour, minute, second, c.year);
        return true;
    default: return false;
    }
}

/* Of a BIGINT only: what else Flink hands over is no time to Java. */
static enum outcome put_time(struct formatter *f, const struct directive *d, const struct vec *v)
{
    char room[96];
    struct buf text = {room, 0, sizeof room, false};
    bool plain = !d->plus && !d->blank && !d->zero && !d->comma && !d->paren && !d->sharp && d->precision < 0;
    if (!plain || v->type->root != TYPE_BIGINT || !put_time_part(&text, d->part, arg_long(v, f->row))) return OUTCOME_BAD;
    put_text(f, d, buf_view(&text));
    return OUTCOME_OK;
}

static enum outcome put_value(struct formatter *f, struct directive *d)
{
    uint32_t index = d->index > 0 ? (uint32_t)d->index : d->index < 0 ? f->last : ++f->next;
    if (index == 0 || index > f->count) return OUTCOME_BAD;
    f->last = index;
    const struct vec *v = f->args[index];
    bool upper = d->conversion != '\0' && strchr("SBXECGAT", d->conversion) != NULL;
    if (upper) d->conversion = (char)(d->conversion | 32);
    size_t from = f->out->size_bytes;
    enum outcome o = OUTCOME_BAD;
    if (vec_is_null(v, f->row) && strchr("doxefcgat", d->conversion) != NULL) {
        struct directive plain = {.left = d->left, .width = d->width, .precision = d->conversion == 'd' ? -1 : d->precision, .conversion = 's'};
        o = put_string(f, &plain, v);
    } else if (strchr("dox", d->conversion) != NULL) {
        o = put_integer(f, d, v);
    } else if (d->conversion == 't') {
        o = put_time(f, d, v);
    } else if (d->conversion == 'a' && d->precision >= 0) {
        o = OUTCOME_UNSUPPORTED;
    } else if (strchr("efga", d->conversion) != NULL) {
        if (d->conversion == 'g' && d->sharp) return OUTCOME_BAD;
        o = put_double(f, d, v);
    } else if (d->conversion == 's' || d->conversion == 'b') {
        o = put_string(f, d, v);
    } else if (d->conversion == 'c') {
        o = put_char(f, d, v);
    } else if (strchr("hH", d->conversion) != NULL) {
        o = OUTCOME_UNSUPPORTED;
    }
    if (upper) to_upper(f->out, from);
    return o;
}

static enum outcome format_all(struct formatter *f, struct str format)
{
    for (size_t at = 0; at < format.size_bytes;) {
        if (format.at[at] != '%') {
            buf_char(f->out, format.at[at++]);
            continue;
        }
        struct directive d;
        at++;
        if (!directive_read(format, &at, &d)) return OUTCOME_BAD;
        enum outcome o = OUTCOME_OK;
        if (d.conversion == '%') put_text(f, &d, STR("%"));
        else if (d.conversion == 'n') buf_char(f->out, '\n');
        else o = put_value(f, &d);
        if (o != OUTCOME_OK) return o;
    }
    return OUTCOME_OK;
}

static enum status printf_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    if (vec_is_null(args[0], row)) return set_null(out, row);
    struct formatter f = {.call = c, .args = args, .count = *(const uint32_t *)c->impl->prepared, .row = row, .out = c->text};
    buf_reset(c->text);
    enum outcome o = format_all(&f, arg_str(args[0], row));
    if (o == OUTCOME_UNSUPPORTED) return call_row_error(c, out, row, "PRINTF: the conversion h, and a with a precision, are not supported");
    return o == OUTCOME_BAD ? set_null(out, row) : set_text(c, out, row);
}
KERNEL(printf)

static enum status bind_printf(struct func_bind *b)
{
    uint32_t *count = ARENA_NEW(b->arena, uint32_t);
    if (count == NULL) return error_no_memory(b->error, sizeof *count);
    *count = b->arg_count - 1;
    b->impl.prepared = count;
    return bind_form(b, "s", RESULT_STRING_NULL, printf_kernel);
}

static const struct func rows_of_printf[] = {
    ROW_OF("PRINTF", 1, 255, FUNC_NOT_STRICT | FUNC_CAN_FAIL, printf, "PRINTF(format STRING, a, b, ...) -> STRING",
           "Values in a format of java.util.Formatter.", "PRINTF('%d-%s', 1, 'a') = '1-a'"),
};
FAMILY(printf, rows_of_printf);
