/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Savepoints: what one parallelism wrote, another one reads; every entry lands once, with all that it
 * owns; operator rows follow their rule; damage and other schemas are refused.
 */
#include "base/buf.h"
#include "base/hash.h"
#include "state/state.h"
#include "type/type.h"
#include "unit/unit.h"

#include <stdio.h>
#include <string.h>

enum { SUBTASKS_MAX = 4, KEYS = 3000 };

static const struct state_field fields[] = {{"count", STATE_WORD},
                                            {"sum", STATE_WIDE},
                                            {"text", STATE_BLOB},
                                            {"set", STATE_SORTED},
                                            {"rows", STATE_LIST}};
static const struct state_field word[] = {{"count", STATE_WORD}};
enum { COUNT, SUM, TEXT = 3, SET, ROWS };

/* One subtask's state and objects. */
struct part {
    struct state *state;
    struct state_map *map, *ttl;
    struct state_family *family;
    struct state_timers *timers;
    struct state_rows *rows[4];
};

struct job {
    struct arena *arena;
    const struct type *bigint;
    struct part parts[SUBTASKS_MAX];
    uint32_t count;
};

static void part_new(struct part *p, uint32_t index, uint32_t count) {
    struct state_config c = {.reserve_bytes = UINT64_C(1) << 29,
                             .key_group_begin = 128 * index / count,
                             .key_group_end = 128 * (index + 1) / count};
    struct error e = ERROR_INIT;
    memset(p, 0, sizeof *p);
    assert_int_equal(state_new(&c, &p->state, &e), STATUS_OK);
    state_set_time(p->state, 1000);
}

static void part_open(struct job *j, struct part *p) {
    struct state_schema schema = {
        .key_types = &j->bigint, .key_count = 1, .fields = fields, .field_count = 5};
    struct state_schema small = {
        .key_types = &j->bigint, .key_count = 1, .fields = word, .field_count = 1};
    struct error e = ERROR_INIT;
    assert_int_equal(state_map_open(p->state, "map", &schema, 0, &p->map, &e), STATUS_OK);
    assert_int_equal(state_map_open(p->state, "ttl", &small, 500, &p->ttl, &e), STATUS_OK);
    assert_int_equal(state_family_open(p->state, "family", &small, &p->family, &e), STATUS_OK);
    assert_int_equal(state_timers_open(p->state, "timers", &j->bigint, 1, &p->timers, &e),
                     STATUS_OK);
    const char *const names[] = {"split", "union", "broadcast", "single"};
    for (int i = 0; i < 4; i++)
        assert_int_equal(state_rows_open(p->state, names[i], (enum state_mode)i, &p->rows[i], &e),
                         STATUS_OK);
    assert_int_equal(state_check_claimed(p->state, &e), STATUS_OK);
}

static void job_init(struct job *j, uint32_t count) {
    memset(j, 0, sizeof *j);
    j->arena = arena_new("test", 0);
    j->bigint = type_simple(types_new(j->arena), TYPE_BIGINT, false);
    j->count = count;
    for (uint32_t i = 0; i < count; i++) {
        part_new(&j->parts[i], i, count);
        part_open(j, &j->parts[i]);
    }
}

static void job_deinit(struct job *j) {
    for (uint32_t i = 0; i < j->count; i++) state_free(j->parts[i].state);
    arena_free(j->arena);
}

struct key {
    uint64_t words[2];
};

static struct str key_of(struct key *k, uint64_t v) {
    *k = (struct key){{0, v}};
    return (struct str){(const char *)k, sizeof *k};
}

static struct part *part_of(struct job *j, struct str key) {
    uint32_t group = state_key_group(hash_bytes(key.at, key.size_bytes, 0), 128);
    uint32_t i = 0;
    while (group >= 128 * (i + 1) / j->count) i++;
    return &j->parts[i];
}

