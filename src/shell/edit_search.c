/* SPDX-License-Identifier: Apache-2.0 */
/*
 * edit_search: history in the editor. Walking shows whole entries and keeps the line that was being typed
 * behind the newest; searching (Ctrl-R) shows the newest entry that holds the text, any case.
 */
#include "shell/editor_internal.h"

#include <assert.h>
#include <string.h>

static void show(struct editor *ed, uint32_t entry) {
    if (ed->entry == NO_ENTRY && entry != NO_ENTRY) {
        buf_reset(&ed->typed);
        buf_str(&ed->typed, buf_view(&ed->text));
    }
    ed->entry = entry;
    edit_set(ed, entry == NO_ENTRY ? buf_view(&ed->typed) : history_at(ed->history, entry));
}

void entry_show(struct editor *ed, int by) {
    uint32_t count = history_count(ed->history);
    uint32_t at = ed->entry == NO_ENTRY ? count : ed->entry;
    assert(by == 1 || by == -1);
    if (by < 0 && at > 0) show(ed, at - 1);
    if (by > 0 && at < count) show(ed, at + 1 == count ? NO_ENTRY : at + 1);
}

static void show_prompt(struct editor *ed) {
    buf_reset(&ed->search_prompt);
    buf_format(&ed->search_prompt, "%s '%.*s'> ", ed->search_failed ? "not found" : "search", STR_ARG(buf_view(&ed->search)));
}

static bool same_letter(char a, char b) {
    if (a >= 'A' && a <= 'Z') a = (char)(a | 0x20);
    if (b >= 'A' && b <= 'Z') b = (char)(b | 0x20);
    return a == b;
}

/* The last place of part in s; s.size_bytes: it is not there. */
static size_t last_place(struct str s, struct str part) {
    for (size_t at = s.size_bytes + 1; at-- > 0;) {
        if (at + part.size_bytes > s.size_bytes) continue;
        size_t i = 0;
        while (i < part.size_bytes && same_letter(s.at[at + i], part.at[i])) i++;
        if (i == part.size_bytes) return at;
    }
    return SIZE_MAX;
}

/* From `from` on in one direction, itself included. */
static void find(struct editor *ed, int64_t from, int by) {
    struct str part = buf_view(&ed->search);
    ed->search_failed = false;
    for (int64_t i = from; part.size_bytes > 0 && i >= 0 && i < (int64_t)history_count(ed->history); i += by) {
        size_t at = last_place(history_at(ed->history, (uint32_t)i), part);
        if (at == SIZE_MAX) continue;
        ed->search_entry = (uint32_t)i;
        show(ed, (uint32_t)i);
        ed->cursor = at;
        show_prompt(ed);
        return;
    }
    ed->search_failed = part.size_bytes > 0;
    show_prompt(ed);
}

void search_begin(struct editor *ed) {
    buf_reset(&ed->search);
    ed->searching = true;
    ed->search_failed = false;
    ed->search_entry = ed->entry == NO_ENTRY ? history_count(ed->history) : ed->entry;
    show_prompt(ed);
}

void search_next(struct editor *ed, int by) {
    assert(ed->searching);
    find(ed, (int64_t)ed->search_entry + by, by);
}

void search_end(struct editor *ed) { ed->searching = false; }

static void search_text_changed(struct editor *ed) {
    int64_t newest = (int64_t)history_count(ed->history) - 1;
    int64_t from = (int64_t)ed->search_entry < newest ? (int64_t)ed->search_entry : newest;
    find(ed, from, -1);
}

bool search_key(struct editor *ed, const struct key *key) {
    uint32_t c = key->code;
    if (c == KEY_CTRL('R') || c == KEY_CTRL('S')) {
        search_next(ed, c == KEY_CTRL('R') ? -1 : 1);
    } else if (c == KEY_BACKSPACE || c == KEY_CTRL('H')) {
        while (ed->search.size_bytes > 0 && ((unsigned char)ed->search.at[--ed->search.size_bytes] & 0xc0) == 0x80) {}
        ed->search_entry = history_count(ed->history);
        search_text_changed(ed);
    } else if (c == KEY_CTRL('G')) {
        search_end(ed);
        show(ed, NO_ENTRY);
    } else if (c >= 0x20 && c < 0x110000 && c != KEY_BACKSPACE) {
        char bytes[4];
        size_t n = character_bytes(c, bytes);
        buf_append(&ed->search, bytes, n);
        search_text_changed(ed);
    } else {
        search_end(ed); /* and the key does what it does; Escape only ends */
        return c == KEY_ESCAPE;
    }
    return true;
}
