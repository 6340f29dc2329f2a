/* SPDX-License-Identifier: Apache-2.0 */
/*
 * editor: keys to changes, by one table of bindings; the list of keys that a person reads comes from it.
 * A key that is bound to nothing and is a character is typed. Everything that outlives a key is in struct editor.
 */
#include "shell/editor_internal.h"

#include "base/alloc.h"
#include "shell/width.h"

#include <assert.h>
#include <string.h>

/* ---- what keys do ------------------------------------------------------------------------------------ */

typedef enum editor_outcome (*key_action)(struct editor *ed);

static enum editor_outcome to_line_begin(struct editor *ed) {
    ed->cursor = line_begin(ed, ed->cursor);
    return EDITOR_GOES_ON;
}

static enum editor_outcome to_line_end(struct editor *ed) {
    ed->cursor = line_end(ed, ed->cursor);
    return EDITOR_GOES_ON;
}

static enum editor_outcome to_begin(struct editor *ed) {
    ed->cursor = 0;
    return EDITOR_GOES_ON;
}

static enum editor_outcome to_end(struct editor *ed) {
    ed->cursor = ed->text.size_bytes;
    return EDITOR_GOES_ON;
}

static enum editor_outcome left(struct editor *ed) {
    ed->cursor = cluster_before(buf_view(&ed->text), ed->cursor);
    return EDITOR_GOES_ON;
}

static enum editor_outcome right(struct editor *ed) {
    ed->cursor = cluster_next(buf_view(&ed->text), ed->cursor);
    return EDITOR_GOES_ON;
}

static enum editor_outcome word_back(struct editor *ed) {
    ed->cursor = word_left(ed, ed->cursor, false);
    return EDITOR_GOES_ON;
}

static enum editor_outcome word_forward(struct editor *ed) {
    ed->cursor = word_right(ed, ed->cursor);
    return EDITOR_GOES_ON;
}

static enum editor_outcome up(struct editor *ed) {
    if (!edit_vertical(ed, -1)) entry_show(ed, -1);
    return EDITOR_GOES_ON;
}

static enum editor_outcome down(struct editor *ed) {
    if (!edit_vertical(ed, 1)) entry_show(ed, 1);
    return EDITOR_GOES_ON;
}

static enum editor_outcome older(struct editor *ed) {
    entry_show(ed, -1);
    return EDITOR_GOES_ON;
}

static enum editor_outcome newer(struct editor *ed) {
    entry_show(ed, 1);
    return EDITOR_GOES_ON;
}

static enum editor_outcome delete_before(struct editor *ed) {
    if (ed->cursor == 0) return EDITOR_GOES_ON;
    edit_remember(ed);
    edit_replace(ed, cluster_before(buf_view(&ed->text), ed->cursor), ed->cursor, STR(""));
    return EDITOR_GOES_ON;
}

static enum editor_outcome delete_at(struct editor *ed) {
    if (ed->cursor == ed->text.size_bytes) return EDITOR_GOES_ON;
    edit_remember(ed);
    edit_replace(ed, ed->cursor, cluster_next(buf_view(&ed->text), ed->cursor), STR(""));
    return EDITOR_GOES_ON;
}

static enum editor_outcome delete_or_end(struct editor *ed) { return ed->text.size_bytes == 0 ? EDITOR_ENDED : delete_at(ed); }

static enum editor_outcome kill_to_end(struct editor *ed) {
    size_t end = line_end(ed, ed->cursor);
    if (end == ed->cursor && end < ed->text.size_bytes) end++; /* the line's end itself */
    edit_kill(ed, ed->cursor, end, false);
    return EDITOR_GOES_ON;
}

static enum editor_outcome kill_to_begin(struct editor *ed) {
    edit_kill(ed, line_begin(ed, ed->cursor), ed->cursor, true);
    return EDITOR_GOES_ON;
}

static enum editor_outcome kill_blank_word(struct editor *ed) {
    edit_kill(ed, word_left(ed, ed->cursor, true), ed->cursor, true);
    return EDITOR_GOES_ON;
}

