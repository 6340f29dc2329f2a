/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl: statements that change the session: CREATE, ALTER, DROP, USE, LOAD, SET, RESET. What Flink has and Weir
 * does not run is refused by its name (ddl_refuse.c).
 */
#include "plan/ddl.h"

#include "catalog/session_job.h"
#include "plan/plan.h"
#include "sql/parser.h"
#include "sql/position.h"

#include <assert.h>

struct binder ddl_binder(struct session *s, struct str sql, struct error *e) {
    return (struct binder){.rel = {.arena = s->arena, .types = s->types, .eval = &s->eval, .error = e}, .session = s, .sql = sql};
}

/* ---- tables of files -------------------------------------------------------------------------------- */

/* The errors of a file point into the file, not into the statement that asked for it. */
static enum status in_file(struct error *e, struct str text, struct str file) {
    if (e == NULL || e->status == STATUS_OK) return STATUS_NO_MEMORY;
    struct position at = position_of(text, e->span.begin);
    bool placed = e->span.end > 0 && e->span.end <= text.size_bytes;
    e->span = (struct span){0, 0};
    if (placed) return error_wrap(e, "File '%.*s', line %u, column %u", STR_ARG(file), at.line, at.column);
    return error_wrap(e, "File '%.*s'", STR_ARG(file));
}

static enum status check_file(const struct list *statements, const struct table_path *p, struct error *e) {
    const struct ast_statement *s = statements->count == 0 ? NULL : statements->at[0];
    bool table = s != NULL && s->kind == AST_CREATE_TABLE && s->query == NULL && s->like == NULL, view = s != NULL && s->kind == AST_CREATE_VIEW;
    if (!table && !view) return error_set(e, STATUS_INVALID, "The file must begin with CREATE TABLE or CREATE VIEW");
    struct str name = s->name->parts[s->name->count - 1];
    if (!str_equal(name, p->table)) return error_at(e, STATUS_INVALID, s->name->span, "The name must be '%.*s', as the file's, not '%.*s'", STR_ARG(p->table), STR_ARG(name));
    if (s->temporary) return error_at(e, STATUS_INVALID, s->span, "An object in a file cannot be TEMPORARY");
    for (uint32_t i = 1; i < statements->count; i++) {
        const struct ast_statement *more = statements->at[i];
        if (more->kind == AST_ALTER && more->alter == AST_ALTER_ADD_PARTITIONS && table) continue;
        return error_at(e, STATUS_INVALID, more->span, "Behind the definition only ALTER TABLE ... ADD PARTITION can stand");
    }
    return STATUS_OK;
}

static enum status table_of_file(struct session *s, const struct list *statements, struct str text, struct table **ret, struct error *e) {
    const struct ast_statement *stmt = statements->at[0];
    struct binder b = ddl_binder(s, text, e);
    struct draft d;
    if (stmt->kind == AST_CREATE_VIEW) return ddl_view_table(&b, stmt, ret);
    TRY(ddl_table_of(&b, stmt, &d));
    for (uint32_t i = 1; i < statements->count; i++) {
        const struct list *specs = &((const struct ast_statement *)statements->at[i])->partition_specs;
        for (uint32_t k = 0; k < specs->count; k++) TRY(list_push(&d.t->partitions, b.rel.arena, specs->at[k]));
    }
    *ret = d.t;
    return STATUS_OK;
}

/* Views and computed columns of files see the names of their own catalog and database. */
static enum status load(void *context, const struct table_path *p, struct str text, struct str file, struct table **ret, struct error *e) {
    struct session *s = context;
    struct list statements = {0};
    struct error inner = ERROR_INIT;
    enum status st = parse_script(s->arena, text, &statements, &inner);
    if (st == STATUS_OK) st = check_file(&statements, p, &inner);
    if (st == STATUS_OK) st = table_of_file(s, &statements, text, ret, &inner);
    if (st != STATUS_OK) {
        (void)in_file(&inner, text, file);
        if (e != NULL && e->status == STATUS_OK) *e = inner;
        return st;
    }
    (*ret)->catalog = p->catalog;
    (*ret)->database = p->database;
    (*ret)->name = arena_str(s->arena, p->table);
    return (*ret)->name.at == NULL ? error_no_memory(e, 0) : STATUS_OK;
}

