/* SPDX-License-Identifier: Apache-2.0 */
/* ack: counts who holds a task's answer, and sends it when the last one lets go. It keeps the attempt alive meanwhile. */
#include "runtime/ack.h"

#include "base/alloc.h"
#include "runtime/attempt.h"

#include <assert.h>

struct ack {
    struct attempt *at;
    enum message_kind kind;
    uint32_t task, flags;
    uint64_t epoch;
    struct task_part *part;
    struct error why; /* it was declined */
    atomic_bool declined, dropped;
    _Atomic uint32_t holders;
};

struct ack *ack_new(struct task *t, enum message_kind kind, struct task_part *part) {
    assert(kind == MESSAGE_ACK || kind == MESSAGE_ENDED);
    struct ack *a = mem_calloc(1, sizeof *a);
    if (a == NULL) {
        task_part_free(part);
        return NULL;
    }
    a->at = t->attempt;
    a->kind = kind;
    a->task = t->index;
    /* An end tells which epoch the task has taken part in: that part comes, or came, by itself. */
    a->epoch = kind == MESSAGE_ENDED && t->aligning ? 0 : t->epoch;
    a->flags = t->epoch_flags;
    a->part = part;
    atomic_init(&a->holders, 1);
    atomic_fetch_add(&a->at->writes, 1);
    return a;
}

struct ack *ack_hold(struct ack *a) {
    uint32_t before = atomic_fetch_add(&a->holders, 1);
    assert(before > 0);
    (void)before;
    return a;
}

void ack_decline(struct ack *a, const struct error *why) {
    assert(why->status != STATUS_OK && a->kind == MESSAGE_ACK);
    if (!atomic_exchange(&a->declined, true)) a->why = *why; /* before the release, which the sender sees */
}

void ack_drop(struct ack *a) { atomic_store(&a->dropped, true); }

static void ack_send(struct ack *a) {
    bool declined = atomic_load(&a->declined);
    struct str why = declined ? (struct str){(const char *)&a->why, sizeof a->why} : STR("");
    struct message *msg = message_new(declined ? MESSAGE_DECLINED : a->kind, a->at->number, a->task, why);
    if (msg == NULL) {
        task_part_free(a->part);
    } else {
        msg->epoch = a->epoch;
        msg->flags = a->flags;
        msg->payload = a->part;
        msg->payload_free = task_part_free;
    }
    attempt_tell(a->at, msg);
}

void ack_release(struct ack *a) {
    uint32_t before = atomic_fetch_sub(&a->holders, 1);
    assert(before > 0);
    if (before > 1) return;
    struct attempt *at = a->at;
    if (atomic_load(&a->dropped)) task_part_free(a->part);
    else ack_send(a);
    mem_free(a);
    /* From here on the attempt may be freed; the job, whose mailbox the message went to, lives longer. */
    atomic_fetch_sub(&at->writes, 1);
}
