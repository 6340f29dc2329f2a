/* SPDX-License-Identifier: Apache-2.0 */
/*
 * task: one step of one task. In this order: nothing happens while an output is over its budget;
 * an operator that has more to emit goes on (the one furthest downstream first), but a barrier that has
 * arrived does not wait for it if it can go on from a checkpoint; operators whose
 * inputs have all ended finish; a barrier that has arrived everywhere is taken; due timers fire; then
 * one parcel of a gate or one read of a source is processed.
 */
#include "runtime/job.h"
#include "runtime/attempt.h"
#include "runtime/bad_rows.h"
#include "runtime/page_file.h"
#include "runtime/restore.h"
#include "runtime/sink_unit.h"
#include "runtime/source_slot.h"

#include <assert.h>

/* How long sources wait for the JobManager to stop a job whose states are full. */
enum { HOLD_NS = 1000000000 };

bool task_has_room(struct task *t) {
    bool room = true;
    for (uint32_t i = 0; i < t->output_count; i++) room &= channel_has_room(t->outputs[i]);
    for (uint32_t i = 0; i < t->sink_count; i++) room &= strand_has_room(&t->sinks[i]->strand);
    return room;
}

static enum status pending_resume(struct task *t, struct error *e) {
    for (uint32_t i = t->node_count; i-- > 0;) {
        if (!t->nodes[i]->pending) continue;
        t->nodes[i]->eval.now_us = t->now_us;
        return link_resume(t->nodes[i], e);
    }
    assert(false);
    return STATUS_BUG;
}

/* ---- ends ---- */

static enum status node_ended(struct opnode *n, struct error *e) {
    assert(n->phase != OPNODE_ENDED && !n->pending);
    n->phase = OPNODE_ENDED;
    n->timer_ms = INT64_MAX;
    for (uint32_t i = 0; i < n->target_count; i++) {
        assert(n->targets[i].to->open_inputs > 0);
        n->targets[i].to->open_inputs--;
    }
    for (uint32_t i = 0; i < n->exchange_count; i++)
        for (uint32_t k = 0; k < n->exchanges[i].channel_count; k++) TRY(channel_end(n->exchanges[i].channels[k], e));
    return STATUS_OK;
}

enum status task_start(struct task *t, struct error *e) {
    const struct restore *r = t->attempt->restore;
    t->live_sources = t->source_count;
    for (uint32_t i = 0; i < t->node_count; i++) {
        struct opnode *n = t->nodes[i];
        bool ended = r != NULL && restore_finished(r, n);
        bool more = false;
        if (n->restored && !ended && n->op->class->continues != NULL) TRY(n->op->class->continues(n->op, &more, e));
        link_set_pending(n, more);
    }
    for (uint32_t i = 0; r != NULL && i < t->node_count; i++) {
        struct opnode *n = t->nodes[i];
        if (!restore_finished(r, n)) continue;
        if (n->source != NULL) {
            n->source->ended = true;
            t->live_sources--;
        }
        TRY(link_emit_mark(n, &(struct mark){.kind = MARK_WATERMARK, .watermark_ms = WATERMARK_MAX}, e));
        TRY(node_ended(n, e));
    }
    return STATUS_OK;
}

static enum status node_finish(struct opnode *n, struct error *e) {
    assert(n->phase == OPNODE_OPEN && n->open_inputs == 0);
    n->phase = OPNODE_FINISHING;
    n->eval.now_us = n->task->now_us;
    bool more = false;
    if (n->op->class->finish != NULL) TRY(n->op->class->finish(n->op, &more, e));
    link_set_pending(n, more);
    return STATUS_OK;
}

/* Ends what can end; nothing is pending at entry, something may be at exit. */
static enum status ends_step(struct task *t, bool *ret_progress, struct error *e) {
    assert(t->pending_count == 0);
    for (uint32_t i = 0; i < t->node_count && t->pending_count == 0; i++) {
        struct opnode *n = t->nodes[i];
        if (n->phase == OPNODE_ENDED || n->open_inputs > 0) continue;
        if (n->source != NULL ? !n->source->ended : false) continue;
        *ret_progress = true;
        if (n->source == NULL && n->phase == OPNODE_OPEN) TRY(node_finish(n, e));
        if (t->pending_count == 0) TRY(node_ended(n, e));
    }
    return STATUS_OK;
}

