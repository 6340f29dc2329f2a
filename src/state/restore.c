/* SPDX-License-Identifier: Apache-2.0 */
/*
 * restore: a region from a chain of page files. The newest file says which pages are in use; files
 * are read from the newest back to the full one, and a page is taken from the first file that has it.
 * Everything read is checked against its checksum before it is believed.
 */
#include "state/snapshot.h"

#include "base/alloc.h"
#include "base/bits.h"
#include "base/hash.h"
#include "state/region.h"
#include "state/snapshot_format.h"

#include <stddef.h>
#include <string.h>

struct restore {
    struct state *state;
    uint64_t *used; /* of the newest file */
    uint64_t *loaded;
    uint32_t high;
    uint64_t expected; /* epoch of the next file; 0: any */
};

static enum status get(struct state_reader *r, void *bytes, size_t size, struct error *e) {
    return r->read(r->context, bytes, size, e);
}

static enum status damaged(const struct state *s, const char *what, struct error *e) {
    return error_set(e, STATUS_CORRUPT, "A checkpoint file of %s is damaged: %s.", s->owner, what);
}

static enum status header_check(const struct restore *x, const struct snapshot_header *h,
                                struct error *e) {
    const struct state *s = x->state;
    if (h->magic != SNAPSHOT_MAGIC) return damaged(s, "it does not begin like one", e);
    if (h->checksum != hash_bytes(h, offsetof(struct snapshot_header, checksum), 0))
        return damaged(s, "its header's checksum differs", e);
    bool same = h->version == SNAPSHOT_VERSION && h->page_bytes == REGION_PAGE_BYTES &&
                h->hash_probe == hash_bytes("probe", 5, 0);
    if (!same)
        return error_set(e, STATUS_STATE_MISMATCH,
                         "A checkpoint file of %s was written by another version (%u, pages of %u "
                         "bytes): restore from a savepoint.",
                         s->owner, h->version, h->page_bytes);
    if (h->max_parallelism != s->config.max_parallelism ||
        h->key_group_begin != s->config.key_group_begin ||
        h->key_group_end != s->config.key_group_end)
        return error_set(e, STATUS_STATE_MISMATCH,
                         "A checkpoint file of %s holds key groups [%u, %u) of %u, needed are [%u, "
                         "%u) of %u: a savepoint can be spread anew.",
                         s->owner, h->key_group_begin, h->key_group_end, h->max_parallelism,
                         s->config.key_group_begin, s->config.key_group_end,
                         s->config.max_parallelism);
    if (x->expected != 0 && h->epoch != x->expected)
        return error_set(
            e, STATUS_CORRUPT,
            "The checkpoint files of %s are no chain: %llu is needed next, found is %llu.",
            s->owner, (unsigned long long)x->expected, (unsigned long long)h->epoch);
    if (h->page_high == 0 || h->page_high > s->page_max || h->page_count > h->page_high)
        return damaged(s, "its sizes cannot be", e);
    return STATUS_OK;
}

/* The bitmap: kept from the newest file, only checked in the others. */
static enum status bitmap_read(struct restore *x, const struct snapshot_header *h,
                               struct state_reader *r, struct error *e) {
    size_t bytes = BITS_WORDS(h->page_high) * 8;
    uint64_t *map = mem_alloc(bytes);
    if (map == NULL) return error_no_memory(e, bytes);
    uint64_t sum = 0;
    enum status status = get(r, map, bytes, e);
    if (status == STATUS_OK) status = get(r, &sum, sizeof sum, e);
    if (status == STATUS_OK && sum != hash_bytes(map, bytes, h->epoch))
        status = damaged(x->state, "the checksum of its page map differs", e);
    if (status != STATUS_OK || x->used != NULL) {
        mem_free(map);
        return status;
    }
    x->used = map;
    x->high = h->page_high;
    x->loaded = mem_calloc(BITS_WORDS(x->high), 8);
    if (x->loaded == NULL) return error_no_memory(e, bytes);
    return region_grow(x->state, x->high, e);
}

