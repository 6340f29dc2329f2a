/* SPDX-License-Identifier: Apache-2.0 */
/*
 * snapshot pool: slots are handed out in order until the budget is reached, and then come back over
 * the ring of free slots. Both rings have room for every slot, so they are never full; each has one
 * producer and one consumer, which own its two positions.
 */
#include "state/snapshot_pool.h"

#include "base/alloc.h"
#include "env/env.h"
#include "state/region.h"

#include <string.h>

enum { WARM_AHEAD = 1024 };

struct ring {
    uint64_t head; /* consumer's */
    char apart[56];
    uint64_t tail; /* producer's */
    char apart_too[56];
};

struct snapshot_pool {
    struct ring saved;
    struct ring returned;
    struct env *env;
    char *memory;
    uint64_t bytes;
    uint32_t slot_count; /* a power of two */
    uint32_t started;    /* slots handed out for the first time so far; atomic */
    uint32_t warm;       /* slots below have memory behind them; atomic */
    struct saved_page *saved_at;
    uint32_t *returned_at;
};

enum status snapshot_pool_new(struct env *env, uint64_t bytes, struct snapshot_pool **ret,
                              struct error *e) {
    struct snapshot_pool *p = mem_calloc(1, sizeof *p);
    if (p == NULL) return error_no_memory(e, sizeof *p);
    uint32_t slots = 16;
    while (slots < (UINT32_C(1) << 24) && (uint64_t)slots * 2 * REGION_PAGE_BYTES <= bytes)
        slots *= 2;
    p->env = env;
    p->slot_count = slots;
    p->bytes = (uint64_t)slots * REGION_PAGE_BYTES;
    p->memory = env_reserve(env, p->bytes);
    p->saved_at = mem_alloc(slots * sizeof *p->saved_at);
    p->returned_at = mem_alloc(slots * sizeof *p->returned_at);
    enum status status = STATUS_OK;
    if (p->memory == NULL || p->saved_at == NULL || p->returned_at == NULL)
        status = error_no_memory(e, p->bytes);
    else
        status = env_commit(env, p->memory, p->bytes, e);
    if (status != STATUS_OK)
        snapshot_pool_free(p);
    else
        *ret = p;
    return status;
}

void snapshot_pool_free(struct snapshot_pool *p) {
    if (p == NULL) return;
    env_release(p->env, p->memory, p->bytes);
    mem_free(p->saved_at);
    mem_free(p->returned_at);
    mem_free(p);
}

char *pool_slot(const struct snapshot_pool *p, uint32_t slot) {
    assert(slot < p->slot_count);
    return p->memory + (uint64_t)slot * REGION_PAGE_BYTES;
}

/* A slot that was never used; false when there is none left. */
static bool pool_start(struct snapshot_pool *p, uint32_t *ret_slot) {
    if (__atomic_load_n(&p->started, __ATOMIC_RELAXED) >= p->slot_count) return false;
    uint32_t slot = __atomic_fetch_add(&p->started, 1, __ATOMIC_RELAXED);
    if (slot >= p->slot_count) {
        __atomic_fetch_sub(&p->started, 1, __ATOMIC_RELAXED);
        return false;
    }
    *ret_slot = slot;
    return true;
}

bool pool_take(struct snapshot_pool *p, uint32_t *ret_slot) {
    uint64_t head = p->returned.head;
    if (head == __atomic_load_n(&p->returned.tail, __ATOMIC_ACQUIRE))
        return pool_start(p, ret_slot);
    *ret_slot = p->returned_at[head & (p->slot_count - 1)];
    assert(*ret_slot < p->slot_count);
    __atomic_store_n(&p->returned.head, head + 1, __ATOMIC_RELEASE);
    return true;
}

void pool_give(struct snapshot_pool *p, uint32_t slot) {
    uint64_t tail = p->returned.tail;
    assert(tail - __atomic_load_n(&p->returned.head, __ATOMIC_ACQUIRE) < p->slot_count);
    p->returned_at[tail & (p->slot_count - 1)] = slot;
    __atomic_store_n(&p->returned.tail, tail + 1, __ATOMIC_RELEASE);
}

void pool_save(struct snapshot_pool *p, struct saved_page saved) {
    assert(saved.slot < p->slot_count);
    uint64_t tail = p->saved.tail;
    assert(tail - __atomic_load_n(&p->saved.head, __ATOMIC_ACQUIRE) < p->slot_count);
    p->saved_at[tail & (p->slot_count - 1)] = saved;
    __atomic_store_n(&p->saved.tail, tail + 1, __ATOMIC_RELEASE);
}

bool pool_next(struct snapshot_pool *p, struct saved_page *ret) {
    uint64_t head = p->saved.head;
    if (head == __atomic_load_n(&p->saved.tail, __ATOMIC_ACQUIRE)) return false;
    *ret = p->saved_at[head & (p->slot_count - 1)];
    __atomic_store_n(&p->saved.head, head + 1, __ATOMIC_RELEASE);
    return true;
}

void pool_warm(struct snapshot_pool *p, uint32_t slots) {
    assert(slots > 0);
    if (slots > p->slot_count) slots = p->slot_count;
    uint32_t from = __atomic_load_n(&p->warm, __ATOMIC_RELAXED);
    if (from >= slots) return;
    env_populate(p->env, pool_slot(p, from), (uint64_t)(slots - from) * REGION_PAGE_BYTES);
    __atomic_store_n(&p->warm, slots, __ATOMIC_RELAXED);
}

void pool_keep_warm(struct snapshot_pool *p) {
    uint32_t started = __atomic_load_n(&p->started, __ATOMIC_RELAXED);
    uint32_t warm = __atomic_load_n(&p->warm, __ATOMIC_RELAXED);
    if (started + WARM_AHEAD > warm) pool_warm(p, (started > warm ? started : warm) + WARM_AHEAD);
}

bool pool_is_pressed(const struct snapshot_pool *p) {
    uint64_t waiting = __atomic_load_n(&p->saved.tail, __ATOMIC_RELAXED) - p->saved.head;
    return waiting > p->slot_count / 4 || waiting * 2 > __atomic_load_n(&p->warm, __ATOMIC_RELAXED);
}
