/* SPDX-License-Identifier: Apache-2.0 */
/*
 * expr_rewrite: copying bound expressions with parts replaced, conjunctions, and types that differ
 * by nullability or time attribute alone. Expressions are immutable; what does not change is shared.
 */
#include "plan/rel.h"

#include <assert.h>

struct expr *expr_transform(struct arena *a, const struct expr *e, expr_replace_fn replace, void *context) {
    struct expr *r = replace(context, e);
    if (r != NULL) return r;
    struct expr **args = NULL;
    for (uint32_t i = 0; i < e->arg_count; i++) {
        struct expr *arg = expr_transform(a, e->args[i], replace, context);
        if (arg == NULL) return NULL;
        if (arg == e->args[i]) continue;
        if (args == NULL) {
            args = ARENA_ARRAY(a, struct expr *, e->arg_count);
            if (args == NULL) return NULL;
            for (uint32_t k = 0; k < e->arg_count; k++) args[k] = e->args[k];
        }
        args[i] = arg;
    }
    struct expr *n = (struct expr *)(uintptr_t)e;
    if (args == NULL) return n;
    n = ARENA_NEW(a, struct expr);
    if (n == NULL) return NULL;
    *n = *e;
    n->args = args;
    return n;
}

struct expr *expr_retype(struct arena *a, const struct expr *e, const struct type *t) {
    assert(e->type->phys == t->phys);
    if (e->type == t) return (struct expr *)(uintptr_t)e;
    struct expr *n = ARENA_NEW(a, struct expr);
    if (n == NULL) return NULL;
    *n = *e;
    n->type = t;
    return n;
}

enum status expr_conjuncts(struct arena *a, struct expr *e, struct list *out) {
    if (e->kind != EXPR_AND) return list_push(out, a, e);
    for (uint32_t i = 0; i < e->arg_count; i++) TRY(expr_conjuncts(a, e->args[i], out));
    return STATUS_OK;
}

struct expr *expr_and(const struct rel_context *c, const struct list *conjuncts) {
    if (conjuncts->count == 0) return NULL;
    if (conjuncts->count == 1) return conjuncts->at[0];
    bool nullable = false;
    struct expr **args = ARENA_ARRAY(c->arena, struct expr *, conjuncts->count);
    if (args == NULL) return NULL;
    for (uint32_t i = 0; i < conjuncts->count; i++) {
        args[i] = conjuncts->at[i];
        nullable |= args[i]->type->nullable;
    }
    const struct type *t = type_simple(c->types, TYPE_BOOLEAN, nullable);
    return t == NULL ? NULL : expr_special(c->arena, EXPR_AND, t, args, conjuncts->count);
}
