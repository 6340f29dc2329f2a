/* SPDX-License-Identifier: Apache-2.0 */
/*
 * job: life of a job on the JobManager's thread: attempts, messages, stops, restarts and the end. With
 * one worker the same thread steps the worker, too, so that a small job starts no thread at all.
 */
#include "runtime/job.h"

#include "base/hash.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

enum { MAX_PARALLELISM = 128, MAX_PARALLELISM_LIMIT = 32768, POOL_THREADS = 2, NOTES_MAX = 1000, NOTE_MAX = 4096 };

/* ---- new and free ---- */

static enum status parallelism_check(struct job *job, struct error *e) {
    int64_t most = session_int(job->plan->session, "pipeline.max-parallelism");
    if (most <= 0) most = MAX_PARALLELISM;
    if (most > MAX_PARALLELISM_LIMIT) return error_set(e, STATUS_OPTION, "pipeline.max-parallelism must be at most %d", MAX_PARALLELISM_LIMIT);
    job->max_parallelism = (uint32_t)most;
    for (uint32_t i = 0; i < job->plan->vertices.count; i++) {
        const struct vertex *v = job->plan->vertices.at[i];
        if (v->parallelism > job->max_parallelism)
            return error_set(e, STATUS_OPTION, "parallelism %u is more than pipeline.max-parallelism (%u)", v->parallelism, job->max_parallelism);
    }
    return STATUS_OK;
}

/* taskmanager.memory.process.size bounds the state of all operators together, and so of each; not set: three quarters of what there is. */
static void budget_init(struct job *job) {
    int64_t bytes = session_int(job->plan->session, "taskmanager.memory.process.size");
    bool remembers = false; /* else there is nothing to bound, and no need to ask the system */
    for (uint32_t i = 0; i < job->plan->nodes.count; i++) remembers |= node_has_state(((const struct node *)job->plan->nodes.at[i])->kind);
    if (job->config.budget_bytes != 0 || !remembers) return;
    job->config.budget_bytes = bytes > 0 ? (uint64_t)bytes : env_memory_bytes(job->env) / 4 * 3;
}

static enum status job_init(struct job *job, struct error *e) {
    assert(job->plan != NULL && job->env != NULL);
    TRY(parallelism_check(job, e));
    budget_init(job);
    job->node_totals = ARENA_ARRAY(job->arena, uint64_t, (size_t)job->plan->nodes.count * 4 + 4);
    if (job->node_totals == NULL) return error_no_memory(e, 0);
    TRY(mailbox_init(&job->mailbox, job->env, NULL, e));
    TRY(coordinator_new(job, &job->coordinator, e));
    return restart_init(&job->restart, job->arena, job->plan->session, coordinator_keeps(job->coordinator) && !job->config.checkpoint_every_batch, e);
}

enum status job_new(const struct plan *plan, const struct job_config *config, struct job **ret, struct error *e) {
    assert(config->env != NULL && config->batch_rows <= BATCH_ROWS_MAX);
    struct arena *a = arena_new("job", 0);
    struct job *job = a == NULL ? NULL : ARENA_NEW(a, struct job);
    if (job == NULL) {
        arena_free(a);
        return error_no_memory(e, 0);
    }
    job->plan = plan;
    job->config = *config;
    job->env = config->env;
    job->arena = a;
    job->totals.watermark_ms = WATERMARK_MIN;
    enum status s = job_init(job, e);
    if (s != STATUS_OK) job_free(job);
    else *ret = job;
    return s;
}

void job_free(struct job *job) {
    if (job == NULL) return;
    coordinator_detach(job->coordinator);
    attempt_free(job->attempt);
    coordinator_free(job->coordinator);
    env_pool_free(job->env, job->pool);
    mailbox_deinit(&job->mailbox);
    arena_free(job->arena);
}

/* ---- the client's rows ---- */

