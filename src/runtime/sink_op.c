/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sink_op: the operator at the end of a job: hands batches to a table's writer, or to the client
 * when the statement is a SELECT. With threads, the client's rows travel over a channel to the
 * JobManager's thread, which is the one that calls the client; without, it is called at once.
 */
#include "runtime/sink_unit.h"

#include "runtime/attempt.h"
#include "runtime/job.h"

#include <assert.h>

struct sink_op {
    struct op op;
    struct sink_unit unit;
    struct channel *results;  /* SELECT with threads */
    struct task *task;
    bool opened;
};

static enum status result_push(struct sink_op *s, const struct batch *b, struct error *e) {
    assert(s->unit.writer == NULL);
    struct batch rows = *b;
    rows.marks = NULL;
    rows.mark_count = 0;
    if (s->results == NULL) return job_result(s->task->attempt->job, &rows, e);
    return channel_rows(s->results, &rows, b->sel == NULL ? s->task->iota : b->sel, b->sel_count, e);
}

static enum status sink_push(struct op *op, uint32_t input, const struct batch *b, bool *ret_more, struct error *e) {
    struct sink_op *s = (struct sink_op *)op;
    assert(input == 0 && s->opened);
    *ret_more = false;
    if (b->sel_count == 0) return STATUS_OK;
    s->task->unflushed = true;
    op->context.metrics->rows_out += b->sel_count;
    if (s->unit.writer == NULL) return result_push(s, b, e);
    struct batch rows = *b;
    rows.marks = NULL;
    rows.mark_count = 0;
    return s->unit.writer->ops->write(s->unit.writer, &rows, e);
}

static void sink_close(struct op *op) { sink_unit_close(&((struct sink_op *)op)->unit); }

static const struct op_class sink_class = {
    .kind = NODE_SINK,
    .marks = OP_MARKS_PASS,
    .size_bytes = sizeof(struct sink_op),
    .push = sink_push,
    .close = sink_close,
};

bool sink_is(const struct opnode *n) { return n->node->kind == NODE_SINK; }

static enum status results_open(struct sink_op *s, struct opnode *n, struct error *e) {
    struct attempt *at = n->task->attempt;
    if (!at->threaded) return STATUS_OK;
    const struct type **types = op_types(n->task->arena, n->node->as.sink.row);
    if (types == NULL) return error_no_memory(e, 0);
    return attempt_result_channel(at, n->task, types, n->node->as.sink.row->child_count, &s->results, e);
}

enum status sink_op_new(struct opnode *n, struct op **ret, struct op_context *c, struct error *e) {
    struct sink_op *s = ARENA_NEW(n->task->arena, struct sink_op);
    if (s == NULL) return error_no_memory(e, sizeof *s);
    s->op = (struct op){.class = &sink_class, .node = n->node, .context = *c, .output = &n->output};
    s->task = n->task;
    const struct sink_params *sink = &n->node->as.sink;
    if (sink->table == NULL) {
        TRY(results_open(s, n, e));
    } else {
        TRY(sink_unit_init(&s->unit, n->task->attempt->job, n->task->arena, sink, n->node->uid, n->subtask, n->parallelism, e));
        TRY(sink_unit_open(&s->unit, n->task, e));
    }
    s->opened = true;
    *ret = &s->op;
    return STATUS_OK;
}

struct sink_unit *sink_op_unit(struct op *op) {
    struct sink_op *s = (struct sink_op *)op;
    assert(op->class == &sink_class);
    return s->unit.impl == NULL ? NULL : &s->unit;
}

enum status sink_op_flush(struct op *op, struct error *e) {
    struct sink_op *s = (struct sink_op *)op;
    assert(op->class == &sink_class);
    if (s->unit.writer != NULL) return s->unit.writer->ops->flush == NULL ? STATUS_OK : s->unit.writer->ops->flush(s->unit.writer, e);
    if (s->results != NULL) return STATUS_OK;
    return job_result_flush(s->task->attempt->job, e);
}
