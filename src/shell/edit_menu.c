/* SPDX-License-Identifier: Apache-2.0 */
/*
 * edit_menu: completion in the editor. The first Tab writes what all candidates have in common; when that
 * is nothing new, the list opens, and each further Tab takes the next one. A single candidate is taken at
 * once, with a blank behind it unless more follows it (a dot, a parenthesis, a folder).
 */
#include "shell/editor_internal.h"

#include "shell/width.h"

#include <assert.h>
#include <string.h>

void menu_close(struct editor *ed) {
    ed->menu.count = 0;
    ed->menu_selected = -1;
}

/* Puts text into the menu's range, which then spans it. */
static void put(struct editor *ed, struct str text) {
    assert(ed->menu.from <= ed->menu.to && ed->menu.to <= ed->text.size_bytes);
    edit_replace(ed, ed->menu.from, ed->menu.to, text);
    ed->menu.to = ed->menu.from + text.size_bytes;
}

static bool blank_follows(const struct editor *ed) {
    return ed->cursor < ed->text.size_bytes && ed->text.at[ed->cursor] == ' ';
}

static void take(struct editor *ed, const struct candidate *c) {
    put(ed, c->text);
    if (!c->open && !blank_follows(ed)) edit_replace(ed, ed->cursor, ed->cursor, STR(" "));
}

static struct str common_prefix(const struct completion *m) {
    struct str prefix = m->items[0].text;
    for (uint32_t i = 1; i < m->count; i++) {
        struct str t = m->items[i].text;
        size_t n = 0;
        while (n < prefix.size_bytes && n < t.size_bytes && prefix.at[n] == t.at[n]) n++;
        prefix.size_bytes = n;
    }
    while (prefix.size_bytes > 0 && ((unsigned char)prefix.at[prefix.size_bytes] & 0xc0) == 0x80) prefix.size_bytes--;
    return prefix;
}

static void open_menu(struct editor *ed) {
    ed->menu = (struct completion){0};
    arena_reset(ed->menu_arena);
    ed->help.complete(ed->help.context, ed->menu_arena, buf_view(&ed->text), ed->cursor, &ed->menu);
    ed->menu_selected = -1;
    if (ed->menu.count == 0) return;
    edit_remember(ed);
    if (ed->menu.count == 1) {
        take(ed, &ed->menu.items[0]);
        menu_close(ed);
        return;
    }
    struct str prefix = common_prefix(&ed->menu);
    if (prefix.size_bytes > ed->menu.to - ed->menu.from) put(ed, prefix);
}

void menu_tab(struct editor *ed, int by) {
    ed->now = LAST_TAB;
    if (ed->menu.count == 0) {
        open_menu(ed);
        return;
    }
    int64_t n = (int64_t)ed->menu.count, at = ed->menu_selected + by;
    ed->menu_selected = at < 0 ? n - 1 : at % n;
    put(ed, ed->menu.items[ed->menu_selected].text);
}
