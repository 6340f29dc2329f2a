/* SPDX-License-Identifier: Apache-2.0 */
/*
 * env: what all environments share: dispatch to the table of functions, paths as C strings, virtual
 * time, and the composed calls (whole files, trees, directories with parents). Paths are bounded by
 * PATH_MAX and hold no NUL byte; anything else is refused before the system sees it.
 */
#include "env/env_internal.h"

#include "base/alloc.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { TREE_DEPTH_MAX = 64 };

struct path {
    char at[PATH_MAX];
};

static enum status path_init(struct path *p, struct str s, struct error *e) {
    if (s.size_bytes == 0) return error_set(e, STATUS_INVALID, "an empty path names no file");
    if (s.size_bytes >= sizeof p->at) return error_set(e, STATUS_LIMIT, "path is longer than %d bytes", PATH_MAX - 1);
    if (memchr(s.at, 0, s.size_bytes) != NULL) return error_set(e, STATUS_INVALID, "path holds a zero byte");
    memcpy(p->at, s.at, s.size_bytes);
    p->at[s.size_bytes] = 0;
    return STATUS_OK;
}

void env_init(struct env *env, const struct env_ops *ops) {
    static const char *const names[3] = {"stdin", "stdout", "stderr"};
    env->ops = ops;
    atomic_init(&env->is_virtual, false);
    atomic_init(&env->virtual_us, 0);
    for (int i = 0; i < 3; i++) env->standard[i] = (struct env_file){.fd = i, .standard = true, .path = names[i]};
}

void env_free(struct env *env) {
    if (env == NULL) return;
    env_signals_end(env);
    mem_free(env->standard[0].ahead);
    env->ops->free(env);
}

struct env_file *env_file_new(int fd, const char *path) {
    size_t size = strlen(path) + 1;
    struct env_file *f = mem_calloc(1, sizeof *f + size);
    if (f == NULL) return NULL;
    f->fd = fd;
    memcpy(f + 1, path, size);
    f->path = (const char *)(f + 1);
    return f;
}

void env_file_free(struct env_file *f) {
    assert(f == NULL || !f->standard);
    mem_free(f);
}

enum status env_errno(struct error *e, int number, const char *what, const char *path) {
    enum status s = number == ENOENT   ? STATUS_NOT_FOUND
                    : number == EPIPE  ? STATUS_CLOSED
                    : number == ENOMEM ? STATUS_NO_MEMORY
                                       : STATUS_IO;
    char text[128];
    const char *reason = strerror_r(number, text, sizeof text);
    return error_set(e, s, "cannot %s '%s': %s", what, path, reason);
}

/* ---- clock ---- */

int64_t env_wall_us(struct env *env) {
    if (atomic_load_explicit(&env->is_virtual, memory_order_relaxed))
        return atomic_load_explicit(&env->virtual_us, memory_order_relaxed);
    return env->ops->wall_us(env);
}

int64_t env_monotonic_ns(struct env *env) { return env->ops->monotonic_ns(env); }

uint64_t env_random(struct env *env) { return env->ops->random(env); }

void env_set_virtual_us(struct env *env, int64_t now_us) {
    atomic_store(&env->virtual_us, now_us);
    atomic_store(&env->is_virtual, true);
}

bool env_is_virtual(const struct env *env) { return atomic_load(&((struct env *)env)->is_virtual); }

struct str env_variable(struct env *env, const char *name) {
    assert(env != NULL);
    return str_of(getenv(name));
}

struct env_file *env_stdin(struct env *env) { return &env->standard[0]; }
struct env_file *env_stdout(struct env *env) { return &env->standard[1]; }
struct env_file *env_stderr(struct env *env) { return &env->standard[2]; }

/* ---- files ---- */

enum status env_open(struct env *env, struct str path, enum env_open how, struct env_file **ret, struct error *e) {
    struct path p;
    TRY(path_init(&p, path, e));
    return env->ops->open(env, p.at, how, ret, e);
}

void env_close(struct env *env, struct env_file *f) {
    if (f != NULL && !f->standard) env->ops->close(env, f);
}

enum status env_read_at(struct env *env, struct env_file *f, uint64_t offset, void *bytes, size_t size, size_t *ret_size, struct error *e) {
    return env->ops->read_at(env, f, offset, bytes, size, ret_size, e);
}

enum status env_read(struct env *env, struct env_file *f, void *bytes, size_t size, size_t *ret_size, struct error *e) {
    size_t ahead = f->ahead_bytes - f->ahead_at;
    if (ahead == 0) return env->ops->read(env, f, bytes, size, ret_size, e);
    size_t n = ahead < size ? ahead : size;
    memcpy(bytes, f->ahead + f->ahead_at, n);
    f->ahead_at += n;
    *ret_size = n;
    return STATUS_OK;
}

enum status env_unread(struct env *env, struct env_file *f, struct str bytes, struct error *e) {
    (void)env;
    assert(f->ahead_at == f->ahead_bytes);
    if (bytes.size_bytes == 0) return STATUS_OK;
    char *copy = mem_realloc(f->ahead, bytes.size_bytes);
    if (copy == NULL) return error_no_memory(e, bytes.size_bytes);
    memcpy(copy, bytes.at, bytes.size_bytes);
    f->ahead = copy;
    f->ahead_at = 0;
    f->ahead_bytes = bytes.size_bytes;
    return STATUS_OK;
}

enum status env_write(struct env *env, struct env_file *f, const void *bytes, size_t size, struct error *e) {
    return env->ops->write(env, f, bytes, size, e);
}

enum status env_sync(struct env *env, struct env_file *f, struct error *e) { return env->ops->sync(env, f, e); }

