/* SPDX-License-Identifier: Apache-2.0 */
/*
 * map: key row -> value words: opening, single-key calls, and the vectorised ones.
 *
 * A batch is worked on in blocks: first the index lines of all keys are requested, then each line is
 * searched for a tag and the candidate entry requested, then keys are compared. Nearly all keys end
 * there; a key that is new, expired or displaced goes the way of a single upsert. Candidates stay
 * right while others are inserted, since entries do not move within a call.
 */
#include "state/map.h"

#include "base/alloc.h"
#include "base/hash.h"

#include <string.h>

enum { MAP_BLOCK = 128, MAP_SWEEP_MIN = 2 };

enum status map_root_new(struct state *s, const struct shape *shape, state_ref *ret,
                         struct error *e) {
    TRY(slab_alloc(s, sizeof(struct map_root), ret, e));
    struct map_root *root = region_at(s, *ret);
    memset(root, 0, sizeof *root);
    root->has_ttl = shape->has_ttl;
    return STATUS_OK;
}

void map_init(struct state_map *m, struct state *s, const struct shape *shape, state_ref root) {
    assert(root != 0 && (root & 7) == 0);
    m->object.state = s;
    m->shape = *shape;
    m->root = region_at(s, root);
    assert(m->root->live_bytes <= m->root->used_bytes && m->root->passed <= m->root->next_seq);
    m->shape.has_ttl = m->root->has_ttl != 0;
    m->head_at = (shape->words + (m->shape.has_ttl ? 1U : 0U)) * 8;
    entries_adopt(m);
}

void map_destroy(struct state_map *m) {
    assert(m->root != NULL);
    state_map_clear(m);
    slab_free(m->object.state, region_ref(m->object.state, m->root), sizeof *m->root);
    m->root = NULL;
}

void map_over_record(struct state_map *m, struct state *s, const struct object_record *r,
                     state_ref root) {
    assert(r->kind != OBJECT_ROWS && root != 0);
    struct shape shape;
    object_shape(r, 0, &shape);
    shape.ttl_ms = INT64_MAX; /* whoever walks a record sees all entries */
    *m = (struct state_map){0};
    map_init(m, s, &shape, root);
}

/* Moves all entries into a map with or without touch times: the job's TTL was switched on or off. */
static enum status map_convert(struct state_map *m, struct object_record *r,
                               const struct shape *shape, struct error *e) {
    assert(m->shape.words == shape->words && m->shape.has_ttl != shape->has_ttl);
    struct state *s = m->object.state;
    state_ref ref = 0;
    TRY(map_root_new(s, shape, &ref, e));
    struct state_map to = {0};
    map_init(&to, s, shape, ref);
    m->shape.ttl_ms = INT64_MAX;
    struct state_cursor cursor = {0};
    struct str key;
    uint64_t *value;
    while (state_map_next(m, &cursor, &key, &value)) {
        uint64_t *copy;
        bool created;
        TRY(state_map_upsert(&to, key, hash_bytes(key.at, key.size_bytes, 0), &copy, &created, e));
        memcpy(copy, value, shape->words * UINT64_C(8));
    }
    m->shape.has_refs = false; /* what values own has moved along */
    map_destroy(m);
    state_write(s, r, sizeof *r);
    r->roots[0] = ref;
    map_init(m, s, shape, ref);
    return STATUS_OK;
}

static void map_free_handle(struct object *o) { mem_free(o); }

