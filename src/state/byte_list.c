/* SPDX-License-Identifier: Apache-2.0 */
/*
 * byte list: an append-only list of byte rows owned by a field of a value: chunks that double up to
 * 2 KiB, linked, with rows of {size} and bytes padded to 8. Appending touches the root and the last
 * chunk only.
 */
#include "state/region.h"

#include <string.h>

struct list_root {
    uint64_t count;
    state_ref first, last;
};

struct list_chunk {
    state_ref next;
    uint32_t used_bytes; /* with this head */
    uint32_t pad;
    uint64_t capacity_bytes;
};

enum { LIST_CHUNK_FIRST = 128 };

static uint64_t row_bytes(uint64_t size_bytes) { return 8 + ((size_bytes + 7) & ~UINT64_C(7)); }

static enum status list_root_new(struct state *s, state_ref *ref, struct error *e) {
    state_ref new = 0;
    TRY(slab_alloc(s, sizeof(struct list_root), &new, e));
    *(struct list_root *)region_at(s, new) = (struct list_root){0};
    assert(*ref == 0);
    state_write(s, ref, sizeof *ref);
    *ref = new;
    return STATUS_OK;
}

static enum status list_grow(struct state *s, struct list_root *root, uint64_t row,
                             struct list_chunk **ret, struct error *e) {
    struct list_chunk *last = root->last == 0 ? NULL : region_at(s, root->last);
    uint64_t size = last == NULL ? LIST_CHUNK_FIRST : last->capacity_bytes * 2;
    if (size > SLAB_BYTES_MAX) size = SLAB_BYTES_MAX;
    if (size < sizeof *last + row) size = sizeof *last + row;
    if (size > UINT32_MAX)
        return error_set(e, STATUS_LIMIT, "A row of %llu bytes in the state of %s.",
                         (unsigned long long)row, s->owner);
    state_ref ref = 0;
    TRY(slab_alloc(s, size, &ref, e));
    struct list_chunk *c = region_at(s, ref);
    *c = (struct list_chunk){.used_bytes = sizeof *c, .capacity_bytes = slab_capacity(size)};
    if (last != NULL) {
        state_write(s, last, sizeof *last);
        last->next = ref;
    } else {
        root->first = ref;
    }
    root->last = ref;
    assert(root->first != 0 && c->capacity_bytes >= sizeof *c + row);
    *ret = c;
    return STATUS_OK;
}

enum status state_list_append(struct state *s, state_ref *ref, struct str row, struct error *e) {
    if (*ref == 0) TRY(list_root_new(s, ref, e));
    struct list_root *root = region_at(s, *ref);
    assert((root->first == 0) == (root->last == 0) && (root->count > 0 || root->last == 0));
    state_write(s, root, sizeof *root);
    struct list_chunk *c = root->last == 0 ? NULL : region_at(s, root->last);
    uint64_t need = row_bytes(row.size_bytes);
    if (c == NULL || c->capacity_bytes - c->used_bytes < need) TRY(list_grow(s, root, need, &c, e));
    state_write(s, c, sizeof *c);
    char *at = (char *)c + c->used_bytes;
    state_write(s, at, need);
    uint64_t size = row.size_bytes;
    memset(at + need - 8, 0, 8);
    memcpy(at, &size, 8);
    if (size > 0) memcpy(at + 8, row.at, size);
    c->used_bytes += (uint32_t)need;
    root->count++;
    assert(c->used_bytes <= c->capacity_bytes);
    return STATUS_OK;
}

uint64_t state_list_count(const struct state *s, state_ref root) {
    return root == 0 ? 0 : ((const struct list_root *)region_at(s, root))->count;
}

bool state_list_next(const struct state *s, state_ref root, struct list_cursor *c,
                     struct str *ret_row) {
    if (root == 0) return false;
    if (c->chunk == 0) {
        c->chunk = ((const struct list_root *)region_at(s, root))->first;
        c->offset = sizeof(struct list_chunk);
    }
    while (c->chunk != 0) {
        const struct list_chunk *chunk = region_at(s, c->chunk);
        assert(c->offset >= sizeof *chunk && chunk->used_bytes <= chunk->capacity_bytes);
        if (c->offset < chunk->used_bytes) {
            const char *at = (const char *)chunk + c->offset;
            uint64_t size;
            memcpy(&size, at, 8);
            *ret_row = (struct str){at + 8, size};
            c->offset += (uint32_t)row_bytes(size);
            return true;
        }
        if (chunk->next == 0) return false;
        c->chunk = chunk->next;
        c->offset = sizeof *chunk;
    }
    return false;
}

void state_list_free(struct state *s, state_ref *ref) {
    if (*ref == 0) return;
    struct list_root *root = region_at(s, *ref);
    for (state_ref at = root->first; at != 0;) {
        const struct list_chunk *c = region_at(s, at);
        assert(c->next != 0 || at == root->last);
        state_ref next = c->next;
        slab_free(s, at, c->capacity_bytes);
        at = next;
    }
    slab_free(s, *ref, sizeof *root);
    state_write(s, ref, sizeof *ref);
    *ref = 0;
}
