/* SPDX-License-Identifier: Apache-2.0 */
/*
 * timers: an ordered set of (time, key): an ordered map (time, number) -> key, where the number counts
 * additions so that equal times keep their order, and a map (key, time) -> number that makes adding
 * idempotent and finds what to remove.
 */
#include "state/timers.h"

#include "base/alloc.h"
#include "base/hash.h"

#include <string.h>

static void put_ordered(char *at, uint64_t v) {
    for (int i = 7; i >= 0; i--, v >>= 8) at[i] = (char)(v & 0xff);
}

static void order_key(int64_t time_ms, uint64_t number, char key[16]) {
    put_ordered(key, (uint64_t)time_ms ^ (UINT64_C(1) << 63));
    put_ordered(key + 8, number);
}

static void timers_free(struct object *o) {
    struct state_timers *t = (struct state_timers *)(void *)o;
    buf_deinit(&t->scratch);
    mem_free(t);
}

enum status timers_over_record(struct state_timers *t, struct state *s, struct object_record *r,
                               struct error *e) {
    assert(r->kind == OBJECT_TIMERS && r->field_count == 1);
    struct shape shape;
    object_shape(r, 0, &shape);
    if (r->roots[0] == 0) {
        state_ref root = 0;
        TRY(map_root_new(s, &shape, &root, e));
        state_write(s, r, sizeof *r);
        r->roots[0] = root;
    }
    *t = (struct state_timers){.object = {.state = s, .record = r}};
    map_init(&t->map, s, &shape, r->roots[0]);
    return STATUS_OK;
}

enum status state_timers_open(struct state *s, const char *name,
                              const struct type *const *key_types, uint32_t key_count,
                              struct state_timers **ret, struct error *e) {
    const struct state_field fields[] = {{"number", STATE_WORD}};
    struct state_schema schema = {
        .key_types = key_types, .key_count = key_count, .fields = fields, .field_count = 1};
    struct object_record *r = NULL;
    bool created = false;
    TRY(object_open(s,
                    &(struct object_decl){.name = name, .kind = OBJECT_TIMERS, .schema = &schema},
                    &r, &created, e));
    struct state_timers *t = mem_calloc(1, sizeof *t);
    if (t == NULL) return error_no_memory(e, sizeof *t);
    enum status status = timers_over_record(t, s, r, e);
    if (status != STATUS_OK) {
        mem_free(t);
        return status;
    }
    object_register(s, &t->object, r, timers_free);
    *ret = t;
    return STATUS_OK;
}

/* Key row and time as one key of the inner map. */
static bool map_key(struct state_timers *t, int64_t time_ms, struct str key, struct str *ret) {
    assert(key.size_bytes % 8 == 0);
    buf_reset(&t->scratch);
    buf_str(&t->scratch, key);
    buf_append(&t->scratch, &time_ms, sizeof time_ms);
    *ret = buf_view(&t->scratch);
    return !t->scratch.failed;
}

enum status state_timers_add(struct state_timers *t, int64_t time_ms, struct str key,
                             struct error *e) {
    struct str both;
    if (!map_key(t, time_ms, key, &both)) return error_no_memory(e, key.size_bytes);
    struct state *s = t->object.state;
    uint64_t hash = hash_bytes(both.at, both.size_bytes, 0);
    uint64_t *number = NULL;
    bool created = false;
    TRY(state_map_upsert(&t->map, both, hash, &number, &created, e));
    if (!created) return STATUS_OK;
    assert(t->map.root->next_seq > 0);
    *number = t->map.root->next_seq;
    char order[16];
    order_key(time_ms, *number, order);
    enum status status =
        state_sorted_put(s, &t->object.record->roots[1], (struct str){order, 16}, key, e);
    if (status != STATUS_OK) state_map_remove(&t->map, both, hash);
    return status;
}

void state_timers_remove(struct state_timers *t, int64_t time_ms, struct str key) {
    struct str both;
    if (!map_key(t, time_ms, key, &both)) return;
    uint64_t hash = hash_bytes(both.at, both.size_bytes, 0);
    const uint64_t *number = state_map_find(&t->map, both, hash);
    if (number == NULL) return;
    char order[16];
    order_key(time_ms, *number, order);
    /* The key given may be the stored one: the map lets go of its copy first. */
    state_map_remove(&t->map, both, hash);
    bool removed = state_sorted_remove(t->object.state, &t->object.record->roots[1],
                                       (struct str){order, 16});
    assert(removed); /* the map and the order hold the same timers */
    (void)removed;
}

bool state_timers_first(const struct state_timers *t, int64_t *ret_time_ms, struct str *ret_key) {
    assert(t->map.root->count == state_sorted_count(t->object.state, t->object.record->roots[1]));
    struct sorted_cursor c;
    const struct state *s = t->object.state;
    if (!state_sorted_seek(s, t->object.record->roots[1], (struct str){NULL, 0}, &c)) return false;
    struct str order = state_sorted_key(s, &c);
    assert(order.size_bytes == 16);
    uint64_t v = 0;
    for (int i = 0; i < 8; i++) v = v << 8 | (unsigned char)order.at[i];
    *ret_time_ms = (int64_t)(v ^ (UINT64_C(1) << 63));
    *ret_key = state_sorted_value(s, &c);
    return true;
}
