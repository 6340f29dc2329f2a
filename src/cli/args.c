/* SPDX-License-Identifier: Apache-2.0 */
/*
 * args: one table of flags. A flag's row says what it takes and where it is stored; parsing, help
 * and suggestions for misspelt flags come from the rows. A word that is no command is SQL text.
 */
#include "base/buf.h"
#include "base/suggest.h"
#include "catalog/option.h"
#include "cli/args.h"

#include <assert.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

enum flag_kind { FLAG_BOOL, FLAG_COUNT, FLAG_ROWS, FLAG_TEXT, FLAG_DURATION, FLAG_CHOICE, FLAG_SETTING, FLAG_SQL };
enum { ON_QUERY = 1, ON_RUN = 2, ON_EXPLAIN = 4, ON_TEST = 8, ON_CHECK = 16, ON_SUPPORT = 32 };

static const struct subcommand_row commands[] = {
    {NULL, COMMAND_QUERY, ON_QUERY, "SQL", "run a query or a few statements", false,
     "  weir \"SELECT UPPER('abc'), 1 + 1\"\n"
     "  cat orders.jsonl | weir \"SELECT item, COUNT(*) FROM stdin GROUP BY item\"\n"
     "  weir \"SELECT * FROM \\`data/*.csv\\` WHERE price > 10\" --format csv\n"
     "  tail -f access.log | weir \"SELECT line FROM stdin WHERE line LIKE '%error%'\"\n"},
    {"run", COMMAND_RUN, ON_RUN, "FILE|-", "run a script: SET, CREATE TABLE, INSERT INTO, SELECT, ...", true,
     "  weir run job.sql --set parallelism.default=2 --var DAY=2024-01-01\n"
     "  weir run job.sql --trigger available-now --savepoint /var/lib/job\n"
     "  weir run job.sql --supervise\n"},
    {"explain", COMMAND_EXPLAIN, ON_EXPLAIN, "FILE|-", "show the plans of a script's queries; nothing is run", true,
     "  weir explain job.sql\n"
     "  echo 'EXPLAIN CHANGELOG_MODE SELECT 1' | weir explain -\n"},
    {"check", COMMAND_CHECK, ON_CHECK, "FILE...", "say of each statement whether it runs, and what to look at; nothing is run", true,
     "  weir check job.sql\n"
     "  weir check job.sql --format sarif > job.sarif\n"},
    {"test", COMMAND_TEST, ON_TEST, "FILE...", "run test files; exit code 1 when a case fails", true,
     "  weir test test/*.test\n"
     "  weir test -j 4 --case late windows.test\n"
     "  weir test --update mine.test\n"},
    {"support", COMMAND_SUPPORT, ON_SUPPORT, "", "list what is supported, as Markdown", false,
     "  weir support > sql-support.md\n"},
    {"help", COMMAND_HELP, 0, "[COMMAND]", "show the options of a command", false,
     "  weir help run\n"},
    {"version", COMMAND_VERSION, 0, "", "show the version", false, NULL},
    {"completion", COMMAND_COMPLETION, 0, "bash|zsh|fish", "print the completion script of a shell", false,
     "  weir completion bash > ~/.local/share/bash-completion/completions/weir\n"},
    {"manual", COMMAND_MANUAL, 0, "", "print the manual page, for man -l", false,
     "  weir manual | man -l -\n"},
};

enum { COMMANDS = sizeof commands / sizeof commands[0] };