void ddl_attach(struct session *s) {
    struct str store = {NULL, 0};
    const struct str *kind = strmap_get(s->settings, STR("table.catalog-store.kind")), *path = strmap_get(s->settings, STR("table.catalog-store.file.path"));
    if (kind != NULL && path != NULL && str_equal(*kind, STR("file")) && path->size_bytes > 0) store = *path;
    catalog_attach(s->catalog, s->env, load, s, store);
}

enum status ddl_define(struct binder *b, struct table *t) {
    if (t->temporary || !catalog_has_files(b->session->catalog, t->catalog)) return STATUS_OK;
    struct buf out = BUF_INIT;
    show_definition(b->rel.arena, &out, t);
    t->definition = out.failed ? (struct str){NULL, 0} : arena_str(b->rel.arena, buf_view(&out));
    buf_deinit(&out);
    return t->definition.at == NULL ? error_no_memory(b->rel.error, 0) : STATUS_OK;
}

/* ---- databases and catalogs ------------------------------------------------------------------------- */

static struct str last_part(const struct ast_name *n) { return n->parts[n->count - 1]; }
static struct str catalog_part(const struct session *s, const struct ast_name *n) { return n->count > 1 ? n->parts[n->count - 2] : catalog_current(s->catalog); }

static enum status too_many_parts(struct binder *b, const struct ast_name *n, uint32_t max, const char *what) {
    return n->count <= max ? STATUS_OK : error_at(b->rel.error, STATUS_INVALID, n->span, "%s", what);
}

static enum status create_database(struct binder *b, const struct ast_statement *stmt) {
    struct catalog *c = b->session->catalog;
    struct str catalog = catalog_part(b->session, stmt->name), name = last_part(stmt->name);
    struct database_info info = {stmt->comment, stmt->options}, old;
    struct error quiet = ERROR_INIT;
    TRY(too_many_parts(b, stmt->name, 2, "A database has at most two parts: catalog.database."));
    bool there = catalog_database(c, catalog, name, &old, &quiet) == STATUS_OK;
    TRY(catalog_add_database(c, catalog, name, stmt->if_not_exists, b->rel.error));
    return there ? STATUS_OK : catalog_describe_database(c, catalog, name, &info, b->rel.error);
}

static enum status alter_database(struct binder *b, const struct ast_statement *stmt) {
    struct catalog *c = b->session->catalog;
    struct str catalog = catalog_part(b->session, stmt->name), name = last_part(stmt->name);
    struct database_info info;
    TRY(catalog_database(c, catalog, name, &info, b->rel.error));
    struct list options = {0};
    TRY(ddl_merge_options(b, &info.options, &stmt->options, &options));
    info.options = options;
    return catalog_describe_database(c, catalog, name, &info, b->rel.error);
}

static enum status create_catalog(struct binder *b, const struct ast_statement *stmt) {
    struct catalog_info info = {.name = last_part(stmt->name), .comment = stmt->comment, .options = stmt->options};
    TRY(too_many_parts(b, stmt->name, 1, "A catalog's name has one part."));
    return catalog_create(b->session->catalog, &info, stmt->if_not_exists, b->rel.error);
}

static enum status reset_catalog(struct binder *b, const struct ast_statement *stmt, struct catalog_info *info) {
    struct list kept = {0};
    if (stmt->column_names.count == 0) return error_at(b->rel.error, STATUS_INVALID, stmt->span, "ALTER CATALOG RESET does not support empty key");
    for (uint32_t i = 0; i < info->options.count; i++) {
        struct ast_option *o = info->options.at[i];
        bool drop = false;
        for (uint32_t k = 0; k < stmt->column_names.count; k++) drop |= str_equal(*(const struct str *)stmt->column_names.at[k], o->key);
        if (drop && str_equal(o->key, STR("type"))) return error_at(b->rel.error, STATUS_INVALID, stmt->span, "ALTER CATALOG RESET does not support changing 'type'");
        if (!drop) TRY(list_push(&kept, b->rel.arena, o));
    }
    info->options = kept;
    return STATUS_OK;
}

