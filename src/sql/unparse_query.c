/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unparse_query: queries as text. A part of a set operation stands in parentheses when it has a
 * WITH, ORDER BY or LIMIT of its own, or when it is a set operation that would otherwise be read in
 * another order.
 */
#include "sql/unparse_internal.h"

#include <assert.h>

/* The space before a clause. */
static void gap(struct writer *out) { buf_char(out->to, out->full ? '\n' : ' '); }

/* A table with hints goes by its own name, as Flink writes it. */
static bool is_own_name(const struct ast_from *f) {
    return f->kind == AST_FROM_TABLE && f->hints.count > 0 && f->columns.count == 0 && str_equal(f->alias, f->name->parts[f->name->count - 1]);
}

static void write_alias(struct writer *out, const struct ast_from *f) {
    if (f->alias.at == NULL || (out->full && is_own_name(f))) return;
    buf_text(out->to, " AS ");
    put_identifier(out, f->alias);
    if (f->columns.count == 0) return;
    buf_text(out->to, " (");
    put_identifiers(out, &f->columns);
    buf_char(out->to, ')');
}

static void write_from(struct writer *out, const struct ast_from *f);

static void write_from_part(struct writer *out, const struct ast_from *f, bool parens) {
    if (parens) buf_char(out->to, '(');
    write_from(out, f);
    if (parens) buf_char(out->to, ')');
}

static const char *join_text(enum ast_join_kind kind, bool full) {
    switch (kind) {
    case AST_JOIN_INNER: return full ? "INNER JOIN " : "JOIN ";
    case AST_JOIN_LEFT: return "LEFT JOIN ";
    case AST_JOIN_RIGHT: return "RIGHT JOIN ";
    case AST_JOIN_FULL: return "FULL JOIN ";
    case AST_JOIN_CROSS: return "CROSS JOIN ";
    case AST_JOIN_COMMA: break;
    }
    return "";
}

static void write_join(struct writer *out, const struct ast_from *f) {
    bool comma = f->join == AST_JOIN_COMMA;
    write_from_part(out, f->left, false);
    if (comma) buf_char(out->to, ',');
    gap(out);
    if (f->natural) buf_text(out->to, "NATURAL ");
    buf_text(out->to, join_text(f->join, out->full));
    write_from_part(out, f->right, f->right->kind == AST_FROM_JOIN && !comma);
    if (f->on != NULL) {
        buf_text(out->to, " ON ");
        put_expr(out, f->on);
    }
    if (f->using_columns.count == 0) return;
    buf_text(out->to, " USING (");
    put_identifiers(out, &f->using_columns);
    buf_char(out->to, ')');
}

static void write_named_table(struct writer *out, const struct ast_from *f) {
    put_name(out, f->name);
    put_hints(out, &f->hints);
    if (f->system_time == NULL) return;
    buf_text(out->to, " FOR SYSTEM_TIME AS OF ");
    put_expr(out, f->system_time);
}

static void write_from(struct writer *out, const struct ast_from *f) {
    if (f->kind == AST_FROM_JOIN) {
        write_join(out, f);
        return;
    }
    if (f->lateral) buf_text(out->to, "LATERAL ");
    switch (f->kind) {
    case AST_FROM_TABLE: write_named_table(out, f); break;
    case AST_FROM_QUERY:
        buf_char(out->to, '(');
        put_query(out, f->query);
        buf_char(out->to, ')');
        break;
    case AST_FROM_FUNCTION:
        buf_text(out->to, "TABLE(");
        put_expr(out, f->expr);
        buf_char(out->to, ')');
        break;
    case AST_FROM_UNNEST:
        buf_text(out->to, "UNNEST(");
        put_expr(out, f->expr);
        buf_text(out->to, f->ordinality ? ") WITH ORDINALITY" : ")");
        break;
    case AST_FROM_MATCH:
        write_from_part(out, f->left, f->left->kind == AST_FROM_JOIN);
        buf_text(out->to, " MATCH_RECOGNIZE ");
        buf_str(out->to, f->expr->text);
        break;
    case AST_FROM_VALUES:
    case AST_FROM_JOIN: assert(false);
    }
    write_alias(out, f);
}

static void write_groups(struct writer *out, const struct list *groups);

static void write_group(struct writer *out, const struct ast_group *g) {
    switch (g->kind) {
    case AST_GROUP_EXPR: put_expr(out, g->expr); return;
    case AST_GROUP_SET: buf_char(out->to, '('); break;
    case AST_GROUP_ROLLUP: buf_text(out->to, out->full ? "ROLLUP(" : "ROLLUP ("); break;
    case AST_GROUP_CUBE: buf_text(out->to, out->full ? "CUBE(" : "CUBE ("); break;
    case AST_GROUPING_SETS: buf_text(out->to, out->full ? "GROUPING SETS(" : "GROUPING SETS ("); break;
    }
    write_groups(out, &g->elements);
    buf_char(out->to, ')');
}

