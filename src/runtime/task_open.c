/* SPDX-License-Identifier: Apache-2.0 */
/*
 * task_open: makes the operators of a task, their state and their sources, restored from a checkpoint
 * when the attempt starts from one; and takes all of it down again, however far it got.
 */
#include "runtime/attempt.h"
#include "runtime/bad_rows.h"
#include "runtime/page_file.h"
#include "runtime/restore.h"
#include "runtime/sink_unit.h"
#include "runtime/source_slot.h"

#include <assert.h>

static void timer_set(void *context, struct op *op, int64_t time_ms) {
    struct opnode *n = context;
    (void)op;
    if (time_ms < n->timer_ms) n->timer_ms = time_ms;
}

/* Local aggregates keep their accumulators in a region, too; it is empty at every barrier and not stored. */
static bool needs_region(enum node_kind k) {
    return node_has_state(k) || k == NODE_LOCAL_GROUP_AGG || k == NODE_LOCAL_WINDOW_AGG;
}

static enum status state_open(struct opnode *n, bool *ret_restored, struct error *e) {
    assert(n->state == NULL && n->pages == NULL);
    struct attempt *at = n->task->attempt;
    *ret_restored = false;
    if (!needs_region(n->node->kind)) return STATUS_OK;
    struct state_config c = {.budget_bytes = at->config->budget_bytes, .max_parallelism = at->max_parallelism};
    key_groups(n->subtask, n->parallelism, at->max_parallelism, &c.key_group_begin, &c.key_group_end);
    c.env = at->env;
    c.owner = arena_format(n->task->arena, "operator '%s' (subtask %u/%u)", node_label(n->node->kind), n->subtask + 1, n->parallelism);
    if (c.owner.at == NULL) return error_no_memory(e, 0);
    bool stored = node_has_state(n->node->kind);
    if (stored && at->pages_dir.at != NULL) {
        n->pages = ARENA_NEW(n->task->arena, struct page_chain);
        if (n->pages == NULL) return error_no_memory(e, sizeof *n->pages);
    }
    if (stored && at->restore != NULL) TRY(restore_state(at->restore, n, &c, ret_restored, e));
    if (n->state == NULL) TRY(state_new(&c, &n->state, e));
    state_set_time(n->state, n->task->now_us / 1000);
    return STATUS_OK;
}

static void eval_init(struct opnode *n) {
    assert(n->subtask < n->parallelism);
    struct attempt *at = n->task->attempt;
    n->eval = at->plan->session->eval;
    n->eval.now_us = n->task->now_us;
    n->eval.watermark_ms = WATERMARK_MIN;
    n->eval.random_state[0] = env_random(at->env) | 1;
    n->eval.random_state[1] = env_random(at->env);
}

static enum status op_open(struct opnode *n, struct error *e) {
    assert(n->op == NULL);
    bool restored = false;
    TRY(state_open(n, &restored, e));
    struct task *t = n->task;
    struct op_context c = {.env = t->attempt->env, .arena = t->arena, .state = n->state, .types = t->attempt->plan->session->types, .eval = &n->eval,
                           .subtask = n->subtask, .parallelism = n->parallelism, .max_parallelism = t->attempt->max_parallelism, .restored = restored,
                           .metrics = &n->metrics, .set_timer = timer_set, .task = n, .fire_rows = t->attempt->config->checkpoint_every_batch ? 2 : 8 * t->attempt->batch_rows};
    if (sink_is(n)) TRY(sink_op_new(n, &n->op, &c, e));
    else TRY(op_new(n->node, &c, &n->output, &n->op, e));
    n->restored = restored;
    if (restored) TRY(state_check_claimed(n->state, e));
    return STATUS_OK;
}

static enum status node_open(struct opnode *n, struct error *e) {
    struct task *t = n->task;
    eval_init(n);
    for (uint32_t i = 0; i < n->exchange_count; i++) TRY(exchange_open(&n->exchanges[i], t->arena, n->node->row, e));
    if (n->node->kind != NODE_SCAN && n->node->kind != NODE_VALUES) return op_open(n, e);
    n->source_index = t->source_count;
    enum status s = source_open(n, t->source_count, &n->source, e);
    if (n->source != NULL) t->sources[t->source_count++] = n->source;
    return s;
}

/* The table that an operator writes to: a sink's, or a source's for bad records. NULL: none. */
static struct sink_unit *node_sink(const struct opnode *n) {
    if (sink_is(n)) return sink_op_unit(n->op);
    return n->source != NULL ? bad_rows_unit(n->source->bad) : NULL;
}

static enum status sinks_collect(struct task *t, struct error *e) {
    assert(t->sink_count == 0);
    t->sinks = ARENA_ARRAY(t->arena, struct sink_unit *, t->node_count + 1);
    if (t->sinks == NULL) return error_no_memory(e, 0);
    for (uint32_t i = 0; i < t->node_count; i++) {
        struct sink_unit *u = node_sink(t->nodes[i]);
        if (u != NULL) t->sinks[t->sink_count++] = u;
    }
    return STATUS_OK;
}

static void state_error(struct opnode *n, struct error *e) {
    if (e != NULL && e->status == STATUS_STATE_MISMATCH) error_wrap(e, "%s (%.*s)", node_label(n->node->kind), STR_ARG(n->node->uid));
}

enum status task_open(struct task *t, struct error *e) {
    t->now_us = env_wall_us(t->attempt->env);
    t->sources = ARENA_ARRAY(t->arena, struct source_slot *, t->node_count + 1);
    if (t->sources == NULL) return error_no_memory(e, 0);
    for (uint32_t i = 0; i < t->node_count; i++) {
        enum status s = node_open(t->nodes[i], e);
        if (s != STATUS_OK) {
            state_error(t->nodes[i], e);
            return s;
        }
    }
    return sinks_collect(t, e);
}

void task_close(struct task *t) {
    assert(atomic_load(&t->attempt->writes) == 0);
    t->sink_count = 0;
    for (uint32_t i = 0; i < t->node_count; i++) {
        struct opnode *n = t->nodes[i];
        op_free(n->op);
        n->op = NULL;
        source_close(n->source);
        n->source = NULL;
        for (uint32_t k = 0; k < n->exchange_count; k++) exchange_close(&n->exchanges[k]);
        page_chain_deinit(n->pages);
        n->pages = NULL;
        state_free(n->state);
        n->state = NULL;
    }
    t->source_count = 0;
}
