/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_TEST_UNIT_SHELL_SHELL_CHECK_H
#define WEIR_TEST_UNIT_SHELL_SHELL_CHECK_H

#include "unit/unit.h"

#include "shell/editor.h"

#include <string.h>

/* shell_check: an editor without a terminal: bytes as a terminal sends them are typed into it. */
struct typist {
    struct env *env;
    struct history *history;
    struct editor *editor;
    struct keys keys;
    enum editor_outcome outcome;  /* of the last key */
    struct completion offers;     /* what completion answers */
    bool never_whole;
};

static bool typist_is_whole(void *context, struct str text) {
    const struct typist *t = context;
    return !t->never_whole && text.size_bytes > 0 && text.at[text.size_bytes - 1] == ';';
}

static void typist_complete(void *context, struct arena *a, struct str text, size_t cursor, struct completion *ret) {
    const struct typist *t = context;
    (void)a;
    (void)text;
    *ret = t->offers;
    ret->to = cursor;
}

static struct typist *typist_new(void) {
    static struct typist t;
    memset(&t, 0, sizeof t);
    struct editor_help help = {&t, typist_is_whole, typist_complete};
    t.env = env_posix_new();
    assert_non_null(t.env);
    assert_int_equal(history_new(t.env, (struct str){NULL, 0}, &t.history, NULL), STATUS_OK);
    assert_int_equal(editor_new(t.history, help, &t.editor, NULL), STATUS_OK);
    return &t;
}

static void typist_free(struct typist *t) {
    editor_free(t->editor);
    history_free(t->history);
    keys_deinit(&t->keys);
    env_free(t->env);
}

/* Presses keys; an entered text goes into the history and a new one begins. */
static void press(struct typist *t, const char *bytes) {
    struct key key;
    keys_feed(&t->keys, str_of(bytes));
    while (keys_next(&t->keys, true, &key)) t->outcome = editor_key(t->editor, &key);
}

static inline void enter(struct typist *t, const char *text) {
    press(t, text);
    press(t, "\r");
    assert_int_equal(t->outcome, EDITOR_ENTERED);
    assert_int_equal(history_add(t->history, editor_text(t->editor), NULL), STATUS_OK);
    editor_begin(t->editor);
}

/* The text with a bar where the cursor stands. */
static inline void assert_edited(const struct typist *t, const char *wanted) {
    struct buf shown = BUF_INIT;
    struct str text = editor_text(t->editor);
    size_t at = editor_cursor(t->editor);
    buf_append(&shown, text.at, at);
    buf_char(&shown, '|');
    buf_append(&shown, text.at + at, text.size_bytes - at);
    buf_char(&shown, '\0');
    assert_string_equal(shown.at, wanted);
    buf_deinit(&shown);
}

#endif
