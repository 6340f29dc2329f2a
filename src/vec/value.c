/* SPDX-License-Identifier: Apache-2.0 */
/*
 * value: one value of a vec as text, in three dialects that share one walk over nested types:
 *
 *   SQL   what CAST(x AS STRING) and the client show: TRUE, NULL, [1, 2], {a=1.5}, (1, b)
 *   Java  what Row.toString shows: true, null, 2024-01-01T00:00, [10, -1] for bytes, +I[1, b]
 *   JSON  one JSON value
 *
 * Recursion follows the type, whose depth is bounded by TYPE_DEPTH_MAX. Text goes into a buf, so a
 * failed allocation shows there.
 */
#include "vec/value.h"

#include "base/base64.h"
#include "type/decimal.h"
#include "type/number.h"
#include "vec/map_order.h"

#include <assert.h>
#include <math.h>

enum dialect { DIALECT_SQL, DIALECT_JAVA, DIALECT_JSON };

struct printer {
    struct buf *out;
    enum dialect dialect;
    const struct zone *zone;
    bool legacy; /* SQL as before Flink 1.15: true, (1,b) */
    bool shown;  /* to a person, as Flink's client does: bytes as x'0aff' */
};

static void value_print(const struct printer *p, const struct vec *v, uint32_t row);

/* ---- scalars ------------------------------------------------------------------------------ */

static i128 decimal_value(const struct vec *v, uint32_t row)
{
    return v->type->phys == PHYS_I64 ? (i128)VEC_VALUE(v, int64_t, row) : VEC_VALUE(v, i128, row);
}

/* BigDecimal.toString: scientific when the value is small for its scale. */
static void decimal_print_java(struct buf *out, i128 v, int32_t scale)
{
    char room[64];
    struct buf digits = {room, 0, sizeof room, false};
    decimal_print(&digits, v < 0 ? -v : v, 0);
    int32_t adjusted = (int32_t)digits.size_bytes - 1 - scale;
    if (adjusted >= -6) {
        decimal_print(out, v, scale);
        return;
    }
    if (v < 0) buf_char(out, '-');
    buf_char(out, room[0]);
    if (digits.size_bytes > 1) {
        buf_char(out, '.');
        buf_append(out, room + 1, digits.size_bytes - 1);
    }
    buf_format(out, "E%d", adjusted);
}

static void decimal_text(const struct printer *p, const struct vec *v, uint32_t row)
{
    if (p->dialect == DIALECT_JAVA) {
        decimal_print_java(p->out, decimal_value(v, row), v->type->scale);
    } else {
        decimal_print(p->out, decimal_value(v, row), v->type->scale);
    }
}

static void float_text(const struct printer *p, const struct vec *v, uint32_t row)
{
    bool wide = v->type->root == TYPE_DOUBLE;
    double d = wide ? VEC_VALUE(v, double, row) : (double)VEC_VALUE(v, float, row);
    bool quote = p->dialect == DIALECT_JSON && !isfinite(d); /* JSON has no such number */
    if (quote) buf_char(p->out, '"');
    if (wide) {
        double_print(p->out, d);
    } else {
        float_print(p->out, (float)d);
    }
    if (quote) buf_char(p->out, '"');
}

/* A fraction without the zeros behind it. */
static void json_timestamp(struct buf *out, struct ts t, bool utc)
{
    buf_char(out, '"');
    ts_print(out, t, 0);
    buf_text(out, utc ? "Z\"" : "\"");
}

static void timestamp_text(const struct printer *p, const struct vec *v, uint32_t row)
{
    struct ts t = vec_get_ts(v, row);
    bool ltz = v->type->root == TYPE_TIMESTAMP_LTZ;
    if (p->dialect == DIALECT_JSON) {
        json_timestamp(p->out, t, ltz);
    } else if (p->dialect == DIALECT_SQL) {
        ts_print(p->out, ltz && p->zone != NULL ? zone_to_local(p->zone, t) : t, v->type->precision);
    } else if (ltz) {
        ts_print_instant(p->out, t);
    } else {
        ts_print_java(p->out, t);
    }
}

static void temporal_text(const struct printer *p, const struct vec *v, uint32_t row)
{
    int32_t n = VEC_VALUE(v, int32_t, row);
    bool java = p->dialect == DIALECT_JAVA, json = p->dialect == DIALECT_JSON;
    if (v->type->root == TYPE_INTERVAL_YM) {
        if (json) {
            buf_i64(p->out, n);
        } else if (java) {
            period_print_java(p->out, n);
        } else {
            interval_ym_print(p->out, n);
        }
        return;
    }
    if (json) buf_char(p->out, '"');
    if (v->type->root == TYPE_DATE && java) {
        date_print_java(p->out, n);
    } else if (v->type->root == TYPE_DATE) {
        date_print(p->out, n);
    } else if (java) {
        time_print_java(p->out, n);
    } else {
        time_print(p->out, n, json && n % 1000 == 0 ? 0 : json ? 3 : v->type->precision);
    }
    if (json) buf_char(p->out, '"');
}

