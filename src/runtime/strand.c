/* SPDX-License-Identifier: Apache-2.0 */
/*
 * strand: added jobs form a stack that the helper takes whole and turns around. `pending` says who runs
 * them: the worker that raises it from zero submits the helper, and the helper goes on until it has
 * brought it back to zero. A job may be taken before it is counted, so the helper can see the number
 * below zero for a moment; the worker's count then brings it to zero and starts nobody.
 */
#include "runtime/strand.h"

#include "runtime/attempt.h"
#include "runtime/job.h"

#include <assert.h>

static bool is_over(struct strand *s) {
    return atomic_load_explicit(&s->failed, memory_order_relaxed) || atomic_load_explicit(&s->at->cancel, memory_order_relaxed);
}

static void job_do(struct strand *s, struct sink_job *j) {
    assert(s->at != NULL);
    struct error e = ERROR_INIT;
    enum status status = is_over(s) ? STATUS_OK : j->run(j, &e);
    if (status != STATUS_OK) {
        if (e.status == STATUS_OK) error_set(&e, status, "%s", status_text(status));
        atomic_store(&s->failed, true);
        attempt_fail(s->at, s->task->index, &e);
    }
    int64_t bytes = (int64_t)j->size_bytes;
    j->free(j);
    int64_t before = atomic_fetch_sub(&s->bytes, bytes);
    assert(before >= bytes);
    (void)before;
}

/* What was added, oldest first. */
static struct sink_job *jobs_take(struct strand *s) {
    struct sink_job *newest = atomic_exchange(&s->added, NULL), *oldest = NULL;
    while (newest != NULL) {
        struct sink_job *next = newest->next;
        newest->next = oldest;
        oldest = newest;
        newest = next;
    }
    return oldest;
}

static void strand_run(void *argument) {
    struct strand *s = argument;
    struct attempt *at = s->at;
    for (int64_t left = 1; left > 0;) {
        int64_t done = 0;
        for (struct sink_job *j = jobs_take(s), *next = NULL; j != NULL; j = next, done++) {
            next = j->next;
            job_do(s, j);
        }
        left = atomic_fetch_sub(&s->pending, done) - done;
        /* Behind the count: who set the flag before it sees the room, who sets it later looks again. */
        if (atomic_exchange(&s->waited_for, false)) env_wait_wake(at->env, s->task->worker->mailbox.wait);
    }
    /* From here on the writer may be freed; the attempt waits for its count. */
    atomic_fetch_sub(&at->writes, 1);
}

static void strand_submit(struct strand *s) {
    assert(s->at->job->pool != NULL);
    atomic_fetch_add(&s->at->writes, 1);
    if (env_pool_submit(s->at->job->pool, strand_run, s, NULL) != STATUS_OK) strand_run(s); /* the pool is full: here and now, then */
}

static enum status strand_add(struct sink_jobs *jobs, struct sink_job *j, struct error *e) {
    struct strand *s = (struct strand *)jobs;
    assert(j->run != NULL && j->free != NULL);
    if (s->at == NULL || s->at->job->pool == NULL) {
        enum status status = j->run(j, e);
        j->free(j);
        return status;
    }
    atomic_fetch_add(&s->bytes, (int64_t)j->size_bytes);
    j->next = atomic_load(&s->added);
    while (!atomic_compare_exchange_weak(&s->added, &j->next, j)) {
    }
    if (atomic_fetch_add(&s->pending, 1) == 0) strand_submit(s);
    return STATUS_OK;
}

void strand_init(struct strand *s, struct attempt *at, struct task *t) {
    assert((at == NULL) == (t == NULL));
    *s = (struct strand){.jobs = {strand_add}, .at = at, .task = t};
}

static bool is_small(struct strand *s) {
    return atomic_load(&s->bytes) < STRAND_BYTES_MAX && atomic_load(&s->pending) < STRAND_JOBS_MAX;
}

bool strand_has_room(struct strand *s) {
    if (is_small(s)) return true;
    atomic_store(&s->waited_for, true);
    return is_small(s); /* it may have become so before the helper could see that somebody waits */
}

bool strand_is_idle(const struct strand *s) { return atomic_load(&((struct strand *)(uintptr_t)s)->pending) == 0; }
bool strand_has_failed(const struct strand *s) { return atomic_load(&((struct strand *)(uintptr_t)s)->failed); }
