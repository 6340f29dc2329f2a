/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_expand: a view's query as Flink keeps it: tables by catalog, database and name, columns with their table's alias, stars
 * written out. Works on a copy of the syntax of a query that has been bound already, so that what it cannot decide (columns of UNNEST,
 * of table functions, of MATCH_RECOGNIZE) may simply stay as it was written: it resolves, where it is used, as it did here.
 */
#include "plan/ddl.h"

#include "sql/parser.h"
#include "sql/unparse.h"

#include <assert.h>

/* One relation in sight. */
struct source {
    struct str alias;    /* at == NULL: none */
    struct list columns; /* struct str */
    bool opaque;         /* its columns are not known */
};

struct names {
    struct list sources;       /* struct source */
    const struct names *outer; /* of the query around */
    bool merged;               /* NATURAL or USING: columns belong to both sides */
};

struct expander {
    struct binder *b;
    uint32_t unnamed; /* relations that got a name, as Flink numbers them */
    struct list with; /* struct ast_with */
};

static enum status expand_query(struct expander *x, struct ast_query *q, const struct names *outer);
static enum status expand_expr(struct expander *x, struct ast_expr *e, const struct names *n);

static enum status no_memory(const struct expander *x) { return error_no_memory(x->b->rel.error, 0); }

static enum status push_name(struct expander *x, struct list *l, struct str name) {
    struct str *copy = ARENA_NEW(x->b->rel.arena, struct str);
    if (copy == NULL) return no_memory(x);
    *copy = name;
    return list_push(l, x->b->rel.arena, copy);
}

static bool has_name(const struct list *l, struct str name) {
    for (uint32_t i = 0; i < l->count; i++) {
        if (str_equal(*(const struct str *)l->at[i], name)) return true;
    }
    return false;
}

static enum status parse_copy(struct expander *x, const struct buf *text, struct str *ret_text, struct ast_query **ret) {
    struct list statements = {0};
    *ret_text = text->failed ? (struct str){NULL, 0} : arena_str(x->b->rel.arena, buf_view(text));
    if (ret_text->at == NULL) return no_memory(x);
    TRY(parse_script(x->b->rel.arena, *ret_text, &statements, x->b->rel.error));
    assert(statements.count == 1 && ((const struct ast_statement *)statements.at[0])->kind == AST_SELECT);
    *ret = ((struct ast_statement *)statements.at[0])->query;
    return STATUS_OK;
}

/* ---- names of columns ---- */

/* name with parts in front. */
static enum status prefix_name(struct expander *x, struct ast_name *n, const struct str *parts, uint32_t count) {
    struct str *all = ARENA_ARRAY(x->b->rel.arena, struct str, n->count + count);
    struct span *spans = ARENA_ARRAY(x->b->rel.arena, struct span, n->count + count);
    if (all == NULL || spans == NULL) return no_memory(x);
    for (uint32_t i = 0; i < count; i++) all[i] = parts[i];
    for (uint32_t i = 0; i < n->count; i++) all[count + i] = n->parts[i];
    n->parts = all;
    n->part_spans = spans;
    n->count += count;
    return STATUS_OK;
}

static bool is_alias(const struct names *n, struct str name) {
    for (; n != NULL; n = n->outer) {
        for (uint32_t i = 0; i < n->sources.count; i++) {
            const struct source *s = n->sources.at[i];
            if (s->alias.at != NULL && str_equal(s->alias, name)) return true;
        }
    }
    return false;
}

/* The one source that has the column; NULL when none, several or nobody knows. */
static const struct source *owner_of(const struct names *n, struct str column) {
    for (; n != NULL; n = n->outer) {
        const struct source *found = NULL;
        uint32_t count = 0;
        bool opaque = n->merged;
        for (uint32_t i = 0; i < n->sources.count; i++) {
            const struct source *s = n->sources.at[i];
            opaque |= s->opaque;
            if (!has_name(&s->columns, column)) continue;
            found = s;
            count++;
        }
        if (opaque || count > 1) return NULL;
        if (count == 1) return found;
    }
    return NULL;
}

static enum status expand_column(struct expander *x, struct ast_expr *e, const struct names *n) {
    if (e->name == NULL || e->name->star || (e->name->count > 1 && is_alias(n, e->name->parts[0]))) return STATUS_OK;
    const struct source *s = owner_of(n, e->name->parts[0]);
    return s == NULL || s->alias.at == NULL ? STATUS_OK : prefix_name(x, e->name, &s->alias, 1);
}

/* ---- tables ---- */

static const struct ast_with *find_with(const struct expander *x, const struct ast_name *n) {
    for (uint32_t i = x->with.count; n->count == 1 && i > 0; i--) {
        const struct ast_with *w = x->with.at[i - 1];
        if (str_equal(w->name, n->parts[0])) return w;
    }
    return NULL;
}