static bool all_ended(const struct task *t) {
    for (uint32_t i = 0; i < t->node_count; i++)
        if (t->nodes[i]->phase != OPNODE_ENDED) return false;
    return true;
}

/* ---- barriers ---- */

static void epoch_begin(struct task *t, uint64_t epoch, uint32_t flags) {
    assert(epoch > t->epoch);
    for (uint32_t i = 0; i < t->gate_count; i++) t->gates[i].channel->blocked = false;
    t->epoch = epoch;
    t->epoch_flags = flags;
    t->aligning = true;
    t->triggered = false;
}

static bool source_is_live(const struct task *t) {
    for (uint32_t i = 0; i < t->source_count; i++)
        if (!t->sources[i]->ended) return true;
    return false;
}

static bool barrier_is_complete(const struct task *t) {
    assert(!t->triggered || t->aligning || t->epoch > 0);
    if (!t->aligning || (!t->triggered && source_is_live(t))) return false;
    for (uint32_t i = 0; i < t->gate_count; i++)
        if (!t->gates[i].channel->ended && !t->gates[i].channel->blocked) return false;
    return true;
}

/* ---- input ---- */

static enum status parcel_process(struct task *t, struct gate *g, struct parcel *p, struct error *e) {
    switch (p->kind) {
    case PARCEL_BATCH:
        g->to->eval.now_us = t->now_us;
        return link_deliver(g->to, g->input, g->slot, &p->buffer->batch, e);
    case PARCEL_BARRIER:
        assert(p->epoch > 0 && !g->channel->blocked);
        if (p->epoch > t->epoch) epoch_begin(t, p->epoch, p->flags);
        if (p->epoch == t->epoch && t->aligning) g->channel->blocked = true;
        return STATUS_OK;
    case PARCEL_END:
        assert(!g->channel->ended && g->to->open_inputs > 0);
        g->channel->ended = true;
        g->to->open_inputs--;
        return STATUS_OK;
    }
    return STATUS_OK;
}

static enum status gates_step(struct task *t, bool *ret_progress, struct error *e) {
    assert(t->pending_count == 0);
    for (uint32_t i = 0; i < t->gate_count; i++) {
        struct gate *g = &t->gates[(t->gate_next + i) % t->gate_count];
        if (g->channel->blocked || g->channel->ended) continue;
        struct parcel *p = channel_take(g->channel);
        if (p == NULL) continue;
        t->gate_next = (t->gate_next + i + 1) % t->gate_count;
        enum status s = parcel_process(t, g, p, e);
        channel_return(g->channel, p);
        *ret_progress = true;
        return s;
    }
    return STATUS_OK;
}

/*
 * Nine tenths of the memory for states are used: no more is read, so that the last checkpoint has room,
 * while the JobManager, which looks at it between its messages, looks now and stops the job.
 */
static bool budget_holds(struct task *t, int64_t now_ns) {
    struct opnode *most = NULL;
    uint64_t budget = t->attempt->job->config.budget_bytes;
    if (budget == 0) return false;
    if (t->hold_until_ns == 0 && attempt_state_bytes(t->attempt, &most) >= budget / 10 * 9) {
        t->hold_until_ns = now_ns + HOLD_NS;
        env_wait_wake(t->attempt->env, t->attempt->manager->wait);
    }
    return now_ns < t->hold_until_ns;
}

static enum status sources_step(struct task *t, bool *ret_progress, struct error *e) {
    assert(t->pending_count == 0);
    if (t->source_count == 0) return STATUS_OK;
    int64_t now_ns = env_monotonic_ns(t->attempt->env);
    if (budget_holds(t, now_ns)) return STATUS_OK;
    for (uint32_t i = 0; i < t->source_count; i++) {
        struct source_slot *s = t->sources[(t->source_next + i) % t->source_count];
        if (!source_is_ready(s, now_ns)) continue;
        t->source_next = (t->source_next + i + 1) % t->source_count;
        bool progress = false;
        TRY(source_step(s, &progress, e));
        *ret_progress |= progress;
        if (progress) return STATUS_OK;
    }
    return STATUS_OK;
}

/* ---- time ---- */

