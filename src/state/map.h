/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_STATE_MAP_H
#define WEIR_STATE_MAP_H

#include "state/object.h"

/*
 * map: the inside of state_map, shared by its files. Internal to src/state.
 *
 * Entries lie in chunks in the order of their creation; a hash index refers to them.
 * Index: a directory of 2^depth segments, chosen by the low bits of the hash; a segment is one page
 * of 63 groups of 8 slots; a slot is {tag: 30 bits, entry: reference / 8: 34 bits}. The tag keeps the
 * home group and the hash bits that a split needs, so that splitting reads no entry.
 */

enum {
    SEGMENT_GROUPS = 63,
    SEGMENT_SLOTS = SEGMENT_GROUPS * 8,
    SEGMENT_FULL = 400,     /* entries at which a segment is split */
    SEGMENT_DEPTH_MAX = 24, /* low hash bits in a tag */
    CHUNK_PAGES_MAX = 16,
    SLOT_REF_BITS = 34,
    ENTRY_DEAD = 1,
};

struct segment {
    uint32_t depth;
    uint32_t count;
    uint64_t pad[7];
    uint64_t slots[SEGMENT_SLOTS]; /* 0 = empty; a group is filled from its front */
};
static_assert(sizeof(struct segment) == REGION_PAGE_BYTES, "a segment is one page");

struct chunk {
    state_ref next, prev;
    uint64_t first_seq;  /* entries count on from here */
    uint32_t used_bytes; /* with this head */
    uint32_t capacity_bytes;
    uint32_t live_bytes; /* of entries */
    uint32_t live_count;
};
static_assert(sizeof(struct chunk) == 40, "entries start 8-byte aligned");

/* Behind the value's words (and the touch time): then the key. */
struct entry_head {
    uint32_t seq_delta;  /* from the chunk's first_seq */
    uint32_t size_flags; /* bytes of the key, a multiple of 8; ENTRY_DEAD */
};

/* In the region: one per map. */
struct map_root {
    uint64_t count;
    uint64_t next_seq;
    uint64_t live_bytes; /* of entries */
    uint64_t used_bytes; /* in chunks */
    state_ref directory; /* uint32_t page per segment; 0: no entry yet */
    uint32_t depth;
    uint32_t directory_pages; /* 0: the directory is `only` */
    uint32_t only;
    uint32_t has_ttl;
    state_ref first, last; /* chunks */
    uint64_t passed;       /* entries with lower numbers are not visited any more */
};

struct state_map {
    struct object object; /* of a map of its own; a family's maps use only object.state */
    struct shape shape;
    struct map_root *root;
    uint32_t head_at;     /* byte offset of the entry_head behind the value */
    state_ref seek_chunk; /* where the last map_next left off: valid while seek_seq is asked for */
    uint32_t seek_offset;
    uint64_t seek_seq;
    state_ref sweep_chunk; /* TTL: where to look for expired entries next; 0: from the beginning */
    uint32_t sweep_offset;
    state_ref merge_chunk; /* next chunk to look at for merging */
};

/* ---- entries: map_entry.c ---- */

static inline struct entry_head *entry_head(const struct state_map *m, const uint64_t *value) {
    return (struct entry_head *)(void *)((char *)(uintptr_t)value + m->head_at);
}
static inline char *entry_key(const struct state_map *m, const uint64_t *value) {
    return (char *)(entry_head(m, value) + 1);
}
static inline uint32_t entry_key_bytes(const struct state_map *m, const uint64_t *value) {
    return entry_head(m, value)->size_flags & ~(uint32_t)7;
}
static inline uint32_t entry_bytes(const struct state_map *m, const uint64_t *value) {
    return m->head_at + (uint32_t)sizeof(struct entry_head) + entry_key_bytes(m, value);
}
static inline bool entry_dead(const struct state_map *m, const uint64_t *value) {
    return (entry_head(m, value)->size_flags & ENTRY_DEAD) != 0;
}
static inline bool entry_expired(const struct state_map *m, const uint64_t *value) {
    if (!m->shape.has_ttl) return false;
    int64_t touched = (int64_t)value[m->shape.words], age = 0;
    if (__builtin_sub_overflow(m->object.state->now_ms, touched, &age)) return touched < 0;
    return age >= m->shape.ttl_ms;
}
static inline bool entry_matches(const struct state_map *m, const uint64_t *value, struct str key) {
    const char *at = entry_key(m, value);
    if (key.size_bytes == 16) {
        uint64_t a[2], b[2];
        memcpy(a, at, 16);
        memcpy(b, key.at, 16);
        return ((a[0] ^ b[0]) | (a[1] ^ b[1])) == 0 && entry_key_bytes(m, value) == 16;
    }
    if (entry_key_bytes(m, value) != key.size_bytes) return false;
    return key.size_bytes == 0 || memcmp(at, key.at, key.size_bytes) == 0;
}

/* A new entry with a zeroed value at the end of the order; not in the index. */
enum status entry_new(struct state_map *m, struct str key, uint64_t **ret_value, struct error *e);
/* Takes an entry out of its chunk; frees what its value owns. */
void entry_remove(struct state_map *m, uint64_t *value);
void entries_free(struct state_map *m);
/* After a restore: the pages of each chunk know their run. */
void entries_adopt(struct state_map *m);
/* Brings two neighbouring chunks with little life together, when there is much waste. */
enum status entries_merge_step(struct state_map *m, struct error *e);
/* Removes expired entries among the next `count` in order. */
void entries_sweep(struct state_map *m, uint32_t count);

/* ---- index: map_index.c ---- */

static inline uint64_t slot_tag(uint64_t hash) {
    uint64_t home = ((hash >> 32 & 0xffffff) * SEGMENT_GROUPS) >> 24;
    return home << SEGMENT_DEPTH_MAX | (hash & ((1U << SEGMENT_DEPTH_MAX) - 1));
}
static inline uint32_t tag_home(uint64_t tag) { return (uint32_t)(tag >> SEGMENT_DEPTH_MAX); }
static inline uint64_t slot_of(uint64_t tag, state_ref ref) {
    return tag << SLOT_REF_BITS | ref >> 3;
}
static inline state_ref slot_ref(uint64_t slot) {
    return (slot & ((UINT64_C(1) << SLOT_REF_BITS) - 1)) << 3;
}

static inline struct segment *index_segment(const struct state_map *m, uint64_t hash) {
    const uint32_t *directory = region_at(m->object.state, m->root->directory);
    return region_at(m->object.state,
                     region_page_ref(directory[hash & ((UINT64_C(1) << m->root->depth) - 1)]));
}
/* The slot of a key, or NULL. */
uint64_t *index_find(const struct state_map *m, struct str key, uint64_t hash);
enum status index_insert(struct state_map *m, uint64_t hash, state_ref entry, struct error *e);
void index_remove(struct state_map *m, uint64_t *slot, uint64_t hash);
void index_free(struct state_map *m);

/* ---- maps of their own and of families: map.c ---- */

enum status map_root_new(struct state *s, const struct shape *shape, state_ref *ret,
                         struct error *e);
void map_init(struct state_map *m, struct state *s, const struct shape *shape, state_ref root);
/* Frees all entries and the root. */
void map_destroy(struct state_map *m);
/* Handle over a record that nobody has opened, for the generic walkers. */
void map_over_record(struct state_map *m, struct state *s, const struct object_record *r,
                     state_ref root);

#endif
