/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_path_call: the functions at the end of a path: min, max, avg, sum, stddev, length, size,
 * keys, concat, first, last, index, append. Numbers come out as Java's double.
 */
#include "func/json_path_parts.h"

#include "func/kernel.h"
#include "type/number.h"

#include <assert.h>
#include <math.h>

static enum path_end node_new(struct path_walk *w, enum json_kind kind, struct json_node **ret)
{
    *ret = ARENA_NEW(w->arena, struct json_node);
    if (*ret == NULL) return PATH_NO_MEMORY;
    (*ret)->kind = kind;
    return PATH_OK;
}

static enum path_end text_node(struct path_walk *w, enum json_kind kind, struct buf *text, struct json_node **ret)
{
    enum path_end end = node_new(w, kind, ret);
    if (end == PATH_OK) (*ret)->text = text->failed ? (struct str){NULL, 0} : arena_str(w->arena, buf_view(text));
    if (end == PATH_OK && (*ret)->text.at == NULL) end = PATH_NO_MEMORY;
    buf_deinit(text);
    return end;
}

static enum path_end double_node(struct path_walk *w, double v, struct json_node **ret)
{
    struct buf text = BUF_INIT;
    double_print(&text, v);
    PATH_TRY(text_node(w, JSON_NUMBER, &text, ret));
    (*ret)->boolean = true; /* a double: not what RETURNING DOUBLE takes in Flink */
    return PATH_OK;
}

static enum path_end count_node(struct path_walk *w, const struct json_node *of, struct json_node **ret)
{
    struct buf text = BUF_INIT;
    int64_t count = 0;
    for (const struct json_node *c = of->first; c != NULL; c = c->next) count++;
    buf_i64(&text, count);
    return text_node(w, JSON_NUMBER, &text, ret);
}

/* What an argument stands for, seen from the root. */
static enum path_end argument(struct path_walk *w, const struct path_argument *a, struct json_node **ret)
{
    if (a->path != NULL) return path_evaluate(w, a->path, w->root, ret);
    if (json_tree_parse(w->arena, a->json, ret) != STATUS_OK) return PATH_NO_MEMORY;
    return *ret == NULL ? PATH_ERROR : PATH_OK;
}

/* ---- numbers --------------------------------------------------------------------------------------------------------- */

struct numbers {
    uint64_t count;
    double sum, squares, min, max;
};

static void numbers_add(struct numbers *n, const struct json_node *v)
{
    double d = 0;
    if (v->kind != JSON_NUMBER || !double_parse(v->text, &d)) return;
    n->min = n->count == 0 || d < n->min ? d : n->min;
    n->max = n->count == 0 || d > n->max ? d : n->max;
    n->count++;
    n->sum += d;
    n->squares += d * d;
}

static void numbers_add_all(struct numbers *n, const struct json_node *v)
{
    if (v->kind != JSON_ARRAY) numbers_add(n, v);
    for (const struct json_node *c = v->first; v->kind == JSON_ARRAY && c != NULL; c = c->next) numbers_add(n, c);
}

static enum path_end call_numbers(struct path_walk *w, const struct path_token *t, struct json_node *model, struct json_node **ret)
{
    struct numbers n = {0};
    if (model->kind == JSON_ARRAY) numbers_add_all(&n, model);
    for (uint32_t i = 0; i < t->count; i++) {
        struct json_node *value = NULL;
        PATH_TRY(argument(w, &t->args[i], &value));
        numbers_add_all(&n, value);
    }
    if (n.count == 0) return PATH_ERROR;
    double count = (double)n.count;
    switch (t->name.at[0] == 'm' ? t->name.at[1] : t->name.at[0] == 's' ? t->name.at[1] == 'u' ? 's' : 'd' : 'v') {
    case 'i': return double_node(w, n.min, ret);
    case 'a': return double_node(w, n.max, ret);
    case 's': return double_node(w, n.sum, ret);
    case 'd': return double_node(w, sqrt(n.squares / count - n.sum * n.sum / count / count), ret);
    default: return double_node(w, n.sum / count, ret);
    }
}

/* ---- others ---------------------------------------------------------------------------------------------------------- */

/* The number of all children of a list's elements. */
static enum path_end grandchildren(struct path_walk *w, const struct json_node *list, struct json_node **ret)
{
    struct json_node all = {.kind = JSON_ARRAY}, **end = &all.first;
    for (const struct json_node *c = list->first; c != NULL; c = c->next) {
        for (const struct json_node *g = c->first; g != NULL; g = g->next) {
            PATH_TRY(node_new(w, g->kind, end));
            end = &(*end)->next;
        }
    }
    return count_node(w, &all, ret);
}

/*
 * Flink's library puts a wildcard behind the argument's path. Where the path leads to one place, it then looks at the first
 * child only, and at the model when that is no array.
 */
static enum path_end call_length(struct path_walk *w, const struct path_token *t, struct json_node *model, struct json_node **ret)
{
    if (t->count > 0) {
        struct json_node *value = NULL;
        PATH_TRY(argument(w, &t->args[0], &value));
        if (t->args[0].path != NULL && !t->args[0].path->definite) return grandchildren(w, value, ret);
        bool leaf = value->kind != JSON_ARRAY && value->kind != JSON_OBJECT;
        const struct json_node *child = leaf ? NULL : value->first;
        if (child == NULL && !w->lax) return PATH_NOT_FOUND;
        if (child != NULL && child->kind == JSON_ARRAY) return count_node(w, child, ret);
    }
    if (model->kind == JSON_ARRAY || model->kind == JSON_OBJECT) return count_node(w, model, ret);
    return node_new(w, JSON_NULL, ret);
}

