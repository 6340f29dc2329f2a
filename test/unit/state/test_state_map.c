/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Maps and families: what is put is found, growth and removal keep every key, order is that of
 * creation, churn does not pile up memory.
 */
#include "base/hash.h"
#include "state/state.h"
#include "type/type.h"
#include "unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

struct fixture {
    struct arena *arena;
    struct types *types;
    struct state *state;
    const struct type *bigint, *string;
};

static void fixture_init(struct fixture *f) {
    f->arena = arena_new("test", 0);
    f->types = types_new(f->arena);
    f->bigint = type_simple(f->types, TYPE_BIGINT, false);
    f->string = type_string(f->types, true);
    struct state_config c = {.reserve_bytes = UINT64_C(1) << 30};
    struct error e = ERROR_INIT;
    assert_int_equal(state_new(&c, &f->state, &e), STATUS_OK);
}

static void fixture_deinit(struct fixture *f) {
    state_free(f->state);
    arena_free(f->arena);
}

static const struct state_field two_words[] = {{"count", STATE_WORD}, {"sum", STATE_WORD}};
static const struct state_field with_blob[] = {{"count", STATE_WORD}, {"text", STATE_BLOB}};

static struct state_map *map_open(struct fixture *f, const char *name, int64_t ttl_ms) {
    struct state_schema schema = {
        .key_types = &f->bigint, .key_count = 1, .fields = two_words, .field_count = 2};
    struct state_map *m = NULL;
    struct error e = ERROR_INIT;
    assert_int_equal(state_map_open(f->state, name, &schema, ttl_ms, &m, &e), STATUS_OK);
    return m;
}

struct key {
    uint64_t words[2];
};

static struct str key_of(struct key *k, uint64_t v) {
    *k = (struct key){{0, v}};
    return (struct str){(const char *)k, sizeof *k};
}

static uint64_t *put(struct state_map *m, uint64_t v, bool *created) {
    struct key k;
    struct str key = key_of(&k, v);
    uint64_t *value = NULL;
    struct error e = ERROR_INIT;
    assert_int_equal(
        state_map_upsert(m, key, hash_bytes(key.at, key.size_bytes, 0), &value, created, &e),
        STATUS_OK);
    return value;
}

static uint64_t *find(struct state_map *m, uint64_t v) {
    struct key k;
    struct str key = key_of(&k, v);
    return state_map_find(m, key, hash_bytes(key.at, key.size_bytes, 0));
}

static void drop(struct state_map *m, uint64_t v) {
    struct key k;
    struct str key = key_of(&k, v);
    state_map_remove(m, key, hash_bytes(key.at, key.size_bytes, 0));
}

static void every_key_is_found_while_the_map_grows(void **unused) {
    (void)unused;
    struct fixture f;
    fixture_init(&f);
    struct state_map *m = map_open(&f, "m", 0);
    bool created;
    for (uint64_t i = 0; i < 200000; i++) {
        uint64_t *v = put(m, i * 7, &created);
        assert_true(created);
        assert_int_equal(v[0], 0);
        v[0] = i;
        v[1] = i + 1;
    }
    assert_int_equal(state_map_count(m), 200000);
    for (uint64_t i = 0; i < 200000; i++) {
        uint64_t *v = find(m, i * 7);
        assert_non_null(v);
        assert_int_equal(v[0], i);
        assert_int_equal(v[1], i + 1);
    }
    assert_null(find(m, 1));
    put(m, 7, &created);
    assert_false(created);
    fixture_deinit(&f);
}

static void removing_keeps_the_others_and_the_order(void **unused) {
    (void)unused;
    struct fixture f;
    fixture_init(&f);
    struct state_map *m = map_open(&f, "m", 0);
    bool created;
    for (uint64_t i = 0; i < 50000; i++) *put(m, i, &created) = i;
    for (uint64_t i = 0; i < 50000; i++)
        if (i % 3 != 0) drop(m, i);
    for (uint64_t i = 0; i < 50000; i++) {
        uint64_t *v = find(m, i);
        if (i % 3 != 0)
            assert_null(v);
        else
            assert_int_equal(*v, i);
    }
    *put(m, 1, &created) = 1;
    assert_true(created);
    struct state_cursor c = {0};
    struct str key;
    uint64_t *v, seen = 0, last = 0;
    while (state_map_next(m, &c, &key, &v)) {
        assert_int_equal(*v, seen < 16667 ? seen * 3 : 1);
        last = *v;
        seen++;
    }
    assert_int_equal(seen, 16668);
    assert_int_equal(last, 1);
    fixture_deinit(&f);
}

