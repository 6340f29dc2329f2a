/* SPDX-License-Identifier: Apache-2.0 */
/*
 * map index: an extendible hash directory of one-page segments.
 *
 * Within a segment a key's slot is in its home group of 8 slots (one cache line) or, while groups are
 * full, in the next ones. A group is always filled from its front, so the first empty slot ends every
 * search, and there are no tombstones: removing pulls displaced slots back. A full segment splits in
 * two by one more hash bit; only when its depth is the directory's does the directory double.
 */
#include "state/map.h"

#include <string.h>

static uint32_t group_next(uint32_t g) { return g + 1 == SEGMENT_GROUPS ? 0 : g + 1; }

/* How far group g lies behind group home. */
static uint32_t group_distance(uint32_t home, uint32_t g) {
    return g >= home ? g - home : g + SEGMENT_GROUPS - home;
}

static uint64_t *segment_find(const struct state_map *m, struct segment *seg, struct str key,
                              uint64_t tag) {
    uint32_t g = tag_home(tag);
    assert(g < SEGMENT_GROUPS);
    for (uint32_t n = 0; n < SEGMENT_GROUPS; n++, g = group_next(g)) {
        uint64_t *group = seg->slots + g * 8;
        for (uint32_t i = 0; i < 8; i++) {
            if (group[i] == 0) return NULL;
            if (group[i] >> SLOT_REF_BITS != tag) continue;
            const uint64_t *value = region_at(m->object.state, slot_ref(group[i]));
            if (entry_matches(m, value, key)) return &group[i];
        }
    }
    return NULL;
}

uint64_t *index_find(const struct state_map *m, struct str key, uint64_t hash) {
    if (m->root->directory == 0) return NULL;
    return segment_find(m, index_segment(m, hash), key, slot_tag(hash));
}

static void segment_put(struct segment *seg, uint64_t slot) {
    assert(seg->count < SEGMENT_SLOTS);
    uint32_t g = tag_home(slot >> SLOT_REF_BITS);
    for (;; g = group_next(g)) {
        uint64_t *group = seg->slots + g * 8;
        for (uint32_t i = 0; i < 8; i++) {
            if (group[i] != 0) continue;
            group[i] = slot;
            seg->count++;
            return;
        }
    }
}

static enum status segment_new(struct state *s, uint32_t depth, uint32_t *ret_page,
                               struct error *e) {
    TRY(region_run_alloc(s, 1, ret_page, e));
    struct segment *seg = region_at(s, region_page_ref(*ret_page));
    memset(seg, 0, sizeof *seg);
    seg->depth = depth;
    return STATUS_OK;
}

static struct map_root *root_write(struct state_map *m) {
    state_write(m->object.state, m->root, sizeof *m->root);
    return m->root;
}

static enum status directory_first(struct state_map *m, struct error *e) {
    uint32_t page = 0;
    TRY(segment_new(m->object.state, 0, &page, e));
    struct map_root *root = root_write(m);
    assert(root->directory == 0);
    root->only = page;
    root->depth = 0;
    root->directory_pages = 0;
    root->directory = region_ref(m->object.state, &root->only);
    static_assert(offsetof(struct map_root, only) % 8 == 0, "references are multiples of 8");
    return STATUS_OK;
}

/* Twice as many entries; a directory that still fits into its pages grows in place. */
static enum status directory_double(struct state_map *m, struct error *e) {
    struct state *s = m->object.state;
    struct map_root *root = root_write(m);
    uint64_t count = UINT64_C(1) << root->depth;
    uint64_t bytes = 2 * count * sizeof(uint32_t);
    uint32_t *old = region_at(s, root->directory);
    assert(root->depth < SEGMENT_DEPTH_MAX);
    uint32_t *new = old;
    uint32_t old_pages = root->directory_pages;
    if (bytes > (uint64_t)old_pages << REGION_PAGE_SHIFT) {
        uint32_t page = 0,
                 pages = bytes <= REGION_PAGE_BYTES ? 1 : (uint32_t)(bytes >> REGION_PAGE_SHIFT);
        TRY(region_run_alloc(s, pages, &page, e));
        new = region_at(s, region_page_ref(page));
        memcpy(new, old, count * sizeof *old);
        root->directory_pages = pages;
        root->directory = region_page_ref(page);
    }
    state_write(s, new + count, count * sizeof *new);
    memcpy(new + count, new, count * sizeof *new);
    root->depth++;
    if (new != old && old_pages > 0)
        region_run_free(s, (uint32_t)(region_ref(s, old) >> REGION_PAGE_SHIFT), old_pages);
    return STATUS_OK;
}

