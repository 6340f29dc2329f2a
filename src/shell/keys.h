/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_SHELL_KEYS_H
#define WEIR_SHELL_KEYS_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * keys: bytes from a terminal to keys: UTF-8 characters, control characters, the escape sequences of
 * arrows and friends as xterm, VT and the Linux console send them, Alt as a prefix, and bracketed paste
 * as one key with its text. Incremental: bytes come in any cut.
 */
enum key_code {
    /* below 0x20 and 0x7f: control characters; other values below 0x110000: characters */
    KEY_ENTER = '\r', KEY_TAB = '\t', KEY_ESCAPE = 0x1b, KEY_BACKSPACE = 0x7f,
    KEY_UP = 0x110000, KEY_DOWN, KEY_LEFT, KEY_RIGHT, KEY_HOME, KEY_END, KEY_PAGE_UP, KEY_PAGE_DOWN,
    KEY_DELETE, KEY_INSERT, KEY_BACK_TAB, KEY_PASTE, KEY_UNKNOWN,
};
enum { KEY_ALT = 1 << 24, KEY_CTRL_FLAG = 1 << 25, PASTE_BYTES_MAX = 1 << 20 };
#define KEY_CTRL(letter) ((letter) & 0x1f)

struct key {
    uint32_t code;      /* with KEY_ALT; KEY_CTRL_FLAG only on arrows and friends */
    struct str text;    /* of KEY_PASTE: until the next call */
};

struct keys {
    struct buf bytes;   /* not decoded yet, from `at` on */
    size_t at;
    struct buf paste;
    bool pasting;
};

#define KEYS_INIT {BUF_INIT, 0, BUF_INIT, false}

void keys_deinit(struct keys *k);
void keys_feed(struct keys *k, struct str bytes);
/*
 * The next key; false: more bytes are needed. `waited`: nothing followed for a moment, so an ESC by
 * itself is the key Escape.
 */
bool keys_next(struct keys *k, bool waited, struct key *ret);
/* The UTF-8 bytes of a character key; how many. */
size_t character_bytes(uint32_t code, char ret[4]);
/* Bytes are there that are no whole key yet. */
bool keys_pending(const struct keys *k);

#endif
