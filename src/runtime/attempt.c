/* SPDX-License-Identifier: Apache-2.0 */
/*
 * attempt: deploys a plan: builds the graph, gives the tasks to workers (subtask i to worker i modulo
 * their number), opens everything on the caller's thread, and starts threads when there are several
 * workers. Taking it down joins the threads first, so that nothing runs when memory is freed.
 */
#include "runtime/attempt.h"

#include "base/alloc.h"
#include "runtime/bad_rows.h"
#include "runtime/job.h"

#include <assert.h>

enum { RESULT_BUDGET_BYTES = 2 * 1024 * 1024 };

void attempt_tell(struct attempt *at, struct message *msg) {
    if (msg == NULL) { /* out of memory: the JobManager sees the flag */
        atomic_store(&at->job->failure_no_memory, true);
        atomic_store(&at->cancel, true);
        env_wait_wake(at->env, at->manager->wait);
        return;
    }
    mailbox_send(at->manager, msg);
}

void attempt_fail(struct attempt *at, uint32_t task, const struct error *e) {
    atomic_store(&at->cancel, true);
    struct message *msg = message_new(MESSAGE_FAILED, at->number, task, (struct str){(const char *)e, sizeof *e});
    attempt_tell(at, msg);
}

static uint32_t widest(const struct plan *p) {
    assert(p != NULL);
    uint32_t most = 1;
    for (uint32_t i = 0; i < p->vertices.count; i++) {
        const struct vertex *v = p->vertices.at[i];
        if (v->parallelism > most) most = v->parallelism;
    }
    return most;
}

static enum status workers_new(struct attempt *at, struct error *e) {
    uint32_t wanted = at->config->workers != 0 ? at->config->workers : env_cores(at->env);
    uint32_t most = widest(at->plan);
    uint32_t count = wanted < most ? wanted : most;
    at->workers = ARENA_ARRAY(at->arena, struct worker, count);
    if (at->workers == NULL) return error_no_memory(e, 0);
    at->threaded = at->job->threaded && count > 1;
    for (uint32_t i = 0; i < count; i++) {
        TRY(worker_init(&at->workers[i], at, i, e));
        at->worker_count++;
    }
    for (uint32_t i = at->task_count; i-- > 0;) { /* downstream first */
        struct task *t = at->tasks[i];
        t->worker = &at->workers[t->subtask % count];
        t->worker->tasks[t->worker->task_count++] = t;
    }
    return STATUS_OK;
}

static void channels_wire(struct attempt *at) {
    assert(at->worker_count > 0 || at->task_count == 0);
    for (uint32_t i = 0; i < at->task_count; i++) {
        struct task *t = at->tasks[i];
        struct env_wait *wait = t->worker->mailbox.wait;
        for (uint32_t k = 0; k < t->output_count; k++) t->outputs[k]->producer_wait = wait;
        for (uint32_t k = 0; k < t->gate_count; k++) t->gates[k].channel->consumer_wait = wait;
    }
    for (uint32_t i = 0; i < at->result_count; i++) at->results[i]->consumer_wait = at->manager->wait;
}

enum status attempt_result_channel(struct attempt *at, struct task *t, const struct type *const *types, uint32_t count, struct channel **ret, struct error *e) {
    assert(at->threaded);
    struct channel *c = mem_calloc(1, sizeof *c);
    if (c == NULL) return error_no_memory(e, sizeof *c);
    channel_init(c, at->env, types, count, at->batch_rows, RESULT_BUDGET_BYTES);
    c->results = true;
    struct channel **all = mem_realloc(at->results, (at->result_count + 1) * sizeof *all);
    struct channel **outputs = ARENA_ARRAY(t->arena, struct channel *, t->output_count + 1);
    if (all != NULL) at->results = all;
    if (all == NULL || outputs == NULL) {
        mem_free(c);
        return error_no_memory(e, 0);
    }
    if (t->output_count > 0) memcpy(outputs, t->outputs, t->output_count * sizeof(struct channel *));
    outputs[t->output_count++] = c;
    t->outputs = outputs;
    at->results[at->result_count++] = c;
    *ret = c;
    return STATUS_OK;
}

