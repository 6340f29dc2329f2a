/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bundle: see the header. A hash table of numbers over arrays by number. It grows by doubling, at
 * most half full, and keeps its size from bundle to bundle; clearing it costs as much as it is large,
 * but at most a few words per key of the largest bundle so far.
 */
#include "op/bundle.h"

#include "base/alloc.h"

#include <assert.h>
#include <string.h>

enum { FIRST_CAPACITY = 64 };

void bundle_init(struct bundle *b, struct agg_set *set, struct state *s) {
    *b = (struct bundle){.set = set, .state = s, .words = set == NULL ? 0 : agg_set_words(set), .keys = BUF_INIT};
}

void bundle_deinit(struct bundle *b) {
    buf_deinit(&b->keys);
    mem_free(b->offsets);
    mem_free(b->hashes);
    mem_free(b->accs);
    mem_free(b->slots);
    bundle_sorter_free(b->sorter);
}

static void index_put(struct bundle *b, uint32_t number) {
    uint32_t at = (uint32_t)b->hashes[number] & b->slot_mask;
    while (b->slots[at] != 0) at = (at + 1) & b->slot_mask;
    b->slots[at] = number + 1;
}

static enum status index_grow(struct bundle *b, uint32_t capacity) {
    uint32_t *slots = mem_calloc((size_t)capacity * 2, sizeof *slots);
    if (slots == NULL) return STATUS_NO_MEMORY;
    mem_free(b->slots);
    b->slots = slots;
    b->slot_mask = capacity * 2 - 1;
    for (uint32_t i = 0; i < b->count; i++) index_put(b, i);
    return STATUS_OK;
}

/* Room for so many more keys; old arrays stay valid where a new one cannot be had. */
static enum status reserve(struct bundle *b, uint32_t more) {
    uint32_t capacity = b->capacity == 0 ? FIRST_CAPACITY : b->capacity;
    if (b->count > UINT32_MAX / 4) return STATUS_LIMIT;
    while (capacity < b->count + more) capacity *= 2;
    if (capacity == b->capacity) return STATUS_OK;
    uint32_t *offsets = mem_realloc(b->offsets, (capacity + 1) * sizeof *offsets);
    if (offsets == NULL) return STATUS_NO_MEMORY;
    b->offsets = offsets;
    b->offsets[0] = 0;
    uint64_t *hashes = mem_realloc(b->hashes, capacity * sizeof *hashes);
    if (hashes == NULL) return STATUS_NO_MEMORY;
    b->hashes = hashes;
    uint64_t *accs = mem_realloc(b->accs, ((size_t)capacity * b->words + 1) * sizeof *accs);
    if (accs == NULL) return STATUS_NO_MEMORY;
    b->accs = accs;
    TRY(index_grow(b, capacity));
    b->capacity = capacity;
    return STATUS_OK;
}

static bool same_key(const struct bundle *b, uint32_t number, struct str key) {
    uint32_t size = b->offsets[number + 1] - b->offsets[number];
    return size == key.size_bytes && (size == 0 || memcmp(bundle_key(b, number), key.at, size) == 0);
}

static enum status add_new(struct bundle *b, uint32_t slot, struct str key, uint64_t hash) {
    if (b->keys.size_bytes + key.size_bytes > UINT32_MAX) return STATUS_LIMIT;
    buf_append(&b->keys, key.at, key.size_bytes);
    if (b->keys.failed) return STATUS_NO_MEMORY;
    b->slots[slot] = b->count + 1;
    b->hashes[b->count] = hash;
    b->offsets[b->count + 1] = (uint32_t)b->keys.size_bytes;
    if (b->set != NULL) agg_set_init(b->set, bundle_value(b, b->count));
    b->count++;
    return STATUS_OK;
}

enum status bundle_add(struct bundle *b, const struct row_keys *keys, uint32_t from, uint32_t count, uint32_t *ret_numbers) {
    assert(from + count <= keys->count);
    TRY(reserve(b, count));
    for (uint32_t i = 0; i < count; i++) {
        struct str key = row_keys_at(keys, from + i);
        uint64_t hash = keys->hashes[from + i];
        uint32_t at = (uint32_t)hash & b->slot_mask, found = 0;
        while ((found = b->slots[at]) != 0) {
            if (b->hashes[found - 1] == hash && same_key(b, found - 1, key)) break;
            at = (at + 1) & b->slot_mask;
        }
        if (found == 0) {
            TRY(add_new(b, at, key, hash));
            found = b->count;
        }
        ret_numbers[i] = found - 1;
    }
    return STATUS_OK;
}

struct row_keys bundle_keys(const struct bundle *b, uint32_t from, uint32_t count) {
    assert(from + count <= b->count);
    return (struct row_keys){.bytes = b->keys, .offsets = b->offsets + from, .hashes = b->hashes + from, .count = count};
}

void bundle_clear(struct bundle *b) {
    if (b->set != NULL && agg_set_has_refs(b->set)) {
        for (uint32_t i = 0; i < b->count; i++) agg_set_release(b->set, b->state, bundle_value(b, i));
    }
    if (b->count > b->slot_mask / 16) {
        memset(b->slots, 0, ((size_t)b->slot_mask + 1) * sizeof *b->slots);
    } else {
        for (uint32_t i = 0; i < b->count; i++) { /* few in a large table: the chains from their homes on */
            for (uint32_t at = (uint32_t)b->hashes[i] & b->slot_mask; b->slots[at] != 0; at = (at + 1) & b->slot_mask) b->slots[at] = 0;
        }
    }
    b->count = 0;
    buf_reset(&b->keys);
}