static enum status timers_step(struct task *t, bool *ret_progress, struct error *e) {
    assert(t->pending_count == 0);
    int64_t now_ms = t->now_us / 1000;
    for (uint32_t i = 0; i < t->node_count; i++) {
        struct opnode *n = t->nodes[i];
        if (n->timer_ms > now_ms || n->op == NULL || n->phase != OPNODE_OPEN) continue;
        n->timer_ms = INT64_MAX;
        if (n->op->class->on_timer == NULL) continue;
        n->eval.now_us = t->now_us;
        bool more = false;
        TRY(n->op->class->on_timer(n->op, now_ms, &more, e));
        link_set_pending(n, more);
        *ret_progress = true;
        return STATUS_OK;
    }
    return STATUS_OK;
}

static void states_time(struct task *t) {
    for (uint32_t i = 0; i < t->node_count; i++) {
        if (t->nodes[i]->state == NULL) continue;
        state_set_time(t->nodes[i]->state, t->now_us / 1000);
        page_chain_warm(t->nodes[i]);
    }
}

/* ---- a barrier between two steps of a firing ---- */

static bool all_continue(const struct task *t) {
    for (uint32_t i = 0; i < t->node_count; i++)
        if (t->nodes[i]->pending && t->nodes[i]->op->class->continues == NULL) return false;
    return true;
}

static enum status barriers_take(struct task *t, struct error *e) {
    for (uint32_t i = 0; i < t->gate_count; i++) {
        struct gate *g = &t->gates[i];
        if (g->channel->blocked || g->channel->ended || !channel_at_barrier(g->channel)) continue;
        struct parcel *p = channel_take(g->channel);
        enum status s = parcel_process(t, g, p, e);
        channel_return(g->channel, p);
        TRY(s);
    }
    return STATUS_OK;
}

static enum status pending_work(struct task *t, struct error *e) {
    assert(t->pending_count > 0);
    if (all_continue(t)) {
        TRY(barriers_take(t, e));
        if (barrier_is_complete(t) && !barrier_drains(t)) return task_barrier(t, e);
    }
    return pending_resume(t, e);
}

/* ---- the step ---- */

static enum status work(struct task *t, bool *ret_progress, struct error *e) {
    *ret_progress = true;
    if (t->pending_count > 0) return pending_work(t, e);
    bool progress = false;
    TRY(ends_step(t, &progress, e));
    if (!progress && barrier_is_complete(t)) {
        TRY(task_barrier(t, e));
        progress = true;
    }
    if (!progress) TRY(timers_step(t, &progress, e));
    if (!progress) TRY(gates_step(t, &progress, e));
    if (!progress) TRY(sources_step(t, &progress, e));
    *ret_progress = progress;
    return STATUS_OK;
}

static void outputs_flush(struct task *t, bool always) {
    for (uint32_t i = 0; i < t->output_count; i++) channel_flush(t->outputs[i], always);
}

static enum status task_end(struct task *t, struct error *e) {
    assert(t->phase == TASK_RUNNING && (t->suspended || t->pending_count == 0));
    outputs_flush(t, true);
    if (!t->suspended) TRY(task_last_part(t, e));
    t->phase = TASK_ENDED;
    return STATUS_OK;
}

enum status task_step(struct task *t, enum task_result *ret, struct error *e) {
    assert(t->pending_count <= t->node_count);
    if (t->phase == TASK_ENDED) {
        task_has_room(t); /* moves what waits for room in a ring */
        *ret = TASK_DONE;
        return STATUS_OK;
    }
    if (!task_has_room(t)) {
        *ret = TASK_BLOCKED;
        return STATUS_OK;
    }
    t->now_us = env_wall_us(t->attempt->env);
    states_time(t);
    bool progress = false;
    TRY(work(t, &progress, e));
    if (t->suspended || (t->pending_count == 0 && all_ended(t))) TRY(task_end(t, e));
    outputs_flush(t, false);
    if (progress) task_count(t);
    *ret = progress ? TASK_PROGRESS : TASK_WAITING;
    return STATUS_OK;
}

enum status task_idle(struct task *t, bool *ret_moved, struct error *e) {
    for (uint32_t i = 0; i < t->output_count; i++) *ret_moved |= channel_flush(t->outputs[i], true);
    if (!t->unflushed || t->phase == TASK_ENDED) return STATUS_OK;
    t->unflushed = false;
    for (uint32_t i = 0; i < t->node_count; i++) {
        struct opnode *n = t->nodes[i];
        if (sink_is(n)) TRY(sink_op_flush(n->op, e));
        struct sink_unit *log = n->source == NULL ? NULL : bad_rows_unit(n->source->bad);
        if (log != NULL && log->writer->ops->flush != NULL) TRY(log->writer->ops->flush(log->writer, e));
    }
    return STATUS_OK;
}

