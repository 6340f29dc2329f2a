/* SPDX-License-Identifier: Apache-2.0 */
/*
 * raw: one column's plain bytes per record: text in a charset, numbers in big- or little-endian
 * binary. A message (whole_input) is one record, or several cut at the line delimiter. In files a
 * record is a line whatever the delimiter says: Flink's file source cuts and writes lines itself.
 */
#include "format/formats.h"
#include "format/json_token.h"

#include <assert.h>

enum charset { CHARSET_UTF8, CHARSET_LATIN1, CHARSET_ASCII };

struct raw_settings {
    enum charset charset;
    bool little_endian;
    bool delimited;            /* raw.line-delimiter was given */
    struct str delimiter;
};

struct raw_decoder {
    struct decoder base;
    struct decode_target target;
    struct raw_settings settings;
    struct buf text;
};

struct raw_encoder {
    struct encoder base;
    struct raw_settings settings;
};

static bool parse_charset(struct str name, enum charset *ret) {
    static const struct { const char *name; enum charset charset; } names[] = {
        {"UTF-8", CHARSET_UTF8}, {"UTF8", CHARSET_UTF8}, {"ISO-8859-1", CHARSET_LATIN1}, {"LATIN1", CHARSET_LATIN1}, {"US-ASCII", CHARSET_ASCII}, {"ASCII", CHARSET_ASCII}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!str_equal_ignore_case(name, str_of(names[i].name))) continue;
        *ret = names[i].charset;
        return true;
    }
    return false;
}

/* The delimiter with Java's escapes \n \r \t decoded. */
static struct str decode_delimiter(struct arena *a, struct str s) {
    char *out = arena_bytes(a, s.size_bytes + 1);
    if (out == NULL) return (struct str){NULL, 0};
    size_t n = 0;
    for (size_t i = 0; i < s.size_bytes; i++) {
        char c = s.at[i];
        if (c == '\\' && i + 1 < s.size_bytes) {
            char next = s.at[++i];
            c = next == 'n' ? '\n' : next == 'r' ? '\r' : next == 't' ? '\t' : next;
        }
        out[n++] = c;
    }
    return (struct str){out, n};
}

static enum status read_settings(struct arena *a, const struct options *o, struct raw_settings *ret, struct error *e) {
    const struct option_value *charset = options_get(o, "charset"), *delimiter = options_get(o, "line-delimiter");
    if (!parse_charset(charset->text, &ret->charset))
        return error_at(e, STATUS_UNSUPPORTED, charset->span, "Unsupported 'raw.charset' name: %.*s. Available: UTF-8, ISO-8859-1, US-ASCII.", STR_ARG(charset->text));
    ret->little_endian = options_number(o, "endianness") == 1;
    ret->delimited = delimiter->given && delimiter->text.size_bytes > 0;
    ret->delimiter = ret->delimited ? decode_delimiter(a, delimiter->text) : STR("\n");
    return ret->delimiter.at == NULL ? error_no_memory(e, 0) : STATUS_OK;
}

/* Text bytes as UTF-8; bytes that are none become U+FFFD, as Java decodes. */
static struct str to_utf8(struct raw_decoder *d, struct str s) {
    static const char replacement[] = "\xef\xbf\xbd";
    if (d->settings.charset != CHARSET_LATIN1 && json_utf8_valid(s.at, s.size_bytes)) return s;
    buf_reset(&d->text);
    for (size_t i = 0; i < s.size_bytes;) {
        unsigned char c = (unsigned char)s.at[i];
        size_t size = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
        if (c < 0x80) {
            buf_char(&d->text, s.at[i++]);
        } else if (d->settings.charset == CHARSET_LATIN1) {
            buf_char(&d->text, (char)(0xc0 | c >> 6));
            buf_char(&d->text, (char)(0x80 | (c & 0x3f)));
            i++;
        } else if (d->settings.charset == CHARSET_UTF8 && i + size <= s.size_bytes && json_utf8_valid(s.at + i, size)) {
            buf_append(&d->text, s.at + i, size);
            i += size;
        } else {
            buf_append(&d->text, replacement, 3);
            i++;
        }
    }
    return buf_view(&d->text);
}

static uint64_t read_number(struct str s, bool little) {
    uint64_t v = 0;
    for (size_t i = 0; i < s.size_bytes; i++) v = v << 8 | (unsigned char)s.at[little ? s.size_bytes - 1 - i : i];
    return v;
}

static bool decode_number(struct raw_decoder *d, struct str s, struct vec *v, uint32_t row) {
    uint32_t size = phys_size_bytes(v->type->phys);
    if (s.size_bytes != size) return false;
    uint64_t bits = read_number(s, d->settings.little_endian);
    if (v->type->phys == PHYS_BOOL) bits = bits != 0;
    switch (size) {
    case 1: VEC_DATA(v, uint8_t)[row] = (uint8_t)bits; break;
    case 2: VEC_DATA(v, uint16_t)[row] = (uint16_t)bits; break;
    case 4: VEC_DATA(v, uint32_t)[row] = (uint32_t)bits; break;
    default: assert(size == 8); VEC_DATA(v, uint64_t)[row] = bits;
    }
    return true;
}

