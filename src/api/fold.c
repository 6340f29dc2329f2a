/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fold: slots in order of addition; a map from key (or row) to the chain of its live slots, latest
 * first. Texts live in the arena until it goes.
 */
#include "api/fold.h"

#include "base/strmap.h"

#include <assert.h>

struct slot {
    struct str row;
    struct slot *before;   /* next older live slot of the same key */
};

struct chain {
    struct slot *latest;
};

struct fold {
    struct arena *arena;
    struct strmap *chains;
    struct slot **slots;
    uint32_t count, capacity, live;
};

struct fold *fold_new(struct arena *a) {
    struct fold *f = ARENA_NEW(a, struct fold);
    if (f == NULL) return NULL;
    f->arena = a;
    f->chains = strmap_new(a);
    return f->chains == NULL ? NULL : f;
}

static enum status chain_of(struct fold *f, struct str key, struct chain **ret) {
    *ret = strmap_get(f->chains, key);
    if (*ret != NULL) return STATUS_OK;
    *ret = ARENA_NEW(f->arena, struct chain);
    return *ret == NULL ? STATUS_NO_MEMORY : strmap_put(f->chains, key, *ret);
}

static enum status append(struct fold *f, struct slot *s) {
    if (f->count == f->capacity) {
        uint32_t capacity = f->capacity == 0 ? 64 : f->capacity * 2;
        struct slot **slots = ARENA_ARRAY(f->arena, struct slot *, capacity);
        if (slots == NULL) return STATUS_NO_MEMORY;
        if (f->count != 0) memcpy(slots, f->slots, f->count * sizeof *slots);
        f->slots = slots;
        f->capacity = capacity;
    }
    f->slots[f->count++] = s;
    return STATUS_OK;
}

enum status fold_apply(struct fold *f, enum row_kind kind, struct str key, struct str row) {
    assert(f != NULL && row.at != NULL);
    struct chain *c = NULL;
    bool keyed = key.at != NULL;
    TRY(chain_of(f, keyed ? key : row, &c));
    if (!row_kind_adds(kind)) {
        if (c->latest == NULL) return STATUS_OK;
        c->latest->row.at = NULL;
        c->latest = c->latest->before;
        f->live--;
        return STATUS_OK;
    }
    struct str copy = arena_str(f->arena, row);
    if (copy.at == NULL) return STATUS_NO_MEMORY;
    if (keyed && c->latest != NULL) {
        c->latest->row = copy;
        return STATUS_OK;
    }
    struct slot *s = ARENA_NEW(f->arena, struct slot);
    if (s == NULL) return STATUS_NO_MEMORY;
    *s = (struct slot){copy, c->latest};
    c->latest = s;
    f->live++;
    return append(f, s);
}

uint32_t fold_count(const struct fold *f) { return f->live; }

uint32_t fold_slots(const struct fold *f) { return f->count; }

struct str fold_at(const struct fold *f, uint32_t slot) {
    assert(slot < f->count);
    return f->slots[slot]->row;
}
