/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_OP_OP_H
#define WEIR_OP_OP_H

#include "base/arena.h"
#include "base/error.h"
#include "func/func.h"
#include "io/sink.h"
#include "io/source.h"
#include "plan/node.h"
#include "state/state.h"
#include "vec/batch.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * op: the contract of operators. One operator = one file = one const struct op_class, bound to a
 * node kind in op/ops.c. A struct op is one operator of one subtask; it is called by one thread.
 *
 * Data goes down by calls: op_emit hands a batch to the next operators of the chain (or to a
 * channel). A batch is lent until the call returns. The caller splits batches at marks for
 * operators that ask for it, so that such an operator sees rows and watermarks in order.
 *
 * Nothing emits without bound in one call: what can be long (firing a million keys) returns
 * with *ret_more set and goes on in `resume`, which the task calls until it is done; meanwhile the
 * op gets no new input but a barrier, if it can go on after a restore (`continues`). All that an operator remembers lies in its state objects; operators hold no
 * snapshot code, but flush what they buffer into state or downstream in before_barrier.
 */

struct op;
struct op_class;

/* Where an operator's output goes: implemented by the chain (next op) or the runtime (channel). */
struct op_output {
    enum status (*emit)(struct op_output *o, const struct batch *b, struct error *e);
    enum status (*mark)(struct op_output *o, const struct mark *m, struct error *e);
};

/* What an operator is opened with. */
struct op_context {
    struct env *env;
    struct arena *arena;             /* the task's: lives as long as the op */
    struct state *state;             /* the op's own region (keyed and operator state) */
    struct types *types;
    struct eval_context *eval;       /* zone, now, watermark; the task keeps now_us fresh per batch */
    uint32_t subtask, parallelism, max_parallelism;
    bool restored;
    struct op_metrics *metrics;
    /* Asks for a call of on_timer at (not before) this processing time, ms; the earliest wins. */
    void (*set_timer)(void *task, struct op *op, int64_t time_ms);
    void *task;
    uint32_t fire_rows;              /* about so many rows are emitted in one call; 0: op_fire_rows decides */
};

/* Counters that the worker owns; read by message. */
struct op_metrics {
    uint64_t rows_in, rows_out, batches_in, late_rows, bad_rows;
    int64_t watermark_ms;            /* WATERMARK_MIN before the first */
    int64_t busy_ns;
};

enum op_marks {
    OP_MARKS_PASS,   /* stateless: sees the whole batch with its marks inside and keeps them in its output */
    OP_MARKS_SPLIT,  /* gets batches without marks; marks come by on_mark in between */
};

struct op_class {
    enum node_kind kind;
    enum op_marks marks;
    uint32_t size_bytes;             /* of the operator's struct, which begins with struct op */
    enum status (*open)(struct op *op, struct error *e);
    /* One batch of input number `input`. OP_MARKS_PASS operators find marks inside. */
    enum status (*push)(struct op *op, uint32_t input, const struct batch *b, bool *ret_more, struct error *e);
    /* A watermark or idleness change, already combined over the inputs by minimum. NULL: passed on. If set, the op passes it on itself (after what it fires). */
    enum status (*on_mark)(struct op *op, const struct mark *m, bool *ret_more, struct error *e);
    /* Processing time has reached a timer asked for. */
    enum status (*on_timer)(struct op *op, int64_t now_ms, bool *ret_more, struct error *e);
    /* Goes on with a long emission. */
    enum status (*resume)(struct op *op, bool *ret_more, struct error *e);
    /*
     * After open of a restored op: does it have more to emit, because the snapshot was taken between two calls of
     * resume? Who has this keeps in its state how far it has come, and before_barrier may be called between such
     * calls; all others are resumed until they are done before a barrier.
     */
    enum status (*continues)(struct op *op, bool *ret_more, struct error *e);
    /* Flush buffers (local aggregates, mini-batches) before the state is snapshotted. */
    enum status (*before_barrier)(struct op *op, struct error *e);
    /* Bounded end of all inputs, after the final watermark: emit what is left (sort-limit buffers, mini-batches). */
    enum status (*finish)(struct op *op, bool *ret_more, struct error *e);
    void (*close)(struct op *op);    /* always called after open was tried */
};

struct op {
    const struct op_class *class;
    const struct node *node;
    struct op_context context;
    struct op_output *output;
    const struct type *input_row;    /* of input 0; NULL for sources */
    bool split_marks;                /* class->marks == OP_MARKS_SPLIT, or asked for in open */
    uint32_t *iota;                  /* 0, 1, 2, ...: the selection of a batch without one */
};

/* The class for a node kind; NULL for kinds that are no operators (EXCHANGE). In op/ops.c. */
const struct op_class *op_class_find(enum node_kind kind);

/* Allocates (in c->arena) and opens. On failure close has been called. */
enum status op_new(const struct node *n, const struct op_context *c, struct op_output *output, struct op **ret, struct error *e);
void op_free(struct op *op);

/* What a chain or channel calls: splits at marks as the class wishes. *ret_more: call op_resume before anything else. */
enum status op_push(struct op *op, uint32_t input, const struct batch *b, bool *ret_more, struct error *e);
enum status op_mark(struct op *op, const struct mark *m, bool *ret_more, struct error *e);

/* Helpers for operators. */
static inline enum status op_emit(struct op *op, const struct batch *b, struct error *e) {
    if (b->sel_count == 0 && b->mark_count == 0) return STATUS_OK;
    op->context.metrics->rows_out += b->sel_count;
    return op->output->emit(op->output, b, e);
}
static inline enum status op_emit_mark(struct op *op, const struct mark *m, struct error *e) {
    return op->output->mark(op->output, m, e);
}

/* How many rows one call of on_mark, on_timer or resume emits before it returns with more. */
static inline uint32_t op_fire_rows(const struct op *op) {
    return op->context.fire_rows == 0 ? 8 * BATCH_ROWS_MAX : op->context.fire_rows;
}

/* Column types of a row type, in the arena. NULL: no memory. */
const struct type **op_types(struct arena *a, const struct type *row);

/*
 * An output buffer of an operator that makes rows: rows are added one by one and go downstream
 * when the buffer is full or at op_flush (call it before returning and before any mark).
 */
enum status op_buffer_new(struct op *op, struct batch_buffer **ret);
/* Room for one more row: flushes when full. *ret_row is the new row. */
enum status op_buffer_row(struct op *op, struct batch_buffer *b, enum row_kind kind, uint32_t *ret_row, struct error *e);
enum status op_flush(struct op *op, struct batch_buffer *b, struct error *e);

/*
 * VALUES is a source of the runtime's own: one bounded split, all rows +I, then the final watermark.
 * Sinks and scans are operators too, driven by the runtime: a SCAN op is never pushed to: the task
 * reads from its reader (io/source.h) and pushes into the next operator. A SINK op owns a writer.
 */

#endif
