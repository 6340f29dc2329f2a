/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_test: `weir test FILE...`: runs every case, prints the failing ones with their difference and
 * a closing line; --update writes what came out into the files.
 */
#include "cli/commands.h"
#include "cli/talk.h"
#include "cli/test_run.h"
#include "format/json.h"

#include <stdlib.h>

enum { FILE_BYTES_MAX = 16 << 20 };

struct totals { uint32_t passed, failed; };

/* ---- --update ------------------------------------------------------------------------------------- */

static enum status write_updated(struct env *env, struct str path, struct str text, const struct list *actuals, struct error *e) {
    struct buf out = BUF_INIT;
    size_t at = 0;
    for (uint32_t i = 0; i < actuals->count; i++) {
        const struct test_actual *x = actuals->at[i];
        size_t from = (size_t)(x->step->body.at - text.at);
        buf_append(&out, text.at + at, from - at);
        for (uint32_t k = 0; k < x->lines.count; k++) {
            buf_str(&out, *(struct str *)x->lines.at[k]);
            buf_char(&out, '\n');
        }
        at = from + x->step->body.size_bytes;
        if (at < text.size_bytes && text.at[at - 1] == '\n' && x->step->body.size_bytes > 1 && text.at[at - 2] == '\n') buf_char(&out, '\n');
    }
    buf_append(&out, text.at + at, text.size_bytes - at);
    struct env_file *f = NULL;
    enum status s = out.failed ? error_no_memory(e, text.size_bytes) : env_open(env, path, ENV_WRITE_NEW, &f, e);
    if (s == STATUS_OK) s = env_write(env, f, out.at, out.size_bytes, e);
    if (f != NULL) env_close(env, f);
    buf_deinit(&out);
    return s;
}

/* ---- files ------------------------------------------------------------------------------------------- */

static bool selected(const struct args *args, struct str name) {
    return args->filter.at == NULL || memmem(name.at, name.size_bytes, args->filter.at, args->filter.size_bytes) != NULL;
}

/* A case that holds only in the default configuration says `%needs default`. */
static bool fits(const struct args *args, const struct test_case *c) {
    if (test_configuration_is_default(args)) return true;
    for (uint32_t i = 0; i < c->steps.count; i++) {
        const struct test_step *s = c->steps.at[i];
        if (s->kind == STEP_NEEDS && str_equal(s->argument, STR("default"))) return false;
    }
    return true;
}

static void report(struct env *env, struct str path, const struct test_case *c, const struct test_outcome *o) {
    struct error ignored = ERROR_INIT;
    struct buf out = BUF_INIT;
    buf_format(&out, "FAILED %.*s:%u: %.*s\n", STR_ARG(path), c->line, STR_ARG(c->name));
    buf_str(&out, buf_view(&o->report));
    talk_out(env, &out, &ignored);
    buf_deinit(&out);
}

/* Each case has an arena of its own; what --update needs outlives it in keep. */
static enum status run_case(struct arena *keep, struct env *env, const struct args *args, struct str path,
                            const struct test_case *c, struct list *actuals, struct totals *t, struct error *e) {
    struct arena *a = args->update ? keep : arena_new("case", 0);
    if (a == NULL) return error_no_memory(e, 0);
    struct test_outcome o = {.report = BUF_INIT};
    struct error why = ERROR_INIT;
    enum status s = test_case_run(a, env, args, c, &o, &why);
    if (s != STATUS_OK) {
        o.failed = true;
        buf_format(&o.report, "  %s: %s\n", status_name(s), why.message);
    }
    if (o.failed) {
        t->failed++;
        report(env, path, c, &o);
    } else {
        t->passed++;
    }
    for (uint32_t i = 0; args->update && i < o.actual.count; i++) TRY(list_push(actuals, keep, o.actual.at[i]));
    buf_deinit(&o.report);
    if (a != keep) arena_free(a);
    return STATUS_OK;
}

static enum status run_file(struct arena *a, struct env *env, const struct args *args, struct str path, struct totals *t, struct error *e) {
    struct str text;
    struct list cases = {0}, actuals = {0};
    TRY(env_read_file(env, a, path, FILE_BYTES_MAX, &text, e));
    TRY(test_file_parse(a, text, &cases, e));
    for (uint32_t i = 0; i < cases.count; i++) {
        const struct test_case *c = cases.at[i];
        if (selected(args, c->name) && fits(args, c)) TRY(run_case(a, env, args, path, c, &actuals, t, e));
    }
    return args->update ? write_updated(env, path, text, &actuals, e) : STATUS_OK;
}

enum { EXIT_SKIPPED = 77 };

int cmd_test(struct arena *a, struct env *env, const struct args *args) {
    struct str level = env_variable(env, "WEIR_ISA");
    if (level.at != NULL && json_fast_choose(level.at) == NULL) {
        talk_text(env, "skipped: this machine does not run the level WEIR_ISA=%s\n", level.at);
        return EXIT_SKIPPED;
    }
    struct totals t = {0, 0};
    struct error e = ERROR_INIT;
    enum status s = args->words.count == 0 ? error_set(&e, STATUS_INVALID, "give one or more .test files") : STATUS_OK;
    for (uint32_t i = 0; s == STATUS_OK && i < args->words.count; i++) {
        s = run_file(a, env, args, *(const struct str *)args->words.at[i], &t, &e);
    }
    if (s != STATUS_OK) {
        talk_error(env, &e, STR("weir"), STR(""));
        return EXIT_FAILURE;
    }
    struct buf out = BUF_INIT;
    buf_format(&out, "%u passed, %u failed\n", t.passed, t.failed);
    s = talk_out(env, &out, &e);
    buf_deinit(&out);
    return s == STATUS_OK && t.failed == 0 && t.passed > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
