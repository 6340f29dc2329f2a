/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_RUNTIME_EXEC_H
#define WEIR_RUNTIME_EXEC_H

#include "base/list.h"
#include "io/connector_impl.h"
#include "op/op.h"
#include "plan/plan.h"
#include "runtime/channel.h"
#include "runtime/mailbox.h"
#include "runtime/runtime.h"
#include "runtime/valve.h"
#include "state/state.h"

#include <stdatomic.h>

/*
 * exec: the ExecutionGraph of one attempt: tasks (what one worker steps as a unit), the operators in
 * them, and the channels between them.
 *
 * A task is one subtask of one or several JobGraph vertices: vertices whose exchange would copy rows
 * from one subtask to the same one are fused, so that a job of parallelism 1 is a single task whose
 * operators call each other.
 */
struct attempt;
struct task;
struct worker;
struct opnode;
struct task_part;
struct page_chain;
struct sink_unit;

/* One consumer of an operator's output in the same task. */
struct target {
    struct opnode *to;
    uint32_t input; /* operand number */
    uint32_t slot;  /* in to's valve */
};

/* An operator's output over one edge that leaves the task. */
struct exchange {
    enum distribution distribution; /* FORWARD: one channel */
    const uint32_t *keys;
    uint32_t key_count;
    struct row_layout *layout;
    const struct vec **key_columns;
    struct row_keys row_keys;
    struct channel **channels;
    uint32_t channel_count, next;   /* next: REBALANCE */
    uint32_t **sels, *sel_counts;   /* scratch per channel */
};

enum opnode_phase { OPNODE_OPEN, OPNODE_FINISHING, OPNODE_ENDED };

/* One operator of one subtask, with what comes in and goes out. */
struct opnode {
    struct op_output output; /* first: what op emits into */
    struct task *task;
    const struct node *node;
    const struct vertex *vertex;
    uint32_t subtask, parallelism;
    struct op *op;           /* NULL for sources */
    struct eval_context eval;
    struct op_metrics metrics;
    struct state *state;     /* NULL when the kind has none */
    _Atomic uint64_t state_bytes; /* of state, for other threads */
    struct page_chain *pages;/* its page files; NULL: it is not stored so */
    struct valve valve;
    uint32_t slot_count, open_inputs;
    struct target *targets;
    uint32_t target_count;
    struct exchange *exchanges;
    uint32_t exchange_count;
    struct source_slot *source;
    uint32_t source_index;   /* of source in its task */
    enum opnode_phase phase;
    bool pending;            /* op has more to emit: resume before anything else */
    bool restored;           /* its state is of a checkpoint */
    int64_t timer_ms;        /* INT64_MAX: none */
};

/* A channel into a task. */
struct gate {
    struct channel *channel;
    struct opnode *to;
    uint32_t input, slot;
};

/* What other threads may look at while the task runs. */
struct task_counters {
    _Atomic uint64_t rows_in, rows_out, bytes_done, bytes_total, late_rows, bad_rows, state_bytes;
    _Atomic int64_t watermark_ms;
};

enum task_phase { TASK_RUNNING, TASK_ENDED };

struct task {
    struct attempt *attempt;
    uint32_t index;          /* in the attempt */
    uint32_t subtask;
    struct worker *worker;
    struct arena *arena;
    struct opnode **nodes;   /* upstream first */
    uint32_t node_count;
    struct gate *gates;
    uint32_t gate_count, gate_next;
    struct source_slot **sources;
    uint32_t source_count, source_next;
    uint32_t live_sources;   /* at the start: not restored as ended */
    struct channel **outputs;
    uint32_t output_count;
    struct sink_unit **sinks; /* what it writes to */
    uint32_t sink_count;
    enum task_phase phase;
    uint32_t pending_count;  /* of nodes */
    int64_t now_us;          /* processing time of this step */
    bool unflushed;          /* sinks were written since the last flush */
    bool idle;               /* the last step found nothing to do */
    int64_t hold_until_ns;   /* the states came near their limit: nothing is read until then; 0: they did not */
    uint32_t *iota;
    /* The newest epoch seen; aligning: its barrier has not arrived everywhere. */
    uint64_t epoch;
    uint32_t epoch_flags;
    bool aligning, triggered, suspended;
    struct task_counters counters;
};

