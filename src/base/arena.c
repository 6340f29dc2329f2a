/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arena: a list of chunks, filled in order. reset rewinds to the first chunk and keeps all of
 * them; an allocation larger than a chunk gets one of its own size. The header sits in front of
 * the chunk's bytes, so a chunk is one malloc.
 */
#include "base/arena.h"

#include "base/alloc.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

enum { ARENA_ALIGN = 16, ARENA_CHUNK_MIN = 4096, ARENA_CHUNK_MAX = 1 << 20 };

struct chunk {
    struct chunk *next;
    size_t size_bytes;
    size_t used_bytes;
    size_t padding;
};

struct arena {
    struct chunk *first;
    struct chunk *current;
    const char *name;
    size_t budget_bytes;
    size_t held_bytes;
};

static_assert(sizeof(struct chunk) % ARENA_ALIGN == 0, "chunk bytes stay aligned");

struct arena *arena_new(const char *name, size_t budget_bytes) {
    assert(name != NULL);
    struct arena *a = mem_calloc(1, sizeof *a);
    if (a == NULL) return NULL;
    a->name = name;
    a->budget_bytes = budget_bytes;
    return a;
}

void arena_free(struct arena *a) {
    if (a == NULL) return;
    for (struct chunk *c = a->first, *next; c != NULL; c = next) {
        next = c->next;
        mem_free(c);
    }
    mem_free(a);
}

void arena_reset(struct arena *a) {
    assert(a != NULL);
    for (struct chunk *c = a->first; c != NULL; c = c->next) {
        c->used_bytes = 0;
        if (c == a->current) break;
    }
    a->current = a->first;
}

static size_t chunk_size(const struct arena *a, size_t need) {
    if (mem_fails()) return need;
    size_t size = ARENA_CHUNK_MIN;
    while (size < ARENA_CHUNK_MAX && size < a->held_bytes) size *= 2;
    return size < need ? need : size;
}

static struct chunk *arena_grow(struct arena *a, size_t need) {
    size_t size = chunk_size(a, need);
    if (a->budget_bytes != 0 && a->held_bytes + size > a->budget_bytes) {
        size = need;
        if (a->held_bytes + size > a->budget_bytes) return NULL;
    }
    struct chunk *c = mem_alloc(sizeof *c + size);
    if (c == NULL) return NULL;
    c->size_bytes = size;
    c->used_bytes = 0;
    if (a->current == NULL) {
        c->next = a->first;
        a->first = c;
    } else {
        c->next = a->current->next;
        a->current->next = c;
    }
    a->held_bytes += size;
    a->current = c;
    return c;
}

/* The chunk that has need bytes left after align, current or a later kept one, or a new one. */
static struct chunk *arena_chunk(struct arena *a, size_t need) {
    struct chunk *c = a->current;
    if (c != NULL && c->size_bytes - c->used_bytes >= need) return c;
    if (c != NULL && c->next != NULL && c->next->size_bytes >= need) {
        a->current = c->next;
        a->current->used_bytes = 0;
        return a->current;
    }
    return arena_grow(a, need);
}

void *arena_alloc(struct arena *a, size_t size_bytes) {
    assert(a != NULL);
    if (size_bytes > SIZE_MAX / 2) return NULL;
    struct chunk *c = arena_chunk(a, size_bytes + ARENA_ALIGN);
    if (c == NULL) return NULL;
    size_t at = (c->used_bytes + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
    c->used_bytes = at + size_bytes;
    assert(c->used_bytes <= c->size_bytes);
    return (char *)(c + 1) + at;
}

void *arena_calloc(struct arena *a, size_t count, size_t size_bytes) {
    size_t total = 0;
    if (__builtin_mul_overflow(count, size_bytes, &total)) return NULL;
    void *p = arena_alloc(a, total);
    if (p != NULL) memset(p, 0, total);
    return p;
}

char *arena_bytes(struct arena *a, size_t size_bytes) {
    assert(a != NULL);
    if (size_bytes > SIZE_MAX / 2) return NULL;
    struct chunk *c = arena_chunk(a, size_bytes);
    if (c == NULL) return NULL;
    char *p = (char *)(c + 1) + c->used_bytes;
    c->used_bytes += size_bytes;
    assert(c->used_bytes <= c->size_bytes);
    return p;
}

struct str arena_str(struct arena *a, struct str s) {
    char *p = arena_bytes(a, s.size_bytes + 1);
    if (p == NULL) return (struct str){NULL, 0};
    if (s.size_bytes != 0) memcpy(p, s.at, s.size_bytes);
    p[s.size_bytes] = '\0';
    return (struct str){p, s.size_bytes};
}

struct str arena_format(struct arena *a, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *p = n < 0 ? NULL : arena_bytes(a, (size_t)n + 1);
    if (p != NULL) vsnprintf(p, (size_t)n + 1, format, again);
    va_end(again);
    return (struct str){p, p == NULL ? 0 : (size_t)n};
}

size_t arena_used_bytes(const struct arena *a) {
    assert(a != NULL);
    return a->held_bytes;
}

const char *arena_name(const struct arena *a) {
    assert(a != NULL);
    return a->name;
}
