/* SPDX-License-Identifier: Apache-2.0 */
/*
 * progress: one thread that wakes twice a second while a terminal is watching, and once when --for
 * is over. It reads the job's metrics snapshot and nothing else.
 */
#include "cli/progress.h"

#include "base/alloc.h"
#include "cli/talk.h"
#include "type/timestamp.h"

#include <inttypes.h>
#include <stdatomic.h>

enum { TICK_MS = 500, FIRST_MS = 1000 };

struct progress {
    struct env *env;
    struct job *job;
    struct env_thread *thread;
    struct env_wait *wait;
    _Atomic bool done;
    bool line, shown;
    int64_t started_ns, end_ns; /* end_ns: of --for; -1 none */
    uint64_t last_rows;
    int64_t last_ns;
};

static void print_line(struct progress *p) {
    struct job_metrics m;
    job_metrics_read(p->job, &m);
    int64_t now = env_monotonic_ns(p->env);
    double seconds = (double)(now - p->last_ns) / 1e9;
    double rate = seconds > 0 ? (double)(m.rows_in - p->last_rows) / seconds : 0;
    struct buf b = BUF_INIT;
    buf_format(&b, "\r\033[K%" PRIu64 " rows, %.0f rows/s", m.rows_in, rate);
    if (m.bytes_total > 0 && m.bytes_done <= m.bytes_total) {
        double part = (double)m.bytes_done / (double)m.bytes_total;
        double spent = (double)(now - p->started_ns) / 1e9;
        buf_format(&b, ", %.0f %%", part * 100);
        if (part > 0.01) buf_format(&b, ", %.0f s left", spent / part - spent);
    }
    if (m.watermark_ms > WATERMARK_MIN && m.watermark_ms < WATERMARK_MAX) {
        buf_text(&b, ", watermark ");
        ts_print(&b, ts_from_millis(m.watermark_ms), 3);
    }
    buf_char(&b, '\0');
    if (!b.failed) talk_text(p->env, "%s", b.at);
    buf_deinit(&b);
    p->shown = true;
    p->last_rows = m.rows_in;
    p->last_ns = now;
}

static int64_t next_wait_ns(const struct progress *p, int64_t now) {
    int64_t tick = p->line ? (int64_t)TICK_MS * 1000000 : INT64_MAX;
    int64_t left = p->end_ns < 0 ? INT64_MAX : p->end_ns - now;
    int64_t wait = tick < left ? tick : left;
    return wait == INT64_MAX ? -1 : wait < 0 ? 0 : wait;
}

static void progress_loop(void *argument) {
    struct progress *p = argument;
    while (!atomic_load(&p->done)) {
        int64_t now = env_monotonic_ns(p->env);
        if (p->end_ns >= 0 && now >= p->end_ns) {
            p->end_ns = -1;
            job_stop(p->job, JOB_SUSPEND);
        }
        if (p->line && now - p->started_ns > (int64_t)FIRST_MS * 1000000) print_line(p);
        env_wait_sleep(p->env, p->wait, next_wait_ns(p, now));
    }
}

enum status progress_start(struct env *env, const struct args *args, struct job *job, bool silent, struct progress **ret, struct error *e) {
    bool line = !args->quiet && env_isatty(env, env_stderr(env)) && (silent || !env_isatty(env, env_stdout(env)));
    *ret = NULL;
    if (!line && args->run_for_ms < 0) return STATUS_OK;
    struct progress *p = mem_calloc(1, sizeof *p);
    if (p == NULL) return error_no_memory(e, sizeof *p);
    p->env = env;
    p->job = job;
    p->line = line;
    p->started_ns = p->last_ns = env_monotonic_ns(env);
    p->end_ns = args->run_for_ms < 0 ? -1 : p->started_ns + args->run_for_ms * 1000000;
    p->wait = env_wait_new(env);
    enum status s = p->wait == NULL ? error_no_memory(e, sizeof *p) : STATUS_OK;
    if (s == STATUS_OK) s = env_thread_start(env, "progress", progress_loop, p, &p->thread, e);
    if (s != STATUS_OK) {
        progress_end(p);
        return s;
    }
    *ret = p;
    return STATUS_OK;
}

void progress_end(struct progress *p) {
    if (p == NULL) return;
    atomic_store(&p->done, true);
    if (p->thread != NULL) {
        env_wait_wake(p->env, p->wait);
        env_thread_join(p->env, p->thread);
    }
    if (p->shown) talk_text(p->env, "\r\033[K");
    env_wait_free(p->env, p->wait);
    mem_free(p);
}