static void write_groups(struct writer *out, const struct list *groups) {
    for (uint32_t i = 0; i < groups->count; i++) {
        if (i > 0) buf_text(out->to, ", ");
        write_group(out, groups->at[i]);
    }
}

static void write_clause(struct writer *out, const char *word, const struct ast_expr *e) {
    if (e == NULL) return;
    gap(out);
    buf_text(out->to, word);
    put_expr(out, e);
}

static void write_items(struct writer *out, const struct list *items) {
    for (uint32_t i = 0; i < items->count; i++) {
        const struct ast_select_item *item = items->at[i];
        if (i > 0) buf_text(out->to, ", ");
        put_expr(out, item->expr);
        if (item->alias.at == NULL) continue;
        buf_text(out->to, " AS ");
        put_identifier(out, item->alias);
    }
}

static void write_windows(struct writer *out, const struct list *windows) {
    for (uint32_t i = 0; i < windows->count; i++) {
        const struct ast_window *w = windows->at[i];
        if (i == 0) gap(out);
        buf_text(out->to, i == 0 ? "WINDOW " : ", ");
        put_identifier(out, w->name);
        buf_text(out->to, " AS ");
        put_window(out, w);
    }
}

static void write_select(struct writer *out, const struct ast_query *q) {
    buf_text(out->to, "SELECT");
    put_hints(out, &q->hints);
    buf_text(out->to, q->distinct ? " DISTINCT " : " ");
    write_items(out, &q->items);
    if (q->from != NULL) {
        gap(out);
        buf_text(out->to, "FROM ");
        write_from(out, q->from);
    }
    write_clause(out, "WHERE ", q->where);
    if (q->has_group_by) {
        gap(out);
        buf_text(out->to, q->group_distinct ? "GROUP BY DISTINCT " : "GROUP BY ");
        write_groups(out, &q->group_by);
    }
    write_clause(out, "HAVING ", q->having);
    write_windows(out, &q->windows);
    write_clause(out, "QUALIFY ", q->qualify);
}

static bool needs_parens(const struct ast_query *part, const struct ast_query *set, bool right) {
    if (part->with.count != 0 || part->order_by.count != 0 || part->limit != NULL || part->offset != NULL) return true;
    if (part->kind != AST_QUERY_SET) return false;
    bool tight = part->set_op == AST_INTERSECT, set_tight = set->set_op == AST_INTERSECT;
    return right ? !(tight && !set_tight) : (!tight && set_tight);
}

static void write_part(struct writer *out, const struct ast_query *set, const struct ast_query *part, bool right) {
    bool parens = needs_parens(part, set, right);
    if (parens) buf_char(out->to, '(');
    put_query(out, part);
    if (parens) buf_char(out->to, ')');
}

static void write_set(struct writer *out, const struct ast_query *q) {
    static const char *const words[] = {[AST_UNION] = "UNION", [AST_INTERSECT] = "INTERSECT", [AST_EXCEPT] = "EXCEPT"};
    write_part(out, q, q->left, false);
    gap(out);
    buf_text(out->to, words[q->set_op]);
    if (q->all) buf_text(out->to, " ALL");
    gap(out);
    write_part(out, q, q->right, true);
}

static void write_with(struct writer *out, const struct ast_query *q) {
    for (uint32_t i = 0; i < q->with.count; i++) {
        const struct ast_with *w = q->with.at[i];
        buf_text(out->to, i > 0 ? ", " : q->with_recursive ? "WITH RECURSIVE " : "WITH ");
        put_identifier(out, w->name);
        if (w->columns.count != 0) {
            buf_text(out->to, " (");
            put_identifiers(out, &w->columns);
            buf_char(out->to, ')');
        }
        buf_text(out->to, " AS (");
        put_query(out, w->query);
        buf_char(out->to, ')');
    }
    if (q->with.count != 0) buf_char(out->to, ' ');
}

void put_query(struct writer *out, const struct ast_query *q) {
    assert(q != NULL);
    write_with(out, q);
    switch (q->kind) {
    case AST_QUERY_SELECT: write_select(out, q); break;
    case AST_QUERY_VALUES:
        buf_text(out->to, "VALUES ");
        for (uint32_t i = 0; i < q->rows.count; i++) {
            if (i > 0) buf_char(out->to, ',');
            if (i > 0) gap(out);
            put_expr(out, q->rows.at[i]);
        }
        break;
    case AST_QUERY_SET: write_set(out, q); break;
    }
    if (q->order_by.count != 0) {
        gap(out);
        buf_text(out->to, "ORDER BY ");
        put_orders(out, &q->order_by);
    }
    if (!out->full) {
        write_clause(out, "LIMIT ", q->limit);
        write_clause(out, "OFFSET ", q->offset);
        return;
    }
    write_clause(out, "OFFSET ", q->offset);
    if (q->offset != NULL) buf_text(out->to, " ROWS");
    write_clause(out, "FETCH NEXT ", q->limit);
    if (q->limit != NULL) buf_text(out->to, " ROWS ONLY");
}