static enum editor_outcome kill_word_before(struct editor *ed) {
    edit_kill(ed, word_left(ed, ed->cursor, false), ed->cursor, true);
    return EDITOR_GOES_ON;
}

static enum editor_outcome kill_word_behind(struct editor *ed) {
    edit_kill(ed, ed->cursor, word_right(ed, ed->cursor), false);
    return EDITOR_GOES_ON;
}

static enum editor_outcome yank(struct editor *ed) {
    edit_remember(ed);
    edit_replace(ed, ed->cursor, ed->cursor, buf_view(&ed->killed));
    return EDITOR_GOES_ON;
}

/* The characters before and at the cursor change places. */
static enum editor_outcome transpose(struct editor *ed) {
    struct str s = buf_view(&ed->text);
    size_t at = ed->cursor == s.size_bytes ? cluster_before(s, ed->cursor) : ed->cursor;
    size_t before = cluster_before(s, at), end = cluster_next(s, at);
    char pair[128];
    if (at == 0 || s.at[before] == '\n' || end - before > sizeof pair) return EDITOR_GOES_ON;
    memcpy(pair, s.at + at, end - at);
    memcpy(pair + (end - at), s.at + before, at - before);
    edit_remember(ed);
    edit_replace(ed, before, end, (struct str){pair, end - before});
    return EDITOR_GOES_ON;
}

static enum editor_outcome undo(struct editor *ed) {
    ed->now = LAST_UNDO;
    edit_undo(ed);
    return EDITOR_GOES_ON;
}

static enum editor_outcome new_line(struct editor *ed) {
    edit_remember(ed);
    edit_replace(ed, ed->cursor, ed->cursor, STR("\n"));
    return EDITOR_GOES_ON;
}

static bool is_empty(struct str s) {
    for (size_t i = 0; i < s.size_bytes; i++) {
        if ((unsigned char)s.at[i] > ' ') return false;
    }
    return true;
}

static enum editor_outcome enter(struct editor *ed) {
    struct str text = buf_view(&ed->text);
    if (ed->menu_selected >= 0) { /* what Tab chose stays; the next Enter runs */
        menu_close(ed);
        return EDITOR_GOES_ON;
    }
    if (is_empty(text) || ed->help.is_whole(ed->help.context, text)) {
        ed->cursor = text.size_bytes;
        return EDITOR_ENTERED;
    }
    return new_line(ed);
}

static enum editor_outcome tab(struct editor *ed) {
    menu_tab(ed, 1);
    return EDITOR_GOES_ON;
}

static enum editor_outcome back_tab(struct editor *ed) {
    menu_tab(ed, -1);
    return EDITOR_GOES_ON;
}

static enum editor_outcome search(struct editor *ed) {
    search_begin(ed);
    return EDITOR_GOES_ON;
}

static enum editor_outcome interrupt(struct editor *ed) {
    (void)ed;
    return EDITOR_INTERRUPTED;
}

static enum editor_outcome clear(struct editor *ed) {
    (void)ed;
    return EDITOR_CLEARED;
}

static enum editor_outcome suspend(struct editor *ed) {
    (void)ed;
    return EDITOR_SUSPENDED;
}

struct binding {
    uint32_t code;
    key_action action;
    const char *name, *doc; /* NULL: another key of the same action, or not worth a line */
};