enum status job_result(struct job *job, const struct batch *b, struct error *e) {
    if (job->ended_early || job->config.result.batch == NULL) return STATUS_OK;
    struct batch rows = *b;
    int64_t left = job->config.max_rows < 0 ? INT64_MAX : job->config.max_rows - job->result_rows;
    if ((int64_t)rows.sel_count >= left) {
        job->ended_early = true;
        assert(left >= 0);
        rows.sel_count = (uint32_t)left;
        if (rows.sel == NULL) rows.row_count = rows.sel_count;
    }
    job->result_rows += rows.sel_count;
    enum status s = rows.sel_count == 0 ? STATUS_OK : job->config.result.batch(job->config.result.context, &rows, e);
    if (s != STATUS_CLOSED) return s;
    if (e != NULL) error_clear(e);
    job->ended_early = true;
    return STATUS_OK;
}

enum status job_result_flush(struct job *job, struct error *e) {
    const struct result_sink *r = &job->config.result;
    if (r->flush == NULL) return STATUS_OK;
    enum status s = r->flush(r->context, e);
    if (s != STATUS_CLOSED) return s;
    if (e != NULL) error_clear(e);
    job->ended_early = true;
    return STATUS_OK;
}

void job_say(struct job *job, const char *format, ...) {
    char text[NOTE_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (job->note != NULL) job->note(job->note_context, str_of(text));
    if (job->notes.count >= NOTES_MAX) return;
    struct str *copy = ARENA_NEW(job->arena, struct str);
    if (copy == NULL) return;
    *copy = arena_str(job->arena, str_of(text));
    if (copy->at != NULL) list_push(&job->notes, job->arena, copy);
}

void job_on_note(struct job *job, void (*note)(void *context, struct str text), void *context) {
    job->note = note;
    job->note_context = context;
}

/* ---- attempts ---- */

static void state_set(struct job *job, enum job_state s) { atomic_store(&job->state, (int)s); }

static void attempt_drop(struct job *job) {
    coordinator_detach(job->coordinator);
    struct attempt *at = job->attempt;
    job_lock(job);
    job->attempt = NULL;
    job_unlock(job);
    attempt_free(at);
    job->batch_read = false;
    job->sources_done = 0;
}

static enum status attempt_begin(struct job *job, struct error *e) {
    assert(job->attempt == NULL);
    error_clear(&job->failure);
    job->stopping = false;
    TRY(coordinator_begin(job->coordinator, e));
    struct attempt *at = NULL;
    TRY(attempt_new(job, coordinator_restore(job->coordinator), &at, e));
    job_lock(job);
    job->attempt = at;
    job_unlock(job);
    enum status s = coordinator_attach(job->coordinator, job->attempt, e);
    if (s != STATUS_OK) attempt_drop(job);
    return s;
}

static enum status job_end(struct job *job, enum job_state how, struct error *e) {
    assert(how > JOB_RUNNING);
    attempt_drop(job);
    env_pool_free(job->env, job->pool); /* what it still removes is removed before the rest is */
    job->pool = NULL;
    enum status s = coordinator_end(job->coordinator, how, e);
    if (s == STATUS_OK && how != JOB_CANCELLED) s = job_result_flush(job, e);
    state_set(job, s == STATUS_OK ? how : JOB_FAILED);
    return s;
}

/* The attempt has failed with `why`: again, or for good. */
static enum status job_failed(struct job *job, const struct error *why, struct error *e) {
    assert(why->status != STATUS_OK);
    struct error cause = *why;
    attempt_drop(job);
    int64_t delay_ms = 0;
    bool hopeless = cause.status == STATUS_BUG || cause.status == STATUS_LIMIT; /* it would come to the same again */
    if (!hopeless && restart_allowed(&job->restart, job->env, env_wall_us(job->env) / 1000, &delay_ms)) {
        job_lock(job);
        job->totals.restarts++;
        job_unlock(job);
        job_say(job, "The job failed and starts again in %lld ms: %s", (long long)delay_ms, cause.message);
        job->restart_at_ns = env_monotonic_ns(job->env) + delay_ms * 1000000;
        return STATUS_OK;
    }
    state_set(job, JOB_FAILED);
    if (e != NULL) *e = cause;
    return cause.status;
}

/* ---- messages and stops ---- */

static enum status message_handle(struct job *job, struct message *msg, struct error *e) {
    assert(msg->attempt <= job->attempts);
    struct attempt *at = job->attempt;
    if (at == NULL || msg->attempt != at->number) return STATUS_OK;
    switch (msg->kind) {
    case MESSAGE_SPLIT_WANTED: return hubs_split_wanted(at, msg, e);
    case MESSAGE_SOURCE_DONE: job->sources_done++; return STATUS_OK;
    case MESSAGE_BATCH_READ: job->batch_read = true; return STATUS_OK;
    case MESSAGE_ACK:
    case MESSAGE_DECLINED:
    case MESSAGE_ENDED: return coordinator_message(job->coordinator, msg, e);
    case MESSAGE_FAILED:
        if (job->failure.status == STATUS_OK) memcpy(&job->failure, msg->bytes, sizeof job->failure);
        return STATUS_OK;
    default: return STATUS_OK;
    }
}

static enum status messages_handle(struct job *job, bool *ret_progress, struct error *e) {
    struct message *msg = mailbox_take(&job->mailbox);
    enum status s = STATUS_OK;
    while (msg != NULL) {
        struct message *next = msg->next;
        *ret_progress = true;
        if (s == STATUS_OK) s = message_handle(job, msg, e);
        message_free(msg);
        msg = next;
    }
    if (s == STATUS_OK && atomic_load(&job->failure_no_memory)) s = error_no_memory(e, 0);
    return s;
}

static uint32_t live_sources(const struct attempt *at) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < at->task_count; i++) n += at->tasks[i]->live_sources;
    return n;
}

