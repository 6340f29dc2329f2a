/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_supervise: `weir run --supervise FILE`: the job runs in a child process; when a signal kills
 * the child (a crash, kill -9, out of memory) it is started again with --resume, after a delay that
 * doubles from one second to one minute and begins anew when a child has lived for a minute. A child that exits by itself, well or with an error, ends
 * the supervision with its exit code: errors inside a job are the restart strategy's business.
 * SIGINT and SIGTERM are passed on.
 */
#include "cli/commands.h"
#include "cli/talk.h"

#include <stdatomic.h>
#include <stdlib.h>

enum { DELAY_MAX_S = 60, LIVED_WELL_S = 60 };

struct supervisor {
    struct env *env;
    struct env_wait *wait;
    _Atomic(struct env_child *) child;
    _Atomic int stopped;
};

static void on_signal(void *argument, int number) {
    struct supervisor *s = argument;
    struct env_child *c = atomic_load(&s->child);
    atomic_store(&s->stopped, 1);
    if (c != NULL) env_child_signal(c, number);
    env_wait_wake(s->env, s->wait);
}

/* The same command line without --supervise, with --resume when asked. */
static char **child_argv(struct arena *a, const struct args *args, bool resume) {
    char **argv = ARENA_ARRAY(a, char *, (size_t)args->argc + 2);
    int n = 0;
    for (int i = 0; argv != NULL && i < args->argc; i++) {
        if (!str_equal(str_of(args->argv[i]), STR("--supervise"))) argv[n++] = args->argv[i];
    }
    if (argv != NULL && resume && !args->resume) argv[n++] = (char *)arena_str(a, STR("--resume")).at;
    return argv;
}

static enum status run_child(struct supervisor *s, char *const *argv, int *ret_code, struct error *e) {
    struct env_child *c = NULL;
    TRY(env_child_start(s->env, argv, &c, e));
    atomic_store(&s->child, c);
    *ret_code = env_child_wait(c);
    atomic_store(&s->child, NULL);
    env_child_free(c);
    return STATUS_OK;
}

static enum status supervise(struct arena *a, struct supervisor *s, const struct args *args, int *ret_code, struct error *e) {
    int64_t delay_s = 1;
    bool resume = false;
    for (;;) {
        char **argv = child_argv(a, args, resume);
        int64_t started = env_monotonic_ns(s->env);
        if (argv == NULL) return error_no_memory(e, 0);
        TRY(run_child(s, argv, ret_code, e));
        if (*ret_code >= 0 || atomic_load(&s->stopped)) return STATUS_OK;
        if (env_monotonic_ns(s->env) - started > (int64_t)LIVED_WELL_S * 1000000000) delay_s = 1;
        talk_text(s->env, "weir: the job's process died; starting again from its latest checkpoint in %d s\n", (int)delay_s);
        env_wait_sleep(s->env, s->wait, delay_s * 1000000000);
        if (atomic_load(&s->stopped)) return STATUS_OK;
        delay_s = delay_s * 2 > DELAY_MAX_S ? DELAY_MAX_S : delay_s * 2;
        resume = true;
    }
}

int cmd_supervise(struct arena *a, struct env *env, const struct args *args) {
    struct supervisor s = {.env = env, .wait = env_wait_new(env)};
    struct error e = ERROR_INIT;
    int code = EXIT_FAILURE;
    enum status st = s.wait == NULL ? error_no_memory(&e, sizeof s) : env_signals(env, on_signal, &s, &e);
    if (st == STATUS_OK) st = supervise(a, &s, args, &code, &e);
    if (st != STATUS_OK) talk_error(env, &e, STR("weir"), STR(""));
    env_wait_free(env, s.wait);
    return st == STATUS_OK && code >= 0 ? code : EXIT_FAILURE;
}
