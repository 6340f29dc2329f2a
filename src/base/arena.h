/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_BASE_ARENA_H
#define WEIR_BASE_ARENA_H

#include "base/str.h"

#include <stddef.h>
#include <stdint.h>

/*
 * arena: memory of one lifetime (process, plan, job, task, epoch, batch), released as a whole.
 * Bump allocation from chunks that double up to 1 MiB; reset keeps the chunks, so a batch arena
 * costs no malloc in steady state. Not thread-safe: one owner.
 *
 * Every allocation can fail: NULL means the budget is used up or the system has no memory.
 */
struct arena;

/* name is kept by reference (a literal) and shows in metrics. budget_bytes 0 = unlimited. */
struct arena *arena_new(const char *name, size_t budget_bytes);
void arena_free(struct arena *a);
/* Forgets everything allocated, keeps the memory. */
void arena_reset(struct arena *a);

/* 16-byte aligned, uninitialised. size 0 gives a valid pointer. */
void *arena_alloc(struct arena *a, size_t size_bytes);
/* 16-byte aligned, zeroed. Overflow of count * size gives NULL. */
void *arena_calloc(struct arena *a, size_t count, size_t size_bytes);
/* Unaligned bytes: for strings. */
char *arena_bytes(struct arena *a, size_t size_bytes);
/* A copy with a terminating NUL that is not counted; at == NULL on failure. */
struct str arena_str(struct arena *a, struct str s);
/* printf into the arena; at == NULL on failure. */
struct str arena_format(struct arena *a, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

size_t arena_used_bytes(const struct arena *a);
const char *arena_name(const struct arena *a);

#define ARENA_NEW(a, type) ((type *)arena_calloc((a), 1, sizeof(type)))
#define ARENA_ARRAY(a, type, count) ((type *)arena_calloc((a), (count), sizeof(type)))

#endif
