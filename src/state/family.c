/* SPDX-License-Identifier: Apache-2.0 */
/*
 * family: maps of one schema, one per id: the slices of windows. The ids are an ordered map in the
 * region (id -> map root); handles stand in an array by id outside, made on demand. Few are alive at
 * a time, and dropping one frees its chunks and segments whole.
 */
#include "state/map.h"

#include "base/alloc.h"

#include <string.h>

struct state_family {
    struct object object;
    struct shape shape;
    struct family_map **maps; /* ascending ids */
    uint32_t count, capacity;
};

struct family_map {
    struct state_map map; /* must be first */
    int64_t id;
};

/* Bytes whose order is the order of ids. */
static void id_key(int64_t id, char key[8]) {
    uint64_t v = (uint64_t)id ^ (UINT64_C(1) << 63);
    for (int i = 7; i >= 0; i--, v >>= 8) key[i] = (char)(v & 0xff);
}

static int64_t key_id(struct str key) {
    assert(key.size_bytes == 8);
    uint64_t v = 0;
    for (int i = 0; i < 8; i++) v = v << 8 | (unsigned char)key.at[i];
    return (int64_t)(v ^ (UINT64_C(1) << 63));
}

static void family_free(struct object *o) {
    struct state_family *f = (struct state_family *)(void *)o;
    for (uint32_t i = 0; i < f->count; i++) mem_free(f->maps[i]);
    mem_free(f->maps);
    mem_free(f);
}

enum status state_family_open(struct state *s, const char *name, const struct state_schema *schema,
                              struct state_family **ret, struct error *e) {
    struct object_record *r = NULL;
    bool created = false;
    TRY(object_open(s, &(struct object_decl){.name = name, .kind = OBJECT_FAMILY, .schema = schema},
                    &r, &created, e));
    struct state_family *f = mem_calloc(1, sizeof *f);
    if (f == NULL) return error_no_memory(e, sizeof *f);
    object_shape(r, 0, &f->shape);
    object_register(s, &f->object, r, family_free);
    *ret = f;
    return STATUS_OK;
}

/* Where id is or belongs among the handles. */
static uint32_t family_place(const struct state_family *f, int64_t id) {
    uint32_t low = 0, high = f->count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (f->maps[middle]->id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static enum status family_add(struct state_family *f, uint32_t place, int64_t id, state_ref root,
                              struct state_map **ret, struct error *e) {
    assert(place <= f->count && (place == f->count || f->maps[place]->id > id));
    if (f->count == f->capacity) {
        uint32_t capacity = f->capacity == 0 ? 16 : f->capacity * 2;
        struct family_map **maps = mem_realloc(f->maps, capacity * sizeof *maps);
        if (maps == NULL) return error_no_memory(e, capacity * sizeof *maps);
        f->maps = maps;
        f->capacity = capacity;
    }
    struct family_map *m = mem_calloc(1, sizeof *m);
    if (m == NULL) return error_no_memory(e, sizeof *m);
    m->id = id;
    map_init(&m->map, f->object.state, &f->shape, root);
    memmove(f->maps + place + 1, f->maps + place, (f->count - place) * sizeof(struct family_map *));
    f->maps[place] = m;
    f->count++;
    *ret = &m->map;
    return STATUS_OK;
}

enum status state_family_map(struct state_family *f, int64_t id, bool create,
                             struct state_map **ret, struct error *e) {
    assert(f->object.record->kind == OBJECT_FAMILY);
    uint32_t place = family_place(f, id);
    *ret = NULL;
    if (place < f->count && f->maps[place]->id == id) {
        *ret = &f->maps[place]->map;
        return STATUS_OK;
    }
    struct state *s = f->object.state;
    char key[8];
    id_key(id, key);
    struct str stored = state_sorted_get(s, f->object.record->roots[0], (struct str){key, 8});
    state_ref root = 0;
    if (stored.at != NULL) {
        memcpy(&root, stored.at, sizeof root);
    } else {
        if (!create) return STATUS_OK;
        TRY(map_root_new(s, &f->shape, &root, e));
        TRY(state_sorted_put(s, &f->object.record->roots[0], (struct str){key, 8},
                             (struct str){(const char *)&root, sizeof root}, e));
    }
    return family_add(f, place, id, root, ret, e);
}

bool state_family_next(struct state_family *f, int64_t from, int64_t *ret_id) {
    assert(ret_id != NULL);
    char key[8];
    id_key(from, key);
    struct sorted_cursor c;
    if (!state_sorted_seek(f->object.state, f->object.record->roots[0], (struct str){key, 8}, &c))
        return false;
    *ret_id = key_id(state_sorted_key(f->object.state, &c));
    return true;
}

void state_family_drop(struct state_family *f, int64_t id) {
    struct state_map *m = NULL;
    if (state_family_map(f, id, false, &m, NULL) != STATUS_OK || m == NULL) return;
    uint32_t place = family_place(f, id);
    assert(place < f->count && &f->maps[place]->map == m);
    map_destroy(m);
    mem_free(f->maps[place]);
    f->count--;
    memmove(f->maps + place, f->maps + place + 1, (f->count - place) * sizeof(struct family_map *));
    char key[8];
    id_key(id, key);
    bool removed =
        state_sorted_remove(f->object.state, &f->object.record->roots[0], (struct str){key, 8});
    assert(removed);
    (void)removed;
}