static enum status page_read(struct restore *x, const struct snapshot_header *h,
                             struct state_reader *r, uint64_t *sum, char *scratch,
                             struct error *e) {
    assert(x->loaded != NULL && x->high <= x->state->page_committed);
    struct snapshot_page p;
    TRY(get(r, &p, sizeof p, e));
    if (p.page >= h->page_high) return damaged(x->state, "it has a page beyond its end", e);
    bool wanted = p.page < x->high && bits_get(x->used, p.page) && !bits_get(x->loaded, p.page);
    char *to = wanted ? x->state->view.base + region_page_ref((uint32_t)p.page) : scratch;
    TRY(get(r, to, REGION_PAGE_BYTES, e));
    if (p.checksum != hash_bytes(to, REGION_PAGE_BYTES, p.page))
        return damaged(x->state, "the checksum of a page differs", e);
    if (wanted) bits_set(x->loaded, p.page);
    *sum = hash_combine(*sum, p.checksum);
    return STATUS_OK;
}

static enum status file_read(struct restore *x, struct state_reader *r, uint64_t *ret_base,
                             struct error *e) {
    struct snapshot_header h;
    char scratch[REGION_PAGE_BYTES];
    TRY(get(r, &h, sizeof h, e));
    TRY(header_check(x, &h, e));
    assert(x->expected == 0 || x->used != NULL); /* the newest file comes first */
    if (x->expected == 0) {
        x->state->epoch = x->state->base_epoch = h.epoch;
        x->state->chain_pages = h.chain_pages;
    }
    TRY(bitmap_read(x, &h, r, e));
    uint64_t sum = 0;
    for (uint32_t i = 0; i < h.page_count; i++) TRY(page_read(x, &h, r, &sum, scratch, e));
    struct snapshot_trailer end;
    TRY(get(r, &end, sizeof end, e));
    if (end.magic != SNAPSHOT_END_MAGIC || end.page_count != h.page_count || end.checksum != sum)
        return damaged(x->state, "its end is missing", e);
    *ret_base = h.base_epoch;
    return STATUS_OK;
}

static enum status region_adopt(struct restore *x, struct error *e) {
    assert(x->used != NULL && x->high <= x->state->page_max);
    struct state *s = x->state;
    for (uint64_t w = 0; w < BITS_WORDS(x->high); w++)
        if ((x->used[w] & ~x->loaded[w]) != 0) return damaged(s, "pages are missing", e);
    memcpy(s->used, x->used, BITS_WORDS(x->high) * 8);
    TRY(region_rebuild(s, x->high, e));
    const struct region_root *root = region_root(s);
    if (!bits_get(s->used, 0) || root->magic != REGION_MAGIC)
        return damaged(s, "its first page is not a region's", e);
    if (root->version != REGION_VERSION || root->page_bytes != REGION_PAGE_BYTES)
        return error_set(e, STATUS_STATE_MISMATCH,
                         "A checkpoint of %s has layout version %u: restore from a savepoint.",
                         s->owner, root->version);
    if (s->page_used > s->page_budget)
        return error_set(e, STATUS_LIMIT,
                         "The checkpointed state of %s needs %llu MiB, its budget is %llu MiB.",
                         s->owner, (unsigned long long)(s->page_used >> (20 - REGION_PAGE_SHIFT)),
                         (unsigned long long)(s->config.budget_bytes >> 20));
    return STATUS_OK;
}

enum status state_restore(const struct state_config *c, struct state_reader *const *chain,
                          uint32_t count, struct state **ret, struct error *e) {
    assert(count > 0);
    struct restore x = {0};
    TRY(state_new(c, &x.state, e));
    enum status status = STATUS_OK;
    for (uint32_t i = count; i-- > 0 && status == STATUS_OK;) {
        uint64_t base = 0;
        status = file_read(&x, chain[i], &base, e);
        x.expected = base;
        if (status == STATUS_OK && (base == 0) != (i == 0))
            status = error_set(
                e, STATUS_CORRUPT, "The checkpoint files of %s are no chain: %s.", x.state->owner,
                base == 0 ? "there are files before the full one" : "the full one is missing");
    }
    if (status == STATUS_OK) status = region_adopt(&x, e);
    mem_free(x.used);
    mem_free(x.loaded);
    if (status == STATUS_OK)
        *ret = x.state;
    else
        state_free(x.state);
    return status;
}