static void a_model_agrees_over_random_steps(void **unused) {
    (void)unused;
    struct fixture f;
    fixture_init(&f);
    struct state_map *m = map_open(&f, "m", 0);
    enum { KEYS = 5000 };
    static uint64_t model[KEYS];
    for (int i = 0; i < KEYS; i++) model[i] = 0;
    uint64_t x = 12345, count = 0;
    bool created;
    for (uint32_t step = 1; step < 600000; step++) {
        x = hash_u64(x + step);
        uint64_t k = x % KEYS;
        if (x >> 40 & 1) {
            uint64_t *v = put(m, k, &created);
            assert_int_equal(created, model[k] == 0);
            if (!created) assert_int_equal(*v, model[k]);
            count += created;
            *v = model[k] = step;
        } else {
            drop(m, k);
            count -= model[k] != 0;
            model[k] = 0;
        }
        assert_int_equal(state_map_count(m), count);
    }
    for (uint64_t k = 0; k < KEYS; k++) {
        uint64_t *v = find(m, k);
        assert_int_equal(v == NULL ? 0 : *v, model[k]);
    }
    /* 5,000 entries of 40 bytes and their index: churn must not pile up. */
    assert_true(state_bytes(f.state) < 2000000);
    fixture_deinit(&f);
}

static void a_cursor_goes_on_behind_what_it_has_seen_while_entries_go(void **unused) {
    (void)unused;
    struct fixture f;
    fixture_init(&f);
    struct state_map *m = map_open(&f, "m", 0);
    bool created;
    for (uint64_t i = 0; i < 30000; i++) *put(m, i, &created) = i;
    struct state_cursor c = {0};
    struct str key;
    uint64_t *v, expected = 0;
    while (state_map_next(m, &c, &key, &v)) {
        assert_int_equal(*v, expected++);
        drop(m, *v);
    }
    assert_int_equal(expected, 30000);
    assert_int_equal(state_map_count(m), 0);
    fixture_deinit(&f);
}

static void a_batch_upserts_like_single_calls(void **unused) {
    (void)unused;
    struct fixture f;
    fixture_init(&f);
    struct state_map *m = map_open(&f, "m", 0);
    enum { N = 2048 };
    static uint64_t bytes[N][2];
    static uint32_t offsets[N + 1];
    static uint64_t hashes[N];
    static uint64_t *values[N];
    static uint8_t created[N];
    struct row_keys keys = {.bytes = {(char *)bytes, sizeof bytes, sizeof bytes, false},
                            .offsets = offsets,
                            .hashes = hashes,
                            .count = N};
    struct error e = ERROR_INIT;
    for (uint32_t round = 0; round < 50; round++) {
        for (uint32_t i = 0; i < N; i++) {
            bytes[i][0] = 0;
            bytes[i][1] = hash_u64(round * N + i) % 20000;
            offsets[i] = i * 16;
            hashes[i] = hash_bytes(bytes[i], 16, 0);
        }
        offsets[N] = N * 16;
        assert_int_equal(state_map_upsert_batch(m, &keys, values, created, &e), STATUS_OK);
        for (uint32_t i = 0; i < N; i++) {
            assert_int_equal(created[i], values[i][1] == 0);
            values[i][1] = 1 + bytes[i][1];
            values[i][0]++;
        }
        for (uint32_t i = 0; i < N; i++) assert_int_equal(values[i][1], 1 + bytes[i][1]);
        uint64_t *again[N];
        state_map_find_batch(m, &keys, again);
        assert_memory_equal(again, values, sizeof again);
    }
    uint64_t sum = 0;
    struct state_cursor c = {0};
    struct str key;
    uint64_t *v;
    while (state_map_next(m, &c, &key, &v)) sum += v[0];
    assert_int_equal(sum, 50 * N);
    fixture_deinit(&f);
}

static void an_expired_entry_is_never_returned(void **unused) {
    (void)unused;
    struct fixture f;
    fixture_init(&f);
    struct state_map *m = map_open(&f, "m", 1000);
    bool created;
    state_set_time(f.state, 5000);
    *put(m, 1, &created) = 11;
    *put(m, 2, &created) = 22;
    state_set_time(f.state, 5999);
    assert_int_equal(*find(m, 1), 11);
    state_map_touch(m, find(m, 2));
    state_set_time(f.state, 6000);
    assert_null(find(m, 1));
    assert_int_equal(*find(m, 2), 22);
    struct state_cursor c = {0};
    struct str key;
    uint64_t *v;
    assert_true(state_map_next(m, &c, &key, &v));
    assert_int_equal(*v, 22);
    assert_false(state_map_next(m, &c, &key, &v));
    assert_int_equal(*put(m, 1, &created), 0);
    assert_true(created);
    for (uint64_t i = 100; i < 5000; i++) put(m, i, &created);
    state_set_time(f.state, 100000);
    for (uint64_t i = 0; i < 5000; i++) put(m, 7000, &created);
    assert_true(state_map_count(m) < 10);
    fixture_deinit(&f);
}

static void expired_entries_go_as_fast_as_new_ones_come(void **unused) {
    (void)unused;
    struct fixture f;
    fixture_init(&f);
    struct state_map *m = map_open(&f, "m", 1000);
    bool created;
    for (uint64_t i = 0; i < 1000000; i++) {
        state_set_time(f.state, (int64_t)i / 10);
        put(m, i, &created);
        assert_true(created);
    }
    assert_true(state_map_count(m) < 25000);
    assert_true(state_bytes(f.state) < 5 << 20);
    fixture_deinit(&f);
}

