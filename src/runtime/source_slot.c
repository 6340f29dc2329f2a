/* SPDX-License-Identifier: Apache-2.0 */
/*
 * source_slot: drives one reader. A read happens only when everything downstream has room, and hands
 * on whatever is there: under light load that is one row, under heavy load a full batch. Splits are
 * asked for one at a time, so that fast readers read more of them.
 *
 * Ends: no split is left (drain: final watermark and finish), or, with available-now, all that was
 * there is read: then the source says so and waits for the terminal barrier.
 */
#include "runtime/source_slot.h"

#include "runtime/attempt.h"
#include "runtime/bad_rows.h"

#include <assert.h>

static void source_wake(void *argument) {
    struct source_slot *s = argument;
    if (atomic_exchange(&s->woken, true)) return;
    struct worker *w = s->node->task->worker;
    env_wait_wake(w->attempt->env, w->mailbox.wait);
}

static enum status reader_open(struct source_slot *s, struct error *e) {
    struct opnode *n = s->node;
    struct attempt *at = n->task->attempt;
    if (n->node->kind == NODE_VALUES) return constant_reader_new(n->node, n->task->arena, &s->reader, e);
    struct str name = str_of(n->node->as.scan.options->connector->name);
    const struct connector_impl *impl = connector_impl_find(name);
    if (impl == NULL || impl->reader_new == NULL) return error_set(e, STATUS_UNSUPPORTED, "the connector '%.*s' cannot be read from", STR_ARG(name));
    struct source_context c = {
        .env = at->env, .arena = n->task->arena, .scan = &n->node->as.scan, .row = n->node->row,
        .types = op_types(n->task->arena, n->node->row), .zone = n->eval.zone, .subtask = n->subtask, .parallelism = n->parallelism,
        .available_now = at->config->trigger == JOB_AVAILABLE_NOW, .wake = source_wake, .wake_argument = s,
        .on_bad = bad_rows_add, .bad_context = s->bad, .error_mode = bad_rows_mode(s->bad)};
    if (c.types == NULL) return error_no_memory(e, 0);
    return impl->reader_new(&c, &s->reader, e);
}

enum status source_open(struct opnode *n, uint32_t index, struct source_slot **ret, struct error *e) {
    struct arena *a = n->task->arena;
    struct source_slot *s = ARENA_NEW(a, struct source_slot);
    if (s == NULL) return error_no_memory(e, sizeof *s);
    *ret = s;
    s->node = n;
    s->index = index;
    s->wake_ns = -1;
    atomic_init(&s->woken, false);
    const struct type **types = op_types(a, n->node->row);
    if (types == NULL || batch_buffer_new(a, types, n->node->row->child_count, n->task->attempt->batch_rows, &s->buffer) != STATUS_OK) {
        s->buffer = NULL;
        return error_no_memory(e, 0);
    }
    TRY(bad_rows_open(n, &s->bad, e));
    return reader_open(s, e);
}

void source_close(struct source_slot *s) {
    assert(s == NULL || s->node != NULL);
    if (s == NULL) return;
    if (s->reader != NULL) s->reader->ops->free(s->reader);
    s->reader = NULL;
    bad_rows_close(s->bad);
    batch_buffer_free(s->buffer);
    s->buffer = NULL;
}

enum status source_split(struct source_slot *s, struct str split, struct error *e) {
    assert(!s->has_split && !s->ended);
    TRY(s->reader->ops->add_split(s->reader, split, e));
    s->wanted = false;
    s->has_split = true;
    s->waiting = false;
    return STATUS_OK;
}

bool source_is_ready(const struct source_slot *s, int64_t now_ns) {
    if (s->ended || s->stopped || s->done) return false;
    if (s->drain) return true;
    if (s->tick_ms > s->node->task->now_us / 1000) return false;
    if (!s->has_split) return s->no_more || !s->wanted;
    return !s->waiting || atomic_load(&((struct source_slot *)s)->woken) || (s->wake_ns >= 0 && s->wake_ns <= now_ns);
}

static void tell(struct source_slot *s, enum message_kind kind) {
    struct task *t = s->node->task;
    struct message *msg = message_new(kind, t->attempt->number, t->index, STR(""));
    if (msg != NULL) msg->source = s->index;
    attempt_tell(t->attempt, msg);
}

static enum status source_end(struct source_slot *s, struct error *e) {
    assert(!s->ended && !s->done);
    if (s->node->task->attempt->config->trigger == JOB_AVAILABLE_NOW && !s->drain) {
        s->done = true;
        tell(s, MESSAGE_SOURCE_DONE);
        return STATUS_OK;
    }
    s->ended = true;
    s->node->metrics.watermark_ms = WATERMARK_MAX;
    return link_emit_mark(s->node, &(struct mark){.kind = MARK_WATERMARK, .watermark_ms = WATERMARK_MAX}, e);
}

static enum status source_emit(struct source_slot *s, struct error *e) {
    assert(s->buffer->batch.row_count <= BATCH_ROWS_MAX);
    struct batch out = s->buffer->batch;
    if (out.row_count == 0 && out.mark_count == 0) return STATUS_OK;
    if (s->node->node->produces == CHANGE_I) out.kinds = NULL;
    s->node->metrics.rows_in += out.row_count;
    s->node->metrics.rows_out += out.sel_count;
    s->rows += out.row_count;
    if (s->node->task->attempt->config->checkpoint_every_batch && out.row_count > 0) {
        s->stopped = true; /* reads on in the next attempt, from the checkpoint taken now */
        tell(s, MESSAGE_BATCH_READ);
    }
    return link_emit(s->node, &out, e);
}

/* Micro-batches: what has come is read; the rest waits for the next tick. */
static void source_pause(struct source_slot *s) {
    const struct job_config *c = s->node->task->attempt->config;
    if (c->trigger != JOB_INTERVAL || c->trigger_interval_ms <= 0) return;
    int64_t now_ms = s->node->task->now_us / 1000;
    s->tick_ms = (now_ms / c->trigger_interval_ms + 1) * c->trigger_interval_ms;
}

static enum status source_read(struct source_slot *s, bool *ret_progress, struct error *e) {
    assert(s->has_split && s->reader != NULL);
    s->waiting = false;
    s->wake_ns = -1;
    atomic_store(&s->woken, false);
    batch_buffer_reset(s->buffer);
    s->buffer->batch.kinds = s->buffer->kinds;
    s->node->eval.now_us = s->node->task->now_us;
    enum read_result result = READ_WAIT;
    int64_t wake_ns = -1;
    TRY(s->reader->ops->read(s->reader, s->buffer, &result, &wake_ns, e));
    TRY(bad_rows_check(s->bad, e));
    bool some = s->buffer->batch.row_count > 0 || s->buffer->batch.mark_count > 0;
    *ret_progress = some || result != READ_WAIT;
    if (result == READ_WAIT) {
        s->waiting = true;
        s->wake_ns = wake_ns;
        source_pause(s);
    } else if (result == READ_END) {
        s->has_split = false;
    }
    return source_emit(s, e);
}

enum status source_step(struct source_slot *s, bool *ret_progress, struct error *e) {
    assert(!s->ended && !s->stopped);
    *ret_progress = true;
    if (s->drain || (s->no_more && !s->has_split)) return source_end(s, e);
    if (s->has_split) return source_read(s, ret_progress, e);
    s->wanted = true;
    tell(s, MESSAGE_SPLIT_WANTED);
    return STATUS_OK;
}
