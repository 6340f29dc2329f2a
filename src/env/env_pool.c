/* SPDX-License-Identifier: Apache-2.0 */
/*
 * env_pool: helper threads that run blocking calls for those who must not block. The queue is a ring
 * of QUEUE_MAX jobs; a full queue refuses. Threads start with the first jobs, so that a program that
 * never submits never starts one. In a simulated environment the driver runs the jobs.
 */
#include "env/env_internal.h"

#include "base/alloc.h"

#include <assert.h>
#include <pthread.h>

enum { QUEUE_MAX = 4096, POOL_THREADS_MAX = 64 };

struct pool_job {
    void (*run)(void *);
    void *argument;
};

struct env_pool {
    struct env *env;
    pthread_mutex_t lock;
    pthread_cond_t ready;
    struct pool_job queue[QUEUE_MAX];
    uint32_t head, count, idle;
    bool ending;
    uint32_t thread_count, thread_max;
    struct env_thread *threads[POOL_THREADS_MAX];
};

static void pool_main(void *argument) {
    struct env_pool *p = argument;
    pthread_mutex_lock(&p->lock);
    for (;;) {
        while (p->count == 0 && !p->ending) {
            p->idle++;
            pthread_cond_wait(&p->ready, &p->lock);
            p->idle--;
        }
        if (p->count == 0) break;
        struct pool_job job = p->queue[p->head];
        p->head = (p->head + 1) % QUEUE_MAX;
        p->count--;
        pthread_mutex_unlock(&p->lock);
        job.run(job.argument);
        pthread_mutex_lock(&p->lock);
    }
    pthread_mutex_unlock(&p->lock);
}

enum status env_pool_new(struct env *env, uint32_t threads, struct env_pool **ret, struct error *e) {
    assert(threads > 0 && threads <= POOL_THREADS_MAX);
    struct env_pool *p = mem_calloc(1, sizeof *p);
    if (p == NULL) return error_no_memory(e, sizeof *p);
    p->env = env;
    p->thread_max = threads;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->ready, NULL);
    *ret = p;
    return STATUS_OK;
}

void env_pool_free(struct env *env, struct env_pool *p) {
    if (p == NULL) return;
    assert(p->env == env);
    pthread_mutex_lock(&p->lock);
    p->ending = true;
    pthread_cond_broadcast(&p->ready);
    pthread_mutex_unlock(&p->lock);
    for (uint32_t i = 0; i < p->thread_count; i++) env_thread_join(env, p->threads[i]);
    assert(p->count == 0);
    pthread_mutex_destroy(&p->lock);
    pthread_cond_destroy(&p->ready);
    mem_free(p);
}

/* One more thread when everybody is busy; a failure matters only when there is none at all. */
static enum status pool_grow(struct env_pool *p, struct error *e) {
    if (p->idle > p->count || p->thread_count == p->thread_max) return STATUS_OK;
    struct error ignored = ERROR_INIT;
    enum status s = env_thread_start(p->env, "weir-io", pool_main, p, &p->threads[p->thread_count], p->thread_count == 0 ? e : &ignored);
    if (s == STATUS_OK) p->thread_count++;
    return p->thread_count == 0 ? s : STATUS_OK;
}

enum status env_pool_submit(struct env_pool *p, void (*run)(void *), void *argument, struct error *e) {
    if (p->env->ops->submit != NULL) return p->env->ops->submit(p->env, run, argument, e);
    pthread_mutex_lock(&p->lock);
    assert(!p->ending);
    enum status s = p->count == QUEUE_MAX ? error_set(e, STATUS_LIMIT, "more than %d input/output requests are waiting", QUEUE_MAX) : pool_grow(p, e);
    if (s == STATUS_OK) {
        p->queue[(p->head + p->count) % QUEUE_MAX] = (struct pool_job){run, argument};
        p->count++;
        pthread_cond_signal(&p->ready);
    }
    pthread_mutex_unlock(&p->lock);
    return s;
}
