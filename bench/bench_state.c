/* SPDX-License-Identifier: Apache-2.0 */
/*
 * State under checkpoints, without the engine around it: `bench_state MIB FOLDER [ROUNDS]`.
 *
 * Fills a keyed map with COUNT, SUM and MAX up to MIB, then prints two tables: with a hot set of
 * 16 MiB dirty per checkpoint, the longest gap between two steps of the worker (a step: a batch of 2,048
 * rows drawn, upserted and folded) without and over 100 checkpoints; with random keys over the whole
 * state and a checkpoint each second, the share of the throughput that stays. A gap is all that lies
 * between the beginnings of two steps: what a checkpoint costs the worker before, between and in its
 * steps. Beside the longest wall time stands the longest processor time of a gap: on a machine that others
 * use, too, the difference is their doing. Page files go to FOLDER, synced, written by a helper thread
 * as in the engine.
 */
#include "agg/agg.h"
#include "base/hash.h"
#include "env/env.h"
#include "state/snapshot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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
    struct env_pool *pool;
    uint64_t offset;
    enum status status;
    uint32_t done; /* atomic */
    struct error error;
};

struct totals {
    double seconds, cpu_seconds, longest_ms, longest_cpu_ms;
    uint64_t rows, checkpoints, declined, pages;
};

/* Beginning of a step: wall and processor time of this thread, ms. */
struct moment {
    double wall, cpu;
};

static void must(enum status s, const struct bench *b) {
    if (s == STATUS_OK) return;
    fprintf(stderr, "bench_state: %s\n", b->error.message);
    exit(1);
}

static double seconds(const struct bench *b) { return (double)env_monotonic_ns(b->env) * 1e-9; }

static struct moment moment_now(const struct bench *b) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (struct moment){seconds(b) * 1e3, (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6};
}

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

/* One batch: keys as they stand in rows. */
static void step(struct bench *b) {
    struct row_keys keys = {.bytes = {(char *)b->rows, sizeof b->rows, sizeof b->rows, false},
                            .offsets = b->offsets,
                            .hashes = b->hashes,
                            .count = BATCH_ROWS_MAX};
    struct vec *columns[1] = {b->column};
    const struct rows rows = {NULL, BATCH_ROWS_MAX};
    for (uint32_t i = 0; i < BATCH_ROWS_MAX; i++) b->hashes[i] = hash_bytes(b->rows[i], 16, 0);
    must(state_map_upsert_batch(b->map, &keys, b->values, b->created, &b->error), b);
    must(agg_set_fold(b->set, b->state, b->values, columns, &rows, NULL, &b->error), b);
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
    enum status s = env_write(w->bench->env, w->file, bytes, size, e);
    env_flush_begin(w->bench->env, w->file, w->offset, size);
    w->offset += size;
    return s;
}

static void writing_run(void *argument) {
    struct writing *w = argument;
    struct error *e = &w->error;
    char path[512];
    snprintf(path, sizeof path, "%s/pages", w->bench->folder);
    w->offset = 0;
    w->status = env_open(w->bench->env, str_of(path), ENV_WRITE_NEW, &w->file, e);
    if (w->status == STATUS_OK) {
        struct state_writer out = {file_write, w};
        w->status = snapshot_write(w->snapshot, &out, e);
        if (w->status == STATUS_OK) w->status = env_sync(w->bench->env, w->file, e);
        env_close(w->bench->env, w->file);
    }
    __atomic_store_n(&w->done, 1, __ATOMIC_RELEASE);
}

static void writing_begin(struct writing *w, struct totals *t) {
    struct bench *b = w->bench;
    struct snapshot_info info;
    w->done = 0;
    must(snapshot_begin(b->state, &w->snapshot, &b->error), b);
    snapshot_info(w->snapshot, &info);
    if (info.base_epoch != 0) t->pages += info.pages;
    must(env_pool_submit(w->pool, writing_run, w, &b->error), b);
}

static void writing_settle(struct writing *w, struct totals *t) {
    if (w->status != STATUS_DECLINED) {
        w->bench->error = w->error;
        must(w->status, w->bench);
    }
    snapshot_end(w->snapshot, w->status == STATUS_OK);
    t->checkpoints++;
    t->declined += w->status == STATUS_DECLINED;
    w->snapshot = NULL;
}

/* What ends a run: its length, or so many checkpoints, one each `period` (0: none). */
struct plan {
    double length, period;
    uint64_t checkpoints;
};

