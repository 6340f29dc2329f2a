/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_RUNTIME_RESTORE_H
#define WEIR_RUNTIME_RESTORE_H

#include "runtime/exec.h"
#include "runtime/part.h"

/*
 * restore: what a job starts from: the parts of one checkpoint or savepoint, found by operator uid.
 * Read-only while tasks open.
 */
struct restore;

/* Makes the node's state when there is one for it; *ret_restored tells whether the checkpoint knows the operator. */
enum status restore_state(const struct restore *r, struct opnode *n, const struct state_config *config, bool *ret_restored, struct error *e);
/* Had this subtask of the operator ended (at the same parallelism)? */
bool restore_finished(const struct restore *r, const struct opnode *n);
/* The parts of one kind of an operator, in order of subtask: calls each(context, part). */
enum status restore_each(const struct restore *r, struct str uid, enum part_kind kind,
                         enum status (*each)(void *context, const struct part *p, struct error *e), void *context, struct error *e);
bool restore_knows(const struct restore *r, struct str uid);

#endif
