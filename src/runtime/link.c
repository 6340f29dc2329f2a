/* SPDX-License-Identifier: Apache-2.0 */
/*
 * link: how batches and marks get from one operator to those behind it: by a call inside of a task,
 * by an exchange out of it. An operator that still has something to emit is drained before it gets
 * anything new, so what it emits stays in order; the task resumes it otherwise, step by step.
 *
 * An operator with several inputs sees rows and the combined watermark in turn, so a batch for it is
 * cut at its marks; one with a single input gets the batch as it is.
 */
#include "runtime/attempt.h"

#include <assert.h>

void link_set_pending(struct opnode *n, bool more) {
    assert(!more || n->op != NULL);
    assert(n->pending ? n->task->pending_count > 0 : n->task->pending_count < n->task->node_count);
    if (n->pending == more) return;
    n->pending = more;
    if (more) n->task->pending_count++;
    else n->task->pending_count--;
}

enum status link_resume(struct opnode *n, struct error *e) {
    assert(n->pending && n->op->class->resume != NULL);
    bool more = false;
    TRY(n->op->class->resume(n->op, &more, e));
    link_set_pending(n, more);
    return STATUS_OK;
}

enum status link_drain(struct opnode *n, struct error *e) {
    while (n->pending) TRY(link_resume(n, e));
    return STATUS_OK;
}

static enum status push(struct opnode *to, uint32_t input, const struct batch *b, struct error *e) {
    assert(to->phase == OPNODE_OPEN && to->op != NULL);
    TRY(link_drain(to, e));
    to->eval.now_us = to->task->now_us;
    bool more = false;
    TRY(op_push(to->op, input, b, &more, e));
    link_set_pending(to, more);
    return STATUS_OK;
}

static enum status mark(struct opnode *to, const struct mark *m, struct error *e) {
    assert(to->op != NULL);
    if (to->phase == OPNODE_ENDED) return STATUS_OK; /* restored as ended: it has said all this */
    TRY(link_drain(to, e));
    to->eval.now_us = to->task->now_us;
    bool more = false;
    TRY(op_mark(to->op, m, &more, e));
    link_set_pending(to, more);
    return STATUS_OK;
}

enum status link_deliver_mark(struct opnode *to, uint32_t slot, const struct mark *m, struct error *e) {
    assert(slot < to->slot_count);
    if (to->slot_count == 1) return mark(to, m, e);
    struct mark out[2];
    uint32_t n = valve_mark(&to->valve, slot, m, out);
    for (uint32_t i = 0; i < n; i++) TRY(mark(to, &out[i], e));
    return STATUS_OK;
}

static enum status piece(struct opnode *to, uint32_t input, const struct batch *b, uint32_t from, uint32_t until, struct error *e) {
    assert(from <= until && until <= b->sel_count);
    if (from == until) return STATUS_OK;
    struct batch part = *b;
    part.sel = (b->sel == NULL ? to->task->iota : b->sel) + from;
    part.sel_count = until - from;
    part.marks = NULL;
    part.mark_count = 0;
    return push(to, input, &part, e);
}

enum status link_deliver(struct opnode *to, uint32_t input, uint32_t slot, const struct batch *b, struct error *e) {
    assert(slot < to->slot_count && b->row_count <= BATCH_ROWS_MAX);
    if (to->slot_count == 1 || b->mark_count == 0) return push(to, input, b, e);
    uint32_t from = 0;
    for (uint32_t m = 0; m < b->mark_count; m++) {
        uint32_t until = from;
        while (until < b->sel_count && (b->sel == NULL ? until : b->sel[until]) < b->marks[m].position) until++;
        TRY(piece(to, input, b, from, until, e));
        TRY(link_deliver_mark(to, slot, &b->marks[m], e));
        from = until;
    }
    return piece(to, input, b, from, b->sel_count, e);
}

enum status link_emit(struct opnode *n, const struct batch *b, struct error *e) {
    for (uint32_t i = 0; i < n->target_count; i++) {
        const struct target *t = &n->targets[i];
        TRY(link_deliver(t->to, t->input, t->slot, b, e));
    }
    for (uint32_t i = 0; i < n->exchange_count; i++) TRY(exchange_rows(&n->exchanges[i], n->task, b, e));
    return STATUS_OK;
}

enum status link_emit_mark(struct opnode *n, const struct mark *m, struct error *e) {
    for (uint32_t i = 0; i < n->target_count; i++) TRY(link_deliver_mark(n->targets[i].to, n->targets[i].slot, m, e));
    for (uint32_t i = 0; i < n->exchange_count; i++)
        for (uint32_t k = 0; k < n->exchanges[i].channel_count; k++) TRY(channel_mark(n->exchanges[i].channels[k], m, e));
    return STATUS_OK;
}

static enum status output_emit(struct op_output *o, const struct batch *b, struct error *e) {
    return link_emit((struct opnode *)o, b, e);
}

static enum status output_mark(struct op_output *o, const struct mark *m, struct error *e) {
    return link_emit_mark((struct opnode *)o, m, e);
}

void link_init(struct opnode *n) { n->output = (struct op_output){.emit = output_emit, .mark = output_mark}; }
