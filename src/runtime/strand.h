/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_RUNTIME_STRAND_H
#define WEIR_RUNTIME_STRAND_H

#include "io/sink.h"

#include <stdatomic.h>

/*
 * strand: the blocking calls of one sink writer, on the job's helper threads, one at a time and in the
 * order in which the worker added them. The first failure is final: it fails the attempt, and nothing
 * behind it is run, so that no epoch is acknowledged whose bytes are not durable. Without helper
 * threads a job runs at once and its failure is that of the call.
 */
struct attempt;
struct task;

struct strand {
    struct sink_jobs jobs; /* first: what the writer sees */
    struct attempt *at;    /* NULL: jobs run at once */
    struct task *task;
    _Atomic(struct sink_job *) added; /* newest first */
    _Atomic int64_t pending;          /* jobs added and not done; who raises it from 0 starts the helper */
    _Atomic int64_t bytes;            /* of these */
    atomic_bool failed;
    atomic_bool waited_for; /* the worker wants to hear of room */
};

enum { STRAND_BYTES_MAX = 4 << 20, STRAND_JOBS_MAX = 256 };

void strand_init(struct strand *s, struct attempt *at, struct task *t);
/* May the worker go on writing? If not, it is woken when it may. */
bool strand_has_room(struct strand *s);
/* All jobs are done, or none is run any more because one has failed. */
bool strand_is_idle(const struct strand *s);
bool strand_has_failed(const struct strand *s);

#endif
