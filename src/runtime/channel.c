/* SPDX-License-Identifier: Apache-2.0 */
/*
 * channel: parcels over two rings. The producer fills the open parcel and hands it over when it is
 * full, or as soon as the consumer has nothing else to do (adaptive batching). A parcel that finds
 * the ring full waits in the overflow list, which keeps the order. Each parcel owns its memory, so
 * either side may free it; in steady state none is made.
 */
#include "runtime/channel.h"

#include "base/alloc.h"

#include <assert.h>

void channel_init(struct channel *c, struct env *env, const struct type *const *types, uint32_t column_count, uint32_t batch_rows, int64_t budget_bytes) {
    assert(batch_rows > 0 && budget_bytes > 0);
    memset(c, 0, sizeof *c);
    c->env = env;
    c->types = types;
    c->column_count = column_count;
    c->batch_rows = batch_rows;
    c->budget_bytes = budget_bytes;
    c->overflow_end = &c->overflow;
}

static void parcel_free(struct parcel *p) {
    if (p == NULL) return;
    batch_buffer_free(p->buffer);
    arena_free(p->arena);
    mem_free(p);
}

void channel_deinit(struct channel *c) {
    assert(c->overflow_end != NULL);
    struct parcel *p = NULL;
    parcel_free(c->open);
    c->open = NULL;
    while ((p = ring_pop(&c->data)) != NULL) parcel_free(p);
    while ((p = ring_pop(&c->back)) != NULL) parcel_free(p);
    while ((p = c->overflow) != NULL) {
        c->overflow = p->next;
        parcel_free(p);
    }
    c->overflow_end = &c->overflow;
}

static struct parcel *parcel_new(struct channel *c, enum parcel_kind kind) {
    assert(c->types != NULL || c->column_count == 0 || kind != PARCEL_BATCH);
    struct parcel *p = mem_calloc(1, sizeof *p);
    if (p == NULL) return NULL;
    p->kind = kind;
    if (kind != PARCEL_BATCH) return p;
    p->arena = arena_new("channel", 0);
    if (p->arena == NULL || batch_buffer_new(p->arena, c->types, c->column_count, c->batch_rows, &p->buffer) != STATUS_OK) {
        p->buffer = NULL;
        parcel_free(p);
        return NULL;
    }
    return p;
}

/* ---- producer ---- */

static void consumer_wake(struct channel *c) {
    if (c->consumer_wait != NULL && c->consumer_wait != c->producer_wait) env_wait_wake(c->env, c->consumer_wait);
}

static bool overflow_move(struct channel *c) {
    bool moved = false;
    while (c->overflow != NULL) {
        struct parcel *p = c->overflow, *next = p->next;
        if (!ring_push(&c->data, p)) break; /* the consumer may own p from here on */
        c->overflow = next;
        if (next == NULL) c->overflow_end = &c->overflow;
        moved = true;
    }
    if (moved) consumer_wake(c);
    return moved;
}

static void parcel_send(struct channel *c, struct parcel *p) {
    assert(p != c->open && (p->kind == PARCEL_BATCH) == (p->buffer != NULL));
    if (p->kind == PARCEL_BATCH) {
        p->size_bytes = batch_bytes(p->buffer);
        p->buffer->batch.kinds = p->changes ? p->buffer->kinds : NULL;
        c->rows += p->buffer->batch.row_count;
        atomic_fetch_add(&c->in_flight_bytes, (int64_t)p->size_bytes);
    }
    p->next = NULL;
    *c->overflow_end = p;
    c->overflow_end = &p->next;
    overflow_move(c);
}

bool channel_has_room(struct channel *c) {
    overflow_move(c);
    if (c->overflow == NULL && atomic_load(&c->in_flight_bytes) < c->budget_bytes) return true;
    atomic_store(&c->producer_waits, true);
    /* Room that came before the flag was seen would wake nobody: look again. */
    if (c->overflow == NULL && atomic_load(&c->in_flight_bytes) < c->budget_bytes) {
        atomic_store(&c->producer_waits, false);
        return true;
    }
    return false;
}

static struct parcel *parcel_open(struct channel *c) {
    if (c->open != NULL) return c->open;
    struct parcel *p = ring_pop(&c->back);
    if (p == NULL) p = parcel_new(c, PARCEL_BATCH);
    if (p == NULL) return NULL;
    assert(p->kind == PARCEL_BATCH && p->buffer != NULL);
    batch_buffer_reset(p->buffer);
    p->buffer->batch.kinds = p->buffer->kinds;
    p->changes = false;
    c->open = p;
    return p;
}

