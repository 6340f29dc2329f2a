/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_RUNTIME_ACK_H
#define WEIR_RUNTIME_ACK_H

#include "runtime/mailbox.h"
#include "runtime/part.h"

/*
 * ack: a task's answer to an epoch, sent when all who hold it have let go: the barrier itself, the
 * helper that writes page files, and one fence per sink writer, behind its last sync. Any thread may
 * release. Who cannot do his part declines it (the epoch fails, the task goes on) or drops it (the
 * attempt has failed, nobody waits for an answer).
 */
struct task;
struct ack;
struct error;

/* Takes the part. kind: MESSAGE_ACK or MESSAGE_ENDED. NULL: no memory, the part is freed. */
struct ack *ack_new(struct task *t, enum message_kind kind, struct task_part *part);
struct ack *ack_hold(struct ack *a);
void ack_decline(struct ack *a, const struct error *why);
void ack_drop(struct ack *a);
void ack_release(struct ack *a);

#endif
