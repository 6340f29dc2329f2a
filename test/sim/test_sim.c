/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The simulator: a file-to-file job with a window and a group aggregate runs on a simulated machine
 * whose schedule, clock, disk and power follow from a seed. However often the power fails, the
 * committed output must be that of an undisturbed run. Seeds that failed once stay in `kept_seeds`.
 *
 * usage: test_sim [FIRST [COUNT]]; a failing seed is printed and can be run alone.
 */
#include "sim/sim_env.h"

#include "base/alloc.h"
#include "base/hash.h"
#include "plan/plan.h"
#include "runtime/runtime.h"
#include "sql/parser.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 600, CRASHES_MAX = 12, STEPS_MAX = 400000 };

static const uint64_t kept_seeds[] = {38, 311, 16737};

static const char script[] =
    "CREATE TABLE events (ts TIMESTAMP(3), k STRING, v BIGINT, WATERMARK FOR ts AS ts)"
    "  WITH ('connector' = 'filesystem', 'path' = '/in', 'format' = 'json');"
    "CREATE TABLE windows (window_start TIMESTAMP(3), k STRING, n BIGINT, total BIGINT)"
    "  WITH ('connector' = 'filesystem', 'path' = '/out', 'format' = 'json');"
    "INSERT INTO windows SELECT window_start, k, COUNT(*), SUM(v)"
    "  FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, k;";

struct machine {
    struct env *env;
    struct arena *arena;   /* of one process life */
    struct session *session;
    struct plan *plan;
    uint64_t seed, random;
    bool talk;             /* WEIR_SIM_TALK is set */
};

static uint64_t next_random(struct machine *m) {
    m->random += UINT64_C(0x9e3779b97f4a7c15);
    return hash_u64(m->random);
}

static void die(const struct machine *m, const char *what, const char *why) {
    fprintf(stderr, "seed %" PRIu64 ": %s: %s\n", m->seed, what, why);
    exit(1);
}

static void check(const struct machine *m, enum status s, const struct error *e, const char *what) {
    if (s != STATUS_OK) die(m, what, e->message);
}

static void input_write(struct machine *m) {
    struct env_file *f = NULL;
    struct error e = ERROR_INIT;
    check(m, env_mkdirs(m->env, STR("/in"), &e), &e, "mkdir");
    check(m, env_mkdirs(m->env, STR("/out"), &e), &e, "mkdir");
    for (int part = 0; part < 3; part++) {
        char path[32], line[128];
        snprintf(path, sizeof path, "/in/part-%d.jsonl", part);
        check(m, env_open(m->env, str_of(path), ENV_WRITE_NEW, &f, &e), &e, "open");
        for (int i = 0; i < ROWS / 3; i++) {
            int n = snprintf(line, sizeof line, "{\"ts\":\"2024-01-01 00:%02d:%02d\",\"k\":\"k%d\",\"v\":%d}\n", part * 10 + i / 60, i % 60, (i * 7 + part) % 5, i + part);
            check(m, env_write(m->env, f, line, (size_t)n, &e), &e, "write");
        }
        check(m, env_sync(m->env, f, &e), &e, "sync");
        env_close(m->env, f);
    }
}

/* A process starts: session and plan. The files follow each other in time, so no row is late at any parallelism. */
static void process_start(struct machine *m) {
    struct error e = ERROR_INIT;
    struct list statements = {0};
    m->arena = arena_new("sim", 0);
    check(m, session_new(m->arena, &m->session, &e), &e, "session");
    check(m, parse_script(m->arena, str_of(script), &statements, &e), &e, "parse");
    for (uint32_t i = 0; i + 1 < statements.count; i++) check(m, plan_execute_ddl(m->session, statements.at[i], str_of(script), &e), &e, "ddl");
    check(m, plan_statement(m->session, m->arena, statements.at[statements.count - 1], str_of(script), 1 + (uint32_t)(m->seed % 3), &m->plan, &e), &e, "plan");
}

static void process_end(struct machine *m) {
    arena_free(m->arena);
    m->arena = NULL;
}

static void note(void *context, struct str text) {
    const struct machine *m = context;
    if (m->talk) fprintf(stderr, "  %.*s\n", STR_ARG(text));
}

/* Runs until the end (true) or until the power fails. */
static bool process_run(struct machine *m, bool undisturbed) {
    struct error e = ERROR_INIT;
    struct job_config c = JOB_CONFIG_INIT(m->env);
    struct job *job = NULL;
    c.checkpoint_dir = STR("/checkpoints");
    c.checkpoint_interval_ms = 2;
    c.resume_latest = true;
    c.batch_rows = 1 + (uint32_t)(next_random(m) % 8);
    c.workers = undisturbed ? 1 : 1 + (uint32_t)(next_random(m) % 3);
    c.seed = undisturbed ? 0 : next_random(m) | 1;
    check(m, job_new(m->plan, &c, &job, &e), &e, "job");
    job_on_note(job, note, m);
    enum job_progress p = JOB_PROGRESS;
    enum status s = STATUS_OK;
    for (int i = 0; i < STEPS_MAX && s == STATUS_OK && p != JOB_DONE && !sim_env_is_dead(m->env); i++) {
        s = job_step(job, &p, &e);
        if (p == JOB_IDLE) sim_env_advance_ms(m->env, 1 + (int64_t)(next_random(m) % 50));
    }
    bool dead = sim_env_is_dead(m->env);
    if (m->talk) fprintf(stderr, "  run ends: %s\n", dead ? "no power" : "finished");
    if (!dead && (s != STATUS_OK || p != JOB_DONE)) die(m, "the job did not end", s == STATUS_OK ? "too many steps" : e.message);
    job_free(job);
    return !dead;
}

