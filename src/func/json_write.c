/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_write: a value's JSON as Flink makes it: numbers as java.math.BigDecimal prints them, bytes in
 * base 64, timestamps in ISO form with as many digits as they need, members in the order of their names.
 */
#include "func/json_write.h"

#include "base/base64.h"
#include "func/json_tree.h"
#include "func/kernel.h"
#include "type/decimal.h"
#include "type/number.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

/* ---- types ------------------------------------------------------------------------------------------------------- */

static bool has_form(const struct type *t)
{
    switch (t->root) {
    case TYPE_DATE:
    case TYPE_TIME:
    case TYPE_INTERVAL_YM:
    case TYPE_INTERVAL_DT: return false;
    default: return true;
    }
}

enum status json_write_check(const struct type *t, struct span span, struct error *e)
{
    if (t->root == TYPE_NULL) return error_at(e, STATUS_INVALID, span, "A bare NULL has no type to make JSON of: cast it");
    bool map = t->root == TYPE_MAP || t->root == TYPE_MULTISET, key = !map || type_is_text(t->children[0].type);
    for (uint32_t i = 0; key && i < t->child_count; i++) TRY(json_write_check(t->children[i].type, span, e));
    if (key && has_form(t)) return STATUS_OK;
    struct buf text = BUF_INIT;
    type_summary(&text, key ? t : t->children[0].type);
    if (key) error_at(e, STATUS_INVALID, span, "Type '%.*s' is not scalar or cannot be converted into JSON.", STR_ARG(buf_view(&text)));
    else error_at(e, STATUS_INVALID, span, "Type '%.*s' is not supported for JSON conversion. The key type must be a character string.", STR_ARG(buf_view(&text)));
    buf_deinit(&text);
    return STATUS_INVALID;
}

/* ---- scalars ----------------------------------------------------------------------------------------------------- */

void json_write_string(struct buf *out, struct str s)
{
    struct json_node n = {.kind = JSON_STRING, .text = s};
    json_tree_print(out, &n);
}

static enum status write_double(struct json_write *w, double d)
{
    struct buf text = BUF_INIT;
    if (!isfinite(d)) {
        if (w->refuse_nan) w->failed = "Infinite or NaN";
        buf_text(w->out, isnan(d) ? "\"NaN\"" : d > 0 ? "\"Infinity\"" : "\"-Infinity\"");
        return STATUS_OK;
    }
    double_print(&text, d);
    bool failed = text.failed;
    if (!failed) json_number_print(w->out, buf_view(&text));
    buf_deinit(&text);
    return failed ? STATUS_NO_MEMORY : STATUS_OK;
}

static void write_base64(struct buf *out, struct str s)
{
    buf_char(out, '"');
    base64_print(out, s);
    buf_char(out, '"');
}

/* "2020-01-01T10:11:12.5"; with Z behind it for a TIMESTAMP_LTZ. */
static void write_timestamp(struct buf *out, struct ts t, bool zoned)
{
    buf_char(out, '"');
    size_t begin = out->size_bytes;
    ts_print(out, t, 9);
    if (out->failed) return;
    char *blank = memchr(out->at + begin, ' ', out->size_bytes - begin);
    if (blank != NULL) *blank = 'T';
    while (out->size_bytes > begin && out->at[out->size_bytes - 1] == '0') out->size_bytes--;
    if (out->at[out->size_bytes - 1] == '.') out->size_bytes--;
    buf_text(out, zoned ? "Z\"" : "\"");
}

static struct ts timestamp_at(const struct vec *v, uint32_t row)
{
    if (v->type->phys == PHYS_TS) return VEC_VALUE(v, struct ts, row);
    return (struct ts){.micros = VEC_VALUE(v, int64_t, row)};
}

static void write_decimal(struct buf *out, const struct vec *v, uint32_t row)
{
    i128 d = v->type->phys == PHYS_I128 ? VEC_VALUE(v, i128, row) : (i128)VEC_VALUE(v, int64_t, row);
    struct buf text = BUF_INIT;
    decimal_print(&text, d, v->type->scale);
    if (text.failed) out->failed = true;
    else json_number_print(out, buf_view(&text));
    buf_deinit(&text);
}

/* ---- rows, arrays, maps -------------------------------------------------------------------------------------------- */

static int member_order(const void *a, const void *b)
{
    const struct json_member *x = a, *y = b;
    int order = str_compare(x->key, y->key);
    return order != 0 ? order : x->index < y->index ? -1 : 1;
}

