/* SPDX-License-Identifier: Apache-2.0 */
/*
 * coordinator: one epoch at a time. trigger: note what the enumerators know, send barriers to the
 * sources; gather a part from every task that lives and the last part of every task that has ended;
 * write and publish them (on a helper thread where there is one); commit what sinks have prepared.
 * While an epoch is gathered no split is handed out, so that a split is in exactly one part.
 *
 * Failing to write declines the checkpoint; more failures in a row than
 * execution.checkpointing.tolerable-failed-checkpoints fail the job.
 */
#include "runtime/coordinator_internal.h"

#include "base/alloc.h"

#include <assert.h>

bool coordinator_keeps(const struct coordinator *c) { return c->keeps; }
bool coordinator_busy(const struct coordinator *c) { return c->phase != EPOCH_NONE; }
uint64_t coordinator_completed(const struct coordinator *c) { return c->completed; }
const struct restore *coordinator_restore(const struct coordinator *c) { return c->restore; }

static void parts_free(struct task_part **parts, uint32_t count) {
    for (uint32_t i = 0; parts != NULL && i < count; i++) {
        task_part_free(parts[i]);
        parts[i] = NULL;
    }
}

static void epoch_drop(struct coordinator *c) {
    assert(c->phase == EPOCH_NONE || c->at != NULL);
    parts_free(c->parts, c->task_count);
    task_part_free(c->hub);
    c->hub = NULL;
    c->phase = EPOCH_NONE;
    c->at->hold_splits = false;
}

struct str coordinator_pages_dir(const struct coordinator *c) { return c->pages_dir; }

/* What a sink has prepared is durable, though its epoch failed: the next epoch publishes it. */
static enum status committables_carry(struct coordinator *c, const struct task_part *part, struct error *e) {
    assert(c->at != NULL);
    for (uint32_t i = 0; part != NULL && i < part->parts.count; i++) {
        const struct part *p = part->parts.at[i];
        if (p->kind != PART_COMMITTABLE) continue;
        if (c->carry == NULL) c->carry = task_part_new();
        if (c->carry == NULL) return error_no_memory(e, 0);
        TRY(task_part_add(c->carry, p, e));
    }
    return STATUS_OK;
}

enum status coordinator_give_up(struct coordinator *c, const struct error *why, struct error *e) {
    assert(c->phase != EPOCH_NONE && why->status != STATUS_OK);
    assert(c->phase != EPOCH_COMMITTING); /* published: it can only be committed */
    bool terminal = (c->flags & BARRIER_TERMINAL) != 0;
    for (uint32_t i = 0; i < c->task_count; i++) TRY(committables_carry(c, c->parts[i], e));
    epoch_drop(c);
    return coordinator_declined(c, why, terminal, e);
}

enum status coordinator_attach(struct coordinator *c, struct attempt *at, struct error *e) {
    assert(c->at == NULL && c->phase == EPOCH_NONE);
    struct arena *a = at->arena;
    c->parts = ARENA_ARRAY(a, struct task_part *, at->task_count + 1);
    c->ended = ARENA_ARRAY(a, struct task_part *, at->task_count + 1);
    c->owed = ARENA_ARRAY(a, bool, at->task_count + 1);
    c->owed_late = ARENA_ARRAY(a, bool, at->task_count + 1);
    if (c->parts == NULL || c->ended == NULL || c->owed == NULL || c->owed_late == NULL) return error_no_memory(e, 0);
    c->at = at;
    c->task_count = at->task_count;
    c->settled = c->last = c->suspended = false;
    c->next_ns = c->interval_ms > 0 ? env_monotonic_ns(c->job->env) + c->interval_ms * 1000000 : INT64_MAX;
    return STATUS_OK;
}

void coordinator_detach(struct coordinator *c) {
    if (c == NULL || c->at == NULL) return;
    /* A helper thread may still be writing; it has its own copy of the list, and the parts are ours: wait. */
    while ((c->phase == EPOCH_WRITING || c->phase == EPOCH_COMMITTING) && !atomic_load(&c->write.finished)) env_wait_sleep(c->job->env, c->job->mailbox.wait, 1000000);
    if (c->phase == EPOCH_WRITING && c->write.error.status == STATUS_OK) c->completed = c->epoch; /* published: found on disk */
    arena_free(c->write.arena);
    c->write.arena = NULL;
    epoch_drop(c);
    task_part_free(c->carry);
    c->carry = NULL;
    parts_free(c->ended, c->task_count);
    c->at = NULL;
    c->parts = c->ended = NULL;
}

/* ---- begin ---- */

