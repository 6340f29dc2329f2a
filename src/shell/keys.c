/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keys: a decoder over a small buffer. An escape sequence is ESC [ parameters final or ESC O final; the second
 * parameter is 1 + modifiers (2 Alt, 4 Ctrl). What is not known is one KEY_UNKNOWN, so that no stray bytes
 * land in the text. A paste is bounded: what is longer than PASTE_BYTES_MAX is cut.
 */
#include "shell/keys.h"

#include <assert.h>
#include <string.h>
#include <utf8proc.h>

static const struct str paste_begin = {"\x1b[200~", 6}, paste_end = {"\x1b[201~", 6};

void keys_deinit(struct keys *k) {
    buf_deinit(&k->bytes);
    buf_deinit(&k->paste);
}

void keys_feed(struct keys *k, struct str bytes) {
    if (k->at > 0) {
        memmove(k->bytes.at, k->bytes.at + k->at, k->bytes.size_bytes - k->at);
        k->bytes.size_bytes -= k->at;
        k->at = 0;
    }
    buf_str(&k->bytes, bytes);
}

bool keys_pending(const struct keys *k) { return k->at < k->bytes.size_bytes; }

static struct str rest_of(const struct keys *k) { return (struct str){k->bytes.at + k->at, k->bytes.size_bytes - k->at}; }

static bool starts_with(struct str s, struct str prefix) {
    return s.size_bytes >= prefix.size_bytes && memcmp(s.at, prefix.at, prefix.size_bytes) == 0;
}

/* Bytes of a paste up to its end mark; false: the mark is not there yet. */
static bool next_paste(struct keys *k, struct key *ret) {
    struct str rest = rest_of(k);
    const char *end = memmem(rest.at, rest.size_bytes, paste_end.at, paste_end.size_bytes);
    /* Without the mark, the last bytes may be its beginning. */
    size_t keep = rest.size_bytes < paste_end.size_bytes ? rest.size_bytes : paste_end.size_bytes - 1;
    size_t size = end == NULL ? rest.size_bytes - keep : (size_t)(end - rest.at);
    size_t room = PASTE_BYTES_MAX - k->paste.size_bytes;
    buf_append(&k->paste, rest.at, size < room ? size : room);
    k->at += size;
    if (end == NULL) return false;
    k->at += paste_end.size_bytes;
    k->pasting = false;
    *ret = (struct key){KEY_PASTE, buf_view(&k->paste)};
    return true;
}

struct sequence { const char *text; uint32_t code; };

/* Final byte of ESC [ x and ESC O x, and the number of ESC [ n ~. */
static uint32_t letter_key(char final) {
    static const struct sequence letters[] = {
        {"A", KEY_UP}, {"B", KEY_DOWN}, {"C", KEY_RIGHT}, {"D", KEY_LEFT}, {"H", KEY_HOME}, {"F", KEY_END},
        {"Z", KEY_BACK_TAB}, {"M", KEY_ENTER},
    };
    for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++) {
        if (letters[i].text[0] == final) return letters[i].code;
    }
    return KEY_UNKNOWN;
}

static uint32_t number_key(uint32_t n) {
    static const uint32_t numbers[] = {
        [1] = KEY_HOME, [2] = KEY_INSERT, [3] = KEY_DELETE, [4] = KEY_END, [5] = KEY_PAGE_UP, [6] = KEY_PAGE_DOWN, [7] = KEY_HOME, [8] = KEY_END,
    };
    return n < sizeof numbers / sizeof numbers[0] && numbers[n] != 0 ? numbers[n] : KEY_UNKNOWN;
}

static uint32_t with_modifiers(uint32_t code, uint32_t parameter) {
    uint32_t bits = parameter == 0 ? 0 : parameter - 1;
    if ((bits & 2) != 0) code |= KEY_ALT;
    if ((bits & 4) != 0 && code != KEY_UNKNOWN) code |= KEY_CTRL_FLAG;
    return code;
}

/* s begins with ESC [ or ESC O. The bytes used, 0: not whole yet. */
static size_t csi(struct str s, uint32_t *ret) {
    uint32_t parameters[2] = {0, 0};
    uint32_t p = 0;
    size_t i = 2;
    for (; i < s.size_bytes && i < 32; i++) {
        char c = s.at[i];
        if (c >= '0' && c <= '9' && p < 2) {
            parameters[p] = (parameters[p] * 10 + (uint32_t)(c - '0')) % 100000;
        } else if (c == ';') {
            p++;
        } else if (c >= 0x40 && c <= 0x7e) {
            break;
        }
    }
    if (i >= s.size_bytes) return 0;
    uint32_t code = s.at[i] == '~' ? number_key(parameters[0]) : letter_key(s.at[i]);
    *ret = with_modifiers(code, parameters[1]);
    return i + 1;
}

/* One character of plain text; the bytes used, 0: not whole yet. */
static size_t character(struct str s, uint32_t *ret) {
    unsigned char c = (unsigned char)s.at[0];
    size_t need = c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    if (s.size_bytes < need) return 0;
    utf8proc_int32_t code = 0;
    utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)s.at, (utf8proc_ssize_t)s.size_bytes, &code);
    *ret = n > 0 ? (uint32_t)code : (uint32_t)KEY_UNKNOWN;
    return n > 0 ? (size_t)n : 1;
}

static size_t escape(struct str s, bool waited, uint32_t *ret) {
    assert(s.at[0] == KEY_ESCAPE);
    if (s.size_bytes == 1) {
        *ret = KEY_ESCAPE;
        return waited ? 1 : 0;
    }
    if (s.at[1] == '[' || s.at[1] == 'O') {
        size_t n = csi(s, ret);
        if (n > 0 || !waited) return n;
        *ret = KEY_UNKNOWN;
        return s.size_bytes;
    }
    if (s.at[1] == KEY_ESCAPE) { /* Alt with an arrow, as some terminals send it; or Escape twice */
        *ret = KEY_ESCAPE;
        return 1;
    }
    size_t n = character((struct str){s.at + 1, s.size_bytes - 1}, ret);
    if (n == 0) return waited ? s.size_bytes : 0;
    *ret |= KEY_ALT;
    return n + 1;
}

bool keys_next(struct keys *k, bool waited, struct key *ret) {
    for (;;) {
        struct str s = rest_of(k);
        uint32_t code = KEY_UNKNOWN;
        if (k->pasting) return next_paste(k, ret);
        if (s.size_bytes == 0) return false;
        if (starts_with(s, paste_begin)) {
            k->pasting = true;
            k->at += paste_begin.size_bytes;
            buf_reset(&k->paste);
            continue;
        }
        size_t n = s.at[0] == KEY_ESCAPE ? escape(s, waited, &code) : character(s, &code);
        if (n == 0) return false;
        k->at += n;
        *ret = (struct key){code, {NULL, 0}};
        return true;
    }
}

size_t character_bytes(uint32_t code, char ret[4]) {
    assert(code < 0x110000);
    utf8proc_ssize_t n = utf8proc_encode_char((utf8proc_int32_t)code, (utf8proc_uint8_t *)ret);
    return n > 0 ? (size_t)n : 0;
}
