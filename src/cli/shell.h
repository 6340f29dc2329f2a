/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CLI_SHELL_H
#define WEIR_CLI_SHELL_H

#include "cli/args.h"
#include "cli/script.h"
#include "cli/view.h"
#include "shell/editor.h"
#include "shell/screen.h"

#include <stdatomic.h>

/*
 * shell: `weir` in front of a person. shell_input reads what is typed, shell_text takes texts apart into
 * statements and commands, shell_commands does the commands.
 */
struct shell {
    struct arena *arena;         /* of the session */
    struct env *env;
    const struct args *args;
    struct script *script;
    struct view *view;
    struct env_terminal *terminal;
    struct history *history;
    struct editor *editor;       /* NULL: a dumb terminal, which edits its lines itself */
    struct screen screen;
    struct keys keys;
    struct str prompt, more_prompt;
    struct str drafted;          /* what the next entry begins with; at == NULL: nothing */
    bool timer, ended;
    atomic_bool terminated;      /* by a signal */
    int depth;                   /* of files that read files */
};

/* shell_input.c: the next entry, in the session's arena; *ret_end: there is none. */
enum status shell_input(struct shell *sh, struct str *ret, bool *ret_end, struct error *e);
/* Is it whole, so that Enter runs it: a command, or ends with a semicolon. */
bool shell_is_whole(void *context, struct str text);

/*
 * shell_text.c: runs the statements and commands of a text, each command a line of its own. Errors have been told;
 * the first one ends the text and is returned.
 */
enum status shell_text(struct shell *sh, struct str name, struct str text);

/* shell_commands.c */
enum status shell_command_run(struct shell *sh, struct str name, struct str argument, struct error *e);

#endif
