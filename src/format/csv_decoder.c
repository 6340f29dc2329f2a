/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csv_decoder: records into columns by Flink's rules (CsvToRowDataConverters), asked from Flink 2.3:
 * columns go by position in the table's whole physical row, a row with fewer fields than wanted
 * columns is an error, numbers and booleans may have blanks around, dates are java.sql.Date's
 * (2020-1-2), an empty ROW is NULL, an empty ARRAY is empty.
 */
#include "format/csv.h"
#include "format/json_token.h"
#include "format/text_time.h"
#include "format/text_value.h"
#include "format/text_view.h"

#include <assert.h>
#include <stdio.h>

/* Where a field goes: a whole column, or one field of a ROW column (child >= 0). */
struct csv_output {
    uint32_t field;
    int32_t child;
    const struct type *type;
    bool minute_known;
    char minute[16];       /* text and value of the timestamp minute seen last */
    int64_t minute_micros;
};

struct csv_decoder {
    struct decoder base;
    struct decode_target target;
    struct csv_dialect dialect;
    struct csv_record record;
    struct csv_output *outputs;
    bool lenient;
    bool begun;            /* a byte-order mark can only stand at the very beginning */
    struct buf bytes;      /* decoded base64 */
    struct arena *heap;    /* of the batch being filled */
    char *heap_at, *heap_end; /* room for texts */
    const char *input_end;
    size_t input_bytes;
    const char *why;
    char message[160];
};

enum { BOM_BYTES = 3, ERROR_TEXT_MAX = 400, HEAP_CHUNK = 64 * 1024, VIEW_BYTES = 16 };

static bool fail(struct csv_decoder *d, const char *why) {
    d->why = why;
    return false;
}

/* java.sql.Date.valueOf: yyyy-[m]m-[d]d. */
static bool sql_date(struct str s, int32_t *ret_days) {
    char whole[10];
    size_t month = 5, size = s.size_bytes;
    if (size < 8 || size > 10 || s.at[4] != '-') return false;
    size_t second = s.at[6] == '-' ? 6 : 7;
    if (second >= size || s.at[second] != '-' || size - second - 1 < 1 || size - second - 1 > 2) return false;
    memcpy(whole, s.at, 5);
    whole[5] = second - month == 2 ? s.at[5] : '0';
    whole[6] = s.at[second - 1];
    whole[7] = '-';
    whole[8] = size - second - 1 == 2 ? s.at[second + 1] : '0';
    whole[9] = s.at[size - 1];
    return text_date((struct str){whole, 10}, ret_days);
}

/* LocalTime.parse: HH:mm[:ss[.f]]; cut to the precision. */
static bool local_time(struct str s, int32_t precision, int32_t *ret_ms) {
    struct ts t;
    char whole[64] = "1970-01-01T";
    if (s.size_bytes > sizeof whole - 12) return false;
    memcpy(whole + 11, s.at, s.size_bytes);
    if (!text_timestamp((struct str){whole, 11 + s.size_bytes}, TIME_STANDARD_ISO, false, &t)) return false;
    static const int32_t units[] = {1000, 100, 10, 1};
    int32_t ms = (int32_t)(t.micros / 1000);
    *ret_ms = ms - ms % units[precision > 3 ? 3 : precision];
    return true;
}

static bool learn_minute(struct csv_output *o, struct str s) {
    char whole[20];
    struct ts t;
    if (s.at[11] == '2' && s.at[12] == '4') return false;
    memcpy(whole, s.at, 16);
    memcpy(whole + 16, ":00", 4);
    if (!text_timestamp((struct str){whole, 19}, TIME_STANDARD_SQL, false, &t)) return false;
    memcpy(o->minute, s.at, 16);
    o->minute_micros = t.micros;
    o->minute_known = true;
    return true;
}

