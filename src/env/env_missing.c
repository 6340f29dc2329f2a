/* SPDX-License-Identifier: Apache-2.0 */
/*
 * env_missing: what to say of a path that leads nowhere. Looks at the file system once more, on the
 * error path only; what it cannot find out it leaves unsaid.
 */
#include "env/env_missing.h"

#include "base/suggest.h"

#include <assert.h>

/* The part before the last slash; "." without one, "/" for a name at the root. */
static struct str folder_of(struct str path, struct str *ret_name) {
    size_t slash = path.size_bytes;
    while (slash > 0 && path.at[slash - 1] != '/') slash--;
    *ret_name = (struct str){path.at + slash, path.size_bytes - slash};
    if (slash == 0) return STR(".");
    return (struct str){path.at, slash > 1 ? slash - 1 : 1};
}

static bool is_there(struct env *env, struct str path) {
    struct env_stat st = {.kind = ENV_MISSING};
    struct error quiet = ERROR_INIT;
    return env_stat(env, path, &st, &quiet) == STATUS_OK && st.kind != ENV_MISSING;
}

/* The first folder of the path that is not there; empty when all are. */
static struct str missing_folder(struct env *env, struct str path) {
    for (size_t i = 1; i < path.size_bytes; i++) {
        struct str folder = {path.at, i};
        if (path.at[i] == '/' && !is_there(env, folder)) return folder;
    }
    return (struct str){NULL, 0};
}

enum status env_missing(struct env *env, struct str path, struct error *e) {
    struct error quiet = ERROR_INIT;
    struct str name, *names = NULL, folder = folder_of(path, &name), gone = missing_folder(env, path);
    uint32_t count = 0;
    bool remote = false;
    for (size_t i = 0; i + 3 <= path.size_bytes; i++) remote |= memcmp(path.at + i, "://", 3) == 0;
    if (remote) return error_set(e, STATUS_UNSUPPORTED, "Weir reads and writes local files only, not '%.*s'", STR_ARG(path));
    (void)error_set(e, STATUS_NOT_FOUND, "There is no file or folder '%.*s'", STR_ARG(path));
    if (e == NULL) return STATUS_NOT_FOUND;
    if (gone.size_bytes > 0) return error_hint(e, "There is no folder '%.*s'", STR_ARG(gone));
    struct arena *a = arena_new("names of files", 0);
    if (a == NULL) return STATUS_NOT_FOUND;
    if (env_list(env, a, folder, &names, &count, &quiet) == STATUS_OK) {
        struct str near = suggest_name(name, names, count);
        bool here = str_equal(folder, STR("."));
        if (near.size_bytes > 0) (void)error_hint(e, "Did you mean '%.*s%s%.*s'?", here ? 0 : (int)folder.size_bytes, folder.at, here ? "" : "/", STR_ARG(near));
    }
    arena_free(a);
    return STATUS_NOT_FOUND;
}
