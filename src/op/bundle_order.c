/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bundle_order: the order of keys in a java.util.HashMap: by bucket, keys of one bucket as they came.
 * The map begins with 16 buckets, doubles them when it is three quarters full, and keeps them when it
 * is cleared. One pass finds the buckets, one counts, one moves the keys and their accumulators.
 */
#include "base/alloc.h"
#include "op/bundle.h"
#include "vec/binary_row.h"

#include <assert.h>
#include <string.h>

enum { FIRST_BUCKETS = 16 };

struct bundle_sorter {
    struct buf form;                    /* of one key */
    struct buf buckets, starts;         /* uint32_t per key; per bucket and one more */
    struct buf was;                     /* uint32_t per key: its number before */
    struct buf keys, offsets, hashes, accs; /* what the bundle's arrays become; they swap places */
};

static bool room(struct buf *b, size_t count, size_t size) {
    buf_reset(b);
    return buf_reserve(b, count * size + 8);
}

void bundle_sorter_free(struct bundle_sorter *s) {
    if (s == NULL) return;
    struct buf *all[] = {&s->form, &s->buckets, &s->starts, &s->was, &s->keys, &s->offsets, &s->hashes, &s->accs};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) buf_deinit(all[i]);
    mem_free(s);
}

static uint32_t *numbers(struct buf *b) { return (uint32_t *)(void *)b->at; }

static bool reserve(struct bundle *b) {
    struct bundle_sorter *s = b->sorter;
    return room(&s->buckets, b->count, 4) && room(&s->was, b->count, 4) && room(&s->starts, (size_t)b->buckets + 1, 4) &&
           room(&s->offsets, (size_t)b->count + 1, 4) && room(&s->hashes, b->count, 8) && room(&s->keys, b->keys.size_bytes, 1) &&
           room(&s->accs, (size_t)b->count * b->words, 8);
}

/* The bucket of each key, and where the keys of each bucket begin. */
static bool find_buckets(struct bundle *b, const struct row_layout *layout) {
    struct bundle_sorter *s = b->sorter;
    uint32_t *starts = numbers(&s->starts), *buckets = numbers(&s->buckets);
    memset(starts, 0, ((size_t)b->buckets + 1) * sizeof *starts);
    for (uint32_t i = 0; i < b->count; i++) {
        uint32_t h = 0;
        if (!binary_row_hash(layout, bundle_key(b, i), &s->form, &h)) return false;
        buckets[i] = (h ^ h >> 16) & (b->buckets - 1);
        starts[buckets[i] + 1]++;
    }
    for (uint32_t i = 0; i < b->buckets; i++) starts[i + 1] += starts[i];
    assert(starts[b->buckets] == b->count);
    return true;
}

/* Writes keys, hashes and accumulators in the new order beside the old ones. */
static void move(struct bundle *b) {
    struct bundle_sorter *s = b->sorter;
    uint32_t *starts = numbers(&s->starts), *was = numbers(&s->was), *offsets = numbers(&s->offsets), at = 0;
    for (uint32_t i = 0; i < b->count; i++) was[starts[numbers(&s->buckets)[i]]++] = i;
    for (uint32_t i = 0; i < b->count; i++) {
        uint32_t from = was[i], size = b->offsets[from + 1] - b->offsets[from];
        memcpy(s->keys.at + at, bundle_key(b, from), size);
        memcpy(s->hashes.at + (size_t)i * 8, &b->hashes[from], 8);
        memcpy(s->accs.at + (size_t)i * b->words * 8, bundle_value(b, from), (size_t)b->words * 8);
        offsets[i] = at;
        at += size;
    }
    offsets[b->count] = at;
    assert(at == b->keys.size_bytes);
}

static void take_over(struct bundle *b) {
    struct bundle_sorter *s = b->sorter;
    memcpy(b->keys.at, s->keys.at, b->keys.size_bytes);
    memcpy(b->offsets, s->offsets.at, ((size_t)b->count + 1) * sizeof *b->offsets);
    memcpy(b->hashes, s->hashes.at, (size_t)b->count * sizeof *b->hashes);
    memcpy(b->accs, s->accs.at, (size_t)b->count * b->words * sizeof *b->accs);
}

enum status bundle_order(struct bundle *b, const struct row_layout *layout, const uint32_t **ret_was) {
    if (ret_was != NULL) *ret_was = NULL;
    if (b->count < 2 && b->buckets >= FIRST_BUCKETS) return STATUS_OK;
    if (b->buckets == 0) b->buckets = FIRST_BUCKETS;
    while ((uint64_t)b->count * 4 > (uint64_t)b->buckets * 3) b->buckets *= 2;
    if (b->count < 2 || !binary_row_has_hash(layout)) return STATUS_OK;
    if (b->sorter == NULL) b->sorter = mem_calloc(1, sizeof *b->sorter);
    if (b->sorter == NULL || !reserve(b) || !find_buckets(b, layout)) return STATUS_NO_MEMORY;
    move(b);
    take_over(b);
    if (ret_was != NULL) *ret_was = numbers(&b->sorter->was);
    return STATUS_OK;
}