/* "YYYY-MM-DD HH:MM:SS.mmm", the minute mostly that of the last row. */
static bool plain_timestamp(struct csv_output *o, struct str s, int64_t *ret) {
    if (s.size_bytes != 23 || ((!o->minute_known || memcmp(s.at, o->minute, 16) != 0) && !learn_minute(o, s))) return false;
    unsigned d[5];
    static const uint8_t at[] = {17, 18, 20, 21, 22};
    for (int i = 0; i < 5; i++) {
        d[i] = (unsigned char)s.at[at[i]] - (unsigned)'0';
        if (d[i] > 9) return false;
    }
    if (s.at[16] != ':' || s.at[19] != '.' || d[0] > 5) return false;
    *ret = o->minute_micros + (d[0] * 10 + d[1]) * INT64_C(1000000) + (d[2] * 100 + d[3] * 10 + d[4]) * INT64_C(1000);
    return true;
}

static bool convert_timestamp(struct csv_decoder *d, struct csv_output *o, struct str s, const struct type *t, struct vec *v, uint32_t row) {
    struct ts ts;
    if (o != NULL && t->phys == PHYS_I64 && t->root == TYPE_TIMESTAMP && plain_timestamp(o, s, &VEC_DATA(v, int64_t)[row])) return true;
    if (!text_timestamp(text_trim(s), TIME_STANDARD_SQL, t->root == TYPE_TIMESTAMP_LTZ, &ts)) return fail(d, "not a timestamp such as 2020-12-31 12:34:56.789");
    vec_set_ts(v, row, text_timestamp_keep(ts, t->precision));
    return true;
}

/* A text into the batch: short ones inline, others copied into a chunk of its heap. */
static bool store_text(struct csv_decoder *d, struct str s, struct vec *v, uint32_t row) {
    struct strv *view = &VEC_DATA(v, struct strv)[row];
    if (s.size_bytes <= STRV_INLINE_MAX) {
        char copy[VIEW_BYTES];
        /* Fields in the record's own text buffer, and those at the end of the input, cannot be read past. */
        uintptr_t left = (uintptr_t)d->input_end - (uintptr_t)s.at;
        if (left < VIEW_BYTES || left > d->input_bytes) s.at = memcpy(copy, s.at, s.size_bytes);
        text_view_store(view, s.at, (uint32_t)s.size_bytes);
        return true;
    }
    if ((size_t)(d->heap_end - d->heap_at) < s.size_bytes) {
        size_t size = s.size_bytes > HEAP_CHUNK ? s.size_bytes : HEAP_CHUNK;
        d->heap_at = arena_bytes(d->heap, size);
        d->heap_end = d->heap_at == NULL ? NULL : d->heap_at + size;
        if (d->heap_at == NULL) return fail(d, "out of memory");
    }
    text_view_store(view, memcpy(d->heap_at, s.at, s.size_bytes), (uint32_t)s.size_bytes);
    d->heap_at += s.size_bytes;
    return true;
}

static bool convert_number(struct csv_decoder *d, struct str s, const struct type *t, struct vec *v, uint32_t row) {
    int64_t min, max, integer;
    bool fits;
    i128 decimal;
    switch (t->root) {
    case TYPE_DOUBLE:
        return text_double(s, &VEC_DATA(v, double)[row]) || fail(d, "not a number");
    case TYPE_FLOAT:
        return text_float(s, &VEC_DATA(v, float)[row]) || fail(d, "not a number");
    case TYPE_DECIMAL:
        if (!text_decimal(s, t, &fits, &decimal)) return fail(d, "not a decimal number");
        if (fits) text_store_decimal(v, row, decimal);
        else vec_set_null(v, row);
        return true;
    default:
        text_integer_range(t, &min, &max);
        if (!text_integer(text_trim(s), min, max, &integer)) return fail(d, "not a whole number in range");
        text_store_integer(v, row, integer);
        return true;
    }
}