int64_t task_timer_ms(const struct task *t) {
    int64_t least = INT64_MAX;
    if (t->phase == TASK_ENDED) return least;
    for (uint32_t i = 0; i < t->node_count; i++)
        if (t->nodes[i]->timer_ms < least) least = t->nodes[i]->timer_ms;
    for (uint32_t i = 0; i < t->source_count; i++)
        if (t->sources[i]->tick_ms > t->now_us / 1000 && !t->sources[i]->ended && t->sources[i]->tick_ms < least) least = t->sources[i]->tick_ms;
    return least;
}

int64_t task_wake_ns(const struct task *t) {
    int64_t least = INT64_MAX;
    if (t->phase == TASK_ENDED) return least;
    if (t->hold_until_ns > env_monotonic_ns(t->attempt->env)) least = t->hold_until_ns;
    for (uint32_t i = 0; i < t->source_count; i++) {
        const struct source_slot *s = t->sources[i];
        if (s->waiting && s->wake_ns >= 0 && !s->ended && s->wake_ns < least) least = s->wake_ns;
    }
    int64_t timer_ms = task_timer_ms(t);
    if (timer_ms == INT64_MAX || env_is_virtual(t->attempt->env)) return least;
    int64_t left_us = timer_ms * 1000 - env_wall_us(t->attempt->env);
    int64_t at_ns = env_monotonic_ns(t->attempt->env) + (left_us > 0 ? left_us * 1000 : 0);
    return at_ns < least ? at_ns : least;
}

void task_message(struct task *t, struct message *msg) {
    switch (msg->kind) {
    case MESSAGE_BARRIER:
        if (t->phase == TASK_ENDED || msg->epoch < t->epoch) return;
        if (msg->epoch > t->epoch) epoch_begin(t, msg->epoch, msg->flags);
        t->triggered = true;
        if (msg->flags & BARRIER_TERMINAL)
            for (uint32_t i = 0; i < t->source_count; i++) t->sources[i]->stopped = true;
        return;
    case MESSAGE_DRAIN:
        for (uint32_t i = 0; i < t->source_count; i++)
            if (!t->sources[i]->ended) t->sources[i]->drain = true;
        return;
    case MESSAGE_NO_SPLITS:
        if (t->phase != TASK_ENDED) t->sources[msg->source]->no_more = true;
        return;
    default: return;
    }
}

void task_count(struct task *t) {
    uint64_t rows_in = 0, rows_out = 0, late = 0, bad = 0, done = 0, total = 0, state = 0;
    int64_t watermark = WATERMARK_MAX;
    bool sink = false;
    for (uint32_t i = 0; i < t->node_count; i++) {
        const struct opnode *n = t->nodes[i];
        late += n->metrics.late_rows;
        bad += n->metrics.bad_rows;
        if (n->state != NULL) {
            uint64_t bytes = state_bytes(n->state);
            atomic_store_explicit(&t->nodes[i]->state_bytes, bytes, memory_order_relaxed);
            state += bytes;
        }
        if (n->source != NULL) {
            rows_in += n->source->rows;
            uint64_t d = 0, all = 0;
            if (n->source->reader->ops->progress != NULL) n->source->reader->ops->progress(n->source->reader, &d, &all);
            done += d;
            total += all;
        }
        if (!sink_is(n)) continue;
        sink = true;
        rows_out += n->metrics.rows_out;
        if (n->metrics.watermark_ms < watermark) watermark = n->metrics.watermark_ms;
    }
    struct task_counters *c = &t->counters;
    atomic_store_explicit(&c->rows_in, rows_in, memory_order_relaxed);
    atomic_store_explicit(&c->rows_out, rows_out, memory_order_relaxed);
    atomic_store_explicit(&c->late_rows, late, memory_order_relaxed);
    atomic_store_explicit(&c->bad_rows, bad, memory_order_relaxed);
    atomic_store_explicit(&c->bytes_done, done, memory_order_relaxed);
    atomic_store_explicit(&c->bytes_total, total, memory_order_relaxed);
    atomic_store_explicit(&c->state_bytes, state, memory_order_relaxed);
    if (sink) atomic_store_explicit(&c->watermark_ms, watermark, memory_order_relaxed);
}