static void job_fill(struct job *j) {
    struct error e = ERROR_INIT;
    for (uint64_t i = 0; i < KEYS; i++) {
        struct key k;
        struct str key = key_of(&k, i);
        uint64_t hash = hash_bytes(key.at, key.size_bytes, 0), *v;
        bool created;
        struct part *p = part_of(j, key);
        assert_int_equal(state_map_upsert(p->map, key, hash, &v, &created, &e), STATUS_OK);
        v[COUNT] = i;
        v[SUM] = i * 3;
        v[SUM + 1] = i * 5;
        char text[300];
        int n = snprintf(text, sizeof text, "%0*d", (int)(i % 280), (int)i);
        struct str bytes = {text, (size_t)n};
        if (i % 3 == 0) assert_int_equal(state_blob_set(p->state, &v[TEXT], bytes, &e), STATUS_OK);
        for (uint64_t k2 = 0; k2 < i % 4; k2++) {
            text[0] = (char)('a' + k2);
            assert_int_equal(state_sorted_put(p->state, &v[SET], bytes, key, &e), STATUS_OK);
            assert_int_equal(state_list_append(p->state, &v[ROWS], bytes, &e), STATUS_OK);
        }
        assert_int_equal(state_map_upsert(p->ttl, key, hash, &v, &created, &e), STATUS_OK);
        v[0] = i;
        struct state_map *slice = NULL;
        assert_int_equal(state_family_map(p->family, (int64_t)(i % 5) - 2, true, &slice, &e),
                         STATUS_OK);
        assert_int_equal(state_map_upsert(slice, key, hash, &v, &created, &e), STATUS_OK);
        v[0] = i;
        assert_int_equal(state_timers_add(p->timers, (int64_t)(i % 100) - 50, key, &e), STATUS_OK);
    }
    for (uint32_t p = 0; p < j->count; p++)
        for (int mode = 0; mode < 4; mode++)
            for (char r = 0; r < 6 && (mode != STATE_SINGLE || p == 0); r++) {
                char row[2] = {mode == STATE_BROADCAST ? 'x' : (char)('a' + p), (char)('0' + r)};
                assert_int_equal(state_rows_add(j->parts[p].rows[mode], (struct str){row, 2}, &e),
                                 STATUS_OK);
            }
}

static uint64_t map_digest(struct state *s, struct state_map *m, bool full, uint64_t seed) {
    uint64_t sum = 0;
    struct state_cursor c = {0};
    struct str key, row;
    uint64_t *v;
    while (state_map_next(m, &c, &key, &v)) {
        uint64_t h = hash_bytes(key.at, key.size_bytes, seed + v[0]);
        if (full) {
            h = hash_combine(h, v[SUM] + v[SUM + 1] * 7 + (v[TEXT] != 0));
            struct str text = state_blob_get(s, v[TEXT]);
            h = hash_combine(h, hash_bytes(text.at == NULL ? "" : text.at, text.size_bytes, 1));
            struct sorted_cursor at;
            for (bool more = state_sorted_seek(s, v[SET], (struct str){NULL, 0}, &at); more;
                 more = state_sorted_next(s, &at)) {
                row = state_sorted_key(s, &at);
                h = hash_combine(h, hash_bytes(row.at, row.size_bytes, 2));
            }
            struct list_cursor l = {0};
            while (state_list_next(s, v[ROWS], &l, &row))
                h = hash_combine(h, hash_bytes(row.at, row.size_bytes, 3));
        }
        sum += h;
    }
    return sum;
}

/* Independent of which subtask holds what. Takes the timers out. */
static uint64_t job_digest(struct job *j) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < j->count; i++) {
        struct part *p = &j->parts[i];
        sum += map_digest(p->state, p->map, true, 1) + map_digest(p->state, p->ttl, false, 2);
        for (int64_t id, at = INT64_MIN; state_family_next(p->family, at, &id); at = id + 1) {
            struct state_map *m = NULL;
            assert_int_equal(state_family_map(p->family, id, false, &m, NULL), STATUS_OK);
            sum += map_digest(p->state, m, false, 1000 + (uint64_t)id);
        }
    }
    return sum;
}

