/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_RUNTIME_ATTEMPT_H
#define WEIR_RUNTIME_ATTEMPT_H

#include "runtime/exec.h"

/*
 * attempt: one deployment of a job: its graph, its workers, and the JobManager's side of its sources.
 * Everything in it is freed when it ends, however it ends.
 */
struct coordinator;
struct source_hub;
struct result_hub;

struct attempt {
    struct job *job;
    const struct plan *plan;
    const struct job_config *config;
    struct env *env;
    struct arena *arena;
    uint32_t number;
    uint32_t batch_rows, max_parallelism;
    bool threaded;                 /* workers run on threads of their own */
    struct task **tasks;
    uint32_t task_count;
    struct opnode ***nodes;        /* by node id, then subtask */
    struct channel **channels;
    uint32_t channel_count, channel_capacity;
    struct worker *workers;
    uint32_t worker_count;
    struct mailbox *manager;       /* the JobManager's */
    struct source_hub *hubs;       /* one per source node */
    uint32_t hub_count;
    struct channel **results;      /* one per subtask of the SELECT's sink, when threaded */
    uint32_t result_count;
    const struct restore *restore; /* what to start from; NULL: fresh */
    uint32_t ended_count;          /* tasks */
    bool hold_splits;              /* an epoch is being gathered: hand out none */
    struct str pages_dir;          /* page files; at == NULL: states are stored in logical form */
    _Atomic uint32_t writes;       /* page files being written: they need the tasks */
    atomic_bool cancel;            /* tasks stop at their next step */
};

/* Sends a message to the JobManager; out of memory is answered by cancelling (a flag, not a message). */
void attempt_tell(struct attempt *at, struct message *msg);
/* A task has failed. */
void attempt_fail(struct attempt *at, uint32_t task, const struct error *e);

/* A channel for a SELECT's rows from a task to the JobManager's thread. */
enum status attempt_result_channel(struct attempt *at, struct task *t, const struct type *const *types, uint32_t count, struct channel **ret, struct error *e);

/* ---- source_hub.c: enumerators on the JobManager ---- */
enum status hubs_open(struct attempt *at, struct error *e);
void hubs_close(struct attempt *at);
/* Looks for new splits where it is time. */
enum status hubs_step(struct attempt *at, bool *ret_progress, struct error *e);
enum status hubs_split_wanted(struct attempt *at, const struct message *msg, struct error *e);
int64_t hubs_wake_ns(const struct attempt *at);

#endif