static enum status output_names(struct expander *x, const struct ast_query *q, struct list *ret, bool *ret_opaque) {
    while (q->kind == AST_QUERY_SET) q = q->left;
    const struct ast_expr *row = q->kind == AST_QUERY_VALUES ? q->rows.at[0] : NULL;
    uint32_t count = row != NULL ? row->arguments.count : q->items.count;
    for (uint32_t i = 0; i < count; i++) {
        const struct ast_select_item *item = row != NULL ? NULL : q->items.at[i];
        struct str name = arena_format(x->b->rel.arena, "EXPR$%u", i);
        if (name.at == NULL) return no_memory(x);
        if (item != NULL && item->expr->kind == AST_STAR) *ret_opaque = true;
        if (item != NULL && item->expr->kind == AST_COLUMN) name = item->expr->name->parts[item->expr->name->count - 1];
        if (item != NULL && item->alias.at != NULL) name = item->alias;
        TRY(push_name(x, ret, name));
    }
    return STATUS_OK;
}

static enum status full_name(struct expander *x, struct ast_name *n, const struct table **ret) {
    struct table_path p;
    struct table *t = NULL;
    TRY(catalog_resolve(x->b->session->catalog, n, &p, x->b->rel.error));
    TRY(catalog_lookup(x->b->session->catalog, &p, &t, x->b->rel.error));
    *ret = t;
    const struct str parts[2] = {p.catalog, p.database};
    return t == NULL || n->count == 3 ? STATUS_OK : prefix_name(x, n, parts, 3 - n->count);
}

static enum status expand_table(struct expander *x, struct ast_from *f, struct source *s) {
    const struct ast_with *w = find_with(x, f->name);
    const struct table *t = NULL;
    if (s->alias.at == NULL) s->alias = f->alias = f->name->parts[f->name->count - 1];
    if (w != NULL) {
        if (w->columns.count > 0) s->columns = w->columns;
        return w->columns.count > 0 ? STATUS_OK : output_names(x, w->query, &s->columns, &s->opaque);
    }
    TRY(full_name(x, f->name, &t));
    s->opaque = t == NULL;
    for (uint32_t i = 0; t != NULL && i < t->column_count; i++) TRY(push_name(x, &s->columns, t->columns[i].name));
    return STATUS_OK;
}

static enum status name_unnamed(struct expander *x, struct ast_from *f, struct source *s) {
    if (f->alias.at != NULL) return STATUS_OK;
    s->alias = f->alias = arena_format(x->b->rel.arena, "EXPR$%u", x->unnamed++);
    return s->alias.at == NULL ? no_memory(x) : STATUS_OK;
}

/* TABLE t as an argument is (SELECT t.a, ... FROM t) in full. */
static enum status table_query(struct expander *x, struct ast_expr *e, const struct table *t) {
    struct buf text = BUF_INIT;
    struct str ignored;
    if (e->partition_by.count > 0 || e->order_by.count > 0) return STATUS_OK;
    for (uint32_t i = 0; i < t->column_count; i++) {
        buf_text(&text, i == 0 ? "SELECT " : ", ");
        show_identifier(&text, t->name);
        buf_char(&text, '.');
        show_identifier(&text, t->columns[i].name);
    }
    const struct str path[3] = {t->catalog, t->database, t->name};
    for (int i = 0; i < 3; i++) {
        buf_text(&text, i == 0 ? " FROM " : ".");
        show_identifier(&text, path[i]);
    }
    buf_text(&text, " AS ");
    show_identifier(&text, t->name);
    enum status s = parse_copy(x, &text, &ignored, &e->query);
    buf_deinit(&text);
    if (s == STATUS_OK) e->name = NULL;
    return s;
}

/* A window function over a table has the table's columns, and three more; other functions stay as they are. */
static enum status window_columns(struct expander *x, struct ast_from *f, struct source *s) {
    static const char *const windows[] = {"TUMBLE", "HOP", "CUMULATE"}, *const more[] = {"window_start", "window_end", "window_time"};
    struct ast_expr *first = f->expr->arguments.count == 0 ? NULL : f->expr->arguments.at[0];
    const struct table *t = NULL;
    struct table_path p;
    bool window = false;
    for (int i = 0; i < 3; i++) window |= str_equal_ignore_case(f->expr->text, str_of(windows[i]));
    if (!window || first == NULL || first->kind != AST_TABLE_ARGUMENT || first->name == NULL || find_with(x, first->name) != NULL) return STATUS_OK;
    TRY(catalog_resolve(x->b->session->catalog, first->name, &p, x->b->rel.error));
    t = catalog_find(x->b->session->catalog, &p);
    if (t == NULL) return STATUS_OK;
    for (uint32_t i = 0; i < t->column_count; i++) TRY(push_name(x, &s->columns, t->columns[i].name));
    for (int i = 0; i < 3; i++) TRY(push_name(x, &s->columns, str_of(more[i])));
    s->opaque = false;
    TRY(table_query(x, first, t));
    return name_unnamed(x, f, s);
}

