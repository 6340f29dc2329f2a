/* SPDX-License-Identifier: Apache-2.0 */
/*
 * snapshot: which pages belong to a checkpoint, and the race between the worker that overwrites them
 * and the writer that still needs them.
 *
 * At begin, pages that changed since the base become NEEDED; nothing is copied, and where nothing
 * changed nothing is looked at. A full snapshot makes all pages NEEDED, the free ones, too: what counts is
 * the state together with the bitmap of the snapshot's pages. From then on each NEEDED page is taken by whoever is first: the worker, at its first write, copies
 * it into the pool and hands it over; the writer copies it and then takes it from NEEDED to CLEAN,
 * which fails exactly if the worker was there meanwhile, and then the copy is thrown away. The worker
 * never waits. Under sanitizers a lock makes the two steps one, so that the tools see no race.
 */
#include "state/snapshot.h"

#include "base/alloc.h"
#include "base/bits.h"
#include "base/hash.h"
#include "env/env.h"
#include "state/region.h"
#include "state/snapshot_format.h"
#include "state/snapshot_pool.h"

#include <stddef.h>
#include <string.h>

enum {
    PAGE_SAVING = STATE_PAGE_NEEDED + 1,
    WRITE_BUFFER_BYTES = 1 << 18,
    PACED_PAGES_MIN = 512,
    PAUSE_NS_MAX = 300 * 1000,
    FULL_CHAIN_FACTOR = 2,
    FULL_CHAIN_MIN = 1024
};

struct snapshot {
    struct state *state;
    struct snapshot_header header;
    uint64_t used_pages;
    uint64_t *used;    /* as of begin; both maps are the state's */
    uint64_t *pages;   /* to be written */
    uint32_t declined; /* atomic */
};

#ifdef WEIR_SANITIZED
static void page_lock(struct state *s) {
    while (__atomic_exchange_n(&s->lock, 1, __ATOMIC_ACQUIRE)) {
    }
}
static void page_unlock(struct state *s) { __atomic_store_n(&s->lock, 0, __ATOMIC_RELEASE); }
#else
static void page_lock(struct state *s) { (void)s; }
static void page_unlock(struct state *s) { (void)s; }
#endif

