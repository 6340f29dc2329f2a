/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_run: `weir run FILE|-`, `weir explain FILE|-` and `weir "SQL"`: get the text, run it as a
 * script with SIGINT and SIGTERM ending the running job.
 */
#include "cli/commands.h"
#include "cli/script.h"
#include "cli/talk.h"
#include "sql/parser.h"

#include <stdlib.h>

enum { EXIT_USAGE = 2, READ_AT_ONCE = 1 << 16 };

static void on_signal(void *script, int number) {
    (void)number;
    script_stop(script);
}

static int run_text(struct arena *a, struct env *env, const struct args *args, struct str name, struct str text) {
    struct script *s = NULL;
    struct error e = ERROR_INIT;
    enum status st = script_new(a, env, args, name, &s, &e);
    if (st == STATUS_OK) st = env_signals(env, on_signal, s, &e);
    if (st != STATUS_OK) {
        talk_error(env, &e, STR("weir"), STR(""));
        return EXIT_FAILURE;
    }
    st = script_run(s, text);
    script_free(s);
    return st == STATUS_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* All of stdin, for `weir run -`. */
static enum status read_stdin(struct env *env, struct buf *out, struct error *e) {
    size_t n = 1;
    while (n > 0) {
        if (out->size_bytes > PARSER_TEXT_MAX) return error_set(e, STATUS_LIMIT, "The script is larger than %d bytes", PARSER_TEXT_MAX);
        if (!buf_reserve(out, READ_AT_ONCE)) return error_no_memory(e, READ_AT_ONCE);
        TRY(env_read(env, env_stdin(env), out->at + out->size_bytes, READ_AT_ONCE, &n, e));
        out->size_bytes += n;
    }
    return STATUS_OK;
}

static int usage(struct env *env, const char *text) {
    talk_text(env, "weir: %s\n", text);
    return EXIT_USAGE;
}

int cmd_run(struct arena *a, struct env *env, const struct args *args) {
    if (args->words.count != 1) return usage(env, "give one script file, or - for standard input");
    struct str file = *(const struct str *)args->words.at[0];
    struct error e = ERROR_INIT;
    struct buf in = BUF_INIT;
    struct str text = STR("");
    bool pipe = str_equal(file, STR("-"));
    enum status s = pipe ? read_stdin(env, &in, &e) : env_read_file(env, a, file, PARSER_TEXT_MAX, &text, &e);
    if (pipe) text = buf_view(&in);
    int code = EXIT_FAILURE;
    if (s == STATUS_OK) {
        code = run_text(a, env, args, pipe ? STR("<stdin>") : file, text);
    } else {
        talk_error(env, &e, STR("weir"), STR(""));
    }
    buf_deinit(&in);
    return code;
}

int cmd_query(struct arena *a, struct env *env, const struct args *args) {
    if (args->words.count == 0) {
        cmd_help(env, args);
        return EXIT_USAGE;
    }
    struct buf text = BUF_INIT;
    for (uint32_t i = 0; i < args->words.count; i++) {
        if (i != 0) buf_text(&text, ";\n");
        buf_str(&text, *(const struct str *)args->words.at[i]);
    }
    int code = text.failed ? EXIT_FAILURE : run_text(a, env, args, STR("<command line>"), buf_view(&text));
    buf_deinit(&text);
    return code;
}
