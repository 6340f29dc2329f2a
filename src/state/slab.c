/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slab: small pieces of a region. A slab is one page of cells of one size with its own free list, so
 * that freeing and allocating dirty only that page; pages with a free cell hang on a list per size in
 * the region's root, and a page whose last cell is freed goes back to the region.
 *
 * Pieces above SLAB_BYTES_MAX are runs of whole pages: their references are multiples of the page
 * size, those of cells never are, which is how slab_free tells them apart.
 */
#include "state/region.h"

#include <string.h>

struct slab {
    uint16_t class;
    uint16_t live;
    uint16_t fresh;     /* cells from here on were never used */
    uint16_t free_cell; /* 1 + index of the first freed cell; 0: none */
    uint64_t zero;
    state_ref next, prev; /* slabs of this size that have a free cell */
};
static_assert(sizeof(struct slab) == 32, "cells start 16-byte aligned");

static const uint16_t slab_sizes[SLAB_CLASSES] = {16,  32,  48,  64,  80,   96,   112,
                                                  128, 160, 192, 224, 256,  320,  384,
                                                  448, 512, 640, 800, 1008, 1344, SLAB_BYTES_MAX};

static uint32_t slab_class(uint64_t size_bytes) {
    assert(size_bytes > 0 && size_bytes <= SLAB_BYTES_MAX);
    if (size_bytes <= 128) return (uint32_t)((size_bytes - 1) / 16);
    uint32_t c = 8;
    while (slab_sizes[c] < size_bytes) c++;
    return c;
}

static uint32_t slab_cells(uint32_t class) {
    return (REGION_PAGE_BYTES - (uint32_t)sizeof(struct slab)) / slab_sizes[class];
}

static uint32_t pages_of(uint64_t size_bytes) {
    return (uint32_t)((size_bytes + REGION_PAGE_BYTES - 1) >> REGION_PAGE_SHIFT);
}

uint64_t slab_capacity(uint64_t size_bytes) {
    if (size_bytes == 0) size_bytes = 1;
    return size_bytes <= SLAB_BYTES_MAX ? slab_sizes[slab_class(size_bytes)]
                                        : region_page_ref(pages_of(size_bytes));
}

static void slab_link(struct state *s, struct slab *b) {
    struct region_root *root = region_root(s);
    state_write(s, root, sizeof *root);
    b->prev = 0;
    b->next = root->partial[b->class];
    if (b->next != 0) {
        struct slab *n = region_at(s, b->next);
        state_write(s, n, sizeof *n);
        n->prev = region_ref(s, b);
    }
    root->partial[b->class] = region_ref(s, b);
}

static void slab_unlink(struct state *s, struct slab *b) {
    if (b->next != 0) {
        struct slab *n = region_at(s, b->next);
        state_write(s, n, sizeof *n);
        n->prev = b->prev;
    }
    if (b->prev != 0) {
        struct slab *p = region_at(s, b->prev);
        state_write(s, p, sizeof *p);
        p->next = b->next;
    } else {
        struct region_root *root = region_root(s);
        state_write(s, root, sizeof *root);
        root->partial[b->class] = b->next;
    }
    b->next = b->prev = 0;
}

static enum status slab_new(struct state *s, uint32_t class, struct slab **ret, struct error *e) {
    uint32_t page = 0;
    TRY(region_run_alloc(s, 1, &page, e));
    struct slab *b = region_at(s, region_page_ref(page));
    *b = (struct slab){.class = (uint16_t) class};
    slab_link(s, b);
    *ret = b;
    return STATUS_OK;
}

static char *slab_cell(struct slab *b, uint32_t index) {
    return (char *)(b + 1) + (size_t)index * slab_sizes[b->class];
}

enum status slab_alloc(struct state *s, uint64_t size_bytes, state_ref *ret, struct error *e) {
    if (size_bytes == 0) size_bytes = 1;
    if (size_bytes > SLAB_BYTES_MAX) {
        if (size_bytes >> REGION_PAGE_SHIFT >= UINT32_MAX / 2)
            return error_set(e, STATUS_LIMIT, "One value in the state of %s would take %llu bytes.",
                             s->owner, (unsigned long long)size_bytes);
        uint32_t page = 0;
        TRY(region_run_alloc(s, pages_of(size_bytes), &page, e));
        *ret = region_page_ref(page);
        return STATUS_OK;
    }
    uint32_t class = slab_class(size_bytes);
    state_ref partial = region_root(s)->partial[class];
    struct slab *b = partial == 0 ? NULL : region_at(s, partial);
    if (b == NULL) TRY(slab_new(s, class, &b, e));
    state_write(s, b, REGION_PAGE_BYTES);
    uint32_t index = b->fresh;
    assert(b->class == class && b->live < slab_cells(class));
    if (b->free_cell != 0) {
        index = b->free_cell - 1U;
        memcpy(&b->free_cell, slab_cell(b, index), sizeof b->free_cell);
    } else {
        b->fresh++;
    }
    b->live++;
    assert(b->live <= slab_cells(class));
    if (b->live == slab_cells(class)) slab_unlink(s, b);
    *ret = region_ref(s, slab_cell(b, index));
    return STATUS_OK;
}

void slab_free(struct state *s, state_ref ref, uint64_t size_bytes) {
    assert(ref != 0);
    if ((ref & (REGION_PAGE_BYTES - 1)) == 0) {
        region_run_free(s, (uint32_t)(ref >> REGION_PAGE_SHIFT), pages_of(size_bytes));
        return;
    }
    struct slab *b = region_at(s, ref & ~(uint64_t)(REGION_PAGE_BYTES - 1));
    assert(b->class == slab_class(size_bytes == 0 ? 1 : size_bytes) && b->live > 0);
    state_write(s, b, REGION_PAGE_BYTES);
    bool was_full = b->live == slab_cells(b->class);
    uint32_t index = (uint32_t)((ref & (REGION_PAGE_BYTES - 1)) - sizeof *b) / slab_sizes[b->class];
    assert(index < b->fresh && slab_cell(b, index) == (char *)region_at(s, ref));
    memcpy(slab_cell(b, index), &b->free_cell, sizeof b->free_cell);
    b->free_cell = (uint16_t)(index + 1);
    b->live--;
    if (was_full) slab_link(s, b);
    if (b->live > 0) return;
    slab_unlink(s, b);
    region_run_free(s, (uint32_t)(region_ref(s, b) >> REGION_PAGE_SHIFT), 1);
}
