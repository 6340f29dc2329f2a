/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_SHELL_COMMAND_H
#define WEIR_SHELL_COMMAND_H

#include "base/buf.h"
#include "base/str.h"

#include <stdbool.h>

/*
 * command: what a shell understands besides SQL: one row per command, with its names, its argument and what
 * it does. Recognising, completing and listing them comes from the rows.
 */
enum shell_command {
    SHELL_DESCRIBE, SHELL_FUNCTIONS, SHELL_CATALOGS, SHELL_HELP, SHELL_QUIT, SHELL_READ, SHELL_MODE, SHELL_TIMER,
    SHELL_LAST, SHELL_ROWS, SHELL_WIDTH, SHELL_PAGER, SHELL_HISTORY, SHELL_EDIT, SHELL_CLEAR,
};

enum shell_argument { ARGUMENT_NONE, ARGUMENT_TABLE, ARGUMENT_FUNCTION, ARGUMENT_FILE, ARGUMENT_MODE, ARGUMENT_SWITCH, ARGUMENT_NUMBER };

struct command_row {
    enum shell_command id;
    const char *name;
    const char *others;       /* further names, blanks between; "" none */
    enum shell_argument kind;
    const char *argument;     /* as it is shown; "" none */
    const char *doc;
};

/* NULL behind the last. */
const struct command_row *command_at(uint32_t index);
const struct command_row *command_find(struct str name);
/* A name (not the first) of a row, for completion; empty behind the last. */
struct str command_other(const struct command_row *c, uint32_t index);
/*
 * A line that is a command: it begins with \ or a dot, or is one of QUIT, EXIT, HELP, CLEAR with or without
 * a semicolon. *ret_name and *ret_argument are parts of it.
 */
bool command_split(struct str text, struct str *ret_name, struct str *ret_argument);
/* One line per command. */
void command_list(struct buf *out);

#endif
