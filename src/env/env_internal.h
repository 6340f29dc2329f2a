/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_ENV_ENV_INTERNAL_H
#define WEIR_ENV_ENV_INTERNAL_H

#include "base/list.h"
#include "env/env.h"

#include <limits.h>
#include <stdatomic.h>

/*
 * env_internal: what an environment implements. Only src/env includes it. Everything that can differ
 * between the real world and the simulated one is a function here; env.c adds what both share.
 */

/* One open file. fd belongs to env_posix, node and offset to env_sim. */
struct env_file {
    int fd;
    bool standard;    /* stdin, stdout, stderr: never closed */
    bool append;
    bool sync_parent; /* freshly created: the first sync makes the directory entry durable too */
    uint64_t offset;  /* env_sim: where the next read or write goes */
    void *node;       /* env_sim: the file's content */
    const char *path; /* NUL-terminated, for messages */
    char *ahead;      /* env_unread: what the next reads give first; owned */
    size_t ahead_at, ahead_bytes;
};

struct env_ops {
    void (*free)(struct env *env);
    int64_t (*wall_us)(struct env *env);
    int64_t (*monotonic_ns)(struct env *env);
    uint64_t (*random)(struct env *env);
    enum status (*open)(struct env *env, const char *path, enum env_open how, struct env_file **ret, struct error *e);
    void (*close)(struct env *env, struct env_file *f);
    enum status (*read_at)(struct env *env, struct env_file *f, uint64_t offset, void *bytes, size_t size, size_t *ret_size, struct error *e);
    enum status (*read)(struct env *env, struct env_file *f, void *bytes, size_t size, size_t *ret_size, struct error *e);
    enum status (*write)(struct env *env, struct env_file *f, const void *bytes, size_t size, struct error *e);
    enum status (*sync)(struct env *env, struct env_file *f, struct error *e);
    /* NULL: nothing to begin. */
    void (*flush_begin)(struct env_file *f, uint64_t offset, uint64_t size_bytes);
    /* NULL: time does not pass by waiting. */
    void (*pause)(int64_t ns);
    enum status (*truncate)(struct env *env, struct env_file *f, uint64_t size, struct error *e);
    enum status (*size)(struct env *env, struct env_file *f, uint64_t *ret, struct error *e);
    bool (*readable)(struct env *env, struct env_file *f, int timeout_ms);
    enum status (*stat)(struct env *env, const char *path, struct env_stat *ret, struct error *e);
    enum status (*list)(struct env *env, struct arena *a, const char *path, struct list *names, struct error *e);
    enum status (*mkdir)(struct env *env, const char *path, struct error *e); /* one level; existing is OK */
    enum status (*rename)(struct env *env, const char *from, const char *to, struct error *e);
    enum status (*remove)(struct env *env, const char *path, bool directory, struct error *e);
    /* NULL: real helper threads run the pool; else the job is taken and run when the driver says so. */
    enum status (*submit)(struct env *env, void (*run)(void *), void *argument, struct error *e);
};

struct env {
    const struct env_ops *ops;
    atomic_bool is_virtual;
    _Atomic int64_t virtual_us;
    struct env_file standard[3];
    struct env_signal_thread *signals;
};

void env_init(struct env *env, const struct env_ops *ops);
/* Posix's file functions, shared so that env_sim can hand the standard streams through. */
void env_posix_file_ops(struct env_ops *ops);
void env_posix_directory_ops(struct env_ops *ops);
/* errno to a status and message: "cannot <what> 'path': <reason>". */
enum status env_errno(struct error *e, int number, const char *what, const char *path);
struct env_file *env_file_new(int fd, const char *path);
void env_file_free(struct env_file *f);

#endif