static void parcel_close(struct channel *c) {
    struct parcel *p = c->open;
    if (p == NULL || (p->buffer->batch.row_count == 0 && p->buffer->batch.mark_count == 0)) return;
    c->open = NULL;
    parcel_send(c, p);
}

static enum status parcel_fill(struct parcel *p, const struct batch *b, const struct rows *rows) {
    assert(rows->count <= p->buffer->capacity - p->buffer->batch.row_count);
    assert(b->column_count == p->buffer->batch.column_count);
    struct batch_buffer *to = p->buffer;
    uint32_t at = to->batch.row_count;
    for (uint32_t i = 0; i < b->column_count; i++) TRY(vec_copy_rows(to->batch.columns[i], at, b->columns[i], rows));
    for (uint32_t i = 0; i < rows->count; i++) {
        uint8_t kind = (uint8_t)batch_kind(b, rows_at(rows, i));
        to->kinds[at + i] = kind;
        p->changes |= kind != ROW_INSERT;
    }
    to->batch.row_count = to->batch.sel_count = at + rows->count;
    return STATUS_OK;
}

enum status channel_rows(struct channel *c, const struct batch *b, const uint32_t *sel, uint32_t count, struct error *e) {
    assert(b->column_count == c->column_count && sel != NULL);
    while (count > 0) {
        struct parcel *p = parcel_open(c);
        if (p == NULL) return error_no_memory(e, sizeof *p);
        uint32_t room = p->buffer->capacity - p->buffer->batch.row_count;
        struct rows rows = {sel, count < room ? count : room};
        if (parcel_fill(p, b, &rows) != STATUS_OK) return error_no_memory(e, sizeof *p);
        sel += rows.count;
        count -= rows.count;
        if (batch_buffer_full(p->buffer)) parcel_close(c);
    }
    return STATUS_OK;
}

enum status channel_mark(struct channel *c, const struct mark *m, struct error *e) {
    struct parcel *p = parcel_open(c);
    if (p == NULL || batch_buffer_mark(p->buffer, m->kind, m->watermark_ms) != STATUS_OK) return error_no_memory(e, sizeof *p);
    return STATUS_OK;
}

static enum status control_send(struct channel *c, enum parcel_kind kind, uint64_t epoch, uint32_t flags, struct error *e) {
    assert(kind != PARCEL_BATCH && !c->results);
    parcel_close(c);
    struct parcel *p = parcel_new(c, kind);
    if (p == NULL) return error_no_memory(e, sizeof *p);
    p->epoch = epoch;
    p->flags = flags;
    parcel_send(c, p);
    return STATUS_OK;
}

enum status channel_barrier(struct channel *c, uint64_t epoch, uint32_t flags, struct error *e) {
    assert(epoch > 0);
    return control_send(c, PARCEL_BARRIER, epoch, flags, e);
}

enum status channel_end(struct channel *c, struct error *e) { return control_send(c, PARCEL_END, 0, 0, e); }

bool channel_flush(struct channel *c, bool always) {
    bool moved = overflow_move(c);
    if (c->open == NULL || (!always && !ring_is_empty(&c->data))) return moved;
    bool some = c->open->buffer->batch.row_count > 0 || c->open->buffer->batch.mark_count > 0;
    parcel_close(c);
    return moved || some;
}

/* ---- consumer ---- */

struct parcel *channel_take(struct channel *c) { return ring_pop(&c->data); }

bool channel_at_barrier(struct channel *c) {
    const struct parcel *p = ring_peek(&c->data);
    return p != NULL && p->kind == PARCEL_BARRIER;
}

void channel_return(struct channel *c, struct parcel *p) {
    assert(p != NULL);
    if (p->kind != PARCEL_BATCH) {
        parcel_free(p);
    } else {
        size_t size = p->size_bytes;
        if (!ring_push(&c->back, p)) parcel_free(p);
        int64_t before = atomic_fetch_sub(&c->in_flight_bytes, (int64_t)size);
        assert(before >= (int64_t)size);
        (void)before;
    }
    if (atomic_exchange(&c->producer_waits, false) && c->producer_wait != NULL && c->producer_wait != c->consumer_wait)
        env_wait_wake(c->env, c->producer_wait);
}
