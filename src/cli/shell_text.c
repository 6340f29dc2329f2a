/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shell_text: a text that was typed, pasted or read from a file, statement by statement. Where a statement could
 * begin, a line that is a command is one; a statement goes to its semicolon, the last one to the end of the text.
 */
#include "cli/shell.h"

#include "cli/talk.h"
#include "shell/command.h"
#include "sql/parser.h"

#include <assert.h>

enum { NS_PER_MS = 1000000 };

static size_t skip_blanks(struct str text, size_t at) {
    while (at < text.size_bytes && (unsigned char)text.at[at] <= ' ') at++;
    return at;
}

static struct str line_at(struct str text, size_t at) {
    const char *end = memchr(text.at + at, '\n', text.size_bytes - at);
    return (struct str){text.at + at, end == NULL ? text.size_bytes - at : (size_t)(end - text.at) - at};
}

static void tell_time(struct shell *sh, int64_t started_ns) {
    double ms = (double)(env_monotonic_ns(sh->env) - started_ns) / NS_PER_MS;
    if (!sh->timer) return;
    if (ms < 1000) talk_text(sh->env, "Time: %.3f ms\n", ms);
    else talk_text(sh->env, "Time: %.3f s\n", ms / 1000);
}

static enum status command(struct shell *sh, struct str name, struct str argument) {
    struct error e = ERROR_INIT;
    enum status s = shell_command_run(sh, name, argument, &e);
    if (s != STATUS_OK && e.status != STATUS_OK) talk_error(sh->env, &e, STR("weir"), STR(""));
    return s;
}

/* While it runs, Ctrl-C is its own and nothing that is typed is echoed into what it draws. */
static enum status statement(struct shell *sh, struct str name, struct str text, size_t from, size_t size) {
    struct error ignored = ERROR_INIT;
    if (sh->editor != NULL) (void)env_terminal_set(sh->terminal, TERMINAL_WATCH, &ignored);
    int64_t started = env_monotonic_ns(sh->env);
    enum status s = script_run_part(sh->script, name, text, from, size);
    if (s == STATUS_OK) tell_time(sh, started);
    (void)env_terminal_set(sh->terminal, TERMINAL_PLAIN, &ignored);
    return s;
}

/* Behind blanks and lines of comment. */
static size_t skip_comments(struct str text, size_t at) {
    for (;;) {
        at = skip_blanks(text, at);
        if (at + 1 >= text.size_bytes || text.at[at] != '-' || text.at[at + 1] != '-') return at;
        at += line_at(text, at).size_bytes;
    }
}

enum status shell_text(struct shell *sh, struct str name, struct str text) {
    assert(text.at != NULL);
    for (size_t at = skip_comments(text, 0); at < text.size_bytes && !sh->ended; at = skip_comments(text, at)) {
        struct str line = line_at(text, at), rest = {text.at + at, text.size_bytes - at}, word, argument;
        if (command_split(line, &word, &argument)) {
            at += line.size_bytes;
            TRY(command(sh, word, argument));
            continue;
        }
        size_t size = parse_statement_end(rest);
        if (size == 0) size = rest.size_bytes;
        size_t from = at;
        at += size;
        TRY(statement(sh, name, text, from, size));
    }
    return STATUS_OK;
}
