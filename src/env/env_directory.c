/* SPDX-License-Identifier: Apache-2.0 */
/*
 * env_directory: names of the real file system: stat, list, make, remove. A folder's listing is
 * bounded by NAMES_MAX entries; more are refused rather than read into memory without end.
 */
#include "env/env_internal.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAMES_MAX = 10 * 1000 * 1000 };

static enum status directory_stat(struct env *env, const char *path, struct env_stat *ret, struct error *e) {
    (void)env;
    struct stat st;
    if (stat(path, &st) < 0) {
        if (errno != ENOENT && errno != ENOTDIR) return env_errno(e, errno, "look at", path);
        *ret = (struct env_stat){.kind = ENV_MISSING};
        return STATUS_OK;
    }
    ret->kind = S_ISREG(st.st_mode) ? ENV_FILE : S_ISDIR(st.st_mode) ? ENV_DIRECTORY : ENV_OTHER;
    ret->size_bytes = st.st_size < 0 ? 0 : (uint64_t)st.st_size;
    ret->modified_us = (int64_t)st.st_mtim.tv_sec * 1000000 + st.st_mtim.tv_nsec / 1000;
    return STATUS_OK;
}

static enum status name_add(struct arena *a, const char *name, struct list *names, struct error *e) {
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) return STATUS_OK;
    if (names->count >= NAMES_MAX) return error_set(e, STATUS_LIMIT, "a folder holds more than %d files", NAMES_MAX);
    struct str *s = ARENA_NEW(a, struct str);
    if (s == NULL) return error_no_memory(e, sizeof *s);
    *s = arena_str(a, str_of(name));
    if (s->at == NULL || list_push(names, a, s) != STATUS_OK) return error_no_memory(e, sizeof *s);
    return STATUS_OK;
}

static enum status directory_list(struct env *env, struct arena *a, const char *path, struct list *names, struct error *e) {
    (void)env;
    DIR *d = opendir(path);
    if (d == NULL) return env_errno(e, errno, "list", path);
    enum status s = STATUS_OK;
    while (s == STATUS_OK) {
        errno = 0;
        struct dirent *entry = readdir(d);
        if (entry == NULL) {
            if (errno != 0) s = env_errno(e, errno, "list", path);
            break;
        }
        s = name_add(a, entry->d_name, names, e);
    }
    closedir(d);
    return s;
}

static enum status directory_make(struct env *env, const char *path, struct error *e) {
    if (mkdir(path, 0777) == 0) return STATUS_OK;
    int failed = errno;
    struct env_stat st = {.kind = ENV_MISSING};
    if (failed == EEXIST || failed == EROFS || failed == EACCES) TRY(directory_stat(env, path, &st, e));
    return st.kind == ENV_DIRECTORY ? STATUS_OK : env_errno(e, failed, "make the folder", path);
}

static enum status directory_remove(struct env *env, const char *path, bool directory, struct error *e) {
    (void)env;
    if ((directory ? rmdir(path) : unlink(path)) == 0 || errno == ENOENT) return STATUS_OK;
    return env_errno(e, errno, "remove", path);
}

void env_posix_directory_ops(struct env_ops *ops) {
    ops->stat = directory_stat;
    ops->list = directory_list;
    ops->mkdir = directory_make;
    ops->remove = directory_remove;
}

enum status env_make_private(struct env *env, struct str path, struct error *e) {
    (void)env;
    char name[PATH_MAX];
    if (path.size_bytes == 0 || path.size_bytes >= sizeof name) return error_set(e, STATUS_INVALID, "this path names no file");
    memcpy(name, path.at, path.size_bytes);
    name[path.size_bytes] = '\0';
    return chmod(name, S_IRUSR | S_IWUSR) < 0 ? env_errno(e, errno, "protect", name) : STATUS_OK;
}
