/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CLI_PROGRESS_H
#define WEIR_CLI_PROGRESS_H

#include "cli/args.h"
#include "env/env.h"
#include "runtime/runtime.h"

/*
 * progress: a line on stderr, when that is a terminal, that says how far a job is: rows, rows per
 * second, per cent, time left, watermark. It also ends the job after --for. A thread of its own
 * that exists only when one of the two is wanted.
 */
struct progress;

/* silent: the job writes nothing to stdout, so that the line may stand on the same terminal. */
enum status progress_start(struct env *env, const struct args *args, struct job *job, bool silent, struct progress **ret, struct error *e);
/* Takes the line away. progress may be NULL. */
void progress_end(struct progress *p);

#endif
