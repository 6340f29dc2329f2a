/* SPDX-License-Identifier: Apache-2.0 */
/*
 * catalog: the names of a session: catalogs, their databases, their tables and views, all in memory
 * (Flink's generic_in_memory) and in the session's arena. A temporary object lives in a map of its
 * own and hides the permanent one of the same name. Names are case-sensitive, as in Flink.
 */
#include "catalog/catalog.h"

#include "base/strmap.h"

#include <assert.h>
#include <stdlib.h>

struct database {
    struct strmap *tables;      /* struct table */
    struct strmap *temporaries; /* struct table */
};

struct catalog {
    struct arena *arena;
    struct strmap *catalogs; /* struct strmap: name -> struct database */
    struct str current, database;
};

static struct strmap *databases_of(const struct catalog *c, struct str catalog) {
    return strmap_get(c->catalogs, catalog);
}

static struct database *database_of(const struct catalog *c, struct str catalog, struct str database) {
    struct strmap *d = databases_of(c, catalog);
    return d == NULL ? NULL : strmap_get(d, database);
}

enum status catalog_add_database(struct catalog *c, struct str catalog, struct str database, bool if_not_exists, struct error *e) {
    struct strmap *databases = databases_of(c, catalog);
    if (databases == NULL) return error_set(e, STATUS_NOT_FOUND, "Catalog '%.*s' does not exist.", STR_ARG(catalog));
    if (strmap_get(databases, database) != NULL) {
        if (if_not_exists) return STATUS_OK;
        return error_set(e, STATUS_EXISTS, "Database '%.*s' already exists in catalog '%.*s'.", STR_ARG(database), STR_ARG(catalog));
    }
    struct database *d = ARENA_NEW(c->arena, struct database);
    if (d == NULL) return error_no_memory(e, sizeof *d);
    d->tables = strmap_new(c->arena);
    d->temporaries = strmap_new(c->arena);
    if (d->tables == NULL || d->temporaries == NULL) return error_no_memory(e, 0);
    return strmap_put(databases, database, d);
}

enum status catalog_add_catalog(struct catalog *c, struct str name, bool if_not_exists, struct error *e) {
    if (databases_of(c, name) != NULL) {
        if (if_not_exists) return STATUS_OK;
        return error_set(e, STATUS_EXISTS, "Catalog '%.*s' already exists.", STR_ARG(name));
    }
    struct strmap *databases = strmap_new(c->arena);
    if (databases == NULL) return error_no_memory(e, 0);
    TRY(strmap_put(c->catalogs, name, databases));
    return catalog_add_database(c, name, STR("default"), true, e);
}

enum status catalog_new(struct arena *a, struct catalog **ret) {
    struct catalog *c = ARENA_NEW(a, struct catalog);
    if (c == NULL) return STATUS_NO_MEMORY;
    c->arena = a;
    c->catalogs = strmap_new(a);
    c->current = STR("default_catalog");
    c->database = STR("default_database");
    struct strmap *databases = strmap_new(a);
    if (c->catalogs == NULL || databases == NULL) return STATUS_NO_MEMORY;
    TRY(strmap_put(c->catalogs, c->current, databases));
    TRY(catalog_add_database(c, c->current, c->database, false, NULL));
    *ret = c;
    return STATUS_OK;
}

struct str catalog_current(const struct catalog *c) { return c->current; }

struct str catalog_current_database(const struct catalog *c) { return c->database; }

enum status catalog_use(struct catalog *c, struct str catalog, struct str database, struct error *e) {
    if (databases_of(c, catalog) == NULL)
        return error_set(e, STATUS_NOT_FOUND, "A catalog with name [%.*s] does not exist.", STR_ARG(catalog));
    bool whole = database.size_bytes == 0;
    struct str d = !whole ? database : str_equal(catalog, STR("default_catalog")) ? STR("default_database") : STR("default");
    if (database_of(c, catalog, d) == NULL)
        return error_set(e, STATUS_NOT_FOUND, "A database with name [%.*s] does not exist in the catalog: [%.*s].", STR_ARG(d), STR_ARG(catalog));
    struct str kept_catalog = arena_str(c->arena, catalog), kept_database = arena_str(c->arena, d);
    if (kept_catalog.at == NULL || kept_database.at == NULL) return error_no_memory(e, 0);
    c->current = kept_catalog;
    c->database = kept_database;
    return STATUS_OK;
}