static void interval_dt_text(const struct printer *p, int64_t ms)
{
    if (p->dialect == DIALECT_JSON) {
        buf_i64(p->out, ms);
    } else if (p->dialect == DIALECT_JAVA) {
        duration_print_java(p->out, ms);
    } else {
        interval_dt_print(p->out, ms);
    }
}

static void json_string(struct buf *out, struct str s)
{
    buf_char(out, '"');
    for (size_t i = 0; i < s.size_bytes; i++) {
        unsigned char c = (unsigned char)s.at[i];
        switch (c) {
        case '"': buf_text(out, "\\\""); break;
        case '\\': buf_text(out, "\\\\"); break;
        case '\b': buf_text(out, "\\b"); break;
        case '\f': buf_text(out, "\\f"); break;
        case '\n': buf_text(out, "\\n"); break;
        case '\r': buf_text(out, "\\r"); break;
        case '\t': buf_text(out, "\\t"); break;
        default:
            if (c < 0x20) {
                buf_format(out, "\\u%04X", c);
            } else {
                buf_char(out, (char)c);
            }
        }
    }
    buf_char(out, '"');
}

static void json_base64(struct buf *out, struct str s)
{
    buf_char(out, '"');
    base64_print(out, s);
    buf_char(out, '"');
}

/* Bytes of a well-formed character at the start, or 0 with how many bytes of it are right. */
static size_t utf8_well_formed(const unsigned char *b, size_t left, size_t *ret_right)
{
    unsigned char low = 0x80, high = 0xbf;
    size_t n = b[0] < 0x80 ? 1 : b[0] < 0xc2 ? 0 : b[0] < 0xe0 ? 2 : b[0] < 0xf0 ? 3 : b[0] < 0xf5 ? 4 : 0;
    *ret_right = 1;
    if (b[0] == 0xe0) low = 0xa0;
    if (b[0] == 0xed) high = 0x9f;
    if (b[0] == 0xf0) low = 0x90;
    if (b[0] == 0xf4) high = 0x8f;
    for (size_t i = 1; i < n; i++) {
        if (i >= left || b[i] < low || b[i] > high) return 0;
        *ret_right = i + 1;
        low = 0x80;
        high = 0xbf;
    }
    return n;
}

void value_print_bytes(struct buf *out, struct str bytes)
{
    for (size_t i = 0; i < bytes.size_bytes;) {
        size_t right;
        size_t n = utf8_well_formed((const unsigned char *)bytes.at + i, bytes.size_bytes - i, &right);
        if (n == 0) {
            buf_text(out, "\xef\xbf\xbd");
        } else {
            buf_append(out, bytes.at + i, n);
        }
        i += right;
    }
}

static void string_text(const struct printer *p, const struct vec *v, uint32_t row)
{
    struct str s = strv_str(&VEC_VALUE(v, struct strv, row));
    bool bytes = type_is_bytes(v->type);
    if (p->dialect == DIALECT_JSON) {
        if (bytes) {
            json_base64(p->out, s);
        } else {
            json_string(p->out, s);
        }
    } else if (bytes && p->dialect == DIALECT_JAVA) {
        buf_char(p->out, '[');
        for (size_t i = 0; i < s.size_bytes; i++) buf_format(p->out, i == 0 ? "%d" : ", %d", (signed char)s.at[i]);
        buf_char(p->out, ']');
    } else if (bytes && p->shown) {
        buf_text(p->out, "x'");
        for (size_t i = 0; i < s.size_bytes; i++) buf_format(p->out, "%02x", (unsigned char)s.at[i]);
        buf_char(p->out, '\'');
    } else if (bytes) {
        value_print_bytes(p->out, s);
    } else {
        buf_str(p->out, s);
    }
}

static void bool_text(const struct printer *p, bool on)
{
    if (p->dialect == DIALECT_SQL && !p->legacy) {
        buf_text(p->out, on ? "TRUE" : "FALSE");
    } else {
        buf_text(p->out, on ? "true" : "false");
    }
}

/* ---- nested values ------------------------------------------------------------------------ */

static void list_text(const struct printer *p, const struct vec *v, uint32_t row)
{
    struct list_ref r = VEC_VALUE(v, struct list_ref, row);
    const struct vec *base = vec_base(v);
    buf_char(p->out, '[');
    for (uint32_t i = 0; i < r.count; i++) {
        if (i > 0) buf_text(p->out, p->dialect == DIALECT_JSON ? "," : ", ");
        value_print(p, base->children[0], r.offset + i);
    }
    buf_char(p->out, ']');
}

static void json_key(const struct printer *p, const struct vec *keys, uint32_t row)
{
    bool text = keys->type->phys == PHYS_STRING && !vec_is_null(keys, row);
    char quote = '"';
    if (text || p->dialect != DIALECT_JSON) {
        value_print(p, keys, row);
        return;
    }
    struct printer plain = {p->out, DIALECT_SQL, p->zone, false, p->shown};
    buf_char(p->out, quote);
    value_print(&plain, keys, row);
    buf_char(p->out, quote);
}

