/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker: steps its tasks, those furthest downstream first, so that what is in flight leaves before
 * more is read. A round ends after ROUND_NS at the latest, to look at messages. With nothing to do it
 * hands over what is half full, flushes the sinks, and sleeps until a timer or a wake.
 */
#include "runtime/attempt.h"
#include "runtime/source_slot.h"

#include <assert.h>

enum { ROUND_NS = 10 * 1000 * 1000, ROUND_STEPS = 256 };

enum status worker_init(struct worker *w, struct attempt *at, uint32_t index, struct error *e) {
    w->attempt = at;
    w->index = index;
    atomic_init(&w->exit, false);
    w->tasks = ARENA_ARRAY(at->arena, struct task *, at->task_count + 1);
    if (w->tasks == NULL) return error_no_memory(e, 0);
    return mailbox_init(&w->mailbox, at->env, at->threaded ? NULL : at->manager->wait, e);
}

void worker_join(struct worker *w) {
    env_thread_join(w->attempt->env, w->thread);
    w->thread = NULL;
}

void worker_deinit(struct worker *w) {
    assert(w->thread == NULL);
    mailbox_deinit(&w->mailbox);
}

static enum status message_handle(struct worker *w, struct message *msg, struct error *e) {
    if (msg->kind == MESSAGE_WAKE || msg->attempt != w->attempt->number) return STATUS_OK;
    assert(msg->task < w->attempt->task_count);
    struct task *t = w->attempt->tasks[msg->task];
    assert(t->worker == w);
    if (msg->kind == MESSAGE_SPLIT && t->phase != TASK_ENDED)
        return source_split(t->sources[msg->source], (struct str){msg->bytes, msg->size_bytes}, e);
    task_message(t, msg);
    return STATUS_OK;
}

static bool messages_handle(struct worker *w) {
    struct message *msg = mailbox_take(&w->mailbox);
    bool some = msg != NULL;
    while (msg != NULL) {
        struct message *next = msg->next;
        struct error e = ERROR_INIT;
        enum status s = message_handle(w, msg, &e);
        if (s != STATUS_OK) {
            if (e.status == STATUS_OK) error_set(&e, s, "%s", status_text(s));
            attempt_fail(w->attempt, msg->task, &e);
        }
        message_free(msg);
        msg = next;
    }
    return some;
}

/* Steps one task; a failure stops the whole attempt. */
static enum task_result task_try(struct worker *w, struct task *t) {
    assert(t->worker == w);
    struct error e = ERROR_INIT;
    enum task_result r = TASK_WAITING;
    enum status s = task_step(t, &r, &e);
    if (s == STATUS_OK) return r;
    if (e.status == STATUS_OK) error_set(&e, s, "%s", status_text(s));
    e.status = s;
    t->phase = TASK_ENDED;
    attempt_fail(w->attempt, t->index, &e);
    return TASK_DONE;
}

static bool tasks_idle(struct worker *w) {
    bool moved = false;
    for (uint32_t i = 0; i < w->task_count; i++) {
        struct error e = ERROR_INIT;
        enum status s = task_idle(w->tasks[i], &moved, &e);
        if (s == STATUS_OK) continue;
        if (e.status == STATUS_OK) error_set(&e, s, "%s", status_text(s));
        w->tasks[i]->phase = TASK_ENDED;
        attempt_fail(w->attempt, w->tasks[i]->index, &e);
    }
    return moved;
}

bool worker_step(struct worker *w) {
    assert(w->attempt != NULL);
    bool some = messages_handle(w);
    if (atomic_load_explicit(&w->attempt->cancel, memory_order_relaxed)) return some;
    int64_t until = env_monotonic_ns(w->attempt->env) + ROUND_NS;
    bool progress = true;
    /* A test that takes a checkpoint after every batch wants them within firings, too: it looks around after each step. */
    uint32_t most = w->attempt->config->checkpoint_every_batch ? 1 : ROUND_STEPS;
    for (uint32_t steps = 0; progress && steps < most; steps++) {
        progress = false;
        for (uint32_t i = 0; i < w->task_count && !progress; i++) progress = task_try(w, w->tasks[i]) == TASK_PROGRESS;
        some |= progress;
        if (atomic_load_explicit(&w->attempt->cancel, memory_order_relaxed)) return some;
        if ((steps & 7) == 7 && env_monotonic_ns(w->attempt->env) > until) break;
    }
    if (!progress) some |= tasks_idle(w);
    return some;
}

int64_t worker_wake_ns(const struct worker *w) {
    int64_t least = INT64_MAX;
    for (uint32_t i = 0; i < w->task_count; i++) {
        int64_t at_ns = task_wake_ns(w->tasks[i]);
        if (at_ns < least) least = at_ns;
    }
    return least;
}

void worker_main(void *argument) {
    struct worker *w = argument;
    struct env *env = w->attempt->env;
    while (!atomic_load(&w->exit)) {
        if (worker_step(w)) continue;
        int64_t wake_ns = worker_wake_ns(w), left = -1;
        if (atomic_load(&w->attempt->cancel)) wake_ns = INT64_MAX;
        if (wake_ns != INT64_MAX) left = wake_ns - env_monotonic_ns(env);
        env_wait_sleep(env, w->mailbox.wait, wake_ns == INT64_MAX ? -1 : left < 0 ? 0 : left);
    }
}
