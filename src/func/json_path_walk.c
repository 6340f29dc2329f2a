/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_path_walk: following a path through a document. Flink's library tells by exceptions what is
 * missing, and catches some of them on the way; enum path_end is those exceptions.
 *
 * A walk goes no deeper than tokens plus levels of the document; its results are copies of nodes, so
 * that they can be linked into one array.
 */
#include "func/json_path_parts.h"

#include "func/kernel.h"

#include <assert.h>

static enum path_end walk(struct path_walk *w, const struct path_token *t, struct json_node *n);

static enum path_end add_result(struct path_walk *w, const struct json_node *n)
{
    struct json_node *copy = ARENA_NEW(w->arena, struct json_node);
    if (copy == NULL) return PATH_NO_MEMORY;
    *copy = *n;
    copy->next = NULL;
    *w->last = copy;
    w->last = &copy->next;
    return PATH_OK;
}

static enum path_end go_on(struct path_walk *w, const struct path_token *t, struct json_node *n)
{
    return t->next == NULL ? add_result(w, n) : walk(w, t->next, n);
}

static struct json_node *member(const struct json_node *object, struct str key)
{
    struct json_node *m = object->first;
    while (m != NULL && !str_equal(m->key, key)) m = m->next;
    return m;
}

/* ---- keys ---------------------------------------------------------------------------------------------------------- */

static enum path_end walk_key(struct path_walk *w, const struct path_token *t, struct json_node *n, struct str key)
{
    struct json_node *m = member(n, key);
    if (m != NULL) return go_on(w, t, m);
    if (w->lax) return PATH_OK;
    if (t->next == NULL) return w->require ? PATH_NOT_FOUND : PATH_OK;
    bool definite = t->upstream_definite && (t->count == 1 || t->next == NULL);
    return definite || w->require ? PATH_NOT_FOUND : PATH_OK;
}

/* Several keys at the end: one object of what is there. */
static enum path_end walk_merged(struct path_walk *w, const struct path_token *t, const struct json_node *n)
{
    struct json_node merged = {.kind = JSON_OBJECT}, **end = &merged.first;
    for (uint32_t i = 0; i < t->count; i++) {
        const struct json_node *m = member(n, t->keys[i]);
        if (m == NULL && w->require) return PATH_NOT_FOUND;
        if (m == NULL || member(&merged, t->keys[i]) != NULL) continue;
        struct json_node *copy = ARENA_NEW(w->arena, struct json_node);
        if (copy == NULL) return PATH_NO_MEMORY;
        *copy = *m;
        copy->next = NULL;
        *end = copy;
        end = &copy->next;
    }
    return add_result(w, &merged);
}

static enum path_end walk_keys(struct path_walk *w, const struct path_token *t, struct json_node *n)
{
    if (n->kind != JSON_OBJECT) return !t->upstream_definite || w->lax ? PATH_OK : PATH_NOT_FOUND;
    if (t->count > 1 && t->next == NULL) return walk_merged(w, t, n);
    for (uint32_t i = 0; i < t->count; i++) PATH_TRY(walk_key(w, t, n, t->keys[i]));
    return PATH_OK;
}

/* ---- arrays -------------------------------------------------------------------------------------------------------- */

static int64_t length_of(const struct json_node *n)
{
    int64_t count = 0;
    for (const struct json_node *c = n->first; c != NULL; c = c->next) count++;
    return count;
}

static enum path_end walk_index(struct path_walk *w, const struct path_token *t, const struct json_node *n, int64_t index, int64_t length)
{
    if (index < 0) index += length;
    if (index < 0 || index >= length) return PATH_OK;
    struct json_node *c = n->first;
    while (index-- > 0) c = c->next;
    return go_on(w, t, c);
}

static enum path_end not_an_array(const struct path_walk *w, const struct path_token *t)
{
    return !t->upstream_definite || w->lax ? PATH_OK : PATH_NOT_FOUND;
}

static enum path_end walk_indexes(struct path_walk *w, const struct path_token *t, struct json_node *n)
{
    if (n->kind != JSON_ARRAY) return not_an_array(w, t);
    int64_t length = length_of(n);
    for (uint32_t i = 0; i < t->count; i++) PATH_TRY(walk_index(w, t, n, t->indexes[i], length));
    return PATH_OK;
}

static enum path_end walk_slice(struct path_walk *w, const struct path_token *t, struct json_node *n)
{
    if (n->kind != JSON_ARRAY) return not_an_array(w, t);
    int64_t length = length_of(n), from = t->has_from ? t->indexes[0] : 0, to = t->has_to ? t->indexes[1] : length;
    if (!t->has_to && from < 0) from = from + length < 0 ? 0 : from + length;
    if (!t->has_from && to < 0) to += length;
    if (to > length) to = length;
    if (from < -length) from = -length; /* nothing lies before */
    for (int64_t i = from; i < to; i++) PATH_TRY(walk_index(w, t, n, i, length));
    return PATH_OK;
}

/* ---- wildcards, filters, scans ------------------------------------------------------------------------------------- */

static enum path_end walk_all(struct path_walk *w, const struct path_token *t, struct json_node *n)
{
    if (n->kind != JSON_ARRAY && n->kind != JSON_OBJECT) return PATH_OK;
    for (struct json_node *c = n->first; c != NULL; c = c->next) {
        enum path_end end = go_on(w, t, c);
        if (end == PATH_NOT_FOUND && n->kind == JSON_ARRAY && !w->require) continue;
        PATH_TRY(end);
    }
    return PATH_OK;
}