static uint64_t timers_drain(struct job *j) {
    uint64_t sum = 0, count = 0;
    for (uint32_t i = 0; i < j->count; i++) {
        int64_t time, last = INT64_MIN;
        struct str key;
        while (state_timers_first(j->parts[i].timers, &time, &key)) {
            assert_true(time >= last);
            last = time;
            sum += hash_bytes(key.at, key.size_bytes, (uint64_t)time);
            count++;
            state_timers_remove(j->parts[i].timers, time, key);
        }
    }
    assert_int_equal(count, KEYS);
    return sum;
}

struct stream {
    struct buf bytes;
    size_t at;
};

static enum status stream_write(void *context, const void *bytes, size_t size, struct error *e) {
    struct stream *s = context;
    buf_append(&s->bytes, bytes, size);
    return s->bytes.failed ? error_no_memory(e, size) : STATUS_OK;
}

static enum status stream_read(void *context, void *bytes, size_t size, struct error *e) {
    struct stream *s = context;
    if (s->bytes.size_bytes - s->at < size) return error_set(e, STATUS_CORRUPT, "too short");
    memcpy(bytes, s->bytes.at + s->at, size);
    s->at += size;
    return STATUS_OK;
}

static void rescale(struct job *from, struct job *to, uint32_t count) {
    struct error e = ERROR_INIT;
    memset(to, 0, sizeof *to);
    to->arena = arena_new("test", 0);
    to->bigint = type_simple(types_new(to->arena), TYPE_BIGINT, false);
    to->count = count;
    struct stream files[SUBTASKS_MAX] = {{BUF_INIT, 0}};
    for (uint32_t i = 0; i < from->count; i++) {
        struct state_writer w = {stream_write, &files[i]};
        assert_int_equal(state_export(from->parts[i].state, &w, &e), STATUS_OK);
    }
    for (uint32_t i = 0; i < count; i++) {
        part_new(&to->parts[i], i, count);
        for (uint32_t f = 0; f < from->count; f++) {
            files[f].at = 0;
            struct state_reader r = {stream_read, &files[f]};
            assert_int_equal(state_import(to->parts[i].state, &r, i, count, &e), STATUS_OK);
            assert_int_equal(files[f].at, files[f].bytes.size_bytes);
        }
        part_open(to, &to->parts[i]);
    }
    for (uint32_t i = 0; i < from->count; i++) buf_deinit(&files[i].bytes);
}

static void every_entry_lands_once_at_any_parallelism(void **unused) {
    (void)unused;
    const uint32_t counts[] = {3, 2, 4, 1};
    struct job a;
    job_init(&a, 1);
    job_fill(&a);
    uint64_t expected = job_digest(&a), timers = 0;
    for (uint32_t step = 0; step < 4; step++) {
        struct job b;
        rescale(&a, &b, counts[step]);
        assert_int_equal(job_digest(&b), expected);
        uint64_t entries = 0;
        for (uint32_t i = 0; i < b.count; i++) entries += state_map_count(b.parts[i].map);
        assert_int_equal(entries, KEYS);
        uint64_t fired = timers_drain(&a);
        if (step == 0) timers = fired;
        assert_int_equal(fired, timers);
        job_deinit(&a);
        a = b;
    }
    assert_int_equal(timers_drain(&a), timers);
    job_deinit(&a);
}

static void operator_rows_follow_their_rule(void **unused) {
    (void)unused;
    struct job a, b;
    job_init(&a, 2);
    job_fill(&a);
    rescale(&a, &b, 3);
    for (uint32_t i = 0; i < 3; i++) {
        struct part *p = &b.parts[i];
        assert_int_equal(state_rows_count(p->rows[STATE_SPLIT]), 4);
        assert_int_equal(state_rows_count(p->rows[STATE_UNION]), 12);
        assert_int_equal(state_rows_count(p->rows[STATE_BROADCAST]), 6);
        assert_int_equal(state_rows_count(p->rows[STATE_SINGLE]), i == 0 ? 6 : 0);
        for (uint32_t r = 0; r < 4; r++) {
            uint32_t n = r * 3 + i;
            char row[2] = {(char)('a' + n / 6), (char)('0' + n % 6)};
            assert_true(str_equal(state_rows_at(p->rows[STATE_SPLIT], r), (struct str){row, 2}));
        }
    }
    job_deinit(&a);
    job_deinit(&b);
}