struct worker {
    struct attempt *attempt;
    uint32_t index;
    struct task **tasks;     /* downstream first */
    uint32_t task_count;
    struct mailbox mailbox;
    struct env_thread *thread;
    atomic_bool exit;
};

/* ---- graph.c ---- */
/* Tasks, nodes and channels; nothing is opened yet. */
enum status graph_build(struct attempt *at, struct error *e);
void graph_free(struct attempt *at);
struct opnode *graph_node(struct attempt *at, const struct node *n, uint32_t subtask);
/* This subtask's share of the key groups. */
void key_groups(uint32_t subtask, uint32_t parallelism, uint32_t max_parallelism, uint32_t *ret_begin, uint32_t *ret_end);

/* ---- task.c, task_open.c, task_barrier.c ---- */
enum status task_open(struct task *t, struct error *e);
void task_close(struct task *t);
/* Before the first step: operators that had ended when the checkpoint was taken end at once. */
enum status task_start(struct task *t, struct error *e);
enum task_result { TASK_PROGRESS, TASK_WAITING, TASK_BLOCKED, TASK_DONE };
enum status task_step(struct task *t, enum task_result *ret, struct error *e);
/* Nothing is to do: hand over what is half full, flush the sinks. *ret_moved: something did. */
enum status task_idle(struct task *t, bool *ret_moved, struct error *e);
/* Monotonic ns at which the task wants to be stepped again; INT64_MAX: only when woken. */
int64_t task_wake_ns(const struct task *t);
/* The processing time (ms) of its next timer or INT64_MAX. */
int64_t task_timer_ms(const struct task *t);
void task_message(struct task *t, struct message *msg);
bool task_has_room(struct task *t);
void task_count(struct task *t);

/*
 * The barrier of t->epoch has arrived everywhere: flush, snapshot, acknowledge. A firing goes on behind it,
 * but for those that end the job and for savepoints, which people look at: everything is out first.
 */
enum status task_barrier(struct task *t, struct error *e);
bool barrier_drains(const struct task *t);
/* All nodes have ended: the last part of the task. */
enum status task_last_part(struct task *t, struct error *e);

/* ---- link.c ---- */
void link_init(struct opnode *n);
/* From a source or gate into an operator; slot says which of its inputs. */
enum status link_deliver(struct opnode *to, uint32_t input, uint32_t slot, const struct batch *b, struct error *e);
enum status link_deliver_mark(struct opnode *to, uint32_t slot, const struct mark *m, struct error *e);
/* To everybody behind n. */
enum status link_emit(struct opnode *n, const struct batch *b, struct error *e);
enum status link_emit_mark(struct opnode *n, const struct mark *m, struct error *e);
enum status link_resume(struct opnode *n, struct error *e);
enum status link_drain(struct opnode *n, struct error *e);
void link_set_pending(struct opnode *n, bool more);

/* ---- exchange.c ---- */
enum status exchange_open(struct exchange *x, struct arena *a, const struct type *row, struct error *e);
void exchange_close(struct exchange *x);
enum status exchange_rows(struct exchange *x, struct task *t, const struct batch *b, struct error *e);

/* ---- sink_op.c ---- */
enum status sink_op_new(struct opnode *n, struct op **ret, struct op_context *c, struct error *e);
bool sink_is(const struct opnode *n);
struct sink_unit *sink_op_unit(struct op *op); /* NULL: a result of the client */
enum status sink_op_flush(struct op *op, struct error *e);

/* ---- worker.c ---- */
enum status worker_init(struct worker *w, struct attempt *at, uint32_t index, struct error *e);
void worker_join(struct worker *w);   /* its thread has ended */
void worker_deinit(struct worker *w);
/* One round over all tasks; false when nothing was to do. */
bool worker_step(struct worker *w);
void worker_main(void *worker);
int64_t worker_wake_ns(const struct worker *w);

#endif