/* Moves the slots whose next hash bit is set to a new segment. */
static enum status segment_split(struct state_map *m, uint64_t hash, struct error *e) {
    struct state *s = m->object.state;
    struct segment *seg = index_segment(m, hash);
    uint32_t depth = seg->depth;
    if (depth == SEGMENT_DEPTH_MAX)
        return error_set(e, STATUS_LIMIT, "Too many keys with like hashes in the state of %s.",
                         s->owner);
    assert(depth <= m->root->depth && seg->count <= SEGMENT_SLOTS);
    if (depth == m->root->depth) TRY(directory_double(m, e));
    uint32_t page = 0;
    TRY(segment_new(s, depth + 1, &page, e));
    struct segment *high = region_at(s, region_page_ref(page));
    state_write(s, seg, sizeof *seg);
    uint64_t old[SEGMENT_SLOTS];
    memcpy(old, seg->slots, sizeof old);
    memset(seg->slots, 0, sizeof seg->slots);
    seg->count = 0;
    seg->depth = depth + 1;
    for (uint32_t i = 0; i < SEGMENT_SLOTS; i++)
        if (old[i] != 0) segment_put((old[i] >> (SLOT_REF_BITS + depth)) & 1 ? high : seg, old[i]);
    uint32_t *directory = region_at(s, m->root->directory);
    uint64_t step = UINT64_C(1) << (depth + 1), end = UINT64_C(1) << m->root->depth;
    for (uint64_t i = (hash & (step / 2 - 1)) | step / 2; i < end; i += step) {
        state_write(s, &directory[i], sizeof directory[i]);
        directory[i] = page;
    }
    return STATUS_OK;
}

enum status index_insert(struct state_map *m, uint64_t hash, state_ref entry, struct error *e) {
    assert(entry != 0 && (entry & 7) == 0);
    if (m->root->directory == 0) TRY(directory_first(m, e));
    struct segment *seg = index_segment(m, hash);
    if (seg->count >= SEGMENT_FULL) {
        TRY(segment_split(m, hash, e));
        seg = index_segment(m, hash);
        /* All went to one side: bear it while there is room, it splits again next time. */
        if (seg->count >= SEGMENT_SLOTS) return index_insert(m, hash, entry, e);
    }
    state_write(m->object.state, seg, sizeof *seg);
    segment_put(seg, slot_of(slot_tag(hash), entry));
    return STATUS_OK;
}

/* The hole at the end of group g, which was full, takes back a slot that had passed it. */
static void segment_pull(struct segment *seg, uint32_t hole_group, uint64_t *hole) {
    uint32_t g = group_next(hole_group);
    assert(*hole == 0 && hole_group < SEGMENT_GROUPS);
    for (uint32_t n = 1; n < SEGMENT_GROUPS; n++, g = group_next(g)) {
        uint64_t *group = seg->slots + g * 8;
        uint32_t filled = 0, moved = 8;
        while (filled < 8 && group[filled] != 0) {
            uint32_t home = tag_home(group[filled] >> SLOT_REF_BITS);
            if (moved == 8 && group_distance(home, g) >= group_distance(hole_group, g))
                moved = filled;
            filled++;
        }
        if (moved < 8) {
            *hole = group[moved];
            group[moved] = group[filled - 1];
            group[filled - 1] = 0;
            if (filled < 8) return;
            hole_group = g;
            hole = &group[7];
            n = 0;
        } else if (filled < 8) {
            return;
        }
    }
}

void index_remove(struct state_map *m, uint64_t *slot, uint64_t hash) {
    struct segment *seg = index_segment(m, hash);
    assert(slot >= seg->slots && slot < seg->slots + SEGMENT_SLOTS && seg->count > 0);
    state_write(m->object.state, seg, sizeof *seg);
    uint32_t g = (uint32_t)(slot - seg->slots) / 8;
    uint64_t *group = seg->slots + g * 8;
    uint32_t last = 7;
    while (group[last] == 0) last--;
    *slot = group[last];
    group[last] = 0;
    seg->count--;
    if (last == 7) segment_pull(seg, g, &group[7]);
}

void index_free(struct state_map *m) {
    struct state *s = m->object.state;
    struct map_root *root = root_write(m);
    if (root->directory == 0) return;
    uint32_t *directory = region_at(s, root->directory);
    /* A segment of depth d stands 2^(depth - d) times in the directory: it goes with the last of them. */
    for (uint64_t i = 0; i < UINT64_C(1) << root->depth; i++) {
        struct segment *seg = region_at(s, region_page_ref(directory[i]));
        assert(seg->depth <= root->depth);
        if (i + (UINT64_C(1) << seg->depth) >= UINT64_C(1) << root->depth)
            region_run_free(s, directory[i], 1);
    }
    if (root->directory_pages > 0)
        region_run_free(s, (uint32_t)(root->directory >> REGION_PAGE_SHIFT), root->directory_pages);
    root->directory = 0;
    root->depth = root->directory_pages = root->only = 0;
}
