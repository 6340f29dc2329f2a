/* SPDX-License-Identifier: Apache-2.0 */
/*
 * State under checkpoints, without the engine around it: `bench_state MIB FOLDER [ROUNDS]`.
 *
 * Fills a keyed map with COUNT, SUM and MAX up to MIB, then prints two tables: with a hot set of
 * 16 MiB dirty per checkpoint, the longest step (a batch of 2,048 rows upserted and folded) without
 * and with checkpoints; with random keys over the whole state and a checkpoint each second, the share
 * of the throughput that stays. Page files go to FOLDER.
 */
#include "agg/agg.h"
#include "base/hash.h"
#include "env/env.h"
#include "state/snapshot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bench {
    struct env *env;
    struct arena *arena;
    struct state *state;
    struct state_map *map;
    struct agg_set *set;
    struct vec *column;
    const char *folder;
    uint64_t keys, random;
    uint64_t rows[BATCH_ROWS_MAX][2];
    uint32_t offsets[BATCH_ROWS_MAX + 1];
    uint64_t hashes[BATCH_ROWS_MAX];
    uint64_t *values[BATCH_ROWS_MAX];
    uint8_t created[BATCH_ROWS_MAX];
    struct error error;
};

struct writing {
    struct bench *bench;
    struct snapshot *snapshot;
    struct env_file *file;
    struct env_thread *thread;
    enum status status;
    uint32_t done; /* atomic */
};

struct totals {
    double seconds, longest_ms;
    uint64_t rows, checkpoints, declined;
};

static void must(enum status s, const struct bench *b) {
    if (s == STATUS_OK) return;
    fprintf(stderr, "bench_state: %s\n", b->error.message);
    exit(1);
}

static double seconds(const struct bench *b) { return (double)env_monotonic_ns(b->env) * 1e-9; }

static void bench_open(struct bench *b) {
    struct error *e = &b->error;
    b->arena = arena_new("bench", 0);
    struct types *types = types_new(b->arena);
    const struct type *bigint = type_simple(types, TYPE_BIGINT, false);
    struct state_config config = {.env = b->env};
    must(state_new(&config, &b->state, e), b);
    must(vec_new(b->arena, b->arena, bigint, BATCH_ROWS_MAX, &b->column), b);
    const char *const names[] = {"COUNT", "SUM", "MAX"};
    struct agg_call calls[3] = {{0}};
    for (uint32_t i = 0; i < 3; i++)
        calls[i] = (struct agg_call){.func = agg_find(str_of(names[i])),
                                     .type = bigint,
                                     .arg_count = i > 0,
                                     .arg_types = {bigint},
                                     .filter = -1};
    must(agg_set_new(b->arena, types, calls, 3, false, &b->set, e), b);
    struct state_schema schema = {.key_types = &bigint, .key_count = 1};
    schema.fields = agg_set_fields(b->set, &schema.field_count);
    must(state_map_open(b->state, "bench", &schema, 0, &b->map, e), b);
    for (uint32_t i = 0; i <= BATCH_ROWS_MAX; i++) b->offsets[i] = i * 16;
}

/* One batch: keys as they stand in rows. Returns its time in ms. */
static double step(struct bench *b) {
    struct row_keys keys = {.bytes = {(char *)b->rows, sizeof b->rows, sizeof b->rows, false},
                            .offsets = b->offsets,
                            .hashes = b->hashes,
                            .count = BATCH_ROWS_MAX};
    struct vec *columns[1] = {b->column};
    const struct rows rows = {NULL, BATCH_ROWS_MAX};
    for (uint32_t i = 0; i < BATCH_ROWS_MAX; i++) b->hashes[i] = hash_bytes(b->rows[i], 16, 0);
    double begin = seconds(b);
    must(state_map_upsert_batch(b->map, &keys, b->values, b->created, &b->error), b);
    must(agg_set_fold(b->set, b->state, b->values, columns, &rows, NULL, &b->error), b);
    return (seconds(b) - begin) * 1e3;
}

static void fill(struct bench *b, uint64_t bytes) {
    double begin = seconds(b);
    for (b->keys = 0; state_bytes(b->state) < bytes; b->keys += BATCH_ROWS_MAX) {
        for (uint32_t i = 0; i < BATCH_ROWS_MAX; i++) b->rows[i][1] = b->keys + i;
        step(b);
    }
    printf("fill: %llu keys, %llu MiB, %.1f M rows/s\n", (unsigned long long)b->keys,
           (unsigned long long)(state_bytes(b->state) >> 20),
           (double)b->keys / (seconds(b) - begin) * 1e-6);
}