static bool goes_on(const struct plan *p, double past, const struct totals *t) {
    return p->checkpoints > 0 ? t->checkpoints < p->checkpoints : past < p->length;
}

static struct totals run(struct bench *b, struct env_pool *pool, uint64_t range, struct plan p) {
    struct totals t = {0};
    struct writing w = {.bench = b, .pool = pool};
    double begin = seconds(b), last = begin;
    struct moment before = moment_now(b);
    double cpu_begin = before.cpu;
    for (double now = begin; goes_on(&p, now - begin, &t); now = seconds(b), t.rows += BATCH_ROWS_MAX) {
        if (w.snapshot != NULL && __atomic_load_n(&w.done, __ATOMIC_ACQUIRE)) writing_settle(&w, &t);
        if (p.period > 0 && w.snapshot == NULL && now - last >= p.period) {
            last = now;
            writing_begin(&w, &t);
        }
        draw(b, range);
        step(b);
        struct moment after = moment_now(b);
        if (after.wall - before.wall > t.longest_ms) t.longest_ms = after.wall - before.wall;
        if (after.cpu - before.cpu > t.longest_cpu_ms) t.longest_cpu_ms = after.cpu - before.cpu;
        before = after;
    }
    t.seconds = seconds(b) - begin;
    t.cpu_seconds = (before.cpu - cpu_begin) * 1e-3;
    while (w.snapshot != NULL && !__atomic_load_n(&w.done, __ATOMIC_ACQUIRE)) env_pause(b->env, 1000000);
    if (w.snapshot != NULL) writing_settle(&w, &t);
    return t;
}

/* The range of keys that makes about `pages` pages dirty: measured with a small one. */
static uint64_t hot_range(struct bench *b, struct env_pool *pool, uint64_t pages) {
    uint64_t guess = b->keys / 100 + 1;
    struct totals t = run(b, pool, guess, (struct plan){0, 0.05, 4}); /* the first one is full */
    uint64_t each = t.pages / 3 == 0 ? 1 : t.pages / 3;
    uint64_t range = guess * pages / each;
    return range < b->keys ? range : b->keys;
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
    struct env_pool *pool = NULL;
    must(env_pool_new(b->env, 1, &pool, &b->error), b);
    must(snapshot_prepare(b->state, &b->error), b); /* the engine does both while the state grows */
    snapshot_warm(b->state);
    uint64_t dirty = bytes >> 14 < 4096 ? bytes >> 14 : 4096; /* pages: 16 MiB */
    uint64_t hot = hot_range(b, pool, dirty);
    const struct plan quiet_plan = {length, 0, 0}, busy_plan = {0, length / 100, length >= 1 ? 100 : 10};
    struct totals quiet = run(b, pool, hot, quiet_plan), busy = run(b, pool, hot, busy_plan);
    printf("hot set: %.1f M rows/s, longest gap %.3f ms (processor %.3f); with %llu checkpoints of %.1f MiB "
           "(%llu declined) %.1f M rows/s, longest gap %.3f ms (processor %.3f)\n",
           (double)quiet.rows / quiet.seconds * 1e-6, quiet.longest_ms, quiet.longest_cpu_ms,
           (unsigned long long)busy.checkpoints, (double)busy.pages / (double)busy.checkpoints / 256,
           (unsigned long long)busy.declined, (double)busy.rows / busy.seconds * 1e-6, busy.longest_ms,
           busy.longest_cpu_ms);
    quiet = run(b, pool, b->keys, quiet_plan);
    busy = run(b, pool, b->keys, (struct plan){length, 1, 0});
    double share = (double)busy.rows / busy.seconds / ((double)quiet.rows / quiet.seconds);
    double cpu_share = (double)busy.rows / busy.cpu_seconds / ((double)quiet.rows / quiet.cpu_seconds);
    printf("random: %.1f M rows/s; with %llu checkpoints (%llu declined) %.1f M rows/s: %.0f %% (of what a "
           "second of the worker's processor time does: %.0f %%)\n",
           (double)quiet.rows / quiet.seconds * 1e-6, (unsigned long long)busy.checkpoints,
           (unsigned long long)busy.declined, (double)busy.rows / busy.seconds * 1e-6, 100 * share,
           100 * cpu_share);
    env_pool_free(b->env, pool);
    agg_set_free(b->set);
    state_free(b->state);
    arena_free(b->arena);
    env_free(b->env);
    free(b);
    return 0;
}