static bool convert_scalar(struct csv_decoder *d, struct csv_output *o, struct str s, const struct type *t, struct vec *v, uint32_t row) {
    vec_set_valid(v, row);
    switch (t->root) {
    case TYPE_CHAR: case TYPE_VARCHAR: return store_text(d, s, v, row);
    case TYPE_BOOLEAN:
        VEC_DATA(v, uint8_t)[row] = str_equal_ignore_case(text_trim(s), STR("true"));
        return true;
    case TYPE_DATE: return sql_date(s, &VEC_DATA(v, int32_t)[row]) || fail(d, "not a date such as 2020-12-31");
    case TYPE_TIME: return local_time(s, t->precision, &VEC_DATA(v, int32_t)[row]) || fail(d, "not a time such as 12:34:56");
    case TYPE_TIMESTAMP: case TYPE_TIMESTAMP_LTZ: return convert_timestamp(d, o, s, t, v, row);
    case TYPE_BINARY: case TYPE_VARBINARY:
        buf_reset(&d->bytes);
        if (!base64_decode(&d->bytes, s)) return fail(d, "not base64 text");
        return vec_set_str(v, row, buf_view(&d->bytes)) == STATUS_OK || fail(d, "out of memory");
    default: return convert_number(d, s, t, v, row);
    }
}

static void set_null(struct vec *v, uint32_t row) {
    vec_set_null(v, row);
    if (v->type->phys == PHYS_LIST) VEC_DATA(v, struct list_ref)[row] = (struct list_ref){0, 0};
    for (uint32_t i = 0; v->type->phys == PHYS_ROW && i < v->child_count; i++) set_null(v->children[i], row);
}

static bool is_null_text(const struct csv_decoder *d, struct str s) {
    return (d->dialect.null_literal.at != NULL && str_equal(s, d->dialect.null_literal)) || (d->dialect.empty_is_null && s.size_bytes == 0);
}

/* A scalar, an element or a nested field; NULL where the text means it, or where it is bad and that is allowed. */
static bool convert_text(struct csv_decoder *d, struct csv_output *o, struct str s, const struct type *t, struct vec *v, uint32_t row) {
    if (is_null_text(d, s)) {
        set_null(v, row);
        return true;
    }
    if (convert_scalar(d, o, s, t, v, row)) return true;
    if (!d->lenient) return false;
    set_null(v, row);
    return true;
}

/* The next element of *rest; false when there is none. */
static bool next_element(const struct csv_decoder *d, struct str *rest, bool *done, struct str *ret) {
    if (*done) return false;
    const char *stop = rest->size_bytes == 0 ? NULL : memchr(rest->at, d->dialect.element_delimiter, rest->size_bytes);
    *ret = (struct str){rest->at, stop == NULL ? rest->size_bytes : (size_t)(stop - rest->at)};
    *done = stop == NULL;
    if (!*done) *rest = (struct str){stop + 1, rest->size_bytes - ret->size_bytes - 1};
    return true;
}

static bool convert_array(struct csv_decoder *d, struct str s, const struct type *t, struct vec *v, uint32_t row) {
    uint32_t count = s.size_bytes > 0, offset, i = 0;
    for (size_t k = 0; k < s.size_bytes; k++) count += s.at[k] == d->dialect.element_delimiter;
    if (vec_list_extend(v, count, &offset) != STATUS_OK) return fail(d, "out of memory");
    bool done = count == 0;
    struct str element;
    while (next_element(d, &s, &done, &element)) {
        if (!convert_text(d, NULL, element, t->children[0].type, v->children[0], offset + i++)) return false;
    }
    assert(i == count);
    VEC_DATA(v, struct list_ref)[row] = (struct list_ref){offset, count};
    vec_set_valid(v, row);
    return true;
}

static bool convert_row(struct csv_decoder *d, struct str s, const struct type *t, struct vec *v, uint32_t row) {
    if (s.size_bytes == 0) {
        set_null(v, row);
        return true;
    }
    bool done = false;
    struct str element;
    vec_set_valid(v, row);
    for (uint32_t i = 0; i < t->child_count; i++) {
        if (next_element(d, &s, &done, &element)) {
            if (!convert_text(d, NULL, element, t->children[i].type, v->children[i], row)) return false;
        } else if (d->lenient) {
            set_null(v->children[i], row);
        } else {
            return fail(d, "Row length mismatch in a nested row");
        }
    }
    return true;
}

