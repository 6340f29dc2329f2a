/* SPDX-License-Identifier: Apache-2.0 */
/*
 * region: pages of a state in reserved address space.
 *
 * Runs of pages come from a buddy allocator: free blocks of 2^k pages, aligned to their size, on one
 * list per k. A run that is no power of two gives its tail back at once. The lists live outside the
 * region and follow from the bitmap of used pages alone, so a restored region rebuilds them.
 *
 * Address space never moves, so pointers into the region stay; memory is made usable in steps and
 * counted against the budget by pages in use.
 */
#include "state/region.h"

#include "base/bits.h"
#include "env/env.h"

#include <string.h>

/* What a page is to the buddy allocator: a used or inner page, or the first page of a free block. */
enum { PAGE_TAG_NONE = 0, PAGE_TAG_FREE = 0x80 };

static void block_link(struct state *s, uint32_t page, uint32_t order) {
    assert(order < REGION_ORDERS);
    uint32_t head = s->free_heads[order];
    s->info[page] = (struct page_info){head, REGION_NO_PAGE};
    if (head != REGION_NO_PAGE) s->info[head].prev = page;
    s->free_heads[order] = page;
    s->tags[page] = (uint8_t)(PAGE_TAG_FREE | order);
}

static void block_unlink(struct state *s, uint32_t page, uint32_t order) {
    assert(s->tags[page] == (PAGE_TAG_FREE | order));
    struct page_info *i = &s->info[page];
    if (i->next != REGION_NO_PAGE) s->info[i->next].prev = i->prev;
    if (i->prev != REGION_NO_PAGE)
        s->info[i->prev].next = i->next;
    else
        s->free_heads[order] = i->next;
    s->tags[page] = PAGE_TAG_NONE;
}

/* Frees one aligned block, joining it with its free neighbours. */
static void block_free(struct state *s, uint32_t page, uint32_t order) {
    while (order + 1 < REGION_ORDERS) {
        uint32_t buddy = page ^ (UINT32_C(1) << order);
        if (buddy >= s->page_high || s->tags[buddy] != (PAGE_TAG_FREE | order)) break;
        block_unlink(s, buddy, order);
        page &= ~(UINT32_C(1) << order);
        order++;
    }
    block_link(s, page, order);
}

/* Frees any range of pages as aligned blocks. */
static void range_free(struct state *s, uint32_t begin, uint32_t end) {
    assert(begin <= end && end <= s->page_high);
    while (begin < end) {
        uint32_t order = begin == 0 ? REGION_ORDERS - 1 : (uint32_t)__builtin_ctz(begin);
        if (order >= REGION_ORDERS) order = REGION_ORDERS - 1;
        while ((UINT32_C(1) << order) > end - begin) order--;
        block_free(s, begin, order);
        begin += UINT32_C(1) << order;
    }
}

static enum status table_grow(struct state *s, void *table, uint64_t entry_bytes, uint32_t from,
                              uint32_t to, struct error *e) {
    uint64_t begin = from * entry_bytes & ~(uint64_t)(REGION_PAGE_BYTES - 1);
    return env_commit(s->env, (char *)table + begin, to * entry_bytes - begin, e);
}

enum status region_grow(struct state *s, uint32_t high, struct error *e) {
    assert(s->page_committed <= s->page_max);
    if (high <= s->page_committed) return STATUS_OK;
    if (high > s->page_max)
        return error_set(e, STATUS_LIMIT, "The state of %s is full: its address space is %llu MiB.",
                         s->owner, (unsigned long long)(s->view.size_bytes >> 20));
    uint32_t from = s->page_committed;
    uint32_t step = from < REGION_LARGE_PAGES ? REGION_COMMIT_PAGES : REGION_LARGE_PAGES;
    uint32_t to = (high + step - 1) / step * step;
    if (to > s->page_max) to = s->page_max;
    TRY(table_grow(s, s->view.base, REGION_PAGE_BYTES, from, to, e));
    TRY(table_grow(s, s->info, sizeof *s->info, from, to, e));
    TRY(table_grow(s, s->tags, 1, from, to, e));
    TRY(table_grow(s, s->view.page_states, 1, from, to, e));
    TRY(table_grow(s, s->used, 8, from / 64, (to + 63) / 64, e));
    TRY(table_grow(s, s->changed, 8, from / 4096, (to + 4095) / 4096, e));
    s->page_committed = to;
    return STATUS_OK;
}

/* A block of 2^order pages from never used address space; what alignment skips becomes free. */
static enum status block_extend(struct state *s, uint32_t order, uint32_t *ret_page,
                                struct error *e) {
    assert(order < REGION_ORDERS && s->page_high <= s->page_committed);
    uint32_t size = UINT32_C(1) << order;
    uint32_t page = (s->page_high + size - 1) & ~(size - 1);
    if (page > s->page_max - size)
        return error_set(e, STATUS_LIMIT, "The state of %s is full: its address space is %llu MiB.",
                         s->owner, (unsigned long long)(s->view.size_bytes >> 20));
    TRY(region_grow(s, page + size, e));
    uint32_t skipped = s->page_high;
    s->page_high = page + size;
    range_free(s, skipped, page);
    *ret_page = page;
    return STATUS_OK;
}

static enum status block_alloc(struct state *s, uint32_t order, uint32_t *ret_page,
                               struct error *e) {
    assert(order < REGION_ORDERS);
    uint32_t found = order;
    while (found < REGION_ORDERS && s->free_heads[found] == REGION_NO_PAGE) found++;
    if (found == REGION_ORDERS) return block_extend(s, order, ret_page, e);
    uint32_t page = s->free_heads[found];
    block_unlink(s, page, found);
    while (found > order) {
        found--;
        block_link(s, page + (UINT32_C(1) << found), found);
    }
    *ret_page = page;
    return STATUS_OK;
}