static const struct flag_row flags[] = {
    {"-c", FLAG_SQL, ON_QUERY, offsetof(struct args, words), "SQL", "run this SQL text (several statements allowed)", NULL},
    {"--set", FLAG_SETTING, ON_QUERY | ON_RUN | ON_EXPLAIN | ON_TEST, offsetof(struct args, settings), "KEY=VALUE", "as SET 'key' = 'value' before the first statement", NULL},
    {"--var", FLAG_SETTING, ON_QUERY | ON_RUN | ON_EXPLAIN | ON_CHECK, offsetof(struct args, variables), "NAME=VALUE", "value of ${NAME} in the script", NULL},
    {"--format", FLAG_CHOICE, ON_QUERY | ON_RUN, offsetof(struct args, format), "FORMAT", "table, changelog, json, csv or markdown", "auto table changelog json csv markdown"},
    {"--format", FLAG_CHOICE, ON_CHECK, offsetof(struct args, check_format), "FORMAT", "text (default), json or sarif", "text json sarif"},
    {"--schema", FLAG_BOOL, ON_QUERY | ON_RUN, offsetof(struct args, schema), NULL, "print first a line with the names and types of the result", NULL},
    {"--parallelism", FLAG_COUNT, ON_QUERY | ON_RUN | ON_EXPLAIN | ON_TEST, offsetof(struct args, parallelism), "N", "subtasks per operator; default: cores where the result cannot depend on it", NULL},
    {"--trigger", FLAG_TEXT, ON_QUERY | ON_RUN, offsetof(struct args, trigger), "WHEN", "continuous (default), interval=10s, or available-now", NULL},
    {"--from-savepoint", FLAG_TEXT, ON_RUN, offsetof(struct args, from_savepoint), "DIR", "start from this savepoint or checkpoint", NULL},
    {"--savepoint", FLAG_TEXT, ON_RUN, offsetof(struct args, savepoint), "DIR", "take a savepoint when available-now is done or on SIGTERM", NULL},
    {"--supervise", FLAG_BOOL, ON_RUN, offsetof(struct args, supervise), NULL, "start again from the latest checkpoint when the process dies", NULL},
    {"--resume", FLAG_BOOL, ON_RUN, offsetof(struct args, resume), NULL, "start from the newest checkpoint in execution.checkpointing.dir, if there is one", NULL},
    {"--max-rows", FLAG_ROWS, ON_QUERY | ON_RUN, offsetof(struct args, max_rows), "N", "end after this many result rows", NULL},
    {"--for", FLAG_DURATION, ON_QUERY | ON_RUN, offsetof(struct args, run_for_ms), "TIME", "end after this time, e.g. 10s", NULL},
    {"--history", FLAG_TEXT, ON_QUERY, offsetof(struct args, history), "FILE", "of the shell: keep what was typed here; '' nowhere", NULL},
    {"--rc", FLAG_TEXT, ON_QUERY, offsetof(struct args, rc), "FILE", "of the shell: run this first instead of ~/.weirrc; '' nothing", NULL},
    {"--quiet", FLAG_BOOL, ON_QUERY | ON_RUN, offsetof(struct args, quiet), NULL, "no progress line and no notes", NULL},
    {"--batch-rows", FLAG_COUNT, ON_QUERY | ON_RUN | ON_TEST, offsetof(struct args, batch_rows), "N", "rows of a batch, 1 to 2048", NULL},
    {"--functions", FLAG_BOOL, ON_SUPPORT, offsetof(struct args, functions), NULL, "the functions with their documentation and examples", NULL},
    {"--update", FLAG_BOOL, ON_TEST, offsetof(struct args, update), NULL, "write what came out into the file as the expectation", NULL},
    {"--case", FLAG_TEXT, ON_TEST, offsetof(struct args, filter), "TEXT", "only cases whose name contains this", NULL},
    {"-j", FLAG_COUNT, ON_TEST, offsetof(struct args, jobs), "N", "run N files at a time; default: as many as there are cores", NULL},
    {"--threads", FLAG_BOOL, ON_TEST, offsetof(struct args, threads), NULL, "run on worker threads instead of step by step", NULL},
    {"--checkpoint-every-batch", FLAG_BOOL, ON_TEST, offsetof(struct args, checkpoint_every_batch), NULL, "checkpoint and restore after every batch", NULL},
};

enum { FLAG_COUNT_ALL = sizeof flags / sizeof flags[0] };

const struct subcommand_row *args_commands(uint32_t *ret_count) {
    *ret_count = COMMANDS;
    return commands;
}

const struct flag_row *args_flags(uint32_t *ret_count) {
    *ret_count = FLAG_COUNT_ALL;
    return flags;
}

static const struct subcommand_row *subcommand_row(enum command c) {
    size_t i = 0;
    while (commands[i].command != c) i++;
    return &commands[i];
}

/* A command's own row of that name goes before another command's. */
static const struct flag_row *find_flag(enum command command, struct str name) {
    const struct flag_row *found = NULL;
    for (size_t i = 0; i < FLAG_COUNT_ALL; i++) {
        if (!str_equal(str_of(flags[i].name), name)) continue;
        if ((flags[i].commands & subcommand_row(command)->bit) != 0) return &flags[i];
        if (found == NULL) found = &flags[i];
    }
    return found;
}

static enum status unknown_flag(struct str name, struct error *e) {
    struct str names[FLAG_COUNT_ALL];
    for (size_t i = 0; i < FLAG_COUNT_ALL; i++) names[i] = str_of(flags[i].name);
    error_set(e, STATUS_INVALID, "Unknown option %.*s", STR_ARG(name));
    struct str near = str_nearest(name, names, FLAG_COUNT_ALL);
    if (near.at != NULL) return error_hint(e, "Did you mean %.*s? 'weir --help' lists all", STR_ARG(near));
    return error_hint(e, "'weir --help' lists all options");
}