static enum status decode_record(struct raw_decoder *d, struct str s, uint64_t offset, struct batch_buffer *out, struct error *e) {
    if (d->target.column_count == 0) {
        batch_buffer_row(out, ROW_INSERT);
        return STATUS_OK;
    }
    struct vec *v = out->batch.columns[0];
    uint32_t row = out->batch.row_count;
    vec_set_valid(v, row);
    if (type_is_text(v->type) || type_is_bytes(v->type)) {
        if (vec_set_str(v, row, type_is_text(v->type) ? to_utf8(d, s) : s) != STATUS_OK) return error_no_memory(e, s.size_bytes);
        batch_buffer_row(out, ROW_INSERT);
        return STATUS_OK;
    }
    if (decode_number(d, s, v, row)) {
        batch_buffer_row(out, ROW_INSERT);
        return STATUS_OK;
    }
    d->base.bad_records++;
    if (d->target.mode == ERROR_MODE_FAIL)
        return error_set(e, STATUS_BAD_RECORD, "Size of data received for deserializing %s type is not %u: %zu bytes.", type_root_name(v->type->root), phys_size_bytes(v->type->phys), s.size_bytes);
    if (d->target.mode == ERROR_MODE_NULL_FIELD) {
        vec_set_null(v, row);
        batch_buffer_row(out, ROW_INSERT);
    }
    struct bad_record r = {.offset = offset, .bytes = s, .code = "bad-value", .column = d->target.row->children[0].name, .message = STR("The record's size is not that of the type.")};
    if (d->target.on_bad != NULL) d->target.on_bad(d->target.context, &r);
    return STATUS_OK;
}

static enum status raw_decode(struct decoder *base, struct str bytes, bool last, struct batch_buffer *out, uint64_t *starts, size_t *ret_used, struct error *e) {
    struct raw_decoder *d = (struct raw_decoder *)base;
    size_t at = 0;
    enum status st = STATUS_OK;
    struct str delimiter = d->target.whole_input ? d->settings.delimiter : STR("\n");
    if (d->target.whole_input && !d->settings.delimited) {
        *ret_used = bytes.size_bytes;
        d->base.records++;
        return decode_record(d, bytes, 0, out, e);
    }
    while (at < bytes.size_bytes && !batch_buffer_full(out)) {
        const char *from = bytes.at + at;
        size_t left = bytes.size_bytes - at;
        const char *stop = memmem(from, left, delimiter.at, delimiter.size_bytes);
        if (stop == NULL && !last) break;
        struct str record = {from, stop == NULL ? left : (size_t)(stop - from)};
        size_t used = stop == NULL ? left : record.size_bytes + delimiter.size_bytes;
        if (!d->target.whole_input && record.size_bytes > 0 && stop != NULL && stop[-1] == '\r') record.size_bytes--;
        uint32_t row = out->batch.row_count;
        st = decode_record(d, record, at, out, e);
        if (st != STATUS_OK) break;
        if (starts != NULL && out->batch.row_count > row) starts[row] = at;
        d->base.records++;
        at += used;
    }
    *ret_used = at;
    return st;
}

static void raw_decoder_free(struct decoder *base) { buf_deinit(&((struct raw_decoder *)base)->text); }

static const struct decoder_ops decoder_ops = {raw_decode, raw_decoder_free};

enum status raw_decoder_new(struct arena *a, const struct options *o, const struct decode_target *t, struct decoder **ret, struct error *e) {
    struct raw_decoder *d = ARENA_NEW(a, struct raw_decoder);
    if (d == NULL) return error_no_memory(e, sizeof *d);
    assert(t->column_count <= 1);
    d->base.ops = &decoder_ops;
    d->target = *t;
    TRY(read_settings(a, o, &d->settings, e));
    *ret = &d->base;
    return STATUS_OK;
}

/* UTF-8 into the charset; what it has not becomes '?'. */
static void append_text(const struct raw_settings *s, struct str text, struct buf *out) {
    if (s->charset == CHARSET_UTF8) {
        buf_str(out, text);
        return;
    }
    for (size_t i = 0; i < text.size_bytes; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c < 0x80) {
            buf_char(out, (char)c);
        } else if (c >= 0xc0) {
            bool latin = s->charset == CHARSET_LATIN1 && (c & 0xfc) == 0xc0 && i + 1 < text.size_bytes;
            buf_char(out, latin ? (char)((c & 3) << 6 | (text.at[i + 1] & 0x3f)) : '?');
        }
    }
}

static void append_number(const struct raw_settings *s, const struct vec *v, uint32_t row, struct buf *out) {
    const struct vec *base = vec_base(v);
    uint32_t size = phys_size_bytes(v->type->phys);
    const char *at = (const char *)base->data + (size_t)size * vec_row(v, row);
    for (uint32_t i = 0; i < size; i++) buf_char(out, at[s->little_endian ? i : size - 1 - i]);
}

static enum status raw_encode(struct encoder *base, const struct batch *b, uint32_t row, struct buf *out, struct error *e) {
    struct raw_encoder *n = (struct raw_encoder *)base;
    assert(b->column_count == 1);
    const struct vec *v = b->columns[0];
    if (vec_is_null(v, row)) return error_set(e, STATUS_EVALUATION, "The raw format cannot write NULL.");
    if (type_is_text(v->type)) append_text(&n->settings, strv_str(&VEC_VALUE(v, struct strv, row)), out);
    else if (type_is_bytes(v->type)) buf_str(out, strv_str(&VEC_VALUE(v, struct strv, row)));
    else append_number(&n->settings, v, row, out);
    buf_char(out, '\n');
    return out->failed ? error_no_memory(e, 0) : STATUS_OK;
}

static void raw_encoder_free(struct encoder *base) { (void)base; }

static const struct encoder_ops encoder_ops = {raw_encode, raw_encoder_free};

enum status raw_encoder_new(struct arena *a, const struct options *o, const struct type *row, const struct str *names, const struct zone *zone, struct encoder **ret, struct error *e) {
    (void)row, (void)names, (void)zone;
    struct raw_encoder *n = ARENA_NEW(a, struct raw_encoder);
    if (n == NULL) return error_no_memory(e, sizeof *n);
    n->base.ops = &encoder_ops;
    TRY(read_settings(a, o, &n->settings, e));
    *ret = &n->base;
    return STATUS_OK;
}
