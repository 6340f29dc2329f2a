/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_manual: `weir manual` prints the page weir(1) in roff: commands and options from the rows of --help,
 * so that page and program cannot disagree. The installation keeps the output.
 */
#include "cli/commands.h"
#include "cli/talk.h"

#include <stdlib.h>

/* Text for roff: backslashes, dashes, and a first character that would be a request. */
static void put(struct buf *out, const char *text) {
    if (*text == '.' || *text == '\'') buf_text(out, "\\&");
    for (; *text != '\0'; text++) {
        if (*text == '\\') buf_text(out, "\\e");
        else if (*text == '-') buf_text(out, "\\-");
        else buf_char(out, *text);
    }
}

static void put_commands(struct buf *out) {
    uint32_t count = 0;
    const struct subcommand_row *commands = args_commands(&count);
    buf_text(out, ".SH COMMANDS\n");
    for (uint32_t i = 0; i < count; i++) {
        const struct subcommand_row *c = &commands[i];
        buf_text(out, ".TP\n");
        if (c->name == NULL) buf_format(out, "\\fBweir\\fR \"\\fI%s\\fR\"\n", c->words);
        else buf_format(out, "\\fBweir %s\\fR \\fI%s\\fR\n", c->name, c->words);
        put(out, c->doc);
        buf_char(out, '\n');
    }
}

static void put_examples(struct buf *out) {
    uint32_t count = 0;
    const struct subcommand_row *commands = args_commands(&count);
    buf_text(out, ".SH EXAMPLES\n.nf\n");
    for (uint32_t i = 0; i < count; i++) {
        if (commands[i].examples != NULL) put(out, commands[i].examples);
    }
    buf_text(out, ".fi\n");
}

static void put_commands_of(struct buf *out, const struct flag_row *f) {
    uint32_t count = 0;
    const char *comma = "";
    const struct subcommand_row *commands = args_commands(&count);
    buf_text(out, " (");
    for (uint32_t i = 0; i < count; i++) {
        if ((commands[i].bit & f->commands) == 0) continue;
        buf_format(out, "%s%s", comma, commands[i].name == NULL ? "SQL" : commands[i].name);
        comma = ", ";
    }
    buf_text(out, ")\n");
}

static void put_options(struct buf *out) {
    uint32_t count = 0;
    const struct flag_row *flags = args_flags(&count);
    buf_text(out, ".SH OPTIONS\nIn parentheses: the commands that take the option.\n");
    for (uint32_t i = 0; i < count; i++) {
        buf_text(out, ".TP\n\\fB");
        put(out, flags[i].name);
        buf_text(out, "\\fR");
        if (flags[i].argument != NULL) buf_format(out, " \\fI%s\\fR", flags[i].argument);
        buf_char(out, '\n');
        put(out, flags[i].doc);
        put_commands_of(out, &flags[i]);
    }
    buf_text(out, ".TP\n\\fB\\-\\-help\\fR, \\fB\\-\\-version\\fR\nShow the options; show the version.\n");
}

static const char description[] =
    ".SH DESCRIPTION\n"
    "Runs Apache Flink SQL (2.3, streaming) natively: statements on the command line, scripts, and jobs that run for\n"
    "months with checkpoints. Data goes to standard output, everything else to standard error.\n"
    "Without arguments, at a terminal, it is a shell.\n"
    "In a query, the table \\fBstdin\\fR is standard input, and a file name in back\\-ticks is that file; their columns are\n"
    "read off the first rows.\n";

static const char ending[] =
    ".SH EXIT STATUS\n"
    "0: the work is done. 1: it failed; for \\fBcheck\\fR, something does not run. 2: the command line was wrong.\n"
    ".SH ENVIRONMENT\n"
    ".TP\n\\fBTZ\\fR\nthe time zone of a session, unless table.local\\-time\\-zone is set\n"
    ".TP\n\\fBWEIR_ISA\\fR\nthe level of the processor to use at most: v2, v3 or v4\n"
    ".TP\n\\fBNO_COLOR\\fR\nset: the shell shows no colours\n"
    ".TP\n\\fBPAGER\\fR\nwhat shows the shell's tables that do not fit on the terminal\n"
    ".SH FILES\n"
    ".TP\n\\fI~/.weirrc\\fR, \\fI$XDG_CONFIG_HOME/weir/weirrc\\fR\nstatements and commands that the shell runs when it starts\n"
    ".TP\n\\fI$XDG_STATE_HOME/weir/history\\fR (\\fI~/.local/state\\fR)\nwhat was typed\n";

static const char see_also[] =
    ".SH SEE ALSO\nThe folder of documents that is installed with the program: library.md, sql\\-support.md, differences.md.\n";

int cmd_manual(struct env *env) {
    struct buf out = BUF_INIT;
    struct error e = ERROR_INIT;
    buf_format(&out, ".TH WEIR 1 \"\" \"weir %s\" \"User Commands\"\n", WEIR_VERSION);
    buf_text(&out, ".SH NAME\nweir \\- Apache Flink SQL in one native program\n");
    buf_text(&out, ".SH SYNOPSIS\n\\fBweir\\fR [\\fICOMMAND\\fR] [\\fIOPTION\\fR]... [\\fIWORD\\fR]...\n");
    buf_text(&out, description);
    put_commands(&out);
    put_options(&out);
    buf_text(&out, ending);
    put_examples(&out);
    buf_text(&out, see_also);
    enum status s = talk_out(env, &out, &e);
    buf_deinit(&out);
    return s == STATUS_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
