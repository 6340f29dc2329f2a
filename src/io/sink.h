/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_IO_SINK_H
#define WEIR_IO_SINK_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "env/env.h"
#include "plan/node.h"
#include "vec/batch.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * sink: writers (one per subtask) and the committer (one per sink, on the JobManager).
 *
 * A writer of a sink that is visible per epoch keeps what it writes invisible; prepare makes it
 * durable and yields committables; once the checkpoint is published (or at the end of the job) the
 * committer makes them visible, idempotently: it may be asked to commit the same one again after a
 * restore. A writer that is visible at once (print, stdout, values) yields none.
 */

/*
 * A blocking call of a writer. Writers run in workers, which never block: what may (opening, writing and
 * syncing files) is handed to `jobs` of the context, whose jobs run on a helper thread, one at a time, in
 * the order they were added. An epoch is acknowledged when all jobs added up to the end of prepare and
 * snapshot have succeeded; a failure fails the attempt. The writer is freed when none is left.
 */
struct sink_job {
    struct sink_job *next;                                  /* of whoever holds it */
    enum status (*run)(struct sink_job *j, struct error *e);
    void (*free)(struct sink_job *j);                       /* always called, run or not */
    size_t size_bytes;                                      /* of memory it holds: bounds what may wait */
};
struct sink_jobs {
    enum status (*add)(struct sink_jobs *q, struct sink_job *j, struct error *e);
};
/* Takes j. A failure may be that of the job itself, where there are no helper threads (q NULL, among others). */
static inline enum status sink_job_add(struct sink_jobs *q, struct sink_job *j, struct error *e) {
    if (q != NULL) return q->add(q, j, e);
    enum status s = j->run(j, e);
    j->free(j);
    return s;
}

struct sink_context {
    struct env *env;
    struct arena *arena;
    const struct sink_params *sink;
    const struct type *const *types; uint32_t column_count;
    const struct str *names;
    const struct zone *zone;
    uint32_t subtask, parallelism;
    uint64_t attempt;
    struct env_file *out;            /* stdout of the program, for print and stdout */
    struct sink_jobs *jobs;          /* of this writer; NULL: blocking calls are made at once */
};

struct sink_writer;
struct writer_ops {
    enum status (*write)(struct sink_writer *w, const struct batch *b, struct error *e);
    /* Pushes out what is buffered (stdout, print) now: the pipeline is idle. */
    enum status (*flush)(struct sink_writer *w, struct error *e);
    /* At a barrier or the end: durable (once its jobs are done); calls add(context, committable) for each. last: the job ends. */
    enum status (*prepare)(struct sink_writer *w, bool last, enum status (*add)(void *context, struct str committable), void *context, struct error *e);
    /* The writer's own state for the checkpoint (e.g. length of the values file, part counter), after prepare. */
    enum status (*snapshot)(struct sink_writer *w, struct buf *out, struct error *e);
    /* On restore, before the first write: once per old writer state assigned to this subtask. */
    enum status (*restore)(struct sink_writer *w, struct str state, struct error *e);
    void (*free)(struct sink_writer *w); /* without prepare: drops what is not prepared */
};
struct sink_writer { const struct writer_ops *ops; uint64_t rows; };

struct committer_ops {
    /* On a helper thread where there are some; never two calls at a time. */
    enum status (*commit)(void *committer, struct str committable, struct error *e);
    /* A writer's state (writer_ops.snapshot) of the checkpoint that the job goes on from: before clean. NULL: not asked for. */
    enum status (*keep)(void *committer, struct str writer_state, struct error *e);
    /*
     * The job goes on from its own newest checkpoint and all of its committables are committed: remove what its
     * writers left in progress and none of the states that were kept knows.
     */
    enum status (*clean)(void *committer, struct error *e);
    void (*free)(void *committer);
};

#endif