enum status catalog_resolve(const struct catalog *c, const struct ast_name *name, struct table_path *ret, struct error *e) {
    assert(name->count > 0);
    if (name->count > 3)
        return error_at(e, STATUS_INVALID, name->span, "A table name has at most three parts: catalog.database.table.");
    struct table_path p = {c->current, c->database, name->parts[name->count - 1]};
    if (name->count >= 2) p.database = name->parts[name->count - 2];
    if (name->count == 3) p.catalog = name->parts[0];
    *ret = p;
    return STATUS_OK;
}

struct table *catalog_find(const struct catalog *c, const struct table_path *p) {
    struct database *d = database_of(c, p->catalog, p->database);
    if (d == NULL) return NULL;
    struct table *t = strmap_get(d->temporaries, p->table);
    return t != NULL ? t : strmap_get(d->tables, p->table);
}

static enum status missing_database(const struct table_path *p, struct span span, struct error *e) {
    return error_at(e, STATUS_NOT_FOUND, span, "Database '%.*s.%.*s' does not exist.", STR_ARG(p->catalog), STR_ARG(p->database));
}

enum status catalog_add(struct catalog *c, const struct table_path *p, struct table *t, bool if_not_exists, struct span span, struct error *e) {
    struct database *d = database_of(c, p->catalog, p->database);
    if (d == NULL) return missing_database(p, span, e);
    struct strmap *objects = t->temporary ? d->temporaries : d->tables;
    if (strmap_get(objects, p->table) != NULL) {
        if (if_not_exists) return STATUS_OK;
        return error_at(e, STATUS_EXISTS, span, "%s '%.*s.%.*s.%.*s' already exists.", t->kind == TABLE_VIEW ? "View" : "Table",
                        STR_ARG(p->catalog), STR_ARG(p->database), STR_ARG(p->table));
    }
    t->catalog = p->catalog;
    t->database = p->database;
    t->name = p->table;
    return strmap_put(objects, p->table, t);
}

/* "did you mean" over the objects of a database. */
static void suggest(const struct catalog *c, const struct table_path *p, struct error *e) {
    struct str *names;
    uint32_t count;
    if (catalog_tables(c, c->arena, p->catalog, p->database, false, &names, &count, NULL) != STATUS_OK) return;
    struct str near = str_nearest(p->table, names, count);
    if (near.size_bytes > 0) error_hint(e, "Did you mean '%.*s'?", STR_ARG(near));
}

enum status catalog_drop(struct catalog *c, const struct table_path *p, bool view, bool temporary, bool if_exists, struct span span, struct error *e) {
    struct database *d = database_of(c, p->catalog, p->database);
    struct strmap *objects = d == NULL ? NULL : temporary ? d->temporaries : d->tables;
    struct table *t = objects == NULL ? NULL : strmap_get(objects, p->table);
    const char *what = view ? "View" : "Table", *adjective = temporary ? "Temporary " : "";
    if (t == NULL || (t->kind == TABLE_VIEW) != view) {
        if (if_exists) return STATUS_OK;
        error_at(e, STATUS_NOT_FOUND, span, "%s%s with identifier '%.*s.%.*s.%.*s' does not exist.", adjective, what,
                 STR_ARG(p->catalog), STR_ARG(p->database), STR_ARG(p->table));
        suggest(c, p, e);
        return STATUS_NOT_FOUND;
    }
    if (!temporary && strmap_get(d->temporaries, p->table) != NULL)
        return error_at(e, STATUS_INVALID, span, "Temporary %s with identifier '%.*s.%.*s.%.*s' exists. Drop it first before removing the permanent one.",
                        view ? "view" : "table", STR_ARG(p->catalog), STR_ARG(p->database), STR_ARG(p->table));
    strmap_remove(objects, p->table);
    return STATUS_OK;
}

