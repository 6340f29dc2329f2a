/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checkpoints: a chain of page files brings back exactly what was there at its last barrier, whatever
 * was written meanwhile and whoever was faster; damage is found.
 */
#include "base/alloc.h"
#include "base/buf.h"
#include "base/hash.h"
#include "env/env.h"
#include "state/snapshot.h"
#include "type/type.h"
#include "unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILES_MAX = 32, KEYS = 4000 };

struct fixture {
    struct arena *arena;
    const struct type *bigint;
    struct state_config config;
    struct state *state;
    struct state_map *map;
    struct state_timers *timers;
    struct buf files[FILES_MAX]; /* the chain */
    uint32_t file_count;
};

static const struct state_field fields[] = {
    {"count", STATE_WORD}, {"text", STATE_BLOB}, {"set", STATE_SORTED}, {"rows", STATE_LIST}};

static void objects_open(struct fixture *f) {
    struct state_schema schema = {
        .key_types = &f->bigint, .key_count = 1, .fields = fields, .field_count = 4};
    struct error e = ERROR_INIT;
    assert_int_equal(state_map_open(f->state, "map", &schema, 0, &f->map, &e), STATUS_OK);
    assert_int_equal(state_timers_open(f->state, "timers", &f->bigint, 1, &f->timers, &e),
                     STATUS_OK);
}

static void fixture_init(struct fixture *f) {
    memset(f, 0, sizeof *f);
    f->arena = arena_new("test", 0);
    f->bigint = type_simple(types_new(f->arena), TYPE_BIGINT, false);
    f->config =
        (struct state_config){.reserve_bytes = UINT64_C(1) << 30, .owner = STR("operator 'x'")};
    struct error e = ERROR_INIT;
    assert_int_equal(state_new(&f->config, &f->state, &e), STATUS_OK);
    objects_open(f);
}

static void fixture_deinit(struct fixture *f) {
    state_free(f->state);
    for (uint32_t i = 0; i < FILES_MAX; i++) buf_deinit(&f->files[i]);
    arena_free(f->arena);
}

/* ---- files in memory ---- */

static enum status file_write(void *context, const void *bytes, size_t size, struct error *e) {
    struct buf *b = context;
    buf_append(b, bytes, size);
    return b->failed ? error_no_memory(e, size) : STATUS_OK;
}

struct file_reader {
    struct state_reader reader;
    const struct buf *file;
    size_t at;
};

static enum status file_read(void *context, void *bytes, size_t size, struct error *e) {
    struct file_reader *r = context;
    if (r->file->size_bytes - r->at < size)
        return error_set(e, STATUS_CORRUPT, "the file is too short");
    memcpy(bytes, r->file->at + r->at, size);
    r->at += size;
    return STATUS_OK;
}

static enum status restore(struct fixture *f, struct state **ret, struct error *e) {
    struct file_reader readers[FILES_MAX];
    struct state_reader *chain[FILES_MAX];
    for (uint32_t i = 0; i < f->file_count; i++) {
        readers[i] = (struct file_reader){{file_read, &readers[i]}, &f->files[i], 0};
        chain[i] = &readers[i].reader;
    }
    return state_restore(&f->config, chain, f->file_count, ret, e);
}

static void checkpoint_write(struct fixture *f, struct snapshot *n) {
    struct snapshot_info info;
    snapshot_info(n, &info);
    if (info.base_epoch == 0) {
        for (uint32_t i = 0; i < f->file_count; i++) buf_reset(&f->files[i]);
        f->file_count = 0;
    }
    assert_true(f->file_count < FILES_MAX);
    struct state_writer w = {file_write, &f->files[f->file_count++]};
    struct error e = ERROR_INIT;
    assert_int_equal(snapshot_write(n, &w, &e), STATUS_OK);
}

/* ---- content ---- */

