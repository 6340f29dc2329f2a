/* SPDX-License-Identifier: Apache-2.0 */
/*
 * single_split: the enumerator of sources that are one piece: a pipe, a file of changes, an Arrow
 * stream. It hands out one split, "0", once; what has come of it is the reader's position.
 */
#include "connector/connectors.h"

struct single_split {
    struct split_enumerator base;
    bool given;
};

static enum status discover(struct split_enumerator *base, enum status (*add)(void *context, struct str split), void *context, bool *ret_done, int64_t *ret_wake_ns, struct error *e) {
    struct single_split *n = (struct single_split *)base;
    (void)e;
    *ret_done = true;
    *ret_wake_ns = -1;
    if (n->given) return STATUS_OK;
    n->given = true;
    return add(context, STR("0"));
}

static enum status snapshot(struct split_enumerator *base, struct buf *out, struct error *e) {
    (void)e;
    buf_char(out, ((struct single_split *)base)->given ? '1' : '0');
    return STATUS_OK;
}

static enum status restore(struct split_enumerator *base, struct str bytes, struct error *e) {
    (void)e;
    ((struct single_split *)base)->given = str_equal(bytes, STR("1"));
    return STATUS_OK;
}

static void enumerator_free(struct split_enumerator *base) { (void)base; }

static const struct enumerator_ops enumerator_ops = {discover, snapshot, restore, enumerator_free, NULL};

enum status single_split_enumerator_new(const struct source_context *c, struct split_enumerator **ret, struct error *e) {
    struct single_split *n = ARENA_NEW(c->arena, struct single_split);
    if (n == NULL) return error_no_memory(e, sizeof *n);
    n->base.ops = &enumerator_ops;
    *ret = &n->base;
    return STATUS_OK;
}