enum status catalog_drop_database(struct catalog *c, struct str catalog, struct str database, bool if_exists, bool cascade, struct error *e) {
    struct database *d = database_of(c, catalog, database);
    if (d == NULL) {
        if (if_exists) return STATUS_OK;
        return error_set(e, STATUS_NOT_FOUND, "Database '%.*s' does not exist in catalog '%.*s'.", STR_ARG(database), STR_ARG(catalog));
    }
    if (str_equal(catalog, c->current) && str_equal(database, c->database))
        return error_set(e, STATUS_INVALID, "Cannot drop a database which is currently in use.");
    if (!cascade && strmap_count(d->tables) > 0)
        return error_set(e, STATUS_INVALID, "Database '%.*s' in catalog '%.*s' is not empty; use CASCADE to drop it with its tables.", STR_ARG(database), STR_ARG(catalog));
    strmap_remove(databases_of(c, catalog), database);
    return STATUS_OK;
}

enum status catalog_drop_catalog(struct catalog *c, struct str name, bool if_exists, struct error *e) {
    if (databases_of(c, name) == NULL) {
        if (if_exists) return STATUS_OK;
        return error_set(e, STATUS_NOT_FOUND, "Catalog '%.*s' does not exist.", STR_ARG(name));
    }
    if (str_equal(name, c->current)) return error_set(e, STATUS_INVALID, "Cannot drop a catalog which is currently in use.");
    strmap_remove(c->catalogs, name);
    return STATUS_OK;
}

static int by_name(const void *a, const void *b) { return str_compare(*(const struct str *)a, *(const struct str *)b); }

/* Sorted names of a map; skip: entries whose name is also in it are left out. */
static void names_of(const struct strmap *m, struct str *names, uint32_t *count, bool views_only, bool tables, const struct strmap *skip) {
    for (uint32_t i = 0; i < strmap_count(m); i++) {
        const struct strmap_entry *entry = strmap_at(m, i);
        if (tables && views_only && ((const struct table *)entry->value)->kind != TABLE_VIEW) continue;
        if (skip != NULL && strmap_get(skip, entry->key) != NULL) continue;
        names[(*count)++] = entry->key;
    }
}

static enum status sorted_keys(const struct strmap *m, struct arena *a, struct str **ret, uint32_t *ret_count, struct error *e) {
    struct str *names = ARENA_ARRAY(a, struct str, strmap_count(m) + 1);
    if (names == NULL) return error_no_memory(e, 0);
    uint32_t count = 0;
    names_of(m, names, &count, false, false, NULL);
    qsort(names, count, sizeof *names, by_name);
    *ret = names;
    *ret_count = count;
    return STATUS_OK;
}

enum status catalog_tables(const struct catalog *c, struct arena *a, struct str catalog, struct str database, bool views_only, struct str **ret, uint32_t *ret_count, struct error *e) {
    struct database *d = database_of(c, catalog, database);
    if (d == NULL) return error_set(e, STATUS_NOT_FOUND, "Database '%.*s'.'%.*s' does not exist.", STR_ARG(catalog), STR_ARG(database));
    struct str *names = ARENA_ARRAY(a, struct str, strmap_count(d->tables) + strmap_count(d->temporaries) + 1);
    if (names == NULL) return error_no_memory(e, 0);
    uint32_t count = 0;
    names_of(d->temporaries, names, &count, views_only, true, NULL);
    names_of(d->tables, names, &count, views_only, true, d->temporaries);
    qsort(names, count, sizeof *names, by_name);
    *ret = names;
    *ret_count = count;
    return STATUS_OK;
}

enum status catalog_databases(const struct catalog *c, struct arena *a, struct str catalog, struct str **ret, uint32_t *ret_count, struct error *e) {
    struct strmap *databases = databases_of(c, catalog);
    if (databases == NULL) return error_set(e, STATUS_NOT_FOUND, "Catalog '%.*s' does not exist.", STR_ARG(catalog));
    return sorted_keys(databases, a, ret, ret_count, e);
}

enum status catalog_catalogs(const struct catalog *c, struct arena *a, struct str **ret, uint32_t *ret_count, struct error *e) {
    return sorted_keys(c->catalogs, a, ret, ret_count, e);
}
