/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shell_input: from the terminal to an entry. With an editor each key is handed to it and the screen drawn once
 * all keys that are there have been obeyed, so a paste is one drawing. A terminal that obeys no escape sequences
 * (TERM=dumb) edits its lines itself: they are collected until a statement is whole.
 */
#include "cli/shell.h"

#include "cli/talk.h"
#include "shell/command.h"
#include "shell/complete.h"
#include "sql/parser.h"

#include <assert.h>

enum { READ_AT_ONCE = 4096, ESCAPE_WAIT_MS = 50 };

#define PASTE_ON "\x1b[?2004h"
#define PASTE_OFF "\x1b[?2004l"

static bool is_blank(char c) { return (unsigned char)c <= ' '; }

bool shell_is_whole(void *context, struct str text) {
    (void)context;
    struct str name, argument;
    while (text.size_bytes > 0 && is_blank(text.at[text.size_bytes - 1])) text.size_bytes--;
    if (text.size_bytes == 0 || command_split(text, &name, &argument)) return true;
    for (;;) { /* several statements may stand in one entry */
        size_t end = parse_statement_end(text);
        if (end == 0) return false;
        text.at += end;
        text.size_bytes -= end;
        bool rest = false;
        for (size_t i = 0; i < text.size_bytes; i++) rest = rest || !is_blank(text.at[i]);
        if (!rest) return true;
    }
}

static enum status take(struct shell *sh, struct str text, struct str *ret, struct error *e) {
    *ret = arena_str(sh->arena, text);
    if (ret->at == NULL) return error_no_memory(e, text.size_bytes);
    struct error ignored = ERROR_INIT; /* a full disk does not end a session */
    (void)history_add(sh->history, text, &ignored);
    return STATUS_OK;
}

/* ---- with the editor ------------------------------------------------------------------------------------ */

static void put(struct shell *sh, struct buf *out) {
    struct error ignored = ERROR_INIT;
    if (!out->failed && out->size_bytes > 0) (void)env_write(sh->env, env_stdout(sh->env), out->at, out->size_bytes, &ignored);
    buf_reset(out);
}

static void draw(struct shell *sh, struct buf *out) {
    struct arena *a = arena_new("hint", 0);
    struct str hint = a == NULL ? STR("") : complete_signature(a, editor_text(sh->editor), editor_cursor(sh->editor));
    screen_draw(&sh->screen, out, sh->prompt, sh->more_prompt, sh->editor, hint);
    put(sh, out);
    arena_free(a);
}

static void resize(struct shell *sh) {
    uint32_t rows = 0, columns = 0;
    env_terminal_size(sh->terminal, &rows, &columns);
    screen_resize(&sh->screen, rows, columns, sh->prompt, sh->more_prompt, sh->editor);
}

/* true: the entry is over. */
static bool obey(struct shell *sh, enum editor_outcome outcome, struct buf *out, bool *ret_entered) {
    switch (outcome) {
    case EDITOR_GOES_ON: return false;
    case EDITOR_CLEARED:
        buf_text(out, "\x1b[H\x1b[2J");
        screen_forget(&sh->screen);
        return false;
    case EDITOR_SUSPENDED:
        screen_leave(&sh->screen, out, sh->prompt, sh->more_prompt, sh->editor);
        put(sh, out);
        env_terminal_suspend(sh->terminal);
        return false;
    case EDITOR_INTERRUPTED:
        screen_leave(&sh->screen, out, sh->prompt, sh->more_prompt, sh->editor);
        editor_begin(sh->editor);
        return false;
    case EDITOR_ENDED: sh->ended = true; return true;
    case EDITOR_ENTERED: *ret_entered = true; return true;
    }
    assert(!"unknown outcome");
    return true;
}

/* Obeys the keys that are there; true: the entry is over. */
static bool obey_keys(struct shell *sh, bool waited, struct buf *out, bool *ret_entered) {
    struct key key;
    while (keys_next(&sh->keys, waited, &key)) {
        if (obey(sh, editor_key(sh->editor, &key), out, ret_entered)) return true;
    }
    return false;
}

static enum status read_keys(struct shell *sh, struct error *e) {
    char bytes[READ_AT_ONCE];
    size_t n = 0;
    TRY(env_read(sh->env, env_stdin(sh->env), bytes, sizeof bytes, &n, e));
    if (n == 0) sh->ended = true;
    keys_feed(&sh->keys, (struct str){bytes, n});
    return STATUS_OK;
}

