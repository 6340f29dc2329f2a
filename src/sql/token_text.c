/* SPDX-License-Identifier: Apache-2.0 */
/*
 * token_text: decodes the text of quoted tokens: doubled quotes, Unicode escapes (U&'\20ac'), C
 * escapes (E'\n'), hexadecimal bytes (X'0aff'). The result is never longer than what was written,
 * so one allocation of that size is enough. Names and strings without any escape are views of the
 * SQL text and cost nothing.
 */
#include "sql/lexer.h"

#include <assert.h>

/* One decoding run: from in the SQL text to out in the arena. */
struct decoder {
    const char *in, *end;
    char *out;
    const char *start; /* of the token, for error spans */
    uint32_t offset;   /* of the token */
    struct error *error;
};

static struct span span_here(const struct decoder *d, const char *from, size_t size) {
    uint32_t begin = d->offset + (uint32_t)(from - d->start);
    size_t left = (size_t)(d->end - from);
    return (struct span){begin, begin + (uint32_t)(size < left ? size : left)};
}

static int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* Reads up to max hexadecimal digits; the number read is the result. */
static int read_hex(struct decoder *d, int max, uint32_t *ret_value) {
    int n = 0;
    uint32_t v = 0;
    while (n < max && d->in < d->end && hex_value(*d->in) >= 0) {
        v = v * 16 + (uint32_t)hex_value(*d->in++);
        n++;
    }
    *ret_value = v;
    return n;
}

