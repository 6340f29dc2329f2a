/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_RUNTIME_COORDINATOR_H
#define WEIR_RUNTIME_COORDINATOR_H

#include "runtime/attempt.h"
#include "runtime/part.h"

/*
 * coordinator: epochs of one job. It starts them (barriers), gathers what the tasks contribute,
 * publishes it as one manifest, and only then lets sinks commit. Without a checkpoint directory
 * only the last epoch of a job is taken: nothing is published, the sinks commit.
 */
struct job;
struct coordinator;
struct restore;

enum status coordinator_new(struct job *job, struct coordinator **ret, struct error *e);
void coordinator_free(struct coordinator *c);
/* Are checkpoints taken (and kept) at all? */
bool coordinator_keeps(const struct coordinator *c);

/* A new attempt begins: what it starts from; commits what that had prepared. NULL: from nothing. */
enum status coordinator_begin(struct coordinator *c, struct error *e);
const struct restore *coordinator_restore(const struct coordinator *c);
/* The attempt is there and runs. */
enum status coordinator_attach(struct coordinator *c, struct attempt *at, struct error *e);
/* The attempt is gone: what was under way is dropped. */
void coordinator_detach(struct coordinator *c);

/* Where checkpoints keep page files; at == NULL: nowhere. */
struct str coordinator_pages_dir(const struct coordinator *c);
/* Starts an epoch; false when one is under way. flags: enum barrier_flags. */
enum status coordinator_trigger(struct coordinator *c, uint32_t flags, bool *ret_started, struct error *e);
bool coordinator_busy(const struct coordinator *c);
/* MESSAGE_ACK, MESSAGE_ENDED, MESSAGE_DECLINED. Takes the payload. */
enum status coordinator_message(struct coordinator *c, struct message *msg, struct error *e);
/* Periodic checkpoints and timeouts. */
enum status coordinator_step(struct coordinator *c, bool *ret_progress, struct error *e);
int64_t coordinator_wake_ns(const struct coordinator *c);
/* The newest completed epoch; 0: none in this process. */
uint64_t coordinator_completed(const struct coordinator *c);
/* All tasks have ended and everything is committed. */
bool coordinator_settled(const struct coordinator *c);
/* The job is over: removes checkpoints that are not to be kept. */
enum status coordinator_end(struct coordinator *c, enum job_state how, struct error *e);

#endif