void json_members_sort(struct json_member *members, uint32_t *io_count)
{
    uint32_t kept = 0;
    qsort(members, *io_count, sizeof *members, member_order);
    for (uint32_t i = 0; i < *io_count; i++) {
        bool last = i + 1 == *io_count || !str_equal(members[i].key, members[i + 1].key);
        if (last) members[kept++] = members[i];
    }
    *io_count = kept;
}

static enum status write_row(struct json_write *w, const struct vec *v, uint32_t row)
{
    uint32_t count = v->child_count;
    struct json_member *members = ARENA_ARRAY(w->scratch, struct json_member, count + 1);
    if (members == NULL) return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < count; i++) members[i] = (struct json_member){v->type->children[i].name, i};
    json_members_sort(members, &count);
    buf_char(w->out, '{');
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0) buf_char(w->out, ',');
        json_write_string(w->out, members[i].key);
        buf_char(w->out, ':');
        TRY(json_write_value(w, v->children[members[i].index], row));
    }
    buf_char(w->out, '}');
    return STATUS_OK;
}

static enum status write_array(struct json_write *w, const struct vec *v, struct list_ref l)
{
    buf_char(w->out, '[');
    for (uint32_t i = 0; i < l.count; i++) {
        if (i > 0) buf_char(w->out, ',');
        TRY(json_write_value(w, v->children[0], l.offset + i));
    }
    buf_char(w->out, ']');
    return STATUS_OK;
}

static enum status write_map(struct json_write *w, const struct vec *v, struct list_ref l)
{
    const struct vec *keys = v->children[0];
    uint32_t count = l.count;
    struct json_member *members = ARENA_ARRAY(w->scratch, struct json_member, (size_t)count + 1);
    if (members == NULL) return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < count; i++) {
        members[i] = (struct json_member){STR(""), l.offset + i};
        if (vec_is_null(keys, l.offset + i)) w->failed = "A key of a map is NULL. This is not supported during conversion to JSON.";
        else members[i].key = strv_str(&VEC_VALUE(keys, struct strv, l.offset + i));
    }
    json_members_sort(members, &count);
    buf_char(w->out, '{');
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0) buf_char(w->out, ',');
        json_write_string(w->out, members[i].key);
        buf_char(w->out, ':');
        TRY(json_write_value(w, v->children[1], members[i].index));
    }
    buf_char(w->out, '}');
    return STATUS_OK;
}

enum status json_write_value(struct json_write *w, const struct vec *v, uint32_t row)
{
    assert(w->out != NULL && w->scratch != NULL);
    if (vec_is_null(v, row)) {
        buf_text(w->out, "null");
        return w->out->failed ? STATUS_NO_MEMORY : STATUS_OK;
    }
    enum status status = STATUS_OK;
    const struct vec *base = vec_base(v);
    uint32_t at = vec_row(v, row);
    switch (v->type->root) {
    case TYPE_BOOLEAN: buf_text(w->out, VEC_VALUE(v, uint8_t, row) != 0 ? "true" : "false"); break;
    case TYPE_TINYINT: buf_i64(w->out, VEC_VALUE(v, int8_t, row)); break;
    case TYPE_SMALLINT: buf_i64(w->out, VEC_VALUE(v, int16_t, row)); break;
    case TYPE_INT: buf_i64(w->out, VEC_VALUE(v, int32_t, row)); break;
    case TYPE_BIGINT: buf_i64(w->out, VEC_VALUE(v, int64_t, row)); break;
    case TYPE_FLOAT: status = write_double(w, (double)VEC_VALUE(v, float, row)); break;
    case TYPE_DOUBLE: status = write_double(w, VEC_VALUE(v, double, row)); break;
    case TYPE_DECIMAL: write_decimal(w->out, v, row); break;
    case TYPE_CHAR:
    case TYPE_VARCHAR: json_write_string(w->out, strv_str(&VEC_VALUE(v, struct strv, row))); break;
    case TYPE_BINARY:
    case TYPE_VARBINARY: write_base64(w->out, strv_str(&VEC_VALUE(v, struct strv, row))); break;
    case TYPE_TIMESTAMP: write_timestamp(w->out, timestamp_at(v, row), false); break;
    case TYPE_TIMESTAMP_LTZ: write_timestamp(w->out, timestamp_at(v, row), true); break;
    case TYPE_ROW: status = write_row(w, base, at); break;
    case TYPE_ARRAY: status = write_array(w, base, VEC_DATA(base, const struct list_ref)[at]); break;
    case TYPE_MAP:
    case TYPE_MULTISET: status = write_map(w, base, VEC_DATA(base, const struct list_ref)[at]); break;
    default: assert(!"a type without a JSON form is refused when the call is bound"); break;
    }
    return status != STATUS_OK ? status : w->out->failed ? STATUS_NO_MEMORY : STATUS_OK;
}
