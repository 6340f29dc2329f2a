/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_path: the paths of the SQL/JSON functions: an optional mode, `$`, and steps: .name, ['name'],
 * [index] (negative: from the end), [*] and .*. Flink's library has more (.., filters, slices,
 * functions); these are refused by name. A path that is none fails when it is used, as in Flink.
 */
#include "func/json_tree.h"

#include "func/kernel.h"

#include <assert.h>
#include <stdlib.h>

enum step_kind { STEP_KEY, STEP_INDEX, STEP_ALL };

struct step {
    enum step_kind kind;
    struct str key;
    int64_t index;
};

struct json_path {
    bool lax, invalid, wild;
    struct step *steps;
    uint32_t count;
};

static bool starts(struct str s, const char *with)
{
    size_t n = strlen(with);
    return s.size_bytes >= n && memcmp(s.at, with, n) == 0;
}

static struct str behind(struct str s, size_t n) { return text_part(s, n, s.size_bytes); }

static struct str trimmed(struct str s)
{
    while (s.size_bytes > 0 && s.at[0] == ' ') s = behind(s, 1);
    while (s.size_bytes > 0 && s.at[s.size_bytes - 1] == ' ') s.size_bytes--;
    return s;
}

static enum status refuse(struct error *e, struct str path, const char *what)
{
    return error_set(e, STATUS_UNSUPPORTED, "JSON path '%.*s': %s is not supported", STR_ARG(path), what);
}

/* [...] from behind the bracket to behind its end. false: no path. */
static enum status bracket_step(struct str *io_rest, struct step *s, bool *ret_ok, struct str path, struct error *e)
{
    struct str rest = *io_rest;
    *ret_ok = false;
    const char *close = rest.size_bytes == 0 ? NULL : memchr(rest.at, ']', rest.size_bytes);
    bool quoted = rest.size_bytes > 0 && (rest.at[0] == '\'' || rest.at[0] == '"');
    if (quoted) {
        const char *end = memchr(rest.at + 1, rest.at[0], rest.size_bytes - 1);
        if (end == NULL) return STATUS_OK;
        *s = (struct step){.kind = STEP_KEY, .key = text_part(rest, 1, (size_t)(end - rest.at))};
        rest = behind(rest, (size_t)(end - rest.at) + 1);
        if (starts(rest, ",")) return refuse(e, path, "a list of keys");
        if (!starts(rest, "]")) return STATUS_OK;
        *io_rest = behind(rest, 1);
        *ret_ok = true;
        return STATUS_OK;
    }
    if (close == NULL) return STATUS_OK;
    struct str inside = trimmed(text_part(rest, 0, (size_t)(close - rest.at)));
    *io_rest = behind(rest, (size_t)(close - rest.at) + 1);
    if (starts(inside, "?")) return refuse(e, path, "a filter");
    if (memchr(inside.at, ':', inside.size_bytes) != NULL) return refuse(e, path, "a slice");
    if (memchr(inside.at, ',', inside.size_bytes) != NULL) return refuse(e, path, "a list of indexes");
    *s = (struct step){.kind = STEP_ALL};
    *ret_ok = str_equal(inside, STR("*"));
    if (*ret_ok || inside.size_bytes == 0 || inside.size_bytes > 10) return STATUS_OK;
    char digits[12] = {0}, *end = NULL;
    memcpy(digits, inside.at, inside.size_bytes);
    *s = (struct step){.kind = STEP_INDEX, .index = strtol(digits, &end, 10)};
    *ret_ok = *end == '\0';
    return STATUS_OK;
}

static bool name_step(struct str *io_rest, struct step *s)
{
    size_t n = 0;
    while (n < io_rest->size_bytes && io_rest->at[n] != '.' && io_rest->at[n] != '[') n++;
    struct str name = text_part(*io_rest, 0, n);
    *s = str_equal(name, STR("*")) ? (struct step){.kind = STEP_ALL} : (struct step){.kind = STEP_KEY, .key = name};
    *io_rest = behind(*io_rest, n);
    return n > 0;
}

