/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_RUNTIME_MAILBOX_H
#define WEIR_RUNTIME_MAILBOX_H

#include "base/error.h"
#include "base/str.h"
#include "env/env.h"

#include <stdatomic.h>
#include <stdint.h>

/*
 * mailbox: typed flat messages from any thread to one owner, in order per sender. A message is one
 * allocation with its bytes behind it; the receiver frees it. Every message carries the attempt that
 * it belongs to, and older ones are dropped.
 */
enum message_kind {
    MESSAGE_SPLIT,        /* JobManager -> worker: a split (bytes) for a source */
    MESSAGE_NO_SPLITS,    /* JobManager -> worker: the source gets no more */
    MESSAGE_BARRIER,      /* JobManager -> worker: epoch begins; flags say which kind */
    MESSAGE_DRAIN,        /* JobManager -> worker: the source ends as if its input had */
    MESSAGE_WAKE,         /* anybody -> anybody: look around */
    MESSAGE_SPLIT_WANTED, /* worker -> JobManager: the source's reader has none left */
    MESSAGE_SOURCE_DONE,  /* worker -> JobManager: available-now: all that was there is read */
    MESSAGE_ACK,          /* worker or helper -> JobManager: a task's part of an epoch; payload struct task_part */
    MESSAGE_ENDED,        /* worker -> JobManager: a task has ended; payload its last struct task_part */
    MESSAGE_FAILED,       /* worker or helper -> JobManager: bytes are a struct error */
    MESSAGE_DECLINED,     /* worker or helper -> JobManager: a task's state could not be stored; payload what its sinks prepared, bytes a struct error */
    MESSAGE_BATCH_READ,   /* worker -> JobManager: a source handed out rows (checkpoint after every batch) */
};

enum barrier_flags {
    BARRIER_SAVEPOINT = 1, /* state in logical form */
    BARRIER_TERMINAL = 2,  /* the tasks end behind it, without finishing */
};

struct message {
    struct message *next;
    enum message_kind kind;
    uint32_t attempt;
    uint32_t task;    /* index in the execution graph */
    uint32_t source;  /* index of the source in its task */
    uint32_t flags;
    uint64_t epoch;
    void *payload;    /* the receiver's */
    void (*payload_free)(void *payload);
    size_t size_bytes;
    char bytes[];
};

struct mailbox {
    struct env *env;
    struct env_wait *wait;           /* the owner sleeps on it */
    bool shared;                     /* wait is somebody else's */
    _Atomic(struct message *) head;  /* newest first */
};

/* wait NULL: one of its own; else the owner sleeps on that one. */
enum status mailbox_init(struct mailbox *m, struct env *env, struct env_wait *wait, struct error *e);
void mailbox_deinit(struct mailbox *m);
/* NULL when out of memory. */
struct message *message_new(enum message_kind kind, uint32_t attempt, uint32_t task, struct str bytes);
void message_free(struct message *msg);
/* Takes the message and wakes the owner. */
void mailbox_send(struct mailbox *m, struct message *msg);
/* All messages there are, oldest first; NULL when none. */
struct message *mailbox_take(struct mailbox *m);

#endif
