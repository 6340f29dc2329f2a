/* SPDX-License-Identifier: Apache-2.0 */
/*
 * args: one table of flags. A flag's row says what it takes and where it is stored; parsing, help
 * and suggestions for misspelt flags come from the rows. A word that is no command is SQL text.
 */
#include "base/buf.h"
#include "catalog/option.h"
#include "cli/args.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>

enum flag_kind { FLAG_BOOL, FLAG_COUNT, FLAG_ROWS, FLAG_TEXT, FLAG_DURATION, FLAG_FORMAT, FLAG_SETTING, FLAG_SQL };
enum { ON_QUERY = 1, ON_RUN = 2, ON_EXPLAIN = 4, ON_TEST = 8 };

struct flag {
    const char *name;
    enum flag_kind kind;
    unsigned commands;
    size_t offset;
    const char *argument;
    const char *doc;
};

static const struct flag flags[] = {
    {"-c", FLAG_SQL, ON_QUERY, offsetof(struct args, words), "SQL", "run this SQL text (several statements allowed)"},
    {"--set", FLAG_SETTING, ON_QUERY | ON_RUN | ON_EXPLAIN | ON_TEST, offsetof(struct args, settings), "KEY=VALUE", "as SET 'key' = 'value' before the first statement"},
    {"--var", FLAG_SETTING, ON_QUERY | ON_RUN | ON_EXPLAIN, offsetof(struct args, variables), "NAME=VALUE", "value of ${NAME} in the script"},
    {"--format", FLAG_FORMAT, ON_QUERY | ON_RUN, offsetof(struct args, format), "FORMAT", "table, changelog, json, csv or markdown"},
    {"--schema", FLAG_BOOL, ON_QUERY | ON_RUN, offsetof(struct args, schema), NULL, "print first a line with the names and types of the result"},
    {"--parallelism", FLAG_COUNT, ON_QUERY | ON_RUN | ON_EXPLAIN | ON_TEST, offsetof(struct args, parallelism), "N", "subtasks per operator; default: cores where the result cannot depend on it"},
    {"--trigger", FLAG_TEXT, ON_QUERY | ON_RUN, offsetof(struct args, trigger), "WHEN", "continuous (default), interval=10s, or available-now"},
    {"--from-savepoint", FLAG_TEXT, ON_RUN, offsetof(struct args, from_savepoint), "DIR", "start from this savepoint or checkpoint"},
    {"--savepoint", FLAG_TEXT, ON_RUN, offsetof(struct args, savepoint), "DIR", "take a savepoint when available-now is done or on SIGTERM"},
    {"--supervise", FLAG_BOOL, ON_RUN, offsetof(struct args, supervise), NULL, "start again from the latest checkpoint when the process dies"},
    {"--resume", FLAG_BOOL, ON_RUN, offsetof(struct args, resume), NULL, "start from the newest checkpoint in execution.checkpointing.dir, if there is one"},
    {"--max-rows", FLAG_ROWS, ON_QUERY | ON_RUN, offsetof(struct args, max_rows), "N", "end after this many result rows"},
    {"--for", FLAG_DURATION, ON_QUERY | ON_RUN, offsetof(struct args, run_for_ms), "TIME", "end after this time, e.g. 10s"},
    {"--history", FLAG_TEXT, ON_QUERY, offsetof(struct args, history), "FILE", "of the shell: keep what was typed here; '' nowhere"},
    {"--rc", FLAG_TEXT, ON_QUERY, offsetof(struct args, rc), "FILE", "of the shell: run this first instead of ~/.weirrc; '' nothing"},
    {"--quiet", FLAG_BOOL, ON_QUERY | ON_RUN, offsetof(struct args, quiet), NULL, "no progress line and no notes"},
    {"--batch-rows", FLAG_COUNT, ON_QUERY | ON_RUN | ON_TEST, offsetof(struct args, batch_rows), "N", "rows of a batch, 1 to 2048"},
    {"--update", FLAG_BOOL, ON_TEST, offsetof(struct args, update), NULL, "write what came out into the file as the expectation"},
    {"--case", FLAG_TEXT, ON_TEST, offsetof(struct args, filter), "TEXT", "only cases whose name contains this"},
    {"-j", FLAG_COUNT, ON_TEST, offsetof(struct args, jobs), "N", "run N files at a time; default: as many as there are cores"},
    {"--threads", FLAG_BOOL, ON_TEST, offsetof(struct args, threads), NULL, "run on worker threads instead of step by step"},
    {"--checkpoint-every-batch", FLAG_BOOL, ON_TEST, offsetof(struct args, checkpoint_every_batch), NULL, "checkpoint and restore after every batch"},
};

enum { FLAG_COUNT_ALL = sizeof flags / sizeof flags[0] };

static const char *const commands[] = {"query", "run", "explain", "test", "help", "version", "support"};

static const struct flag *find_flag(struct str name) {
    for (size_t i = 0; i < FLAG_COUNT_ALL; i++) {
        if (str_equal(str_of(flags[i].name), name)) return &flags[i];
    }
    return NULL;
}

static enum status unknown_flag(struct str name, struct error *e) {
    struct str names[FLAG_COUNT_ALL];
    for (size_t i = 0; i < FLAG_COUNT_ALL; i++) names[i] = str_of(flags[i].name);
    error_set(e, STATUS_INVALID, "Unknown option %.*s", STR_ARG(name));
    struct str near = str_nearest(name, names, FLAG_COUNT_ALL);
    if (near.at != NULL) return error_hint(e, "Did you mean %.*s? 'weir --help' lists all", STR_ARG(near));
    return error_hint(e, "'weir --help' lists all options");
}

