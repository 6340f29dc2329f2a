/* SPDX-License-Identifier: Apache-2.0 */
/*
 * source_hub: the JobManager's side of the sources: one split enumerator per scan, the splits that
 * nobody reads yet, and the readers that wait for one. Splits restored from a checkpoint come first,
 * at the same parallelism to the subtask that had them.
 */
#include "runtime/source_hub.h"

#include "runtime/restore.h"

#include "base/alloc.h"

#include <assert.h>
#include <stddef.h>

struct pending_split {
    struct pending_split *next;
    int64_t subtask;  /* whom it belongs to; -1: whoever asks first */
    size_t size_bytes;
    char bytes[];
};

struct source_hub {
    struct attempt *at;
    const struct node *node;
    struct arena *arena;
    struct split_enumerator *enumerator;
    struct pending_split *first, **end;
    bool *waits;          /* per subtask: has asked and got nothing */
    uint32_t parallelism;
    bool done;            /* the enumerator will find no more */
    bool told;            /* the readers know */
    bool no_memory;
    int64_t wake_ns;      /* monotonic; -1: never */
};

static enum status split_add(void *context, struct str split) {
    struct source_hub *h = context;
    struct pending_split *p = mem_alloc(sizeof *p + split.size_bytes);
    if (p == NULL) return STATUS_NO_MEMORY;
    *p = (struct pending_split){.subtask = -1, .size_bytes = split.size_bytes};
    memcpy(p->bytes, split.at, split.size_bytes);
    assert(*h->end == NULL);
    *h->end = p;
    h->end = &p->next;
    return STATUS_OK;
}

/* Takes the last split of the list to its place by the source's reading order. */
static void split_sort_last(struct source_hub *h) {
    assert(h->first != NULL);
    int (*compare)(struct str, struct str) = h->enumerator->ops->compare;
    struct pending_split **p = &h->first, *last = (struct pending_split *)((char *)h->end - offsetof(struct pending_split, next));
    if (compare == NULL) return;
    struct str bytes = {last->bytes, last->size_bytes};
    while (*p != last && compare((struct str){(*p)->bytes, (*p)->size_bytes}, bytes) <= 0) p = &(*p)->next;
    if (*p == last) return;
    struct pending_split *before = *p;
    while (before->next != last) before = before->next;
    before->next = NULL;
    h->end = &before->next;
    last->next = *p;
    *p = last;
}

static enum status split_restore(void *context, const struct part *part, struct error *e) {
    struct source_hub *h = context;
    struct pending_split **end = h->end;
    if (split_add(h, part->bytes) != STATUS_OK) return error_no_memory(e, part->bytes.size_bytes);
    if (part->parallelism == h->parallelism && !part->unassigned) (*end)->subtask = part->subtask;
    split_sort_last(h);
    return STATUS_OK;
}

static enum status enumerator_restore(void *context, const struct part *part, struct error *e) {
    struct source_hub *h = context;
    return h->enumerator->ops->restore(h->enumerator, part->bytes, e);
}

static enum status enumerator_open(struct source_hub *h, struct error *e) {
    struct attempt *at = h->at;
    if (h->node->kind == NODE_VALUES) return constant_enumerator_new(h->node, h->arena, &h->enumerator, e);
    struct str name = str_of(h->node->as.scan.options->connector->name);
    const struct connector_impl *impl = connector_impl_find(name);
    if (impl == NULL || impl->enumerator_new == NULL) return error_set(e, STATUS_UNSUPPORTED, "the connector '%.*s' cannot be read from", STR_ARG(name));
    struct source_context c = {.env = at->env, .arena = h->arena, .scan = &h->node->as.scan, .row = h->node->row, .types = op_types(h->arena, h->node->row),
                               .zone = at->plan->session->eval.zone, .parallelism = h->parallelism, .available_now = at->config->trigger == JOB_AVAILABLE_NOW};
    return impl->enumerator_new(&c, &h->enumerator, e);
}

static enum status hub_open(struct source_hub *h, struct attempt *at, const struct node *n, uint32_t parallelism, struct error *e) {
    *h = (struct source_hub){.at = at, .node = n, .parallelism = parallelism, .wake_ns = -1};
    h->end = &h->first;
    h->arena = arena_new("source", 0);
    if (h->arena == NULL) return error_no_memory(e, 0);
    h->waits = ARENA_ARRAY(h->arena, bool, parallelism);
    if (h->waits == NULL) return error_no_memory(e, parallelism);
    TRY(enumerator_open(h, e));
    h->wake_ns = 0;
    if (at->restore == NULL) return STATUS_OK;
    TRY(restore_each(at->restore, n->uid, PART_ENUMERATOR, enumerator_restore, h, e));
    return restore_each(at->restore, n->uid, PART_SPLIT, split_restore, h, e);
}

enum status hubs_open(struct attempt *at, struct error *e) {
    at->hubs = ARENA_ARRAY(at->arena, struct source_hub, at->plan->nodes.count + 1);
    if (at->hubs == NULL) return error_no_memory(e, 0);
    for (uint32_t i = 0; i < at->plan->vertices.count; i++) {
        const struct vertex *v = at->plan->vertices.at[i];
        for (uint32_t k = 0; k < v->nodes.count; k++) {
            const struct node *n = v->nodes.at[k];
            if (n->kind != NODE_SCAN && n->kind != NODE_VALUES) continue;
            TRY(hub_open(&at->hubs[at->hub_count++], at, n, v->parallelism, e));
        }
    }
    return STATUS_OK;
}

