/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rel_respan: what was bound from another text than the statement's, such as a view's, has places in that
 * text. Errors at run time know one text only, the statement's, so that all of it is placed where the
 * view or table is used. The expressions were made a moment ago and are nobody else's yet.
 */
#include "plan/rel.h"

#include <assert.h>

static void respan_expr(struct expr *e, struct span use) {
    e->span = use;
    for (uint32_t i = 0; i < e->arg_count; i++) respan_expr(e->args[i], use);
}

static void respan_expand(const struct rel *r, struct span use) {
    for (uint32_t i = 0; i < r->as.expand.row_count; i++) {
        for (uint32_t k = 0; k < rel_width(r); k++) respan_expr(r->as.expand.rows[i][k], use);
    }
}

void rel_respan(struct rel *r, struct span use) {
    assert(r != NULL);
    r->span = use;
    if (r->kind == REL_FILTER) respan_expr(r->as.filter.condition, use);
    if (r->kind == REL_WATERMARK) respan_expr(r->as.watermark.expr, use);
    if (r->kind == REL_EXPAND) respan_expand(r, use);
    for (uint32_t i = 0; r->kind == REL_PROJECT && i < rel_width(r); i++) respan_expr(r->as.project.exprs[i], use);
    for (uint32_t i = 0; i < r->inputs.count; i++) rel_respan(r->inputs.at[i], use);
}