/* A filter that cannot be applied does not hold. */
static enum path_end accepts(struct path_walk *w, const struct path_token *t, struct json_node *n, bool *ret)
{
    enum path_end end = path_matches(w, t->filter, n, ret);
    if (end != PATH_NOT_FOUND && end != PATH_INVALID) return end;
    *ret = false;
    return PATH_OK;
}

static enum path_end walk_filter(struct path_walk *w, const struct path_token *t, struct json_node *n)
{
    bool yes = false;
    if (n->kind == JSON_OBJECT) {
        PATH_TRY(accepts(w, t, n, &yes));
        return yes ? go_on(w, t, n) : PATH_OK;
    }
    if (n->kind != JSON_ARRAY) return t->upstream_definite ? PATH_INVALID : PATH_OK;
    for (struct json_node *c = n->first; c != NULL; c = c->next) {
        PATH_TRY(accepts(w, t, c, &yes));
        if (yes) PATH_TRY(go_on(w, t, c));
    }
    return PATH_OK;
}

/* Does a scan for `t` stop at this node? */
static enum path_end scan_stops(struct path_walk *w, const struct path_token *t, struct json_node *n, bool *ret)
{
    *ret = false;
    switch (t->kind) {
    case TOKEN_KEYS:
        *ret = n->kind == JSON_OBJECT;
        if (!*ret || w->require || (t->count > 1 && t->next != NULL)) break;
        for (uint32_t i = 0; i < t->count; i++) *ret = *ret && member(n, t->keys[i]) != NULL;
        break;
    case TOKEN_INDEXES:
    case TOKEN_SLICE: *ret = n->kind == JSON_ARRAY; break;
    case TOKEN_WILDCARD: *ret = true; break;
    case TOKEN_FILTER: return accepts(w, t, n, ret);
    case TOKEN_SCAN:
    case TOKEN_CALL: break;
    }
    return PATH_OK;
}

/* In an array a step that is not the last is passed over: its followers are applied to each element. */
static enum path_end scan(struct path_walk *w, const struct path_token *t, struct json_node *n)
{
    bool stops = false;
    if (n->kind != JSON_ARRAY && n->kind != JSON_OBJECT) return PATH_OK;
    PATH_TRY(scan_stops(w, t, n, &stops));
    if (stops && (n->kind == JSON_OBJECT || t->next == NULL)) PATH_TRY(walk(w, t, n));
    for (struct json_node *c = n->first; stops && n->kind == JSON_ARRAY && t->next != NULL && c != NULL; c = c->next) {
        PATH_TRY(walk(w, t->next, c));
    }
    for (struct json_node *c = n->first; c != NULL; c = c->next) PATH_TRY(scan(w, t, c));
    return PATH_OK;
}

static enum path_end walk_call(struct path_walk *w, const struct path_token *t, struct json_node *n)
{
    struct json_node *result = NULL;
    PATH_TRY(path_call(w, t, n, &result));
    PATH_TRY(add_result(w, result));
    return t->next == NULL ? PATH_OK : walk(w, t->next, result);
}

static enum path_end walk(struct path_walk *w, const struct path_token *t, struct json_node *n)
{
    if (*w->steps == 0) return PATH_ERROR;
    --*w->steps;
    switch (t->kind) {
    case TOKEN_KEYS: return walk_keys(w, t, n);
    case TOKEN_INDEXES: return walk_indexes(w, t, n);
    case TOKEN_SLICE: return walk_slice(w, t, n);
    case TOKEN_WILDCARD: return walk_all(w, t, n);
    case TOKEN_SCAN: return t->next == NULL ? PATH_OK : scan(w, t->next, n);
    case TOKEN_FILTER: return walk_filter(w, t, n);
    case TOKEN_CALL: return walk_call(w, t, n);
    }
    assert(!"every token is handled");
    return PATH_ERROR;
}

enum path_end path_evaluate(const struct path_walk *outer, const struct json_path *p, struct json_node *from, struct json_node **ret)
{
    struct path_walk w = *outer;
    struct json_node *list = NULL;
    w.first = NULL;
    w.last = &w.first;
    assert(p != NULL && !p->invalid && from != NULL);
    PATH_TRY(p->first == NULL ? add_result(&w, from) : walk(&w, p->first, from));
    if (p->definite && w.first == NULL && !w.lax) return PATH_NOT_FOUND;
    list = p->definite && w.first != NULL ? w.first : ARENA_NEW(w.arena, struct json_node);
    if (list == NULL) return PATH_NO_MEMORY;
    if (!p->definite) {
        list->kind = JSON_ARRAY;
        list->first = w.first;
    }
    *ret = list;
    return PATH_OK;
}

enum status json_path_find(struct arena *a, const struct json_path *p, struct json_node *root, enum json_found *ret_found,
                           struct json_node **ret)
{
    assert(p != NULL && ret != NULL);
    uint32_t steps = PATH_STEPS_MAX;
    struct path_walk w = {.arena = a, .root = root, .lax = p->lax, .steps = &steps};
    *ret = NULL;
    *ret_found = JSON_FAILED;
    if (root == NULL && p->lax) *ret_found = JSON_EMPTY;
    if (root == NULL || root->kind == JSON_NULL || p->invalid) return STATUS_OK;
    enum path_end end = path_evaluate(&w, p, root, ret);
    assert(end != PATH_OK || *ret != NULL);
    if (end == PATH_NO_MEMORY) return STATUS_NO_MEMORY;
    if (end != PATH_OK) return STATUS_OK; /* in lax mode too: what is missing did not end the walk */
    bool nothing = (*ret)->kind == JSON_NULL;
    *ret_found = !nothing ? JSON_FOUND : p->lax ? JSON_EMPTY : JSON_FAILED;
    if (nothing) *ret = NULL;
    return STATUS_OK;
}
