/* SPDX-License-Identifier: Apache-2.0 */
/*
 * blob: bytes of any length owned by a field of a value: {size, capacity} and the bytes, in one piece
 * of the region. A blob that shrinks or grows within its piece is overwritten in place.
 */
#include "state/region.h"

#include <string.h>

struct blob {
    uint64_t size_bytes;
    uint64_t capacity_bytes; /* of the piece */
};

/* Replaces the bytes when the piece fits them and is not far too large. */
static bool blob_reuse(struct state *s, state_ref ref, struct str bytes) {
    assert(ref != 0);
    struct blob *b = region_at(s, ref);
    uint64_t need = sizeof *b + bytes.size_bytes;
    assert(sizeof *b + b->size_bytes <= b->capacity_bytes);
    if (need > b->capacity_bytes || need * 4 < b->capacity_bytes) return false;
    state_write(s, b, need);
    b->size_bytes = bytes.size_bytes;
    if (bytes.size_bytes > 0) memmove(b + 1, bytes.at, bytes.size_bytes);
    return true;
}

enum status state_blob_set(struct state *s, state_ref *ref, struct str bytes, struct error *e) {
    assert(bytes.at != NULL || bytes.size_bytes == 0);
    if (*ref != 0 && blob_reuse(s, *ref, bytes)) return STATUS_OK;
    uint64_t need = sizeof(struct blob) + bytes.size_bytes;
    state_ref new = 0;
    TRY(slab_alloc(s, need, &new, e));
    struct blob *b = region_at(s, new);
    state_write(s, b, need);
    *b = (struct blob){bytes.size_bytes, slab_capacity(need)};
    if (bytes.size_bytes > 0) memcpy(b + 1, bytes.at, bytes.size_bytes);
    state_blob_free(s, ref);
    state_write(s, ref, sizeof *ref);
    *ref = new;
    return STATUS_OK;
}

enum status state_blob_append(struct state *s, state_ref *ref, struct str bytes, struct error *e) {
    assert(bytes.at != NULL || bytes.size_bytes == 0);
    if (*ref == 0) return state_blob_set(s, ref, bytes, e);
    struct blob *b = region_at(s, *ref);
    uint64_t need = sizeof *b + b->size_bytes + bytes.size_bytes;
    if (need > b->capacity_bytes) {
        state_ref new = 0;
        TRY(slab_alloc(s, need * 2, &new, e));
        struct blob *n = region_at(s, new);
        state_write(s, n, need);
        *n = (struct blob){b->size_bytes, slab_capacity(need * 2)};
        memcpy(n + 1, b + 1, b->size_bytes);
        state_blob_free(s, ref);
        *ref = new;
        b = n;
    }
    state_write(s, b, sizeof *b);
    char *end = (char *)(b + 1) + b->size_bytes;
    state_write(s, end, bytes.size_bytes);
    if (bytes.size_bytes > 0) memcpy(end, bytes.at, bytes.size_bytes);
    b->size_bytes += bytes.size_bytes;
    assert(sizeof *b + b->size_bytes <= b->capacity_bytes);
    return STATUS_OK;
}

struct str state_blob_get(const struct state *s, state_ref ref) {
    if (ref == 0) return (struct str){NULL, 0};
    const struct blob *b = region_at(s, ref);
    assert(sizeof *b + b->size_bytes <= b->capacity_bytes);
    return (struct str){(const char *)(b + 1), b->size_bytes};
}

void state_blob_free(struct state *s, state_ref *ref) {
    if (*ref == 0) return;
    const struct blob *b = region_at(s, *ref);
    assert(b->capacity_bytes >= sizeof *b + b->size_bytes);
    slab_free(s, *ref, b->capacity_bytes);
    state_write(s, ref, sizeof *ref);
    *ref = 0;
}