static enum status alter_catalog(struct binder *b, const struct ast_statement *stmt) {
    const struct catalog_info *old = catalog_info(b->session->catalog, last_part(stmt->name));
    if (old == NULL) return catalog_missing(b->session->catalog, last_part(stmt->name), b->rel.error);
    if (old->builtin) return error_at(b->rel.error, STATUS_INVALID, stmt->name->span, "Catalog %.*s does not exist in the catalog store.", STR_ARG(old->name));
    struct catalog_info info = *old;
    if (stmt->alter == AST_ALTER_COMMENT) info.comment = stmt->comment;
    if (stmt->alter == AST_ALTER_RESET) TRY(reset_catalog(b, stmt, &info));
    if (stmt->alter == AST_ALTER_SET) {
        struct list options = {0};
        TRY(ddl_merge_options(b, &old->options, &stmt->options, &options));
        info.options = options;
    }
    return catalog_alter(b->session->catalog, &info, b->rel.error);
}

/* ---- modules ------------------------------------------------------------------------------------------ */

static enum status no_module(struct binder *b, struct str name, struct span span) {
    bool core = str_equal(name, STR("core"));
    error_at(b->rel.error, core ? STATUS_NOT_FOUND : STATUS_UNSUPPORTED, span, "No module with name '%.*s' exists", STR_ARG(name));
    return error_hint(b->rel.error, core ? "LOAD MODULE core brings it back" : "Modules are Java classes: Weir has core alone");
}

enum status ddl_module(struct binder *b, const struct ast_statement *stmt) {
    struct session *s = b->session;
    struct str name = last_part(stmt->name);
    bool core = stmt->name->count == 1 && str_equal(name, STR("core"));
    if (str_equal(stmt->text, STR("UNLOAD"))) {
        if (!core || s->core_unloaded) return no_module(b, name, stmt->name->span);
        s->core_unloaded = true;
        return STATUS_OK;
    }
    if (!core) {
        error_at(b->rel.error, STATUS_UNSUPPORTED, stmt->name->span, "There is no module '%.*s': modules are Java classes, and Weir has only its own", STR_ARG(name));
        return error_hint(b->rel.error, "Available: core");
    }
    if (!s->core_unloaded) return error_at(b->rel.error, STATUS_EXISTS, stmt->name->span, "A module with name 'core' already exists");
    s->core_unloaded = false;
    return STATUS_OK;
}

static enum status use_modules(struct binder *b, const struct ast_statement *stmt) {
    for (uint32_t i = 0; i < stmt->column_names.count; i++) {
        struct str name = *(const struct str *)stmt->column_names.at[i];
        if (!str_equal(name, STR("core")) || b->session->core_unloaded) return no_module(b, name, stmt->span);
        if (i > 0) return error_at(b->rel.error, STATUS_INVALID, stmt->span, "Module 'core' appears more than once");
    }
    return STATUS_OK;
}

/* ---- the choice --------------------------------------------------------------------------------------- */

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
    if (str_equal(stmt->object, STR("CONNECTION"))) return ddl_refuse(b, stmt);
    if (stmt->if_exists) return STATUS_OK; /* functions, models, materialized tables: there are none */
    error_at(b->rel.error, STATUS_NOT_FOUND, stmt->name->span, "There is no %s '%.*s'", str_equal(stmt->object, STR("FUNCTION")) ? "function of a user" : str_equal(stmt->object, STR("MODEL")) ? "model" : "materialized table",
             STR_ARG(last_part(stmt->name)));
    return error_hint(b->rel.error, "Weir has none: CREATE %.*s is refused", STR_ARG(stmt->object));
}