static const struct binding bindings[] = {
    {KEY_ENTER, enter, "Enter", "run a whole statement, else begin a new line"},
    {KEY_ENTER | KEY_ALT, new_line, "Alt-Enter", "begin a new line"},
    {'\n', new_line, NULL, NULL},
    {KEY_TAB, tab, "Tab", "complete; again: the next candidate (Shift-Tab: the one before)"},
    {KEY_BACK_TAB, back_tab, NULL, NULL},
    {KEY_UP, up, "Up, Down", "to the line above or below, then through the history"},
    {KEY_DOWN, down, NULL, NULL},
    {KEY_CTRL('P'), older, "Ctrl-P, Ctrl-N", "the statement before, the next one"},
    {KEY_CTRL('N'), newer, NULL, NULL},
    {KEY_PAGE_UP, older, NULL, NULL},
    {KEY_PAGE_DOWN, newer, NULL, NULL},
    {KEY_CTRL('R'), search, "Ctrl-R", "search the history; again: further back; Ctrl-G: leave it"},
    {KEY_CTRL('A'), to_line_begin, "Ctrl-A, Ctrl-E", "to the begin, the end of the line (Home, End)"},
    {KEY_HOME, to_line_begin, NULL, NULL},
    {KEY_CTRL('E'), to_line_end, NULL, NULL},
    {KEY_END, to_line_end, NULL, NULL},
    {KEY_HOME | KEY_CTRL_FLAG, to_begin, "Alt-<, Alt->", "to the begin, the end of the text"},
    {KEY_END | KEY_CTRL_FLAG, to_end, NULL, NULL},
    {'<' | KEY_ALT, to_begin, NULL, NULL},
    {'>' | KEY_ALT, to_end, NULL, NULL},
    {KEY_CTRL('B'), left, NULL, NULL},
    {KEY_LEFT, left, NULL, NULL},
    {KEY_CTRL('F'), right, NULL, NULL},
    {KEY_RIGHT, right, NULL, NULL},
    {'b' | KEY_ALT, word_back, "Alt-B, Alt-F", "by one word (Ctrl-Left, Ctrl-Right)"},
    {KEY_LEFT | KEY_CTRL_FLAG, word_back, NULL, NULL},
    {KEY_LEFT | KEY_ALT, word_back, NULL, NULL},
    {'f' | KEY_ALT, word_forward, NULL, NULL},
    {KEY_RIGHT | KEY_CTRL_FLAG, word_forward, NULL, NULL},
    {KEY_RIGHT | KEY_ALT, word_forward, NULL, NULL},
    {KEY_BACKSPACE, delete_before, NULL, NULL},
    {KEY_CTRL('H'), delete_before, NULL, NULL},
    {KEY_DELETE, delete_at, NULL, NULL},
    {KEY_CTRL('D'), delete_or_end, "Ctrl-D", "delete a character; on an empty line: leave"},
    {KEY_CTRL('K'), kill_to_end, "Ctrl-K, Ctrl-U", "cut to the end, from the begin of the line"},
    {KEY_CTRL('U'), kill_to_begin, NULL, NULL},
    {KEY_CTRL('W'), kill_blank_word, "Ctrl-W, Alt-D", "cut the word before, behind the cursor"},
    {KEY_BACKSPACE | KEY_ALT, kill_word_before, NULL, NULL},
    {'d' | KEY_ALT, kill_word_behind, NULL, NULL},
    {KEY_CTRL('Y'), yank, "Ctrl-Y", "insert what was cut"},
    {KEY_CTRL('T'), transpose, "Ctrl-T", "swap two characters"},
    {KEY_CTRL('_'), undo, "Ctrl-_", "undo"},
    {KEY_CTRL('C'), interrupt, "Ctrl-C", "drop what is typed; end a running query"},
    {KEY_CTRL('L'), clear, "Ctrl-L", "clear the screen"},
    {KEY_CTRL('Z'), suspend, NULL, NULL},
};

enum { BINDING_COUNT = sizeof bindings / sizeof bindings[0] };

void editor_keys_text(struct buf *out) {
    for (size_t i = 0; i < BINDING_COUNT; i++) {
        if (bindings[i].name != NULL) buf_format(out, "  %-16s %s\n", bindings[i].name, bindings[i].doc);
    }
}

/* ---- typed and pasted text ----------------------------------------------------------------------------- */

static void type_character(struct editor *ed, uint32_t code) {
    char bytes[4];
    size_t n = character_bytes(code, bytes);
    ed->now = LAST_TYPED;
    bool word_begins = code == ' ';
    if (ed->last != LAST_TYPED || word_begins) edit_remember(ed);
    edit_replace(ed, ed->cursor, ed->cursor, (struct str){bytes, n});
}