static int line_compare(const void *a, const void *b) { return str_compare(*(const struct str *)a, *(const struct str *)b); }

/* All visible lines below /out, sorted. */
static struct str output_read(struct machine *m, struct arena *a) {
    struct error e = ERROR_INIT;
    struct str *names = NULL, *lines = ARENA_ARRAY(a, struct str, 100000);
    uint32_t count = 0, line_count = 0;
    check(m, env_list(m->env, a, STR("/out"), &names, &count, &e), &e, "list");
    for (uint32_t i = 0; i < count; i++) {
        if (names[i].at[0] == '.' || names[i].at[0] == '_') continue;
        struct str text;
        check(m, env_read_file(m->env, a, arena_format(a, "/out/%.*s", STR_ARG(names[i])), 1 << 24, &text, &e), &e, "read");
        for (size_t at = 0; at < text.size_bytes;) {
            const char *end = memchr(text.at + at, '\n', text.size_bytes - at);
            size_t size = end == NULL ? text.size_bytes - at : (size_t)(end - text.at) - at;
            lines[line_count++] = (struct str){text.at + at, size};
            at += size + 1;
        }
    }
    qsort(lines, line_count, sizeof *lines, line_compare);
    struct buf out = BUF_INIT;
    for (uint32_t i = 0; i < line_count; i++) {
        buf_str(&out, lines[i]);
        buf_char(&out, '\n');
    }
    struct str all = arena_str(a, buf_view(&out));
    buf_deinit(&out);
    return all;
}

static struct str undisturbed(uint64_t seed, struct arena *a) {
    struct machine m = {.env = sim_env_new(seed), .seed = seed, .random = seed};
    input_write(&m);
    process_start(&m);
    process_run(&m, true);
    struct str out = output_read(&m, a);
    process_end(&m);
    env_free(m.env);
    return out;
}

/* Every line of `want` is in `got`, as often at least. Both sorted. */
static bool contains(struct str got, struct str want) {
    size_t g = 0;
    for (size_t w = 0; w < want.size_bytes;) {
        size_t size = (size_t)((const char *)memchr(want.at + w, '\n', want.size_bytes - w) - want.at) + 1 - w;
        bool found = false;
        while (g < got.size_bytes && !found) {
            size_t n = (size_t)((const char *)memchr(got.at + g, '\n', got.size_bytes - g) - got.at) + 1 - g;
            found = n == size && memcmp(got.at + g, want.at + w, n) == 0;
            g += n;
        }
        if (!found) return false;
        w += size;
    }
    return true;
}

static uint32_t disturbed(uint64_t seed, struct arena *a, struct str *ret, bool *ret_lied) {
    struct machine m = {.env = sim_env_new(seed), .seed = seed, .random = hash_u64(seed), .talk = getenv("WEIR_SIM_TALK") != NULL};
    uint32_t crashes = 0;
    input_write(&m);
    for (;;) {
        struct sim_faults f = {.lie_prefix = STR("/checkpoints/")};
        if (crashes < CRASHES_MAX) f.crash_at = 1 + next_random(&m) % (next_random(&m) % 2 == 0 ? 80 : 300);
        if (next_random(&m) % 3 == 0) f.fail_ppm = 2000;
        if (next_random(&m) % 4 == 0) f.lie_ppm = 20000;
        process_start(&m);
        sim_env_faults(m.env, &f);
        bool ended = process_run(&m, false);
        process_end(&m);
        sim_env_faults(m.env, &(struct sim_faults){0});
        if (ended) break;
        sim_env_revive(m.env);
        crashes++;
    }
    *ret = output_read(&m, a);
    *ret_lied = sim_env_lies(m.env) > 0;
    env_free(m.env);
    return crashes;
}

static uint32_t seed_run(uint64_t seed) {
    struct arena *a = arena_new("seed", 0);
    struct machine m = {.seed = seed};
    struct str want = undisturbed(seed, a), got = {NULL, 0};
    bool lied = false;
    uint32_t crashes = disturbed(seed, a, &got, &lied);
    if (want.size_bytes == 0) die(&m, "nothing to compare", "the undisturbed run wrote nothing");
    /* A checkpoint that the disk only claimed to have may be lost after its commit: then an older one is used, and output repeats. */
    if (lied ? !contains(got, want) : !str_equal(want, got)) {
        fprintf(stderr, "expected:\n%.*s\nactual:\n%.*s\n", STR_ARG(want), STR_ARG(got));
        die(&m, "the committed output differs", "see above");
    }
    arena_free(a);
    return crashes;
}

int main(int argc, char **argv) {
    uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000, count = argc > 2 ? strtoull(argv[2], NULL, 10) : argc > 1 ? 1 : 200;
    uint64_t crashes = 0;
    if (argc < 2)
        for (size_t i = 0; i < sizeof kept_seeds / sizeof *kept_seeds; i++) crashes += seed_run(kept_seeds[i]);
    for (uint64_t seed = first; seed < first + count; seed++) crashes += seed_run(seed);
    printf("%" PRIu64 " seeds, %" PRIu64 " power failures: all equal\n", count, crashes);
    return 0;
}