static enum status stops_handle(struct job *job, bool *ret_progress, struct error *e) {
    assert(job->attempt != NULL);
    struct attempt *at = job->attempt;
    bool all_done = job->config.trigger == JOB_AVAILABLE_NOW && job->sources_done > 0 && job->sources_done == live_sources(at);
    job->stop_waits = !job->stopping && (all_done || atomic_load(&job->stop_drain) || atomic_load(&job->stop_suspend));
    if (job->stopping || coordinator_busy(job->coordinator)) return STATUS_OK;
    if (atomic_load(&job->stop_drain)) {
        job->stopping = *ret_progress = true;
        attempt_send_all(at, MESSAGE_DRAIN, 0, 0, true);
        return STATUS_OK;
    }
    if (!atomic_load(&job->stop_suspend) && !all_done) return STATUS_OK;
    if (attempt_done(at)) return STATUS_OK;
    *ret_progress = true;
    uint32_t flags = BARRIER_TERMINAL | (job->config.savepoint_on_stop ? BARRIER_SAVEPOINT : 0U);
    return coordinator_trigger(job->coordinator, flags, &job->stopping, e);
}

/*
 * The states have nearly used up their memory: while there is some left, take a last checkpoint, stop, and
 * say who it was. A state that grows faster than this is looked at is refused more by its region itself.
 */
static enum status budget_check(struct job *job, bool *ret_progress, struct error *e) {
    assert(job->attempt != NULL);
    if (job->config.budget_bytes == 0 || job->stopping || coordinator_busy(job->coordinator)) return STATUS_OK;
    struct opnode *most = NULL;
    uint64_t bytes = attempt_state_bytes(job->attempt, &most);
    if (bytes < job->config.budget_bytes / 10 * 9 || most == NULL) return STATUS_OK;
    error_set(&job->over_budget, STATUS_LIMIT, "the state takes %llu MiB, nine tenths of the %llu MiB that taskmanager.memory.process.size allows; most of it, %llu MiB, is of operator '%s' (subtask %u/%u, %.*s)%s",
              (unsigned long long)(bytes >> 20), (unsigned long long)(job->config.budget_bytes >> 20), (unsigned long long)(atomic_load(&most->state_bytes) >> 20),
              node_label(most->node->kind), most->subtask + 1, most->parallelism, STR_ARG(most->node->uid),
              coordinator_keeps(job->coordinator) ? "; a last checkpoint was taken, from which the job can go on" : "");
    error_hint(&job->over_budget, "SET 'taskmanager.memory.process.size' to more, or bound the state with 'table.exec.state.ttl'.");
    if (!coordinator_keeps(job->coordinator)) {
        if (e != NULL) *e = job->over_budget;
        return STATUS_LIMIT;
    }
    *ret_progress = true;
    return coordinator_trigger(job->coordinator, BARRIER_TERMINAL, &job->stopping, e);
}