enum status state_map_open(struct state *s, const char *name, const struct state_schema *schema,
                           int64_t ttl_ms, struct state_map **ret, struct error *e) {
    struct object_record *r = NULL;
    bool created = false;
    TRY(object_open(s, &(struct object_decl){.name = name, .kind = OBJECT_MAP, .schema = schema},
                    &r, &created, e));
    struct shape shape;
    object_shape(r, ttl_ms, &shape);
    if (r->roots[0] == 0) {
        state_ref root = 0;
        TRY(map_root_new(s, &shape, &root, e));
        state_write(s, r, sizeof *r);
        r->roots[0] = root;
    }
    struct state_map *m = mem_calloc(1, sizeof *m);
    if (m == NULL) return error_no_memory(e, sizeof *m);
    map_init(m, s, &shape, r->roots[0]);
    enum status status =
        m->shape.has_ttl == shape.has_ttl ? STATUS_OK : map_convert(m, r, &shape, e);
    if (status != STATUS_OK) {
        mem_free(m);
        return status;
    }
    object_register(s, &m->object, r, map_free_handle);
    *ret = m;
    return STATUS_OK;
}

uint64_t state_map_count(const struct state_map *m) { return m->root->count; }

uint64_t *state_map_find(struct state_map *m, struct str key, uint64_t hash) {
    assert(key.size_bytes % 8 == 0);
    const uint64_t *slot = index_find(m, key, hash);
    if (slot == NULL) return NULL;
    uint64_t *value = region_at(m->object.state, slot_ref(*slot));
    assert(!entry_dead(m, value));
    return entry_expired(m, value) ? NULL : value;
}

static enum status map_create(struct state_map *m, struct str key, uint64_t hash,
                              uint64_t **ret_value, struct error *e) {
    TRY(entry_new(m, key, ret_value, e));
    enum status status = index_insert(m, hash, region_ref(m->object.state, *ret_value), e);
    if (status != STATUS_OK) entry_remove(m, *ret_value);
    return status;
}

/* An expired entry begins anew in its place: no other entry of the batch may move. */
static void entry_renew(struct state_map *m, uint64_t *value) {
    assert(m->shape.has_ttl && !entry_dead(m, value));
    value_release(m->object.state, &m->shape, value);
    memset(value, 0, m->head_at);
    value[m->shape.words] = (uint64_t)m->object.state->now_ms;
}

/* The upsert itself, without the upkeep that may move entries. */
static enum status map_upsert(struct state_map *m, struct str key, uint64_t hash,
                              uint64_t **ret_value, bool *ret_created, struct error *e) {
    uint64_t *slot = index_find(m, key, hash);
    if (slot != NULL) {
        uint64_t *value = region_at(m->object.state, slot_ref(*slot));
        assert(!entry_dead(m, value));
        state_write(m->object.state, value, m->head_at);
        *ret_created = entry_expired(m, value);
        if (*ret_created) entry_renew(m, value);
        *ret_value = value;
        return STATUS_OK;
    }
    *ret_created = true;
    return map_create(m, key, hash, ret_value, e);
}

enum status state_map_upsert(struct state_map *m, struct str key, uint64_t hash,
                             uint64_t **ret_value, bool *ret_created, struct error *e) {
    assert(key.size_bytes % 8 == 0);
    TRY(entries_merge_step(m, e));
    entries_sweep(m, MAP_SWEEP_MIN);
    return map_upsert(m, key, hash, ret_value, ret_created, e);
}

/* The entry in the key's home group that has its tag: most likely the one. NULL: look properly. */
static const uint64_t *candidate(const struct state_map *m, const uint64_t *group, uint64_t tag) {
    uint32_t match = 0;
    for (uint32_t i = 0; i < 8; i++) match |= (uint32_t)(group[i] >> SLOT_REF_BITS == tag) << i;
    if (match == 0) return NULL;
    uint64_t slot = group[__builtin_ctz(match)];
    return slot == 0 ? NULL : region_at(m->object.state, slot_ref(slot));
}

