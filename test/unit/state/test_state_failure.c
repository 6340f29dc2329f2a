/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every allocation of a small job over a state fails in turn: the call that needed it says so, nothing
 * leaks, and what is there can be freed.
 */
#include "agg/agg.h"
#include "base/alloc.h"
#include "base/hash.h"
#include "state/snapshot.h"
#include "unit/unit.h"

#include <string.h>

struct job {
    struct arena *arena;
    struct types *types;
    const struct type *bigint, *string;
    struct state *state, *copy;
    struct snapshot *snapshot;
    struct agg_set *set;
    struct buf file;
    size_t at;
};

static enum status job_write(void *context, const void *bytes, size_t size, struct error *e) {
    struct job *j = context;
    buf_append(&j->file, bytes, size);
    return j->file.failed ? error_no_memory(e, size) : STATUS_OK;
}

static enum status job_read(void *context, void *bytes, size_t size, struct error *e) {
    struct job *j = context;
    if (j->file.size_bytes - j->at < size) return error_set(e, STATUS_CORRUPT, "the end");
    memcpy(bytes, j->file.at + j->at, size);
    j->at += size;
    return STATUS_OK;
}

static enum status types_make(struct job *j) {
    j->arena = arena_new("job", 0);
    if (j->arena == NULL) return STATUS_NO_MEMORY;
    j->types = types_new(j->arena);
    if (j->types == NULL) return STATUS_NO_MEMORY;
    j->bigint = type_simple(j->types, TYPE_BIGINT, true);
    j->string = type_string(j->types, true);
    return j->bigint == NULL || j->string == NULL ? STATUS_NO_MEMORY : STATUS_OK;
}

static enum status aggregate(struct job *j, uint64_t *value, struct error *e) {
    struct vec *columns[2], *out = NULL;
    TRY(vec_new(j->arena, j->arena, j->bigint, 4, &columns[0]));
    TRY(vec_new(j->arena, j->arena, j->string, 4, &columns[1]));
    for (uint32_t i = 0; i < 4; i++) {
        VEC_DATA(columns[0], int64_t)[i] = i;
        TRY(vec_set_str(columns[1], i, STR("a text of more than twelve bytes")));
    }
    uint64_t *values[4] = {value, value, value, value};
    const struct rows rows = {NULL, 4};
    agg_set_init(j->set, value);
    TRY(agg_set_fold(j->set, j->state, values, columns, &rows, NULL, e));
    struct vec *results[3];
    for (int i = 0; i < 3; i++) {
        TRY(vec_new(j->arena, j->arena, i == 1 ? j->string : j->bigint, 1, &out));
        results[i] = out;
    }
    return agg_set_result(j->set, j->state, value, results, 0, e);
}

static enum status groups(struct job *j, struct error *e) {
    struct agg_call calls[3] = {{.func = agg_find(STR("COUNT")), .distinct = true},
                                {.func = agg_find(STR("LISTAGG"))},
                                {.func = agg_find(STR("MAX")), .retract = true}};
    for (int i = 0; i < 3; i++) {
        calls[i].arg_count = 1;
        calls[i].args[0] = i == 1;
        calls[i].filter = -1;
        calls[i].arg_types[0] = calls[i].type = i == 1 ? j->string : j->bigint;
    }
    TRY(agg_set_new(j->arena, j->types, calls, 3, true, &j->set, e));
    struct state_schema schema = {.key_types = &j->bigint, .key_count = 1};
    schema.fields = agg_set_fields(j->set, &schema.field_count);
    struct state_map *m = NULL;
    TRY(state_map_open(j->state, "groups", &schema, 0, &m, e));
    uint64_t key[2] = {0, 5}, *value = NULL;
    bool created = false;
    TRY(state_map_upsert(m, (struct str){(const char *)key, 16}, hash_bytes(key, 16, 0), &value,
                         &created, e));
    return aggregate(j, value, e);
}

static enum status others(struct job *j, struct error *e) {
    static const struct state_field fields[] = {{"count", STATE_WORD}};
    struct state_schema schema = {
        .key_types = &j->bigint, .key_count = 1, .fields = fields, .field_count = 1};
    struct state_family *family = NULL;
    struct state_map *slice = NULL;
    struct state_timers *timers = NULL;
    struct state_rows *rows = NULL;
    uint64_t key[2] = {0, 5};
    TRY(state_family_open(j->state, "slices", &schema, &family, e));
    for (int64_t id = 0; id < 20; id++) TRY(state_family_map(family, id, true, &slice, e));
    TRY(state_timers_open(j->state, "timers", &j->bigint, 1, &timers, e));
    TRY(state_timers_add(timers, 7, (struct str){(const char *)key, 16}, e));
    TRY(state_rows_open(j->state, "rows", STATE_UNION, &rows, e));
    for (int i = 0; i < 20; i++) TRY(state_rows_add(rows, STR("row"), e));
    return STATUS_OK;
}

static enum status there_and_back(struct job *j, struct error *e) {
    struct state_config c = {.reserve_bytes = 1 << 28};
    struct state_writer w = {job_write, j};
    struct state_reader r = {job_read, j};
    struct state_reader *chain[1] = {&r};
    TRY(snapshot_begin(j->state, &j->snapshot, e));
    TRY(snapshot_write(j->snapshot, &w, e));
    TRY(state_restore(&c, chain, 1, &j->copy, e));
    state_free(j->copy);
    j->copy = NULL;
    buf_reset(&j->file);
    j->at = 0;
    TRY(state_export(j->state, &w, e));
    TRY(state_new(&c, &j->copy, e));
    return state_import(j->copy, &r, 0, 1, e);
}

static enum status job_run(struct job *j, struct error *e) {
    struct state_config c = {.reserve_bytes = 1 << 28};
    TRY(types_make(j));
    TRY(state_new(&c, &j->state, e));
    TRY(groups(j, e));
    TRY(others(j, e));
    return there_and_back(j, e);
}

static void job_end(struct job *j) {
    if (j->snapshot != NULL) snapshot_end(j->snapshot, false);
    agg_set_free(j->set);
    state_free(j->state);
    state_free(j->copy);
    buf_deinit(&j->file);
    arena_free(j->arena);
}

static void every_allocation_may_fail(void **unused) {
    (void)unused;
    enum status status = STATUS_NO_MEMORY;
    uint32_t failures = 0;
    for (int64_t n = 1; status != STATUS_OK; n++) {
        struct job j = {.file = BUF_INIT};
        struct error e = ERROR_INIT;
        mem_fail_after(n);
        status = job_run(&j, &e);
        mem_fail_after(0);
        job_end(&j);
        if (status == STATUS_OK) break;
        assert_int_equal(status, STATUS_NO_MEMORY);
        failures++;
        assert_true(n < 10000);
    }
    assert_true(failures > 20);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
