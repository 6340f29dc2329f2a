/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_run: `weir run FILE|-`, `weir explain FILE|-` and `weir "SQL"`: get the text, run it as a
 * script with SIGINT and SIGTERM ending the running job. From a pipe each statement runs as soon as
 * it is complete.
 */
#include "cli/commands.h"
#include "cli/script.h"
#include "cli/talk.h"
#include "cli/view.h"
#include "env/env_missing.h"
#include "sql/parser.h"

#include <stdlib.h>

enum { EXIT_USAGE = 2, READ_AT_ONCE = 1 << 16 };

static void on_signal(void *script, int number) {
    (void)number;
    script_stop(script);
}

static enum status make_script(struct arena *a, struct env *env, const struct args *args, struct str name, struct script **ret, struct error *e) {
    TRY(script_new(a, env, args, name, ret, e));
    return env_signals(env, on_signal, *ret, e);
}

static int fail(struct env *env, const struct error *e) {
    talk_error(env, e, STR("weir"), STR(""));
    return EXIT_FAILURE;
}

/* Results in front of a person, unless a form was asked for. */
static enum status watch(struct env *env, const struct args *args, struct script *s, struct env_terminal **ret_terminal, struct view **ret_view, struct error *e) {
    if (args->format != OUTPUT_AUTO || args->command == COMMAND_EXPLAIN || !env_isatty(env, env_stdout(env))) return STATUS_OK;
    TRY(env_terminal_open(env, ret_terminal, e));
    TRY(view_new(env, *ret_terminal, ret_view, e));
    script_watch(s, *ret_view, false);
    return STATUS_OK;
}

static int run_text(struct arena *a, struct env *env, const struct args *args, struct str name, struct str text) {
    struct script *s = NULL;
    struct env_terminal *terminal = NULL;
    struct view *view = NULL;
    struct error e = ERROR_INIT;
    enum status st = script_new(a, env, args, name, &s, &e);
    if (st == STATUS_OK) st = watch(env, args, s, &terminal, &view, &e);
    if (st == STATUS_OK) st = env_signals(env, on_signal, s, &e);
    if (st != STATUS_OK) fail(env, &e);
    else st = script_run(s, text);
    env_signals_end(env);
    view_free(view);
    env_terminal_close(terminal);
    script_free(s);
    return st == STATUS_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* ---- weir run -: statements run as they arrive ------------------------------------------------------ */

struct pipe_text {
    struct buf in;
    size_t done;        /* bytes that have been run */
};

/*
 * Runs the statements that are complete by now; at the end of input whatever is left. Each runs with
 * as many line ends before it as the input had, so that errors name the right line.
 */
static enum status run_complete(struct script *s, struct pipe_text *p, bool last) {
    for (;;) {
        struct str rest = {p->in.at + p->done, p->in.size_bytes - p->done};
        size_t size = parse_statement_end(rest);
        if (size == 0 && last) size = rest.size_bytes;
        if (size == 0) return STATUS_OK;
        size_t from = p->done;
        p->done += size;
        TRY(script_run_part(s, (struct str){NULL, 0}, buf_view(&p->in), from, size));
    }
}

static enum status run_pipe(struct env *env, struct script *s, struct pipe_text *p, struct error *e) {
    size_t n = 1;
    while (n > 0) {
        if (p->in.size_bytes > PARSER_TEXT_MAX) return error_set(e, STATUS_LIMIT, "The script is larger than %d bytes", PARSER_TEXT_MAX);
        if (!buf_reserve(&p->in, READ_AT_ONCE)) return error_no_memory(e, READ_AT_ONCE);
        TRY(env_read(env, env_stdin(env), p->in.at + p->in.size_bytes, READ_AT_ONCE, &n, e));
        p->in.size_bytes += n;
        TRY(run_complete(s, p, n == 0));
    }
    return STATUS_OK;
}

/* *ret_ran: there was something to read. */
static int run_stdin(struct arena *a, struct env *env, const struct args *args, bool *ret_ran) {
    struct script *s = NULL;
    struct error e = ERROR_INIT;
    struct pipe_text p = {.in = BUF_INIT};
    if (make_script(a, env, args, STR("<stdin>"), &s, &e) != STATUS_OK) return fail(env, &e);
    enum status st = run_pipe(env, s, &p, &e);
    if (e.status != STATUS_OK) fail(env, &e);
    *ret_ran = p.in.size_bytes > 0;
    buf_deinit(&p.in);
    script_free(s);
    return st == STATUS_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int usage(struct env *env, const char *text) {
    talk_text(env, "weir: %s\n", text);
    return EXIT_USAGE;
}

int cmd_run(struct arena *a, struct env *env, const struct args *args) {
    if (args->words.count != 1) return usage(env, "give one script file, or - for standard input");
    struct str file = *(const struct str *)args->words.at[0];
    struct error e = ERROR_INIT;
    struct str text = STR("");
    bool ran = false;
    if (str_equal(file, STR("-"))) return run_stdin(a, env, args, &ran);
    struct env_stat st = {.kind = ENV_FILE};
    if (env_stat(env, file, &st, &e) != STATUS_OK || (st.kind == ENV_MISSING && env_missing(env, file, &e) != STATUS_OK)) return fail(env, &e);
    if (env_read_file(env, a, file, PARSER_TEXT_MAX, &text, &e) != STATUS_OK) return fail(env, &e);
    return run_text(a, env, args, file, script_text(text));
}

/* No SQL on the command line: a person types it, or it is piped in; nothing at all is a mistake. */
static int query_nothing(struct arena *a, struct env *env, const struct args *args) {
    bool typed = env_isatty(env, env_stdin(env));
    bool ran = false;
    if (typed && env_isatty(env, env_stdout(env))) return cmd_shell(a, env, args);
    int code = run_stdin(a, env, args, &ran);
    if (ran) return code;
    cmd_help(env, args);
    return EXIT_USAGE;
}

int cmd_query(struct arena *a, struct env *env, const struct args *args) {
    if (args->words.count == 0) return query_nothing(a, env, args);
    struct buf text = BUF_INIT;
    for (uint32_t i = 0; i < args->words.count; i++) {
        if (i != 0) buf_text(&text, ";\n");
        buf_str(&text, *(const struct str *)args->words.at[i]);
    }
    int code = text.failed ? EXIT_FAILURE : run_text(a, env, args, STR("<command line>"), buf_view(&text));
    buf_deinit(&text);
    return code;
}