static enum status expand_from(struct expander *x, struct ast_from *f, struct names *n) {
    if (f->kind == AST_FROM_JOIN || f->kind == AST_FROM_MATCH) {
        TRY(expand_from(x, f->left, n));
        if (f->kind == AST_FROM_MATCH) {
            n->sources.count = 0;
            n->merged = true;
            return STATUS_OK;
        }
        n->merged |= f->natural || f->using_columns.count > 0;
        TRY(expand_from(x, f->right, n));
        return f->on == NULL ? STATUS_OK : expand_expr(x, f->on, n);
    }
    struct source *s = ARENA_NEW(x->b->rel.arena, struct source);
    if (s == NULL) return no_memory(x);
    *s = (struct source){.alias = f->alias};
    if (f->system_time != NULL) TRY(expand_expr(x, f->system_time, n));
    if (f->kind == AST_FROM_TABLE) {
        TRY(expand_table(x, f, s));
    } else if (f->kind == AST_FROM_QUERY) {
        TRY(expand_query(x, f->query, n));
        TRY(name_unnamed(x, f, s));
        TRY(output_names(x, f->query, &s->columns, &s->opaque));
    } else {
        s->opaque = true;
        TRY(expand_expr(x, f->expr, n));
        if (f->kind == AST_FROM_FUNCTION) TRY(window_columns(x, f, s));
    }
    if (f->columns.count > 0) {
        s->columns = f->columns;
        s->opaque = false;
    }
    return list_push(&n->sources, x->b->rel.arena, s);
}

/* ---- expressions ---- */

static enum status expand_list(struct expander *x, const struct list *exprs, const struct names *n) {
    for (uint32_t i = 0; i < exprs->count; i++) TRY(expand_expr(x, exprs->at[i], n));
    return STATUS_OK;
}

static enum status expand_orders(struct expander *x, const struct list *orders, const struct names *n) {
    for (uint32_t i = 0; i < orders->count; i++) TRY(expand_expr(x, ((struct ast_order *)orders->at[i])->expr, n));
    return STATUS_OK;
}

static enum status expand_window(struct expander *x, const struct ast_window *w, const struct names *n) {
    TRY(expand_list(x, &w->partition_by, n));
    return expand_orders(x, &w->order_by, n);
}

static enum status expand_expr(struct expander *x, struct ast_expr *e, const struct names *n) {
    const struct table *t = NULL;
    if (e->kind == AST_COLUMN) return expand_column(x, e, n);
    if (e->kind == AST_DESCRIPTOR) return STATUS_OK;
    if (e->kind == AST_TABLE_ARGUMENT && e->name != NULL && find_with(x, e->name) == NULL) TRY(full_name(x, e->name, &t));
    if (e->kind == AST_TABLE_ARGUMENT && e->name != NULL) return STATUS_OK; /* PARTITION BY: columns of that table alone */
    TRY(expand_list(x, &e->arguments, n));
    if (e->filter != NULL) TRY(expand_expr(x, e->filter, n));
    TRY(expand_orders(x, &e->within_order, n));
    if (e->over != NULL) TRY(expand_window(x, e->over, n));
    if (e->query != NULL) TRY(expand_query(x, e->query, n));
    if (e->json_default_empty != NULL) TRY(expand_expr(x, e->json_default_empty, n));
    return e->json_default_error == NULL ? STATUS_OK : expand_expr(x, e->json_default_error, n);
}

/* ---- queries ---- */

static enum status star_column(struct expander *x, const struct source *s, struct str column, struct list *items) {
    struct ast_select_item *item = ARENA_NEW(x->b->rel.arena, struct ast_select_item);
    struct ast_expr *e = ARENA_NEW(x->b->rel.arena, struct ast_expr);
    struct ast_name *name = ARENA_NEW(x->b->rel.arena, struct ast_name);
    struct str *parts = ARENA_ARRAY(x->b->rel.arena, struct str, 2);
    if (item == NULL || e == NULL || name == NULL || parts == NULL) return no_memory(x);
    uint32_t n = 0;
    if (s->alias.at != NULL) parts[n++] = s->alias;
    parts[n++] = column;
    *name = (struct ast_name){.count = n, .parts = parts};
    *e = (struct ast_expr){.kind = AST_COLUMN, .name = name, .precision = -1, .scale = -1};
    *item = (struct ast_select_item){.expr = e};
    return list_push(items, x->b->rel.arena, item);
}

