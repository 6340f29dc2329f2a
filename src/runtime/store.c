/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store: writes and reads checkpoint folders. Order of writing: state, sync; manifest under another
 * name, sync; rename. So whoever finds a manifest finds all of it, and a crash at any point leaves
 * either the old newest checkpoint or the new one. Checksums find what a lying disk did.
 */
#include "runtime/store.h"

#include "base/hash.h"

#include <assert.h>

enum { MANIFEST_BYTES_MAX = 1 << 30 };

struct str store_folder(struct arena *a, struct str dir, uint64_t epoch) {
    assert(dir.at != NULL);
    return arena_format(a, "%.*s/chk-%llu", STR_ARG(dir), (unsigned long long)epoch);
}


/* Moves the states' bytes into the file and leaves where they are. */
static enum status states_write(struct env *env, struct arena *a, struct str folder, const struct manifest *m, struct manifest *out, uint64_t *ret_bytes, struct error *e) {
    struct env_file *f = NULL;
    struct str path = arena_format(a, "%.*s/state", STR_ARG(folder));
    if (path.at == NULL) return error_no_memory(e, 0);
    TRY(env_open(env, path, ENV_WRITE_NEW, &f, e));
    uint64_t offset = 0;
    enum status s = STATUS_OK;
    for (uint32_t i = 0; i < m->parts.count && s == STATUS_OK; i++) {
        struct part *p = ARENA_NEW(a, struct part);
        if (p == NULL) s = error_no_memory(e, sizeof *p);
        if (p == NULL) break;
        *p = *(const struct part *)m->parts.at[i];
        if (p->kind == PART_STATE && p->file.size_bytes == 0) {
            p->file = STR("state");
            p->offset = offset;
            p->size_bytes = p->bytes.size_bytes;
            p->checksum = hash_bytes(p->bytes.at, p->bytes.size_bytes, 0);
            s = env_write(env, f, p->bytes.at, p->bytes.size_bytes, e);
            offset += p->size_bytes;
            p->bytes = STR("");
        }
        if (s == STATUS_OK && list_push(&out->parts, a, p) != STATUS_OK) s = error_no_memory(e, 0);
    }
    if (s == STATUS_OK) s = env_sync(env, f, e);
    env_close(env, f);
    *ret_bytes += offset;
    return s;
}

static enum status manifest_write(struct env *env, struct arena *a, struct str folder, const struct manifest *m, uint64_t *ret_bytes, struct error *e) {
    struct buf bytes = BUF_INIT;
    struct str hidden = arena_format(a, "%.*s/.manifest.tmp", STR_ARG(folder)), final = arena_format(a, "%.*s/manifest", STR_ARG(folder));
    struct env_file *f = NULL;
    manifest_encode(&bytes, m);
    enum status s = bytes.failed || hidden.at == NULL || final.at == NULL ? error_no_memory(e, bytes.size_bytes) : env_open(env, hidden, ENV_WRITE_NEW, &f, e);
    if (s == STATUS_OK) {
        s = env_write(env, f, bytes.at, bytes.size_bytes, e);
        if (s == STATUS_OK) s = env_sync(env, f, e);
        env_close(env, f);
    }
    *ret_bytes += bytes.size_bytes;
    buf_deinit(&bytes);
    return s == STATUS_OK ? env_rename(env, hidden, final, e) : s;
}

enum status store_write(struct env *env, struct str folder, const struct manifest *m, uint64_t *ret_bytes, struct error *e) {
    assert(folder.size_bytes > 0 && m->epoch > 0);
    struct arena *a = arena_new("checkpoint", 0);
    if (a == NULL) return error_no_memory(e, 0);
    struct manifest out = *m;
    out.parts = (struct list){0};
    *ret_bytes = 0;
    enum status s = env_remove_tree(env, folder, e);
    if (s == STATUS_OK) s = env_mkdirs(env, folder, e);
    if (s == STATUS_OK) s = states_write(env, a, folder, m, &out, ret_bytes, e);
    if (s == STATUS_OK) s = manifest_write(env, a, folder, &out, ret_bytes, e);
    arena_free(a);
    return s;
}

/* ---- reading ---- */

static enum status restore_new(struct env *env, struct restore **ret, struct error *e) {
    struct arena *a = arena_new("restore", 0);
    struct restore *r = a == NULL ? NULL : ARENA_NEW(a, struct restore);
    if (r == NULL) {
        arena_free(a);
        return error_no_memory(e, sizeof *r);
    }
    r->arena = a;
    r->env = env;
    *ret = r;
    return STATUS_OK;
}

