/* SPDX-License-Identifier: Apache-2.0 */
/*
 * restore: finds and loads the parts of a checkpoint. A state part lies in memory or in the folder's
 * file; its checksum is checked whenever it is read. Restoring at another parallelism is the same as
 * at the same one: every old subtask's state is offered to every new subtask, which keeps its share.
 */
#include "runtime/store.h"

#include "runtime/attempt.h"

#include "base/hash.h"

#include <assert.h>

void restore_free(struct restore *r) {
    if (r != NULL) arena_free(r->arena);
}

uint64_t restore_epoch(const struct restore *r) { return r->manifest.epoch; }
const struct list *restore_parts(const struct restore *r) { return &r->manifest.parts; }
struct str restore_folder(const struct restore *r) { return r->folder; }

static enum status file_read(const struct restore *r, const struct part *p, struct buf *out, struct error *e) {
    for (size_t i = 0; i < p->file.size_bytes; i++)
        if (p->file.at[i] == '/' || p->file.at[i] == 0) return error_set(e, STATUS_CORRUPT, "the manifest names a file outside of its folder");
    char path[4096];
    struct buf name = {path, 0, sizeof path, false};
    if (r->folder.size_bytes + p->file.size_bytes + 2 > sizeof path) return error_set(e, STATUS_LIMIT, "the checkpoint's path is too long");
    buf_str(&name, r->folder);
    buf_char(&name, '/');
    buf_str(&name, p->file);
    struct env_file *f = NULL;
    TRY(env_open(r->env, buf_view(&name), ENV_READ, &f, e));
    uint64_t size = 0;
    enum status s = env_file_size(r->env, f, &size, e);
    if (s == STATUS_OK && (p->offset > size || p->size_bytes > size - p->offset))
        s = error_set(e, STATUS_CORRUPT, "the file '%.*s' is shorter than the manifest says", STR_ARG(p->file));
    if (s == STATUS_OK && !buf_reserve(out, p->size_bytes)) s = error_no_memory(e, p->size_bytes);
    while (s == STATUS_OK && out->size_bytes < p->size_bytes) {
        size_t n = 0;
        s = env_read_at(r->env, f, p->offset + out->size_bytes, out->at + out->size_bytes, p->size_bytes - out->size_bytes, &n, e);
        if (s == STATUS_OK && n == 0) s = error_set(e, STATUS_CORRUPT, "the file '%.*s' became shorter", STR_ARG(p->file));
        out->size_bytes += n;
    }
    env_close(r->env, f);
    return s;
}

enum status restore_bytes(const struct restore *r, const struct part *p, struct buf *out, struct error *e) {
    assert(out->size_bytes == 0);
    if (p->file.size_bytes == 0) {
        buf_str(out, p->bytes);
        return out->failed ? error_no_memory(e, p->bytes.size_bytes) : STATUS_OK;
    }
    TRY(file_read(r, p, out, e));
    if (hash_bytes(out->at, out->size_bytes, 0) != p->checksum)
        return error_set(e, STATUS_CORRUPT, "the checksum of the state of %.*s (subtask %u) is wrong", STR_ARG(p->label), p->subtask);
    return STATUS_OK;
}

enum status restore_each(const struct restore *r, struct str uid, enum part_kind kind,
                         enum status (*each)(void *context, const struct part *p, struct error *e), void *context, struct error *e) {
    for (uint32_t i = 0; i < r->manifest.parts.count; i++) {
        const struct part *p = r->manifest.parts.at[i];
        if (p->kind == kind && str_equal(p->uid, uid)) TRY(each(context, p, e));
    }
    return STATUS_OK;
}

bool restore_knows(const struct restore *r, struct str uid) {
    for (uint32_t i = 0; i < r->manifest.parts.count; i++)
        if (str_equal(((const struct part *)r->manifest.parts.at[i])->uid, uid)) return true;
    return false;
}

struct import {
    const struct restore *restore;
    struct opnode *node;
    bool some;
};

struct import_bytes {
    struct str left;
};

static enum status import_read(void *context, void *bytes, size_t size, struct error *e) {
    struct import_bytes *b = context;
    if (size > b->left.size_bytes) return error_set(e, STATUS_CORRUPT, "the state ends before it should");
    memcpy(bytes, b->left.at, size);
    b->left.at += size;
    b->left.size_bytes -= size;
    return STATUS_OK;
}

static enum status state_import_part(void *context, const struct part *p, struct error *e) {
    struct import *m = context;
    struct buf bytes = BUF_INIT;
    enum status s = restore_bytes(m->restore, p, &bytes, e);
    if (s == STATUS_OK) {
        struct import_bytes from = {buf_view(&bytes)};
        struct state_reader reader = {import_read, &from};
        s = state_import(m->node->state, &reader, m->node->subtask, m->node->parallelism, e);
        m->some = true;
    }
    buf_deinit(&bytes);
    return s;
}

enum status restore_state(const struct restore *r, struct opnode *n, bool *ret_restored, struct error *e) {
    assert(n->state != NULL);
    struct import m = {r, n, false};
    TRY(restore_each(r, n->node->uid, PART_STATE, state_import_part, &m, e));
    *ret_restored = m.some;
    return STATUS_OK;
}

bool restore_finished(const struct restore *r, const struct opnode *n) {
    uint32_t finished = 0;
    bool mine = false;
    for (uint32_t i = 0; i < r->manifest.parts.count; i++) {
        const struct part *p = r->manifest.parts.at[i];
        if (p->kind != PART_FINISHED || !str_equal(p->uid, n->node->uid)) continue;
        finished++;
        if (p->parallelism == n->parallelism && p->subtask == n->subtask) mine = true;
        if (finished == p->parallelism) mine = true; /* all had ended: so have all now */
    }
    return mine;
}
