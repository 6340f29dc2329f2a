/* SPDX-License-Identifier: Apache-2.0 */
/*
 * map entries: chunks of pages with entries in the order of their creation.
 *
 * An entry is {value words, touch time if the map has a TTL, head, key}. It never moves but for
 * entries_merge_step, which runs at the beginning of an upsert only. Removing marks it dead; a chunk
 * without life is freed at once, and neighbours with little life are copied together step by step,
 * so that a map with churn stays within a small factor of its live size. Sequence numbers say where
 * a cursor stands: they survive merging.
 */
#include "state/map.h"

#include "base/hash.h"

#include <string.h>

enum { CHUNK_BYTES_MAX = CHUNK_PAGES_MAX * REGION_PAGE_BYTES };

static uint32_t chunk_pages(const struct chunk *c) {
    return c->capacity_bytes >> REGION_PAGE_SHIFT;
}

static uint64_t *chunk_entry(struct chunk *c, uint32_t offset) {
    return (uint64_t *)(void *)((char *)c + offset);
}

static struct chunk *chunk_at(const struct state_map *m, state_ref ref) {
    return ref == 0 ? NULL : region_at(m->object.state, ref);
}

static struct map_root *root_write(struct state_map *m) {
    state_write(m->object.state, m->root, sizeof *m->root);
    return m->root;
}

static struct chunk *chunk_write(struct state_map *m, struct chunk *c) {
    state_write(m->object.state, c, sizeof *c);
    return c;
}

/* Puts c behind `prev` (NULL: first). */
static void chunk_link(struct state_map *m, struct chunk *c, struct chunk *prev) {
    struct map_root *root = root_write(m);
    struct chunk *next = chunk_at(m, prev == NULL ? root->first : prev->next);
    state_ref ref = region_ref(m->object.state, c);
    assert(prev == NULL || next == NULL || prev->first_seq <= next->first_seq);
    c->prev = prev == NULL ? 0 : region_ref(m->object.state, prev);
    c->next = next == NULL ? 0 : region_ref(m->object.state, next);
    if (prev == NULL)
        root->first = ref;
    else
        chunk_write(m, prev)->next = ref;
    if (next == NULL)
        root->last = ref;
    else
        chunk_write(m, next)->prev = ref;
}

static void chunk_free(struct state_map *m, struct chunk *c) {
    assert(c->used_bytes <= c->capacity_bytes && m->root->used_bytes >= c->used_bytes - sizeof *c);
    struct map_root *root = root_write(m);
    struct chunk *prev = chunk_at(m, c->prev), *next = chunk_at(m, c->next);
    if (prev == NULL)
        root->first = c->next;
    else
        chunk_write(m, prev)->next = c->next;
    if (next == NULL)
        root->last = c->prev;
    else
        chunk_write(m, next)->prev = c->prev;
    root->used_bytes -= c->used_bytes - sizeof *c;
    state_ref ref = region_ref(m->object.state, c);
    if (m->seek_chunk == ref) {
        m->seek_chunk = c->next;
        m->seek_offset = sizeof *c;
    }
    if (m->sweep_chunk == ref) {
        m->sweep_chunk = c->next;
        m->sweep_offset = sizeof *c;
    }
    if (m->merge_chunk == ref) m->merge_chunk = c->next;
    region_run_free(m->object.state, (uint32_t)(ref >> REGION_PAGE_SHIFT), chunk_pages(c));
}

static enum status chunk_new(struct state_map *m, uint64_t bytes, uint64_t first_seq,
                             struct chunk **ret, struct error *e) {
    uint32_t pages =
        (uint32_t)((bytes + sizeof(struct chunk) + REGION_PAGE_BYTES - 1) >> REGION_PAGE_SHIFT);
    uint32_t page = 0;
    assert(pages > 0 && first_seq <= m->root->next_seq);
    TRY(region_run_alloc(m->object.state, pages, &page, e));
    struct chunk *c = region_at(m->object.state, region_page_ref(page));
    *c = (struct chunk){.first_seq = first_seq,
                        .used_bytes = sizeof *c,
                        .capacity_bytes = pages << REGION_PAGE_SHIFT};
    *ret = c;
    return STATUS_OK;
}

/* The last chunk, with room for an entry of that size. */
static enum status chunk_with_room(struct state_map *m, uint32_t bytes, struct chunk **ret,
                                   struct error *e) {
    struct chunk *last = chunk_at(m, m->root->last);
    bool fits = last != NULL && last->capacity_bytes - last->used_bytes >= bytes &&
                m->root->next_seq - last->first_seq < UINT32_MAX;
    if (fits) {
        *ret = last;
        return STATUS_OK;
    }
    /* As much again as there is, up to the limit: small maps stay small. */
    uint64_t size = m->root->used_bytes + bytes;
    if (size > CHUNK_BYTES_MAX - sizeof *last) size = CHUNK_BYTES_MAX - sizeof *last;
    if (size < bytes) size = bytes;
    TRY(chunk_new(m, size, m->root->next_seq, ret, e));
    chunk_link(m, *ret, last);
    return STATUS_OK;
}