static uint64_t *upsert(struct fixture *f, uint64_t k, bool *created) {
    uint64_t words[2] = {0, k}, *v = NULL;
    struct error e = ERROR_INIT;
    struct str key = {(const char *)words, sizeof words};
    assert_int_equal(state_map_upsert(f->map, key, hash_bytes(key.at, 16, 0), &v, created, &e),
                     STATUS_OK);
    return v;
}

static void step(struct fixture *f, uint64_t x) {
    uint64_t words[2] = {0, x % KEYS};
    struct str key = {(const char *)words, sizeof words};
    struct error e = ERROR_INIT;
    if ((x >> 32) % 7 == 0) {
        state_map_remove(f->map, key, hash_bytes(key.at, 16, 0));
        return;
    }
    bool created;
    uint64_t *v = upsert(f, words[1], &created);
    char text[64];
    int n = snprintf(text, sizeof text, "%llu", (unsigned long long)(x % 100000));
    struct str bytes = {text, (size_t)n};
    v[0]++;
    if ((x >> 32) % 5 == 0) assert_int_equal(state_blob_set(f->state, &v[1], bytes, &e), STATUS_OK);
    if ((x >> 32) % 5 == 1)
        assert_int_equal(state_sorted_put(f->state, &v[2], bytes, bytes, &e), STATUS_OK);
    if ((x >> 32) % 5 == 2)
        assert_int_equal(state_list_append(f->state, &v[3], bytes, &e), STATUS_OK);
    if ((x >> 32) % 5 == 3)
        assert_int_equal(state_timers_add(f->timers, (int64_t)(x % 1000), key, &e), STATUS_OK);
}

static void steps(struct fixture *f, uint64_t seed, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) step(f, hash_u64(seed * 1000003 + i));
}

/* A hash over all content in its order. */
static uint64_t digest(const struct fixture *f) {
    uint64_t h = 0;
    struct state_cursor c = {0};
    struct str key, row;
    uint64_t *v;
    while (state_map_next(f->map, &c, &key, &v)) {
        h = hash_combine(h, hash_bytes(key.at, key.size_bytes, v[0]));
        struct str text = state_blob_get(f->state, v[1]);
        h = hash_combine(h, hash_bytes(text.at == NULL ? "" : text.at, text.size_bytes, 1));
        struct sorted_cursor at;
        for (bool more = state_sorted_seek(f->state, v[2], (struct str){NULL, 0}, &at); more;
             more = state_sorted_next(f->state, &at)) {
            row = state_sorted_key(f->state, &at);
            h = hash_combine(h, hash_bytes(row.at, row.size_bytes, 2));
        }
        struct list_cursor l = {0};
        while (state_list_next(f->state, v[3], &l, &row))
            h = hash_combine(h, hash_bytes(row.at, row.size_bytes, 3));
    }
    int64_t time;
    if (state_timers_first(f->timers, &time, &key))
        h = hash_combine(h, hash_bytes(key.at, key.size_bytes, (uint64_t)time));
    return hash_combine(h, state_map_count(f->map));
}

static void reopen(struct fixture *f) {
    struct error e = ERROR_INIT;
    struct state *s = NULL;
    assert_int_equal(restore(f, &s, &e), STATUS_OK);
    state_free(f->state);
    f->state = s;
    objects_open(f);
}

/* ---- tests ---- */

static void a_chain_brings_back_the_last_barrier(void **unused) {
    (void)unused;
    struct fixture f;
    fixture_init(&f);
    struct error e = ERROR_INIT;
    uint32_t incremental = 0;
    for (uint32_t round = 0; round < 24; round++) {
        steps(&f, round, round % 5 == 4 ? 0 : 1500);
        uint64_t expected = digest(&f);
        struct snapshot *n = NULL;
        struct snapshot_info info;
        assert_int_equal(snapshot_begin(f.state, &n, &e), STATUS_OK);
        snapshot_info(n, &info);
        incremental += info.base_epoch != 0;
        steps(&f, 1000 + round, 700); /* before and after the barrier must not mix */
        checkpoint_write(&f, n);
        snapshot_end(n, true);
        if (round % 3 != 2) continue;
        reopen(&f);
        assert_int_equal(digest(&f), expected);
    }
    assert_true(incremental > 10);
    fixture_deinit(&f);
}

