/* SPDX-License-Identifier: Apache-2.0 */
/*
 * env_file: files of the real environment: open, positional and streaming reads, whole writes, sync.
 * Interrupted calls are repeated; a write either writes everything or fails. A file that this process
 * created is durable only with its directory entry, so the first sync syncs the directory too.
 */
#include "env/env_internal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum status file_open(struct env *env, const char *path, enum env_open how, struct env_file **ret, struct error *e) {
    (void)env;
    static const int flags[] = {[ENV_READ] = O_RDONLY, [ENV_WRITE_NEW] = O_RDWR | O_CREAT | O_TRUNC, [ENV_APPEND] = O_RDWR | O_CREAT | O_APPEND};
    int fd = -1;
    do fd = open(path, flags[how] | O_CLOEXEC | O_NOCTTY, 0666);
    while (fd < 0 && errno == EINTR);
    if (fd < 0) return env_errno(e, errno, how == ENV_READ ? "open" : "create", path);
    struct env_file *f = env_file_new(fd, path);
    if (f == NULL) {
        close(fd);
        return error_no_memory(e, sizeof *f);
    }
    f->append = how == ENV_APPEND;
    f->sync_parent = how != ENV_READ;
    *ret = f;
    return STATUS_OK;
}

static void file_close(struct env *env, struct env_file *f) {
    (void)env;
    assert(f->fd >= 0);
    close(f->fd);
    env_file_free(f);
}

static enum status file_read_at(struct env *env, struct env_file *f, uint64_t offset, void *bytes, size_t size, size_t *ret_size, struct error *e) {
    (void)env;
    ssize_t n = 0;
    do n = pread(f->fd, bytes, size, (off_t)offset);
    while (n < 0 && errno == EINTR);
    if (n < 0) return env_errno(e, errno, "read", f->path);
    *ret_size = (size_t)n;
    return STATUS_OK;
}

static enum status file_read(struct env *env, struct env_file *f, void *bytes, size_t size, size_t *ret_size, struct error *e) {
    (void)env;
    for (;;) {
        ssize_t n = read(f->fd, bytes, size);
        if (n >= 0) {
            *ret_size = (size_t)n;
            return STATUS_OK;
        }
        if (errno == EAGAIN) { /* somebody made the pipe non-blocking */
            struct pollfd p = {.fd = f->fd, .events = POLLIN};
            poll(&p, 1, -1);
        } else if (errno != EINTR) {
            return env_errno(e, errno, "read", f->path);
        }
    }
}

static enum status file_write(struct env *env, struct env_file *f, const void *bytes, size_t size, struct error *e) {
    (void)env;
    for (size_t done = 0; done < size;) {
        ssize_t n = write(f->fd, (const char *)bytes + done, size - done);
        if (n >= 0) {
            done += (size_t)n;
        } else if (errno == EAGAIN) {
            struct pollfd p = {.fd = f->fd, .events = POLLOUT};
            poll(&p, 1, -1);
        } else if (errno != EINTR) {
            return env_errno(e, errno, "write", f->path);
        }
    }
    return STATUS_OK;
}

static int parent_sync(const char *path) {
    char dir[PATH_MAX] = ".";
    const char *slash = strrchr(path, '/');
    if (slash != NULL) {
        size_t n = slash == path ? 1 : (size_t)(slash - path);
        if (n >= sizeof dir) return ENAMETOOLONG;
        memcpy(dir, path, n);
        dir[n] = 0;
    }
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return errno;
    /* Some file systems cannot sync a directory and say EINVAL; their renames are ordered anyway. */
    int failed = fsync(fd) < 0 && errno != EINVAL ? errno : 0;
    close(fd);
    return failed;
}

static enum status file_sync(struct env *env, struct env_file *f, struct error *e) {
    (void)env;
    if (fdatasync(f->fd) < 0 && errno != EINVAL && errno != EROFS) return env_errno(e, errno, "sync", f->path);
    if (f->sync_parent) {
        int failed = parent_sync(f->path);
        if (failed != 0) return env_errno(e, failed, "sync the folder of", f->path);
        f->sync_parent = false;
    }
    return STATUS_OK;
}

static void file_flush_begin(struct env_file *f, uint64_t offset, uint64_t size_bytes) {
    (void)sync_file_range(f->fd, (off_t)offset, (off_t)size_bytes, SYNC_FILE_RANGE_WRITE); /* a failure shows at the sync */
}

static enum status file_truncate(struct env *env, struct env_file *f, uint64_t size, struct error *e) {
    (void)env;
    int failed = 0;
    do failed = ftruncate(f->fd, (off_t)size);
    while (failed < 0 && errno == EINTR);
    if (failed == 0 && !f->append && lseek(f->fd, (off_t)size, SEEK_SET) < 0) failed = -1;
    return failed < 0 ? env_errno(e, errno, "truncate", f->path) : STATUS_OK;
}

static enum status file_size(struct env *env, struct env_file *f, uint64_t *ret, struct error *e) {
    (void)env;
    struct stat st;
    if (fstat(f->fd, &st) < 0) return env_errno(e, errno, "look at", f->path);
    *ret = st.st_size < 0 ? 0 : (uint64_t)st.st_size;
    return STATUS_OK;
}

static bool file_readable(struct env *env, struct env_file *f, int timeout_ms) {
    (void)env;
    struct pollfd p = {.fd = f->fd, .events = POLLIN};
    return poll(&p, 1, timeout_ms) > 0;
}

bool env_isatty(struct env *env, struct env_file *f) {
    assert(env != NULL);
    return f->fd >= 0 && isatty(f->fd) == 1;
}

static enum status file_rename(struct env *env, const char *from, const char *to, struct error *e) {
    (void)env;
    if (rename(from, to) < 0) return env_errno(e, errno, "rename", from);
    int failed = parent_sync(to);
    return failed != 0 ? env_errno(e, failed, "sync the folder of", to) : STATUS_OK;
}

void env_posix_file_ops(struct env_ops *ops) {
    ops->open = file_open;
    ops->close = file_close;
    ops->read_at = file_read_at;
    ops->read = file_read;
    ops->write = file_write;
    ops->sync = file_sync;
    ops->flush_begin = file_flush_begin;
    ops->truncate = file_truncate;
    ops->size = file_size;
    ops->readable = file_readable;
    ops->rename = file_rename;
    env_posix_directory_ops(ops);
}
