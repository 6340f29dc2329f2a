/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stdin: records from standard input. A helper thread does the blocking reads into two slots and
 * wakes the reader, so that a worker never waits for the pipe; one slot is decoded while the other
 * fills. The input cannot be read twice: a position only says that reading had begun. The thread may
 * sit in a read when the job ends; it then owns what it shares and frees it when the read returns.
 */
#include "connector/connectors.h"
#include "connector/scan_layout.h"

#include "base/alloc.h"

#include <assert.h>
#include <stdatomic.h>

enum { SLOT_BYTES = 256 * 1024, SLOTS = 2, RECORD_MAX_BYTES = 64 << 20 };

enum slot_state { SLOT_EMPTY, SLOT_FULL, SLOT_END, SLOT_FAILED };

struct slot {
    _Atomic int state;
    size_t size_bytes;
    char bytes[SLOT_BYTES];
};

/* Between the thread and the reader. */
struct pipe {
    struct env *env;
    struct env_wait *emptied;          /* the thread sleeps here for an empty slot */
    void (*wake)(void *argument);
    void *wake_argument;
    _Atomic int owners;                /* thread and reader; the last one frees */
    _Atomic bool closing;
    _Atomic bool waking;               /* the thread is inside of wake: the reader must not go away */
    struct error error;
    struct slot slots[SLOTS];
};

struct stdin_reader {
    struct source_reader base;
    struct source_context context;
    struct scan_layout *layout;
    struct decoder *decoder;
    struct pipe *pipe;
    struct env_thread *thread;
    uint32_t next;                     /* slot to take from */
    bool has_split, at_end;
    char *buffer;
    size_t capacity, at, have;
    uint64_t offset;
};

static void pipe_release(struct pipe *p) {
    if (atomic_fetch_sub(&p->owners, 1) != 1) return;
    env_wait_free(p->env, p->emptied);
    mem_free(p);
}

static void read_stdin(void *argument) {
    struct pipe *p = argument;
    bool more = true;
    for (uint32_t i = 0; more; i = (i + 1) % SLOTS) {
        struct slot *s = &p->slots[i];
        while (atomic_load_explicit(&s->state, memory_order_acquire) != SLOT_EMPTY && !atomic_load(&p->closing)) env_wait_sleep(p->env, p->emptied, -1);
        if (atomic_load(&p->closing)) break;
        enum status st = env_read(p->env, env_stdin(p->env), s->bytes, SLOT_BYTES, &s->size_bytes, &p->error);
        more = st == STATUS_OK && s->size_bytes > 0;
        atomic_store_explicit(&s->state, st != STATUS_OK ? SLOT_FAILED : more ? SLOT_FULL : SLOT_END, memory_order_release);
        atomic_store(&p->waking, true);
        if (!atomic_load(&p->closing)) p->wake(p->wake_argument);
        atomic_store(&p->waking, false);
    }
    pipe_release(p);
}

static enum status start_thread(struct stdin_reader *r, struct error *e) {
    struct pipe *p = mem_calloc(1, sizeof *p);
    if (p == NULL) return error_no_memory(e, sizeof *p);
    p->env = r->context.env;
    p->wake = r->context.wake;
    p->wake_argument = r->context.wake_argument;
    p->emptied = env_wait_new(p->env);
    if (p->emptied == NULL) {
        mem_free(p);
        return error_no_memory(e, 0);
    }
    atomic_store(&p->owners, 2);
    enum status st = env_thread_start(p->env, "stdin", read_stdin, p, &r->thread, e);
    if (st != STATUS_OK) {
        atomic_store(&p->owners, 1);
        pipe_release(p);
        return st;
    }
    r->pipe = p;
    return STATUS_OK;
}

static enum status stdin_add_split(struct source_reader *base, struct str split, struct error *e) {
    struct stdin_reader *r = (struct stdin_reader *)base;
    if (!str_equal(split, STR("0")))
        return error_set(e, STATUS_UNSUPPORTED, "Standard input cannot be read again: a job over stdin cannot be restored.");
    r->has_split = true;
    return start_thread(r, e);
}

static enum status make_room(struct stdin_reader *r, size_t more, struct error *e) {
    if (r->at > 0) {
        memmove(r->buffer, r->buffer + r->at, r->have - r->at);
        r->have -= r->at;
        r->at = 0;
    }
    if (r->capacity - r->have >= more) return STATUS_OK;
    size_t wanted = r->capacity == 0 ? 2 * SLOT_BYTES : r->capacity * 2;
    while (wanted - r->have < more) wanted *= 2;
    if (wanted > RECORD_MAX_BYTES) return error_set(e, STATUS_LIMIT, "Standard input: the record at offset %llu is longer than 64 MiB.", (unsigned long long)r->offset);
    char *bigger = mem_realloc(r->buffer, wanted);
    if (bigger == NULL) return error_no_memory(e, wanted);
    r->buffer = bigger;
    r->capacity = wanted;
    return STATUS_OK;
}

