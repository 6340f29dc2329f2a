/* SPDX-License-Identifier: Apache-2.0 */
/*
 * infer_guess: joins what is seen of a column's values to a type: BOOLEAN, BIGINT, DOUBLE, DECIMAL (where
 * the digits are too many for both), DATE, TIMESTAMP, TIMESTAMP_LTZ (with Z), ROW, ARRAY; anything mixed or
 * unknown is a STRING.
 */
#include "connector/infer_guess.h"

#include "format/json.h"
#include "format/text_value.h"

#include <assert.h>

/* Seventeen digits are what programs print of a double; more are meant as digits. */
enum { GUESS_DEPTH_MAX = 32, GUESS_FIELDS_MAX = 1000, DOUBLE_DIGITS_MAX = 17 };

static uint32_t fraction_digits(struct str s) {
    const char *point = memchr(s.at, '.', s.size_bytes);
    uint32_t n = 0;
    for (const char *p = point; p != NULL && ++p < s.at + s.size_bytes && *p >= '0' && *p <= '9';) n++;
    return n;
}

static uint32_t temporal_bits(struct guess *g, struct str s) {
    struct ts t;
    int32_t days;
    if (s.size_bytes < 10 || s.at[4] != '-' || s.at[7] != '-') return 0;
    if (text_date(s, &days)) return GUESS_DATE;
    uint32_t bits = text_timestamp(s, TIME_STANDARD_SQL, false, &t) ? GUESS_SQL_TIME
                  : text_timestamp(s, TIME_STANDARD_ISO, false, &t) ? GUESS_ISO_TIME
                  : text_timestamp(s, TIME_STANDARD_SQL, true, &t)  ? GUESS_SQL_ZULU
                  : text_timestamp(s, TIME_STANDARD_ISO, true, &t)  ? GUESS_ISO_ZULU : 0;
    uint32_t digits = bits == 0 ? 0 : fraction_digits(s);
    if (digits > g->digits) g->digits = digits;
    return bits;
}

/* Digits before and behind the point, without zeros in front; true: there is an exponent. */
static bool count_digits(struct str s, uint32_t *ret_whole, uint32_t *ret_fraction) {
    bool behind = false;
    *ret_whole = *ret_fraction = 0;
    for (size_t i = 0; i < s.size_bytes; i++) {
        char c = s.at[i];
        if (c == 'e' || c == 'E') return true;
        if (c == '.') behind = true;
        else if (c >= '0' && c <= '9' && behind) *ret_fraction += 1;
        else if (c >= '0' && c <= '9' && (c != '0' || *ret_whole > 0)) *ret_whole += 1;
    }
    return false;
}

static uint32_t number_bits(struct guess *g, struct str s) {
    int64_t i;
    double d;
    uint32_t whole = 0, fraction = 0;
    bool integer = text_integer(s, INT64_MIN, INT64_MAX, &i);
    bool real = !integer && s.size_bytes > 0 && (unsigned char)s.at[0] > ' ' && json_number_scan(s.at, s.at + s.size_bytes) == s.size_bytes && text_double(s, &d);
    if (!integer && !real) return 0;
    bool exponent = count_digits(s, &whole, &fraction);
    if (whole > g->whole_digits) g->whole_digits = whole;
    if (fraction > g->fraction_digits) g->fraction_digits = fraction;
    if (integer) return GUESS_INT;
    if (exponent) return GUESS_REAL | GUESS_EXPONENT;
    return whole + fraction > DOUBLE_DIGITS_MAX ? GUESS_REAL | GUESS_WIDE : GUESS_REAL;
}

void guess_text(struct guess *g, struct str s, bool quoted) {
    uint32_t bits = temporal_bits(g, s);
    if (bits == 0 && !quoted) {
        bits = number_bits(g, s);
        if (bits == 0 && (str_equal_ignore_case(s, STR("true")) || str_equal_ignore_case(s, STR("false")))) bits = GUESS_BOOL;
    }
    g->bits |= bits == 0 ? GUESS_TEXT : bits;
}

static struct guess_field *field_of(struct arena *a, struct guess *g, struct str name) {
    uint32_t count = 0;
    for (struct guess_field *f = g->fields; f != NULL; f = f->next, count++) {
        if (str_equal(f->name, name)) return f;
    }
    struct guess_field *f = count == GUESS_FIELDS_MAX ? NULL : ARENA_NEW(a, struct guess_field);
    if (f == NULL) return NULL;
    f->name = arena_str(a, name);
    if (g->last_field == NULL) g->fields = f;
    else g->last_field->next = f;
    g->last_field = f;
    return f->name.at == NULL ? NULL : f;
}

