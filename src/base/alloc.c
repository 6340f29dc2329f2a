/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The door to malloc with a fault point. The counter is the one process-wide variable of this
 * module: it is a test instrument, off (negative) unless a test or the command line arms it.
 */
#include "base/alloc.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

static _Atomic int64_t allocations_left = -1;

static bool alloc_denied(void) {
    if (atomic_load_explicit(&allocations_left, memory_order_relaxed) < 0) return false;
    int64_t left = atomic_load_explicit(&allocations_left, memory_order_relaxed);
    if (left > 1) {
        atomic_fetch_sub_explicit(&allocations_left, 1, memory_order_relaxed);
        return false;
    }
    return true;
}

void mem_fail_after(int64_t n) {
    atomic_store_explicit(&allocations_left, n <= 0 ? -1 : n, memory_order_relaxed);
}

bool mem_fails(void) { return atomic_load_explicit(&allocations_left, memory_order_relaxed) >= 0; }

void *mem_alloc(size_t size_bytes) {
    return alloc_denied() ? NULL : malloc(size_bytes == 0 ? 1 : size_bytes);
}

void *mem_calloc(size_t count, size_t size_bytes) {
    return alloc_denied() ? NULL : calloc(count == 0 ? 1 : count, size_bytes == 0 ? 1 : size_bytes);
}

void *mem_realloc(void *p, size_t size_bytes) {
    return alloc_denied() ? NULL : realloc(p, size_bytes == 0 ? 1 : size_bytes);
}

void mem_free(void *p) { free(p); }