/* The index of the value among the row's words, into an enum. */
static enum status set_choice(const struct flag_row *f, struct str v, int *ret, struct error *e) {
    int index = 0;
    for (const char *word = f->values; *word != '\0'; index++) {
        size_t size = strcspn(word, " ");
        if (str_equal_ignore_case(v, (struct str){word, size})) {
            *ret = index;
            return STATUS_OK;
        }
        word += size + (word[size] == ' ');
    }
    return error_set(e, STATUS_INVALID, "Unknown format '%.*s': %s", STR_ARG(v), f->doc);
}

static enum status add_setting(struct arena *a, struct list *to, struct str v, const char *flag, struct error *e) {
    const char *equals = memchr(v.at, '=', v.size_bytes);
    if (equals == NULL) return error_set(e, STATUS_INVALID, "%s needs KEY=VALUE, not '%.*s'", flag, STR_ARG(v));
    struct setting *s = ARENA_NEW(a, struct setting);
    if (s == NULL) return error_no_memory(e, sizeof *s);
    size_t n = (size_t)(equals - v.at);
    s->key = (struct str){v.at, n};
    s->value = (struct str){equals + 1, v.size_bytes - n - 1};
    return list_push(to, a, s);
}

static enum status push_word(struct arena *a, struct args *args, struct str word) {
    struct str *w = ARENA_NEW(a, struct str);
    if (w == NULL) return STATUS_NO_MEMORY;
    *w = word;
    return list_push(&args->words, a, w);
}

static enum status parse_count(const struct flag_row *f, struct str v, int64_t min, int64_t max, int64_t *ret, struct error *e) {
    char *end = NULL;
    long long n = strtoll(v.at, &end, 10);
    if (v.size_bytes == 0 || *end != '\0' || n < min || n > max) {
        return error_set(e, STATUS_INVALID, "%s needs a number from %lld to %lld, not '%.*s'", f->name,
                         (long long)min, (long long)max, STR_ARG(v));
    }
    *ret = n;
    return STATUS_OK;
}

/* v is NUL-terminated (a word of argv). */
static enum status apply(struct arena *a, struct args *args, const struct flag_row *f, struct str v, struct error *e) {
    char *field = (char *)args + f->offset;
    int64_t n = 0;
    switch ((enum flag_kind)f->kind) {
    case FLAG_BOOL: *(bool *)field = true; return STATUS_OK;
    case FLAG_COUNT:
        TRY(parse_count(f, v, 1, 2048, &n, e));
        *(uint32_t *)field = (uint32_t)n;
        return STATUS_OK;
    case FLAG_ROWS: return parse_count(f, v, 0, INT64_MAX, (int64_t *)field, e);
    case FLAG_TEXT: *(struct str *)field = v; return STATUS_OK;
    case FLAG_DURATION:
        if (duration_parse(v, (int64_t *)field)) return STATUS_OK;
        return error_set(e, STATUS_INVALID, "%s needs a time such as 10s or 500ms, not '%.*s'", f->name, STR_ARG(v));
    case FLAG_CHOICE: return set_choice(f, v, (int *)field, e);
    case FLAG_SETTING: return add_setting(a, (struct list *)field, v, f->name, e);
    case FLAG_SQL: return push_word(a, args, v);
    }
    assert(!"unknown kind of flag");
    return STATUS_BUG;
}

static bool as_command(struct str word, enum command *ret) {
    for (size_t i = 0; i < COMMANDS; i++) {
        if (commands[i].name == NULL || !str_equal(word, str_of(commands[i].name))) continue;
        *ret = commands[i].command;
        return true;
    }
    return false;
}