void hubs_close(struct attempt *at) {
    for (uint32_t i = 0; i < at->hub_count; i++) {
        struct source_hub *h = &at->hubs[i];
        if (h->enumerator != NULL) h->enumerator->ops->free(h->enumerator);
        for (struct pending_split *p = h->first; p != NULL;) {
            struct pending_split *next = p->next;
            mem_free(p);
            p = next;
        }
        arena_free(h->arena);
    }
    at->hub_count = 0;
}

static void reader_tell(struct source_hub *h, uint32_t subtask, enum message_kind kind, struct str bytes) {
    assert(subtask < h->parallelism);
    struct opnode *n = graph_node(h->at, h->node, subtask);
    struct message *msg = message_new(kind, h->at->number, n->task->index, bytes);
    if (msg == NULL) {
        h->no_memory = true;
        return;
    }
    msg->source = n->source_index;
    mailbox_send(&n->task->worker->mailbox, msg);
}

/* The first split of this owner (-1: of nobody), taken out of the list; NULL: none. */
static struct pending_split *split_of(struct source_hub *h, int64_t owner) {
    assert(owner >= -1 && owner < (int64_t)h->parallelism);
    for (struct pending_split **p = &h->first; *p != NULL; p = &(*p)->next) {
        struct pending_split *found = *p;
        if (found->subtask != owner) continue;
        *p = found->next;
        if (h->end == &found->next) h->end = p;
        return found;
    }
    return NULL;
}

/* What this subtask reads next: what it had before the restore, else the first that nobody has. */
static struct pending_split *split_take(struct source_hub *h, uint32_t subtask) {
    assert(subtask < h->parallelism);
    struct pending_split *own = split_of(h, subtask);
    return own != NULL ? own : split_of(h, -1);
}

static bool splits_assign(struct source_hub *h) {
    bool some = false;
    for (uint32_t i = 0; i < h->parallelism; i++) {
        struct pending_split *p = h->waits[i] ? split_take(h, i) : NULL;
        if (p != NULL) {
            h->waits[i] = false;
            reader_tell(h, i, MESSAGE_SPLIT, (struct str){p->bytes, p->size_bytes});
            mem_free(p);
            some = true;
        }
    }
    return some;
}

static bool no_more_tell(struct source_hub *h) {
    assert(!h->told || h->done);
    if (!h->done || h->told) return false;
    if (h->first != NULL) return false;
    h->told = true;
    for (uint32_t i = 0; i < h->parallelism; i++) reader_tell(h, i, MESSAGE_NO_SPLITS, STR(""));
    return true;
}

static enum status hub_step(struct source_hub *h, int64_t now_ns, bool *ret_progress, struct error *e) {
    assert(h->enumerator != NULL);
    if (!h->done && h->wake_ns >= 0 && h->wake_ns <= now_ns) {
        h->wake_ns = -1;
        TRY(h->enumerator->ops->discover(h->enumerator, split_add, h, &h->done, &h->wake_ns, e));
        if (h->at->config->trigger == JOB_AVAILABLE_NOW) h->done = true;
    }
    *ret_progress |= splits_assign(h);
    *ret_progress |= no_more_tell(h);
    return h->no_memory ? error_no_memory(e, 0) : STATUS_OK;
}

enum status hubs_step(struct attempt *at, bool *ret_progress, struct error *e) {
    if (at->hold_splits) return STATUS_OK;
    int64_t now_ns = env_monotonic_ns(at->env);
    for (uint32_t i = 0; i < at->hub_count; i++) TRY(hub_step(&at->hubs[i], now_ns, ret_progress, e));
    return STATUS_OK;
}

enum status hubs_split_wanted(struct attempt *at, const struct message *msg, struct error *e) {
    const struct task *t = at->tasks[msg->task];
    const struct opnode *n = t->sources[msg->source]->node;
    for (uint32_t i = 0; i < at->hub_count; i++) {
        if (at->hubs[i].node != n->node) continue;
        at->hubs[i].waits[n->subtask] = true;
        bool ignored = false;
        if (at->hold_splits) return STATUS_OK;
        return hub_step(&at->hubs[i], env_monotonic_ns(at->env), &ignored, e);
    }
    assert(false);
    return STATUS_BUG;
}

int64_t hubs_wake_ns(const struct attempt *at) {
    int64_t least = INT64_MAX;
    for (uint32_t i = 0; i < at->hub_count; i++) {
        const struct source_hub *h = &at->hubs[i];
        if (!h->done && h->wake_ns >= 0 && h->wake_ns < least) least = h->wake_ns;
    }
    return least;
}

static enum status hub_part(struct source_hub *h, struct task_part *out, struct error *e) {
    struct part p = {.kind = PART_ENUMERATOR, .uid = h->node->uid, .label = str_of(node_label(h->node->kind)), .parallelism = h->parallelism};
    struct buf bytes = BUF_INIT;
    enum status s = h->enumerator->ops->snapshot(h->enumerator, &bytes, e);
    if (s == STATUS_OK && bytes.failed) s = error_no_memory(e, bytes.size_bytes);
    p.bytes = buf_view(&bytes);
    if (s == STATUS_OK) s = task_part_add(out, &p, e);
    buf_deinit(&bytes);
    p.kind = PART_SPLIT;
    for (struct pending_split *k = h->first; k != NULL && s == STATUS_OK; k = k->next) {
        p.bytes = (struct str){k->bytes, k->size_bytes};
        p.subtask = k->subtask >= 0 ? (uint32_t)k->subtask : 0;
        p.unassigned = k->subtask < 0;
        s = task_part_add(out, &p, e);
    }
    return s;
}

enum status hubs_part(struct attempt *at, struct task_part *out, struct error *e) {
    for (uint32_t i = 0; i < at->hub_count; i++) TRY(hub_part(&at->hubs[i], out, e));
    return STATUS_OK;
}