static void a_snapshot_that_came_to_nothing_leaves_its_pages_to_the_next(void **unused) {
    (void)unused;
    struct fixture f;
    fixture_init(&f);
    struct error e = ERROR_INIT;
    for (uint32_t round = 0; round < 6; round++) {
        steps(&f, round, 1000);
        struct snapshot *n = NULL, *second = NULL;
        assert_int_equal(snapshot_begin(f.state, &n, &e), STATUS_OK);
        struct error declined = ERROR_INIT;
        assert_int_equal(snapshot_begin(f.state, &second, &declined), STATUS_DECLINED);
        if (round % 2 == 1) {
            steps(&f, 50 + round, 500);
            snapshot_end(n, false);
            continue;
        }
        checkpoint_write(&f, n);
        snapshot_end(n, true);
    }
    steps(&f, 99, 10);
    uint64_t expected = digest(&f);
    struct snapshot *n = NULL;
    assert_int_equal(snapshot_begin(f.state, &n, &e), STATUS_OK);
    checkpoint_write(&f, n);
    snapshot_end(n, true);
    reopen(&f);
    assert_int_equal(digest(&f), expected);
    fixture_deinit(&f);
}

static void an_incremental_file_holds_only_what_changed(void **unused) {
    (void)unused;
    struct fixture f;
    fixture_init(&f);
    struct error e = ERROR_INIT;
    steps(&f, 1, 60000);
    struct snapshot *n = NULL;
    struct snapshot_info full, next;
    assert_int_equal(snapshot_begin(f.state, &n, &e), STATUS_OK);
    snapshot_info(n, &full);
    checkpoint_write(&f, n);
    snapshot_end(n, true);
    bool created;
    upsert(&f, 3, &created)[0]++;
    assert_int_equal(snapshot_begin(f.state, &n, &e), STATUS_OK);
    snapshot_info(n, &next);
    assert_int_equal(full.base_epoch, 0);
    assert_int_equal(full.pages, full.used_pages);
    assert_int_equal(next.base_epoch, full.epoch);
    assert_true(next.pages <= 8);
    snapshot_end(n, false);
    snapshot_force_full(f.state);
    assert_int_equal(snapshot_begin(f.state, &n, &e), STATUS_OK);
    snapshot_info(n, &next);
    assert_int_equal(next.base_epoch, 0);
    snapshot_end(n, false);
    fixture_deinit(&f);
}

static void a_small_pool_declines_the_checkpoint_and_harms_nothing(void **unused) {
    (void)unused;
    struct fixture f;
    fixture_init(&f);
    state_free(f.state);
    f.config.snapshot_pool_bytes = 1;
    struct error e = ERROR_INIT;
    assert_int_equal(state_new(&f.config, &f.state, &e), STATUS_OK);
    objects_open(&f);
    steps(&f, 1, 20000);
    struct snapshot *n = NULL;
    assert_int_equal(snapshot_begin(f.state, &n, &e), STATUS_OK);
    steps(&f, 2, 20000);
    struct buf file = BUF_INIT;
    struct state_writer w = {file_write, &file};
    assert_int_equal(snapshot_write(n, &w, &e), STATUS_DECLINED);
    assert_non_null(strstr(e.message, "operator 'x'"));
    snapshot_end(n, true);
    buf_deinit(&file);
    error_clear(&e);
    uint64_t expected = digest(&f);
    assert_int_equal(snapshot_begin(f.state, &n, &e), STATUS_OK);
    checkpoint_write(&f, n);
    snapshot_end(n, true);
    reopen(&f);
    assert_int_equal(digest(&f), expected);
    fixture_deinit(&f);
}

struct background {
    struct fixture *fixture;
    struct snapshot *snapshot;
    int done;
};

static void background_write(void *argument) {
    struct background *b = argument;
    checkpoint_write(b->fixture, b->snapshot);
    __atomic_store_n(&b->done, 1, __ATOMIC_RELEASE);
}

