/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mailbox: a lock-free stack that the owner takes as a whole and turns round. Senders pay one
 * compare-and-swap and one wake; taking an empty box costs one load.
 */
#include "runtime/mailbox.h"

#include "base/alloc.h"

#include <assert.h>

enum status mailbox_init(struct mailbox *m, struct env *env, struct env_wait *wait, struct error *e) {
    m->env = env;
    atomic_init(&m->head, NULL);
    m->shared = wait != NULL;
    m->wait = wait != NULL ? wait : env_wait_new(env);
    return m->wait == NULL ? error_no_memory(e, sizeof *m) : STATUS_OK;
}

void mailbox_deinit(struct mailbox *m) {
    assert(m != NULL);
    if (m->env == NULL) return;
    for (struct message *msg = mailbox_take(m); msg != NULL;) {
        struct message *next = msg->next;
        message_free(msg);
        msg = next;
    }
    if (!m->shared) env_wait_free(m->env, m->wait);
    m->env = NULL;
}

struct message *message_new(enum message_kind kind, uint32_t attempt, uint32_t task, struct str bytes) {
    assert(bytes.at != NULL || bytes.size_bytes == 0);
    struct message *msg = mem_calloc(1, sizeof *msg + bytes.size_bytes);
    if (msg == NULL) return NULL;
    msg->kind = kind;
    msg->attempt = attempt;
    msg->task = task;
    msg->size_bytes = bytes.size_bytes;
    if (bytes.size_bytes > 0) memcpy(msg->bytes, bytes.at, bytes.size_bytes);
    return msg;
}

void message_free(struct message *msg) {
    if (msg == NULL) return;
    if (msg->payload != NULL) msg->payload_free(msg->payload);
    mem_free(msg);
}

void mailbox_send(struct mailbox *m, struct message *msg) {
    assert(msg != NULL && msg->next == NULL);
    assert(msg != NULL);
    struct message *head = atomic_load_explicit(&m->head, memory_order_relaxed);
    do msg->next = head;
    while (!atomic_compare_exchange_weak_explicit(&m->head, &head, msg, memory_order_release, memory_order_relaxed));
    env_wait_wake(m->env, m->wait);
}

struct message *mailbox_take(struct mailbox *m) {
    if (atomic_load_explicit(&m->head, memory_order_relaxed) == NULL) return NULL;
    struct message *msg = atomic_exchange_explicit(&m->head, NULL, memory_order_acquire);
    struct message *oldest_first = NULL;
    while (msg != NULL) {
        struct message *next = msg->next;
        msg->next = oldest_first;
        oldest_first = msg;
        msg = next;
    }
    return oldest_first;
}
