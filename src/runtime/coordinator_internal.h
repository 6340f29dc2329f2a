/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_RUNTIME_COORDINATOR_INTERNAL_H
#define WEIR_RUNTIME_COORDINATOR_INTERNAL_H

#include "runtime/coordinator.h"
#include "runtime/job.h"
#include "runtime/source_hub.h"
#include "runtime/store.h"

/* Shared by the files of the coordinator: gathering (coordinator.c), publishing and committing
 * (coordinator_publish.c), configuration and what a job starts from (coordinator_begin.c). */
enum epoch_phase { EPOCH_NONE, EPOCH_GATHERING, EPOCH_WRITING, EPOCH_COMMITTING };

/* One sink's committer. */
struct committer {
    struct str uid;
    void *committer;
    const struct committer_ops *ops;
    struct arena *arena;
};

/* A checkpoint on its way to the disk, then its output on its way to be seen; the helper thread reads it until `finished`. */
struct epoch_write {
    struct job *job;
    struct coordinator *coordinator;
    struct arena *arena;
    struct manifest manifest;
    struct str folder;
    uint64_t bytes;
    struct error error;
    atomic_bool finished;
};

struct coordinator {
    struct job *job;
    struct attempt *at;
    uint32_t task_count;
    /* configuration */
    bool keeps;                  /* checkpoints are taken */
    struct str dir;              /* of this job's checkpoints; at == NULL: in memory */
    struct str savepoint_dir;
    int64_t interval_ms, timeout_ms, pause_ms, tolerable, retained;
    bool ignore_unclaimed;
    /* the epoch under way */
    enum epoch_phase phase;
    uint64_t epoch;
    uint32_t flags, remaining;
    int64_t started_ns, next_ns;
    struct task_part *hub;
    struct task_part *carry;     /* committables of epochs that failed: they go with the next one */
    struct task_part **parts, **ended; /* per task */
    bool *owed;                  /* per task: its part is awaited */
    bool *owed_late;             /* per task: the epoch holds its part, not its end */
    struct epoch_write write;
    /* history */
    uint64_t completed;
    struct list kept;            /* struct kept_epoch: published epochs in dir, oldest first */
    struct str pages_dir;
    int64_t failures;
    bool last, suspended, settled;
    bool finished;               /* the newest published checkpoint is that of the job's end */
    struct committer *committers; uint32_t committer_count;
    struct restore *restore;     /* the newest completed checkpoint, or what the job was started from */
    bool restore_named;          /* the user named it: other jobs may go on from it, too */
    bool begun;
};

/* A published checkpoint and the page files it refers to. */
struct kept_epoch {
    uint64_t epoch;
    struct arena *arena;
    struct list files;           /* struct str */
};
/* Published checkpoints that lie in dir already; unreferenced page files go. */
enum status retention_begin(struct coordinator *c, struct error *e);
/* One more; the oldest ones beyond the number to be retained go. */
void retention_add(struct coordinator *c, uint64_t epoch, const struct list *parts);
void retention_free(struct coordinator *c);
/* The job has finished: only its last checkpoint stays, which needs no page file. */
void retention_end(struct coordinator *c);

/* Every task has contributed. */
enum status coordinator_gathered(struct coordinator *c, struct error *e);
/* Goes on when the helper thread has written the checkpoint. */
enum status coordinator_poll(struct coordinator *c, struct error *e);
/* The checkpoint to start from is now r (taken over). */
void coordinator_replace(struct coordinator *c, struct restore *r);
/* The epoch under way failed; what sinks have prepared is carried over to the next. */
enum status coordinator_give_up(struct coordinator *c, const struct error *why, struct error *e);
/* A checkpoint failed: counts it; an error when it was one too many. */
enum status coordinator_declined(struct coordinator *c, const struct error *why, bool terminal, struct error *e);
/* Commits the committables of a list of parts. */
enum status coordinator_commit(struct coordinator *c, const struct list *parts, struct error *e);

#endif
