/* SPDX-License-Identifier: Apache-2.0 */
/*
 * page_file: the worker begins snapshots (no copying) and goes on; a helper thread writes the pages,
 * syncs the file and acknowledges. The outcome comes back to the worker through an atomic, looked at
 * before the next snapshot. When anything fails, the file is removed, the epoch is declined, and the
 * next snapshot holds those pages again.
 */
#include "runtime/page_file.h"

#include "base/alloc.h"
#include "base/hash.h"
#include "runtime/job.h"
#include "state/snapshot.h"

#include <assert.h>
#include <stdio.h>

struct page_write {
    struct attempt *at;
    struct task *task;
    struct task_part *part; /* the ack's */
    struct ack *ack;
    struct arena *arena;
    struct str path;
    uint32_t count;
    struct opnode **nodes;
    struct error error;
};

void page_sum_add(struct page_sum *s, const void *bytes, size_t size) {
    assert(s->fill < PAGE_SUM_BYTES);
    const char *at = bytes;
    s->total += size;
    while (size > 0) {
        size_t n = PAGE_SUM_BYTES - s->fill < size ? PAGE_SUM_BYTES - s->fill : size;
        memcpy(s->bytes + s->fill, at, n);
        s->fill += (uint32_t)n;
        at += n;
        size -= n;
        if (s->fill < PAGE_SUM_BYTES) return;
        s->value = hash_combine(s->value, hash_bytes(s->bytes, s->fill, 0));
        s->fill = 0;
    }
}

uint64_t page_sum_end(struct page_sum *s) {
    s->value = hash_combine(s->value, hash_bytes(s->bytes, s->fill, s->total));
    s->fill = 0;
    return s->value;
}

/* ---- the worker's side ---- */

static enum status piece_push(struct page_chain *c, const struct page_piece *piece, struct error *e) {
    assert(c->count <= c->capacity && piece->file[0] != 0);
    if (c->count == c->capacity) {
        uint32_t capacity = c->capacity == 0 ? 8 : c->capacity * 2;
        struct page_piece *pieces = mem_realloc(c->pieces, capacity * sizeof *pieces);
        if (pieces == NULL) return error_no_memory(e, capacity * sizeof *pieces);
        c->pieces = pieces;
        c->capacity = capacity;
    }
    c->pieces[c->count++] = *piece;
    return STATUS_OK;
}

static enum status chain_push(struct page_chain *c, struct error *e) {
    assert(c->full || c->count > 0);
    if (c->full) c->count = 0;
    return piece_push(c, &c->next, e);
}

enum status page_chain_adopt(struct page_chain *c, const struct part *p, struct error *e) {
    struct page_piece piece = {.offset = p->offset, .size_bytes = p->size_bytes, .checksum = p->checksum};
    assert(atomic_load(&c->outcome) == PAGES_NONE);
    if (p->file.size_bytes >= sizeof piece.file) return error_set(e, STATUS_CORRUPT, "the manifest names a page file of an impossible name");
    memcpy(piece.file, p->file.at, p->file.size_bytes);
    return piece_push(c, &piece, e);
}

static enum status chain_settle(struct page_chain *c, struct error *e) {
    int outcome = atomic_load(&c->outcome);
    if (outcome == PAGES_NONE) return STATUS_OK;
    if (outcome == PAGES_WRITING) return error_set(e, STATUS_DECLINED, "the last checkpoint's pages are still being written");
    assert(c->snapshot != NULL);
    snapshot_end(c->snapshot, outcome == PAGES_WRITTEN);
    c->snapshot = NULL;
    atomic_store(&c->outcome, PAGES_NONE);
    return outcome == PAGES_WRITTEN ? chain_push(c, e) : STATUS_OK;
}

enum status page_chains_settle(struct task *t, struct error *e) {
    for (uint32_t i = 0; i < t->node_count; i++)
        if (t->nodes[i]->pages != NULL) TRY(chain_settle(t->nodes[i]->pages, e));
    return STATUS_OK;
}

