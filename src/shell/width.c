/* SPDX-License-Identifier: Apache-2.0 */
/*
 * width: cells and clusters by utf8proc's tables. A cluster is as wide as its widest character, which is
 * what terminals do with accents and with emoji that are joined of several.
 */
#include "shell/width.h"

#include <assert.h>
#include <utf8proc.h>

/* The character at s[at]; broken bytes are U+FFFD of one byte. */
static size_t character_at(struct str s, size_t at, utf8proc_int32_t *ret) {
    assert(at < s.size_bytes);
    utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)s.at + at, (utf8proc_ssize_t)(s.size_bytes - at), ret);
    if (n > 0) return (size_t)n;
    *ret = 0xfffd;
    return 1;
}

size_t cluster_next(struct str s, size_t at) {
    if (at >= s.size_bytes) return s.size_bytes;
    utf8proc_int32_t before = 0, code = 0, state = 0;
    at += character_at(s, at, &before);
    while (at < s.size_bytes) {
        size_t n = character_at(s, at, &code);
        if (utf8proc_grapheme_break_stateful(before, code, &state)) break;
        at += n;
        before = code;
    }
    return at;
}

/* Clusters are found from the left: start where one certainly begins, behind a line's end or an ASCII pair. */
size_t cluster_before(struct str s, size_t at) {
    if (at > s.size_bytes) at = s.size_bytes;
    if (at == 0) return 0;
    size_t from = at - 1;
    while (from > 0 && !((unsigned char)s.at[from] < 0x80 && (unsigned char)s.at[from - 1] < 0x80 && s.at[from] != '\n')) from--;
    for (size_t next = cluster_next(s, from); next < at; next = cluster_next(s, from)) from = next;
    return from;
}

static uint32_t code_width(utf8proc_int32_t code) {
    if (code >= 0x20 && code < 0x7f) return 1;
    if (code == 0xfffd) return 1;
    int w = utf8proc_charwidth(code);
    return w < 0 ? 0 : (uint32_t)w;
}

uint32_t cluster_width(struct str s, size_t at, size_t end) {
    assert(at <= end && end <= s.size_bytes);
    uint32_t width = 0;
    while (at < end) {
        utf8proc_int32_t code = 0;
        at += character_at(s, at, &code);
        uint32_t w = code == 0xfe0f ? 2 : code_width(code); /* "show the one before as an emoji" */
        if (code == 0xfe0f && width == 0) w = 0;
        if (w > width) width = w;
    }
    return width;
}

uint32_t text_width(struct str s) {
    uint32_t width = 0;
    for (size_t at = 0; at < s.size_bytes;) {
        unsigned char c = (unsigned char)s.at[at];
        size_t next = at + 1;
        if (c >= 0x20 && c < 0x7f && (next == s.size_bytes || (unsigned char)s.at[next] < 0x80)) {
            width++;
        } else {
            next = cluster_next(s, at);
            width += cluster_width(s, at, next);
        }
        at = next;
    }
    return width;
}

size_t text_fit(struct str s, uint32_t cells) {
    uint32_t width = 0;
    size_t at = 0;
    while (at < s.size_bytes) {
        size_t next = cluster_next(s, at);
        width += cluster_width(s, at, next);
        if (width > cells) break;
        at = next;
    }
    return at;
}

/* C0, DEL and the C1 controls, which some terminals obey in UTF-8 too. */
static bool is_control(utf8proc_int32_t code) { return code < 0x20 || (code >= 0x7f && code < 0xa0); }

static void put_clean(struct buf *out, struct str s, size_t at, size_t end) {
    while (at < end) {
        utf8proc_int32_t code = 0;
        size_t n = character_at(s, at, &code);
        if (code == '\n') buf_text(out, "\\n");
        else if (code == '\t') buf_text(out, "\\t");
        else if (code == '\r') buf_text(out, "\\r");
        else if (is_control(code)) buf_format(out, "\\x%02x", (unsigned)code);
        else if (code == 0xfffd) buf_text(out, "\xef\xbf\xbd");
        else buf_append(out, s.at + at, n);
        at += n;
    }
}

/* Only printable ASCII: most texts. */
static bool is_plain(struct str s) {
    for (size_t i = 0; i < s.size_bytes; i++) {
        if (s.at[i] < 0x20 || s.at[i] >= 0x7f) return false;
    }
    return true;
}

uint32_t text_clean(struct buf *out, struct str s, uint32_t cells) {
    struct buf clean = BUF_INIT;
    struct str text = s;
    if (!is_plain(s)) {
        /* More than the cells can show is not looked at: each cluster that is kept takes a byte at least. */
        size_t enough = cells == 0 || s.size_bytes < (size_t)cells * 64 ? s.size_bytes : (size_t)cells * 64;
        put_clean(&clean, s, 0, enough);
        if (clean.failed) out->failed = true;
        text = buf_view(&clean);
    }
    uint32_t width = cells > 0 && text.size_bytes > (size_t)cells * 64 ? cells + 1 : text_width(text);
    if (cells == 0 || width <= cells) {
        buf_str(out, text);
    } else {
        size_t fits = text_fit(text, cells - 1);
        width = text_width((struct str){text.at, fits}) + 1;
        buf_append(out, text.at, fits);
        buf_text(out, "\xe2\x80\xa6");
    }
    buf_deinit(&clean);
    return width;
}
