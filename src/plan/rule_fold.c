/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_fold: constant parts of expressions become literals. Folding never raises: what would fail is
 * left for the run. A condition that folds to TRUE disappears.
 */
#include "plan/rel.h"

#include "func/eval.h"

static enum status no_memory(const struct rel_context *c) { return error_no_memory(c->error, sizeof(struct rel)); }

static bool is_true(const struct expr *e) {
    return e->kind == EXPR_LITERAL && e->type->root == TYPE_BOOLEAN && !vec_is_null(e->value, 0) && VEC_VALUE(e->value, uint8_t, 0) != 0;
}

static enum status fold_project(const struct rel_context *c, struct rel *r, struct rel **ret) {
    struct rel *n = rel_copy(c, r);
    if (n == NULL) return no_memory(c);
    n->as.project.exprs = ARENA_ARRAY(c->arena, struct expr *, rel_width(r));
    if (n->as.project.exprs == NULL) return no_memory(c);
    for (uint32_t i = 0; i < rel_width(r); i++) {
        n->as.project.exprs[i] = expr_fold(c->arena, r->as.project.exprs[i], c->eval);
        if (n->as.project.exprs[i] == NULL) return no_memory(c);
    }
    *ret = n;
    return STATUS_OK;
}

enum status rule_fold(const struct rel_context *c, struct rel *r, struct rel **ret) {
    TRY(rel_map_inputs(c, r, rule_fold, &r));
    *ret = r;
    if (r->kind == REL_PROJECT) return fold_project(c, r, ret);
    if (r->kind != REL_FILTER && r->kind != REL_WATERMARK) return STATUS_OK;
    struct rel *n = rel_copy(c, r);
    if (n == NULL) return no_memory(c);
    struct expr **e = r->kind == REL_FILTER ? &n->as.filter.condition : &n->as.watermark.expr;
    *e = expr_fold(c->arena, *e, c->eval);
    if (*e == NULL) return no_memory(c);
    *ret = r->kind == REL_FILTER && is_true(*e) ? rel_input(n) : n;
    return STATUS_OK;
}
