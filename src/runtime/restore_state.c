/* SPDX-License-Identifier: Apache-2.0 */
/*
 * restore_state: an operator's state from a checkpoint. Pages are loaded as they are when the
 * subtasks are the same; else each old subtask's pages become a state of their own, which goes
 * through the logical form, as a savepoint does: every old state is offered to every new subtask,
 * which keeps the keys of its groups.
 */
#include "runtime/store.h"

#include "base/alloc.h"
#include "runtime/attempt.h"
#include "runtime/page_file.h"
#include "state/snapshot.h"

#include <assert.h>

enum { CHAIN_MAX = 4096 };

struct import {
    const struct restore *restore;
    struct opnode *node;
    const struct state_config *config;
    bool some;
};

/* ---- bytes ---- */

static enum status bytes_take(void *context, void *bytes, size_t size, struct error *e) {
    assert(bytes != NULL || size == 0);
    struct str *left = context;
    if (size > left->size_bytes) return error_set(e, STATUS_CORRUPT, "the state ends before it should");
    memcpy(bytes, left->at, size);
    left->at += size;
    left->size_bytes -= size;
    return STATUS_OK;
}

static enum status bytes_add(void *context, const void *bytes, size_t size, struct error *e) {
    struct buf *b = context;
    buf_append(b, bytes, size);
    return b->failed ? error_no_memory(e, size) : STATUS_OK;
}

static enum status import_bytes(struct import *m, struct str bytes, struct error *e) {
    if (m->node->state == NULL) TRY(state_new(m->config, &m->node->state, e));
    struct state_reader reader = {bytes_take, &bytes};
    m->some = true;
    return state_import(m->node->state, &reader, m->node->subtask, m->node->parallelism, e);
}

static enum status import_part(void *context, const struct part *p, struct error *e) {
    struct import *m = context;
    struct buf bytes = BUF_INIT;
    enum status s = restore_bytes(m->restore, p, &bytes, e);
    if (s == STATUS_OK) s = import_bytes(m, buf_view(&bytes), e);
    buf_deinit(&bytes);
    return s;
}

/* ---- pages ---- */

struct piece_reader {
    const struct restore *restore;
    struct env_file *file;
    uint64_t offset, left;
};

static enum status piece_read(void *context, void *bytes, size_t size, struct error *e) {
    struct piece_reader *r = context;
    if (size > r->left) return error_set(e, STATUS_CORRUPT, "a page file ends before it should");
    for (size_t done = 0; done < size;) {
        size_t n = 0;
        TRY(env_read_at(r->restore->env, r->file, r->offset, (char *)bytes + done, size - done, &n, e));
        if (n == 0) return error_set(e, STATUS_CORRUPT, "a page file became shorter");
        done += n;
        r->offset += n;
        r->left -= n;
    }
    return STATUS_OK;
}

struct chain {
    const struct restore *restore;
    uint32_t subtask, parallelism, count;
    struct piece_reader *pieces;
    struct state_reader *readers, **chain;
};

static enum status chain_add(void *context, const struct part *p, struct error *e) {
    assert(((const struct chain *)context)->count <= CHAIN_MAX);
    struct chain *c = context;
    if (p->subtask != c->subtask) return STATUS_OK;
    if (c->count == CHAIN_MAX) return error_set(e, STATUS_CORRUPT, "a checkpoint's chain has more than %d files", CHAIN_MAX);
    struct piece_reader *r = &c->pieces[c->count];
    TRY(restore_open_part(c->restore, p, &r->file, e));
    r->restore = c->restore;
    r->offset = p->offset;
    r->left = p->size_bytes;
    c->parallelism = p->parallelism;
    c->readers[c->count] = (struct state_reader){piece_read, r};
    c->chain[c->count] = &c->readers[c->count];
    c->count++;
    return STATUS_OK;
}

