/* SPDX-License-Identifier: Apache-2.0 */
/*
 * values_convert: JSON values of the values connector into columns. Numbers may be written as
 * numbers or strings (NaN and Infinity only so); TIMESTAMP_LTZ is local time of the session's zone.
 */
#include "connector/values/values.h"

#include "format/json.h"
#include "format/text_value.h"

#include <assert.h>

static struct str token_text(struct values_convert *c, const struct json_token *t) {
    if (t->kind != JSON_STRING || !t->escaped) return (struct str){t->at, t->size};
    buf_reset(&c->text);
    json_unescape(&c->text, (struct str){t->at, t->size});
    return buf_view(&c->text);
}

static bool convert_integer(struct str s, struct vec *v, uint32_t row) {
    int64_t min, max, value;
    text_integer_range(v->type, &min, &max);
    if (!text_integer(s, min, max, &value)) {
        double d;
        if (!text_double(s, &d) || !(d >= (double)min && d <= (double)max)) return false;
        value = (int64_t)d;
    }
    text_store_integer(v, row, value);
    return true;
}

static bool convert_decimal(struct str s, struct vec *v, uint32_t row) {
    bool fits;
    i128 value;
    if (!text_decimal(s, v->type, &fits, &value)) return false;
    if (fits) text_store_decimal(v, row, value);
    else vec_set_null(v, row);
    return true;
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool convert_bytes(struct values_convert *c, struct str s, struct vec *v, uint32_t row) {
    if (s.size_bytes % 2 != 0 || s.at == c->text.at) return false;
    buf_reset(&c->text);
    for (size_t i = 0; i < s.size_bytes; i += 2) {
        int high = hex_digit(s.at[i]), low = hex_digit(s.at[i + 1]);
        if (high < 0 || low < 0) return false;
        buf_char(&c->text, (char)(high << 4 | low));
    }
    return vec_set_str(v, row, buf_view(&c->text)) == STATUS_OK;
}

/* "2024-01-01 00:00:05.123", also with a T. */
static bool convert_timestamp(struct values_convert *c, struct str s, struct vec *v, uint32_t row) {
    char text[40];
    struct ts t;
    if (s.size_bytes >= sizeof text) return false;
    memcpy(text, s.at, s.size_bytes);
    if (s.size_bytes > 10 && text[10] == 'T') text[10] = ' ';
    if (!ts_parse((struct str){text, s.size_bytes}, 9, &t)) return false;
    if (v->type->root == TYPE_TIMESTAMP_LTZ && c->zone != NULL) t = zone_to_utc(c->zone, t);
    vec_set_ts(v, row, text_timestamp_keep(t, v->type->precision));
    return true;
}

static bool convert_array(struct values_convert *c, const struct json_token *tape, uint32_t at, struct vec *v, uint32_t row) {
    if (tape[at].kind != JSON_ARRAY) return false;
    bool pairs = v->child_count == 2;
    uint32_t count = 0, offset;
    for (uint32_t i = at + 1; i < tape[at].next; i = tape[i].next) count++;
    if (vec_list_extend(v, count, &offset) != STATUS_OK) return false;
    uint32_t to = offset;
    for (uint32_t i = at + 1; i < tape[at].next; i = tape[i].next, to++) {
        if (!pairs) {
            if (!values_convert(c, tape, i, v->children[0], to)) return false;
            continue;
        }
        if (tape[i].kind != JSON_ARRAY || tape[i].next < i + 3) return false;
        uint32_t second = tape[i + 1].next;
        if (second >= tape[i].next || tape[second].next != tape[i].next) return false;
        if (!values_convert(c, tape, i + 1, v->children[0], to) || !values_convert(c, tape, second, v->children[1], to)) return false;
    }
    VEC_DATA(v, struct list_ref)[row] = (struct list_ref){offset, count};
    return true;
}

static bool convert_row(struct values_convert *c, const struct json_token *tape, uint32_t at, struct vec *v, uint32_t row) {
    if (tape[at].kind != JSON_ARRAY) return false;
    uint32_t i = at + 1;
    for (uint32_t f = 0; f < v->child_count; f++) {
        if (i >= tape[at].next || !values_convert(c, tape, i, v->children[f], row)) return false;
        i = tape[i].next;
    }
    return i == tape[at].next;
}

bool values_convert(struct values_convert *c, const struct json_token *tape, uint32_t at, struct vec *v, uint32_t row) {
    const struct json_token *t = &tape[at];
    if (t->kind == JSON_NULL) {
        json_set_null(v, row);
        return true;
    }
    vec_set_valid(v, row);
    if (v->type->phys == PHYS_LIST) return convert_array(c, tape, at, v, row);
    if (v->type->phys == PHYS_ROW) return convert_row(c, tape, at, v, row);
    if (t->kind == JSON_OBJECT || t->kind == JSON_ARRAY) return false;
    struct str s = token_text(c, t);
    switch (v->type->root) {
    case TYPE_CHAR: case TYPE_VARCHAR: return vec_set_str(v, row, s) == STATUS_OK;
    case TYPE_BOOLEAN:
        VEC_DATA(v, uint8_t)[row] = str_equal_ignore_case(s, STR("true"));
        return t->kind == JSON_TRUE || t->kind == JSON_FALSE || t->kind == JSON_STRING;
    case TYPE_BINARY: case TYPE_VARBINARY: return convert_bytes(c, s, v, row);
    case TYPE_FLOAT: return text_float(s, &VEC_DATA(v, float)[row]);
    case TYPE_DOUBLE: return text_double(s, &VEC_DATA(v, double)[row]);
    case TYPE_DECIMAL: return convert_decimal(s, v, row);
    case TYPE_DATE: return date_parse(s, &VEC_DATA(v, int32_t)[row]);
    case TYPE_TIME: return time_parse(s, 9, &VEC_DATA(v, int32_t)[row]);
    case TYPE_TIMESTAMP: case TYPE_TIMESTAMP_LTZ: return convert_timestamp(c, s, v, row);
    default: return convert_integer(s, v, row);
    }
}