static void draw(struct bench *b, uint64_t range) {
    for (uint32_t i = 0; i < BATCH_ROWS_MAX; i++) {
        b->random = hash_u64(b->random + i + 1);
        b->rows[i][1] = b->random % range;
        VEC_DATA(b->column, int64_t)[i] = (int64_t)(b->random & 0xffff);
    }
}

static enum status file_write(void *context, const void *bytes, size_t size, struct error *e) {
    struct writing *w = context;
    return env_write(w->bench->env, w->file, bytes, size, e);
}

static void writing_run(void *argument) {
    struct writing *w = argument;
    struct error e = ERROR_INIT;
    char path[512];
    snprintf(path, sizeof path, "%s/pages", w->bench->folder);
    w->status = env_open(w->bench->env, str_of(path), ENV_WRITE_NEW, &w->file, &e);
    if (w->status == STATUS_OK) {
        struct state_writer out = {file_write, w};
        w->status = snapshot_write(w->snapshot, &out, &e);
        env_close(w->bench->env, w->file);
    }
    __atomic_store_n(&w->done, 1, __ATOMIC_RELEASE);
}

static void writing_settle(struct writing *w, struct totals *t) {
    env_thread_join(w->bench->env, w->thread);
    snapshot_end(w->snapshot, w->status == STATUS_OK);
    t->checkpoints++;
    t->declined += w->status == STATUS_DECLINED;
    w->snapshot = NULL;
}

/* Runs for that long; a checkpoint each `period` (0: none). Steps count from the second checkpoint on: the first one is full. */
static struct totals run(struct bench *b, uint64_t range, double length, double period) {
    struct totals t = {0};
    struct writing w = {.bench = b};
    double begin = seconds(b), last = begin;
    for (double now = begin; now - begin < length; now = seconds(b), t.rows += BATCH_ROWS_MAX) {
        draw(b, range);
        if (w.snapshot != NULL && __atomic_load_n(&w.done, __ATOMIC_ACQUIRE))
            writing_settle(&w, &t);
        double begun = 0;
        if (period > 0 && w.snapshot == NULL && now - last >= period) {
            last = now;
            w.done = 0;
            must(snapshot_begin(b->state, &w.snapshot, &b->error), b);
            begun = (seconds(b) - now) * 1e3;
            must(env_thread_start(b->env, "pages", writing_run, &w, &w.thread, &b->error), b);
        }
        double took = step(b) + begun;
        if (took > t.longest_ms && (period <= 0 || t.checkpoints > 0)) t.longest_ms = took;
    }
    t.seconds = seconds(b) - begin;
    if (w.snapshot != NULL) writing_settle(&w, &t);
    return t;
}

int main(int argc, char **argv) {
    if (argc < 3) {
        fprintf(stderr, "usage: bench_state MIB FOLDER [SECONDS]\n");
        return 2;
    }
    struct bench *b = calloc(1, sizeof *b);
    if (b == NULL) return 1;
    b->env = env_posix_new();
    b->folder = argv[2];
    bench_open(b);
    uint64_t bytes = strtoull(argv[1], NULL, 10) << 20;
    double length = argc > 3 ? strtod(argv[3], NULL) : 10;
    fill(b, bytes);
    uint64_t hot = b->keys / ((bytes >> 24) + 1); /* the keys of about 16 MiB */
    struct totals quiet = run(b, hot, length, 0);
    struct totals busy = run(b, hot, length, length / 101);
    printf("hot set: %.1f M rows/s, longest step %.3f ms; with %llu checkpoints (%llu declined) "
           "%.1f M rows/s, longest step %.3f ms\n",
           (double)quiet.rows / quiet.seconds * 1e-6, quiet.longest_ms,
           (unsigned long long)busy.checkpoints, (unsigned long long)busy.declined,
           (double)busy.rows / busy.seconds * 1e-6, busy.longest_ms);
    quiet = run(b, b->keys, length, 0);
    busy = run(b, b->keys, length, 1);
    printf("random: %.1f M rows/s; with %llu checkpoints (%llu declined) %.1f M rows/s: %.0f %%\n",
           (double)quiet.rows / quiet.seconds * 1e-6, (unsigned long long)busy.checkpoints,
           (unsigned long long)busy.declined, (double)busy.rows / busy.seconds * 1e-6,
           100 * (double)busy.rows / busy.seconds / ((double)quiet.rows / quiet.seconds));
    agg_set_free(b->set);
    state_free(b->state);
    arena_free(b->arena);
    env_free(b->env);
    free(b);
    return 0;
}