void page_chain_deinit(struct page_chain *c) {
    if (c == NULL) return;
    int outcome = atomic_load(&c->outcome);
    assert(outcome != PAGES_WRITING);
    if (outcome != PAGES_NONE) snapshot_end(c->snapshot, outcome == PAGES_WRITTEN);
    mem_free(c->pieces);
    c->pieces = NULL;
}

static struct part piece_part(const struct opnode *n, const struct page_piece *p) {
    return (struct part){.kind = PART_PAGES, .uid = n->node->uid, .label = str_of(node_label(n->node->kind)), .subtask = n->subtask, .parallelism = n->parallelism,
                         .file = str_of(p->file), .offset = p->offset, .size_bytes = p->size_bytes, .checksum = p->checksum};
}

/* Nothing of it is under way: no helper looks at it. */
static bool chain_is_idle(struct page_chain *c) { return c->snapshot == NULL && atomic_load(&c->outcome) == PAGES_NONE; }

static enum status chain_begin(struct page_write *w, struct opnode *n, const char *file, struct error *e) {
    assert(chain_is_idle(n->pages) && n->state != NULL);
    struct page_chain *c = n->pages;
    if (c->count >= PAGE_CHAIN_MAX) snapshot_force_full(n->state);
    TRY(snapshot_begin(n->state, &c->snapshot, e));
    struct snapshot_info info;
    snapshot_info(c->snapshot, &info);
    c->full = info.base_epoch == 0;
    c->next = (struct page_piece){0};
    snprintf(c->next.file, sizeof c->next.file, "%s", file);
    w->nodes[w->count++] = n;
    atomic_store(&c->outcome, PAGES_WRITING);
    for (uint32_t i = 0; !c->full && i < c->count; i++) {
        struct part p = piece_part(n, &c->pieces[i]);
        TRY(task_part_add(w->part, &p, e));
    }
    return STATUS_OK;
}

/* ---- the helper's side ---- */

struct piece_writer {
    struct env *env;
    struct env_file *file;
    uint64_t offset;
    struct page_sum sum;
};

static enum status piece_write(void *context, const void *bytes, size_t size, struct error *e) {
    struct piece_writer *w = context;
    page_sum_add(&w->sum, bytes, size);
    TRY(env_write(w->env, w->file, bytes, size, e));
    /* Piece by piece, so that the sync at the end is no long burst of work on a core that a worker needs. */
    env_flush_begin(w->env, w->file, w->offset, size);
    w->offset += size;
    return STATUS_OK;
}

static enum status pieces_write(struct page_write *w, struct env_file *f, struct error *e) {
    assert(w->count > 0);
    struct piece_writer *out = mem_calloc(1, sizeof *out);
    if (out == NULL) return error_no_memory(e, sizeof *out);
    out->env = w->at->env;
    out->file = f;
    uint64_t offset = 0;
    enum status s = STATUS_OK;
    for (uint32_t i = 0; i < w->count && s == STATUS_OK; i++) {
        struct page_chain *c = w->nodes[i]->pages;
        out->sum.value = out->sum.total = out->sum.fill = 0;
        struct state_writer writer = {piece_write, out};
        s = snapshot_write(c->snapshot, &writer, e);
        c->next.offset = offset;
        c->next.size_bytes = out->sum.total;
        c->next.checksum = page_sum_end(&out->sum);
        offset += c->next.size_bytes;
        struct part p = piece_part(w->nodes[i], &c->next);
        if (s == STATUS_OK) s = task_part_add(w->part, &p, e);
        w->part->state_bytes += c->next.size_bytes;
    }
    mem_free(out);
    return s;
}

static enum status file_write(struct page_write *w, struct error *e) {
    assert(w->path.at != NULL);
    struct env *env = w->at->env;
    struct env_file *f = NULL;
    TRY(env_open(env, w->path, ENV_WRITE_NEW, &f, e));
    enum status s = pieces_write(w, f, e);
    if (s == STATUS_OK) s = env_sync(env, f, e);
    env_close(env, f);
    if (s != STATUS_OK) env_remove(env, w->path, NULL);
    return s;
}