/* Takes the next slot if it is filled. */
static enum status take_slot(struct stdin_reader *r, bool *ret_taken, struct error *e) {
    struct slot *s = &r->pipe->slots[r->next];
    int state = atomic_load_explicit(&s->state, memory_order_acquire);
    *ret_taken = state != SLOT_EMPTY;
    if (state == SLOT_FAILED) {
        *e = r->pipe->error;
        return r->pipe->error.status;
    }
    if (state == SLOT_END) r->at_end = true;
    if (state != SLOT_FULL) return STATUS_OK;
    TRY(make_room(r, s->size_bytes, e));
    memcpy(r->buffer + r->have, s->bytes, s->size_bytes);
    r->have += s->size_bytes;
    r->next = (r->next + 1) % SLOTS;
    atomic_store_explicit(&s->state, SLOT_EMPTY, memory_order_release);
    env_wait_wake(r->pipe->env, r->pipe->emptied);
    return STATUS_OK;
}

/* The line of names at the beginning; false: it is not whole yet. */
static bool skip_header(struct stdin_reader *r) {
    const char *newline = r->at == r->have ? NULL : memchr(r->buffer + r->at, '\n', r->have - r->at);
    if (newline == NULL && !r->at_end) return false;
    size_t size = newline == NULL ? r->have - r->at : (size_t)(newline - r->buffer) + 1 - r->at;
    r->at += size;
    r->offset += size;
    r->layout->header = false;
    return true;
}

static enum status decode(struct stdin_reader *r, struct batch_buffer *out, size_t *ret_used, struct error *e) {
    *ret_used = 0;
    if (r->layout->header && !skip_header(r)) return STATUS_OK;
    if (r->at == r->have) return STATUS_OK;
    enum status st = scan_layout_decode(r->layout, r->decoder, (struct str){r->buffer + r->at, r->have - r->at}, r->at_end, out, ret_used, e);
    if (st != STATUS_OK) {
        error_wrap(e, "Standard input, offset %llu", (unsigned long long)(r->offset + *ret_used));
        if (st == STATUS_BAD_RECORD) error_hint(e, "The table option 'error-handling.mode' = 'ignore' skips such records, 'log' keeps them in another table");
        return st;
    }
    r->at += *ret_used;
    r->offset += *ret_used;
    return STATUS_OK;
}

static enum status stdin_read(struct source_reader *base, struct batch_buffer *out, enum read_result *ret, int64_t *ret_wake_ns, struct error *e) {
    struct stdin_reader *r = (struct stdin_reader *)base;
    *ret_wake_ns = -1;
    *ret = READ_END;
    if (!r->has_split) return STATUS_OK;
    *ret = READ_MORE;
    while (!batch_buffer_full(out)) {
        size_t used;
        uint32_t before = out->batch.row_count;
        TRY(decode(r, out, &used, e));
        if (used > 0 || out->batch.row_count > before) continue;
        if (r->at_end) {
            assert(r->at == r->have);
            if (out->batch.row_count == 0) *ret = READ_END;
            return STATUS_OK;
        }
        bool taken;
        TRY(take_slot(r, &taken, e));
        if (taken) continue;
        if (out->batch.row_count == 0) *ret = READ_WAIT;
        return STATUS_OK;
    }
    return STATUS_OK;
}

static enum status stdin_position(struct source_reader *base, enum status (*add)(void *context, struct str split), void *context, struct error *e) {
    struct stdin_reader *r = (struct stdin_reader *)base;
    (void)e;
    return r->has_split ? add(context, STR("begun")) : STATUS_OK;
}

static void stdin_progress(struct source_reader *base, uint64_t *ret_done, uint64_t *ret_total) {
    *ret_done = ((struct stdin_reader *)base)->offset;
    *ret_total = 0;
}

static void stdin_free(struct source_reader *base) {
    struct stdin_reader *r = (struct stdin_reader *)base;
    if (r->pipe != NULL) {
        atomic_store(&r->pipe->closing, true);
        while (atomic_load(&r->pipe->waking)) continue;
        env_wait_wake(r->pipe->env, r->pipe->emptied);
        if (r->at_end) env_thread_join(r->context.env, r->thread);
        pipe_release(r->pipe);
    }
    if (r->decoder != NULL) r->decoder->ops->free(r->decoder);
    mem_free(r->buffer);
}

static const struct reader_ops reader_ops = {stdin_add_split, stdin_read, stdin_position, stdin_progress, stdin_free};

static void on_bad(void *context, const struct bad_record *b) {
    struct stdin_reader *r = context;
    struct bad_record here = *b;
    here.source = STR("stdin");
    here.offset += r->offset;
    if (r->context.on_bad != NULL) r->context.on_bad(r->context.bad_context, &here);
}

enum status stdin_reader_new(const struct source_context *c, struct source_reader **ret, struct error *e) {
    struct stdin_reader *r = ARENA_NEW(c->arena, struct stdin_reader);
    if (r == NULL) return error_no_memory(e, sizeof *r);
    r->base.ops = &reader_ops;
    r->context = *c;
    TRY(scan_layout_new(c, false, on_bad, r, &r->layout, e));
    r->layout->target.cpu_level = env_variable(c->env, "WEIR_ISA").at;
    TRY(r->layout->format->decoder_new(c->arena, &c->scan->options->format_options, &r->layout->target, &r->decoder, e));
    *ret = &r->base;
    return STATUS_OK;
}
