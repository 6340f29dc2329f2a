/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_SHELL_EDITOR_H
#define WEIR_SHELL_EDITOR_H

#include "base/arena.h"
#include "base/list.h"
#include "shell/history.h"
#include "shell/keys.h"

/*
 * editor: a statement of several lines that is being typed: keys go in, text and cursor are what is asked
 * for. It knows no terminal; screen draws it. Keys are emacs', as in other shells; `editor_keys_text` lists them.
 */
struct editor;

/* What completion offers. */
struct candidate {
    struct str text;      /* takes the place of what stands there */
    struct str shown;     /* in the list; at == NULL: text */
    struct str note;      /* a signature, a type; may be empty */
    bool open;            /* more follows at once: no blank behind it */
};

struct completion {
    size_t from, to;      /* the range of the text that a candidate replaces */
    struct candidate *items;
    uint32_t count;
};

/* What the editor asks its owner. */
struct editor_help {
    void *context;
    /* Is text a whole statement (or command), so that Enter runs it? */
    bool (*is_whole)(void *context, struct str text);
    /* May leave *ret empty; what it points to lives in a. */
    void (*complete)(void *context, struct arena *a, struct str text, size_t cursor, struct completion *ret);
};

enum editor_outcome {
    EDITOR_GOES_ON,
    EDITOR_ENTERED,     /* editor_text is to be run */
    EDITOR_INTERRUPTED, /* Ctrl-C */
    EDITOR_ENDED,       /* Ctrl-D on an empty line */
    EDITOR_CLEARED,     /* Ctrl-L */
    EDITOR_SUSPENDED,   /* Ctrl-Z */
};

enum { EDITOR_BYTES_MAX = 4 << 20 };

/* history and help are lent. */
enum status editor_new(struct history *history, struct editor_help help, struct editor **ret, struct error *e);
void editor_free(struct editor *ed);
/* An empty text, a new line of history. */
void editor_begin(struct editor *ed);
/* Text to go on with, instead of the empty one; the cursor stands at its end. */
void editor_set(struct editor *ed, struct str text);
enum editor_outcome editor_key(struct editor *ed, const struct key *key);
struct str editor_text(const struct editor *ed);
size_t editor_cursor(const struct editor *ed);
/* A growth of the text failed; the text is what it was before. */
bool editor_failed(const struct editor *ed);

/* Instead of the prompt while history is searched; at == NULL: not searching. In the editor's memory. */
struct str editor_search_prompt(const struct editor *ed);
/* The open list of completions: NULL: none. selected < 0: none yet. */
const struct completion *editor_menu(const struct editor *ed, int64_t *ret_selected);

/* One line per key: name, two blanks or more, what it does. */
void editor_keys_text(struct buf *out);

#endif
