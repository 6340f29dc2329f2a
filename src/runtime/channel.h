/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_RUNTIME_CHANNEL_H
#define WEIR_RUNTIME_CHANNEL_H

#include "base/arena.h"
#include "base/error.h"
#include "env/env.h"
#include "runtime/ring.h"
#include "vec/batch.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * channel: batches from one subtask to another, in order, with a byte budget. What travels is a
 * parcel: a batch that moves to the consumer and comes back on the return ring to be filled again,
 * a barrier, or the end. The producer may overshoot its budget within one call (an operator cannot
 * stop in the middle); it asks channel_has_room before it starts one.
 */
enum parcel_kind { PARCEL_BATCH, PARCEL_BARRIER, PARCEL_END };

struct parcel {
    enum parcel_kind kind;
    uint32_t flags;             /* barrier: enum barrier_flags */
    uint64_t epoch;             /* barrier */
    struct batch_buffer *buffer;/* batch */
    struct arena *arena;        /* what buffer lives in */
    size_t size_bytes;          /* counted against the budget */
    struct parcel *next;        /* in the producer's overflow list */
    bool changes;               /* some row is no insert */
};

struct channel {
    struct ring data, back;
    _Alignas(64) _Atomic int64_t in_flight_bytes;
    atomic_bool producer_waits; /* wake the producer when room comes */
    /* the producer's */
    const struct type *const *types;
    uint32_t column_count, batch_rows;
    int64_t budget_bytes;
    struct env *env;
    struct env_wait *producer_wait, *consumer_wait; /* equal or NULL: no wake needed */
    struct parcel *open;        /* being filled */
    struct parcel *overflow, **overflow_end;
    uint64_t rows;
    bool results;               /* leads to the client: no barriers, no end */
    /* the consumer's */
    bool blocked;               /* has delivered the barrier being aligned */
    bool ended;
};

void channel_init(struct channel *c, struct env *env, const struct type *const *types, uint32_t column_count, uint32_t batch_rows, int64_t budget_bytes);
/* With both sides at rest: frees every parcel. */
void channel_deinit(struct channel *c);

/* ---- producer ---- */
bool channel_has_room(struct channel *c);
/* Copies the selected rows of b; hands over full parcels. */
enum status channel_rows(struct channel *c, const struct batch *b, const uint32_t *sel, uint32_t count, struct error *e);
enum status channel_mark(struct channel *c, const struct mark *m, struct error *e);
enum status channel_barrier(struct channel *c, uint64_t epoch, uint32_t flags, struct error *e);
enum status channel_end(struct channel *c, struct error *e);
/* Hands over what is filled so far, when the consumer has nothing else or `always`. true: something moved. */
bool channel_flush(struct channel *c, bool always);

/* ---- consumer ---- */
/* The oldest parcel or NULL; it stays the consumer's until channel_return. */
struct parcel *channel_take(struct channel *c);
/* Is a barrier the next thing to take? */
bool channel_at_barrier(struct channel *c);
void channel_return(struct channel *c, struct parcel *p);

#endif
