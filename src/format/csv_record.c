/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csv_record: cuts one record into fields as Jackson's CSV parser does, whose rules Flink's csv format
 * has: records end at \n, \r\n or \r; a quoted field may hold delimiters and line ends; blanks may
 * follow a closing quote; blanks before a quote make the field unquoted unless spaces are trimmed.
 * A plain field is a slice of the input found sixteen bytes at a time; only fields with quotes or
 * escapes are copied.
 */
#include "format/csv.h"

#include <assert.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* First byte of [p, end) that may end or change an unquoted field; *high: a byte above 0x7f is near. */
static inline const char *next_stop(const struct csv_dialect *d, const char *p, const char *end, bool *high) {
    char escape = d->escape < 0 ? '\n' : (char)d->escape;
#ifdef __SSE2__
    const __m128i delimiter = _mm_set1_epi8(d->delimiter), newline = _mm_set1_epi8('\n');
    const __m128i carriage = _mm_set1_epi8('\r'), escapes = _mm_set1_epi8(escape);
    for (; end - p >= 16; p += 16) {
        __m128i x = _mm_loadu_si128((const __m128i *)p);
        __m128i hit = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(x, delimiter), _mm_cmpeq_epi8(x, newline)),
                                   _mm_or_si128(_mm_cmpeq_epi8(x, carriage), _mm_cmpeq_epi8(x, escapes)));
        int mask = _mm_movemask_epi8(hit);
        *high |= _mm_movemask_epi8(x) != 0;
        if (mask != 0) return p + __builtin_ctz((unsigned)mask);
    }
#endif
    while (p < end && *p != d->delimiter && *p != '\n' && *p != '\r' && *p != escape) *high |= *p++ < 0;
    return p;
}

static bool is_blank(const struct csv_dialect *d, char c) {
    return (unsigned char)c <= ' ' && c != d->delimiter && c != '\n' && c != '\r';
}

static void append_escaped(struct buf *out, char c) {
    switch (c) {
    case '0': buf_char(out, 0); break;
    case 'n': buf_char(out, '\n'); break;
    case 'r': buf_char(out, '\r'); break;
    case 't': buf_char(out, '\t'); break;
    default: buf_char(out, c);
    }
}

/* The bytes are special characters only where the dialect has them: -1 equals no byte. */
static bool is(char c, int special) { return (unsigned char)c == (unsigned)special; }

static void add_field(struct csv_record *r, const char *at, size_t size) {
    if (r->count == r->capacity) return;
    r->fields[r->count++] = (struct csv_field){at, (uint32_t)size, 0};
}

/* A field copied into text, which may still move: its place is fixed at the end of the record. */
static void add_copied(struct csv_record *r, size_t from) {
    if (r->count == r->capacity) return;
    r->fields[r->count++] = (struct csv_field){NULL, (uint32_t)(r->text.size_bytes - from), (uint32_t)from};
}

static void fix_copied(struct csv_record *r) {
    for (uint32_t i = 0; i < r->count; i++) {
        if (r->fields[i].at == NULL) r->fields[i].at = r->text.at + r->fields[i].text_from;
    }
}

/* An unquoted field with escapes; returns at its delimiter, line end or the end of input. */
static const char *unquoted_slow(const struct csv_dialect *d, struct csv_record *r, const char *p, const char *end) {
    size_t from = r->text.size_bytes;
    while (p < end && *p != d->delimiter && *p != '\n' && *p != '\r') {
        if (is(*p, d->escape) && p + 1 < end) append_escaped(&r->text, *++p);
        else buf_char(&r->text, *p);
        p++;
    }
    add_copied(r, from);
    return p;
}

static const char *unquoted(const struct csv_dialect *d, struct csv_record *r, const char *p, const char *end) {
    const char *stop = next_stop(d, p, end, &r->high);
    if (stop < end && is(*stop, d->escape) && *stop != '\n') {
        r->high = true; /* the slow way does not look */
        return unquoted_slow(d, r, p, end);
    }
    const char *last = stop;
    if (d->trim) {
        while (last > p && is_blank(d, last[-1])) last--;
    }
    add_field(r, p, (size_t)(last - p));
    return stop;
}

