/* SPDX-License-Identifier: Apache-2.0 */
/*
 * row_bundle: see the header. A replaced row leaves its bytes behind until the bundle ends, so the
 * bytes of a bundle are at most those of the rows put into it.
 */
#include "op/row_bundle.h"

#include "base/alloc.h"

#include <assert.h>

void row_bundle_init(struct row_bundle *b, struct state *s) {
    *b = (struct row_bundle){.bytes = BUF_INIT};
    bundle_init(&b->keys, NULL, s);
}

void row_bundle_deinit(struct row_bundle *b) {
    bundle_deinit(&b->keys);
    buf_deinit(&b->bytes);
    mem_free(b->places);
}

static enum status reserve(struct row_bundle *b) {
    if (b->capacity >= b->keys.capacity) return STATUS_OK;
    struct row_place *places = mem_realloc(b->places, b->keys.capacity * sizeof *places);
    if (places == NULL) return STATUS_NO_MEMORY;
    b->places = places;
    b->capacity = b->keys.capacity;
    return STATUS_OK;
}

enum status row_bundle_put(struct row_bundle *b, const struct row_keys *keys, uint32_t i, struct str row, bool flag, bool keep_first) {
    uint32_t number = 0, seen = b->keys.count;
    assert(b->was == NULL && row.size_bytes % 8 == 0);
    TRY(bundle_add(&b->keys, keys, i, 1, &number));
    TRY(reserve(b));
    b->rows++;
    if (keep_first && number < seen) return STATUS_OK;
    if (b->bytes.size_bytes + row.size_bytes > UINT32_MAX) return STATUS_LIMIT;
    b->places[number] = (struct row_place){(uint32_t)b->bytes.size_bytes, (uint32_t)row.size_bytes, flag};
    buf_append(&b->bytes, row.at, row.size_bytes);
    return b->bytes.failed ? STATUS_NO_MEMORY : STATUS_OK;
}

enum status row_bundle_order(struct row_bundle *b, const struct row_layout *key_layout) { return bundle_order(&b->keys, key_layout, &b->was); }

struct str row_bundle_key(const struct row_bundle *b, uint32_t i, uint64_t *ret_hash) {
    struct row_keys key = bundle_keys(&b->keys, i, 1);
    *ret_hash = key.hashes[0];
    return row_keys_at(&key, 0);
}

struct str row_bundle_row(const struct row_bundle *b, uint32_t i, bool *ret_flag) {
    assert(i < b->keys.count);
    const struct row_place *p = &b->places[b->was == NULL ? i : b->was[i]];
    assert(p->at + p->size_bytes <= b->bytes.size_bytes);
    *ret_flag = p->flag;
    return (struct str){b->bytes.at + p->at, p->size_bytes};
}

void row_bundle_clear(struct row_bundle *b) {
    bundle_clear(&b->keys);
    buf_reset(&b->bytes);
    b->was = NULL;
    b->rows = 0;
}