static enum path_end call_keys(struct path_walk *w, const struct path_token *t, struct json_node *model, struct json_node **ret)
{
    (void)t;
    if (model->kind != JSON_OBJECT) return node_new(w, JSON_NULL, ret);
    PATH_TRY(node_new(w, JSON_ARRAY, ret));
    struct json_node **end = &(*ret)->first;
    for (const struct json_node *m = model->first; m != NULL; m = m->next) {
        PATH_TRY(node_new(w, JSON_STRING, end));
        (*end)->text = m->key;
        end = &(*end)->next;
    }
    return PATH_OK;
}

static void concat_strings(struct buf *out, const struct json_node *list, bool others)
{
    for (const struct json_node *c = list->first; c != NULL; c = c->next) {
        if (c->kind == JSON_STRING) buf_str(out, c->text);
        else if (others && c->kind != JSON_NULL) json_tree_print(out, c);
    }
}

static enum path_end call_concat(struct path_walk *w, const struct path_token *t, struct json_node *model, struct json_node **ret)
{
    struct buf out = BUF_INIT;
    enum path_end end = PATH_OK;
    if (model->kind == JSON_ARRAY) concat_strings(&out, model, false);
    for (uint32_t i = 0; end == PATH_OK && i < t->count; i++) {
        struct json_node *value = NULL;
        end = argument(w, &t->args[i], &value);
        if (end != PATH_OK) break;
        if (value->kind == JSON_ARRAY) concat_strings(&out, value, true);
        else if (value->kind == JSON_STRING) buf_str(&out, value->text);
        else if (value->kind != JSON_NULL) json_tree_print(&out, value);
    }
    if (end == PATH_OK) return text_node(w, JSON_STRING, &out, ret);
    buf_deinit(&out);
    return end;
}

static enum path_end element_at(const struct json_node *model, int64_t index, struct json_node **ret)
{
    int64_t length = 0;
    if (model->kind != JSON_ARRAY) return PATH_ERROR;
    for (const struct json_node *c = model->first; c != NULL; c = c->next) length++;
    if (index < 0 && index + length <= 0) return PATH_ERROR; /* the first one cannot be reached from behind */
    if (index < 0) index += length;
    if (index >= length) return PATH_ERROR;
    struct json_node *c = model->first;
    while (index-- > 0) c = c->next;
    *ret = c;
    return PATH_OK;
}

static enum path_end call_first(struct path_walk *w, const struct path_token *t, struct json_node *model, struct json_node **ret)
{
    (void)w;
    (void)t;
    return element_at(model, 0, ret);
}

static enum path_end call_last(struct path_walk *w, const struct path_token *t, struct json_node *model, struct json_node **ret)
{
    (void)w;
    (void)t;
    return element_at(model, -1, ret);
}

static enum path_end call_index(struct path_walk *w, const struct path_token *t, struct json_node *model, struct json_node **ret)
{
    struct json_node *value = NULL;
    double index = 0;
    if (t->count == 0) return PATH_ERROR;
    PATH_TRY(argument(w, &t->args[0], &value));
    if (value->kind == JSON_ARRAY) value = value->first;
    if (value == NULL || value->kind != JSON_NUMBER || !double_parse(value->text, &index) || fabs(index) > INT32_MAX) return PATH_ERROR;
    return element_at(model, (int64_t)index, ret);
}

static enum path_end call_append(struct path_walk *w, const struct path_token *t, struct json_node *model, struct json_node **ret)
{
    *ret = model;
    struct json_node **end = &model->first;
    while (*end != NULL) end = &(*end)->next;
    for (uint32_t i = 0; model->kind == JSON_ARRAY && i < t->count; i++) {
        struct json_node *value = NULL;
        PATH_TRY(argument(w, &t->args[i], &value));
        PATH_TRY(node_new(w, value->kind, end));
        **end = *value;
        (*end)->next = NULL;
        end = &(*end)->next;
    }
    return PATH_OK;
}

static const struct {
    struct str name;
    enum path_end (*call)(struct path_walk *w, const struct path_token *t, struct json_node *model, struct json_node **ret);
} functions[] = {
    {{"avg", 3}, call_numbers},    {{"stddev", 6}, call_numbers}, {{"sum", 3}, call_numbers},  {{"min", 3}, call_numbers},
    {{"max", 3}, call_numbers},    {{"length", 6}, call_length},  {{"size", 4}, call_length},  {{"concat", 6}, call_concat},
    {{"keys", 4}, call_keys},      {{"append", 6}, call_append},  {{"first", 5}, call_first},  {{"last", 4}, call_last},
    {{"index", 5}, call_index},
};

enum path_end path_call(struct path_walk *w, const struct path_token *t, struct json_node *model, struct json_node **ret)
{
    assert(t->kind == TOKEN_CALL && model != NULL);
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        if (str_equal(functions[i].name, t->name)) return functions[i].call(w, t, model, ret);
    }
    return PATH_INVALID;
}