static void the_writer_and_the_worker_may_race(void **unused) {
    (void)unused;
    struct fixture f;
    fixture_init(&f);
    struct env *env = env_posix_new();
    struct error e = ERROR_INIT;
    steps(&f, 1, 30000);
    for (uint32_t round = 0; round < 12; round++) {
        uint64_t expected = digest(&f);
        struct background b = {.fixture = &f};
        assert_int_equal(snapshot_begin(f.state, &b.snapshot, &e), STATUS_OK);
        struct env_thread *t = NULL;
        assert_int_equal(env_thread_start(env, "writer", background_write, &b, &t, &e), STATUS_OK);
        for (uint32_t i = 0; i < 4000 || !__atomic_load_n(&b.done, __ATOMIC_ACQUIRE); i++)
            step(&f, hash_u64(round * 77777 + i));
        env_thread_join(env, t);
        snapshot_end(b.snapshot, true);
        if (round % 4 != 3) continue;
        reopen(&f);
        assert_int_equal(digest(&f), expected);
    }
    env_free(env);
    fixture_deinit(&f);
}

static void damage_and_gaps_are_found(void **unused) {
    (void)unused;
    struct fixture f;
    fixture_init(&f);
    struct error e = ERROR_INIT;
    for (uint32_t round = 0; round < 3; round++) {
        struct snapshot *n = NULL;
        steps(&f, round, 3000);
        assert_int_equal(snapshot_begin(f.state, &n, &e), STATUS_OK);
        checkpoint_write(&f, n);
        snapshot_end(n, true);
    }
    assert_int_equal(f.file_count, 3);
    struct state *s = NULL;
    for (uint32_t i = 0; i < 60; i++) {
        struct buf *b = &f.files[i % 3];
        size_t at = hash_u64(i) % b->size_bytes;
        b->at[at] = (char)(b->at[at] ^ 0x10);
        error_clear(&e);
        assert_int_not_equal(restore(&f, &s, &e), STATUS_OK);
        b->at[at] = (char)(b->at[at] ^ 0x10);
        size_t whole = b->size_bytes;
        b->size_bytes = at;
        error_clear(&e);
        assert_int_equal(restore(&f, &s, &e), STATUS_CORRUPT);
        b->size_bytes = whole;
    }
    struct buf kept = f.files[1];
    f.files[1] = f.files[2];
    f.file_count = 2;
    error_clear(&e);
    assert_int_equal(restore(&f, &s, &e), STATUS_CORRUPT);
    f.files[1] = kept;
    f.config.key_group_end = 64;
    error_clear(&e);
    assert_int_equal(restore(&f, &s, &e), STATUS_STATE_MISMATCH);
    state_free(f.state);
    f.state = NULL;
    fixture_deinit(&f);
}

static void a_schema_that_does_not_fit_is_refused_with_both_sides(void **unused) {
    (void)unused;
    struct fixture f;
    fixture_init(&f);
    struct error e = ERROR_INIT;
    steps(&f, 1, 10);
    struct snapshot *n = NULL;
    assert_int_equal(snapshot_begin(f.state, &n, &e), STATUS_OK);
    checkpoint_write(&f, n);
    snapshot_end(n, true);
    struct state *s = NULL;
    assert_int_equal(restore(&f, &s, &e), STATUS_OK);
    const struct state_field other[] = {{"count", STATE_WORD}};
    struct state_schema schema = {
        .key_types = &f.bigint, .key_count = 1, .fields = other, .field_count = 1};
    struct state_map *m = NULL;
    assert_int_equal(state_map_open(s, "map", &schema, 0, &m, &e), STATUS_STATE_MISMATCH);
    assert_non_null(strstr(e.message, "count WORD, text BLOB"));
    assert_non_null(strstr(e.message, "value(count WORD)"));
    error_clear(&e);
    assert_int_equal(state_check_claimed(s, &e), STATUS_STATE_MISMATCH);
    state_free(s);
    fixture_deinit(&f);
}