/* Tests: each source batch is followed by a checkpoint and a restart from it. */
static enum status batch_checkpoint(struct job *job, bool *ret_progress, struct error *e) {
    assert(job->batch_epoch == 0 || job->config.checkpoint_every_batch);
    if (!job->batch_read || coordinator_busy(job->coordinator) || job->stopping) return STATUS_OK;
    uint64_t before = coordinator_completed(job->coordinator);
    if (job->batch_epoch == 0) {
        bool started = false;
        TRY(coordinator_trigger(job->coordinator, 0, &started, e));
        job->batch_epoch = before + 1;
        *ret_progress |= started;
        if (coordinator_busy(job->coordinator)) return STATUS_OK;
    }
    job->batch_epoch = 0;
    *ret_progress = true;
    attempt_drop(job);
    return attempt_begin(job, e);
}

/* ---- one round ---- */

static enum status attempt_step(struct job *job, bool *ret_progress, struct error *e) {
    assert(job->attempt != NULL);
    TRY(messages_handle(job, ret_progress, e));
    if (job->failure.status != STATUS_OK) {
        if (e != NULL) *e = job->failure;
        return job->failure.status;
    }
    TRY(stops_handle(job, ret_progress, e));
    TRY(budget_check(job, ret_progress, e));
    TRY(hubs_step(job->attempt, ret_progress, e));
    TRY(coordinator_step(job->coordinator, ret_progress, e));
    *ret_progress |= attempt_results(job->attempt, e);
    return batch_checkpoint(job, ret_progress, e);
}

static enum status attempt_settled(struct job *job, struct error *e) {
    assert(coordinator_settled(job->coordinator));
    bool suspended = (atomic_load(&job->stop_suspend) || job->config.trigger == JOB_AVAILABLE_NOW) && job->stopping && !atomic_load(&job->stop_drain);
    attempt_results(job->attempt, e);
    if (job->over_budget.status != STATUS_OK) {
        if (e != NULL) *e = job->over_budget;
        job_end(job, JOB_FAILED, NULL);
        return STATUS_LIMIT;
    }
    return job_end(job, suspended ? JOB_SUSPENDED : JOB_FINISHED, e);
}

static enum status manager_step(struct job *job, bool *ret_progress, struct error *e) {
    if (atomic_load(&job->cancel)) {
        *ret_progress = true;
        return job_end(job, JOB_CANCELLED, e);
    }
    struct error why = ERROR_INIT;
    enum status s = STATUS_OK;
    if (job->attempt == NULL) {
        if (job->attempts > 0 && env_monotonic_ns(job->env) < job->restart_at_ns) {
            if (atomic_load(&job->stop_suspend) || atomic_load(&job->stop_drain)) return job_end(job, JOB_CANCELLED, e);
            return STATUS_OK;
        }
        *ret_progress = true;
        state_set(job, JOB_RUNNING);
        s = attempt_begin(job, &why);
        if (s != STATUS_OK && status_class(s) == STATUS_CLASS_USER) { /* no restart can help */
            state_set(job, JOB_FAILED);
            if (e != NULL) *e = why;
            return s;
        }
    } else {
        s = attempt_step(job, ret_progress, &why);
    }
    if (s == STATUS_CLOSED) {
        job->ended_early = true;
        s = STATUS_OK;
    }
    if (s != STATUS_OK) {
        if (why.status == STATUS_OK) error_set(&why, s, "%s", status_text(s));
        return job_failed(job, &why, e);
    }
    if (job->ended_early) return job_end(job, JOB_FINISHED, e);
    return job->attempt != NULL && coordinator_settled(job->coordinator) ? attempt_settled(job, e) : STATUS_OK;
}

static bool job_is_over(const struct job *job) { return atomic_load(&job->state) > JOB_RUNNING; }