enum status store_decode(struct env *env, struct str bytes, struct restore **ret, struct error *e) {
    struct restore *r = NULL;
    TRY(restore_new(env, &r, e));
    struct str copy = arena_str(r->arena, bytes);
    enum status s = copy.at == NULL ? error_no_memory(e, bytes.size_bytes) : manifest_decode(r->arena, copy, &r->manifest, e);
    if (s != STATUS_OK) restore_free(r);
    else *ret = r;
    return s;
}

static enum status part_check(struct restore *r, const struct part *p, struct error *e) {
    struct buf bytes = BUF_INIT;
    enum status s = restore_bytes(r, p, &bytes, e);
    buf_deinit(&bytes);
    return s;
}

enum status store_read(struct env *env, struct str folder, struct restore **ret, struct error *e) {
    struct restore *r = NULL;
    TRY(restore_new(env, &r, e));
    r->folder = arena_str(r->arena, folder);
    struct str path = arena_format(r->arena, "%.*s/manifest", STR_ARG(folder)), bytes;
    enum status s = path.at == NULL || r->folder.at == NULL ? error_no_memory(e, 0) : env_read_file(env, r->arena, path, MANIFEST_BYTES_MAX, &bytes, e);
    if (s == STATUS_OK) s = manifest_decode(r->arena, bytes, &r->manifest, e);
    for (uint32_t i = 0; s == STATUS_OK && i < r->manifest.parts.count; i++) {
        const struct part *p = r->manifest.parts.at[i];
        if (p->kind == PART_STATE) s = part_check(r, p, e);
        if (p->kind == PART_PAGES) s = restore_pages_check(r, p, e);
    }
    if (s != STATUS_OK) {
        restore_free(r);
        return e == NULL ? s : error_wrap(e, "Checkpoint '%.*s'", STR_ARG(folder));
    }
    *ret = r;
    return STATUS_OK;
}

static uint64_t folder_epoch(struct str name) {
    uint64_t n = 0;
    if (name.size_bytes < 5 || name.size_bytes > 22 || memcmp(name.at, "chk-", 4) != 0) return 0;
    for (size_t i = 4; i < name.size_bytes; i++) {
        if (name.at[i] < '0' || name.at[i] > '9') return 0;
        n = n * 10 + (uint64_t)(name.at[i] - '0');
    }
    return n;
}

static enum status has_manifest(struct env *env, struct arena *a, struct str folder, bool *ret, struct error *e) {
    struct str path = arena_format(a, "%.*s/manifest", STR_ARG(folder));
    struct env_stat st;
    if (path.at == NULL) return error_no_memory(e, 0);
    TRY(env_stat(env, path, &st, e));
    *ret = st.kind == ENV_FILE;
    return STATUS_OK;
}

/* The newest epoch below `below` that has a manifest; 0: none. */
static enum status newest_below(struct env *env, struct arena *a, struct str dir, const struct str *names, uint32_t count, uint64_t below, uint64_t *ret, struct error *e) {
    *ret = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t epoch = folder_epoch(names[i]);
        bool published = false;
        if (epoch <= *ret || epoch >= below) continue;
        TRY(has_manifest(env, a, store_folder(a, dir, epoch), &published, e));
        if (published) *ret = epoch;
    }
    return STATUS_OK;
}

static enum status newest(struct env *env, struct arena *a, struct str dir, void (*note)(void *, struct str), void *context, struct restore **ret, struct error *e) {
    struct env_stat st;
    bool itself = false;
    TRY(env_stat(env, dir, &st, e));
    if (st.kind != ENV_DIRECTORY) return STATUS_OK;
    TRY(has_manifest(env, a, dir, &itself, e));
    if (itself) return store_read(env, dir, ret, e);
    struct str *names = NULL;
    uint32_t count = 0;
    TRY(env_list(env, a, dir, &names, &count, e));
    for (uint64_t epoch = UINT64_MAX;;) {
        TRY(newest_below(env, a, dir, names, count, epoch, &epoch, e));
        if (epoch == 0) return STATUS_OK;
        struct error why = ERROR_INIT;
        enum status s = store_read(env, store_folder(a, dir, epoch), ret, &why);
        if (s == STATUS_OK) return s;
        /* A disk that fails is asked again; only what is damaged or gone is passed over. */
        if (s != STATUS_CORRUPT && s != STATUS_NOT_FOUND) return error_set(e, s, "%s", why.message);
        struct str text = arena_format(a, "%s; the checkpoint before it is used", why.message);
        if (note != NULL && text.at != NULL) note(context, text);
    }
}

