/* SPDX-License-Identifier: Apache-2.0 */
/*
 * restore: finds and loads the parts of a checkpoint. A state part lies in memory or in the folder's
 * file; its checksum is checked whenever it is read. Restoring at another parallelism is the same as
 * at the same one: every old subtask's state is offered to every new subtask, which keeps its share.
 */
#include "runtime/store.h"

#include "runtime/attempt.h"

#include "base/alloc.h"
#include "base/hash.h"
#include "runtime/page_file.h"

#include <assert.h>

void restore_free(struct restore *r) {
    if (r != NULL) arena_free(r->arena);
}

uint64_t restore_epoch(const struct restore *r) { return r->manifest.epoch; }
const struct list *restore_parts(const struct restore *r) { return &r->manifest.parts; }
struct str restore_folder(const struct restore *r) { return r->folder; }

/* A part's file: beside the manifest, or, for pages, in the job's folder of page files. */
static enum status file_open(const struct restore *r, const struct part *p, struct env_file **ret, struct error *e) {
    assert(p->file.size_bytes > 0);
    for (size_t i = 0; i < p->file.size_bytes; i++)
        if (p->file.at[i] == '/' || p->file.at[i] == 0) return error_set(e, STATUS_CORRUPT, "the manifest names a file outside of its folder");
    struct arena *a = arena_new("path", 0);
    if (a == NULL) return error_no_memory(e, 0);
    struct str path = arena_format(a, "%.*s/%s%.*s", STR_ARG(r->folder), p->kind == PART_PAGES ? "../pages/" : "", STR_ARG(p->file));
    enum status s = path.at == NULL ? error_no_memory(e, 0) : env_open(r->env, path, ENV_READ, ret, e);
    arena_free(a);
    if (s != STATUS_OK) return s;
    uint64_t size = 0;
    s = env_file_size(r->env, *ret, &size, e);
    if (s == STATUS_OK && (p->offset > size || p->size_bytes > size - p->offset))
        s = error_set(e, STATUS_CORRUPT, "the file '%.*s' is shorter than the manifest says", STR_ARG(p->file));
    if (s != STATUS_OK) env_close(r->env, *ret);
    return s;
}

/* Exactly size bytes. */
static enum status bytes_read(const struct restore *r, struct env_file *f, uint64_t offset, char *bytes, size_t size, struct error *e) {
    assert(bytes != NULL || size == 0);
    for (size_t done = 0; done < size;) {
        size_t n = 0;
        TRY(env_read_at(r->env, f, offset + done, bytes + done, size - done, &n, e));
        if (n == 0) return error_set(e, STATUS_CORRUPT, "a file of the checkpoint became shorter");
        done += n;
    }
    return STATUS_OK;
}

static enum status file_read(const struct restore *r, const struct part *p, struct buf *out, struct error *e) {
    struct env_file *f = NULL;
    TRY(file_open(r, p, &f, e));
    enum status s = buf_reserve(out, p->size_bytes) ? bytes_read(r, f, p->offset, out->at, p->size_bytes, e) : error_no_memory(e, p->size_bytes);
    env_close(r->env, f);
    out->size_bytes = p->size_bytes;
    return s;
}

enum status restore_pages_check(const struct restore *r, const struct part *p, struct error *e) {
    struct page_sum *sum = mem_calloc(1, sizeof *sum);
    struct env_file *f = NULL;
    enum status s = sum == NULL ? error_no_memory(e, sizeof *sum) : file_open(r, p, &f, e);
    char chunk[8192];
    for (uint64_t done = 0; s == STATUS_OK && done < p->size_bytes;) {
        size_t n = p->size_bytes - done < sizeof chunk ? (size_t)(p->size_bytes - done) : sizeof chunk;
        s = bytes_read(r, f, p->offset + done, chunk, n, e);
        page_sum_add(sum, chunk, n);
        done += n;
    }
    if (s == STATUS_OK && page_sum_end(sum) != p->checksum)
        s = error_set(e, STATUS_CORRUPT, "the checksum of the pages of %.*s (subtask %u) is wrong", STR_ARG(p->label), p->subtask);
    env_close(r->env, f);
    mem_free(sum);
    return s;
}

enum status restore_bytes(const struct restore *r, const struct part *p, struct buf *out, struct error *e) {
    assert(out->size_bytes == 0);
    if (p->file.size_bytes == 0) {
        buf_str(out, p->bytes);
        return out->failed ? error_no_memory(e, p->bytes.size_bytes) : STATUS_OK;
    }
    if (p->size_bytes > SIZE_MAX / 2) return error_set(e, STATUS_CORRUPT, "the manifest names a state of an impossible size");
    TRY(file_read(r, p, out, e));
    if (hash_bytes(out->at, out->size_bytes, 0) != p->checksum)
        return error_set(e, STATUS_CORRUPT, "the checksum of the state of %.*s (subtask %u) is wrong", STR_ARG(p->label), p->subtask);
    return STATUS_OK;
}

enum status restore_each(const struct restore *r, struct str uid, enum part_kind kind,
                         enum status (*each)(void *context, const struct part *p, struct error *e), void *context, struct error *e) {
    assert(kind < PART_KIND_COUNT);
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

enum status restore_open_part(const struct restore *r, const struct part *p, struct env_file **ret, struct error *e) { return file_open(r, p, ret, e); }

bool restore_finished(const struct restore *r, const struct opnode *n) {
    assert(n->subtask < n->parallelism);
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