static enum status compile_steps(struct json_path *p, struct str rest, struct str path, struct error *e)
{
    while (rest.size_bytes > 0) {
        struct step *s = &p->steps[p->count++];
        bool ok = false;
        if (starts(rest, "..")) return refuse(e, path, "'..'");
        if (starts(rest, "[")) {
            rest = behind(rest, 1);
            TRY(bracket_step(&rest, s, &ok, path, e));
        } else if (starts(rest, ".[")) {
            rest = behind(rest, 2);
            TRY(bracket_step(&rest, s, &ok, path, e));
        } else if (starts(rest, ".")) {
            rest = behind(rest, 1);
            ok = name_step(&rest, s);
            size_t size = s->key.size_bytes;
            if (ok && size > 2 && memcmp(s->key.at + size - 2, "()", 2) == 0) return refuse(e, path, "a function");
        }
        if (!ok) {
            p->invalid = true;
            return STATUS_OK;
        }
        p->wild |= s->kind == STEP_ALL;
    }
    return STATUS_OK;
}

enum status json_path_compile(struct arena *a, struct str text, const struct json_path **ret, struct error *e)
{
    struct json_path *p = ARENA_NEW(a, struct json_path);
    struct str rest = trimmed(text);
    if (p == NULL) return error_no_memory(e, sizeof *p);
    p->steps = ARENA_ARRAY(a, struct step, text.size_bytes + 2);
    if (p->steps == NULL) return error_no_memory(e, text.size_bytes * sizeof *p->steps);
    if (starts(rest, "lax ") || starts(rest, "strict ")) {
        p->lax = rest.at[0] == 'l';
        rest = trimmed(behind(rest, p->lax ? 4 : 7));
    }
    if (starts(rest, "$")) {
        rest = behind(rest, 1);
        TRY(compile_steps(p, rest, text, e));
    } else if (name_step(&rest, &p->steps[p->count++])) {
        TRY(compile_steps(p, rest, text, e));
    } else {
        p->invalid = true;
    }
    *ret = p;
    return STATUS_OK;
}

bool json_path_is_lax(const struct json_path *p) { return p->lax; }

static struct json_node *child_of(const struct json_node *n, const struct step *s)
{
    struct json_node *c = n->first;
    if (s->kind == STEP_KEY) {
        if (n->kind != JSON_OBJECT) return NULL;
        struct json_node *last = NULL;
        for (; c != NULL; c = c->next) last = str_equal(c->key, s->key) ? c : last;
        return last;
    }
    if (n->kind != JSON_ARRAY) return NULL;
    int64_t index = s->index;
    if (index < 0) {
        for (struct json_node *x = n->first; x != NULL; x = x->next) index++;
        if (index < 0) return NULL;
    }
    while (c != NULL && index-- > 0) c = c->next;
    return c;
}

struct found {
    struct arena *arena;
    struct json_node **end;
    bool no_memory;
};

/* Everything the steps from `at` on lead to, appended to found. */
static void collect(struct found *f, const struct json_path *p, uint32_t at, struct json_node *n)
{
    if (at == p->count) {
        struct json_node *copy = ARENA_NEW(f->arena, struct json_node);
        if (copy == NULL) {
            f->no_memory = true;
            return;
        }
        *copy = *n;
        copy->next = NULL;
        *f->end = copy;
        f->end = &copy->next;
        return;
    }
    if (p->steps[at].kind != STEP_ALL) {
        struct json_node *c = child_of(n, &p->steps[at]);
        if (c != NULL) collect(f, p, at + 1, c);
        return;
    }
    for (struct json_node *c = n->first; c != NULL && !f->no_memory; c = c->next) collect(f, p, at + 1, c);
}

enum status json_path_find(struct arena *a, const struct json_path *p, struct json_node *root, struct json_node **ret)
{
    assert(p != NULL && root != NULL);
    struct json_node *n = root;
    uint32_t at = 0;
    *ret = NULL;
    if (p->invalid) return STATUS_OK;
    for (; n != NULL && at < p->count && p->steps[at].kind != STEP_ALL; at++) n = child_of(n, &p->steps[at]);
    if (n == NULL || !p->wild) {
        *ret = n;
        return STATUS_OK;
    }
    struct json_node *list = ARENA_NEW(a, struct json_node);
    if (list == NULL) return STATUS_NO_MEMORY;
    list->kind = JSON_ARRAY;
    struct found f = {.arena = a, .end = &list->first};
    collect(&f, p, at, n);
    *ret = list;
    return f.no_memory ? STATUS_NO_MEMORY : STATUS_OK;
}