static void put_utf8(struct decoder *d, uint32_t c) {
    assert(c <= 0x10ffff);
    if (c < 0x80) {
        *d->out++ = (char)c;
    } else if (c < 0x800) {
        *d->out++ = (char)(0xc0 | (c >> 6));
        *d->out++ = (char)(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        *d->out++ = (char)(0xe0 | (c >> 12));
        *d->out++ = (char)(0x80 | ((c >> 6) & 0x3f));
        *d->out++ = (char)(0x80 | (c & 0x3f));
    } else {
        *d->out++ = (char)(0xf0 | (c >> 18));
        *d->out++ = (char)(0x80 | ((c >> 12) & 0x3f));
        *d->out++ = (char)(0x80 | ((c >> 6) & 0x3f));
        *d->out++ = (char)(0x80 | (c & 0x3f));
    }
}

/*
 * Exactly digits hexadecimal digits behind an escape, as a character. Two escapes that are the
 * halves of a UTF-16 pair make one; lead is the text that introduces the second half.
 */
static enum status take_unicode(struct decoder *d, const char *from, int digits, const char *lead, size_t lead_size) {
    uint32_t c = 0, low = 0;
    bool ok = read_hex(d, digits, &c) == digits && c <= 0x10ffff;
    if (ok && c >= 0xd800 && c < 0xdc00 && digits == 4 && (size_t)(d->end - d->in) >= lead_size + 4 &&
        memcmp(d->in, lead, lead_size) == 0) {
        d->in += lead_size;
        ok = read_hex(d, 4, &low) == 4 && low >= 0xdc00 && low < 0xe000;
        c = 0x10000 + ((c - 0xd800) << 10) + ((low - 0xdc00) & 0x3ff);
    }
    if (!ok || (c >= 0xd800 && c < 0xe000)) {
        return error_at(d->error, STATUS_SYNTAX, span_here(d, from, (size_t)(d->in - from) + 1),
                        "A Unicode escape needs exactly %d hexadecimal digits that name a character", digits);
    }
    put_utf8(d, c);
    return STATUS_OK;
}

static enum status decode_unicode(struct decoder *d, char quote, char escape) {
    while (d->in < d->end) {
        const char *from = d->in;
        char c = *d->in++;
        if (c == quote) d->in++;
        if (c != escape) {
            *d->out++ = c;
        } else if (d->in < d->end && *d->in == escape) {
            *d->out++ = *d->in++;
        } else {
            TRY(take_unicode(d, from, 4, &escape, 1));
        }
    }
    return STATUS_OK;
}

static void take_octal(struct decoder *d) {
    unsigned v = 0;
    for (int n = 0; n < 3 && d->in < d->end && *d->in >= '0' && *d->in <= '7'; n++) {
        v = v * 8 + (unsigned)(*d->in++ - '0');
    }
    put_utf8(d, v & 0xff);
}

/* One C escape; the back-slash is read already. */
static enum status take_c_escape(struct decoder *d, const char *from) {
    uint32_t v = 0;
    char c = *d->in++;
    switch (c) {
    case 'b': *d->out++ = '\b'; break;
    case 'f': *d->out++ = '\f'; break;
    case 'n': *d->out++ = '\n'; break;
    case 'r': *d->out++ = '\r'; break;
    case 't': *d->out++ = '\t'; break;
    case 'x':
        if (read_hex(d, 2, &v) == 0) *d->out++ = 'x';
        else put_utf8(d, v);
        break;
    case 'u': return take_unicode(d, from, 4, "\\u", 2);
    case 'U': return take_unicode(d, from, 8, "", 0);
    default:
        if (c >= '0' && c <= '7') {
            d->in--;
            take_octal(d);
        } else { /* no escape: both characters stay, but for quotes */
            if (c != '\'' && c != '\\' && c != '"') *d->out++ = '\\';
            *d->out++ = c;
        }
    }
    return STATUS_OK;
}

static enum status decode_c(struct decoder *d) {
    while (d->in < d->end) {
        const char *from = d->in;
        char c = *d->in++;
        if (c == '\\' && d->in < d->end) {
            TRY(take_c_escape(d, from));
        } else {
            if (c == '\'') d->in++;
            *d->out++ = c;
        }
    }
    return STATUS_OK;
}

static enum status decode_hex(struct decoder *d) {
    while (d->in < d->end) {
        const char *from = d->in;
        uint32_t v = 0;
        if (read_hex(d, 2, &v) != 2) {
            return error_at(d->error, STATUS_SYNTAX, span_here(d, from, 2),
                            "X'...' needs an even number of hexadecimal digits (0-9, A-F)");
        }
        *d->out++ = (char)v;
    }
    return STATUS_OK;
}

static void decode_doubled(struct decoder *d, char quote) {
    while (d->in < d->end) {
        char c = *d->in++;
        if (c == quote) d->in++;
        *d->out++ = c;
    }
}

/* The part between the quotes, as written. */
static struct str inner_text(const struct token *t) {
    size_t prefix = 1;
    if (t->kind == TOKEN_BYTES || t->form == FORM_C) prefix = 2;
    else if (t->form == FORM_UNICODE) prefix = 3;
    assert(t->text.size_bytes >= prefix + 1);
    return (struct str){t->text.at + prefix, t->text.size_bytes - prefix - 1};
}

enum status token_decode(struct token *t, struct arena *arena, char unicode_escape,
                         struct error *error) {
    assert(t->kind == TOKEN_STRING || t->kind == TOKEN_BYTES || t->kind == TOKEN_QUOTED_NAME);
    struct str inner = inner_text(t);
    bool name = t->kind == TOKEN_QUOTED_NAME, plain = t->kind != TOKEN_BYTES && t->form == FORM_PLAIN;
    char quote = !name ? '\'' : plain ? '`' : '"';
    if (plain && (inner.size_bytes == 0 || memchr(inner.at, quote, inner.size_bytes) == NULL)) {
        t->text = inner;
        return STATUS_OK;
    }
    char *out = arena_bytes(arena, inner.size_bytes + 1);
    if (out == NULL) return STATUS_NO_MEMORY;
    struct decoder d = {.in = inner.at, .end = inner.at + inner.size_bytes, .out = out,
                        .start = t->text.at, .offset = t->span.begin, .error = error};
    if (t->kind == TOKEN_BYTES) TRY(decode_hex(&d));
    else if (plain) decode_doubled(&d, quote);
    else if (t->form == FORM_C) TRY(decode_c(&d));
    else TRY(decode_unicode(&d, quote, unicode_escape));
    t->text = (struct str){out, (size_t)(d.out - out)};
    return STATUS_OK;
}
