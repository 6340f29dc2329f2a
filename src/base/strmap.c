/* SPDX-License-Identifier: Apache-2.0 */
/*
 * strmap: entries in insertion order plus a power-of-two table of entry indexes + 1, at most
 * half full. Rebuilt on growth and removal.
 */
#include "base/strmap.h"

#include "base/hash.h"

#include <assert.h>

struct strmap {
    struct arena *arena;
    struct strmap_entry *entries;
    uint32_t *table;
    uint32_t count;
    uint32_t capacity;
};

struct strmap *strmap_new(struct arena *a) {
    assert(a != NULL);
    struct strmap *m = ARENA_NEW(a, struct strmap);
    if (m != NULL) m->arena = a;
    return m;
}

static uint32_t strmap_slot(const struct strmap *m, struct str key) {
    uint32_t mask = m->capacity * 2 - 1;
    uint32_t slot = (uint32_t)hash_bytes(key.at, key.size_bytes, 0) & mask;
    while (m->table[slot] != 0 && !str_equal(m->entries[m->table[slot] - 1].key, key)) {
        slot = (slot + 1) & mask;
    }
    return slot;
}

static void strmap_index(struct strmap *m) {
    memset(m->table, 0, (size_t)m->capacity * 2 * sizeof *m->table);
    for (uint32_t i = 0; i < m->count; i++) m->table[strmap_slot(m, m->entries[i].key)] = i + 1;
}

static enum status strmap_grow(struct strmap *m) {
    uint32_t capacity = m->capacity == 0 ? 8 : m->capacity * 2;
    struct strmap_entry *entries = ARENA_ARRAY(m->arena, struct strmap_entry, capacity);
    uint32_t *table = ARENA_ARRAY(m->arena, uint32_t, (size_t)capacity * 2);
    if (entries == NULL || table == NULL) return STATUS_NO_MEMORY;
    if (m->count != 0) memcpy(entries, m->entries, m->count * sizeof *entries);
    m->entries = entries;
    m->table = table;
    m->capacity = capacity;
    strmap_index(m);
    return STATUS_OK;
}

enum status strmap_put(struct strmap *m, struct str key, void *value) {
    assert(m != NULL && value != NULL);
    if (m->count == m->capacity) TRY(strmap_grow(m));
    uint32_t slot = strmap_slot(m, key);
    if (m->table[slot] != 0) {
        m->entries[m->table[slot] - 1].value = value;
        return STATUS_OK;
    }
    struct str copy = arena_str(m->arena, key);
    if (copy.at == NULL) return STATUS_NO_MEMORY;
    m->entries[m->count++] = (struct strmap_entry){copy, value};
    m->table[slot] = m->count;
    return STATUS_OK;
}

void *strmap_get(const struct strmap *m, struct str key) {
    assert(m != NULL);
    if (m->count == 0) return NULL;
    uint32_t slot = strmap_slot(m, key);
    return m->table[slot] == 0 ? NULL : m->entries[m->table[slot] - 1].value;
}

bool strmap_remove(struct strmap *m, struct str key) {
    assert(m != NULL);
    if (m->count == 0) return false;
    uint32_t slot = strmap_slot(m, key);
    if (m->table[slot] == 0) return false;
    uint32_t index = m->table[slot] - 1;
    memmove(m->entries + index, m->entries + index + 1,
            (m->count - index - 1) * sizeof *m->entries);
    m->count--;
    strmap_index(m);
    return true;
}

uint32_t strmap_count(const struct strmap *m) {
    assert(m != NULL);
    return m->count;
}

const struct strmap_entry *strmap_at(const struct strmap *m, uint32_t index) {
    assert(m != NULL && index < m->count);
    return &m->entries[index];
}