/* The state of one old subtask as it was; *ret stays NULL when there is none. */
static enum status pages_load(const struct restore *r, struct str uid, uint32_t subtask, const struct state_config *config, struct state **ret, struct error *e) {
    struct arena *a = arena_new("chain", 0);
    if (a == NULL) return error_no_memory(e, 0);
    struct chain c = {.restore = r, .subtask = subtask, .pieces = ARENA_ARRAY(a, struct piece_reader, CHAIN_MAX),
                      .readers = ARENA_ARRAY(a, struct state_reader, CHAIN_MAX), .chain = ARENA_ARRAY(a, struct state_reader *, CHAIN_MAX)};
    enum status s = c.pieces == NULL || c.readers == NULL || c.chain == NULL ? error_no_memory(e, 0) : restore_each(r, uid, PART_PAGES, chain_add, &c, e);
    if (s == STATUS_OK && c.count > 0) s = state_restore(config, c.chain, c.count, ret, e);
    for (uint32_t i = 0; i < c.count; i++) env_close(r->env, c.pieces[i].file);
    arena_free(a);
    return s;
}

static enum status parallelism_find(void *context, const struct part *p, struct error *e) {
    uint32_t *parallelism = context;
    (void)e;
    *parallelism = p->parallelism;
    return STATUS_OK;
}

/* Another parallelism: one old subtask by way of the logical form. */
static enum status pages_import(struct import *m, uint32_t subtask, uint32_t parallelism, struct error *e) {
    assert(subtask < parallelism);
    struct state_config config = *m->config;
    struct state *old = NULL;
    key_groups(subtask, parallelism, config.max_parallelism, &config.key_group_begin, &config.key_group_end);
    TRY(pages_load(m->restore, m->node->node->uid, subtask, &config, &old, e));
    if (old == NULL) return STATUS_OK;
    struct buf bytes = BUF_INIT;
    struct state_writer writer = {bytes_add, &bytes};
    enum status s = state_export(old, &writer, e);
    state_free(old);
    if (s == STATUS_OK) s = import_bytes(m, buf_view(&bytes), e);
    buf_deinit(&bytes);
    return s;
}

static enum status piece_adopt(void *context, const struct part *p, struct error *e) {
    assert(((const struct opnode *)context)->pages != NULL);
    const struct opnode *n = context;
    return p->subtask == n->subtask ? page_chain_adopt(n->pages, p, e) : STATUS_OK;
}

/* Is the checkpoint one of the job's own folder, whose page files its next checkpoints may refer to, too? */
static bool is_own(const struct restore *r, const struct attempt *at) {
    struct str pages = STR("/pages"), folder = restore_folder(r);
    if (at->pages_dir.size_bytes <= pages.size_bytes) return false;
    size_t own = at->pages_dir.size_bytes - pages.size_bytes;
    return folder.size_bytes > own + 1 && memcmp(folder.at, at->pages_dir.at, own) == 0 && folder.at[own] == '/' &&
           memchr(folder.at + own + 1, '/', folder.size_bytes - own - 1) == NULL;
}

/* The next snapshot builds upon the files of a restored state, or is full. */
static enum status pages_continue(const struct restore *r, struct opnode *n, struct error *e) {
    assert(n->state != NULL);
    if (n->pages != NULL && is_own(r, n->task->attempt)) return restore_each(r, n->node->uid, PART_PAGES, piece_adopt, n, e);
    snapshot_force_full(n->state);
    return STATUS_OK;
}

enum status restore_state(const struct restore *r, struct opnode *n, const struct state_config *config, bool *ret_restored, struct error *e) {
    assert(n->state == NULL);
    struct import m = {r, n, config, false};
    uint32_t parallelism = 0;
    TRY(restore_each(r, n->node->uid, PART_PAGES, parallelism_find, &parallelism, e));
    if (parallelism > config->max_parallelism) return error_set(e, STATUS_STATE_MISMATCH, "the checkpoint was taken at parallelism %u, the job allows %u at most", parallelism, config->max_parallelism);
    if (parallelism == n->parallelism) {
        TRY(pages_load(r, n->node->uid, n->subtask, config, &n->state, e));
        *ret_restored = n->state != NULL;
        if (n->state != NULL) TRY(pages_continue(r, n, e));
        return STATUS_OK;
    }
    for (uint32_t i = 0; i < parallelism; i++) TRY(pages_import(&m, i, parallelism, e));
    TRY(restore_each(r, n->node->uid, PART_STATE, import_part, &m, e));
    *ret_restored = m.some;
    return STATUS_OK;
}
