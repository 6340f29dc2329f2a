/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run_job: a planned job from start to end for the command line: configuration from the arguments,
 * result printing, the progress line, --for, and what to say when it is over (late rows, bad
 * records, where the savepoint lies).
 */
#include "cli/run_job.h"

#include "catalog/option.h"
#include "catalog/session_job.h"
#include "cli/progress.h"
#include "cli/result.h"
#include "cli/talk.h"
#include "cli/view.h"

#include <inttypes.h>

void job_control_stop(struct job_control *c) {
    int before = atomic_fetch_add(&c->stops, 1);
    struct job *job = atomic_load(&c->job);
    if (job == NULL) return;
    if (before == 0) {
        job_stop(job, JOB_SUSPEND);
    } else {
        job_cancel(job);
    }
}

void job_control_reset(struct job_control *c) {
    atomic_store(&c->stops, 0);
    c->stopped = false;
}

static enum status parse_trigger(const struct args *args, struct job_config *c, struct error *e) {
    struct str t = args->trigger;
    if (t.at == NULL || str_equal(t, STR("continuous"))) return STATUS_OK;
    if (str_equal(t, STR("available-now"))) {
        c->trigger = JOB_AVAILABLE_NOW;
        return STATUS_OK;
    }
    const char prefix[] = "interval=";
    size_t n = sizeof prefix - 1;
    if (t.size_bytes > n && memcmp(t.at, prefix, n) == 0 &&
        duration_parse((struct str){t.at + n, t.size_bytes - n}, &c->trigger_interval_ms)) {
        c->trigger = JOB_INTERVAL;
        return STATUS_OK;
    }
    return error_set(e, STATUS_INVALID, "Unknown trigger '%.*s': continuous, interval=TIME or available-now", STR_ARG(t));
}

static enum status configure(const struct args *args, struct env *env, struct result_sink sink, struct job_config *c, struct error *e) {
    *c = (struct job_config)JOB_CONFIG_INIT(env);
    c->result = sink;
    c->max_rows = args->max_rows;
    c->batch_rows = args->batch_rows;
    c->resume_latest = args->resume;
    c->restore_path = args->from_savepoint;
    c->savepoint_dir = args->savepoint;
    c->savepoint_on_stop = args->savepoint.at != NULL;
    return parse_trigger(args, c, e);
}

static void tell(void *env, struct str text) { talk_text(env, "%.*s\n", STR_ARG(text)); }

static void report(struct env *env, const struct args *args, const struct job *job) {
    struct job_metrics m;
    if (args->quiet) return;
    job_metrics_read(job, &m);
    if (m.late_rows > 0) talk_text(env, "%" PRIu64 " late rows were dropped\n", m.late_rows);
    if (m.bad_rows > 0) talk_text(env, "%" PRIu64 " bad records were skipped\n", m.bad_rows);
    struct str savepoint = job_savepoint(job);
    if (savepoint.at != NULL) talk_text(env, "Savepoint: %.*s\n", STR_ARG(savepoint));
}

/* What an INSERT answers to a person. */
static void say_written(struct env *env, const struct job *job) {
    struct job_metrics m;
    job_metrics_read(job, &m);
    talk_text(env, "%" PRIu64 " row%s written%s\n", m.rows_out, m.rows_out == 1 ? "" : "s", job_state(job) == JOB_FINISHED ? "" : ", stopped");
}

/* Does the job write nothing to stdout? */
static bool is_silent(const struct plan *plan) {
    for (uint32_t i = 0; i < plan->sinks.count; i++) {
        const struct sink_params *p = &((const struct node *)plan->sinks.at[i])->as.sink;
        if (p->options == NULL || strcmp(p->options->connector->name, "print") == 0 || strcmp(p->options->connector->name, "stdout") == 0) return false;
    }
    return true;
}

