/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file_committer: makes part files visible by one rename each and writes success files. A commit may
 * come again after a restore: a part whose in-progress file is gone has been committed before.
 */
#include "connector/connectors.h"
#include "connector/filesystem/file_sink.h"

#include <string.h>

struct file_committer {
    struct env *env;
    struct arena *arena;
};

static enum status commit_part(struct file_committer *c, struct arena *a, struct str directory, struct str name, struct error *e) {
    struct str from = arena_format(a, "%.*s.%.*s.inprogress", STR_ARG(directory), STR_ARG(name));
    struct str to = arena_format(a, "%.*s%.*s", STR_ARG(directory), STR_ARG(name));
    if (from.at == NULL || to.at == NULL) return error_no_memory(e, 0);
    struct env_stat st;
    TRY(env_stat(c->env, from, &st, e));
    return st.kind == ENV_MISSING ? STATUS_OK : env_rename(c->env, from, to, e);
}

static enum status commit_success(struct file_committer *c, struct str path, struct error *e) {
    struct env_file *file;
    TRY(env_open(c->env, path, ENV_WRITE_NEW, &file, e));
    enum status st = env_sync(c->env, file, e);
    env_close(c->env, file);
    return st;
}

static enum status commit(void *committer, struct str committable, struct error *e) {
    struct file_committer *c = committer;
    struct str rest = {committable.at + 1, committable.size_bytes - 1};
    if (committable.size_bytes < 2) return error_set(e, STATUS_CORRUPT, "filesystem: a committable is damaged.");
    if (committable.at[0] == 'S') return commit_success(c, rest, e);
    const char *newline = memrchr(rest.at, '\n', rest.size_bytes);
    if (committable.at[0] != 'F' || newline == NULL) return error_set(e, STATUS_CORRUPT, "filesystem: a committable is damaged.");
    size_t directory = (size_t)(newline - rest.at);
    struct arena *a = arena_new("commit", 0);
    if (a == NULL) return error_no_memory(e, 0);
    enum status st = commit_part(c, a, (struct str){rest.at, directory}, (struct str){newline + 1, rest.size_bytes - directory - 1}, e);
    arena_free(a);
    return st;
}

/* In-progress files of a dead attempt are invisible and are overwritten under the same name. */
static enum status clean(void *committer, struct error *e) {
    (void)committer, (void)e;
    return STATUS_OK;
}

static void committer_free(void *committer) { (void)committer; }

static const struct committer_ops ops = {commit, clean, committer_free};

enum status file_committer_new(const struct sink_context *c, const struct committer_ops **ret_ops, void **ret, struct error *e) {
    struct file_committer *f = ARENA_NEW(c->arena, struct file_committer);
    if (f == NULL) return error_no_memory(e, sizeof *f);
    *f = (struct file_committer){c->env, c->arena};
    *ret_ops = &ops;
    *ret = f;
    return STATUS_OK;
}
