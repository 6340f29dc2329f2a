/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file_committer: makes part files visible by one rename each and writes success files. A commit may
 * come again after a restore: a part whose in-progress file is gone has been committed before.
 *
 * After a restore it removes what was left in progress: files under the names of its own writers (their
 * states hold the random part of the name) that no restored state goes on with. The names of writers that
 * died before their first checkpoint are known to nobody: their files stay, invisible.
 */
#include "connector/connectors.h"
#include "connector/filesystem/file_sink.h"

#include "base/strmap.h"

#include <assert.h>
#include <string.h>

struct file_committer {
    struct env *env;
    struct arena *arena;
    struct str root;          /* without a '/' at its end */
    uint32_t depth;           /* of partition directories */
    struct strmap *uids;      /* of restored writers */
    struct strmap *going_on;  /* names of files that they go on with */
};

enum { UID_BYTES = 32 };

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

/* ---- the states of writers ---- */

enum status file_sink_root(const struct sink_context *c, struct str *ret, struct error *e) {
    struct str path = options_text(&c->sink->options->own, "path");
    if (path.size_bytes >= 7 && memcmp(path.at, "file://", 7) == 0) path.at += 7, path.size_bytes -= 7;
    bool slash = path.size_bytes > 0 && path.at[path.size_bytes - 1] == '/';
    *ret = arena_format(c->arena, "%.*s%s", STR_ARG(path), slash ? "" : "/");
    return ret->at == NULL ? error_no_memory(e, 0) : STATUS_OK;
}

static enum status damaged(struct error *e) { return error_set(e, STATUS_CORRUPT, "filesystem: the state of a writer is damaged."); }

static enum status cut(struct str *state, void *ret, size_t size, struct error *e) {
    if (state->size_bytes < size) return damaged(e);
    memcpy(ret, state->at, size);
    state->at += size;
    state->size_bytes -= size;
    return STATUS_OK;
}

enum status stored_writer_read(struct str *state, struct stored_writer *ret, struct error *e) { return cut(state, ret, sizeof *ret, e); }

enum status stored_part_read(struct str *state, struct stored_part *ret, struct str *ret_directory, struct str *ret_name, struct error *e) {
    TRY(cut(state, ret, sizeof *ret, e));
    if (state->size_bytes < (uint64_t)ret->directory_bytes + ret->name_bytes || ret->directory_bytes == 0) return damaged(e);
    if (state->at[ret->directory_bytes - 1] != '/') return damaged(e);
    *ret_directory = (struct str){state->at, ret->directory_bytes};
    *ret_name = (struct str){state->at + ret->directory_bytes, ret->name_bytes};
    state->at += ret->directory_bytes + ret->name_bytes;
    state->size_bytes -= ret->directory_bytes + ret->name_bytes;
    return STATUS_OK;
}

static enum status name_put(struct file_committer *c, struct strmap *names, struct str name, struct error *e) {
    struct str copy = arena_str(c->arena, name);
    if (copy.at == NULL || strmap_put(names, copy, c) != STATUS_OK) return error_no_memory(e, name.size_bytes);
    return STATUS_OK;
}

static enum status keep(void *committer, struct str writer_state, struct error *e) {
    struct file_committer *c = committer;
    struct stored_writer w;
    TRY(stored_writer_read(&writer_state, &w, e));
    TRY(name_put(c, c->uids, (struct str){w.uid, UID_BYTES}, e));
    for (uint32_t i = 0; i < w.parts; i++) {
        struct stored_part p;
        struct str directory, name;
        TRY(stored_part_read(&writer_state, &p, &directory, &name, e));
        TRY(name_put(c, c->going_on, name, e));
    }
    return STATUS_OK;
}

/* ---- leftovers ---- */

/* `.part-<uid>-<subtask>-<n>.inprogress` of a known uid: the name in between; else at == NULL. */
static struct str own_part(const struct file_committer *c, struct str file) {
    struct str begin = STR(".part-"), end = STR(".inprogress");
    struct str none = {NULL, 0};
    if (file.size_bytes < begin.size_bytes + UID_BYTES + 1 + end.size_bytes) return none;
    if (memcmp(file.at, begin.at, begin.size_bytes) != 0 || memcmp(file.at + file.size_bytes - end.size_bytes, end.at, end.size_bytes) != 0) return none;
    struct str uid = {file.at + begin.size_bytes, UID_BYTES};
    if (uid.at[UID_BYTES] != '-' || strmap_get(c->uids, uid) == NULL) return none;
    return (struct str){file.at + 1, file.size_bytes - 1 - end.size_bytes};
}

static enum status directory_clean(struct file_committer *c, struct arena *a, struct str directory, uint32_t depth, struct error *e) {
    struct env_stat st;
    TRY(env_stat(c->env, directory, &st, e));
    if (st.kind != ENV_DIRECTORY) return STATUS_OK;
    struct str *names = NULL;
    uint32_t count = 0;
    TRY(env_list(c->env, a, directory, &names, &count, e));
    for (uint32_t i = 0; i < count; i++) {
        struct str path = arena_format(a, "%.*s/%.*s", STR_ARG(directory), STR_ARG(names[i]));
        if (path.at == NULL) return error_no_memory(e, 0);
        struct str part = own_part(c, names[i]);
        if (part.at != NULL && strmap_get(c->going_on, part) == NULL) TRY(env_remove(c->env, path, e));
        bool inside = depth > 0 && part.at == NULL && memchr(names[i].at, '=', names[i].size_bytes) != NULL;
        if (inside) TRY(directory_clean(c, a, path, depth - 1, e));
    }
    return STATUS_OK;
}

static enum status clean(void *committer, struct error *e) {
    struct file_committer *c = committer;
    if (strmap_count(c->uids) == 0) return STATUS_OK;
    struct arena *a = arena_new("clean", 0);
    if (a == NULL) return error_no_memory(e, 0);
    enum status s = directory_clean(c, a, c->root, c->depth, e);
    arena_free(a);
    return s;
}

static void committer_free(void *committer) { (void)committer; }

static const struct committer_ops ops = {commit, keep, clean, committer_free};

enum status file_committer_new(const struct sink_context *c, const struct committer_ops **ret_ops, void **ret, struct error *e) {
    struct file_committer *f = ARENA_NEW(c->arena, struct file_committer);
    if (f == NULL) return error_no_memory(e, sizeof *f);
    *f = (struct file_committer){.env = c->env, .arena = c->arena, .depth = c->sink->table->partitioned_by.count,
                                 .uids = strmap_new(c->arena), .going_on = strmap_new(c->arena)};
    if (f->uids == NULL || f->going_on == NULL) return error_no_memory(e, 0);
    TRY(file_sink_root(c, &f->root, e));
    assert(f->root.size_bytes > 0 && f->root.at[f->root.size_bytes - 1] == '/');
    if (f->root.size_bytes > 1) f->root.size_bytes--;
    *ret_ops = &ops;
    *ret = f;
    return STATUS_OK;
}
