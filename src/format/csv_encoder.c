/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csv_encoder: a row as one CSV record, byte for byte as Flink's csv format (Jackson's generator)
 * writes it. A text is quoted when it is longer than 24 characters or holds a character below the
 * highest special one (so a blank is enough) or the escape character; quotes are doubled. Decimals
 * are stripped and may have an exponent: write-bigdecimal-in-scientific-notation changes nothing in
 * Flink 2.3 either.
 */
#include "format/csv.h"
#include "format/json_token.h"
#include "format/text_encode.h"
#include "format/text_value.h"

#include "type/number.h"

#include <assert.h>

struct csv_encoder {
    struct encoder base;
    struct csv_dialect dialect;
    unsigned char safe_from;   /* characters below need quotes */
    unsigned char escape;      /* needs quotes too */
    struct buf field;
};

enum { UNCHECKED_CHARS_MAX = 24 };

static bool needs_quotes(const struct csv_encoder *n, struct str s) {
    uint32_t chars = 0;
    for (size_t i = 0; i < s.size_bytes; i++) {
        unsigned char c = (unsigned char)s.at[i];
        if (c < n->safe_from || c == n->escape) return true;
        chars += (c & 0xc0) != 0x80;
        chars += c >= 0xf0;
    }
    return chars > UNCHECKED_CHARS_MAX;
}

static void append_text(const struct csv_encoder *n, struct str s, struct buf *out) {
    int quote = n->dialect.quote, escape = n->dialect.escape;
    if (quote < 0 || !needs_quotes(n, s)) {
        buf_str(out, s);
        return;
    }
    buf_char(out, (char)quote);
    for (size_t i = 0; i < s.size_bytes; i++) {
        unsigned char c = (unsigned char)s.at[i];
        if ((int)c == quote || (int)c == escape) buf_char(out, s.at[i]);
        buf_char(out, s.at[i]);
    }
    buf_char(out, (char)quote);
}

/* true: the value is a text that may need quotes; numbers and booleans are written as they are. */
static bool print_scalar(const struct vec *v, uint32_t row, struct buf *out) {
    switch (v->type->root) {
    case TYPE_BOOLEAN: buf_text(out, VEC_VALUE(v, uint8_t, row) ? "true" : "false"); return false;
    case TYPE_FLOAT: float_print(out, VEC_VALUE(v, float, row)); return false;
    case TYPE_DOUBLE: double_print(out, VEC_VALUE(v, double, row)); return false;
    case TYPE_DECIMAL: text_print_decimal(out, text_get_decimal(v, row), v->type->scale, true, true); return false;
    case TYPE_CHAR: case TYPE_VARCHAR: buf_str(out, strv_str(&VEC_VALUE(v, struct strv, row))); return true;
    case TYPE_BINARY: case TYPE_VARBINARY: base64_encode(out, strv_str(&VEC_VALUE(v, struct strv, row))); return false;
    case TYPE_DATE: date_print(out, VEC_VALUE(v, int32_t, row)); return true;
    case TYPE_TIME: text_print_time_of_day(out, VEC_VALUE(v, int32_t, row)); return true;
    case TYPE_TIMESTAMP: text_print_timestamp(out, vec_get_ts(v, row), TIME_STANDARD_SQL, false); return true;
    case TYPE_TIMESTAMP_LTZ: text_print_timestamp(out, vec_get_ts(v, row), TIME_STANDARD_SQL, true); return true;
    default: buf_i64(out, text_get_integer(v, row)); return false;
    }
}

/* Elements of an ARRAY or fields of a ROW, joined; NULL as the null literal. */
static void print_nested(const struct csv_encoder *n, const struct vec *v, uint32_t row, struct buf *out) {
    const struct vec *base = vec_base(v);
    uint32_t at = vec_row(v, row);
    bool array = v->type->root == TYPE_ARRAY;
    struct list_ref list = array ? VEC_DATA(base, struct list_ref)[at] : (struct list_ref){at, base->child_count};
    for (uint32_t i = 0; i < list.count; i++) {
        const struct vec *child = base->children[array ? 0 : i];
        uint32_t child_row = array ? list.offset + i : at;
        if (i > 0) buf_char(out, n->dialect.element_delimiter);
        if (!vec_is_null(child, child_row)) (void)print_scalar(child, child_row, out);
        else if (n->dialect.null_literal.at != NULL) buf_str(out, n->dialect.null_literal);
    }
}

static enum status csv_encode(struct encoder *base, const struct batch *b, uint32_t row, struct buf *out, struct error *e) {
    struct csv_encoder *n = (struct csv_encoder *)base;
    for (uint32_t i = 0; i < b->column_count; i++) {
        const struct vec *v = b->columns[i];
        if (i > 0) buf_char(out, n->dialect.delimiter);
        if (vec_is_null(v, row)) {
            if (n->dialect.null_literal.at != NULL) buf_str(out, n->dialect.null_literal);
            continue;
        }
        buf_reset(&n->field);
        bool nested = v->type->phys == PHYS_LIST || v->type->phys == PHYS_ROW;
        if (nested) print_nested(n, v, row, &n->field);
        bool text = nested || print_scalar(v, row, &n->field);
        if (n->field.failed) return error_no_memory(e, 0);
        if (text) append_text(n, buf_view(&n->field), out);
        else buf_str(out, buf_view(&n->field));
    }
    buf_char(out, '\n');
    return out->failed ? error_no_memory(e, 0) : STATUS_OK;
}

static void csv_encoder_free(struct encoder *base) { buf_deinit(&((struct csv_encoder *)base)->field); }

static const struct encoder_ops ops = {csv_encode, csv_encoder_free};

enum status csv_encoder_new(struct arena *a, const struct options *o, const struct type *row, const struct str *names, const struct zone *zone, struct encoder **ret, struct error *e) {
    (void)row, (void)names, (void)zone;
    struct csv_encoder *n = ARENA_NEW(a, struct csv_encoder);
    if (n == NULL) return error_no_memory(e, sizeof *n);
    n->base.ops = &ops;
    TRY(csv_dialect_new(o, &n->dialect, e));
    int highest = '\r';
    if (n->dialect.delimiter > highest) highest = n->dialect.delimiter;
    if (n->dialect.quote > highest) highest = n->dialect.quote;
    n->safe_from = (unsigned char)(highest + 1);
    n->escape = n->dialect.escape >= 0 ? (unsigned char)n->dialect.escape : '\\';
    *ret = &n->base;
    return STATUS_OK;
}