static enum status set_format(struct args *args, struct str v, struct error *e) {
    static const char *const names[] = {"auto", "table", "changelog", "json", "csv", "markdown"};
    for (size_t i = 1; i < sizeof names / sizeof names[0]; i++) {
        if (str_equal_ignore_case(v, str_of(names[i]))) {
            args->format = (enum output_format)i;
            return STATUS_OK;
        }
    }
    return error_set(e, STATUS_INVALID, "Unknown format '%.*s': table, changelog, json, csv or markdown", STR_ARG(v));
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

static enum status parse_count(const struct flag *f, struct str v, int64_t min, int64_t max, int64_t *ret, struct error *e) {
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
static enum status apply(struct arena *a, struct args *args, const struct flag *f, struct str v, struct error *e) {
    char *field = (char *)args + f->offset;
    int64_t n = 0;
    switch (f->kind) {
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
    case FLAG_FORMAT: return set_format(args, v, e);
    case FLAG_SETTING: return add_setting(a, (struct list *)field, v, f->name, e);
    case FLAG_SQL: return push_word(a, args, v);
    }
    assert(!"unknown kind of flag");
    return STATUS_BUG;
}

static bool as_command(struct str word, enum command *ret) {
    for (size_t i = 1; i < sizeof commands / sizeof commands[0]; i++) {
        if (str_equal(word, str_of(commands[i]))) {
            *ret = (enum command)i;
            return true;
        }
    }
    return false;
}

static enum status parse_word(struct arena *a, struct args *args, int argc, char **argv, int *i, struct error *e) {
    struct str word = str_of(argv[*i]);
    if (str_equal(word, STR("--help")) || str_equal(word, STR("-h"))) {
        args->help_for = str_of(commands[args->command]);
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
    const struct flag *f = find_flag(name);
    if (f == NULL) return unknown_flag(name, e);
    if (f->argument == NULL) return apply(a, args, f, STR(""), e);
    if (equals != NULL) return apply(a, args, f, str_of(equals + 1), e);
    if (*i + 1 >= argc) return error_set(e, STATUS_INVALID, "%s needs %s", f->name, f->argument);
    return apply(a, args, f, str_of(argv[++*i]), e);
}

enum status args_parse(struct arena *a, int argc, char **argv, struct args *ret, struct error *e) {
    *ret = (struct args){.command = COMMAND_QUERY, .max_rows = -1, .run_for_ms = -1, .argc = argc, .argv = argv};
    int i = 1;
    if (argc > 1 && as_command(str_of(argv[1]), &ret->command)) i = 2;
    for (; i < argc; i++) TRY(parse_word(a, ret, argc, argv, &i, e));
    if (ret->command == COMMAND_HELP && ret->help_for.at == NULL && ret->words.count > 0) {
        ret->help_for = *(struct str *)ret->words.at[0];
    }
    return STATUS_OK;
}

static void help_flags(struct buf *out, unsigned command) {
    for (size_t i = 0; i < FLAG_COUNT_ALL; i++) {
        const struct flag *f = &flags[i];
        if ((f->commands & command) == 0) continue;
        buf_format(out, "  %-16s %-11s %s\n", f->name, f->argument == NULL ? "" : f->argument, f->doc);
    }
}

static const char usage_all[] =
    "weir: Apache Flink SQL, natively\n\n"
    "  weir \"SQL\"             run a query or a few statements\n"
    "  ... | weir \"SQL\"       the same over the table stdin\n"
    "  weir run FILE|-        run a script: SET, CREATE TABLE, INSERT INTO, SELECT, ...\n"
    "  weir explain FILE      show the plans of a script's queries\n"
    "  weir test FILE...      run test files\n"
    "  weir support           list what is supported, as Markdown\n"
    "  weir --version\n\n"
    "Examples\n"
    "  weir \"SELECT UPPER('abc'), 1 + 1\"\n"
    "  cat orders.jsonl | weir \"SELECT user, COUNT(*) FROM stdin GROUP BY user\"\n"
    "  weir \"SELECT * FROM \\`data/orders.csv\\` WHERE price > 10\" --format csv\n"
    "  weir run job.sql --set parallelism.default=2 --var DAY=2024-01-01\n"
    "  weir run job.sql --trigger available-now --savepoint /var/lib/job\n\n"
    "Options\n";

void args_help(struct buf *out, struct str command) {
    enum command c = COMMAND_QUERY;
    unsigned bits = ON_QUERY | ON_RUN | ON_EXPLAIN | ON_TEST;
    bool known = command.at != NULL && as_command(command, &c);
    if (known && c == COMMAND_RUN) {
        buf_text(out, "weir run FILE|-: run a script; data on stdout, everything else on stderr\n\nOptions\n");
        bits = ON_RUN;
    } else if (known && c == COMMAND_EXPLAIN) {
        buf_text(out, "weir explain FILE|-: the plans of a script's queries, nothing is run\n\nOptions\n");
        bits = ON_EXPLAIN;
    } else if (known && c == COMMAND_TEST) {
        buf_text(out, "weir test FILE...: run .test files; exit code 1 when a case fails\n\nOptions\n");
        bits = ON_TEST;
    } else {
        buf_text(out, usage_all);
    }
    help_flags(out, bits);
}