static void run_mark_used(struct state *s, uint32_t page, uint32_t pages) {
    for (uint32_t i = page; i < page + pages; i++) {
        assert(!bits_get(s->used, i));
        bits_set(s->used, i);
        s->info[i] = (struct page_info){page, i == page ? pages : 0};
        if (__atomic_load_n(&s->view.page_states[i], __ATOMIC_RELAXED) != STATE_PAGE_HOT)
            state_write_page(s, i);
    }
    s->page_used += pages;
    assert(s->page_used <= s->page_budget && page + pages <= s->page_high);
}

enum status region_run_alloc(struct state *s, uint32_t pages, uint32_t *ret_page, struct error *e) {
    assert(pages > 0);
    if (s->page_used + pages > s->page_budget) {
        (void)error_set(e, STATUS_LIMIT, "The state of %s needs more than its %llu MiB of memory.",
                        s->owner, (unsigned long long)(s->config.budget_bytes >> 20));
        (void)error_hint(
            e,
            "Give the process more with taskmanager.memory.process.size, let entries expire with "
            "table.exec.state.ttl, or spread the keys with a higher parallelism.");
        return STATUS_LIMIT;
    }
    uint32_t order = pages == 1 ? 0 : 32 - (uint32_t)__builtin_clz(pages - 1);
    if (order >= REGION_ORDERS)
        return error_set(e, STATUS_LIMIT,
                         "One value in the state of %s would take %u pages; %u are the limit.",
                         s->owner, pages, 1U << (REGION_ORDERS - 1));
    uint32_t page = 0;
    TRY(block_alloc(s, order, &page, e));
    range_free(s, page + pages, page + (UINT32_C(1) << order));
    run_mark_used(s, page, pages);
    *ret_page = page;
    return STATUS_OK;
}

void region_run_free(struct state *s, uint32_t page, uint32_t pages) {
    assert(pages > 0 && page + pages <= s->page_high);
    assert(s->info[page].next == page);
    assert(s->info[page].prev == pages || s->info[page].prev == REGION_RESTORED);
    for (uint32_t i = page; i < page + pages; i++) {
        assert(bits_get(s->used, i));
        bits_clear(s->used, i);
    }
    assert(s->page_used >= pages && page != 0);
    s->page_used -= pages;
    range_free(s, page, page + pages);
}

enum status region_rebuild(struct state *s, uint32_t high, struct error *e) {
    assert(s->snapshot == NULL && high > 0);
    TRY(region_grow(s, high, e));
    for (uint32_t o = 0; o < REGION_ORDERS; o++) s->free_heads[o] = REGION_NO_PAGE;
    s->page_high = high;
    s->page_used = 0;
    memset(s->tags, PAGE_TAG_NONE, high);
    memset(s->view.page_states, STATE_PAGE_CLEAN, high);
    memset(s->changed, 0, BITS_WORDS(BITS_WORDS((uint64_t)high)) * 8);
    for (uint32_t i = 0, end = 0; i < high; i = end + 1) {
        end = i;
        while (end < high && !bits_get(s->used, end)) end++;
        range_free(s, i, end);
        if (end == high) break;
        s->info[end] = (struct page_info){end, REGION_RESTORED};
        s->page_used++;
    }
    return STATUS_OK;
}

static enum status region_reserve(struct state *s, struct error *e) {
    uint64_t pages = s->page_max;
    s->view.base = env_reserve(s->env, s->view.size_bytes);
    s->info = env_reserve(s->env, pages * sizeof *s->info);
    s->tags = env_reserve(s->env, pages);
    s->view.page_states = env_reserve(s->env, pages);
    s->used = env_reserve(s->env, BITS_WORDS(pages) * 8);
    s->changed = env_reserve(s->env, BITS_WORDS(BITS_WORDS(pages)) * 8);
    if (s->view.base == NULL || s->info == NULL || s->tags == NULL || s->view.page_states == NULL ||
        s->used == NULL || s->changed == NULL)
        return error_set(e, STATUS_NO_MEMORY,
                         "The system refuses %llu MiB of address space for the state of %s.",
                         (unsigned long long)(s->view.size_bytes >> 20), s->owner);
    return STATUS_OK;
}

enum status region_init(struct state *s, struct error *e) {
    s->page_max = (uint32_t)(s->config.reserve_bytes >> REGION_PAGE_SHIFT);
    s->view.size_bytes = region_page_ref(s->page_max);
    uint64_t budget = s->config.budget_bytes >> REGION_PAGE_SHIFT;
    s->page_budget = budget > s->page_max ? s->page_max : (uint32_t)budget;
    for (uint32_t o = 0; o < REGION_ORDERS; o++) s->free_heads[o] = REGION_NO_PAGE;
    TRY(region_reserve(s, e));
    uint32_t page = 0;
    TRY(region_run_alloc(s, 1, &page, e));
    assert(page == 0);
    struct region_root *root = region_root(s);
    memset(root, 0, sizeof *root);
    root->magic = REGION_MAGIC;
    root->version = REGION_VERSION;
    root->page_bytes = REGION_PAGE_BYTES;
    return STATUS_OK;
}

void region_deinit(struct state *s) {
    assert(s->snapshot == NULL);
    uint64_t pages = s->page_max;
    env_release(s->env, s->view.base, s->view.size_bytes);
    env_release(s->env, s->info, pages * sizeof *s->info);
    env_release(s->env, s->tags, pages);
    env_release(s->env, s->view.page_states, pages);
    env_release(s->env, s->used, BITS_WORDS(pages) * 8);
    env_release(s->env, s->changed, BITS_WORDS(BITS_WORDS(pages)) * 8);
}
