/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_test: `weir test FILE...`: runs every case, prints the failing ones with their difference and
 * a closing line; --update writes what came out into the files. Files run in parallel (-j), each worker
 * with an environment, and so a clock, of its own; what they have to say is printed in the files' order.
 */
#include "cli/commands.h"
#include "cli/talk.h"
#include "cli/test_run.h"
#include "format/json.h"

#include <assert.h>
#include <stdatomic.h>
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

/* What a file says: its failures, how many of each, or why it could not be read. */
struct file_outcome {
    struct buf report;
    struct totals totals;
    enum status status;
    struct error error;
    atomic_bool done;
};

static void report(struct file_outcome *f, struct str path, const struct test_case *c, const struct test_outcome *o) {
    buf_format(&f->report, "FAILED %.*s:%u: %.*s\n", STR_ARG(path), c->line, STR_ARG(c->name));
    buf_str(&f->report, buf_view(&o->report));
}

/* Each case has an arena of its own; what --update needs outlives it in keep. */
static enum status run_case(struct arena *keep, struct env *env, const struct args *args, struct str path,
                            const struct test_case *c, struct list *actuals, struct file_outcome *f, struct error *e) {
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
        f->totals.failed++;
        report(f, path, c, &o);
    } else {
        f->totals.passed++;
    }
    for (uint32_t i = 0; args->update && i < o.actual.count; i++) TRY(list_push(actuals, keep, o.actual.at[i]));
    buf_deinit(&o.report);
    if (a != keep) arena_free(a);
    return STATUS_OK;
}

static enum status run_file(struct arena *a, struct env *env, const struct args *args, struct str path, struct file_outcome *f, struct error *e) {
    struct str text;
    struct list cases = {0}, actuals = {0};
    TRY(env_read_file(env, a, path, FILE_BYTES_MAX, &text, e));
    if (test_file_parse(a, text, &cases, e) != STATUS_OK) return error_wrap(e, "%.*s", STR_ARG(path));
    for (uint32_t i = 0; i < cases.count; i++) {
        const struct test_case *c = cases.at[i];
        if (selected(args, c->name) && fits(args, c)) TRY(run_case(a, env, args, path, c, &actuals, f, e));
    }
    return args->update ? write_updated(env, path, text, &actuals, e) : STATUS_OK;
}

static void run_into(struct env *env, const struct args *args, struct str path, struct file_outcome *f) {
    struct arena *a = arena_new("file", 0);
    f->status = a == NULL ? error_no_memory(&f->error, 0) : run_file(a, env, args, path, f, &f->error);
    arena_free(a);
}

/* Prints what a file says and adds it up. */
static enum status settle(struct env *env, const struct file_outcome *f, struct totals *t, struct error *e) {
    TRY(talk_out(env, &f->report, e));
    t->passed += f->totals.passed;
    t->failed += f->totals.failed;
    if (f->status != STATUS_OK) *e = f->error;
    return f->status;
}

/* ---- workers ------------------------------------------------------------------------------------------ */

struct testing {
    struct env *env;
    const struct args *args;
    struct file_outcome *files;
    uint32_t file_count;
    _Atomic uint32_t next;       /* the next file that nobody runs yet */
    atomic_bool stop;            /* a file could not be read: what comes behind it is not run */
    struct env_wait *wait;       /* the main thread waits here for done files */
};

static struct str path_of(const struct testing *t, uint32_t i) { return *(const struct str *)t->args->words.at[i]; }

static void worker(void *argument) {
    struct testing *t = argument;
    struct env *env = env_posix_new();
    for (uint32_t i = atomic_fetch_add(&t->next, 1); i < t->file_count; i = atomic_fetch_add(&t->next, 1)) {
        struct file_outcome *f = &t->files[i];
        if (env == NULL) f->status = error_no_memory(&f->error, 0);
        else if (!atomic_load(&t->stop)) run_into(env, t->args, path_of(t, i), f);
        atomic_store(&f->done, true);
        env_wait_wake(t->env, t->wait);
    }
    env_free(env);
}

/* Prints what the files say, in their order, as soon as each is done. */
static enum status collect(struct testing *t, struct totals *ret, struct error *e) {
    for (uint32_t i = 0; i < t->file_count; i++) {
        struct file_outcome *f = &t->files[i];
        while (!atomic_load(&f->done)) env_wait_sleep(t->env, t->wait, -1);
        TRY(settle(t->env, f, ret, e));
    }
    return STATUS_OK;
}

static uint32_t worker_count(const struct testing *t) {
    uint32_t n = t->args->jobs != 0 ? t->args->jobs : env_cores(t->env);
    return n < t->file_count ? n : t->file_count;
}

static enum status run_parallel(struct testing *t, struct totals *ret, struct error *e) {
    enum { WORKERS_MAX = 256 };
    struct env_thread *threads[WORKERS_MAX];
    uint32_t wanted = worker_count(t), n = 0;
    enum status s = STATUS_OK;
    assert(wanted > 0);
    for (; n < wanted && n < WORKERS_MAX && s == STATUS_OK; n += s == STATUS_OK) {
        s = env_thread_start(t->env, "test", worker, t, &threads[n], e);
    }
    if (n > 0 && s != STATUS_OK) error_clear(e); /* fewer workers do as well */
    s = n == 0 ? s : collect(t, ret, e);
    atomic_store(&t->stop, true);
    for (uint32_t i = 0; i < n; i++) env_thread_join(t->env, threads[i]);
    return s;
}

/* One file needs no thread, and its program state is easier to look at in a debugger. */
static enum status run_alone(struct testing *t, struct totals *ret, struct error *e) {
    for (uint32_t i = 0; i < t->file_count; i++) {
        struct file_outcome *f = &t->files[i];
        run_into(t->env, t->args, path_of(t, i), f);
        TRY(settle(t->env, f, ret, e));
    }
    return STATUS_OK;
}

static enum status run_files(struct arena *a, struct env *env, const struct args *args, struct totals *ret, struct error *e) {
    struct testing t = {.env = env, .args = args, .file_count = args->words.count};
    if (t.file_count == 0) return error_set(e, STATUS_INVALID, "give one or more .test files");
    t.files = ARENA_ARRAY(a, struct file_outcome, t.file_count);
    t.wait = env_wait_new(env);
    enum status s = t.files == NULL || t.wait == NULL ? error_no_memory(e, t.file_count) : STATUS_OK;
    if (s == STATUS_OK) s = worker_count(&t) > 1 ? run_parallel(&t, ret, e) : run_alone(&t, ret, e);
    for (uint32_t i = 0; t.files != NULL && i < t.file_count; i++) buf_deinit(&t.files[i].report);
    env_wait_free(env, t.wait);
    return s;
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
    enum status s = run_files(a, env, args, &t, &e);
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
