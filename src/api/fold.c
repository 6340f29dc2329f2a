/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fold: slots in order of addition; a map from key (or row) to the chain of its live slots, latest
 * first. Texts lie in an arena; when most of it belongs to rows that are gone, the live ones move to a new
 * one, which costs as much as the changes that made them so. An update keeps its row's place: what -U leaves empty,
 * the +U behind it fills.
 */
#include "api/fold.h"

#include "base/alloc.h"
#include "base/strmap.h"

#include <assert.h>

enum { GARBAGE_BYTES_MIN = 4 << 20 };

struct slot {
    struct str key, row;   /* row.at == NULL: gone */
    struct chain *chain;   /* NULL: not updating */
    struct slot *before, *after; /* next older and next newer live slot of the same key */
};

struct chain {
    struct slot *latest;
};

struct fold {
    bool updating;
    struct arena *arena;
    struct strmap *chains;
    struct slot **slots;
    uint32_t count, capacity, live, first; /* first: no live slot lies before it */
    struct slot *vacant;   /* left by the last change, a -U; NULL: none */
    size_t live_bytes;
    size_t packed_bytes;   /* of the arena when it was new */
};

static bool fold_begin(struct fold *f) {
    f->arena = arena_new("fold", 0);
    f->chains = f->arena == NULL ? NULL : strmap_new(f->arena);
    return f->chains != NULL;
}

struct fold *fold_new(bool updating) {
    struct fold *f = mem_calloc(1, sizeof *f);
    if (f == NULL) return NULL;
    f->updating = updating;
    if (fold_begin(f)) return f;
    fold_free(f);
    return NULL;
}

void fold_free(struct fold *f) {
    if (f == NULL) return;
    mem_free(f->slots);
    arena_free(f->arena);
    mem_free(f);
}

static enum status chain_of(struct fold *f, struct str key, struct chain **ret) {
    *ret = strmap_get(f->chains, key);
    if (*ret != NULL) return STATUS_OK;
    *ret = ARENA_NEW(f->arena, struct chain);
    return *ret == NULL ? STATUS_NO_MEMORY : strmap_put(f->chains, key, *ret);
}

static size_t slot_bytes(const struct slot *s) { return sizeof *s + s->row.size_bytes + s->key.size_bytes; }

static enum status append(struct fold *f, struct slot *s) {
    if (f->count == f->capacity) {
        uint32_t capacity = f->capacity == 0 ? 64 : f->capacity * 2;
        struct slot **slots = mem_realloc(f->slots, capacity * sizeof(struct slot *));
        if (slots == NULL) return STATUS_NO_MEMORY;
        f->slots = slots;
        f->capacity = capacity;
    }
    f->slots[f->count++] = s;
    return STATUS_OK;
}

/* Takes a slot out of its chain, wherever in it it stands. */
static void remove_slot(struct fold *f, struct slot *s) {
    assert(s->row.at != NULL && f->live > 0);
    if (s->after != NULL) s->after->before = s->before;
    else if (s->chain != NULL) s->chain->latest = s->before;
    if (s->before != NULL) s->before->after = s->after;
    f->live_bytes -= slot_bytes(s);
    s->row.at = NULL;
    f->live--;
}

static enum status add(struct fold *f, struct chain *c, struct str key, struct str row) {
    bool refills = f->vacant != NULL;
    struct slot *s = refills ? f->vacant : ARENA_NEW(f->arena, struct slot);
    struct str copy = arena_str(f->arena, row), key_copy = key.at == NULL ? key : arena_str(f->arena, key);
    if (s == NULL || copy.at == NULL || (key.at != NULL && key_copy.at == NULL)) return STATUS_NO_MEMORY;
    *s = (struct slot){.key = key_copy, .row = copy, .chain = c};
    if (!refills) TRY(append(f, s));
    f->live++;
    f->live_bytes += slot_bytes(s);
    if (c == NULL) return STATUS_OK;
    s->before = c->latest;
    if (c->latest != NULL) c->latest->after = s;
    c->latest = s;
    return STATUS_OK;
}

/* The live rows in a new arena, without the holes between them. */
static enum status compact(struct fold *f) {
    struct fold to = {.updating = f->updating};
    enum status st = fold_begin(&to) ? STATUS_OK : STATUS_NO_MEMORY;
    for (uint32_t i = f->first; st == STATUS_OK && i < f->count; i++) {
        const struct slot *s = f->slots[i];
        struct chain *c = NULL;
        if (s->row.at == NULL) continue;
        if (f->updating) st = chain_of(&to, s->key.at != NULL ? s->key : s->row, &c);
        if (st == STATUS_OK) st = add(&to, c, s->key, s->row);
    }
    struct fold old = st == STATUS_OK ? *f : to;
    to.packed_bytes = st == STATUS_OK ? arena_used_bytes(to.arena) : 0;
    if (st == STATUS_OK) *f = to;
    mem_free(old.slots);
    arena_free(old.arena);
    return st;
}

static bool is_wasteful(const struct fold *f) {
    size_t holes = (size_t)(f->count - f->live) * sizeof(struct slot *);
    size_t used = arena_used_bytes(f->arena) + holes;
    size_t factor = f->updating ? 4 : 2; /* the map of chains is no garbage */
    return used > factor * f->live_bytes + GARBAGE_BYTES_MIN && used > f->packed_bytes + f->packed_bytes / 2;
}

static enum status replace(struct fold *f, struct slot *s, struct str row) {
    struct str copy = arena_str(f->arena, row);
    if (copy.at == NULL) return STATUS_NO_MEMORY;
    f->live_bytes += row.size_bytes;
    f->live_bytes -= s->row.size_bytes;
    s->row = copy;
    return STATUS_OK;
}

enum status fold_apply(struct fold *f, enum row_kind kind, struct str key, struct str row) {
    assert(f != NULL && row.at != NULL);
    struct chain *c = NULL;
    bool keyed = key.at != NULL;
    if (!f->updating) return add(f, NULL, (struct str){NULL, 0}, row);
    if (kind != ROW_UPDATE_AFTER) f->vacant = NULL;
    if (f->vacant == NULL && is_wasteful(f)) TRY(compact(f));
    TRY(chain_of(f, keyed ? key : row, &c));
    if (!row_kind_adds(kind)) {
        f->vacant = kind == ROW_UPDATE_BEFORE ? c->latest : NULL;
        if (c->latest != NULL) remove_slot(f, c->latest);
        return STATUS_OK;
    }
    enum status s = keyed && c->latest != NULL ? replace(f, c->latest, row) : add(f, c, key, row);
    f->vacant = NULL;
    return s;
}

void fold_drop_first(struct fold *f) {
    f->vacant = NULL;
    while (f->first < f->count && f->slots[f->first]->row.at == NULL) f->first++;
    if (f->first == f->count) return;
    remove_slot(f, f->slots[f->first++]);
    if (is_wasteful(f)) (void)compact(f);
}

uint32_t fold_count(const struct fold *f) { return f->live; }

uint32_t fold_slots(const struct fold *f) { return f->count; }

struct str fold_at(const struct fold *f, uint32_t slot) {
    assert(slot < f->count);
    return f->slots[slot]->row;
}