static void times_to_live_go_on_from_the_last_touch(void **unused) {
    (void)unused;
    struct job a, b;
    job_init(&a, 1);
    job_fill(&a);
    rescale(&a, &b, 1);
    struct key k;
    struct str key = key_of(&k, 17);
    uint64_t hash = hash_bytes(key.at, key.size_bytes, 0);
    state_set_time(b.parts[0].state, 1499);
    assert_non_null(state_map_find(b.parts[0].ttl, key, hash));
    state_set_time(b.parts[0].state, 1500);
    assert_null(state_map_find(b.parts[0].ttl, key, hash));
    assert_non_null(state_map_find(b.parts[0].map, key, hash));
    job_deinit(&a);
    job_deinit(&b);
}

static void a_time_to_live_may_come_and_go(void **unused) {
    (void)unused;
    struct job a;
    job_init(&a, 1);
    job_fill(&a);
    struct stream file = {BUF_INIT, 0};
    struct state_writer w = {stream_write, &file};
    struct error e = ERROR_INIT;
    assert_int_equal(state_export(a.parts[0].state, &w, &e), STATUS_OK);
    struct part p;
    part_new(&p, 0, 1);
    struct state_reader r = {stream_read, &file};
    assert_int_equal(state_import(p.state, &r, 0, 1, &e), STATUS_OK);
    struct state_schema schema = {
        .key_types = &a.bigint, .key_count = 1, .fields = fields, .field_count = 5};
    struct state_schema small = {
        .key_types = &a.bigint, .key_count = 1, .fields = word, .field_count = 1};
    assert_int_equal(state_map_open(p.state, "map", &schema, 500, &p.map, &e), STATUS_OK);
    assert_int_equal(state_map_open(p.state, "ttl", &small, 0, &p.ttl, &e), STATUS_OK);
    assert_int_equal(map_digest(p.state, p.map, true, 1),
                     map_digest(a.parts[0].state, a.parts[0].map, true, 1));
    assert_int_equal(map_digest(p.state, p.ttl, false, 2),
                     map_digest(a.parts[0].state, a.parts[0].ttl, false, 2));
    state_set_time(p.state, 9000);
    assert_int_equal(map_digest(p.state, p.map, true, 1), 0);
    assert_int_not_equal(map_digest(p.state, p.ttl, false, 2), 0);
    assert_int_equal(state_check_claimed(p.state, &e), STATUS_STATE_MISMATCH);
    assert_non_null(strstr(e.message, "belongs to nothing in the job"));
    state_free(p.state);
    buf_deinit(&file.bytes);
    job_deinit(&a);
}

static void damaged_savepoints_are_refused(void **unused) {
    (void)unused;
    struct job a;
    job_init(&a, 1);
    job_fill(&a);
    struct stream file = {BUF_INIT, 0};
    struct state_writer w = {stream_write, &file};
    struct error e = ERROR_INIT;
    assert_int_equal(state_export(a.parts[0].state, &w, &e), STATUS_OK);
    size_t whole = file.bytes.size_bytes;
    for (uint32_t i = 0; i < 40; i++) {
        size_t at = hash_u64(i) % whole;
        bool cut = i % 2 == 0;
        if (cut)
            file.bytes.size_bytes = at;
        else
            file.bytes.at[at] = (char)(file.bytes.at[at] ^ 1);
        struct part p;
        part_new(&p, 0, 1);
        file.at = 0;
        error_clear(&e);
        struct state_reader r = {stream_read, &file};
        assert_int_equal(state_import(p.state, &r, 0, 1, &e), STATUS_CORRUPT);
        state_free(p.state);
        if (!cut) file.bytes.at[at] = (char)(file.bytes.at[at] ^ 1);
        file.bytes.size_bytes = whole;
    }
    buf_deinit(&file.bytes);
    job_deinit(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_entry_lands_once_at_any_parallelism),
        cmocka_unit_test(operator_rows_follow_their_rule),
        cmocka_unit_test(times_to_live_go_on_from_the_last_touch),
        cmocka_unit_test(a_time_to_live_may_come_and_go),
        cmocka_unit_test(damaged_savepoints_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
