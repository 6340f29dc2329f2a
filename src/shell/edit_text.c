/* SPDX-License-Identifier: Apache-2.0 */
/*
 * edit_text: changes of the text. All go through edit_replace, which bounds it and leaves it as it was when
 * there is no memory. Undo keeps whole texts, the oldest dropped: statements are small.
 */
#include "shell/editor_internal.h"

#include "shell/width.h"

#include <assert.h>
#include <string.h>

void edit_replace(struct editor *ed, size_t from, size_t to, struct str with) {
    assert(from <= to && to <= ed->text.size_bytes);
    size_t tail = ed->text.size_bytes - to;
    if (ed->text.size_bytes - (to - from) + with.size_bytes > EDITOR_BYTES_MAX || !buf_reserve(&ed->text, with.size_bytes + 1)) {
        ed->failed = true;
        ed->text.failed = false;
        return;
    }
    memmove(ed->text.at + from + with.size_bytes, ed->text.at + to, tail);
    if (with.size_bytes > 0) memcpy(ed->text.at + from, with.at, with.size_bytes);
    ed->text.size_bytes = from + with.size_bytes + tail;
    ed->cursor = from + with.size_bytes;
}

void edit_set(struct editor *ed, struct str text) {
    edit_replace(ed, 0, ed->text.size_bytes, text);
}

void edit_remember(struct editor *ed) {
    if (ed->undo_count == UNDO_MAX) {
        struct undo_state oldest = ed->undo[0];
        memmove(ed->undo, ed->undo + 1, (UNDO_MAX - 1) * sizeof *ed->undo);
        ed->undo[--ed->undo_count] = oldest;
    }
    struct undo_state *u = &ed->undo[ed->undo_count];
    buf_reset(&u->text);
    buf_str(&u->text, buf_view(&ed->text));
    u->cursor = ed->cursor;
    if (!u->text.failed) ed->undo_count++;
}

void edit_undo(struct editor *ed) {
    if (ed->undo_count == 0) return;
    const struct undo_state *u = &ed->undo[--ed->undo_count];
    edit_set(ed, buf_view(&u->text));
    ed->cursor = u->cursor <= ed->text.size_bytes ? u->cursor : ed->text.size_bytes;
}

/* Kills in a row are one text. */
void edit_kill(struct editor *ed, size_t from, size_t to, bool before) {
    assert(from <= to && to <= ed->text.size_bytes);
    if (from == to) return;
    struct str cut = {ed->text.at + from, to - from};
    struct buf joined = BUF_INIT;
    if (ed->last == LAST_KILL && !before) buf_str(&joined, buf_view(&ed->killed));
    buf_str(&joined, cut);
    if (ed->last == LAST_KILL && before) buf_str(&joined, buf_view(&ed->killed));
    buf_deinit(&ed->killed);
    ed->killed = joined;
    ed->now = LAST_KILL;
    edit_remember(ed);
    edit_replace(ed, from, to, (struct str){NULL, 0});
}

size_t line_begin(const struct editor *ed, size_t at) {
    assert(at <= ed->text.size_bytes);
    while (at > 0 && ed->text.at[at - 1] != '\n') at--;
    return at;
}

size_t line_end(const struct editor *ed, size_t at) {
    while (at < ed->text.size_bytes && ed->text.at[at] != '\n') at++;
    return at;
}

static bool is_word(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) != 0;
}

static bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\t'; }

size_t word_left(const struct editor *ed, size_t at, bool blanks_only) {
    const char *s = ed->text.at;
    while (at > 0 && (blanks_only ? is_blank(s[at - 1]) : !is_word(s[at - 1]))) at--;
    while (at > 0 && (blanks_only ? !is_blank(s[at - 1]) : is_word(s[at - 1]))) at--;
    return at;
}

size_t word_right(const struct editor *ed, size_t at) {
    const char *s = ed->text.at;
    size_t n = ed->text.size_bytes;
    while (at < n && !is_word(s[at])) at++;
    while (at < n && is_word(s[at])) at++;
    return at;
}

bool edit_vertical(struct editor *ed, int by) {
    size_t begin = line_begin(ed, ed->cursor), end = line_end(ed, ed->cursor);
    if (by < 0 ? begin == 0 : end == ed->text.size_bytes) return false;
    if (ed->last != LAST_VERTICAL) ed->wanted_column = text_width((struct str){ed->text.at + begin, ed->cursor - begin});
    ed->now = LAST_VERTICAL;
    size_t to = by < 0 ? line_begin(ed, begin - 1) : end + 1;
    struct str line = {ed->text.at + to, line_end(ed, to) - to};
    ed->cursor = to + text_fit(line, ed->wanted_column);
    return true;
}