enum status store_newest(struct env *env, struct str dir, void (*note)(void *context, struct str text), void *context, struct restore **ret, struct error *e) {
    assert(dir.at != NULL);
    struct arena *a = arena_new("checkpoints", 0);
    if (a == NULL) return error_no_memory(e, 0);
    *ret = NULL;
    enum status s = newest(env, a, dir, note, context, ret, e);
    arena_free(a);
    return s;
}

/* *ret_folder: at == NULL without any. By the time at which the manifest was written, then by name. */
static enum status newest_savepoint(struct env *env, struct arena *a, struct str dir, struct str *ret_folder, struct error *e) {
    static const struct str prefix = {"savepoint-", 10};
    struct env_stat st;
    struct str *names = NULL;
    uint32_t count = 0;
    int64_t newest_us = INT64_MIN;
    *ret_folder = (struct str){NULL, 0};
    TRY(env_stat(env, dir, &st, e));
    if (st.kind != ENV_DIRECTORY) return STATUS_OK;
    TRY(env_list(env, a, dir, &names, &count, e));
    for (uint32_t i = 0; i < count; i++) {
        if (names[i].size_bytes < prefix.size_bytes || memcmp(names[i].at, prefix.at, prefix.size_bytes) != 0) continue;
        struct str path = arena_format(a, "%.*s/%.*s/manifest", STR_ARG(dir), STR_ARG(names[i]));
        if (path.at == NULL) return error_no_memory(e, 0);
        TRY(env_stat(env, path, &st, e));
        if (st.kind != ENV_FILE || st.modified_us < newest_us) continue;
        newest_us = st.modified_us;
        *ret_folder = (struct str){path.at, path.size_bytes - strlen("/manifest")};
    }
    return STATUS_OK;
}

enum status store_newest_savepoint(struct env *env, struct str dir, struct restore **ret, struct error *e) {
    struct arena *a = arena_new("savepoints", 0);
    if (a == NULL) return error_no_memory(e, 0);
    struct str folder;
    *ret = NULL;
    enum status s = newest_savepoint(env, a, dir, &folder, e);
    if (s == STATUS_OK && folder.at != NULL) s = store_read(env, folder, ret, e);
    arena_free(a);
    return s;
}

enum status store_last_epoch(struct env *env, struct str dir, uint64_t *ret, struct error *e) {
    struct env_stat st;
    *ret = 0;
    TRY(env_stat(env, dir, &st, e));
    if (st.kind != ENV_DIRECTORY) return STATUS_OK;
    struct arena *a = arena_new("checkpoints", 0);
    if (a == NULL) return error_no_memory(e, 0);
    struct str *names = NULL;
    uint32_t count = 0;
    enum status s = env_list(env, a, dir, &names, &count, e);
    for (uint32_t i = 0; s == STATUS_OK && i < count; i++)
        if (folder_epoch(names[i]) > *ret) *ret = folder_epoch(names[i]);
    arena_free(a);
    return s;
}

static enum status manifest_read(struct env *env, struct arena *a, struct str folder, struct manifest *ret, struct error *e) {
    struct str path = arena_format(a, "%.*s/manifest", STR_ARG(folder)), bytes;
    if (path.at == NULL) return error_no_memory(e, 0);
    TRY(env_read_file(env, a, path, MANIFEST_BYTES_MAX, &bytes, e));
    return manifest_decode(a, bytes, ret, e);
}

enum status store_published(struct env *env, struct str dir, void (*each)(void *context, uint64_t epoch, const struct list *parts), void *context, struct error *e) {
    struct env_stat st;
    TRY(env_stat(env, dir, &st, e));
    if (st.kind != ENV_DIRECTORY) return STATUS_OK;
    struct arena *a = arena_new("checkpoints", 0);
    if (a == NULL) return error_no_memory(e, 0);
    struct str *names = NULL;
    uint32_t count = 0;
    enum status s = env_list(env, a, dir, &names, &count, e);
    for (uint64_t last = 0; s == STATUS_OK;) {
        uint64_t epoch = UINT64_MAX;
        for (uint32_t i = 0; i < count; i++)
            if (folder_epoch(names[i]) > last && folder_epoch(names[i]) < epoch) epoch = folder_epoch(names[i]);
        if (epoch == UINT64_MAX) break;
        last = epoch;
        struct manifest m;
        /* What is no checkpoint, or a damaged one, refers to nothing. */
        if (manifest_read(env, a, store_folder(a, dir, epoch), &m, NULL) == STATUS_OK) each(context, epoch, &m.parts);
    }
    arena_free(a);
    return s;
}
