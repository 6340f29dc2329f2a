/* SPDX-License-Identifier: Apache-2.0 */
/*
 * command: the table of the shell's commands. psql's \ names and SQLite's and DuckDB's dotted ones lie side
 * by side, so that whoever knows one of them is at home; Flink's client commands are words.
 */
#include "shell/command.h"

#include <assert.h>

static const struct command_row rows[] = {
    {SHELL_DESCRIBE, "\\d", ".tables .schema \\dt", ARGUMENT_TABLE, "[TABLE]", "list the tables and views, or describe one"},
    {SHELL_FUNCTIONS, "\\f", ".functions \\df", ARGUMENT_FUNCTION, "[PATTERN]", "list the functions, with % as in LIKE; one name: its signature"},
    {SHELL_CATALOGS, "\\l", ".databases", ARGUMENT_NONE, "", "list the catalogs and databases"},
    {SHELL_MODE, ".mode", "", ARGUMENT_MODE, "[MODE]", "how results are shown: table, changelog, json, csv or markdown"},
    {SHELL_LAST, ".last", "\\g", ARGUMENT_MODE, "[MODE]", "the last result again, perhaps in another mode"},
    {SHELL_READ, ".read", "\\i SOURCE", ARGUMENT_FILE, "FILE", "run the statements of a file"},
    {SHELL_TIMER, ".timer", "\\timing", ARGUMENT_SWITCH, "[on|off]", "say how long each statement took"},
    {SHELL_ROWS, ".rows", ".maxrows", ARGUMENT_NUMBER, "[N]", "show at most N rows of a table; 0: all"},
    {SHELL_WIDTH, ".width", "", ARGUMENT_NUMBER, "[N]", "cut columns wider than N; 0: never"},
    {SHELL_PAGER, ".pager", "\\pset", ARGUMENT_SWITCH, "[on|off]", "show tables that do not fit by $PAGER"},
    {SHELL_HISTORY, ".history", "\\s", ARGUMENT_NUMBER, "[N]", "list the last N statements"},
    {SHELL_EDIT, "\\e", ".edit", ARGUMENT_NONE, "", "edit the last statement in $EDITOR"},
    {SHELL_CLEAR, ".clear", "CLEAR", ARGUMENT_NONE, "", "clear the screen"},
    {SHELL_HELP, "\\?", ".help HELP", ARGUMENT_NONE, "", "this help"},
    {SHELL_QUIT, "\\q", ".quit .exit QUIT EXIT", ARGUMENT_NONE, "", "leave"},
};

enum { ROW_COUNT = sizeof rows / sizeof rows[0] };

const struct command_row *command_at(uint32_t index) { return index < ROW_COUNT ? &rows[index] : NULL; }

struct str command_other(const struct command_row *c, uint32_t index) {
    assert(c != NULL);
    for (const char *at = c->others; *at != '\0';) {
        const char *end = strchr(at, ' ');
        size_t size = end == NULL ? strlen(at) : (size_t)(end - at);
        if (index-- == 0) return (struct str){at, size};
        at += end == NULL ? size : size + 1;
    }
    return STR("");
}

const struct command_row *command_find(struct str name) {
    for (uint32_t i = 0; i < ROW_COUNT; i++) {
        if (str_equal_ignore_case(str_of(rows[i].name), name)) return &rows[i];
        for (uint32_t k = 0; command_other(&rows[i], k).size_bytes > 0; k++) {
            if (str_equal_ignore_case(command_other(&rows[i], k), name)) return &rows[i];
        }
    }
    return NULL;
}

static bool is_blank(char c) { return (unsigned char)c <= ' '; }

static struct str trim(struct str s, bool semicolon) {
    while (s.size_bytes > 0 && (is_blank(s.at[s.size_bytes - 1]) || (semicolon && s.at[s.size_bytes - 1] == ';'))) s.size_bytes--;
    while (s.size_bytes > 0 && is_blank(s.at[0])) s.at++, s.size_bytes--;
    return s;
}

bool command_split(struct str text, struct str *ret_name, struct str *ret_argument) {
    struct str s = trim(text, false);
    if (s.size_bytes == 0) return false;
    bool dotted = s.at[0] == '\\' || (s.at[0] == '.' && s.size_bytes > 1 && (s.at[1] < '0' || s.at[1] > '9'));
    s = trim(s, true);
    size_t n = 0;
    while (n < s.size_bytes && !is_blank(s.at[n])) n++;
    struct str name = {s.at, n}, argument = trim((struct str){s.at + n, s.size_bytes - n}, true);
    if (!dotted) {
        const struct command_row *c = n == 0 ? NULL : command_find(name);
        if (c == NULL || (c->kind == ARGUMENT_NONE && argument.size_bytes > 0)) return false;
        if (c->kind == ARGUMENT_FILE && argument.size_bytes == 0) return false;
    }
    *ret_name = name;
    *ret_argument = argument;
    return true;
}

void command_list(struct buf *out) {
    for (uint32_t i = 0; i < ROW_COUNT; i++) {
        struct buf names = BUF_INIT;
        buf_format(&names, "%s %s", rows[i].name, rows[i].argument);
        buf_format(out, "  %-18.*s %s", STR_ARG(buf_view(&names)), rows[i].doc);
        buf_deinit(&names);
        if (rows[i].others[0] != '\0') buf_format(out, " (also %s)", rows[i].others);
        buf_char(out, '\n');
    }
}