enum status coordinator_trigger(struct coordinator *c, uint32_t flags, bool *ret_started, struct error *e) {
    *ret_started = false;
    if (c->phase != EPOCH_NONE || c->at == NULL) return STATUS_OK;
    c->hub = task_part_new();
    if (c->hub == NULL) return error_no_memory(e, 0);
    enum status s = hubs_part(c->at, c->hub, e);
    if (s != STATUS_OK) {
        epoch_drop(c);
        return s;
    }
    assert(c->epoch >= c->completed);
    c->epoch++;
    c->flags = flags;
    c->phase = EPOCH_GATHERING;
    c->at->hold_splits = true;
    c->started_ns = env_monotonic_ns(c->job->env);
    c->remaining = 0;
    for (uint32_t i = 0; i < c->task_count; i++) {
        c->owed[i] = c->ended[i] == NULL;
        c->remaining += c->owed[i];
    }
    *ret_started = true;
    attempt_send_all(c->at, MESSAGE_BARRIER, c->epoch, flags, true);
    return c->remaining == 0 ? coordinator_gathered(c, e) : STATUS_OK;
}

/* ---- gather ---- */

static struct task_part *payload_take(struct message *msg) {
    assert(msg->payload != NULL);
    struct task_part *part = msg->payload;
    msg->payload = NULL;
    return part;
}

static enum status task_settled(struct coordinator *c, uint32_t task, struct error *e) {
    assert(task < c->task_count);
    if (c->phase != EPOCH_GATHERING || !c->owed[task]) return STATUS_OK;
    c->owed[task] = false;
    assert(c->remaining > 0);
    return --c->remaining == 0 ? coordinator_gathered(c, e) : STATUS_OK;
}

enum status coordinator_message(struct coordinator *c, struct message *msg, struct error *e) {
    if (c->at == NULL || msg->attempt != c->at->number) return STATUS_OK;
    if (msg->kind == MESSAGE_ENDED) {
        assert(msg->task < c->task_count && c->ended[msg->task] == NULL);
        c->ended[msg->task] = payload_take(msg);
        c->at->ended_count++;
        return msg->epoch == c->epoch ? STATUS_OK : task_settled(c, msg->task, e);
    }
    if (c->phase != EPOCH_GATHERING || msg->epoch != c->epoch) return committables_carry(c, msg->payload, e); /* of an epoch that was given up */
    if (msg->kind == MESSAGE_DECLINED) {
        struct error why;
        memcpy(&why, msg->bytes, sizeof why);
        TRY(committables_carry(c, msg->payload, e));
        return coordinator_give_up(c, &why, e);
    }
    assert(msg->kind == MESSAGE_ACK && msg->task < c->task_count);
    assert(c->owed[msg->task] && c->parts[msg->task] == NULL);
    c->parts[msg->task] = payload_take(msg);
    if (msg->flags & BARRIER_TERMINAL) c->at->ended_count++;
    return task_settled(c, msg->task, e);
}

/* ---- time ---- */

static enum status timeout_check(struct coordinator *c, struct error *e) {
    assert(c->remaining <= c->task_count);
    if (c->phase != EPOCH_GATHERING || c->timeout_ms <= 0) return STATUS_OK;
    if (env_monotonic_ns(c->job->env) - c->started_ns < c->timeout_ms * 1000000) return STATUS_OK;
    struct error why = ERROR_INIT;
    error_set(&why, STATUS_TIMEOUT, "Checkpoint %llu took longer than execution.checkpointing.timeout (%lld ms)", (unsigned long long)c->epoch, (long long)c->timeout_ms);
    return coordinator_give_up(c, &why, e);
}

enum status coordinator_step(struct coordinator *c, bool *ret_progress, struct error *e) {
    if (c->at == NULL) return STATUS_OK;
    TRY(timeout_check(c, e));
    TRY(coordinator_poll(c, e));
    if (c->phase == EPOCH_NONE && attempt_done(c->at) && !c->settled) {
        /* Everything has ended: the last epoch holds what the sinks prepared at their end. */
        *ret_progress = true;
        bool started = false;
        c->last = true;
        return coordinator_trigger(c, 0, &started, e);
    }
    if (c->phase != EPOCH_NONE || !c->keeps || c->settled || c->job->stopping || c->job->stop_waits) return STATUS_OK;
    if (env_monotonic_ns(c->job->env) < c->next_ns) return STATUS_OK;
    *ret_progress = true;
    bool started = false;
    return coordinator_trigger(c, 0, &started, e);
}

int64_t coordinator_wake_ns(const struct coordinator *c) {
    if (c->at == NULL || c->settled) return INT64_MAX;
    if (c->phase == EPOCH_GATHERING && c->timeout_ms > 0) return c->started_ns + c->timeout_ms * 1000000;
    return c->phase == EPOCH_NONE && c->keeps && !c->job->stopping && !c->job->stop_waits ? c->next_ns : INT64_MAX;
}

bool coordinator_settled(const struct coordinator *c) { return c->settled; }