/* As Flink names it: by pipeline.name, else by what it writes. */
static struct str job_name(const struct plan *plan) {
    struct option_value given = session_get(plan->session, "pipeline.name");
    struct buf out = BUF_INIT;
    if (given.given) return given.text;
    buf_text(&out, plan->result != NULL ? "collect" : "insert-into");
    for (uint32_t i = 0; plan->result == NULL && i < plan->sinks.count; i++) {
        const struct table *t = ((const struct node *)plan->sinks.at[i])->as.sink.table;
        buf_format(&out, "%c%.*s.%.*s.%.*s", i == 0 ? '_' : ',', STR_ARG(t->catalog), STR_ARG(t->database), STR_ARG(t->name));
    }
    struct str name = out.failed ? STR("job") : arena_str(plan->arena, buf_view(&out));
    buf_deinit(&out);
    return name.at == NULL ? STR("job") : name;
}

static const char *state_name(const struct job *job, enum status s) {
    if (s != STATUS_OK) return "FAILED";
    switch (job_state(job)) {
    case JOB_SUSPENDED: return "SUSPENDED";
    case JOB_CANCELLED: return "CANCELED";
    default: return "FINISHED";
    }
}

static enum status run_to_end(struct env *env, const struct args *args, const struct plan *plan, struct job *job, struct job_control *control, struct error *e) {
    struct progress *progress = NULL;
    struct session_job *entry = NULL;
    if (session_job_begin(plan->session, env, job_name(plan), &entry) != STATUS_OK) return error_no_memory(e, 0);
    atomic_store(&control->job, job);
    if (atomic_load(&control->stops) > 0) job_stop(job, JOB_SUSPEND);
    if (!args->quiet) job_on_note(job, tell, env);
    enum status s = progress_start(env, args, job, is_silent(plan), &progress, e);
    if (s == STATUS_OK) s = job_run(job, e);
    progress_end(progress);
    atomic_store(&control->job, NULL);
    entry->status = state_name(job, s);
    control->stopped = job_state(job) == JOB_SUSPENDED || job_state(job) == JOB_CANCELLED;
    return s;
}

/* A SELECT before a person. */
static enum status run_viewed(struct arena *a, struct env *env, const struct args *args, const struct plan *plan,
                              struct job_control *control, struct view *view, bool *ret_kept, struct error *e) {
    struct job *job = NULL;
    struct job_config config;
    struct result_sink sink = {0};
    struct error unseen = ERROR_INIT;
    *ret_kept = true;
    TRY(view_begin(view, a, plan, args->schema, &sink, e));
    enum status s = configure(args, env, sink, &config, e);
    if (s == STATUS_OK) s = job_new(plan, &config, &job, e);
    if (s == STATUS_OK) {
        view_watch(view, job);
        s = run_to_end(env, args, plan, job, control, e);
    }
    bool failed = s != STATUS_OK;
    enum status shown = view_end(view, atomic_load(&control->stops) > 0, failed, failed ? &unseen : e);
    if (s == STATUS_OK) s = shown;
    if (s == STATUS_OK) report(env, args, job);
    job_free(job);
    return s;
}

enum status run_job(struct arena *a, struct env *env, const struct args *args, const struct plan *plan,
                    struct job_control *control, struct view *view, bool talks, bool *ret_kept, struct error *e) {
    struct result *result = NULL;
    struct job *job = NULL;
    struct job_config config;
    struct result_sink sink = {0};
    if (plan->result != NULL && view != NULL) return run_viewed(a, env, args, plan, control, view, ret_kept, e);
    if (plan->result != NULL) {
        TRY(result_new(a, env, env_stdout(env), plan, args->format, args->schema, &result, e));
        sink = result_sink(result);
    }
    enum status s = configure(args, env, sink, &config, e);
    if (s == STATUS_OK) s = job_new(plan, &config, &job, e);
    if (s == STATUS_OK) s = run_to_end(env, args, plan, job, control, e);
    if (s == STATUS_OK && result != NULL) s = result_finish(result, e);
    if (s == STATUS_OK && talks) say_written(env, job);
    if (s == STATUS_OK) report(env, args, job);
    job_free(job);
    result_free(result);
    return s;
}
