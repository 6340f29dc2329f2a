/* SPDX-License-Identifier: Apache-2.0 */
/*
 * retention: how many checkpoints are kept (execution.checkpointing.num-retained) and when a page file
 * is no longer needed: when the last kept checkpoint that refers to it goes. Removing is tidying: what
 * cannot be removed stays and does no harm.
 */
#include "runtime/coordinator_internal.h"

#include <assert.h>

static bool refers(const struct kept_epoch *k, struct str file) {
    for (uint32_t i = 0; i < k->files.count; i++)
        if (str_equal(*(const struct str *)k->files.at[i], file)) return true;
    return false;
}

static bool anybody_refers(const struct coordinator *c, uint32_t from, struct str file) {
    assert(from <= c->kept.count);
    for (uint32_t i = c->kept.count; i-- > from;)
        if (refers(c->kept.at[i], file)) return true;
    return false;
}

static void page_file_remove(struct coordinator *c, struct str file) {
    assert(c->pages_dir.at != NULL);
    struct arena *a = arena_new("retention", 0);
    struct str path = a == NULL ? (struct str){NULL, 0} : arena_format(a, "%.*s/%.*s", STR_ARG(c->pages_dir), STR_ARG(file));
    if (path.at != NULL) env_remove(c->job->env, path, NULL);
    arena_free(a);
}

/* What goes with a checkpoint; a helper thread removes it, since unlinking large files takes its time. */
struct removal {
    struct env *env;
    struct arena *arena;
    struct str folder;
    struct list files; /* struct str: paths */
};

static void removal_run(void *argument) {
    struct removal *r = argument;
    if (r->folder.at != NULL) env_remove_tree(r->env, r->folder, NULL);
    for (uint32_t i = 0; i < r->files.count; i++) env_remove(r->env, *(const struct str *)r->files.at[i], NULL);
    arena_free(r->arena);
}

static void removal_add(struct coordinator *c, struct removal *r, struct str file) {
    struct str *path = ARENA_NEW(r->arena, struct str);
    if (path == NULL) return;
    *path = arena_format(r->arena, "%.*s/%.*s", STR_ARG(c->pages_dir), STR_ARG(file));
    if (path->at != NULL) list_push(&r->files, r->arena, path);
}

static void oldest_remove(struct coordinator *c) {
    assert(c->kept.count > 0);
    struct kept_epoch *k = c->kept.at[0];
    struct arena *a = arena_new("removal", 0);
    struct removal *r = a == NULL ? NULL : ARENA_NEW(a, struct removal);
    if (r != NULL) {
        *r = (struct removal){.env = c->job->env, .arena = a, .folder = store_folder(a, c->dir, k->epoch)};
        for (uint32_t i = 0; i < k->files.count; i++) {
            struct str file = *(const struct str *)k->files.at[i];
            if (!anybody_refers(c, 1, file)) removal_add(c, r, file);
        }
        if (c->job->pool == NULL || env_pool_submit(c->job->pool, removal_run, r, NULL) != STATUS_OK) removal_run(r);
    }
    if (r == NULL) arena_free(a);
    arena_free(k->arena);
    for (uint32_t i = 1; i < c->kept.count; i++) c->kept.at[i - 1] = c->kept.at[i];
    c->kept.count--;
}

static struct kept_epoch *kept_new(uint64_t epoch, const struct list *parts) {
    struct arena *a = arena_new("kept", 0);
    struct kept_epoch *k = a == NULL ? NULL : ARENA_NEW(a, struct kept_epoch);
    if (k == NULL) {
        arena_free(a);
        return NULL;
    }
    k->arena = a;
    k->epoch = epoch;
    for (uint32_t i = 0; i < parts->count; i++) {
        const struct part *p = parts->at[i];
        if (p->kind != PART_PAGES || refers(k, p->file)) continue;
        struct str *file = ARENA_NEW(a, struct str);
        if (file != NULL) *file = arena_str(a, p->file);
        if (file == NULL || file->at == NULL || list_push(&k->files, a, file) != STATUS_OK) {
            arena_free(a);
            return NULL;
        }
    }
    return k;
}

void retention_add(struct coordinator *c, uint64_t epoch, const struct list *parts) {
    assert(c->kept.count == 0 || ((const struct kept_epoch *)c->kept.at[c->kept.count - 1])->epoch < epoch);
    if (c->dir.at == NULL) return;
    struct kept_epoch *k = kept_new(epoch, parts);
    if (k == NULL || list_push(&c->kept, c->job->arena, k) != STATUS_OK) return; /* no memory: it is kept too long */
    while (c->kept.count > (uint64_t)c->retained) oldest_remove(c);
}

void retention_free(struct coordinator *c) {
    for (uint32_t i = 0; i < c->kept.count; i++) arena_free(((struct kept_epoch *)c->kept.at[i])->arena);
    c->kept.count = 0;
}

void retention_end(struct coordinator *c) {
    while (c->kept.count > 1) oldest_remove(c);
    if (c->pages_dir.at != NULL) env_remove_tree(c->job->env, c->pages_dir, NULL);
}

static void each_published(void *context, uint64_t epoch, const struct list *parts) {
    struct coordinator *c = context;
    struct kept_epoch *k = kept_new(epoch, parts);
    if (k != NULL && list_push(&c->kept, c->job->arena, k) != STATUS_OK) arena_free(k->arena);
}

enum status retention_begin(struct coordinator *c, struct error *e) {
    struct env_stat st;
    retention_free(c);
    TRY(env_mkdirs(c->job->env, c->pages_dir, e));
    TRY(store_published(c->job->env, c->dir, each_published, c, e));
    TRY(env_stat(c->job->env, c->pages_dir, &st, e));
    struct arena *a = arena_new("retention", 0);
    if (a == NULL) return error_no_memory(e, 0);
    struct str *names = NULL;
    uint32_t count = 0;
    enum status s = st.kind == ENV_DIRECTORY ? env_list(c->job->env, a, c->pages_dir, &names, &count, e) : STATUS_OK;
    for (uint32_t i = 0; i < count; i++)
        if (!anybody_refers(c, 0, names[i])) page_file_remove(c, names[i]);
    arena_free(a);
    return s;
}
