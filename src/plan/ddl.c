/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl: statements that change the session: CREATE, DROP, USE, SET, RESET. What Flink has and Weir
 * does not run is refused by its name.
 */
#include "plan/ddl.h"

#include "plan/plan.h"

#include <assert.h>

struct binder ddl_binder(struct session *s, struct str sql, struct error *e) {
    return (struct binder){.rel = {s->arena, s->types, &s->eval, e}, .session = s, .sql = sql};
}

/* ---- LIKE ------------------------------------------------------------------------------------------ */

enum merge { MERGE_INCLUDING, MERGE_EXCLUDING, MERGE_OVERWRITING };

/* The last rule for the feature wins over ALL; without one everything is included. */
static enum merge merge_of(const struct ast_statement *stmt, const char *feature) {
    enum merge m = MERGE_INCLUDING;
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < stmt->like_options.count; i++) {
            const struct ast_like_option *o = stmt->like_options.at[i];
            bool hit = str_equal_ignore_case(o->feature, pass == 0 ? STR("ALL") : str_of(feature));
            if (hit) m = str_equal_ignore_case(o->action, STR("EXCLUDING")) ? MERGE_EXCLUDING : str_equal_ignore_case(o->action, STR("OVERWRITING")) ? MERGE_OVERWRITING : MERGE_INCLUDING;
        }
    }
    return m;
}

static bool takes_column(const struct ast_statement *stmt, const struct column *c) {
    if (c->kind == AST_COMPUTED) return merge_of(stmt, "GENERATED") != MERGE_EXCLUDING;
    if (c->kind == AST_METADATA) return merge_of(stmt, "METADATA") != MERGE_EXCLUDING;
    return true;
}

enum status ddl_like(struct binder *b, const struct ast_statement *stmt, struct table *t, struct list *options) {
    struct table_path path;
    TRY(catalog_resolve(b->session->catalog, stmt->like, &path, b->rel.error));
    const struct table *from = catalog_find(b->session->catalog, &path);
    if (from == NULL || from->kind != TABLE_BASE) return error_at(b->rel.error, STATUS_NOT_FOUND, stmt->like->span, "Source table '%.*s' of the LIKE clause not found", STR_ARG(path.table));
    t->columns = ARENA_ARRAY(b->rel.arena, struct column, stmt->columns.count + from->column_count);
    if (t->columns == NULL) return error_no_memory(b->rel.error, 64);
    bool same = true;
    for (uint32_t i = 0; i < from->column_count; i++) {
        if (takes_column(stmt, &from->columns[i])) t->columns[t->column_count++] = from->columns[i];
        else same = false;
    }
    t->external = from->external;
    bool watermark = merge_of(stmt, "WATERMARKS") != MERGE_EXCLUDING && stmt->watermark_column == NULL;
    for (uint32_t i = 0; i < t->column_count; i++) {
        struct column *c = &t->columns[i];
        bool rowtime = c->type->time_attr == TIME_ATTR_ROWTIME;
        if (rowtime && !watermark) c->type = type_time_attr(b->rel.types, c->type, TIME_ATTR_NONE);
        if (rowtime && watermark) t->rowtime_column = (int32_t)i;
    }
    if (t->rowtime_column >= 0) t->watermark = from->watermark;
    if (from->key_count > 0 && merge_of(stmt, "CONSTRAINTS") != MERGE_EXCLUDING && stmt->primary_key.count == 0) {
        if (!same) return bind_unsupported(b, stmt->like->span, "LIKE with a primary key but without all columns");
        t->key = from->key;
        t->key_count = from->key_count;
    }
    if (merge_of(stmt, "PARTITIONS") != MERGE_EXCLUDING) t->partitioned_by = from->partitioned_by;
    for (uint32_t i = 0; merge_of(stmt, "OPTIONS") != MERGE_EXCLUDING && i < from->options.count; i++) TRY(list_push(options, b->rel.arena, from->options.at[i]));
    return STATUS_OK;
}

/* ---- views ------------------------------------------------------------------------------------------- */

enum status ddl_create_view(struct binder *b, const struct ast_statement *stmt) {
    struct table_path path;
    struct rel *r = NULL;
    TRY(catalog_resolve(b->session->catalog, stmt->name, &path, b->rel.error));
    b->names_once = stmt->column_names.count == 0;
    TRY(bind_query(b, stmt->query, true, &r));
    uint32_t n = rel_width(r);
    if (stmt->column_names.count > 0 && stmt->column_names.count != n) {
        return error_at(b->rel.error, STATUS_INVALID, stmt->span, "The view names %u columns, its query has %u", stmt->column_names.count, n);
    }
    struct table *t = ARENA_NEW(b->rel.arena, struct table);
    if (t == NULL) return error_no_memory(b->rel.error, sizeof *t);
    *t = (struct table){.kind = TABLE_VIEW, .catalog = path.catalog, .database = path.database, .name = path.table, .temporary = stmt->temporary, .rowtime_column = -1,
                        .comment = stmt->comment, .view = stmt->query, .view_text = stmt->query_text, .sql = b->sql, .column_count = n};
    t->columns = ARENA_ARRAY(b->rel.arena, struct column, n);
    if (t->columns == NULL) return error_no_memory(b->rel.error, n * 8);
    for (uint32_t i = 0; i < n; i++) {
        struct str name = stmt->column_names.count > 0 ? *(const struct str *)stmt->column_names.at[i] : rel_name(r, i);
        if (rel_type(r, i)->root == TYPE_NULL) {
            error_at(b->rel.error, STATUS_INVALID, stmt->query->span, "Column '%.*s' is NULL alone and has no type", STR_ARG(name));
            return error_hint(b->rel.error, "Say of which type it is: CAST(NULL AS INT)");
        }
        t->columns[i] = (struct column){.name = name, .kind = AST_PHYSICAL, .type = rel_type(r, i)};
    }
    return catalog_add(b->session->catalog, &path, t, stmt->if_not_exists, stmt->name->span, b->rel.error);
}

