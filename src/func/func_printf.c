/* SPDX-License-Identifier: Apache-2.0 */
/*
 * func_printf: PRINTF with java.util.Formatter's conversions d o x X e E f s S c C b B n and %, its
 * flags, widths, precisions and argument indexes. As in Flink a format that does not fit its
 * arguments makes the result NULL. %g, %a, %h and %t are refused by name.
 *
 * A double is rounded from the digits that Java would show, half up.
 */
#include "func/kernel.h"

#include "type/number.h"
#include "vec/value.h"

#include <assert.h>
#include <stdlib.h>

enum { DIGITS_MAX = 40, WIDTH_MAX = 1 << 20, PRECISION_MAX = 1024 };

enum outcome { OUTCOME_OK, OUTCOME_BAD, OUTCOME_UNSUPPORTED };

struct directive {
    bool left, plus, blank, zero, comma, paren;
    int32_t index;     /* from 1; 0: the next one */
    int32_t width;     /* 0: none */
    int32_t precision; /* -1: none */
    char conversion;
};

struct formatter {
    struct call *call;
    const struct vec *const *args; /* the format is args[0] */
    uint32_t count;                /* arguments behind it */
    uint32_t row, next;
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
    case '#': return true;
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
        uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
        buf_format(&text, "%llu", (unsigned long long)magnitude);
        put_number(f, d, value < 0, buf_view(&text));
        return OUTCOME_OK;
    }
    uint64_t raw = bits == 64 ? (uint64_t)value : (uint64_t)value & ((UINT64_C(1) << bits) - 1);
    buf_format(&text, d->conversion == 'o' ? "%llo" : "%llx", (unsigned long long)raw);
    struct directive plain = *d;
    plain.plus = plain.blank = plain.comma = plain.paren = false;
    put_number(f, &plain, false, buf_view(&text));
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
    if (d->plus || d->blank || d->zero || d->comma || d->paren) return OUTCOME_BAD;
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

static enum outcome put_value(struct formatter *f, struct directive *d)
{
    uint32_t index = d->index > 0 ? (uint32_t)d->index : ++f->next;
    if (index > f->count) return OUTCOME_BAD;
    const struct vec *v = f->args[index];
    bool upper = d->conversion != '\0' && strchr("SBXEC", d->conversion) != NULL;
    if (upper) d->conversion = (char)(d->conversion | 32);
    size_t from = f->out->size_bytes;
    enum outcome o = OUTCOME_BAD;
    if (vec_is_null(v, f->row) && strchr("doxefc", d->conversion) != NULL) {
        struct directive plain = {.left = d->left, .width = d->width, .precision = d->conversion == 'd' ? -1 : d->precision, .conversion = 's'};
        o = put_string(f, &plain, v);
    } else if (strchr("dox", d->conversion) != NULL) {
        o = put_integer(f, d, v);
    } else if (d->conversion == 'e' || d->conversion == 'f') {
        o = put_double(f, d, v);
    } else if (d->conversion == 's' || d->conversion == 'b') {
        o = put_string(f, d, v);
    } else if (d->conversion == 'c') {
        o = put_char(f, d, v);
    } else if (strchr("gahtGAHT", d->conversion) != NULL) {
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
    if (o == OUTCOME_UNSUPPORTED) return call_row_error(c, out, row, "PRINTF: the conversions g, a, h and t are not supported");
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
