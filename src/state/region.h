/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_STATE_REGION_H
#define WEIR_STATE_REGION_H

#include "base/error.h"
#include "state/state.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * region: the bytes of one state as pages in reserved address space, with what is known per page.
 * Internal to src/state.
 *
 * What must survive a restore lies in the region itself (the root on page 0 and all it refers to)
 * plus one bit per page: in use or free. Everything else here is rebuilt from those.
 */

struct env;
struct snapshot;
struct object;

enum {
    REGION_PAGE_SHIFT = STATE_PAGE_SHIFT,
    REGION_PAGE_BYTES = 1 << REGION_PAGE_SHIFT,
    REGION_ORDERS = 21,        /* free blocks of 1 .. 2^20 pages */
    REGION_COMMIT_PAGES = 256, /* memory is made usable in steps of 1 MiB */
    REGION_LARGE_PAGES = 4096, /* and of 16 MiB once there is as much */
    SLAB_CLASSES = 21,
    REGION_VERSION = 2,
};
#define REGION_MAGIC   UINT64_C(0x31534e4752494557) /* "WEIRGNS1" */
#define REGION_NO_PAGE UINT32_MAX
/* After a restore: pages of runs whose owner has not told their length (a map's chunks do, others need not). */
#define REGION_RESTORED (UINT32_MAX - 1)

/* Page 0 of the region. */
struct region_root {
    uint64_t magic;
    uint32_t version;
    uint32_t page_bytes;
    state_ref objects;               /* newest object record */
    state_ref partial[SLAB_CLASSES]; /* per cell size: a slab page with a free cell */
};

/* Per page, outside the region. */
struct page_info {
    uint32_t next; /* free block's first page: list links; page of a run: the run's first page */
    uint32_t prev; /* first page of a run: pages in the run, or REGION_RESTORED */
};

struct state {
    struct state_pages view; /* must be first: state_write is inline over it */
    struct env *env;
    struct state_config config;
    char owner[64];     /* for messages */
    uint32_t page_max;  /* address space */
    uint32_t page_high; /* pages at or above were never used */
    uint32_t page_committed;
    uint32_t page_budget;
    uint64_t page_used;
    struct page_info *info;
    uint8_t *tags;  /* PAGE_TAG_* of each page below page_high */
    uint64_t *used; /* bitmap */
    uint64_t *changed; /* one bit per 64 pages: some of them may be HOT; a barrier looks nowhere else */
    uint32_t free_heads[REGION_ORDERS];
    int64_t now_ms;
    struct object *objects;    /* opened by the job */
    struct snapshot *snapshot; /* being written, or NULL */
    struct snapshot_pool *pool;
    uint64_t *maps; /* the snapshot's two bitmaps, kept for the next one */
    uint64_t maps_words;
    uint64_t epoch;       /* of the last snapshot begun */
    uint64_t base_epoch;  /* the last one that can be built upon; 0: none */
    uint64_t chain_pages; /* pages in the files since the last full one */
    uint64_t *page_sums;  /* sanitizer builds: content of used pages at the last snapshot */
    uint8_t lock;         /* page states, in sanitizer builds */
};

static inline struct region_root *region_root(const struct state *s) {
    return (struct region_root *)(void *)s->view.base;
}

static inline void *region_at(const struct state *s, state_ref ref) {
    assert(ref != 0 && ref < s->view.size_bytes);
    return s->view.base + ref;
}

static inline state_ref region_ref(const struct state *s, const void *p) {
    uint64_t at = (uint64_t)((const char *)p - s->view.base);
    assert(at < s->view.size_bytes);
    return at;
}

static inline bool region_has(const struct state *s, const void *p) {
    return (uint64_t)((const char *)p - s->view.base) < s->view.size_bytes;
}

static inline state_ref region_page_ref(uint32_t page) {
    return (uint64_t)page << REGION_PAGE_SHIFT;
}

enum status region_init(struct state *s, struct error *e);
void region_deinit(struct state *s);
/* Adopts pages [0, high) after a restore: s->used says which are in use. */
enum status region_rebuild(struct state *s, uint32_t high, struct error *e);
/* Memory and per-page tables for pages below high. */
enum status region_grow(struct state *s, uint32_t high, struct error *e);

/* A run of pages, announced for writing; content unspecified. Aligned to its size if that is a power of two. */
enum status region_run_alloc(struct state *s, uint32_t pages, uint32_t *ret_page, struct error *e);
void region_run_free(struct state *s, uint32_t page, uint32_t pages);
/* First page of the run that a pointer lies in. */
static inline uint32_t region_run_of(const struct state *s, const void *p) {
    return s->info[region_ref(s, p) >> REGION_PAGE_SHIFT].next;
}

/* ---- small pieces: slab.c ---- */

enum { SLAB_BYTES_MAX = 2032 };
/* 16-byte aligned, announced, content unspecified. Larger ones than SLAB_BYTES_MAX are runs of pages. */
enum status slab_alloc(struct state *s, uint64_t size_bytes, state_ref *ret, struct error *e);
/* size_bytes as given to slab_alloc, or its capacity. */
void slab_free(struct state *s, state_ref ref, uint64_t size_bytes);
/* What slab_alloc really gives for a size. */
uint64_t slab_capacity(uint64_t size_bytes);

#endif
