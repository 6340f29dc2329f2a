/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_SHELL_EDITOR_INTERNAL_H
#define WEIR_SHELL_EDITOR_INTERNAL_H

#include "shell/editor.h"

/* editor_internal: what the files of the editor share; nobody else includes it. */

enum { UNDO_MAX = 200, NO_ENTRY = UINT32_MAX };

/* What the last key did, where the next one goes on with it. */
enum last_key { LAST_OTHER, LAST_TYPED, LAST_KILL, LAST_VERTICAL, LAST_TAB, LAST_UNDO };

struct undo_state { struct buf text; size_t cursor; };

struct editor {
    struct history *history;
    struct editor_help help;
    struct buf text;
    size_t cursor;
    bool failed;
    enum last_key last, now;     /* of the key before, and of this one */
    uint32_t wanted_column;      /* of a run of up and down */
    struct buf killed;
    struct undo_state undo[UNDO_MAX]; /* a ring: the newest is undo_count - 1 */
    uint32_t undo_count;
    uint32_t entry;              /* of history, that is shown; NO_ENTRY: the line that is typed */
    struct buf typed;            /* that line while entries are shown */
    bool searching, search_failed;
    struct buf search, search_prompt;
    uint32_t search_entry;
    struct arena *menu_arena;
    struct completion menu;      /* count 0: none */
    int64_t menu_selected;
};

/* edit_text.c: the text, bounded and undoable. */
void edit_replace(struct editor *ed, size_t from, size_t to, struct str with); /* the cursor goes behind it */
void edit_set(struct editor *ed, struct str text);                             /* no undo: another entry */
void edit_remember(struct editor *ed);                                         /* a state that undo returns to */
void edit_undo(struct editor *ed);
void edit_kill(struct editor *ed, size_t from, size_t to, bool before);
size_t line_begin(const struct editor *ed, size_t at);
size_t line_end(const struct editor *ed, size_t at);
size_t word_left(const struct editor *ed, size_t at, bool blanks_only);
size_t word_right(const struct editor *ed, size_t at);
/* Up or down by one line within the text; false: there is none. */
bool edit_vertical(struct editor *ed, int by);

/* edit_search.c: entries of history by position and by search. */
void entry_show(struct editor *ed, int by);
void search_begin(struct editor *ed);
void search_next(struct editor *ed, int by);
/* A key while searching; false: the search is over and the key still to be obeyed. */
bool search_key(struct editor *ed, const struct key *key);
void search_end(struct editor *ed);

/* edit_menu.c: completion. */
void menu_tab(struct editor *ed, int by);
void menu_close(struct editor *ed);

#endif