/* As it is but for line ends; control characters would move the cursor, so they are left out. */
static void paste(struct editor *ed, struct str s) {
    struct buf clean = BUF_INIT;
    for (size_t i = 0; i < s.size_bytes; i++) {
        unsigned char c = (unsigned char)s.at[i];
        if (c == '\r' && i + 1 < s.size_bytes && s.at[i + 1] == '\n') continue;
        if (c == '\r') c = '\n';
        if (c >= 0x20 ? c != 0x7f : c == '\n' || c == '\t') buf_char(&clean, (char)c);
    }
    edit_remember(ed);
    if (clean.failed) ed->failed = true;
    else edit_replace(ed, ed->cursor, ed->cursor, buf_view(&clean));
    buf_deinit(&clean);
}

static enum editor_outcome obey(struct editor *ed, const struct key *key) {
    for (size_t i = 0; i < BINDING_COUNT; i++) {
        if (bindings[i].code == key->code) return bindings[i].action(ed);
    }
    if (key->code == KEY_PASTE) paste(ed, key->text);
    else if (key->code >= 0x20 && key->code < 0x110000) type_character(ed, key->code);
    return EDITOR_GOES_ON;
}

enum editor_outcome editor_key(struct editor *ed, const struct key *key) {
    assert(ed->cursor <= ed->text.size_bytes);
    bool menu_key = key->code == KEY_TAB || key->code == KEY_BACK_TAB || key->code == KEY_ENTER;
    ed->failed = false;
    ed->now = LAST_OTHER;
    if (ed->searching && key->code == KEY_CTRL('C')) search_end(ed);
    if (ed->searching && search_key(ed, key)) return EDITOR_GOES_ON;
    if (!menu_key) menu_close(ed);
    enum editor_outcome outcome = obey(ed, key);
    if (outcome != EDITOR_GOES_ON) menu_close(ed);
    ed->last = ed->now;
    assert(ed->cursor <= ed->text.size_bytes);
    return outcome;
}

/* ---- life ----------------------------------------------------------------------------------------------- */

enum status editor_new(struct history *history, struct editor_help help, struct editor **ret, struct error *e) {
    assert(history != NULL && help.is_whole != NULL && help.complete != NULL);
    struct editor *ed = mem_calloc(1, sizeof *ed);
    if (ed == NULL) return error_no_memory(e, sizeof *ed);
    ed->history = history;
    ed->help = help;
    ed->menu_arena = arena_new("completion", 0);
    if (ed->menu_arena == NULL) {
        mem_free(ed);
        return error_no_memory(e, sizeof *ed);
    }
    editor_begin(ed);
    *ret = ed;
    return STATUS_OK;
}

void editor_free(struct editor *ed) {
    if (ed == NULL) return;
    for (uint32_t i = 0; i < UNDO_MAX; i++) buf_deinit(&ed->undo[i].text);
    buf_deinit(&ed->text);
    buf_deinit(&ed->killed);
    buf_deinit(&ed->typed);
    buf_deinit(&ed->search);
    buf_deinit(&ed->search_prompt);
    arena_free(ed->menu_arena);
    mem_free(ed);
}

void editor_begin(struct editor *ed) {
    assert(ed != NULL);
    buf_reset(&ed->text);
    buf_reset(&ed->typed);
    ed->cursor = 0;
    ed->undo_count = 0;
    ed->entry = NO_ENTRY;
    ed->last = LAST_OTHER;
    search_end(ed);
    menu_close(ed);
}

void editor_set(struct editor *ed, struct str text) {
    assert(ed->cursor <= ed->text.size_bytes);
    paste(ed, text);
}

struct str editor_text(const struct editor *ed) { return ed->text.at == NULL ? STR("") : buf_view(&ed->text); }

size_t editor_cursor(const struct editor *ed) { return ed->cursor; }

bool editor_failed(const struct editor *ed) { return ed->failed; }

struct str editor_search_prompt(const struct editor *ed) {
    return ed->searching ? buf_view(&ed->search_prompt) : (struct str){NULL, 0};
}

const struct completion *editor_menu(const struct editor *ed, int64_t *ret_selected) {
    *ret_selected = ed->menu_selected;
    return ed->menu.count == 0 ? NULL : &ed->menu;
}
