/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_value: one JSON value into one vec position, by the rules of Flink's converters
 * (JsonParserToRowDataConverters), asked from Flink 2.3: numbers from strings, strings from
 * anything, BOOLEAN is true only for "true", a DECIMAL that does not fit is NULL, a fraction of a
 * number is cut for INT and BIGINT but not for the smaller ones. Both decoding paths convert here.
 */
#include "format/json.h"
#include "format/text_value.h"

#include "type/number.h"

#include <assert.h>

static bool fail(struct json_convert *c, const char *why) {
    c->bad = why;
    return false;
}

void json_set_null(struct vec *v, uint32_t row) {
    vec_set_null(v, row);
    if (v->type->phys != PHYS_ROW) {
        if (v->type->phys == PHYS_LIST) VEC_DATA(v, struct list_ref)[row] = (struct list_ref){0, 0};
        return;
    }
    for (uint32_t i = 0; i < v->child_count; i++) json_set_null(v->children[i], row);
}

/* The text of a scalar as Jackson's getText: strings unescaped. */
static struct str scalar_text(struct json_convert *c, const struct json_token *t) {
    if (t->kind != JSON_STRING || !t->escaped) return (struct str){t->at, t->size};
    buf_reset(&c->text);
    json_unescape(&c->text, (struct str){t->at, t->size});
    return buf_view(&c->text);
}

static bool is_integral(const struct json_token *t) {
    for (uint32_t i = 0; i < t->size; i++) {
        if (t->at[i] == '.' || t->at[i] == 'e' || t->at[i] == 'E') return false;
    }
    return true;
}

/* INT, BIGINT and intervals from a number with fraction or exponent: cut, as Java casts a double. */
static bool integer_from_real(struct str s, int64_t min, int64_t max, int64_t *ret) {
    double d;
    if (!double_parse(s, &d) || !(d >= (double)min && d <= (double)max)) return false;
    *ret = d >= 9223372036854775807.0 ? INT64_MAX : (int64_t)d;
    return true;
}

static bool convert_integer(struct json_convert *c, const struct json_token *t, const struct type *type, struct vec *v, uint32_t row) {
    int64_t min, max, value;
    text_integer_range(type, &min, &max);
    if (t->kind != JSON_NUMBER && t->kind != JSON_STRING) return fail(c, "not a number");
    struct str s = scalar_text(c, t);
    bool small = type->phys == PHYS_I8 || type->phys == PHYS_I16;
    bool ok = t->kind == JSON_NUMBER && !small && !is_integral(t) ? integer_from_real(s, min, max, &value)
                                                                  : text_integer(text_trim(s), min, max, &value);
    if (!ok) return fail(c, "not a whole number in range");
    text_store_integer(v, row, value);
    return true;
}

static bool convert_real(struct json_convert *c, const struct json_token *t, struct vec *v, uint32_t row) {
    if (t->kind != JSON_NUMBER && t->kind != JSON_STRING) return fail(c, "not a number");
    struct str s = scalar_text(c, t);
    bool ok = v->type->phys == PHYS_F64 ? text_double(s, &VEC_DATA(v, double)[row]) : text_float(s, &VEC_DATA(v, float)[row]);
    if (!ok) return fail(c, "not a number");
    vec_set_valid(v, row);
    return true;
}

static bool convert_decimal(struct json_convert *c, const struct json_token *t, const struct type *type, struct vec *v, uint32_t row) {
    if (t->kind != JSON_NUMBER && t->kind != JSON_STRING) return fail(c, "not a number");
    bool fits;
    i128 value;
    if (!text_decimal(text_trim(scalar_text(c, t)), type, &fits, &value)) return fail(c, "not a decimal number");
    if (fits) {
        text_store_decimal(v, row, value);
    } else {
        vec_set_null(v, row);
    }
    return true;
}

static bool convert_temporal(struct json_convert *c, const struct json_token *t, const struct type *type, struct vec *v, uint32_t row) {
    struct str s = scalar_text(c, t);
    struct ts ts;
    switch (type->root) {
    case TYPE_DATE:
        if (!text_date(s, &VEC_DATA(v, int32_t)[row])) return fail(c, "not a date such as 2020-12-31");
        break;
    case TYPE_TIME:
        if (!text_time_of_day(s, &VEC_DATA(v, int32_t)[row])) return fail(c, "not a time such as 12:34:56");
        break;
    default:
        if (!text_timestamp(s, c->standard, type->root == TYPE_TIMESTAMP_LTZ, &ts))
            return fail(c, type->root == TYPE_TIMESTAMP_LTZ ? "not a timestamp of the declared standard with Z" : "not a timestamp of the declared standard");
        vec_set_valid(v, row);
        vec_set_ts(v, row, text_timestamp_keep(ts, type->precision));
        return true;
    }
    vec_set_valid(v, row);
    return true;
}

static bool convert_bytes(struct json_convert *c, const struct json_token *t, struct vec *v, uint32_t row) {
    if (t->kind != JSON_STRING) return fail(c, "not base64 text");
    struct str s = scalar_text(c, t);
    buf_reset(&c->tree);
    if (!base64_decode(&c->tree, s)) return fail(c, "not base64 text");
    vec_set_valid(v, row);
    return vec_set_str(v, row, buf_view(&c->tree)) == STATUS_OK || fail(c, "out of memory");
}

bool json_convert_scalar(struct json_convert *c, const struct json_token *t, const struct type *type, struct vec *v, uint32_t row) {
    assert(v != NULL && v->form == VEC_FLAT);
    if (t->kind == JSON_NULL) {
        json_set_null(v, row);
        return true;
    }
    switch (type->root) {
    case TYPE_BOOLEAN:
        VEC_DATA(v, uint8_t)[row] = t->kind == JSON_TRUE ||
            (t->kind == JSON_STRING && str_equal_ignore_case(text_trim(scalar_text(c, t)), STR("true")));
        vec_set_valid(v, row);
        return true;
    case TYPE_TINYINT: case TYPE_SMALLINT: case TYPE_INT: case TYPE_BIGINT: case TYPE_INTERVAL_YM: case TYPE_INTERVAL_DT:
        return convert_integer(c, t, type, v, row);
    case TYPE_FLOAT: case TYPE_DOUBLE: return convert_real(c, t, v, row);
    case TYPE_DECIMAL: return convert_decimal(c, t, type, v, row);
    case TYPE_DATE: case TYPE_TIME: case TYPE_TIMESTAMP: case TYPE_TIMESTAMP_LTZ: return convert_temporal(c, t, type, v, row);
    case TYPE_BINARY: case TYPE_VARBINARY: return convert_bytes(c, t, v, row);
    case TYPE_CHAR: case TYPE_VARCHAR: {
        vec_set_valid(v, row);
        return vec_set_str(v, row, scalar_text(c, t)) == STATUS_OK || fail(c, "out of memory");
    }
    default: return fail(c, "a scalar where the type is nested");
    }
}
