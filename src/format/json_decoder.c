/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_decoder: cuts the input into lines, tries the predicted path on each and falls back to the
 * general one, which alone decides what is a bad record. Steady state costs no malloc: string bytes
 * go into the batch's heap in chunks, the general path keeps its buffers.
 */
#include "format/json.h"

#include <assert.h>

struct json_decoder {
    struct decoder base;
    struct decode_target target;
    struct json_shape *shape;
    struct json_general *general;
    struct json_convert convert;
    struct json_fast fast;
    json_fast_fn fast_fn;      /* NULL: general path only */
    bool ignore_parse_errors;
    struct buf tail;           /* padded copy of a line at the end of the input */
};

enum { HEAP_CHUNK = 64 * 1024, ERROR_TEXT_MAX = 400 };

/* Room in the batch's heap for all strings of a line; the predicted path writes past a string's end. */
static bool ensure_heap(struct json_fast *f, size_t line) {
    size_t need = line + 2 * JSON_PADDING;
    if ((size_t)(f->heap_end - f->heap_at) >= need) return true;
    size_t size = need > HEAP_CHUNK ? need : HEAP_CHUNK;
    f->heap_at = arena_bytes(f->heap, size);
    if (f->heap_at == NULL) return false;
    f->heap_end = f->heap_at + size;
    return true;
}

/* The line with a newline and padding behind it: itself, or a copy near the end of the input. */
static const char *padded_line(struct json_decoder *d, struct str line, const char *input_end) {
    if ((size_t)(input_end - (line.at + line.size_bytes)) > JSON_PADDING && line.at[line.size_bytes] == '\n') return line.at;
    buf_reset(&d->tail);
    if (!buf_reserve(&d->tail, line.size_bytes + 2 * JSON_PADDING)) return NULL;
    memcpy(d->tail.at, line.at, line.size_bytes);
    memset(d->tail.at + line.size_bytes, '\n', 2 * JSON_PADDING);
    return d->tail.at;
}

static bool try_fast(struct json_decoder *d, struct str line, const char *input_end, struct batch_buffer *out) {
    if (d->fast_fn == NULL || line.at[0] != '{' || !ensure_heap(&d->fast, line.size_bytes)) return false;
    const char *p = padded_line(d, line, input_end);
    if (p == NULL || d->fast_fn(&d->fast, d->shape, p + 1, p + line.size_bytes, out->batch.row_count) == NULL) return false;
    batch_buffer_row(out, ROW_INSERT);
    return true;
}

static enum status report(struct json_decoder *d, struct bad_record *r, struct error *e) {
    d->base.bad_records++;
    bool fails = d->target.mode == ERROR_MODE_FAIL && !d->ignore_parse_errors;
    if (fails) {
        int shown = r->bytes.size_bytes > ERROR_TEXT_MAX ? ERROR_TEXT_MAX : (int)r->bytes.size_bytes;
        return error_set(e, STATUS_BAD_RECORD, "Cannot read the JSON record '%.*s': %.*s", shown, r->bytes.at, STR_ARG(r->message));
    }
    if (d->target.on_bad != NULL) d->target.on_bad(d->target.context, r);
    return STATUS_OK;
}

static enum status decode_line(struct json_decoder *d, struct str line, uint64_t offset, const char *input_end, struct batch_buffer *out, struct error *e) {
    if (line.size_bytes > 0 && line.at[line.size_bytes - 1] == '\r') line.size_bytes--;
    if (line.size_bytes == 0) return STATUS_OK;
    if (try_fast(d, line, input_end, out)) return STATUS_OK;
    struct bad_record r = {.offset = offset, .bytes = line};
    d->convert.nulled = 0;
    enum status st = json_general_record(d->general, d->shape, line, out, &d->base.rows_given, &r, e);
    if (st == STATUS_BAD_RECORD) return report(d, &r, e);
    if (st == STATUS_OK && d->convert.nulled > 0 && d->target.on_bad != NULL) {
        r.code = "null-field";
        r.column = STR("");
        r.message = STR("A value could not be converted and is NULL.");
        d->base.bad_records++;
        d->target.on_bad(d->target.context, &r);
    }
    return st;
}

static enum status json_decode(struct decoder *base, struct str bytes, bool last, struct batch_buffer *out, uint64_t *starts, size_t *ret_used, struct error *e) {
    struct json_decoder *d = (struct json_decoder *)base;
    const char *p = bytes.at, *end = bytes.at + bytes.size_bytes;
    json_shape_bind(d->shape, out);
    d->fast.heap = out->heap;
    d->fast.heap_at = d->fast.heap_end = NULL;
    enum status st = STATUS_OK;
    while (p < end && !batch_buffer_full(out)) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        if (newline == NULL && !last) break;
        struct str line = {p, (size_t)((newline == NULL ? end : newline) - p)};
        uint32_t row = out->batch.row_count;
        st = decode_line(d, line, (uint64_t)(p - bytes.at), end, out, e);
        if (st != STATUS_OK && st != STATUS_LIMIT) break;
        for (; starts != NULL && row < out->batch.row_count; row++) starts[row] = (uint64_t)(p - bytes.at);
        if (st == STATUS_LIMIT) break;
        d->base.records++;
        p = newline == NULL ? end : newline + 1;
    }
    *ret_used = (size_t)(p - bytes.at);
    return st == STATUS_LIMIT ? STATUS_OK : st;
}

static void json_free(struct decoder *base) {
    struct json_decoder *d = (struct json_decoder *)base;
    json_general_free(d->general);
    buf_deinit(&d->convert.text);
    buf_deinit(&d->convert.tree);
    buf_deinit(&d->tail);
}

const struct decoder_ops json_decoder_ops = {.decode = json_decode, .free = json_free};

void json_decoder_force(struct decoder *base, bool general_only, json_fast_fn fast) {
    struct json_decoder *d = (struct json_decoder *)base;
    if (general_only) d->fast_fn = NULL;
    else if (fast != NULL && d->fast_fn != NULL) d->fast_fn = fast;
}

enum status json_decoder_new(struct arena *a, const struct options *o, const struct decode_target *t, struct decoder **ret, struct error *e) {
    struct json_decoder *d = ARENA_NEW(a, struct json_decoder);
    if (d == NULL) return error_no_memory(e, sizeof *d);
    d->base.ops = &json_decoder_ops;
    d->target = *t;
    d->ignore_parse_errors = options_bool(o, "ignore-parse-errors");
    d->convert.standard = options_number(o, "timestamp-format.standard") == 1 ? TIME_STANDARD_ISO : TIME_STANDARD_SQL;
    d->convert.from_tree = !options_bool(o, "decode.json-parser.enabled");
    d->convert.lenient = d->ignore_parse_errors || t->mode == ERROR_MODE_NULL_FIELD;
    d->fast.convert = &d->convert;
    d->fast.fail_on_missing = options_bool(o, "fail-on-missing-field");
    bool fast;
    TRY(json_shape_new(a, t, d->convert.standard, &d->shape, &fast, e));
    d->fast_fn = fast ? json_fast_choose(t->cpu_level) : NULL;
    if (fast && d->fast_fn == NULL) {
        return error_set(e, STATUS_UNSUPPORTED, "WEIR_ISA=%s is not a level of this machine; levels are v2, v3 and v4 (portable off x86-64)", t->cpu_level);
    }
    if (json_general_new(a, &d->convert, d->fast.fail_on_missing, &d->general) != STATUS_OK) return error_no_memory(e, 0);
    *ret = &d->base;
    return STATUS_OK;
}