/* p is behind the opening quote. Returns at the delimiter or line end; NULL: no closing quote. */
static const char *quoted(const struct csv_dialect *d, struct csv_record *r, const char *p, const char *end) {
    const char *from = p, *close;
    size_t text_from = r->text.size_bytes;
    bool copied = false;
    for (;; p++) {
        if (p >= end) return NULL;
        r->high |= *p < 0;
        bool escape = is(*p, d->escape) && p + 1 < end;
        bool twice = is(*p, d->quote) && p + 1 < end && is(p[1], d->quote);
        if (!escape && !twice) {
            if (is(*p, d->quote)) break;
            if (copied) buf_char(&r->text, *p);
            continue;
        }
        if (!copied) buf_append(&r->text, from, (size_t)(p - from));
        copied = true;
        p++;
        if (escape) append_escaped(&r->text, *p);
        else buf_char(&r->text, *p);
    }
    close = p++;
    if (copied) add_copied(r, text_from);
    else add_field(r, from, (size_t)(close - from));
    while (p < end && is_blank(d, *p)) p++;
    if (p < end && *p != d->delimiter && *p != '\n' && *p != '\r') r->bad = "Unexpected character behind a closing quote: expected a delimiter or the end of the line";
    return p;
}

/* Behind the line end at p (or the end of input); NULL: a \r at the end of input that may belong to \r\n. */
static const char *line_end(const char *p, const char *end, bool last) {
    if (p == end) return last ? p : NULL;
    if (*p == '\n') return p + 1;
    assert(*p == '\r');
    if (p + 1 == end) return last ? p + 1 : NULL;
    return p[1] == '\n' ? p + 2 : p + 1;
}

static const char *rest_of_line(struct csv_record *r, const char *p, const char *end, bool last) {
    while (p < end && *p != '\n' && *p != '\r') r->high |= *p++ < 0;
    return line_end(p, end, last);
}

/* What stands behind the last column: a trailing delimiter may be allowed, more may be ignored. */
static const char *trailing(const struct csv_dialect *d, struct csv_record *r, const char *p, const char *end, bool last) {
    if (p == end && !last) return NULL;
    bool empty = p == end || *p == '\n' || *p == '\r';
    if (!(empty && d->trailing_comma) && !d->ignore_unmappable) r->too_many = true;
    return rest_of_line(r, p, end, last);
}

static const char *read_fields(const struct csv_dialect *d, struct csv_record *r, const char *p, const char *end, bool last) {
    for (;;) {
        if (d->trim) {
            while (p < end && is_blank(d, *p)) p++;
        }
        if (p < end && is(*p, d->quote)) {
            p = quoted(d, r, p + 1, end);
            if (p == NULL) {
                r->bad = "Missing closing quote for value";
                return last ? end : NULL;
            }
            if (r->bad != NULL) return rest_of_line(r, p, end, last);
        } else {
            p = unquoted(d, r, p, end);
        }
        if (p == end || *p != d->delimiter) return line_end(p, end, last);
        p++;
        if (r->count == r->capacity) return trailing(d, r, p, end, last);
    }
}

const char *csv_record_read(const struct csv_dialect *d, struct csv_record *r, const char *p, const char *end, bool last) {
    buf_reset(&r->text);
    r->count = 0;
    r->too_many = r->high = false;
    r->bad = NULL;
    p = read_fields(d, r, p, end, last);
    if (p != NULL) fix_copied(r);
    if (r->text.failed) r->bad = "out of memory";
    return p;
}

const char *csv_skip_comments(const struct csv_dialect *d, const char *p, const char *end, bool last, bool *ret_more) {
    *ret_more = false;
    for (;;) {
        const char *q = p;
        while (q < end && is_blank(d, *q)) q++;
        if (q == end) {
            *ret_more = !last;
            return last ? end : p;
        }
        if (*q != '#' && *q != '\n' && *q != '\r') return p;
        struct csv_record ignored = {.count = 0};
        q = rest_of_line(&ignored, q, end, last);
        if (q == NULL) {
            *ret_more = true;
            return p;
        }
        p = q;
        if (p == end) return p;
    }
}
