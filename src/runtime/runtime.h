/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_RUNTIME_RUNTIME_H
#define WEIR_RUNTIME_RUNTIME_H

#include "base/error.h"
#include "env/env.h"
#include "plan/plan.h"
#include "vec/batch.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * runtime: runs a plan. A job lives from job_new to job_free; between them call either job_run
 * (which returns when the job has ended) or job_step again and again (one thread, deterministic:
 * what tests and the simulator do). The plan and everything in the config outlive the job.
 *
 * How a job ends: by itself when every source has ended (drain: final watermark, finish), by
 * job_stop (drain or suspend), by job_cancel (nothing is committed), or by an error that the restart
 * strategy does not cover.
 */
struct job;

/* Where a SELECT's rows go. Called on the thread that runs the job (job_run or job_step), never concurrently. */
struct result_sink {
    /* The batch is lent until the call returns; it has no marks. STATUS_CLOSED: nobody reads any more: the job ends well. */
    enum status (*batch)(void *context, const struct batch *b, struct error *e);
    /* Nothing more is there at the moment: show what is buffered. May be NULL. */
    enum status (*flush)(void *context, struct error *e);
    void *context;
};

enum job_trigger { JOB_CONTINUOUS, JOB_INTERVAL, JOB_AVAILABLE_NOW };

struct job_config {
    struct env *env;
    struct result_sink result;        /* batch may be NULL when the plan has no SELECT */
    struct env_file *out;             /* for print and stdout sinks; NULL: the program's stdout */
    enum job_trigger trigger;
    int64_t trigger_interval_ms;      /* JOB_INTERVAL */
    int64_t max_rows;                 /* result rows after which the job ends; -1: no limit */
    uint32_t workers;                 /* threads; 0: as many as cores and subtasks ask for */
    uint32_t batch_rows;              /* rows of a batch, 1..BATCH_ROWS_MAX; 0: BATCH_ROWS_MAX */
    uint64_t seed;                    /* job_step: order of the workers; 0: fixed order */
    uint64_t budget_bytes;            /* state of one operator's subtask at most; 0: no limit */

    /* Checkpoints. Unset values come from the session's execution.checkpointing.* keys. */
    struct str checkpoint_dir;        /* at == NULL: the session's key; none: no checkpoints */
    int64_t checkpoint_interval_ms;   /* -1: the session's key; 0: only when asked */
    struct str restore_path;          /* a checkpoint, savepoint, or directory of them; at == NULL: the session's key */
    bool resume_latest;               /* start from the newest good checkpoint below checkpoint_dir, if any */
    struct str savepoint_dir;         /* where a stop with savepoint puts it; at == NULL: the session's key */
    bool savepoint_on_stop;           /* available-now done or job_stop(JOB_SUSPEND): take a savepoint */
    bool checkpoint_every_batch;      /* tests: checkpoint and restore after every source batch */
};

#define JOB_CONFIG_INIT(environment) \
    {.env = (environment), .max_rows = -1, .checkpoint_interval_ms = -1}

enum job_stop { JOB_DRAIN, JOB_SUSPEND };

enum job_state {
    JOB_CREATED,
    JOB_RUNNING,
    JOB_FINISHED,   /* every source ended, or drained */
    JOB_SUSPENDED,  /* stopped; can be started again from its last checkpoint or savepoint */
    JOB_CANCELLED,
    JOB_FAILED,
};

enum status job_new(const struct plan *plan, const struct job_config *config, struct job **ret, struct error *e);
void job_free(struct job *job);

/* Runs to the end on worker threads (on this thread alone when one worker is enough). */
enum status job_run(struct job *job, struct error *e);
/*
 * The same in pieces: returns when the job is over or, between two rounds, when enough(context) says so; call
 * it again to go on. Meanwhile workers that are threads read ahead until their channels are full.
 */
enum status job_run_until(struct job *job, bool (*enough)(void *context), void *context, struct error *e);

enum job_progress {
    JOB_PROGRESS, /* something happened */
    JOB_IDLE,     /* nothing to do now: see job_wake_ms */
    JOB_DONE,     /* the job has ended: see job_state */
};
/* One round of every worker and of the JobManager on this thread. */
enum status job_step(struct job *job, enum job_progress *ret, struct error *e);
/* After JOB_IDLE: processing time (ms) of the next thing that is due, e.g. a timer; INT64_MAX: none. */
int64_t job_wake_ms(const struct job *job);

/* From any thread, also a signal's: asks for an end. */
void job_stop(struct job *job, enum job_stop how);
void job_cancel(struct job *job);

enum job_state job_state(const struct job *job);
/* Where the savepoint of a stop lies; at == NULL: none was taken. */
struct str job_savepoint(const struct job *job);

/* What the progress line shows; a consistent enough snapshot, from any thread. */
struct job_metrics {
    uint64_t rows_in, rows_out;       /* of sources, of sinks */
    uint64_t bytes_done, bytes_total; /* of sources; total 0: unknown */
    uint64_t late_rows, bad_rows;
    int64_t watermark_ms;             /* the smallest of the sinks' tasks; WATERMARK_MIN: none yet */
    uint64_t state_bytes;
    uint64_t checkpoints, failed_checkpoints, last_checkpoint_bytes;
    int64_t last_checkpoint_ms;       /* how long it took */
    uint32_t restarts;
};
void job_metrics_read(const struct job *job, struct job_metrics *ret);

/* Counters per operator, summed over its subtasks and attempts: only after the job has ended. */
struct job_op_metrics {
    const struct node *node;
    uint64_t rows_in, rows_out, late_rows, bad_rows;
};
enum status job_op_metrics_read(const struct job *job, struct arena *a, struct job_op_metrics **ret, uint32_t *ret_count);
/* Bad records per class of error ("malformed-json"), over all sources: only after the job has ended. */
struct job_bad_class { struct str code; uint64_t count; struct str first_message; };
enum status job_bad_classes(const struct job *job, struct arena *a, struct job_bad_class **ret, uint32_t *ret_count);
/* What the job wants to tell besides its result: restarts, a corrupt checkpoint skipped; one line each. */
enum status job_notes(const struct job *job, struct arena *a, struct str **ret, uint32_t *ret_count);

/* One thing to say at once, on the thread that runs the job; set before it starts. NULL: only job_notes. */
void job_on_note(struct job *job, void (*note)(void *context, struct str text), void *context);

#endif
