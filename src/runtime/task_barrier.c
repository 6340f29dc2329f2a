/* SPDX-License-Identifier: Apache-2.0 */
/*
 * task_barrier: what a task does when an epoch ends: operators flush what they buffer, the barrier
 * goes downstream, and the task's part of the checkpoint is made: state, positions of sources, what
 * sinks have prepared. A part that cannot be made is declined; that fails the checkpoint, not the
 * task, unless a sink could not make its output durable.
 */
#include "runtime/ack.h"
#include "runtime/attempt.h"
#include "runtime/bad_rows.h"
#include "runtime/page_file.h"
#include "runtime/restore.h"
#include "runtime/sink_unit.h"
#include "runtime/source_slot.h"

#include <assert.h>

static struct part node_part(const struct opnode *n, enum part_kind kind, struct str bytes) {
    return (struct part){.kind = kind, .uid = n->node->uid, .label = str_of(node_label(n->node->kind)), .subtask = n->subtask, .parallelism = n->parallelism, .bytes = bytes};
}

static enum status buf_write(void *context, const void *bytes, size_t size, struct error *e) {
    struct buf *b = context;
    buf_append(b, bytes, size);
    return b->failed ? error_no_memory(e, size) : STATUS_OK;
}

static enum status state_part(struct task_part *part, struct opnode *n, struct error *e) {
    assert(n->state != NULL);
    struct buf bytes = BUF_INIT;
    struct state_writer w = {buf_write, &bytes};
    enum status s = state_export(n->state, &w, e);
    if (s == STATUS_OK) {
        struct part p = node_part(n, PART_STATE, buf_view(&bytes));
        part->state_bytes += bytes.size_bytes;
        s = task_part_add(part, &p, e);
    }
    buf_deinit(&bytes);
    return s;
}

struct position {
    struct task_part *part;
    struct opnode *node;
    struct error *error;
};

static enum status position_add(void *context, struct str split) {
    struct position *p = context;
    struct part part = node_part(p->node, PART_SPLIT, split);
    return task_part_add(p->part, &part, p->error);
}

static enum status source_part(struct task_part *part, struct opnode *n, struct error *e) {
    assert(n->source != NULL && n->source->reader != NULL);
    struct position position = {part, n, e};
    return n->source->reader->ops->position(n->source->reader, position_add, &position, e);
}

static enum status sinks_prepare(struct task *t, struct task_part *part, bool last, struct error *e) {
    for (uint32_t i = 0; i < t->sink_count; i++) TRY(sink_unit_prepare(t->sinks[i], last, part, e));
    return STATUS_OK;
}

/* Before what the part promises has not come to the disk, nobody hears of it. */
static enum status sinks_fence(struct task *t, struct ack *a, struct error *e) {
    for (uint32_t i = 0; i < t->sink_count; i++) TRY(sink_unit_fence(t->sinks[i], a, e));
    return STATUS_OK;
}

/* Checkpoints store pages, on disk and while the worker goes on; savepoints the logical form. */
static bool as_pages(const struct task *t) {
    return t->attempt->pages_dir.at != NULL && !(t->epoch_flags & BARRIER_SAVEPOINT);
}

static bool has_pages(const struct task *t) {
    for (uint32_t i = 0; i < t->node_count; i++)
        if (t->nodes[i]->pages != NULL && t->nodes[i]->phase != OPNODE_ENDED) return true;
    return false;
}

static enum status nodes_part(struct task *t, struct task_part *part, struct error *e) {
    assert(part != NULL);
    for (uint32_t i = 0; i < t->node_count; i++) {
        struct opnode *n = t->nodes[i];
        if (n->phase == OPNODE_ENDED) {
            struct part p = node_part(n, PART_FINISHED, STR(""));
            TRY(task_part_add(part, &p, e));
        } else if (n->source != NULL) {
            TRY(source_part(part, n, e));
        } else if (n->state != NULL && node_has_state(n->node->kind)) {
            if (!as_pages(t) || n->pages == NULL) TRY(state_part(part, n, e));
        }
    }
    return STATUS_OK;
}

/* The part goes to the JobManager; `pages` of the states, too, once they are written. */
static enum status part_send(struct task *t, enum message_kind kind, struct task_part *part, bool pages, struct error *e) {
    assert(kind == MESSAGE_ENDED || t->epoch > 0);
    struct ack *a = ack_new(t, kind, part);
    if (a == NULL) return error_no_memory(e, 0);
    enum status s = sinks_fence(t, a, e);
    if (s == STATUS_OK && pages) s = page_file_write(t, part, a, e);
    if (s != STATUS_OK) ack_drop(a);
    ack_release(a);
    return s;
}

bool barrier_drains(const struct task *t) { return (t->epoch_flags & (BARRIER_SAVEPOINT | BARRIER_TERMINAL)) != 0; }

static bool may_continue(const struct task *t, const struct opnode *n) {
    return n->pending && !barrier_drains(t) && n->op->class->continues != NULL;
}

static enum status operators_flush(struct task *t, struct error *e) {
    for (uint32_t i = 0; i < t->node_count; i++) {
        struct opnode *n = t->nodes[i];
        if (n->op == NULL || n->phase == OPNODE_ENDED) continue;
        if (!may_continue(t, n)) TRY(link_drain(n, e));
        n->eval.now_us = t->now_us;
        if (n->op->class->before_barrier != NULL) TRY(n->op->class->before_barrier(n->op, e));
    }
    /* Downstream operators may have been given something that is long to emit. */
    for (uint32_t i = 0; i < t->node_count; i++)
        if (!may_continue(t, t->nodes[i])) TRY(link_drain(t->nodes[i], e));
    assert(t->pending_count == 0 || !barrier_drains(t));
    return STATUS_OK;
}

enum status task_barrier(struct task *t, struct error *e) {
    assert(t->aligning && t->epoch > 0);
    TRY(operators_flush(t, e));
    for (uint32_t i = 0; i < t->output_count; i++)
        if (!t->outputs[i]->results) TRY(channel_barrier(t->outputs[i], t->epoch, t->epoch_flags, e));
    struct task_part *part = task_part_new();
    if (part == NULL) return error_no_memory(e, sizeof *part);
    enum status s = sinks_prepare(t, part, (t->epoch_flags & BARRIER_TERMINAL) != 0, e);
    if (s == STATUS_OK) s = nodes_part(t, part, e);
    if (s != STATUS_OK) {
        task_part_free(part);
        return s;
    }
    t->aligning = false;
    for (uint32_t i = 0; i < t->gate_count; i++) t->gates[i].channel->blocked = false;
    if (t->epoch_flags & BARRIER_TERMINAL) t->suspended = true;
    if (t->suspended) task_count(t);
    return part_send(t, MESSAGE_ACK, part, as_pages(t) && has_pages(t), e);
}

enum status task_last_part(struct task *t, struct error *e) {
    assert(!t->suspended);
    struct task_part *part = task_part_new();
    if (part == NULL) return error_no_memory(e, sizeof *part);
    enum status s = sinks_prepare(t, part, true, e);
    if (s == STATUS_OK) s = nodes_part(t, part, e);
    if (s != STATUS_OK) {
        task_part_free(part);
        return s;
    }
    task_count(t);
    return part_send(t, MESSAGE_ENDED, part, false, e);
}