/* Room for one entry at the end of c. */
static uint64_t *chunk_take(struct state_map *m, struct chunk *c, uint32_t bytes) {
    uint64_t *at = chunk_entry(c, c->used_bytes);
    assert(bytes % 8 == 0 && c->capacity_bytes - c->used_bytes >= bytes);
    state_write(m->object.state, at, bytes);
    chunk_write(m, c);
    c->used_bytes += bytes;
    c->live_bytes += bytes;
    c->live_count++;
    struct map_root *root = root_write(m);
    root->used_bytes += bytes;
    root->live_bytes += bytes;
    return at;
}

enum status entry_new(struct state_map *m, struct str key, uint64_t **ret_value, struct error *e) {
    assert(key.size_bytes % 8 == 0);
    if (key.size_bytes > INT32_MAX - 65536)
        return error_set(e, STATUS_LIMIT, "A key in the state of %s has %zu bytes.",
                         m->object.state->owner, key.size_bytes);
    uint32_t bytes = m->head_at + (uint32_t)(sizeof(struct entry_head) + key.size_bytes);
    struct chunk *c = NULL;
    TRY(chunk_with_room(m, bytes, &c, e));
    uint64_t *value = chunk_take(m, c, bytes);
    memset(value, 0, m->head_at);
    if (m->shape.has_ttl) value[m->shape.words] = (uint64_t)m->object.state->now_ms;
    *entry_head(m, value) =
        (struct entry_head){(uint32_t)(m->root->next_seq - c->first_seq), (uint32_t)key.size_bytes};
    if (key.size_bytes > 0) memcpy(entry_key(m, value), key.at, key.size_bytes);
    m->root->next_seq++;
    m->root->count++;
    *ret_value = value;
    return STATUS_OK;
}

void entry_remove(struct state_map *m, uint64_t *value) {
    struct state *s = m->object.state;
    uint32_t bytes = entry_bytes(m, value);
    assert(!entry_dead(m, value) && m->root->count > 0);
    state_write(s, value, bytes);
    value_release(s, &m->shape, value);
    entry_head(m, value)->size_flags |= ENTRY_DEAD;
    struct chunk *c = chunk_write(m, region_at(s, region_page_ref(region_run_of(s, value))));
    assert(c->live_count > 0 && c->live_bytes >= bytes);
    c->live_bytes -= bytes;
    c->live_count--;
    struct map_root *root = root_write(m);
    root->live_bytes -= bytes;
    root->count--;
    if (c->live_count > 0) return;
    if (c->next != 0) {
        chunk_free(m, c);
        return;
    }
    root->used_bytes -= c->used_bytes - sizeof *c;
    c->used_bytes = sizeof *c;
    c->first_seq = root->next_seq;
    if (m->seek_chunk == region_ref(s, c)) m->seek_offset = sizeof *c;
    if (m->sweep_chunk == region_ref(s, c)) m->sweep_offset = sizeof *c;
}

void entries_free(struct state_map *m) {
    for (struct chunk *c = chunk_at(m, m->root->first); c != NULL;
         c = chunk_at(m, m->root->first)) {
        for (uint32_t at = sizeof *c; m->shape.has_refs && at < c->used_bytes;) {
            uint64_t *value = chunk_entry(c, at);
            at += entry_bytes(m, value);
            if (entry_dead(m, value)) continue;
            state_write(m->object.state, value, m->shape.words * UINT64_C(8));
            value_release(m->object.state, &m->shape, value);
        }
        chunk_free(m, c);
    }
    root_write(m);
    assert(m->root->first == 0 && m->root->last == 0 && m->root->used_bytes == 0);
    m->root->count = m->root->live_bytes = 0;
    m->seek_chunk = m->merge_chunk = m->sweep_chunk = 0;
}

void entries_adopt(struct state_map *m) {
    for (struct chunk *c = chunk_at(m, m->root->first); c != NULL; c = chunk_at(m, c->next)) {
        uint32_t page = (uint32_t)(region_ref(m->object.state, c) >> REGION_PAGE_SHIFT);
        assert(page + chunk_pages(c) <= m->object.state->page_high);
        for (uint32_t i = 0; i < chunk_pages(c); i++)
            m->object.state->info[page + i] = (struct page_info){page, i == 0 ? chunk_pages(c) : 0};
    }
}

/* Copies the live entries of `from` to the end of `to`, and points the index at them. */
static void chunk_copy_live(struct state_map *m, struct chunk *to, struct chunk *from) {
    struct state *s = m->object.state;
    for (uint32_t at = sizeof *from; at < from->used_bytes;) {
        uint64_t *value = chunk_entry(from, at);
        uint32_t bytes = entry_bytes(m, value);
        at += bytes;
        if (entry_dead(m, value)) continue;
        struct str key = {entry_key(m, value), entry_key_bytes(m, value)};
        uint64_t *slot = index_find(m, key, hash_bytes(key.at, key.size_bytes, 0));
        assert(slot != NULL && slot_ref(*slot) == region_ref(s, value));
        uint64_t *copy = chunk_take(m, to, bytes);
        memcpy(copy, value, bytes);
        entry_head(m, copy)->seq_delta =
            (uint32_t)(from->first_seq + entry_head(m, value)->seq_delta - to->first_seq);
        state_write(s, slot, sizeof *slot);
        *slot = slot_of(*slot >> SLOT_REF_BITS, region_ref(s, copy));
        m->root->live_bytes -= bytes;
    }
}