/* The child-th element of a nested row's text; false: absent. */
static bool nested_text(const struct csv_decoder *d, struct str s, int32_t child, struct str *ret) {
    bool done = s.size_bytes == 0;
    for (int32_t i = 0; i <= child; i++) {
        if (!next_element(d, &s, &done, ret)) return false;
    }
    return true;
}

static bool convert_field(struct csv_decoder *d, struct csv_output *o, struct str s, struct vec *v, uint32_t row) {
    if (o->child >= 0) {
        if (is_null_text(d, s) || !nested_text(d, s, o->child, &s)) {
            set_null(v, row);
            return true;
        }
        return convert_text(d, o, s, o->type, v, row);
    }
    if (o->type->phys != PHYS_LIST && o->type->phys != PHYS_ROW) return convert_text(d, o, s, o->type, v, row);
    if (is_null_text(d, s)) {
        set_null(v, row);
        return true;
    }
    bool ok = o->type->phys == PHYS_LIST ? convert_array(d, s, o->type, v, row) : convert_row(d, s, o->type, v, row);
    if (ok || !d->lenient) return ok;
    set_null(v, row);
    return true;
}

/* Fills the row; false: r says why not. */
static bool fill_row(struct csv_decoder *d, struct batch_buffer *out, struct bad_record *r) {
    const struct csv_record *c = &d->record;
    const char *wrong = c->bad;
    r->code = "malformed-csv";
    if (wrong == NULL && c->high && !json_utf8_valid(r->bytes.at, r->bytes.size_bytes)) wrong = "Invalid UTF-8";
    if (wrong == NULL && c->too_many) wrong = "Too many entries";
    if (wrong == NULL && c->count < c->capacity && d->dialect.fail_on_missing) wrong = "Not enough column values";
    if (wrong == NULL && c->count < d->target.column_count && !d->lenient) wrong = "Row length mismatch";
    if (wrong != NULL) {
        int n = snprintf(d->message, sizeof d->message, "%s: %u fields expected, %u%s found.", wrong, c->capacity, c->count, c->too_many ? " and more" : "");
        r->message = (struct str){d->message, (size_t)n};
        return false;
    }
    uint32_t row = out->batch.row_count;
    for (uint32_t i = 0; i < d->target.column_count; i++) {
        struct csv_output *o = &d->outputs[i];
        struct vec *v = out->batch.columns[i];
        if (o->field >= c->count) {
            set_null(v, row);
            continue;
        }
        struct str s = {c->fields[o->field].at, c->fields[o->field].size};
        if (convert_field(d, o, s, v, row)) continue;
        r->code = "bad-value";
        r->column = d->target.row->children[i].name;
        int shown = s.size_bytes > 60 ? 60 : (int)s.size_bytes;
        int n = snprintf(d->message, sizeof d->message, "Column '%.*s': '%.*s' is %s.", STR_ARG(r->column), shown, s.at, d->why);
        r->message = (struct str){d->message, n < 0 ? 0 : (size_t)n < sizeof d->message ? (size_t)n : sizeof d->message - 1};
        return false;
    }
    batch_buffer_row(out, ROW_INSERT);
    return true;
}

static enum status report(struct csv_decoder *d, struct bad_record *r, struct error *e) {
    d->base.bad_records++;
    if (d->target.mode == ERROR_MODE_FAIL && !d->dialect.ignore_errors) {
        int shown = r->bytes.size_bytes > ERROR_TEXT_MAX ? ERROR_TEXT_MAX : (int)r->bytes.size_bytes;
        return error_set(e, STATUS_BAD_RECORD, "Cannot read the CSV record '%.*s': %.*s", shown, r->bytes.at, STR_ARG(r->message));
    }
    if (d->target.on_bad != NULL) d->target.on_bad(d->target.context, r);
    return STATUS_OK;
}

static struct str line_of(const char *from, const char *behind) {
    while (behind > from && (behind[-1] == '\n' || behind[-1] == '\r')) behind--;
    return (struct str){from, (size_t)(behind - from)};
}