static enum status edit(struct shell *sh, struct buf *out, bool *ret_entered, struct error *e) {
    bool over = obey_keys(sh, false, out, ret_entered); /* typed ahead */
    while (!over && !sh->ended) {
        draw(sh, out);
        bool waited = false;
        switch (env_terminal_wait(sh->terminal, keys_pending(&sh->keys) ? ESCAPE_WAIT_MS : -1)) {
        case TERMINAL_INPUT: TRY(read_keys(sh, e)); break;
        case TERMINAL_RESIZED: resize(sh); break;
        case TERMINAL_WOKEN: sh->ended = sh->ended || atomic_load(&sh->terminated); break;
        case TERMINAL_TIMEOUT: waited = true; break;
        }
        over = obey_keys(sh, waited, out, ret_entered);
    }
    return STATUS_OK;
}

static enum status edited_entry(struct shell *sh, struct str *ret, bool *ret_end, struct error *e) {
    struct buf out = BUF_INIT;
    bool entered = false;
    editor_begin(sh->editor);
    if (sh->drafted.at != NULL) editor_set(sh->editor, sh->drafted);
    sh->drafted = (struct str){NULL, 0};
    screen_forget(&sh->screen);
    env_terminal_size(sh->terminal, &sh->screen.rows, &sh->screen.columns);
    TRY(env_terminal_set(sh->terminal, TERMINAL_KEYS, e));
    buf_text(&out, PASTE_ON);
    enum status s = edit(sh, &out, &entered, e);
    screen_leave(&sh->screen, &out, sh->prompt, sh->more_prompt, sh->editor);
    buf_text(&out, PASTE_OFF);
    put(sh, &out);
    buf_deinit(&out);
    struct error ignored = ERROR_INIT;
    (void)env_terminal_set(sh->terminal, TERMINAL_PLAIN, &ignored);
    *ret_end = !entered;
    return s == STATUS_OK && entered ? take(sh, editor_text(sh->editor), ret, e) : s;
}

/* ---- without -------------------------------------------------------------------------------------------- */

static enum status plain_line(struct shell *sh, struct buf *text, struct error *e) {
    char bytes[READ_AT_ONCE];
    size_t n = 0;
    enum terminal_event event = env_terminal_wait(sh->terminal, -1);
    if (event == TERMINAL_WOKEN) { /* Ctrl-C drops what is typed */
        sh->ended = sh->ended || atomic_load(&sh->terminated);
        talk_text(sh->env, "\n");
        buf_reset(text);
    }
    if (event != TERMINAL_INPUT) return STATUS_OK;
    TRY(env_read(sh->env, env_stdin(sh->env), bytes, sizeof bytes, &n, e));
    if (n == 0) sh->ended = true;
    buf_append(text, bytes, n);
    return text->failed ? error_no_memory(e, n) : STATUS_OK;
}

static bool ends_line(const struct buf *text) { return text->size_bytes > 0 && text->at[text->size_bytes - 1] == '\n'; }

static enum status plain_entry(struct shell *sh, struct str *ret, bool *ret_end, struct error *e) {
    struct buf text = BUF_INIT;
    enum status s = STATUS_OK;
    bool whole = false;
    while (s == STATUS_OK && !whole && !sh->ended) {
        struct str prompt = text.size_bytes == 0 ? sh->prompt : sh->more_prompt;
        s = env_write(sh->env, env_stdout(sh->env), prompt.at, prompt.size_bytes, e);
        if (s == STATUS_OK) s = plain_line(sh, &text, e);
        whole = ends_line(&text) && shell_is_whole(sh, buf_view(&text));
    }
    *ret_end = !whole;
    if (s == STATUS_OK && whole) s = take(sh, buf_view(&text), ret, e);
    if (s == STATUS_OK && !whole) s = env_write(sh->env, env_stdout(sh->env), "\n", 1, e);
    buf_deinit(&text);
    return s;
}

enum status shell_input(struct shell *sh, struct str *ret, bool *ret_end, struct error *e) {
    assert(sh->terminal != NULL);
    return sh->editor != NULL ? edited_entry(sh, ret, ret_end, e) : plain_entry(sh, ret, ret_end, e);
}