static void checkpoint(struct fixture *f) {
    struct snapshot *n = NULL;
    struct error e = ERROR_INIT;
    assert_int_equal(snapshot_begin(f->state, &n, &e), STATUS_OK);
    checkpoint_write(f, n);
    snapshot_end(n, true);
}

/* A directory of several pages that doubles, and a large value that shrinks: both free runs of pages. */
static void runs_of_several_pages_are_freed_after_a_restore(void **unused) {
    (void)unused;
    struct fixture f;
    fixture_init(&f);
    struct error e = ERROR_INIT;
    bool created;
    char *large = mem_calloc(1, 50000);
    for (uint64_t k = 0; k < 500000; k++) upsert(&f, k, &created);
    assert_int_equal(state_blob_set(f.state, &upsert(&f, 1, &created)[1], (struct str){large, 50000}, &e), STATUS_OK);
    mem_free(large);
    checkpoint(&f);
    reopen(&f);
    assert_int_equal(state_blob_set(f.state, &upsert(&f, 1, &created)[1], STR("small"), &e), STATUS_OK);
    for (uint64_t k = 0; k < 1000000; k++) {
        uint64_t *v = upsert(&f, k, &created);
        assert_int_equal(created, k >= 500000);
        v[0] = k;
    }
    assert_int_equal(state_map_count(f.map), 1000000);
    fixture_deinit(&f);
}

static void a_restored_state_goes_on_incrementally(void **unused) {
    (void)unused;
    struct fixture f;
    fixture_init(&f);
    bool created;
    struct snapshot_info info;
    for (uint64_t k = 0; k < 100000; k++) upsert(&f, k, &created);
    checkpoint(&f);
    upsert(&f, 5, &created)[0] = 5;
    checkpoint(&f);
    reopen(&f);
    upsert(&f, 7, &created)[0] = 7;
    uint64_t expected = digest(&f);
    struct snapshot *n = NULL;
    assert_int_equal(snapshot_begin(f.state, &n, NULL), STATUS_OK);
    snapshot_info(n, &info);
    assert_true(info.base_epoch != 0 && info.pages < 20);
    checkpoint_write(&f, n);
    snapshot_end(n, true);
    assert_int_equal(f.file_count, 3);
    reopen(&f);
    assert_int_equal(digest(&f), expected);
    fixture_deinit(&f);
}

static void what_a_cursor_has_passed_is_not_seen_again(void **unused) {
    (void)unused;
    struct fixture f;
    fixture_init(&f);
    bool created;
    struct state_cursor c = {0};
    struct str key;
    uint64_t *v;
    for (uint64_t k = 0; k < 100; k++) upsert(&f, k, &created)[0] = k;
    for (uint32_t i = 0; i < 40; i++) assert_true(state_map_next(f.map, &c, &key, &v));
    state_map_pass(f.map, &c);
    assert_true(state_map_next(f.map, &c, &key, &v));
    assert_int_equal(v[0], 40);
    checkpoint(&f);
    reopen(&f);
    c = (struct state_cursor){0};
    uint32_t left = 0;
    for (; state_map_next(f.map, &c, &key, &v); left++) assert_int_equal(v[0], 40 + left);
    assert_int_equal(left, 60);
    fixture_deinit(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_of_several_pages_are_freed_after_a_restore),
        cmocka_unit_test(a_restored_state_goes_on_incrementally),
        cmocka_unit_test(what_a_cursor_has_passed_is_not_seen_again),
        cmocka_unit_test(a_chain_brings_back_the_last_barrier),
        cmocka_unit_test(a_snapshot_that_came_to_nothing_leaves_its_pages_to_the_next),
        cmocka_unit_test(an_incremental_file_holds_only_what_changed),
        cmocka_unit_test(a_small_pool_declines_the_checkpoint_and_harms_nothing),
        cmocka_unit_test(the_writer_and_the_worker_may_race),
        cmocka_unit_test(damage_and_gaps_are_found),
        cmocka_unit_test(a_schema_that_does_not_fit_is_refused_with_both_sides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