enum status entries_merge_step(struct state_map *m, struct error *e) {
    const struct map_root *root = m->root;
    if (root->used_bytes < CHUNK_BYTES_MAX || root->live_bytes * 2 > root->used_bytes)
        return STATUS_OK;
    struct chunk *a = chunk_at(m, m->merge_chunk != 0 ? m->merge_chunk : root->first);
    struct chunk *b = chunk_at(m, a->next);
    m->merge_chunk = a->next;
    if (b == NULL || b->next == 0) { /* the last chunk is being filled */
        m->merge_chunk = 0;
        return STATUS_OK;
    }
    assert(b->prev == region_ref(m->object.state, a));
    uint64_t live = (uint64_t)a->live_bytes + b->live_bytes;
    uint64_t seqs = m->root->next_seq - a->first_seq;
    bool wasteful = live * 4 < 3 * ((uint64_t)a->used_bytes + b->used_bytes);
    if (!wasteful || live > CHUNK_BYTES_MAX - sizeof *a || seqs >= UINT32_MAX) return STATUS_OK;
    struct chunk *c = NULL;
    m->seek_chunk = 0; /* a cursor in a or b finds its place by number */
    TRY(chunk_new(m, live, a->first_seq, &c, e));
    chunk_copy_live(m, c, a);
    chunk_copy_live(m, c, b);
    chunk_link(m, c, b);
    chunk_free(m, a);
    chunk_free(m, b);
    m->merge_chunk = region_ref(m->object.state, c);
    return STATUS_OK;
}

/* The chunk that holds sequence number seq, or the first one behind it. */
static struct chunk *chunk_of_seq(const struct state_map *m, uint64_t seq) {
    struct chunk *c = chunk_at(m, m->root->first);
    const struct chunk *second = c == NULL ? NULL : chunk_at(m, c->next);
    if (second == NULL || second->first_seq > seq) return c;
    c = chunk_at(m, m->root->last);
    while (c->first_seq > seq && c->prev != 0) c = chunk_at(m, c->prev);
    return c;
}

void state_map_pass(struct state_map *m, const struct state_cursor *c) {
    assert(c->position >= m->root->passed && c->position <= m->root->next_seq);
    root_write(m)->passed = c->position;
}

bool state_map_next(struct state_map *m, struct state_cursor *cursor, struct str *ret_key,
                    uint64_t **ret_value) {
    if (cursor->position < m->root->passed) cursor->position = m->root->passed;
    bool known = m->seek_chunk != 0 && m->seek_seq == cursor->position;
    struct chunk *c = known ? chunk_at(m, m->seek_chunk) : chunk_of_seq(m, cursor->position);
    uint32_t at = known ? m->seek_offset : (uint32_t)sizeof *c;
    for (; c != NULL; c = chunk_at(m, c->next), at = sizeof *c) {
        while (at < c->used_bytes) {
            uint64_t *value = chunk_entry(c, at);
            uint64_t seq = c->first_seq + entry_head(m, value)->seq_delta;
            assert(seq < m->root->next_seq);
            at += entry_bytes(m, value);
            if (seq < cursor->position || entry_dead(m, value) || entry_expired(m, value)) continue;
            cursor->position = m->seek_seq = seq + 1;
            m->seek_chunk = region_ref(m->object.state, c);
            m->seek_offset = at;
            *ret_key = (struct str){entry_key(m, value), entry_key_bytes(m, value)};
            *ret_value = value;
            return true;
        }
    }
    return false;
}

void entries_sweep(struct state_map *m, uint32_t count) {
    if (!m->shape.has_ttl || m->root->count == 0) return;
    if (m->sweep_chunk == 0) {
        m->sweep_chunk = m->root->first;
        m->sweep_offset = sizeof(struct chunk);
    }
    while (m->sweep_chunk != 0 && count-- > 0) {
        struct chunk *c = chunk_at(m, m->sweep_chunk);
        if (m->sweep_offset >= c->used_bytes) {
            m->sweep_chunk = c->next;
            m->sweep_offset = sizeof *c;
            continue;
        }
        assert(m->sweep_offset >= sizeof *c);
        uint64_t *value = chunk_entry(c, m->sweep_offset);
        m->sweep_offset += entry_bytes(m, value);
        if (entry_dead(m, value) || !entry_expired(m, value)) continue;
        struct str key = {entry_key(m, value), entry_key_bytes(m, value)};
        state_map_remove(m, key, hash_bytes(key.at, key.size_bytes, 0));
    }
}