void env_flush_begin(struct env *env, struct env_file *f, uint64_t offset, uint64_t size_bytes) {
    assert(f != NULL);
    if (env->ops->flush_begin != NULL && size_bytes > 0) env->ops->flush_begin(f, offset, size_bytes);
}

void env_pause(struct env *env, int64_t ns) {
    assert(ns >= 0);
    if (env->ops->pause != NULL) env->ops->pause(ns);
}

enum status env_truncate(struct env *env, struct env_file *f, uint64_t size, struct error *e) {
    return env->ops->truncate(env, f, size, e);
}

enum status env_file_size(struct env *env, struct env_file *f, uint64_t *ret, struct error *e) {
    return env->ops->size(env, f, ret, e);
}

bool env_readable(struct env *env, struct env_file *f, int timeout_ms) {
    return f->ahead_at < f->ahead_bytes || env->ops->readable(env, f, timeout_ms);
}

/* ---- directories ---- */

enum status env_stat(struct env *env, struct str path, struct env_stat *ret, struct error *e) {
    struct path p;
    TRY(path_init(&p, path, e));
    return env->ops->stat(env, p.at, ret, e);
}

static int name_compare(const void *a, const void *b) { return str_compare(*(const struct str *)a, *(const struct str *)b); }

enum status env_list(struct env *env, struct arena *a, struct str path, struct str **ret_names, uint32_t *ret_count, struct error *e) {
    struct path p;
    TRY(path_init(&p, path, e));
    struct list names = {0};
    TRY(env->ops->list(env, a, p.at, &names, e));
    struct str *sorted = ARENA_ARRAY(a, struct str, names.count == 0 ? 1 : names.count);
    if (sorted == NULL) return error_no_memory(e, names.count * sizeof *sorted);
    for (uint32_t i = 0; i < names.count; i++) sorted[i] = *(struct str *)names.at[i];
    qsort(sorted, names.count, sizeof *sorted, name_compare);
    *ret_names = sorted;
    *ret_count = names.count;
    return STATUS_OK;
}

enum status env_mkdirs(struct env *env, struct str path, struct error *e) {
    struct path p;
    TRY(path_init(&p, path, e));
    for (size_t i = 1; i < path.size_bytes; i++) {
        if (p.at[i] != '/' || p.at[i - 1] == '/') continue;
        p.at[i] = 0;
        TRY(env->ops->mkdir(env, p.at, e));
        p.at[i] = '/';
    }
    return env->ops->mkdir(env, p.at, e);
}

enum status env_rename(struct env *env, struct str from, struct str to, struct error *e) {
    struct path f, t;
    TRY(path_init(&f, from, e));
    TRY(path_init(&t, to, e));
    return env->ops->rename(env, f.at, t.at, e);
}

enum status env_remove(struct env *env, struct str path, struct error *e) {
    struct path p;
    TRY(path_init(&p, path, e));
    return env->ops->remove(env, p.at, false, e);
}

static enum status tree_remove(struct env *env, struct arena *a, const char *path, int depth, struct error *e) {
    struct env_stat st;
    TRY(env->ops->stat(env, path, &st, e));
    if (st.kind == ENV_MISSING) return STATUS_OK;
    if (st.kind != ENV_DIRECTORY) return env->ops->remove(env, path, false, e);
    if (depth >= TREE_DEPTH_MAX) return error_set(e, STATUS_LIMIT, "'%s' is nested deeper than %d folders", path, TREE_DEPTH_MAX);
    struct list names = {0};
    TRY(env->ops->list(env, a, path, &names, e));
    for (uint32_t i = 0; i < names.count; i++) {
        struct str child = arena_format(a, "%s/%.*s", path, STR_ARG(*(struct str *)names.at[i]));
        if (child.at == NULL) return error_no_memory(e, PATH_MAX);
        TRY(tree_remove(env, a, child.at, depth + 1, e));
    }
    return env->ops->remove(env, path, true, e);
}

enum status env_remove_tree(struct env *env, struct str path, struct error *e) {
    struct path p;
    TRY(path_init(&p, path, e));
    struct arena *a = arena_new("remove_tree", 0);
    if (a == NULL) return error_no_memory(e, 0);
    enum status s = tree_remove(env, a, p.at, 0, e);
    arena_free(a);
    return s;
}

static enum status whole_read(struct env *env, struct env_file *f, char *bytes, size_t size, struct error *e) {
    for (size_t done = 0; done < size;) {
        size_t n = 0;
        TRY(env_read_at(env, f, done, bytes + done, size - done, &n, e));
        if (n == 0) return error_set(e, STATUS_IO, "'%s' became shorter while it was read", f->path);
        done += n;
    }
    return STATUS_OK;
}

enum status env_read_file(struct env *env, struct arena *a, struct str path, uint64_t limit_bytes, struct str *ret, struct error *e) {
    struct env_file *f = NULL;
    TRY(env_open(env, path, ENV_READ, &f, e));
    uint64_t size = 0;
    char *bytes = NULL;
    enum status s = env_file_size(env, f, &size, e);
    if (s == STATUS_OK && size > limit_bytes)
        s = error_set(e, STATUS_LIMIT, "'%s' has %llu bytes; at most %llu are read", f->path, (unsigned long long)size, (unsigned long long)limit_bytes);
    if (s == STATUS_OK) {
        bytes = arena_bytes(a, (size_t)size + 1);
        s = bytes == NULL ? error_no_memory(e, size) : whole_read(env, f, bytes, (size_t)size, e);
    }
    env_close(env, f);
    if (s != STATUS_OK) return s;
    bytes[size] = 0;
    *ret = (struct str){bytes, (size_t)size};
    return STATUS_OK;
}