static enum status parse_word(struct arena *a, struct args *args, int argc, char **argv, int *i, struct error *e) {
    struct str word = str_of(argv[*i]);
    if (str_equal(word, STR("--help")) || str_equal(word, STR("-h"))) {
        args->help_for = str_of(subcommand_row(args->command)->name);
        args->command = COMMAND_HELP;
        return STATUS_OK;
    }
    if (str_equal(word, STR("--version"))) {
        args->command = COMMAND_VERSION;
        return STATUS_OK;
    }
    if (word.size_bytes < 2 || word.at[0] != '-' || (word.at[1] == '-' && word.size_bytes == 2)) {
        return push_word(a, args, word);
    }
    const char *equals = word.at[1] == '-' ? memchr(word.at, '=', word.size_bytes) : NULL;
    struct str name = {word.at, equals == NULL ? word.size_bytes : (size_t)(equals - word.at)};
    const struct flag_row *f = find_flag(args->command, name);
    if (f == NULL) return unknown_flag(name, e);
    if (f->argument == NULL) return apply(a, args, f, STR(""), e);
    if (equals != NULL) return apply(a, args, f, str_of(equals + 1), e);
    if (*i + 1 >= argc) return error_set(e, STATUS_INVALID, "%s needs %s", f->name, f->argument);
    return apply(a, args, f, str_of(argv[++*i]), e);
}

/* `weir rnu job.sql`: one word of letters and further words are no SQL. */
static enum status refuse_near_command(const struct args *args, struct error *e) {
    struct str names[COMMANDS];
    size_t count = 0;
    if (args->command != COMMAND_QUERY || args->words.count < 2) return STATUS_OK;
    struct str word = *(const struct str *)args->words.at[0];
    for (size_t i = 0; i < word.size_bytes; i++) {
        if (word.at[i] < 'a' || word.at[i] > 'z') return STATUS_OK;
    }
    for (size_t i = 0; i < COMMANDS; i++) {
        if (commands[i].name != NULL) names[count++] = str_of(commands[i].name);
    }
    struct str near = suggest_name(word, names, count);
    if (near.size_bytes == 0) return STATUS_OK;
    error_set(e, STATUS_INVALID, "There is no command '%.*s'", STR_ARG(word));
    return error_hint(e, "Did you mean '%.*s'? 'weir --help' lists all", STR_ARG(near));
}

enum status args_parse(struct arena *a, int argc, char **argv, struct args *ret, struct error *e) {
    *ret = (struct args){.command = COMMAND_QUERY, .max_rows = -1, .run_for_ms = -1, .argc = argc, .argv = argv};
    int i = 1;
    if (argc > 1 && as_command(str_of(argv[1]), &ret->command)) i = 2;
    for (; i < argc; i++) TRY(parse_word(a, ret, argc, argv, &i, e));
    TRY(refuse_near_command(ret, e));
    if (ret->command == COMMAND_HELP && ret->help_for.at == NULL && ret->words.count > 0) {
        ret->help_for = *(struct str *)ret->words.at[0];
    }
    return STATUS_OK;
}

static void help_flags(struct buf *out, unsigned command) {
    for (size_t i = 0; i < FLAG_COUNT_ALL; i++) {
        const struct flag_row *f = &flags[i];
        if ((f->commands & command) == 0) continue;
        buf_format(out, "  %-16s %-11s %s\n", f->name, f->argument == NULL ? "" : f->argument, f->doc);
    }
}

static void help_all(struct buf *out) {
    buf_text(out, "weir: Apache Flink SQL, natively\n\n");
    for (size_t i = 0; i < COMMANDS; i++) {
        const struct subcommand_row *c = &commands[i];
        char usage[64];
        if (c->name == NULL) snprintf(usage, sizeof usage, "\"%s\"", c->words);
        else snprintf(usage, sizeof usage, "%s %s", c->name, c->words);
        buf_format(out, "  weir %-25s %s\n", usage, c->doc);
        if (c->name == NULL) buf_format(out, "  ... | weir %-19s %s\n", "\"SQL\"", "the same over the table stdin");
    }
    buf_text(out, "  weir                           on a terminal: the shell; else the script that is piped in\n"
                  "\n'weir COMMAND --help' tells of one command.\n\nExamples\n");
    for (size_t i = 0; i < COMMANDS; i++) {
        if (commands[i].bit != 0 && commands[i].examples != NULL) buf_text(out, commands[i].examples);
    }
    buf_text(out, "\nOptions\n");
    help_flags(out, ON_QUERY | ON_RUN | ON_EXPLAIN | ON_TEST | ON_CHECK);
}

void args_help(struct buf *out, struct str command) {
    enum command c = COMMAND_QUERY;
    bool known = command.at != NULL && as_command(command, &c);
    if (!known) {
        help_all(out);
        return;
    }
    const struct subcommand_row *row = subcommand_row(c);
    buf_format(out, "weir %s %s: %s\n", row->name, row->words, row->doc);
    if (row->examples != NULL) buf_format(out, "\nExamples\n%s", row->examples);
    if (row->bit != 0) buf_text(out, "\nOptions\n");
    help_flags(out, row->bit);
}
