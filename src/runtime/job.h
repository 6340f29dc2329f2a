/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_RUNTIME_JOB_H
#define WEIR_RUNTIME_JOB_H

#include "runtime/attempt.h"
#include "runtime/coordinator.h"
#include "runtime/restart.h"
#include "runtime/source_slot.h"

/*
 * job: the JobManager's own data. One thread drives it (the caller of job_run or job_step); other
 * threads reach it by its mailbox and by the two stop flags.
 */
struct job {
    const struct plan *plan;
    struct job_config config;
    struct env *env;
    struct arena *arena;
    struct mailbox mailbox;
    struct env_pool *pool;             /* checkpoint writers; NULL: written at once */
    struct attempt *attempt;           /* NULL between attempts */
    struct coordinator *coordinator;   /* NULL: nothing is ever snapshotted */
    struct restart restart;
    atomic_flag lock;                  /* of attempt and totals, for readers on other threads; held for a moment */
    struct job_metrics totals;         /* of ended attempts */
    uint64_t *node_totals;             /* per node: rows in, out, late, bad */
    struct list bad_classes;           /* struct job_bad_class */
    struct list notes;                 /* struct str */
    void (*note)(void *context, struct str text);
    void *note_context;
    atomic_int state;                  /* enum job_state */
    atomic_bool stop_drain, stop_suspend, cancel;
    atomic_bool failure_no_memory;
    uint32_t max_parallelism;
    bool threaded;
    bool stopping;                     /* the stop has been carried out */
    bool stop_waits;                   /* it waits for the epoch under way: no other may begin */
    bool ended_early;                  /* enough result rows, or nobody reads them */
    uint32_t attempts;
    uint32_t sources_done;             /* available-now */
    int64_t result_rows;
    int64_t restart_at_ns;             /* monotonic, between attempts */
    bool batch_read;                   /* checkpoint_every_batch: the checkpoint is for a restart */
    uint64_t batch_epoch;              /* the same: its checkpoint is under way */
    uint64_t random;                   /* of the seed */
    struct error over_budget;          /* why the job stops itself */
    struct error failure;              /* the first one of this attempt */
    struct str savepoint;
};

void job_lock(struct job *job);
void job_unlock(struct job *job);
/* Result rows to the client, on the job's thread. */
enum status job_result(struct job *job, const struct batch *b, struct error *e);
enum status job_result_flush(struct job *job, struct error *e);
/* The next number of the schedule's seed. */
uint64_t job_random(struct job *job);
void job_say(struct job *job, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- attempt.c ---- */
enum status attempt_new(struct job *job, const struct restore *restore, struct attempt **ret, struct error *e);
/* Stops the workers and frees everything; adds the counters to the job's. */
void attempt_free(struct attempt *at);
void attempt_send_all(struct attempt *at, enum message_kind kind, uint64_t epoch, uint32_t flags, bool sources_only);
/* The client's rows that have arrived; true: there were some. */
bool attempt_results(struct attempt *at, struct error *e);
void attempt_metrics(const struct attempt *at, struct job_metrics *m);
/* Of all states; *ret_most: the operator that has most, NULL when none has any. */
uint64_t attempt_state_bytes(const struct attempt *at, struct opnode **ret_most);
bool attempt_done(const struct attempt *at);

#endif
