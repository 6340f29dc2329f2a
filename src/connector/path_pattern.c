/* SPDX-License-Identifier: Apache-2.0 */
/*
 * path_pattern: the rules by which one path stands for several files, for the enumerator that reads them all
 * and for the inference that looks at the first one.
 */
#include "connector/path_pattern.h"

#include "env/env_missing.h"

#include <assert.h>

enum { DEPTH_MAX = 32 };

bool path_is_pattern(struct str s) {
    return memchr(s.at, '*', s.size_bytes) != NULL || memchr(s.at, '?', s.size_bytes) != NULL;
}

bool name_matches(struct str pattern, struct str name) { return str_matches(name, pattern, '*', '?', false); }

bool name_is_hidden(struct str name) { return name.size_bytes == 0 || name.at[0] == '.' || name.at[0] == '_'; }

struct str path_join(struct arena *a, struct str directory, struct str name) {
    bool slash = directory.size_bytes > 0 && directory.at[directory.size_bytes - 1] == '/';
    return directory.size_bytes == 0 ? name : arena_format(a, "%.*s%s%.*s", STR_ARG(directory), slash ? "" : "/", STR_ARG(name));
}

/* base/rest: the first file along the components of rest; below a folder at the end, at any depth. */
static enum status find_first(struct env *env, struct arena *a, struct str base, struct str rest, uint32_t depth, struct str *ret, struct error *e) {
    struct env_stat st;
    struct str *names = NULL;
    uint32_t count = 0;
    while (rest.size_bytes > 0 && rest.at[0] == '/') rest.at++, rest.size_bytes--;
    const char *slash = rest.size_bytes == 0 ? NULL : memchr(rest.at, '/', rest.size_bytes);
    struct str name = {rest.at, slash == NULL ? rest.size_bytes : (size_t)(slash - rest.at)};
    struct str more = {rest.at + name.size_bytes, rest.size_bytes - name.size_bytes};
    if (depth == DEPTH_MAX) return STATUS_NOT_FOUND;
    if (name.size_bytes > 0 && !path_is_pattern(name)) {
        struct str next = path_join(a, base, name);
        return next.at == NULL ? error_no_memory(e, 0) : find_first(env, a, next, more, depth + 1, ret, e);
    }
    if (name.size_bytes == 0) {
        TRY(env_stat(env, base, &st, e));
        if (st.kind == ENV_FILE) *ret = base;
        if (st.kind == ENV_FILE) return STATUS_OK;
        if (st.kind != ENV_DIRECTORY) return STATUS_NOT_FOUND;
        name = STR("*");
    }
    if (env_list(env, a, base.size_bytes == 0 ? STR(".") : base, &names, &count, NULL) != STATUS_OK) return STATUS_NOT_FOUND;
    for (uint32_t i = 0; i < count; i++) {
        if (name_is_hidden(names[i]) || !name_matches(name, names[i])) continue;
        struct str next = path_join(a, base, names[i]);
        if (next.at == NULL) return error_no_memory(e, 0);
        enum status s = find_first(env, a, next, more, depth + 1, ret, e);
        if (s != STATUS_NOT_FOUND) return s;
    }
    return STATUS_NOT_FOUND;
}

enum status path_first_file(struct env *env, struct arena *a, struct str path, struct str *ret, struct error *e) {
    assert(path.size_bytes > 0);
    struct env_stat st = {.kind = ENV_MISSING};
    if (!path_is_pattern(path)) {
        TRY(env_stat(env, path, &st, e));
        if (st.kind == ENV_FILE) *ret = path;
        if (st.kind == ENV_FILE) return STATUS_OK;
    }
    enum status s = find_first(env, a, path.at[0] == '/' ? STR("/") : STR(""), path, 0, ret, e);
    if (s != STATUS_NOT_FOUND) return s;
    if (path_is_pattern(path)) return error_set(e, STATUS_NOT_FOUND, "No file matches '%.*s'", STR_ARG(path));
    if (st.kind == ENV_MISSING) return env_missing(env, path, e);
    return error_set(e, STATUS_NOT_FOUND, "There is no file in the folder '%.*s'", STR_ARG(path));
}
