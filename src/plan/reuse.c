/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reuse: equal parts of a plan run once. Nodes are compared by a text of everything they do; two nodes
 * with equal texts over the same (already shared) inputs are one. What depends on time or chance is not
 * shared, as in Flink, nor is anything above a sink.
 */
#include "plan/physical.h"

#include "vec/value.h"

#include <assert.h>

static bool expr_text(struct buf *out, const struct expr *e) {
    buf_format(out, "(%d %p %u ", (int)e->kind, (const void *)e->type, e->index);
    if (e->kind == EXPR_CALL) {
        if ((e->impl->flags & FUNC_NOT_DETERMINISTIC) != 0) return false;
        buf_str(out, e->func->name);
    }
    if (e->kind == EXPR_LITERAL) value_print_java(out, e->value, 0);
    for (uint32_t i = 0; i < e->arg_count; i++) {
        if (!expr_text(out, e->args[i])) return false;
    }
    buf_char(out, ')');
    return true;
}

static bool calc_text(struct buf *out, const struct node *n) {
    for (uint32_t i = 0; i < n->as.calc.expr_count; i++) {
        if (!expr_text(out, n->as.calc.exprs[i])) return false;
    }
    buf_text(out, " where ");
    return n->as.calc.condition == NULL || expr_text(out, n->as.calc.condition);
}

static bool scan_text(struct buf *out, const struct scan_params *s) {
    buf_format(out, "%p", (const void *)s->table);
    for (uint32_t i = 0; i < s->column_count; i++) {
        buf_format(out, " %u", s->columns[i]);
        for (uint32_t k = 0; k < s->path_counts[i]; k++) buf_format(out, ".%u", s->paths[i][k]);
    }
    /* hints make other options */
    buf_format(out, " limit %lld", (long long)s->limit);
    const struct strmap *raw = s->options->own.raw;
    for (uint32_t i = 0; raw != NULL && i < strmap_count(raw); i++) {
        const struct ast_option *o = strmap_at(raw, i)->value;
        buf_format(out, " %.*s=%.*s", STR_ARG(o->key), STR_ARG(o->value));
    }
    buf_text(out, " partitions ");
    return s->partition == NULL || expr_text(out, s->partition);
}

/* false: never shared. */
static bool node_text(struct buf *out, const struct node *n) {
    buf_format(out, "%d %p %u ", (int)n->kind, (const void *)n->row, n->produces);
    for (uint32_t i = 0; i < n->inputs.count; i++) buf_format(out, "%p ", n->inputs.at[i]);
    switch (n->kind) {
    case NODE_SINK: return false;
    case NODE_VALUES: return false;
    case NODE_SCAN: return scan_text(out, &n->as.scan);
    case NODE_CALC: return calc_text(out, n);
    case NODE_WATERMARK: return expr_text(out, n->as.watermark.expr);
    case NODE_CHANGELOG_NORMALIZE:
        if (n->as.normalize.filter != NULL && !expr_text(out, n->as.normalize.filter)) return false;
        break;
    case NODE_EXPAND: return false;
    default: break;
    }
    node_describe(out, n);
    return true;
}

/* What each condition above notes in its scan is not true of a shared one. */
static void drop_note(struct node *same, const struct node *n) {
    if (n->kind != NODE_SCAN || same == n) return;
    const struct expr *a = same->as.scan.filter, *b = n->as.scan.filter;
    if (a == NULL || b == NULL || !expr_equal(a, b)) same->as.scan.filter = NULL;
}

static enum status share(struct physical *p, struct strmap *seen, struct node **slot) {
    struct node *n = *slot;
    struct buf text = BUF_INIT;
    for (uint32_t i = 0; i < n->inputs.count; i++) TRY(share(p, seen, (struct node **)&n->inputs.at[i]));
    bool shared = node_text(&text, n) && !text.failed;
    enum status s = STATUS_OK;
    if (shared) {
        struct node *same = strmap_get(seen, buf_view(&text));
        if (same != NULL) drop_note(same, n);
        if (same != NULL) *slot = same;
        else s = strmap_put(seen, buf_view(&text), n);
    }
    buf_deinit(&text);
    return s;
}

enum status reuse_nodes(struct physical *p) {
    struct strmap *seen = strmap_new(p->rel.arena);
    if (seen == NULL) return error_no_memory(p->rel.error, 64);
    for (uint32_t i = 0; i < p->plan->sinks.count; i++) {
        struct node *sink = p->plan->sinks.at[i];
        TRY(share(p, seen, (struct node **)&sink->inputs.at[0]));
    }
    return STATUS_OK;
}