/* Candidates of keys [begin, begin + count), with what will be read of them on its way to the cache. */
static void block_candidates(const struct state_map *m, const struct row_keys *keys, uint32_t begin,
                             uint32_t count, uint64_t **ret) {
    assert(count <= MAP_BLOCK && begin + count <= keys->count);
    const uint64_t *groups[MAP_BLOCK];
    for (uint32_t i = 0; i < count; i++) {
        uint64_t hash = keys->hashes[begin + i];
        groups[i] = index_segment(m, hash)->slots + tag_home(slot_tag(hash)) * 8;
        __builtin_prefetch(groups[i]);
    }
    for (uint32_t i = 0; i < count; i++) {
        const uint64_t *c = candidate(m, groups[i], slot_tag(keys->hashes[begin + i]));
        ret[i] = (uint64_t *)(uintptr_t)c;
        if (c == NULL) continue;
        __builtin_prefetch(c, 1);
        __builtin_prefetch(entry_key(m, c));
    }
}

static bool candidate_good(const struct state_map *m, const uint64_t *value, struct str key) {
    return value != NULL && entry_matches(m, value, key) && !entry_dead(m, value) &&
           !entry_expired(m, value);
}

enum status state_map_upsert_batch(struct state_map *m, const struct row_keys *keys,
                                   uint64_t **ret_values, uint8_t *ret_created, struct error *e) {
    TRY(entries_merge_step(m, e));
    entries_sweep(m, keys->count);
    for (uint32_t begin = 0; begin < keys->count; begin += MAP_BLOCK) {
        uint32_t count = keys->count - begin < MAP_BLOCK ? keys->count - begin : MAP_BLOCK;
        uint64_t *found[MAP_BLOCK] = {NULL};
        if (m->root->directory != 0) block_candidates(m, keys, begin, count, found);
        for (uint32_t i = 0; i < count; i++) {
            uint32_t k = begin + i;
            struct str key = row_keys_at(keys, k);
            if (candidate_good(m, found[i], key)) {
                state_write(m->object.state, found[i], m->head_at);
                ret_values[k] = found[i];
                ret_created[k] = 0;
                continue;
            }
            bool created = false;
            TRY(map_upsert(m, key, keys->hashes[k], &ret_values[k], &created, e));
            ret_created[k] = created;
        }
    }
    return STATUS_OK;
}

void state_map_find_batch(struct state_map *m, const struct row_keys *keys, uint64_t **ret_values) {
    for (uint32_t begin = 0; begin < keys->count; begin += MAP_BLOCK) {
        uint32_t count = keys->count - begin < MAP_BLOCK ? keys->count - begin : MAP_BLOCK;
        uint64_t *found[MAP_BLOCK] = {NULL};
        if (m->root->directory != 0) block_candidates(m, keys, begin, count, found);
        for (uint32_t i = 0; i < count; i++) {
            uint32_t k = begin + i;
            struct str key = row_keys_at(keys, k);
            ret_values[k] = candidate_good(m, found[i], key)
                                ? found[i]
                                : state_map_find(m, key, keys->hashes[k]);
        }
    }
}

void state_map_remove(struct state_map *m, struct str key, uint64_t hash) {
    uint64_t *slot = index_find(m, key, hash);
    if (slot == NULL) return;
    uint64_t *value = region_at(m->object.state, slot_ref(*slot));
    index_remove(m, slot, hash);
    entry_remove(m, value);
    /* The last one of many: nothing of the growth is worth keeping. */
    if (m->root->count == 0 && m->root->depth > 0) state_map_clear(m);
}

void state_map_touch(struct state_map *m, uint64_t *value) {
    assert(region_has(m->object.state, value) && !entry_dead(m, value));
    if (!m->shape.has_ttl) return;
    state_write(m->object.state, &value[m->shape.words], sizeof *value);
    value[m->shape.words] = (uint64_t)m->object.state->now_ms;
}

struct str state_map_key(const struct state_map *m, const uint64_t *value) {
    assert(region_has(m->object.state, value));
    return (struct str){entry_key(m, value), entry_key_bytes(m, value)};
}

void state_map_clear(struct state_map *m) {
    entries_free(m);
    index_free(m);
    assert(m->root->count == 0 && m->root->used_bytes == 0 && m->root->directory == 0);
}
