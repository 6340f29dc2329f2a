/* SPDX-License-Identifier: Apache-2.0 */
/*
 * env_signal: SIGINT and SIGTERM as calls on a thread of their own, which may lock and allocate as any
 * thread may. Both are blocked everywhere else. SIGPIPE is ignored: a closed pipe is a status of
 * env_write. Must be set up before other threads start, since they inherit the mask.
 */
#include "env/env_internal.h"

#include "base/alloc.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>

struct env_signal_thread {
    pthread_t thread;
    void (*on_signal)(void *, int);
    void *argument;
    sigset_t set;
    atomic_bool ending;
};

static void *signal_main(void *argument) {
    struct env_signal_thread *s = argument;
    for (;;) {
        int number = 0;
        if (sigwait(&s->set, &number) != 0) continue;
        if (atomic_load(&s->ending)) return NULL;
        s->on_signal(s->argument, number);
    }
}

enum status env_signals(struct env *env, void (*on_signal)(void *argument, int number), void *argument, struct error *e) {
    assert(env->signals == NULL && on_signal != NULL);
    struct env_signal_thread *s = mem_calloc(1, sizeof *s);
    if (s == NULL) return error_no_memory(e, sizeof *s);
    s->on_signal = on_signal;
    s->argument = argument;
    sigemptyset(&s->set);
    sigaddset(&s->set, SIGINT);
    sigaddset(&s->set, SIGTERM);
    signal(SIGPIPE, SIG_IGN);
    pthread_sigmask(SIG_BLOCK, &s->set, NULL);
    int failed = pthread_create(&s->thread, NULL, signal_main, s);
    if (failed != 0) {
        pthread_sigmask(SIG_UNBLOCK, &s->set, NULL);
        mem_free(s);
        return env_errno(e, failed, "start the thread", "signals");
    }
    env->signals = s;
    return STATUS_OK;
}

void env_signals_end(struct env *env) {
    struct env_signal_thread *s = env->signals;
    if (s == NULL) return;
    atomic_store(&s->ending, true);
    pthread_kill(s->thread, SIGTERM);
    pthread_join(s->thread, NULL);
    pthread_sigmask(SIG_UNBLOCK, &s->set, NULL);
    mem_free(s);
    env->signals = NULL;
}
