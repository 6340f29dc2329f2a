/* SPDX-License-Identifier: Apache-2.0 */
/*
 * env_fault: the environment's own functions behind a counter. A test instrument: armed by a test or by the
 * command line (WEIR_FAIL_SYSCALL), it costs nothing when it is not. The table of functions is the first member,
 * so the environment's table is the way back to the counter.
 */
#include "env/env_fault.h"

#include "base/alloc.h"
#include "env/env_internal.h"

#include <assert.h>
#include <errno.h>

struct fault {
    struct env_ops ops; /* first */
    const struct env_ops *inner;
    _Atomic int64_t left;
    bool forever;
};

static struct fault *fault_of(struct env *env) { return (struct fault *)(uintptr_t)env->ops; }

/* Is it this call's turn to fail? */
static bool fault_hits(struct env *env) {
    struct fault *f = fault_of(env);
    int64_t left = atomic_fetch_sub(&f->left, 1);
    return left == 1 || (left < 1 && f->forever);
}

static enum status fault_open(struct env *env, const char *path, enum env_open how, struct env_file **ret, struct error *e) {
    if (fault_hits(env)) return env_errno(e, EIO, how == ENV_READ ? "open" : "create", path);
    return fault_of(env)->inner->open(env, path, how, ret, e);
}

static enum status fault_read_at(struct env *env, struct env_file *f, uint64_t offset, void *bytes, size_t size, size_t *ret_size, struct error *e) {
    if (fault_hits(env)) return env_errno(e, EIO, "read", f->path);
    return fault_of(env)->inner->read_at(env, f, offset, bytes, size, ret_size, e);
}

static enum status fault_read(struct env *env, struct env_file *f, void *bytes, size_t size, size_t *ret_size, struct error *e) {
    if (fault_hits(env)) return env_errno(e, EIO, "read", f->path);
    return fault_of(env)->inner->read(env, f, bytes, size, ret_size, e);
}

static enum status fault_write(struct env *env, struct env_file *f, const void *bytes, size_t size, struct error *e) {
    if (f != env_stderr(env) && fault_hits(env)) return env_errno(e, EIO, "write", f->path);
    return fault_of(env)->inner->write(env, f, bytes, size, e);
}

static enum status fault_sync(struct env *env, struct env_file *f, struct error *e) {
    if (fault_hits(env)) return env_errno(e, EIO, "sync", f->path);
    return fault_of(env)->inner->sync(env, f, e);
}

static enum status fault_truncate(struct env *env, struct env_file *f, uint64_t size, struct error *e) {
    if (fault_hits(env)) return env_errno(e, EIO, "truncate", f->path);
    return fault_of(env)->inner->truncate(env, f, size, e);
}

static enum status fault_size(struct env *env, struct env_file *f, uint64_t *ret, struct error *e) {
    if (fault_hits(env)) return env_errno(e, EIO, "look at", f->path);
    return fault_of(env)->inner->size(env, f, ret, e);
}

static enum status fault_stat(struct env *env, const char *path, struct env_stat *ret, struct error *e) {
    if (fault_hits(env)) return env_errno(e, EIO, "look at", path);
    return fault_of(env)->inner->stat(env, path, ret, e);
}

static enum status fault_list(struct env *env, struct arena *a, const char *path, struct list *names, struct error *e) {
    if (fault_hits(env)) return env_errno(e, EIO, "list", path);
    return fault_of(env)->inner->list(env, a, path, names, e);
}

static enum status fault_mkdir(struct env *env, const char *path, struct error *e) {
    if (fault_hits(env)) return env_errno(e, EIO, "create", path);
    return fault_of(env)->inner->mkdir(env, path, e);
}

static enum status fault_rename(struct env *env, const char *from, const char *to, struct error *e) {
    if (fault_hits(env)) return env_errno(e, EIO, "rename", from);
    return fault_of(env)->inner->rename(env, from, to, e);
}

static enum status fault_remove(struct env *env, const char *path, bool directory, struct error *e) {
    if (fault_hits(env)) return env_errno(e, EIO, "remove", path);
    return fault_of(env)->inner->remove(env, path, directory, e);
}

static void fault_free(struct env *env) {
    struct fault *f = fault_of(env);
    env->ops = f->inner;
    mem_free(f);
    env->ops->free(env);
}

enum status env_fail_after(struct env *env, int64_t n, bool forever, struct error *e) {
    assert(n > 0 && env->ops->free != fault_free);
    struct fault *f = mem_calloc(1, sizeof *f);
    if (f == NULL) return error_no_memory(e, sizeof *f);
    f->inner = env->ops;
    f->ops = *env->ops;
    f->forever = forever;
    atomic_init(&f->left, n);
    f->ops.free = fault_free;
    f->ops.open = fault_open;
    f->ops.read_at = fault_read_at;
    f->ops.read = fault_read;
    f->ops.write = fault_write;
    f->ops.sync = fault_sync;
    f->ops.truncate = fault_truncate;
    f->ops.size = fault_size;
    f->ops.stat = fault_stat;
    f->ops.list = fault_list;
    f->ops.mkdir = fault_mkdir;
    f->ops.rename = fault_rename;
    f->ops.remove = fault_remove;
    env->ops = &f->ops;
    return STATUS_OK;
}