static enum status csv_decode(struct decoder *base, struct str bytes, bool last, struct batch_buffer *out, uint64_t *starts, size_t *ret_used, struct error *e) {
    struct csv_decoder *d = (struct csv_decoder *)base;
    const char *p = bytes.at, *end = bytes.at + bytes.size_bytes;
    d->heap = out->heap;
    d->heap_at = d->heap_end = NULL;
    d->input_end = end;
    d->input_bytes = bytes.size_bytes;
    if (!d->begun && bytes.size_bytes < BOM_BYTES && !last) { /* too little to tell */
        *ret_used = 0;
        return STATUS_OK;
    }
    if (!d->begun && bytes.size_bytes >= BOM_BYTES && memcmp(p, "\xef\xbb\xbf", BOM_BYTES) == 0) p += BOM_BYTES;
    d->begun = true;
    enum status st = STATUS_OK;
    while (st == STATUS_OK && p < end && !batch_buffer_full(out)) {
        bool more = false;
        const char *from = d->dialect.comments ? csv_skip_comments(&d->dialect, p, end, last, &more) : p;
        if (more) break;
        p = from;
        if (p == end) break;
        const char *behind = csv_record_read(&d->dialect, &d->record, p, end, last);
        if (behind == NULL) break;
        struct bad_record r = {.offset = (uint64_t)(p - bytes.at), .bytes = line_of(p, behind), .column = STR("")};
        uint32_t row = out->batch.row_count;
        if (fill_row(d, out, &r)) {
            if (starts != NULL) starts[row] = (uint64_t)(p - bytes.at);
        } else {
            st = report(d, &r, e);
            if (st != STATUS_OK) break;
        }
        d->base.records++;
        p = behind;
    }
    *ret_used = (size_t)(p - bytes.at);
    return st;
}

static void csv_free(struct decoder *base) {
    struct csv_decoder *d = (struct csv_decoder *)base;
    buf_deinit(&d->record.text);
    buf_deinit(&d->bytes);
}

static const struct decoder_ops ops = {.decode = csv_decode, .free = csv_free};

static int32_t child_index(const struct type *row, struct str name) {
    for (uint32_t i = 0; i < row->child_count; i++) {
        if (str_equal(row->children[i].name, name)) return (int32_t)i;
    }
    return -1;
}

static enum status bind_outputs(struct arena *a, struct csv_decoder *d, struct error *e) {
    const struct decode_target *t = &d->target;
    d->outputs = ARENA_ARRAY(a, struct csv_output, t->column_count);
    if (d->outputs == NULL) return error_no_memory(e, 0);
    for (uint32_t i = 0; i < t->column_count; i++) {
        const struct str *path = t->paths == NULL ? &t->row->children[i].name : t->paths[i];
        uint32_t depth = t->paths == NULL ? 1 : t->path_counts[i];
        int32_t field = child_index(t->physical, path[0]), child = -1;
        assert(field >= 0 && depth <= 2);
        if (depth == 2) child = child_index(t->physical->children[field].type, path[1]);
        d->outputs[i] = (struct csv_output){.field = (uint32_t)field, .child = child, .type = t->types[i]};
    }
    return STATUS_OK;
}

enum status csv_decoder_new(struct arena *a, const struct options *o, const struct decode_target *t, struct decoder **ret, struct error *e) {
    struct csv_decoder *d = ARENA_NEW(a, struct csv_decoder);
    if (d == NULL) return error_no_memory(e, sizeof *d);
    d->base.ops = &ops;
    d->target = *t;
    TRY(csv_dialect_new(o, &d->dialect, e));
    d->lenient = d->dialect.ignore_errors || t->mode == ERROR_MODE_NULL_FIELD;
    d->record.capacity = t->physical->child_count;
    d->record.fields = ARENA_ARRAY(a, struct csv_field, d->record.capacity);
    if (d->record.fields == NULL) return error_no_memory(e, 0);
    TRY(bind_outputs(a, d, e));
    *ret = &d->base;
    return STATUS_OK;
}
