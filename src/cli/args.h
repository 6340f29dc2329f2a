/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CLI_ARGS_H
#define WEIR_CLI_ARGS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/list.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * args: the command line, parsed by one table of flags (name, argument, which commands take it,
 * help text), from which --help is printed too.
 */

enum output_format { OUTPUT_AUTO, OUTPUT_TABLE, OUTPUT_CHANGELOG, OUTPUT_JSON, OUTPUT_CSV, OUTPUT_MARKDOWN };
enum check_format { CHECK_FORMAT_TEXT, CHECK_FORMAT_JSON, CHECK_FORMAT_SARIF };

enum command { COMMAND_QUERY, COMMAND_RUN, COMMAND_EXPLAIN, COMMAND_TEST, COMMAND_HELP, COMMAND_VERSION, COMMAND_SUPPORT, COMMAND_CHECK, COMMAND_COMPLETION, COMMAND_MANUAL };

struct setting { struct str key, value; };

struct args {
    enum command command;
    struct list words;          /* struct str: files, or the SQL text */
    struct list settings;       /* struct setting: --set */
    struct list variables;      /* struct setting: --var */
    enum output_format format;
    enum check_format check_format;
    bool functions;             /* of support: docs/functions.md */
    bool schema, update, supervise, resume, threads, checkpoint_every_batch, quiet;
    uint32_t parallelism;       /* 0: decide */
    uint32_t batch_rows;        /* 0: default */
    uint32_t jobs;              /* weir test -j; 0: as many as cores */
    int64_t max_rows;           /* -1: all */
    int64_t run_for_ms;         /* -1: no limit */
    struct str trigger;         /* at == NULL: continuous */
    struct str from_savepoint, savepoint;
    struct str filter;          /* weir test --case */
    struct str history, rc;     /* of the shell; at == NULL: the usual ones, empty: none */
    struct str help_for;
    int argc;                   /* as given to main */
    char **argv;
};

enum status args_parse(struct arena *a, int argc, char **argv, struct args *ret, struct error *e);
void args_help(struct buf *out, struct str command);

/*
 * The rows behind --help, for the manual page and the completions. A command's name is NULL for SQL on the
 * command line; hidden ones are for packaging.
 */
struct subcommand_row {
    const char *name;
    enum command command;
    unsigned bit;             /* of struct flag_row's commands */
    const char *words;        /* what stands behind it */
    const char *doc;
    bool files;               /* its words are files */
    const char *examples;     /* lines, each a command line with two blanks before it; NULL: none */
};
struct flag_row {
    const char *name;
    int kind;                 /* how its argument is parsed, private to args.c */
    unsigned commands;
    size_t offset;            /* in struct args */
    const char *argument;     /* NULL: it takes none */
    const char *doc;
    const char *values;       /* "a b c": all that it may be; NULL: anything */
};
const struct subcommand_row *args_commands(uint32_t *ret_count);
const struct flag_row *args_flags(uint32_t *ret_count);

#endif