static bool covers(const struct source *s, const struct ast_expr *star) {
    return star->name == NULL || star->name->count == 0 || (star->name->count == 1 && s->alias.at != NULL && str_equal(s->alias, star->name->parts[0]));
}

/* Does the star stand for columns that are all known? */
static bool is_known_star(const struct ast_expr *e, const struct names *n) {
    bool any = false;
    if (e->kind != AST_STAR || n->merged) return false;
    for (uint32_t i = 0; i < n->sources.count; i++) {
        const struct source *s = n->sources.at[i];
        if (!covers(s, e)) continue;
        if (s->opaque) return false;
        any = true;
    }
    return any;
}

static enum status expand_items(struct expander *x, struct ast_query *q, const struct names *n) {
    struct list items = {0};
    for (uint32_t i = 0; i < q->items.count; i++) {
        struct ast_select_item *item = q->items.at[i];
        if (!is_known_star(item->expr, n)) {
            if (item->expr->kind != AST_STAR) TRY(expand_expr(x, item->expr, n));
            TRY(list_push(&items, x->b->rel.arena, item));
            continue;
        }
        for (uint32_t k = 0; k < n->sources.count; k++) {
            const struct source *s = n->sources.at[k];
            for (uint32_t c = 0; covers(s, item->expr) && c < s->columns.count; c++) TRY(star_column(x, s, *(const struct str *)s->columns.at[c], &items));
        }
    }
    q->items = items;
    return STATUS_OK;
}

static enum status expand_groups(struct expander *x, const struct list *groups, const struct names *n) {
    for (uint32_t i = 0; i < groups->count; i++) {
        struct ast_group *g = groups->at[i];
        if (g->expr != NULL) TRY(expand_expr(x, g->expr, n));
        TRY(expand_groups(x, &g->elements, n));
    }
    return STATUS_OK;
}

/* ORDER BY sees output columns first. */
static enum status expand_order_by(struct expander *x, struct ast_query *q, const struct names *n) {
    struct list outputs = {0};
    bool opaque = false;
    TRY(output_names(x, q, &outputs, &opaque));
    for (uint32_t i = 0; i < q->order_by.count; i++) {
        struct ast_expr *e = ((struct ast_order *)q->order_by.at[i])->expr;
        bool output = e->kind == AST_COLUMN && e->name->count == 1 && has_name(&outputs, e->name->parts[0]);
        if (!output) TRY(expand_expr(x, e, n));
    }
    return STATUS_OK;
}

static enum status expand_select(struct expander *x, struct ast_query *q, struct names *n) {
    if (q->from != NULL) TRY(expand_from(x, q->from, n));
    TRY(expand_items(x, q, n));
    if (q->where != NULL) TRY(expand_expr(x, q->where, n));
    TRY(expand_groups(x, &q->group_by, n));
    if (q->having != NULL) TRY(expand_expr(x, q->having, n));
    if (q->qualify != NULL) TRY(expand_expr(x, q->qualify, n));
    for (uint32_t i = 0; i < q->windows.count; i++) TRY(expand_window(x, q->windows.at[i], n));
    return expand_order_by(x, q, n);
}

static enum status expand_query(struct expander *x, struct ast_query *q, const struct names *outer) {
    struct names n = {.outer = outer};
    uint32_t saved = x->with.count;
    for (uint32_t i = 0; i < q->with.count; i++) {
        struct ast_with *w = q->with.at[i];
        TRY(expand_query(x, w->query, outer));
        TRY(list_push(&x->with, x->b->rel.arena, w));
    }
    if (q->kind == AST_QUERY_SELECT) TRY(expand_select(x, q, &n));
    if (q->kind == AST_QUERY_VALUES) TRY(expand_list(x, &q->rows, &n));
    if (q->kind == AST_QUERY_SET) {
        TRY(expand_query(x, q->left, outer));
        TRY(expand_query(x, q->right, outer));
    }
    x->with.count = saved;
    return STATUS_OK;
}

/* ---- the whole ---- */

enum status ddl_expand_view(struct binder *b, const struct ast_query *q, struct str *ret_text, const struct ast_query **ret_query) {
    struct expander x = {.b = b};
    struct ast_query *copy = NULL;
    struct str ignored;
    struct buf text = BUF_INIT;
    unparse_query(&text, q);
    enum status s = parse_copy(&x, &text, &ignored, &copy);
    if (s == STATUS_OK) s = expand_query(&x, copy, NULL);
    buf_reset(&text);
    if (s == STATUS_OK) unparse_query_full(&text, copy);
    if (s == STATUS_OK) s = parse_copy(&x, &text, ret_text, &copy);
    *ret_query = copy;
    buf_deinit(&text);
    return s;
}
