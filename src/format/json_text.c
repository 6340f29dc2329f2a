/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_text: the lexical rules of JSON that both decoding paths share, so that they cannot differ:
 * string and number tokens, UTF-8, escapes. The rules are Jackson's as Flink configures it: control
 * characters may stand in strings, a lone surrogate becomes '?'.
 */
#include "format/json.h"

#include <assert.h>

static int hex4(const char *s, const char *end) {
    if (end - s < 4) return -1;
    int v = 0;
    for (int i = 0; i < 4; i++) {
        char c = s[i];
        int d = c >= '0' && c <= '9' ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
        if (d < 0) return -1;
        v = v * 16 + d;
    }
    return v;
}

bool json_string_scan(const char *at, const char *end, uint32_t *ret_size, bool *ret_escaped) {
    bool escaped = false;
    for (const char *p = at; p < end; p++) {
        if (*p == '"') {
            *ret_size = (uint32_t)(p - at);
            *ret_escaped = escaped;
            return true;
        }
        if (*p != '\\') continue;
        escaped = true;
        if (++p == end) return false;
        if (*p == 'u') {
            if (hex4(p + 1, end) < 0) return false;
            p += 4;
        } else if (memchr("\"\\/bfnrt", *p, 8) == NULL) {
            return false;
        }
    }
    return false;
}

uint32_t json_number_scan(const char *at, const char *end) {
    const char *p = at;
    if (p < end && *p == '-') p++;
    const char *digits = p;
    while (p < end && *p >= '0' && *p <= '9') p++;
    if (p == digits || (*digits == '0' && p - digits > 1)) return 0;
    if (p < end && *p == '.') {
        const char *fraction = ++p;
        while (p < end && *p >= '0' && *p <= '9') p++;
        if (p == fraction) return 0;
    }
    if (p < end && (*p | 0x20) == 'e') {
        p++;
        if (p < end && (*p == '+' || *p == '-')) p++;
        const char *exponent = p;
        while (p < end && *p >= '0' && *p <= '9') p++;
        if (p == exponent) return 0;
    }
    return (uint32_t)(p - at);
}

/* Length of the well-formed sequence at s, 0 when it is none. */
static size_t utf8_sequence(const unsigned char *s, size_t left) {
    if (s[0] < 0x80) return 1;
    if (s[0] < 0xc2 || s[0] > 0xf4) return 0;
    size_t size = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
    if (left < size) return 0;
    for (size_t i = 1; i < size; i++) {
        if ((s[i] & 0xc0) != 0x80) return 0;
    }
    if (s[0] == 0xe0 && s[1] < 0xa0) return 0;
    if (s[0] == 0xed && s[1] > 0x9f) return 0;
    if (s[0] == 0xf0 && s[1] < 0x90) return 0;
    if (s[0] == 0xf4 && s[1] > 0x8f) return 0;
    return size;
}

bool json_utf8_valid(const char *at, size_t size) {
    const unsigned char *s = (const unsigned char *)at;
    for (size_t i = 0; i < size;) {
        uint64_t word;
        if (size - i >= 8 && (memcpy(&word, s + i, 8), (word & UINT64_C(0x8080808080808080)) == 0)) {
            i += 8;
            continue;
        }
        size_t n = utf8_sequence(s + i, size - i);
        if (n == 0) return false;
        i += n;
    }
    return true;
}

static void append_utf8(struct buf *out, uint32_t c) {
    if (c < 0x80) {
        buf_char(out, (char)c);
    } else if (c < 0x800) {
        buf_char(out, (char)(0xc0 | c >> 6));
        buf_char(out, (char)(0x80 | (c & 0x3f)));
    } else if (c < 0x10000) {
        buf_char(out, (char)(0xe0 | c >> 12));
        buf_char(out, (char)(0x80 | (c >> 6 & 0x3f)));
        buf_char(out, (char)(0x80 | (c & 0x3f)));
    } else {
        buf_char(out, (char)(0xf0 | c >> 18));
        buf_char(out, (char)(0x80 | (c >> 12 & 0x3f)));
        buf_char(out, (char)(0x80 | (c >> 6 & 0x3f)));
        buf_char(out, (char)(0x80 | (c & 0x3f)));
    }
}

/* \uXXXX at p (behind the u); returns behind it, or behind the pair. */
static const char *append_unicode(struct buf *out, const char *p, const char *end) {
    uint32_t c = (uint32_t)hex4(p, end);
    p += 4;
    if (c >= 0xd800 && c <= 0xdbff && end - p >= 6 && p[0] == '\\' && p[1] == 'u') {
        int low = hex4(p + 2, end);
        if (low >= 0xdc00 && low <= 0xdfff) {
            append_utf8(out, 0x10000 + ((c - 0xd800) << 10) + ((uint32_t)low - 0xdc00));
            return p + 6;
        }
    }
    append_utf8(out, c >= 0xd800 && c <= 0xdfff ? '?' : c);
    return p;
}

void json_unescape(struct buf *out, struct str raw) {
    const char *p = raw.at, *end = raw.at + raw.size_bytes;
    while (p < end) {
        const char *stop = memchr(p, '\\', (size_t)(end - p));
        if (stop == NULL) stop = end;
        buf_append(out, p, (size_t)(stop - p));
        p = stop;
        if (p == end) break;
        assert(p + 1 < end);
        static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
        char c = p[1];
        p += 2;
        if (c == 'u') {
            p = append_unicode(out, p, end);
        } else {
            buf_char(out, values[strchr(names, c) - names]);
        }
    }
}

void json_print_string(struct buf *out, struct str s) {
    static const char hex[] = "0123456789ABCDEF";
    buf_char(out, '"');
    size_t from = 0;
    for (size_t i = 0; i < s.size_bytes; i++) {
        unsigned char c = (unsigned char)s.at[i];
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        buf_append(out, s.at + from, i - from);
        from = i + 1;
        static const char special[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
        const char *found = memchr(special, c, sizeof special - 1);
        buf_char(out, '\\');
        if (found != NULL) {
            buf_char(out, letters[found - special]);
        } else {
            buf_text(out, "u00");
            buf_char(out, hex[c >> 4]);
            buf_char(out, hex[c & 15]);
        }
    }
    buf_append(out, s.at + from, s.size_bytes - from);
    buf_char(out, '"');
}