static void write_end(struct page_write *w, enum status s) {
    assert(w->ack != NULL);
    struct ack *ack = w->ack;
    if (s != STATUS_OK) {
        if (w->error.status == STATUS_OK) error_set(&w->error, s, "%s", status_text(s));
        ack_decline(ack, &w->error);
    }
    for (uint32_t i = 0; i < w->count; i++) {
        int before = atomic_exchange(&w->nodes[i]->pages->outcome, s == STATUS_OK ? PAGES_WRITTEN : PAGES_FAILED);
        assert(before == PAGES_WRITING);
        (void)before;
    }
    arena_free(w->arena);
    ack_release(ack);
}

static void write_run(void *argument) {
    struct page_write *w = argument;
    write_end(w, file_write(w, &w->error));
}

static struct page_write *write_new(struct task *t, struct task_part *part) {
    assert(t->epoch > 0 && part != NULL);
    struct arena *a = arena_new("pages", 0);
    struct page_write *w = a == NULL ? NULL : ARENA_NEW(a, struct page_write);
    if (w != NULL) w->nodes = ARENA_ARRAY(a, struct opnode *, t->node_count + 1);
    if (w == NULL || w->nodes == NULL) {
        arena_free(a);
        return NULL;
    }
    w->at = t->attempt;
    w->task = t;
    w->part = part;
    w->arena = a;
    return w;
}

static enum status begin_all(struct page_write *w, struct error *e) {
    assert(w->count == 0 && w->at->pages_dir.at != NULL);
    struct task *t = w->task;
    char file[PAGE_FILE_NAME_MAX];
    snprintf(file, sizeof file, "t%u-e%llu-%08llx", t->index, (unsigned long long)t->epoch, (unsigned long long)(env_random(w->at->env) & 0xffffffffU));
    w->path = arena_format(w->arena, "%.*s/%s", STR_ARG(w->at->pages_dir), file);
    if (w->path.at == NULL) return error_no_memory(e, 0);
    TRY(page_chains_settle(t, e));
    for (uint32_t i = 0; i < t->node_count; i++)
        if (t->nodes[i]->pages != NULL && t->nodes[i]->phase != OPNODE_ENDED) TRY(chain_begin(w, t->nodes[i], file, e));
    return STATUS_OK;
}

/* ---- before the first one ---- */

struct page_warming {
    struct attempt *at;
    struct state *state;
};

static void warm_run(void *argument) {
    struct page_warming *w = argument;
    struct attempt *at = w->at;
    snapshot_warm(w->state);
    mem_free(w);
    atomic_fetch_sub(&at->writes, 1);
}

void page_chain_warm(struct opnode *n) {
    struct page_chain *c = n->pages;
    if (c == NULL || c->warm || state_bytes(n->state) < PAGE_WARM_BYTES) return;
    struct attempt *at = n->task->attempt;
    c->warm = true;
    if (at->job->pool == NULL || snapshot_prepare(n->state, NULL) != STATUS_OK) return;
    struct page_warming *w = mem_alloc(sizeof *w);
    if (w == NULL) return; /* the first checkpoint is slower, no more */
    *w = (struct page_warming){at, n->state};
    atomic_fetch_add(&at->writes, 1);
    if (env_pool_submit(at->job->pool, warm_run, w, NULL) == STATUS_OK) return;
    mem_free(w);
    atomic_fetch_sub(&at->writes, 1);
}

enum status page_file_write(struct task *t, struct task_part *part, struct ack *ack, struct error *e) {
    struct page_write *w = write_new(t, part);
    if (w == NULL) return error_no_memory(e, sizeof *w);
    w->ack = ack_hold(ack);
    struct env_pool *pool = t->attempt->job->pool;
    enum status s = begin_all(w, &w->error);
    if (s == STATUS_OK && pool == NULL) {
        write_run(w);
        return STATUS_OK;
    }
    if (s == STATUS_OK) s = env_pool_submit(pool, write_run, w, &w->error);
    if (s != STATUS_OK) write_end(w, s);
    return STATUS_OK;
}