uint64_t job_random(struct job *job) {
    job->random += UINT64_C(0x9e3779b97f4a7c15);
    return hash_u64(job->random ^ job->config.seed);
}

static bool workers_step(struct job *job) {
    assert(!job_is_over(job));
    struct attempt *at = job->attempt;
    if (at == NULL || at->threaded) return false;
    bool some = false;
    uint32_t first = job->config.seed == 0 ? 0 : (uint32_t)(job_random(job) % at->worker_count);
    for (uint32_t i = 0; i < at->worker_count; i++) {
        if (job->config.seed != 0 && job_random(job) % 4 == 0) {
            some = true; /* this one sleeps a round */
            continue;
        }
        some |= worker_step(&at->workers[(first + i) % at->worker_count]);
    }
    return some;
}

/* ---- running ---- */

static int64_t job_wake_ns(const struct job *job) {
    if (job->attempt == NULL) return job->restart_at_ns;
    int64_t least = hubs_wake_ns(job->attempt), other = coordinator_wake_ns(job->coordinator);
    if (other < least) least = other;
    for (uint32_t i = 0; !job->attempt->threaded && i < job->attempt->worker_count; i++) {
        other = worker_wake_ns(&job->attempt->workers[i]);
        if (other < least) least = other;
    }
    return least;
}

enum status job_run(struct job *job, struct error *e) { return job_run_until(job, NULL, NULL, e); }

enum status job_run_until(struct job *job, bool (*enough)(void *context), void *context, struct error *e) {
    job->threaded = true;
    if (job->pool == NULL && !job_is_over(job)) TRY(env_pool_new(job->env, POOL_THREADS, &job->pool, e));
    while (!job_is_over(job)) {
        bool progress = false;
        if (enough != NULL && enough(context)) return STATUS_OK;
        TRY(manager_step(job, &progress, e));
        if (job_is_over(job)) break;
        progress |= workers_step(job);
        if (progress) continue;
        if (job->attempt != NULL && job->attempt->threaded && job->attempt->result_count > 0) TRY(job_result_flush(job, e));
        int64_t wake_ns = job_wake_ns(job), left = wake_ns == INT64_MAX ? -1 : wake_ns - env_monotonic_ns(job->env);
        env_wait_sleep(job->env, job->mailbox.wait, wake_ns == INT64_MAX ? -1 : left < 0 ? 0 : left);
    }
    return STATUS_OK;
}

enum status job_step(struct job *job, enum job_progress *ret, struct error *e) {
    assert(!job->threaded);
    bool progress = false;
    if (!job_is_over(job)) TRY(manager_step(job, &progress, e));
    if (!job_is_over(job)) progress |= workers_step(job);
    *ret = job_is_over(job) ? JOB_DONE : progress ? JOB_PROGRESS : JOB_IDLE;
    return STATUS_OK;
}

int64_t job_wake_ms(const struct job *job) {
    int64_t least = INT64_MAX;
    for (uint32_t i = 0; job->attempt != NULL && i < job->attempt->task_count; i++) {
        int64_t ms = task_timer_ms(job->attempt->tasks[i]);
        if (ms < least) least = ms;
    }
    int64_t wake_ns = job_wake_ns(job);
    if (wake_ns == INT64_MAX) return least;
    int64_t left_ms = (wake_ns - env_monotonic_ns(job->env) + 999999) / 1000000;
    int64_t at_ms = env_wall_us(job->env) / 1000 + (left_ms > 0 ? left_ms : 0);
    return at_ms < least ? at_ms : least;
}

void job_stop(struct job *job, enum job_stop how) {
    assert(how == JOB_DRAIN || how == JOB_SUSPEND);
    atomic_store(how == JOB_DRAIN ? &job->stop_drain : &job->stop_suspend, true);
    env_wait_wake(job->env, job->mailbox.wait);
}

void job_cancel(struct job *job) {
    atomic_store(&job->cancel, true);
    env_wait_wake(job->env, job->mailbox.wait);
}

enum job_state job_state(const struct job *job) { return (enum job_state)atomic_load(&job->state); }
struct str job_savepoint(const struct job *job) { return job->savepoint; }
