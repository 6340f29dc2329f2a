/* SPDX-License-Identifier: Apache-2.0 */
/*
 * env_thread: threads and the one thing they wait on. A wait object is a flag with a condition:
 * a wake before the sleep is not lost, several wakes are one. Waking an awake thread costs one atomic
 * exchange. A lock is a mutex. Threads start with signals blocked, so that only the signal thread sees them.
 */
#include "env/env_internal.h"

#include "base/alloc.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <time.h>

struct env_thread {
    pthread_t handle;
    void (*run)(void *);
    void *argument;
    char name[16];
};

static void *thread_main(void *argument) {
    struct env_thread *t = argument;
    pthread_setname_np(pthread_self(), t->name);
    t->run(t->argument);
    return NULL;
}

enum status env_thread_start(struct env *env, const char *name, void (*run)(void *), void *argument, struct env_thread **ret, struct error *e) {
    assert(env != NULL && run != NULL);
    struct env_thread *t = mem_calloc(1, sizeof *t);
    if (t == NULL) return error_no_memory(e, sizeof *t);
    t->run = run;
    t->argument = argument;
    size_t n = strlen(name);
    memcpy(t->name, name, n < sizeof t->name ? n : sizeof t->name - 1);
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &old);
    int failed = pthread_create(&t->handle, NULL, thread_main, t);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (failed != 0) {
        mem_free(t);
        return env_errno(e, failed, "start the thread", name);
    }
    *ret = t;
    return STATUS_OK;
}

void env_thread_join(struct env *env, struct env_thread *t) {
    assert(env != NULL);
    if (t == NULL) return;
    pthread_join(t->handle, NULL);
    mem_free(t);
}

struct env_wait {
    atomic_bool woken;
    pthread_mutex_t lock;
    pthread_cond_t condition;
};

struct env_wait *env_wait_new(struct env *env) {
    assert(env != NULL);
    struct env_wait *w = mem_calloc(1, sizeof *w);
    if (w == NULL) return NULL;
    atomic_init(&w->woken, false);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->condition, &attributes);
    pthread_condattr_destroy(&attributes);
    return w;
}

void env_wait_free(struct env *env, struct env_wait *w) {
    assert(env != NULL);
    if (w == NULL) return;
    /* A waker may still be between its exchange and its unlock: wait until it is out. */
    pthread_mutex_lock(&w->lock);
    pthread_mutex_unlock(&w->lock);
    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->condition);
    mem_free(w);
}

static struct timespec deadline_after(int64_t timeout_ns) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t s = timeout_ns / 1000000000, ns = timeout_ns % 1000000000 + now.tv_nsec;
    if (s > 1000000000) s = 1000000000; /* thirty years are for ever, and do not overflow */
    now.tv_sec += s + ns / 1000000000;
    now.tv_nsec = ns % 1000000000;
    return now;
}

void env_wait_sleep(struct env *env, struct env_wait *w, int64_t timeout_ns) {
    assert(env != NULL && timeout_ns >= -1);
    if (atomic_exchange(&w->woken, false) || timeout_ns == 0) return;
    struct timespec until = {0};
    if (timeout_ns > 0) until = deadline_after(timeout_ns);
    pthread_mutex_lock(&w->lock);
    int failed = 0;
    while (!atomic_exchange(&w->woken, false) && failed != ETIMEDOUT)
        failed = timeout_ns < 0 ? pthread_cond_wait(&w->condition, &w->lock) : pthread_cond_timedwait(&w->condition, &w->lock, &until);
    pthread_mutex_unlock(&w->lock);
}

void env_wait_wake(struct env *env, struct env_wait *w) {
    assert(env != NULL);
    if (atomic_exchange(&w->woken, true)) return;
    pthread_mutex_lock(&w->lock);
    pthread_cond_signal(&w->condition);
    pthread_mutex_unlock(&w->lock);
}

struct env_lock {
    pthread_mutex_t mutex;
};

struct env_lock *env_lock_new(struct env *env) {
    assert(env != NULL);
    struct env_lock *l = mem_calloc(1, sizeof *l);
    if (l != NULL) pthread_mutex_init(&l->mutex, NULL);
    return l;
}

void env_lock_free(struct env *env, struct env_lock *l) {
    assert(env != NULL);
    if (l == NULL) return;
    pthread_mutex_destroy(&l->mutex);
    mem_free(l);
}

void env_lock_take(struct env_lock *l) {
    int failed = pthread_mutex_lock(&l->mutex);
    assert(failed == 0);
    (void)failed;
}

void env_lock_give(struct env_lock *l) {
    int failed = pthread_mutex_unlock(&l->mutex);
    assert(failed == 0);
    (void)failed;
}