static enum status open_all(struct attempt *at, struct error *e) {
    assert(at->task_count == 0 && at->channel_count == 0);
    TRY(graph_build(at, e));
    TRY(workers_new(at, e));
    TRY(hubs_open(at, e));
    for (uint32_t i = 0; i < at->task_count; i++) TRY(task_open(at->tasks[i], e));
    channels_wire(at);
    for (uint32_t i = 0; i < at->task_count; i++) TRY(task_start(at->tasks[i], e));
    return STATUS_OK;
}

static enum status threads_start(struct attempt *at, struct error *e) {
    assert(!at->threaded || at->worker_count > 1);
    for (uint32_t i = 0; at->threaded && i < at->worker_count; i++) {
        char name[16] = "weir-worker-0";
        name[12] = (char)('0' + i % 10);
        TRY(env_thread_start(at->env, name, worker_main, &at->workers[i], &at->workers[i].thread, e));
    }
    return STATUS_OK;
}

enum status attempt_new(struct job *job, const struct restore *restore, struct attempt **ret, struct error *e) {
    struct arena *a = arena_new("attempt", 0);
    struct attempt *at = a == NULL ? NULL : ARENA_NEW(a, struct attempt);
    if (at == NULL) {
        arena_free(a);
        return error_no_memory(e, 0);
    }
    *at = (struct attempt){.job = job, .plan = job->plan, .config = &job->config, .env = job->env, .arena = a, .number = ++job->attempts,
                           .manager = &job->mailbox, .restore = restore};
    at->batch_rows = job->config.batch_rows == 0 ? BATCH_ROWS_MAX : job->config.batch_rows;
    at->max_parallelism = job->max_parallelism;
    at->pages_dir = coordinator_pages_dir(job->coordinator);
    atomic_init(&at->cancel, false);
    enum status s = open_all(at, e);
    if (s == STATUS_OK) s = threads_start(at, e);
    if (s != STATUS_OK) {
        attempt_free(at);
        return s;
    }
    *ret = at;
    return STATUS_OK;
}

/* ---- down ---- */

static void bad_class_add(void *context, const char *code, uint64_t count, const char *message) {
    struct job *job = context;
    for (uint32_t i = 0; i < job->bad_classes.count; i++) {
        struct job_bad_class *c = job->bad_classes.at[i];
        if (!str_equal(c->code, str_of(code))) continue;
        c->count += count;
        return;
    }
    struct job_bad_class *c = ARENA_NEW(job->arena, struct job_bad_class);
    if (c == NULL) return;
    *c = (struct job_bad_class){arena_str(job->arena, str_of(code)), count, arena_str(job->arena, str_of(message))};
    list_push(&job->bad_classes, job->arena, c);
}

static void totals_add(struct attempt *at) {
    assert(atomic_load(&at->writes) == 0);
    struct job *job = at->job;
    for (uint32_t i = 0; i < at->task_count; i++) {
        for (uint32_t k = 0; k < at->tasks[i]->node_count; k++) {
            const struct opnode *n = at->tasks[i]->nodes[k];
            uint64_t *sum = &job->node_totals[(size_t)n->node->id * 4];
            sum[0] += n->metrics.rows_in;
            sum[1] += n->metrics.rows_out;
            sum[2] += n->metrics.late_rows;
            sum[3] += n->metrics.bad_rows;
            if (n->source != NULL) bad_rows_report(n->source->bad, bad_class_add, job);
        }
    }
}

