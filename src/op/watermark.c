/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watermark: Flink's WatermarkAssigner. Per row the watermark expression may raise the current
 * watermark; it is emitted directly behind the row that brings it more than the interval ahead of
 * the last one emitted, and by processing time once per interval when something is held back. Both
 * start at 0, so nothing below the epoch is ever emitted. Watermarks from upstream are dropped but
 * for the final one. A NULL in the rowtime column is an error, as in Flink.
 *
 * Idleness: after idle_timeout_ms of processing time without a row the output becomes idle.
 */
#include "func/eval.h"
#include "op/ops.h"

#include <assert.h>

struct watermark {
    struct op op;
    struct program *program;
    int64_t current_ms;      /* highest seen */
    int64_t last_ms;         /* last emitted */
    int64_t last_row_ms;     /* processing time of the last batch */
    bool idle, ended;
    struct mark *marks;
    uint32_t mark_capacity;
};

static int64_t now_ms(const struct op *op) { return op->context.eval->now_us / 1000; }

static void arm_timer(struct watermark *w, int64_t delay_ms) {
    if (w->ended || w->op.context.set_timer == NULL) return;
    w->op.context.set_timer(w->op.context.task, &w->op, now_ms(&w->op) + delay_ms);
}

static enum status watermark_open(struct op *op, struct error *e) {
    struct watermark *w = (struct watermark *)op;
    const struct watermark_params *p = &op->node->as.watermark;
    w->mark_capacity = BATCH_ROWS_MAX + 1;
    w->marks = ARENA_ARRAY(op->context.arena, struct mark, w->mark_capacity);
    if (w->marks == NULL) return STATUS_NO_MEMORY;
    w->last_row_ms = now_ms(op);
    struct expr *expr = p->expr;
    if (p->idle_timeout_ms > 0) arm_timer(w, p->idle_timeout_ms);
    return program_new(op->context.arena, &expr, 1, op->context.eval, &w->program, e);
}

/* Raises the watermark row by row; fills marks; *ret_count of them. */
static enum status assign(struct watermark *w, const struct batch *b, const struct vec *values,
                          uint32_t *ret_count, struct error *e) {
    const struct watermark_params *p = &w->op.node->as.watermark;
    const struct vec *rowtime = b->columns[p->rowtime];
    struct rows rows = batch_rows(b);
    uint32_t n = *ret_count;
    for (uint32_t i = 0; i < rows.count; i++) {
        uint32_t row = rows_at(&rows, i);
        if (vec_is_null(rowtime, row)) {
            return error_set(e, STATUS_EVALUATION,
                             "RowTime field should not be null, please convert it to a non-null long value.");
        }
        if (!vec_is_null(values, row)) {
            int64_t ms = vec_get_millis(values, row);
            if (ms > w->current_ms) w->current_ms = ms;
        }
        if (w->current_ms - w->last_ms > p->interval_ms) {
            w->last_ms = w->current_ms;
            w->marks[n++] = (struct mark){row + 1, MARK_WATERMARK, w->current_ms};
        }
    }
    *ret_count = n;
    return STATUS_OK;
}

static enum status watermark_push(struct op *op, uint32_t input, const struct batch *b, bool *ret_more, struct error *e) {
    struct watermark *w = (struct watermark *)op;
    const struct watermark_params *p = &op->node->as.watermark;
    assert(input == 0 && !w->ended);
    *ret_more = false;
    if (b->sel_count == 0) return STATUS_OK;
    uint32_t marks = 0;
    if (w->idle) {
        w->idle = false;
        w->marks[marks++] = (struct mark){0, MARK_ACTIVE, 0};
    }
    w->last_row_ms = now_ms(op);
    struct rows rows = batch_rows(b);
    struct vec *values = NULL;
    program_begin(w->program);
    TRY(program_run(w->program, 0, b->columns, &rows, &values, e));
    TRY(assign(w, b, values, &marks, e));
    struct batch out = *b;
    out.marks = w->marks;
    out.mark_count = marks;
    TRY(op_emit(op, &out, e));
    if (marks > 0) op->context.metrics->watermark_ms = w->last_ms;
    if (w->current_ms > w->last_ms && p->interval_ms > 0) arm_timer(w, p->interval_ms);
    if (p->idle_timeout_ms > 0) arm_timer(w, p->idle_timeout_ms);
    return STATUS_OK;
}

static enum status watermark_mark(struct op *op, const struct mark *m, bool *ret_more, struct error *e) {
    struct watermark *w = (struct watermark *)op;
    *ret_more = false;
    if (m->kind != MARK_WATERMARK || m->watermark_ms != WATERMARK_MAX || w->ended) return STATUS_OK;
    w->ended = true;
    w->current_ms = w->last_ms = WATERMARK_MAX;
    if (w->idle) TRY(op_emit_mark(op, &(struct mark){0, MARK_ACTIVE, 0}, e));
    w->idle = false;
    return op_emit_mark(op, m, e);
}

static enum status watermark_timer(struct op *op, int64_t time_ms, bool *ret_more, struct error *e) {
    struct watermark *w = (struct watermark *)op;
    const struct watermark_params *p = &op->node->as.watermark;
    *ret_more = false;
    if (w->ended) return STATUS_OK;
    if (w->current_ms > w->last_ms) {
        w->last_ms = w->current_ms;
        TRY(op_emit_mark(op, &(struct mark){0, MARK_WATERMARK, w->last_ms}, e));
    }
    if (p->idle_timeout_ms > 0 && !w->idle) {
        int64_t left = w->last_row_ms + p->idle_timeout_ms - time_ms;
        if (left > 0) {
            arm_timer(w, left);
            return STATUS_OK;
        }
        w->idle = true;
        return op_emit_mark(op, &(struct mark){0, MARK_IDLE, 0}, e);
    }
    return STATUS_OK;
}

static void watermark_close(struct op *op) { program_free(((struct watermark *)op)->program); }

const struct op_class op_class_watermark = {
    .kind = NODE_WATERMARK,
    .marks = OP_MARKS_SPLIT,
    .size_bytes = sizeof(struct watermark),
    .open = watermark_open,
    .push = watermark_push,
    .on_mark = watermark_mark,
    .on_timer = watermark_timer,
    .close = watermark_close,
};