static bool guess_object(struct arena *a, struct guess *g, const struct json_token *tape, uint32_t at, uint32_t depth) {
    g->bits |= GUESS_OBJECT;
    struct buf name = BUF_INIT;
    bool ok = true;
    for (uint32_t i = at + 1; ok && i < tape[at].next; i = tape[i + 1].next) {
        buf_reset(&name);
        json_unescape(&name, (struct str){tape[i].at, tape[i].size});
        struct guess_field *f = name.failed ? NULL : field_of(a, g, buf_view(&name));
        ok = f != NULL && guess_json(a, &f->guess, tape, i + 1, depth + 1);
    }
    buf_deinit(&name);
    return ok;
}

static bool guess_array(struct arena *a, struct guess *g, const struct json_token *tape, uint32_t at, uint32_t depth) {
    g->bits |= GUESS_ARRAY;
    if (g->element == NULL) g->element = ARENA_NEW(a, struct guess);
    for (uint32_t i = at + 1; g->element != NULL && i < tape[at].next; i = tape[i].next) {
        if (!guess_json(a, g->element, tape, i, depth + 1)) return false;
    }
    return g->element != NULL;
}

bool guess_json(struct arena *a, struct guess *g, const struct json_token *tape, uint32_t at, uint32_t depth) {
    const struct json_token *t = &tape[at];
    if (depth > GUESS_DEPTH_MAX) return false;
    switch ((enum json_kind)t->kind) {
    case JSON_NULL: return true;
    case JSON_TRUE: case JSON_FALSE: g->bits |= GUESS_BOOL; return true;
    case JSON_NUMBER: g->bits |= number_bits(g, (struct str){t->at, t->size}); return true;
    case JSON_STRING: guess_text(g, (struct str){t->at, t->size}, true); return true;
    case JSON_OBJECT: return guess_object(a, g, tape, at, depth);
    case JSON_ARRAY: return guess_array(a, g, tape, at, depth);
    }
    return false;
}

uint32_t guess_standards(const struct guess *g) {
    uint32_t bits = g->bits & (GUESS_SQL_TIME | GUESS_ISO_TIME | GUESS_SQL_ZULU | GUESS_ISO_ZULU);
    for (const struct guess_field *f = g->fields; f != NULL; f = f->next) bits |= guess_standards(&f->guess);
    return g->element == NULL ? bits : bits | guess_standards(g->element);
}

static const struct type *row_of(struct arena *a, struct types *types, const struct guess *g, bool iso) {
    uint32_t count = 0;
    for (const struct guess_field *f = g->fields; f != NULL; f = f->next) count++;
    struct type_field *fields = ARENA_ARRAY(a, struct type_field, count + 1);
    if (fields == NULL) return NULL;
    uint32_t i = 0;
    for (const struct guess_field *f = g->fields; f != NULL; f = f->next, i++) {
        const struct type *t = guess_type(a, types, &f->guess, iso);
        if (t == NULL) return NULL;
        fields[i] = (struct type_field){f->name, t, {NULL, 0}};
    }
    return count == 0 ? type_string(types, true) : type_row(types, fields, count, true);
}

/* Numbers only: the narrowest of BIGINT, DOUBLE, DECIMAL that keeps their digits. */
static const struct type *number_type(struct types *types, const struct guess *g) {
    if ((g->bits & GUESS_REAL) == 0) return type_simple(types, TYPE_BIGINT, true);
    bool wide = (g->bits & GUESS_WIDE) != 0 && (g->bits & GUESS_EXPONENT) == 0;
    if (!wide || g->whole_digits + g->fraction_digits > TYPE_DECIMAL_PRECISION_MAX) return type_simple(types, TYPE_DOUBLE, true);
    return type_decimal(types, TYPE_DECIMAL_PRECISION_MAX, (int32_t)g->fraction_digits, true);
}

const struct type *guess_type(struct arena *a, struct types *types, const struct guess *g, bool iso) {
    uint32_t time = iso ? GUESS_ISO_TIME : GUESS_SQL_TIME, zulu = iso ? GUESS_ISO_ZULU : GUESS_SQL_ZULU;
    int32_t precision = g->digits <= 3 ? 3 : g->digits <= 6 ? 6 : 9;
    const struct type *element;
    if (g->bits == time) return type_time(types, TYPE_TIMESTAMP, precision, true);
    const uint32_t numbers = GUESS_INT | GUESS_REAL | GUESS_WIDE | GUESS_EXPONENT;
    if (g->bits != 0 && (g->bits & ~numbers) == 0) return number_type(types, g);
    if (g->bits == zulu) return type_time(types, TYPE_TIMESTAMP_LTZ, precision, true);
    switch (g->bits) {
    case GUESS_BOOL: return type_simple(types, TYPE_BOOLEAN, true);
    case GUESS_DATE: return type_simple(types, TYPE_DATE, true);
    case GUESS_OBJECT: return row_of(a, types, g, iso);
    case GUESS_ARRAY:
        element = guess_type(a, types, g->element, iso);
        return element == NULL ? NULL : type_array(types, element, true);
    default: return type_string(types, true);
    }
}