/* ---- the others ----------------------------------------------------------------------------------------- */

static struct str last_part(const struct ast_name *n) { return n->parts[n->count - 1]; }
static struct str catalog_part(const struct session *s, const struct ast_name *n) { return n->count > 1 ? n->parts[n->count - 2] : catalog_current(s->catalog); }

static enum status execute_drop(struct binder *b, const struct ast_statement *stmt) {
    struct session *s = b->session;
    struct table_path path;
    bool view = str_equal(stmt->object, STR("VIEW"));
    if (view || str_equal(stmt->object, STR("TABLE"))) {
        TRY(catalog_resolve(s->catalog, stmt->name, &path, b->rel.error));
        return catalog_drop(s->catalog, &path, view, stmt->temporary, stmt->if_exists, stmt->name->span, b->rel.error);
    }
    if (str_equal(stmt->object, STR("DATABASE"))) return catalog_drop_database(s->catalog, catalog_part(s, stmt->name), last_part(stmt->name), stmt->if_exists, stmt->cascade, b->rel.error);
    if (str_equal(stmt->object, STR("CATALOG"))) return catalog_drop_catalog(s->catalog, last_part(stmt->name), stmt->if_exists, b->rel.error);
    return error_at(b->rel.error, STATUS_UNSUPPORTED, stmt->span, "Weir does not run DROP %.*s", STR_ARG(stmt->object));
}

static enum status create_catalog(struct binder *b, const struct ast_statement *stmt) {
    for (uint32_t i = 0; i < stmt->options.count; i++) {
        const struct ast_option *o = stmt->options.at[i];
        if (str_equal(o->key, STR("type")) && !str_equal(o->value, STR("generic_in_memory"))) {
            error_at(b->rel.error, STATUS_UNSUPPORTED, o->value_span, "There is no catalog of type '%.*s'", STR_ARG(o->value));
            return error_hint(b->rel.error, "Available: generic_in_memory");
        }
    }
    return catalog_add_catalog(b->session->catalog, last_part(stmt->name), stmt->if_not_exists, b->rel.error);
}

static enum status execute_use(struct binder *b, const struct ast_statement *stmt) {
    struct session *s = b->session;
    if (str_equal(stmt->text, STR("MODULES"))) return bind_unsupported(b, stmt->span, "USE MODULES");
    if (!str_equal(stmt->text, STR("CATALOG"))) return catalog_use(s->catalog, catalog_part(s, stmt->name), last_part(stmt->name), b->rel.error);
    struct str *databases = NULL, first = STR("default");
    uint32_t count = 0;
    TRY(catalog_databases(s->catalog, b->rel.arena, last_part(stmt->name), &databases, &count, b->rel.error));
    if (count > 0) first = databases[0];
    return catalog_use(s->catalog, last_part(stmt->name), first, b->rel.error);
}

static enum status execute(struct binder *b, const struct ast_statement *stmt) {
    struct session *s = b->session;
    switch (stmt->kind) {
    case AST_CREATE_TABLE: return ddl_create_table(b, stmt);
    case AST_CREATE_VIEW: return ddl_create_view(b, stmt);
    case AST_CREATE_DATABASE: return catalog_add_database(s->catalog, catalog_part(s, stmt->name), last_part(stmt->name), stmt->if_not_exists, b->rel.error);
    case AST_CREATE_CATALOG: return create_catalog(b, stmt);
    case AST_DROP: return execute_drop(b, stmt);
    case AST_USE: return execute_use(b, stmt);
    case AST_SET: return session_set(s, stmt->key, stmt->value, session_known(stmt->key) ? stmt->value_span : stmt->key_span, b->rel.error);
    case AST_RESET: return session_reset(s, stmt->key, b->rel.error);
    case AST_ALTER: return error_at(b->rel.error, STATUS_UNSUPPORTED, stmt->span, "Weir does not run ALTER %.*s", STR_ARG(stmt->object));
    default: return error_at(b->rel.error, STATUS_UNSUPPORTED, stmt->span, "Weir does not run %.*s", STR_ARG(stmt->text));
    }
}

enum status plan_execute_ddl(struct session *s, const struct ast_statement *stmt, struct str sql, struct error *e) {
    assert(s != NULL && stmt != NULL);
    struct binder b = ddl_binder(s, sql, e);
    enum status status = execute(&b, stmt);
    if (status != STATUS_OK && e != NULL && e->span.end == 0) e->span = stmt->span;
    return status;
}
