/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_check: `weir check FILE...`: says of every statement whether it runs here as it does on Flink, and
 * where to look twice. Nothing is run. Exit codes: 0 everything runs, 1 something does not (or a finding is an
 * error), 2 the command line was wrong or a file cannot be read.
 */
#include "cli/check_print.h"
#include "cli/commands.h"
#include "cli/script.h"
#include "cli/talk.h"
#include "sql/parser.h"

#include <stdlib.h>

enum { EXIT_USAGE = 2, READ_AT_ONCE = 1 << 16 };

static enum status read_stdin(struct arena *a, struct env *env, struct str *ret, struct error *e) {
    struct buf in = BUF_INIT;
    size_t n = 1;
    enum status s = STATUS_OK;
    while (s == STATUS_OK && n > 0) {
        if (in.size_bytes > PARSER_TEXT_MAX) s = error_set(e, STATUS_LIMIT, "The script is larger than %d bytes", PARSER_TEXT_MAX);
        else if (!buf_reserve(&in, READ_AT_ONCE)) s = error_no_memory(e, READ_AT_ONCE);
        else s = env_read(env, env_stdin(env), in.at + in.size_bytes, READ_AT_ONCE, &n, e);
        if (s == STATUS_OK) in.size_bytes += n;
    }
    if (s == STATUS_OK) *ret = arena_str(a, buf_view(&in));
    buf_deinit(&in);
    return s == STATUS_OK && ret->at == NULL ? error_no_memory(e, 0) : s;
}

/* ${NAME} as `weir run` replaces it; where a name is not known the text is looked at as it stands. */
static struct str with_variables(struct arena *a, struct env *env, const struct args *args, struct str text, struct list *ret_uses) {
    struct error ignored = ERROR_INIT;
    struct str replaced = text;
    struct list uses = {0};
    if (script_variables(a, text, &args->variables, env, &replaced, &uses, &ignored) != STATUS_OK) return text;
    *ret_uses = uses;
    return replaced;
}

static struct span written_span(struct span span, struct str replaced, const struct list *uses) {
    struct error e = {.span = span};
    script_place(&e, replaced, uses);
    return e.span;
}

/* From places in the replaced text to those in the file. */
static void place_findings(struct check_file *file, struct str written, const struct list *uses) {
    struct str replaced = file->text;
    for (uint32_t i = 0; uses->count > 0 && i < file->statements.count; i++) {
        struct check_statement *s = file->statements.at[i];
        s->span = written_span(s->span, replaced, uses);
        for (uint32_t k = 0; k < s->findings.count; k++) {
            struct check_finding *f = s->findings.at[k];
            f->span = written_span(f->span, replaced, uses);
        }
    }
    file->text = written;
}

static enum status check_one(struct arena *a, struct env *env, const struct args *args, struct checker *c, struct str name, struct list *files, struct error *e) {
    struct str text = {NULL, 0};
    struct check_file *file = NULL;
    bool is_stdin = str_equal(name, STR("-"));
    if (is_stdin) TRY(read_stdin(a, env, &text, e));
    else TRY(env_read_file(env, a, name, PARSER_TEXT_MAX, &text, e));
    struct list uses = {0};
    text = script_text(text);
    TRY(checker_file(c, is_stdin ? STR("<stdin>") : name, with_variables(a, env, args, text, &uses), &file, e));
    place_findings(file, text, &uses);
    return list_push(files, a, file);
}

static enum status check_all(struct arena *a, struct env *env, const struct args *args, struct list *files, struct error *e) {
    struct checker *c = NULL;
    TRY(checker_new(a, env, &c, e));
    for (uint32_t i = 0; i < args->words.count; i++) TRY(check_one(a, env, args, c, *(const struct str *)args->words.at[i], files, e));
    return STATUS_OK;
}

static int print(struct env *env, const struct args *args, const struct list *files) {
    struct buf out = BUF_INIT;
    struct error e = ERROR_INIT;
    check_print(&out, args->check_format, files);
    enum status s = talk_out(env, &out, &e);
    buf_deinit(&out);
    if (s != STATUS_OK && s != STATUS_CLOSED) {
        talk_error(env, &e, STR("weir"), STR(""));
        return EXIT_FAILURE;
    }
    return check_count(files).severities[LINT_ERROR] > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

int cmd_check(struct arena *a, struct env *env, const struct args *args) {
    struct list files = {0};
    struct error e = ERROR_INIT;
    if (args->words.count == 0) {
        talk_text(env, "weir: give one or more script files, or - for standard input\n");
        return EXIT_USAGE;
    }
    enum status s = check_all(a, env, args, &files, &e);
    if (s == STATUS_OK) return print(env, args, &files);
    talk_error(env, &e, STR("weir"), STR(""));
    return s == STATUS_NO_MEMORY ? EXIT_FAILURE : EXIT_USAGE;
}