static bool page_move(struct state *s, uint64_t page, uint8_t from, uint8_t to) {
    return __atomic_compare_exchange_n(&s->view.page_states[page], &from, to, false,
                                       __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

static char *page_at(const struct state *s, uint64_t page) {
    return s->view.base + (page << REGION_PAGE_SHIFT);
}

/* ---- the worker's side ---- */

static void page_save(struct snapshot *n, uint64_t page) {
    assert(n == n->state->snapshot && bits_get(n->pages, page));
    uint32_t slot = 0;
    if (__atomic_load_n(&n->declined, __ATOMIC_RELAXED)) return;
    if (!pool_take(n->state->pool, &slot)) {
        __atomic_store_n(&n->declined, 1, __ATOMIC_RELAXED);
        return;
    }
    memcpy(pool_slot(n->state->pool, slot), page_at(n->state, page), REGION_PAGE_BYTES);
    pool_save(n->state->pool, (struct saved_page){(uint32_t)page, slot});
}

void state_write_page(struct state *s, uint64_t page) {
    assert(page < s->page_committed);
    page_lock(s);
    const struct snapshot *n = s->snapshot;
    bool asked = n != NULL && page < n->header.page_high && bits_get(n->pages, page);
    if (asked && page_move(s, page, STATE_PAGE_NEEDED, PAGE_SAVING)) page_save(s->snapshot, page);
    __atomic_store_n(&s->view.page_states[page], STATE_PAGE_HOT, __ATOMIC_RELEASE);
    page_unlock(s);
    bits_set(s->changed, page / 64);
}

#ifdef WEIR_SANITIZED
/* A clean page must have the content of the last snapshot: else somebody wrote without state_write. */
static void check_clean_pages(struct state *s) {
    uint64_t *sums = mem_calloc(s->page_high, sizeof *sums);
    if (sums == NULL) return;
    for (uint32_t i = 0; i < s->page_high; i++) {
        if (!bits_get(s->used, i)) continue;
        sums[i] = hash_bytes(page_at(s, i), REGION_PAGE_BYTES, i) | 1;
        bool clean =
            s->view.page_states[i] == STATE_PAGE_CLEAN && s->page_sums != NULL && s->epoch > 0;
        assert(!clean || s->page_sums[i] == sums[i] || !"a page was written without state_write");
    }
    mem_free(s->page_sums);
    s->page_sums = sums;
}
#else
static void check_clean_pages(struct state *s) { (void)s; }
#endif

/* Pages [64 w, 64 w + 64): those that changed are to be written, the others are clean. */
static uint64_t word_begin(struct state *s, uint64_t w) {
    assert(s->snapshot == NULL && w * 64 < s->page_committed);
    uint64_t used = s->used[w], pages = 0;
    uint8_t *at = s->view.page_states + w * 64;
    for (uint32_t i = 0; i < 64; i++) {
        bool needed = (used >> i & 1) && at[i] == STATE_PAGE_HOT;
        at[i] = needed ? STATE_PAGE_NEEDED : STATE_PAGE_CLEAN;
        pages |= (uint64_t)needed << i;
    }
    return pages;
}

static void pages_changed(struct snapshot *n, uint64_t words) {
    struct state *s = n->state;
    memset(n->pages, 0, words * 8);
    for (uint64_t c = 0; c < BITS_WORDS(words); c++) {
        for (uint64_t left = s->changed[c]; left != 0; left &= left - 1) {
            uint64_t w = c * 64 + (uint64_t)__builtin_ctzll(left);
            assert(w < words);
            n->pages[w] = word_begin(s, w);
            n->header.page_count += (uint32_t)__builtin_popcountll(n->pages[w]);
        }
    }
}

static void pages_begin(struct snapshot *n) {
    struct state *s = n->state;
    uint64_t words = BITS_WORDS(s->page_high);
    bool full = n->header.base_epoch == 0;
    memcpy(n->used, s->used, words * 8);
    if (full) {
        memcpy(n->pages, s->used, words * 8);
        memset(s->view.page_states, STATE_PAGE_NEEDED, s->page_high);
        n->header.page_count = (uint32_t)s->page_used;
    } else {
        pages_changed(n, words);
    }
    memset(s->changed, 0, BITS_WORDS(words) * 8);
    n->header.chain_pages = n->header.page_count + (full ? 0 : s->chain_pages);
    assert(n->header.page_count <= s->page_used && s->page_used <= s->page_high);
}

static void header_begin(struct snapshot *n) {
    assert(n->state->page_used > 0);
    struct state *s = n->state;
    bool full =
        s->base_epoch == 0 || s->chain_pages > FULL_CHAIN_FACTOR * s->page_used + FULL_CHAIN_MIN;
    n->used_pages = s->page_used;
    n->header = (struct snapshot_header){.magic = SNAPSHOT_MAGIC,
                                         .version = SNAPSHOT_VERSION,
                                         .page_bytes = REGION_PAGE_BYTES,
                                         .epoch = s->epoch,
                                         .base_epoch = full ? 0 : s->base_epoch,
                                         .page_high = s->page_high,
                                         .max_parallelism = s->config.max_parallelism,
                                         .key_group_begin = s->config.key_group_begin,
                                         .key_group_end = s->config.key_group_end,
                                         .hash_probe = hash_bytes("probe", 5, 0)};
}

enum status snapshot_prepare(struct state *s, struct error *e) {
    if (s->pool != NULL) return STATUS_OK;
    return snapshot_pool_new(s->env, s->config.snapshot_pool_bytes, &s->pool, e);
}

void snapshot_warm(struct state *s) {
    assert(s->pool != NULL);
    pool_warm(s->pool, SNAPSHOT_WARM_BYTES >> REGION_PAGE_SHIFT);
}

/* Room for two bitmaps of so many words; half as much again, so that it grows seldom. */
static enum status maps_reserve(struct state *s, uint64_t words, struct error *e) {
    assert(s->snapshot == NULL);
    if (words * 2 <= s->maps_words) return STATUS_OK;
    uint64_t room = words * 3;
    uint64_t *maps = mem_alloc(room * 8);
    if (maps == NULL) return error_no_memory(e, room * 8);
    mem_free(s->maps);
    s->maps = maps;
    s->maps_words = room;
    return STATUS_OK;
}

enum status snapshot_begin(struct state *s, struct snapshot **ret, struct error *e) {
    if (s->snapshot != NULL)
        return error_set(e, STATUS_DECLINED, "The last checkpoint of %s is still being written.",
                         s->owner);
    TRY(snapshot_prepare(s, e));
    uint64_t words = BITS_WORDS(s->page_high);
    TRY(maps_reserve(s, words, e));
    struct snapshot *n = mem_calloc(1, sizeof *n);
    if (n == NULL) return error_no_memory(e, sizeof *n);
    check_clean_pages(s);
    assert(s->base_epoch <= s->epoch);
    s->epoch++;
    n->state = s;
    n->used = s->maps;
    n->pages = s->maps + words;
    header_begin(n);
    pages_begin(n);
    s->snapshot = n;
    *ret = n;
    return STATUS_OK;
}

/* The pages of a snapshot that came to nothing count as changed again. */
static void pages_return(struct snapshot *n) {
    assert(n->header.page_high <= n->state->page_high);
    struct state *s = n->state;
    for (uint64_t w = 0; w < BITS_WORDS(n->header.page_high); w++) {
        if (n->pages[w] == 0) continue;
        bits_set(s->changed, w);
        for (uint64_t left = n->pages[w]; left != 0; left &= left - 1)
            s->view.page_states[w * 64 + (uint64_t)__builtin_ctzll(left)] = STATE_PAGE_HOT;
    }
}

void snapshot_end(struct snapshot *n, bool keep) {
    if (n == NULL) return;
    struct state *s = n->state;
    assert(s->snapshot == n);
    s->snapshot = NULL;
    struct saved_page saved;
    while (pool_next(s->pool, &saved)) pool_give(s->pool, saved.slot);
    if (keep && !n->declined) {
        assert(n->header.epoch > s->base_epoch && n->header.epoch == s->epoch);
        s->base_epoch = n->header.epoch;
        s->chain_pages = n->header.chain_pages;
    } else {
        pages_return(n);
    }
    mem_free(n);
}

void snapshot_info(const struct snapshot *n, struct snapshot_info *ret) {
    assert(n->header.base_epoch < n->header.epoch);
    *ret = (struct snapshot_info){n->header.epoch, n->header.base_epoch, n->header.page_count,
                                  n->used_pages};
}

void snapshot_force_full(struct state *s) { s->base_epoch = 0; }

/* ---- the writer's side ---- */

struct page_writer {
    struct snapshot *snapshot;
    struct state_writer *out;
    char *buffer;
    size_t fill;
    uint64_t left;     /* pages not yet written */
    uint64_t checksum; /* over the pages' checksums */
    uint32_t next;     /* page to look at */
    int64_t since_ns;  /* when it went on after the last pause */
    char copy[REGION_PAGE_BYTES];
};

/*
 * Lets the workers run for as long as the last buffer took. Where all cores are busy the scheduler would
 * otherwise give this thread a worker's core for milliseconds on end.
 */
static void writer_pause(struct page_writer *w) {
    struct env *env = w->snapshot->state->env;
    if (env == NULL || w->snapshot->header.page_count < PACED_PAGES_MIN) return;
    if (!pool_is_pressed(w->snapshot->state->pool)) {
        int64_t ns = env_monotonic_ns(env) - w->since_ns;
        env_pause(env, ns < PAUSE_NS_MAX ? ns : PAUSE_NS_MAX);
    }
    w->since_ns = env_monotonic_ns(env);
}

static enum status put(struct page_writer *w, const void *bytes, size_t size, struct error *e) {
    assert(w->fill <= WRITE_BUFFER_BYTES);
    if (w->fill + size > WRITE_BUFFER_BYTES) {
        TRY(w->out->write(w->out->context, w->buffer, w->fill, e));
        w->fill = 0;
        writer_pause(w);
    }
    if (size > WRITE_BUFFER_BYTES) return w->out->write(w->out->context, bytes, size, e);
    memcpy(w->buffer + w->fill, bytes, size);
    w->fill += size;
    return STATUS_OK;
}

static enum status put_page(struct page_writer *w, uint64_t page, const char *bytes,
                            struct error *e) {
    struct snapshot_page head = {page, hash_bytes(bytes, REGION_PAGE_BYTES, page)};
    w->checksum = hash_combine(w->checksum, head.checksum);
    assert(w->left > 0);
    w->left--;
    TRY(put(w, &head, sizeof head, e));
    return put(w, bytes, REGION_PAGE_BYTES, e);
}

/* Writes out what the worker has saved, so that its slots come back. */
static enum status put_saved(struct page_writer *w, bool *ret_any, struct error *e) {
    struct snapshot_pool *pool = w->snapshot->state->pool;
    struct saved_page saved;
    *ret_any = false;
    while (pool_next(pool, &saved)) {
        *ret_any = true;
        enum status status = put_page(w, saved.page, pool_slot(pool, saved.slot), e);
        pool_give(pool, saved.slot);
        TRY(status);
    }
    return STATUS_OK;
}

/* Takes the next page that is still in its place; false at the end of the region. */
static bool take_page(struct page_writer *w, uint32_t *ret_page) {
    assert(w->next <= w->snapshot->header.page_high);
    struct state *s = w->snapshot->state;
    for (; w->next < w->snapshot->header.page_high; w->next++) {
        uint32_t page = w->next;
        if (!bits_get(w->snapshot->pages, page)) continue;
        page_lock(s);
        bool taken =
            __atomic_load_n(&s->view.page_states[page], __ATOMIC_ACQUIRE) == STATE_PAGE_NEEDED;
        if (taken) {
            memcpy(w->copy, page_at(s, page), REGION_PAGE_BYTES);
            taken = page_move(s, page, STATE_PAGE_NEEDED, STATE_PAGE_CLEAN);
        }
        page_unlock(s);
        if (!taken) continue; /* the worker was first: it comes through the pool */
        w->next++;
        *ret_page = page;
        return true;
    }
    return false;
}

static enum status put_pages(struct page_writer *w, struct error *e) {
    while (w->left > 0) {
        if (__atomic_load_n(&w->snapshot->declined, __ATOMIC_RELAXED))
            return error_set(e, STATUS_DECLINED,
                             "%s changed its state faster than the checkpoint could be written.",
                             w->snapshot->state->owner);
        bool any = false;
        pool_keep_warm(w->snapshot->state->pool);
        TRY(put_saved(w, &any, e));
        uint32_t page = 0;
        if (take_page(w, &page))
            TRY(put_page(w, page, w->copy, e));
        else if (!any)
            __builtin_ia32_pause(); /* the worker is handing over the rest */
    }
    return STATUS_OK;
}

static enum status put_file(struct page_writer *w, struct error *e) {
    assert(w->left == w->snapshot->header.page_count);
    struct snapshot *n = w->snapshot;
    size_t map_bytes = BITS_WORDS(n->header.page_high) * 8;
    n->header.checksum = hash_bytes(&n->header, offsetof(struct snapshot_header, checksum), 0);
    TRY(put(w, &n->header, sizeof n->header, e));
    TRY(put(w, n->used, map_bytes, e));
    uint64_t map_sum = hash_bytes(n->used, map_bytes, n->header.epoch);
    TRY(put(w, &map_sum, sizeof map_sum, e));
    TRY(put_pages(w, e));
    struct snapshot_trailer end = {SNAPSHOT_END_MAGIC, n->header.page_count, w->checksum};
    TRY(put(w, &end, sizeof end, e));
    return w->out->write(w->out->context, w->buffer, w->fill, e);
}

enum status snapshot_write(struct snapshot *n, struct state_writer *out, struct error *e) {
    assert(n->state->snapshot == n);
    struct page_writer *w = mem_calloc(1, sizeof *w);
    if (w == NULL) return error_no_memory(e, sizeof *w);
    w->snapshot = n;
    w->out = out;
    w->left = n->header.page_count;
    if (n->state->env != NULL) w->since_ns = env_monotonic_ns(n->state->env);
    w->buffer = mem_alloc(WRITE_BUFFER_BYTES);
    enum status status =
        w->buffer == NULL ? error_no_memory(e, WRITE_BUFFER_BYTES) : put_file(w, e);
    mem_free(w->buffer);
    mem_free(w);
    return status;
}
