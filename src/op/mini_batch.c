/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mini_batch: Flink's MiniBatchAssigner: the clock of mini-batches. By processing time it sends a
 * watermark once per interval while rows flow, which tells the aggregates behind it to end their
 * bundles; watermarks from upstream are replaced by its own. The first rows of an interval come behind
 * its watermark, which matters above a union. In event time it passes on the first watermark of each
 * interval. Without rows there is no timer.
 */
#include "op/ops.h"

struct mini_batch {
    struct op op;
    bool armed;
    int64_t last_batch;  /* start of the interval sent last */
};

/* By processing time: the watermark of the interval that now lies in, once. */
static enum status begin_interval(struct mini_batch *m, int64_t now_ms, struct error *e) {
    int64_t interval = m->op.node->as.mini_batch.interval_ms, start = now_ms - now_ms % interval;
    if (start <= m->last_batch) return STATUS_OK;
    m->last_batch = start;
    return op_emit_mark(&m->op, &(struct mark){0, MARK_WATERMARK, start}, e);
}

static enum status mini_batch_push(struct op *op, uint32_t input, const struct batch *b, bool *ret_more, struct error *e) {
    (void)input;
    struct mini_batch *m = (struct mini_batch *)op;
    const struct mini_batch_params *p = &op->node->as.mini_batch;
    *ret_more = false;
    if (!p->event_time && p->interval_ms > 0) {
        int64_t now = op->context.eval->now_us / 1000;
        TRY(begin_interval(m, now, e));
        if (!m->armed && op->context.set_timer != NULL) op->context.set_timer(op->context.task, op, now - now % p->interval_ms + p->interval_ms);
        m->armed = op->context.set_timer != NULL;
    }
    return op_emit(op, b, e);
}

static enum status mini_batch_mark(struct op *op, const struct mark *mark, bool *ret_more, struct error *e) {
    struct mini_batch *m = (struct mini_batch *)op;
    const struct mini_batch_params *p = &op->node->as.mini_batch;
    *ret_more = false;
    if (mark->kind != MARK_WATERMARK || mark->watermark_ms == WATERMARK_MAX) return op_emit_mark(op, mark, e);
    if (!p->event_time || p->interval_ms <= 0) return p->event_time ? op_emit_mark(op, mark, e) : STATUS_OK;
    int64_t start = mark->watermark_ms - mark->watermark_ms % p->interval_ms;
    if (start <= m->last_batch) return STATUS_OK;
    m->last_batch = start;
    return op_emit_mark(op, mark, e);
}

static enum status mini_batch_timer(struct op *op, int64_t now_ms, bool *ret_more, struct error *e) {
    struct mini_batch *m = (struct mini_batch *)op;
    *ret_more = false;
    m->armed = false;
    return begin_interval(m, now_ms, e);
}

const struct op_class op_class_mini_batch = {
    .kind = NODE_MINI_BATCH_ASSIGNER,
    .marks = OP_MARKS_SPLIT,
    .size_bytes = sizeof(struct mini_batch),
    .push = mini_batch_push,
    .on_mark = mini_batch_mark,
    .on_timer = mini_batch_timer,
};
