/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_RUNTIME_RING_H
#define WEIR_RUNTIME_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * ring: a single-producer single-consumer queue of pointers. Push and pop are wait-free and touch no
 * shared line but the two counters. RING_SIZE is a power of two.
 */
enum { RING_SIZE = 64 };

struct ring {
    _Alignas(64) _Atomic uint32_t head; /* next to pop: the consumer's */
    _Alignas(64) _Atomic uint32_t tail; /* next to push: the producer's */
    _Alignas(64) void *items[RING_SIZE];
};

static inline bool ring_push(struct ring *r, void *item) {
    uint32_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);
    if (tail - atomic_load_explicit(&r->head, memory_order_acquire) == RING_SIZE) return false;
    r->items[tail % RING_SIZE] = item;
    atomic_store_explicit(&r->tail, tail + 1, memory_order_release);
    return true;
}

/* The oldest item, left in place; NULL when empty. Consumer only. */
static inline void *ring_peek(struct ring *r) {
    uint32_t head = atomic_load_explicit(&r->head, memory_order_relaxed);
    if (head == atomic_load_explicit(&r->tail, memory_order_acquire)) return (void *)0;
    return r->items[head % RING_SIZE];
}

static inline void *ring_pop(struct ring *r) {
    void *item = ring_peek(r);
    if (item != (void *)0) atomic_fetch_add_explicit(&r->head, 1, memory_order_release);
    return item;
}

/* From either side; may be outdated when it returns. */
static inline bool ring_is_empty(const struct ring *r) {
    return atomic_load_explicit(&((struct ring *)r)->head, memory_order_acquire) ==
           atomic_load_explicit(&((struct ring *)r)->tail, memory_order_acquire);
}

#endif