static void counters_add(struct attempt *at, struct job_metrics *m) {
    for (uint32_t i = 0; i < at->task_count; i++) {
        struct task_counters *c = &at->tasks[i]->counters;
        m->rows_in += atomic_load_explicit(&c->rows_in, memory_order_relaxed);
        m->rows_out += atomic_load_explicit(&c->rows_out, memory_order_relaxed);
        m->late_rows += atomic_load_explicit(&c->late_rows, memory_order_relaxed);
        m->bad_rows += atomic_load_explicit(&c->bad_rows, memory_order_relaxed);
        m->bytes_done += atomic_load_explicit(&c->bytes_done, memory_order_relaxed);
        m->bytes_total += atomic_load_explicit(&c->bytes_total, memory_order_relaxed);
        m->state_bytes += atomic_load_explicit(&c->state_bytes, memory_order_relaxed);
        int64_t w = atomic_load_explicit(&c->watermark_ms, memory_order_relaxed);
        if (w != WATERMARK_MIN && (m->watermark_ms == WATERMARK_MIN || w < m->watermark_ms)) m->watermark_ms = w;
    }
}

void attempt_metrics(const struct attempt *at, struct job_metrics *m) { counters_add((struct attempt *)at, m); }

uint64_t attempt_state_bytes(const struct attempt *at, struct opnode **ret_most) {
    uint64_t sum = 0, most = 0;
    *ret_most = NULL;
    for (uint32_t i = 0; i < at->task_count; i++) {
        const struct task *t = at->tasks[i];
        for (uint32_t k = 0; k < t->node_count; k++) {
            uint64_t bytes = atomic_load_explicit(&t->nodes[k]->state_bytes, memory_order_relaxed);
            sum += bytes;
            if (bytes <= most) continue;
            most = bytes;
            *ret_most = t->nodes[k];
        }
    }
    return sum;
}

void attempt_free(struct attempt *at) {
    if (at == NULL) return;
    atomic_store(&at->cancel, true);
    for (uint32_t i = 0; i < at->worker_count; i++) {
        atomic_store(&at->workers[i].exit, true);
        env_wait_wake(at->env, at->workers[i].mailbox.wait);
    }
    for (uint32_t i = 0; i < at->worker_count; i++) worker_join(&at->workers[i]);
    while (atomic_load(&at->writes) > 0) env_wait_sleep(at->env, at->manager->wait, 1000000);
    totals_add(at);
    for (uint32_t i = 0; i < at->task_count; i++) {
        task_close(at->tasks[i]);
    }
    job_lock(at->job);
    counters_add(at, &at->job->totals);
    at->job->totals.state_bytes = 0;
    job_unlock(at->job);
    hubs_close(at);
    graph_free(at);
    for (uint32_t i = 0; i < at->result_count; i++) {
        channel_deinit(at->results[i]);
        mem_free(at->results[i]);
    }
    mem_free(at->results);
    /* Last: workers, helper threads and readers wake each other through them. */
    for (uint32_t i = 0; i < at->worker_count; i++) worker_deinit(&at->workers[i]);
    arena_free(at->arena);
}

/* ---- while it runs ---- */

void attempt_send_all(struct attempt *at, enum message_kind kind, uint64_t epoch, uint32_t flags, bool sources_only) {
    assert(kind != MESSAGE_BARRIER || epoch > 0);
    for (uint32_t i = 0; i < at->task_count; i++) {
        struct task *t = at->tasks[i];
        if (sources_only && t->source_count == 0) continue;
        struct message *msg = message_new(kind, at->number, t->index, STR(""));
        if (msg == NULL) {
            attempt_tell(at, NULL);
            return;
        }
        msg->epoch = epoch;
        msg->flags = flags;
        mailbox_send(&t->worker->mailbox, msg);
    }
}

bool attempt_results(struct attempt *at, struct error *e) {
    bool some = false;
    for (uint32_t i = 0; i < at->result_count; i++) {
        struct parcel *p = NULL;
        while ((p = channel_take(at->results[i])) != NULL) {
            some = true;
            enum status s = p->buffer->batch.sel_count == 0 ? STATUS_OK : job_result(at->job, &p->buffer->batch, e);
            channel_return(at->results[i], p);
            if (s != STATUS_OK) return true;
        }
    }
    return some;
}

bool attempt_done(const struct attempt *at) { return at->ended_count == at->task_count; }
