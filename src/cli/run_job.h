/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CLI_RUN_JOB_H
#define WEIR_CLI_RUN_JOB_H

#include "cli/args.h"
#include "env/env.h"
#include "plan/plan.h"
#include "runtime/runtime.h"

#include <stdatomic.h>

/* The running job as signals see it. Zero-initialised: no job. */
struct job_control {
    _Atomic(struct job *) job;
    _Atomic int stops;      /* how often an end was asked for */
    bool stopped;           /* the script goes no further */
    bool drain;             /* --for and a signal without checkpoints: what was read is finished */
};

/* From any thread: the first call suspends (final checkpoint), the second cancels. */
void job_control_stop(struct job_control *c);

/* The next statement starts anew. */
void job_control_reset(struct job_control *c);

struct view;

/*
 * Runs one planned job to its end: result printing, progress line, checkpoints by the session's keys. With a
 * view a SELECT's rows go there instead of being printed as --format says, and `a`, which has the plan, is the
 * view's from then on: *ret_kept says so. view and ret_kept may be NULL. talks: an
 * INSERT says how many rows it wrote.
 */
enum status run_job(struct arena *a, struct env *env, const struct args *args, const struct plan *plan,
                    struct job_control *control, struct view *view, bool talks, bool *ret_kept, struct error *e);

#endif
