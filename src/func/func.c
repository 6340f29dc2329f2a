/* SPDX-License-Identifier: Apache-2.0 */
/*
 * func: the function table, put together from its families, and the one way to bind a call:
 * argument count, then the row's bind, then an EXPR_CALL node (or the expression that bind put in
 * its place).
 *
 * A look-up walks the families: a few hundred comparisons at plan time, no table to build at start.
 */
#include "func/func.h"

#include "func/family.h"

#include <assert.h>

static const struct func_family *const families[] = {
#define X(name) &func_family_##name,
#include "func/family.def"
#undef X
};

enum { FAMILY_COUNT = sizeof families / sizeof families[0], FUNC_NAMES_MAX = 1024 };

const struct func *func_at(uint32_t index) {
    for (size_t f = 0; f < FAMILY_COUNT; f++) {
        if (index < families[f]->count) return &families[f]->rows[index];
        index -= families[f]->count;
    }
    return NULL;
}

const char *func_section(uint32_t index) {
    const char *title = "Functions";
    for (size_t f = 0; f < FAMILY_COUNT; f++) {
        if (families[f]->title != NULL) title = families[f]->title;
        if (index < families[f]->count) return title;
        index -= families[f]->count;
    }
    return title;
}

const struct func *func_find(struct str name) {
    for (size_t f = 0; f < FAMILY_COUNT; f++) {
        for (uint32_t i = 0; i < families[f]->count; i++) {
            if (str_equal_ignore_case(families[f]->rows[i].name, name)) return &families[f]->rows[i];
        }
    }
    return NULL;
}

struct str func_nearest(struct str name) {
    struct str names[FUNC_NAMES_MAX];
    size_t count = 0;
    for (uint32_t i = 0; count < FUNC_NAMES_MAX; i++) {
        const struct func *f = func_at(i);
        if (f == NULL) break;
        if ((f->flags & (FUNC_OPERATOR | FUNC_INTERNAL)) == 0) names[count++] = f->name;
    }
    return str_nearest(name, names, count);
}

static enum status check_count(const struct func *f, struct span span, uint32_t count, struct error *e) {
    if (count >= f->arg_min && (count <= f->arg_max || f->arg_max == 255)) return STATUS_OK;
    const char *plural = f->arg_max == 1 ? "" : "s";
    if (f->arg_max == 255) error_at(e, STATUS_INVALID, span, "%.*s takes at least %u argument%s, not %u", STR_ARG(f->name), f->arg_min, f->arg_min == 1 ? "" : "s", count);
    else if (f->arg_max == 0) error_at(e, STATUS_INVALID, span, "%.*s takes no arguments, not %u", STR_ARG(f->name), count);
    else if (f->arg_min == f->arg_max) error_at(e, STATUS_INVALID, span, "%.*s takes %u argument%s, not %u", STR_ARG(f->name), f->arg_max, plural, count);
    else error_at(e, STATUS_INVALID, span, "%.*s takes %u to %u arguments, not %u", STR_ARG(f->name), f->arg_min, f->arg_max, count);
    error_hint(e, "Write %s", f->signature);
    return STATUS_INVALID;
}

static enum status check_typed(const struct func_bind *b) {
    for (uint32_t i = 0; i < b->arg_count; i++) {
        if (b->args[i]->type->root != TYPE_NULL || b->args[i]->kind != EXPR_LITERAL) continue;
        error_at(b->error, STATUS_INVALID, b->args[i]->span, "This NULL has no type");
        return error_hint(b->error, "Say of which type it is: CAST(NULL AS INT)");
    }
    return STATUS_OK;
}

static enum status call_node(const struct func_bind *b, struct expr **ret) {
    struct expr *e = ARENA_NEW(b->arena, struct expr);
    struct func_impl *impl = ARENA_NEW(b->arena, struct func_impl);
    if (e == NULL || impl == NULL) return error_no_memory(b->error, sizeof *e);
    *impl = b->impl;
    e->kind = EXPR_CALL;
    e->type = b->type;
    e->span = b->span;
    e->arg_count = b->arg_count;
    e->args = b->args;
    e->func = b->func;
    e->impl = impl;
    *ret = e;
    return STATUS_OK;
}

/* Binds f over args (an arena array the call may change) towards target (CAST only). */
enum status func_bind_call(struct func_bind *b, struct expr **ret_expr) {
    const struct func *f = b->func;
    b->impl = (struct func_impl){.flags = f->flags};
    TRY(check_count(f, b->span, b->arg_count, b->error));
    if ((f->flags & FUNC_TYPED_ARGS) != 0) TRY(check_typed(b));
    enum status status = f->bind(b);
    if (status != STATUS_OK && b->error->status != STATUS_OK && b->error->span.end == 0) b->error->span = b->span; /* of a pattern or path deeper down */
    TRY(status);
    if (b->replacement != NULL) {
        *ret_expr = b->replacement;
        return STATUS_OK;
    }
    assert(b->type != NULL && b->impl.kernel != NULL);
    return call_node(b, ret_expr);
}

enum status func_call(struct arena *a, struct types *types, const struct eval_context *session,
                      const struct func *f, struct span span, struct expr **args, uint32_t arg_count,
                      struct expr **ret_expr, struct error *e) {
    struct expr **copy = ARENA_ARRAY(a, struct expr *, arg_count);
    if (copy == NULL) return error_no_memory(e, arg_count * sizeof *copy);
    if (arg_count != 0) memcpy(copy, args, arg_count * sizeof *copy);
    struct func_bind b = {.func = f, .arena = a, .types = types, .session = session, .error = e,
                          .span = span, .args = copy, .arg_count = arg_count};
    return func_bind_call(&b, ret_expr);
}

enum status func_call_named(struct arena *a, struct types *types, const struct eval_context *session,
                            const char *name, struct span span, struct expr **args,
                            uint32_t arg_count, struct expr **ret_expr, struct error *e) {
    const struct func *f = func_find(str_of(name));
    if (f == NULL) return error_at(e, STATUS_BUG, span, "The function table has no row '%s'", name);
    return func_call(a, types, session, f, span, args, arg_count, ret_expr, e);
}

enum status func_cast(struct arena *a, struct types *types, const struct eval_context *session,
                      struct expr *e, const struct type *t, bool try_cast, struct span span,
                      struct expr **ret_expr, struct error *error) {
    if (!try_cast && type_same(e->type, t)) {
        *ret_expr = e;
        return STATUS_OK;
    }
    const struct func *f = func_find(try_cast ? STR("TRY_CAST") : STR("CAST"));
    if (f == NULL) return error_at(error, STATUS_BUG, span, "The function table has no row 'CAST'");
    struct expr **args = ARENA_ARRAY(a, struct expr *, 1);
    if (args == NULL) return error_no_memory(error, sizeof *args);
    args[0] = e;
    struct func_bind b = {.func = f, .arena = a, .types = types, .session = session, .error = error,
                          .span = span, .args = args, .arg_count = 1, .target = t};
    return func_bind_call(&b, ret_expr);
}
