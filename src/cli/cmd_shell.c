/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_shell: `weir` on a terminal: a session whose statements are typed. The rc file is read first, then entries
 * are read and run until Ctrl-D or \q; an error is told and the session goes on. None of this is touched by
 * `weir "SQL"`.
 */
#include "cli/commands.h"
#include "cli/shell.h"
#include "cli/talk.h"
#include "shell/complete.h"

#include "api/implicit.h"

#include <assert.h>
#include <stdlib.h>

enum { RC_BYTES_MAX = 1 << 20, SIGNAL_TERMINATE = 15, ROWS_SHOWN = 500 };

static void on_signal(void *context, int number) {
    struct shell *sh = context;
    if (number == SIGNAL_TERMINATE) atomic_store(&sh->terminated, true);
    script_stop(sh->script);
    env_terminal_wake(sh->terminal);
}

/* ---- where files lie -------------------------------------------------------------------------------------- */

/* $<variable>/<name>, or $HOME/<fallback>/<name>; at == NULL: neither is set. */
static struct str xdg_path(struct shell *sh, const char *variable, const char *fallback, const char *name) {
    struct str base = env_variable(sh->env, variable), home = env_variable(sh->env, "HOME");
    if (base.at != NULL && base.size_bytes > 0) return arena_format(sh->arena, "%.*s/weir/%s", STR_ARG(base), name);
    if (home.at == NULL || home.size_bytes == 0) return (struct str){NULL, 0};
    return arena_format(sh->arena, "%.*s/%s/weir/%s", STR_ARG(home), fallback, name);
}

static struct str history_path(struct shell *sh) {
    struct str given = sh->args->history;
    if (given.at != NULL) return given.size_bytes == 0 ? (struct str){NULL, 0} : given;
    return xdg_path(sh, "XDG_STATE_HOME", ".local/state", "history");
}

static enum status run_rc(struct shell *sh, struct str path) {
    struct env_stat st = {.kind = ENV_MISSING};
    struct error e = ERROR_INIT;
    struct str text = STR("");
    if (path.at == NULL || env_stat(sh->env, path, &st, &e) != STATUS_OK || st.kind != ENV_FILE) return STATUS_NOT_FOUND;
    if (env_read_file(sh->env, sh->arena, path, RC_BYTES_MAX, &text, &e) != STATUS_OK) {
        talk_error(sh->env, &e, STR("weir"), STR(""));
    } else if (text.size_bytes > 0) {
        (void)shell_text(sh, path, text); /* what is wrong in it has been told */
    }
    return STATUS_OK;
}

/* --rc FILE, or ~/.weirrc, or weirrc in the XDG folder of configuration: the first that is there. */
static void read_rc(struct shell *sh) {
    struct str home = env_variable(sh->env, "HOME"), given = sh->args->rc;
    if (given.at != NULL) {
        if (given.size_bytes > 0 && run_rc(sh, given) != STATUS_OK) talk_text(sh->env, "weir: there is no file '%.*s'\n", STR_ARG(given));
        return;
    }
    if (home.at != NULL && run_rc(sh, arena_format(sh->arena, "%.*s/.weirrc", STR_ARG(home))) == STATUS_OK) return;
    (void)run_rc(sh, xdg_path(sh, "XDG_CONFIG_HOME", ".config", "weirrc"));
}

/* ---- set up ------------------------------------------------------------------------------------------------- */

static void complete_here(void *context, struct arena *a, struct str text, size_t cursor, struct completion *ret) {
    struct shell *sh = context;
    struct error ignored = ERROR_INIT;
    /* Files that the statement names get their columns first. */
    (void)implicit_tables(script_session(sh->script), sh->env, text, (struct span){0, (uint32_t)text.size_bytes}, false, &ignored);
    complete(script_session(sh->script), sh->env, a, text, cursor, ret);
}

static enum status set_up(struct shell *sh, struct error *e) {
    TRY(env_terminal_open(sh->env, &sh->terminal, e));
    TRY(script_new(sh->arena, sh->env, sh->args, STR("<typed>"), &sh->script, e));
    TRY(view_new(sh->env, sh->terminal, &sh->view, e));
    TRY(history_new(sh->env, history_path(sh), &sh->history, e));
    struct editor_help ask = {.context = sh, .is_whole = shell_is_whole, .complete = complete_here};
    struct view_look *look = view_look(sh->view);
    if (look->ansi) TRY(editor_new(sh->history, ask, &sh->editor, e));
    look->pager = look->ansi;
    look->rows_max = ROWS_SHOWN;
    look->mode = sh->args->format;
    sh->screen.colors = look->colors;
    return env_signals(sh->env, on_signal, sh, e);
}

static void tear_down(struct shell *sh) {
    editor_free(sh->editor);
    keys_deinit(&sh->keys);
    history_free(sh->history);
    view_free(sh->view);
    if (sh->script != NULL) script_free(sh->script);
    env_terminal_close(sh->terminal);
}

static enum status greet(struct shell *sh, struct error *e) {
    struct buf out = BUF_INIT;
    if (!sh->args->quiet) buf_format(&out, "Weir %s (Flink SQL 2.3). \\? for help, Ctrl-D to leave.\n", WEIR_VERSION);
    enum status s = talk_out(sh->env, &out, e);
    buf_deinit(&out);
    return s;
}

static enum status converse(struct shell *sh, struct error *e) {
    TRY(greet(sh, e));
    script_watch(sh->script, NULL, false); /* its definitions need no answer */
    read_rc(sh);
    script_watch(sh->script, sh->view, true);
    while (!sh->ended && !atomic_load(&sh->terminated)) {
        struct str text = STR("");
        bool end = false;
        TRY(shell_input(sh, &text, &end, e));
        if (end) break;
        if (text.size_bytes > 0) (void)shell_text(sh, (struct str){NULL, 0}, text); /* its errors have been told */
    }
    return STATUS_OK;
}

int cmd_shell(struct arena *a, struct env *env, const struct args *args) {
    struct error e = ERROR_INIT;
    struct shell sh = {.arena = a, .env = env, .args = args, .keys = KEYS_INIT, .prompt = STR("weir> "), .more_prompt = STR("   -> ")};
    assert(env_isatty(env, env_stdin(env)) && env_isatty(env, env_stdout(env)));
    enum status s = set_up(&sh, &e);
    if (s == STATUS_OK) s = converse(&sh, &e);
    env_signals_end(env);
    tear_down(&sh);
    if (s != STATUS_OK && s != STATUS_CLOSED) talk_error(env, &e, STR("weir"), STR(""));
    return s == STATUS_OK || s == STATUS_CLOSED ? EXIT_SUCCESS : EXIT_FAILURE;
}
