/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_encoder: a row as one JSON object and a newline, as Flink's json format writes it: fields in
 * column order, NULL as null (or left out), timestamps in the declared standard without trailing
 * zeros, bytes in base64, decimals as BigDecimal or plain, maps by their key mode.
 */
#include "format/json.h"
#include "format/text_encode.h"
#include "format/text_value.h"

#include "type/number.h"

#include <assert.h>

enum null_key { NULL_KEY_FAIL, NULL_KEY_DROP, NULL_KEY_LITERAL };

struct json_encoder {
    struct encoder base;
    const struct str *names;
    enum time_standard standard;
    enum null_key null_key;
    struct str null_literal;
    bool plain_decimal, ignore_nulls;
};

static enum status encode_value(const struct json_encoder *n, const struct vec *v, uint32_t row, struct buf *out, struct error *e);

static void encode_real(struct buf *out, const struct vec *v, uint32_t row) {
    bool single = v->type->phys == PHYS_F32;
    double d = single ? (double)VEC_VALUE(v, float, row) : VEC_VALUE(v, double, row);
    bool finite = d - d == 0;
    if (!finite) buf_char(out, '"');
    if (single) float_print(out, VEC_VALUE(v, float, row));
    else double_print(out, d);
    if (!finite) buf_char(out, '"');
}

static enum status encode_scalar(const struct json_encoder *n, const struct vec *v, uint32_t row, struct buf *out, struct error *e) {
    switch (v->type->root) {
    case TYPE_BOOLEAN: buf_text(out, VEC_VALUE(v, uint8_t, row) ? "true" : "false"); return STATUS_OK;
    case TYPE_TINYINT: case TYPE_SMALLINT: case TYPE_INT: case TYPE_BIGINT: case TYPE_INTERVAL_YM: case TYPE_INTERVAL_DT:
        buf_i64(out, text_get_integer(v, row));
        return STATUS_OK;
    case TYPE_FLOAT: case TYPE_DOUBLE: encode_real(out, v, row); return STATUS_OK;
    case TYPE_DECIMAL: text_print_decimal(out, text_get_decimal(v, row), v->type->scale, !n->plain_decimal, !n->plain_decimal); return STATUS_OK;
    case TYPE_CHAR: case TYPE_VARCHAR: json_print_string(out, strv_str(&VEC_VALUE(v, struct strv, row))); return STATUS_OK;
    default: break;
    }
    buf_char(out, '"');
    switch (v->type->root) {
    case TYPE_BINARY: case TYPE_VARBINARY: base64_encode(out, strv_str(&VEC_VALUE(v, struct strv, row))); break;
    case TYPE_DATE: date_print(out, VEC_VALUE(v, int32_t, row)); break;
    case TYPE_TIME: text_print_time_of_day(out, VEC_VALUE(v, int32_t, row)); break;
    case TYPE_TIMESTAMP: text_print_timestamp(out, vec_get_ts(v, row), n->standard, false); break;
    case TYPE_TIMESTAMP_LTZ: text_print_timestamp(out, vec_get_ts(v, row), n->standard, true); break;
    default: return error_set(e, STATUS_UNSUPPORTED, "The json format cannot write %s.", type_root_name(v->type->root));
    }
    buf_char(out, '"');
    return STATUS_OK;
}

static enum status encode_array(const struct json_encoder *n, const struct vec *base, struct list_ref list, struct buf *out, struct error *e) {
    buf_char(out, '[');
    for (uint32_t i = 0; i < list.count; i++) {
        if (i > 0) buf_char(out, ',');
        TRY(encode_value(n, base->children[0], list.offset + i, out, e));
    }
    buf_char(out, ']');
    return STATUS_OK;
}

static enum status encode_map(const struct json_encoder *n, const struct vec *base, struct list_ref list, struct buf *out, struct error *e) {
    bool first = true;
    buf_char(out, '{');
    for (uint32_t i = 0; i < list.count; i++) {
        const struct vec *keys = base->children[0];
        uint32_t at = list.offset + i;
        bool null = vec_is_null(keys, at);
        if (null && n->null_key == NULL_KEY_DROP) continue;
        if (null && n->null_key == NULL_KEY_FAIL)
            return error_set(e, STATUS_EVALUATION, "JSON format doesn't support to serialize map data with null keys. You can drop null key entries or encode null in literals by specifying map-null-key.mode option.");
        if (!first) buf_char(out, ',');
        first = false;
        json_print_string(out, null ? n->null_literal : strv_str(&VEC_VALUE(keys, struct strv, at)));
        buf_char(out, ':');
        TRY(encode_value(n, base->children[1], at, out, e));
    }
    buf_char(out, '}');
    return STATUS_OK;
}

static enum status encode_member(const struct json_encoder *n, struct str name, const struct vec *v, uint32_t row, bool *first, struct buf *out, struct error *e) {
    if (n->ignore_nulls && vec_is_null(v, row)) return STATUS_OK;
    if (!*first) buf_char(out, ',');
    *first = false;
    json_print_string(out, name);
    buf_char(out, ':');
    return encode_value(n, v, row, out, e);
}

static enum status encode_value(const struct json_encoder *n, const struct vec *v, uint32_t row, struct buf *out, struct error *e) {
    if (vec_is_null(v, row)) {
        buf_text(out, "null");
        return STATUS_OK;
    }
    const struct vec *base = vec_base(v);
    uint32_t at = vec_row(v, row);
    if (v->type->phys == PHYS_LIST) {
        struct list_ref list = VEC_DATA(base, struct list_ref)[at];
        return v->type->root == TYPE_ARRAY ? encode_array(n, base, list, out, e) : encode_map(n, base, list, out, e);
    }
    if (v->type->phys != PHYS_ROW) return encode_scalar(n, v, row, out, e);
    bool first = true;
    buf_char(out, '{');
    for (uint32_t i = 0; i < base->child_count; i++) TRY(encode_member(n, v->type->children[i].name, base->children[i], at, &first, out, e));
    buf_char(out, '}');
    return STATUS_OK;
}

static enum status json_encode(struct encoder *base, const struct batch *b, uint32_t row, struct buf *out, struct error *e) {
    const struct json_encoder *n = (const struct json_encoder *)base;
    bool first = true;
    buf_char(out, '{');
    for (uint32_t i = 0; i < b->column_count; i++) TRY(encode_member(n, n->names[i], b->columns[i], row, &first, out, e));
    buf_text(out, "}\n");
    return out->failed ? error_no_memory(e, 0) : STATUS_OK;
}

static void json_encoder_free(struct encoder *base) { (void)base; }

static const struct encoder_ops ops = {json_encode, json_encoder_free};

enum status json_encoder_new(struct arena *a, const struct options *o, const struct type *row, const struct str *names, const struct zone *zone, struct encoder **ret, struct error *e) {
    (void)row, (void)zone;
    struct json_encoder *n = ARENA_NEW(a, struct json_encoder);
    if (n == NULL) return error_no_memory(e, sizeof *n);
    n->base.ops = &ops;
    n->names = names;
    n->standard = options_number(o, "timestamp-format.standard") == 1 ? TIME_STANDARD_ISO : TIME_STANDARD_SQL;
    n->null_key = (enum null_key)options_number(o, "map-null-key.mode");
    n->null_literal = options_text(o, "map-null-key.literal");
    n->plain_decimal = options_bool(o, "encode.decimal-as-plain-number");
    n->ignore_nulls = options_bool(o, "encode.ignore-null-fields");
    *ret = &n->base;
    return STATUS_OK;
}