/* Larger maps keep their own order: sorting them here would take memory. */
enum { MAP_SORTED_MAX = 256 };

static void map_text(const struct printer *p, const struct vec *v, uint32_t row)
{
    struct list_ref r = VEC_VALUE(v, struct list_ref, row);
    const struct vec *base = vec_base(v);
    bool json = p->dialect == DIALECT_JSON;
    uint32_t order[MAP_SORTED_MAX], room[MAP_SORTED_MAX];
    bool sorted = p->dialect == DIALECT_JAVA && r.count <= MAP_SORTED_MAX;
    if (sorted) map_order_java(base->children[0], r.offset, r.count, order, room);
    buf_char(p->out, '{');
    for (uint32_t i = 0; i < r.count; i++) {
        uint32_t at = r.offset + (sorted ? order[i] : i);
        if (i > 0) buf_text(p->out, json ? "," : ", ");
        json_key(p, base->children[0], at);
        buf_char(p->out, json ? ':' : '=');
        value_print(p, base->children[1], at);
    }
    buf_char(p->out, '}');
}

static void row_text(const struct printer *p, const struct vec *v, uint32_t row)
{
    static const char *const open[3] = {"(", "+I[", "{"}, *const close[3] = {")", "]", "}"};
    const struct vec *base = vec_base(v);
    uint32_t at = vec_row(v, row);
    buf_text(p->out, open[p->dialect]);
    for (uint32_t i = 0; i < base->child_count; i++) {
        if (i > 0) buf_text(p->out, p->dialect == DIALECT_JSON || p->legacy ? "," : ", ");
        if (p->dialect == DIALECT_JSON) {
            json_string(p->out, v->type->children[i].name);
            buf_char(p->out, ':');
        }
        value_print(p, base->children[i], at);
    }
    buf_text(p->out, close[p->dialect]);
}

static void value_print(const struct printer *p, const struct vec *v, uint32_t row)
{
    if (vec_is_null(v, row)) {
        buf_text(p->out, p->dialect == DIALECT_SQL && !p->legacy ? "NULL" : "null");
        return;
    }
    switch (v->type->root) {
    case TYPE_CHAR: case TYPE_VARCHAR: case TYPE_BINARY: case TYPE_VARBINARY: string_text(p, v, row); break;
    case TYPE_BOOLEAN: bool_text(p, VEC_VALUE(v, uint8_t, row) != 0); break;
    case TYPE_DECIMAL: decimal_text(p, v, row); break;
    case TYPE_TINYINT: buf_i64(p->out, VEC_VALUE(v, int8_t, row)); break;
    case TYPE_SMALLINT: buf_i64(p->out, VEC_VALUE(v, int16_t, row)); break;
    case TYPE_INT: buf_i64(p->out, VEC_VALUE(v, int32_t, row)); break;
    case TYPE_BIGINT: buf_i64(p->out, VEC_VALUE(v, int64_t, row)); break;
    case TYPE_FLOAT: case TYPE_DOUBLE: float_text(p, v, row); break;
    case TYPE_DATE: case TYPE_TIME: case TYPE_INTERVAL_YM: temporal_text(p, v, row); break;
    case TYPE_TIMESTAMP: case TYPE_TIMESTAMP_LTZ: timestamp_text(p, v, row); break;
    case TYPE_INTERVAL_DT: interval_dt_text(p, VEC_VALUE(v, int64_t, row)); break;
    case TYPE_ARRAY: list_text(p, v, row); break;
    case TYPE_MULTISET: case TYPE_MAP: map_text(p, v, row); break;
    case TYPE_ROW: row_text(p, v, row); break;
    case TYPE_NULL: assert(!"a NULL type has only nulls"); break;
    }
}

void value_print_sql(struct buf *out, const struct vec *v, uint32_t row, const struct zone *zone)
{
    assert(out != NULL && v != NULL);
    struct printer p = {out, DIALECT_SQL, zone, false, false};
    value_print(&p, v, row);
}

void value_print_shown(struct buf *out, const struct vec *v, uint32_t row, const struct zone *zone)
{
    assert(out != NULL && v != NULL);
    struct printer p = {out, DIALECT_SQL, zone, false, true};
    value_print(&p, v, row);
}

void value_print_legacy(struct buf *out, const struct vec *v, uint32_t row, const struct zone *zone)
{
    assert(out != NULL && v != NULL);
    struct printer p = {out, DIALECT_SQL, zone, true, false};
    value_print(&p, v, row);
}

void value_print_java(struct buf *out, const struct vec *v, uint32_t row)
{
    assert(out != NULL && v != NULL);
    struct printer p = {out, DIALECT_JAVA, NULL, false, false};
    value_print(&p, v, row);
}

void value_print_json(struct buf *out, const struct vec *v, uint32_t row, const struct zone *zone)
{
    assert(out != NULL && v != NULL);
    struct printer p = {out, DIALECT_JSON, zone, false, false};
    value_print(&p, v, row);
}