static void values_free_what_they_own(void **unused) {
    (void)unused;
    struct fixture f;
    fixture_init(&f);
    struct state_schema schema = {
        .key_types = &f.bigint, .key_count = 1, .fields = with_blob, .field_count = 2};
    struct state_map *m = NULL;
    struct error e = ERROR_INIT;
    assert_int_equal(state_map_open(f.state, "b", &schema, 0, &m, &e), STATUS_OK);
    bool created;
    uint64_t bytes = 0;
    for (int round = 0; round < 3; round++) {
        for (uint64_t i = 0; i < 2000; i++) {
            char text[300];
            int n = snprintf(text, sizeof text, "%0*d", (int)(i % 290) + 1, (int)i);
            uint64_t *v = put(m, i, &created);
            assert_int_equal(state_blob_set(f.state, &v[1], (struct str){text, (size_t)n}, &e),
                             STATUS_OK);
        }
        for (uint64_t i = 0; i < 2000; i++) {
            struct str t = state_blob_get(f.state, find(m, i)[1]);
            assert_int_equal(t.size_bytes > i % 290, 1);
        }
        if (round == 0) bytes = state_bytes(f.state);
        if (round == 1)
            state_map_clear(m);
        else
            for (uint64_t i = 0; i < 2000; i++) drop(m, i);
        assert_int_equal(state_map_count(m), 0);
    }
    assert_true(state_bytes(f.state) < 40000);
    assert_true(bytes > 200000);
    fixture_deinit(&f);
}

static void a_family_keeps_its_maps_apart_and_drops_them_whole(void **unused) {
    (void)unused;
    struct fixture f;
    fixture_init(&f);
    struct state_schema schema = {
        .key_types = &f.bigint, .key_count = 1, .fields = two_words, .field_count = 2};
    struct state_family *family = NULL;
    struct error e = ERROR_INIT;
    assert_int_equal(state_family_open(f.state, "slices", &schema, &family, &e), STATUS_OK);
    bool created;
    uint64_t empty = state_bytes(f.state);
    for (int64_t id = -50; id < 50; id++) {
        struct state_map *m = NULL;
        assert_int_equal(state_family_map(family, id * 1000, true, &m, &e), STATUS_OK);
        for (uint64_t k = 0; k < 300; k++) *put(m, k, &created) = (uint64_t)id + k;
    }
    int64_t id, at = INT64_MIN;
    int count = 0;
    while (state_family_next(family, at, &id)) {
        assert_int_equal(id, (count - 50) * 1000);
        struct state_map *m = NULL;
        assert_int_equal(state_family_map(family, id, false, &m, &e), STATUS_OK);
        assert_int_equal(*find(m, 299), (uint64_t)(count - 50) + 299);
        at = id + 1;
        count++;
    }
    assert_int_equal(count, 100);
    struct state_map *none = NULL;
    assert_int_equal(state_family_map(family, 7, false, &none, &e), STATUS_OK);
    assert_null(none);
    for (id = -50; id < 50; id++) state_family_drop(family, id * 1000);
    assert_false(state_family_next(family, INT64_MIN, &id));
    assert_true(state_bytes(f.state) <= empty + 4096);
    fixture_deinit(&f);
}

static void the_budget_ends_with_an_error_that_names_the_owner(void **unused) {
    (void)unused;
    struct state_config c = {.reserve_bytes = UINT64_C(1) << 30,
                             .budget_bytes = 1 << 20,
                             .owner = STR("GroupAggregate[3]")};
    struct fixture f;
    fixture_init(&f);
    state_free(f.state);
    struct error e = ERROR_INIT;
    assert_int_equal(state_new(&c, &f.state, &e), STATUS_OK);
    struct state_map *m = map_open(&f, "m", 0);
    enum status status = STATUS_OK;
    for (uint64_t i = 0; status == STATUS_OK && i < 1000000; i++) {
        struct key k;
        struct str key = key_of(&k, i);
        uint64_t *v;
        bool created;
        status = state_map_upsert(m, key, hash_bytes(key.at, 16, 0), &v, &created, &e);
    }
    assert_int_equal(status, STATUS_LIMIT);
    assert_non_null(strstr(e.message, "GroupAggregate[3]"));
    assert_non_null(find(m, 100));
    fixture_deinit(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_is_found_while_the_map_grows),
        cmocka_unit_test(removing_keeps_the_others_and_the_order),
        cmocka_unit_test(a_model_agrees_over_random_steps),
        cmocka_unit_test(a_cursor_goes_on_behind_what_it_has_seen_while_entries_go),
        cmocka_unit_test(a_batch_upserts_like_single_calls),
        cmocka_unit_test(an_expired_entry_is_never_returned),
        cmocka_unit_test(expired_entries_go_as_fast_as_new_ones_come),
        cmocka_unit_test(values_free_what_they_own),
        cmocka_unit_test(a_family_keeps_its_maps_apart_and_drops_them_whole),
        cmocka_unit_test(the_budget_ends_with_an_error_that_names_the_owner),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