static enum status execute_use(struct binder *b, const struct ast_statement *stmt) {
    struct session *s = b->session;
    if (str_equal(stmt->text, STR("MODULES"))) return use_modules(b, stmt);
    if (str_equal(stmt->text, STR("CATALOG"))) TRY(catalog_use(s->catalog, last_part(stmt->name), STR(""), b->rel.error));
    else TRY(catalog_use(s->catalog, catalog_part(s, stmt->name), last_part(stmt->name), b->rel.error));
    s->eval.current_catalog = catalog_current(s->catalog);
    s->eval.current_database = catalog_current_database(s->catalog);
    return STATUS_OK;
}

enum status ddl_alter(struct binder *b, const struct ast_statement *stmt) {
    if (str_equal(stmt->object, STR("TABLE"))) return ddl_alter_table(b, stmt);
    if (str_equal(stmt->object, STR("VIEW"))) return ddl_alter_view(b, stmt);
    if (str_equal(stmt->object, STR("DATABASE"))) return alter_database(b, stmt);
    if (str_equal(stmt->object, STR("CATALOG"))) return alter_catalog(b, stmt);
    return ddl_refuse(b, stmt);
}

static enum status stop_job(struct binder *b, const struct ast_statement *stmt) {
    const struct session_job *j = session_job_find(b->session, stmt->value);
    if (j == NULL) return ddl_refuse(b, stmt);
    return error_at(b->rel.error, STATUS_INVALID, stmt->span, "Job %.*s is %s already: the statements of a session run one after the other", STR_ARG(j->id), j->status);
}

static enum status execute(struct binder *b, const struct ast_statement *stmt) {
    struct session *s = b->session;
    switch (stmt->kind) {
    case AST_CREATE_TABLE: return ddl_create_table(b, stmt);
    case AST_CREATE_VIEW: return ddl_create_view(b, stmt);
    case AST_CREATE_DATABASE: return create_database(b, stmt);
    case AST_CREATE_CATALOG: return create_catalog(b, stmt);
    case AST_DROP: return execute_drop(b, stmt);
    case AST_USE: return execute_use(b, stmt);
    case AST_SET: return session_set(s, stmt->key, stmt->value, session_known(stmt->key) ? stmt->value_span : stmt->key_span, b->rel.error);
    case AST_RESET: return session_reset(s, stmt->key, b->rel.error);
    case AST_ALTER: return ddl_alter(b, stmt);
    case AST_MODULE: return ddl_module(b, stmt);
    case AST_STOP_JOB: return stop_job(b, stmt);
    default: return ddl_refuse(b, stmt);
    }
}

/* Errors without a place are about the name, where the statement is about nothing else. */
static enum status placed(enum status status, const struct ast_statement *stmt, struct error *e) {
    bool named = stmt->kind == AST_USE || stmt->kind == AST_DROP || stmt->kind == AST_ALTER || stmt->kind == AST_CREATE_DATABASE || stmt->kind == AST_CREATE_CATALOG;
    if (status != STATUS_OK && e != NULL && e->span.end == 0) e->span = named && stmt->name != NULL ? stmt->name->span : stmt->span;
    return status;
}

enum status plan_execute_ddl(struct session *s, const struct ast_statement *stmt, struct str sql, struct error *e) {
    assert(s != NULL && stmt != NULL);
    struct binder b = ddl_binder(s, sql, e);
    ddl_attach(s);
    return placed(execute(&b, stmt), stmt, e);
}

enum status plan_create_as(struct session *s, const struct ast_statement *stmt, struct str sql, bool only_explain, struct ast_statement **ret_insert, struct error *e) {
    assert(stmt->kind == AST_CREATE_TABLE && stmt->query != NULL);
    struct binder b = ddl_binder(s, sql, e);
    ddl_attach(s);
    return placed(ddl_create_as(&b, stmt, only_explain, ret_insert), stmt, e);
}

void plan_forget_as(struct session *s, const struct ast_statement *stmt) {
    struct error quiet = ERROR_INIT;
    struct table_path path;
    if (catalog_resolve(s->catalog, stmt->name, &path, &quiet) != STATUS_OK) return;
    (void)catalog_drop(s->catalog, &path, false, true, true, stmt->span, &quiet);
}
