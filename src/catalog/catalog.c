/* SPDX-License-Identifier: Apache-2.0 */
/*
 * catalog: the catalogs and databases of a session. Catalogs are in memory (Flink's
 * generic_in_memory) or keep their objects in a folder (type file). Definitions of catalogs
 * themselves may be kept in a store, one YAML file each, as Flink's file catalog store does; they are read when a name is not
 * known yet. Names are case-sensitive, as in Flink.
 */
#include "catalog/catalog_internal.h"

#include "catalog/catalog_file.h"
#include "catalog/catalog_store.h"

#include <assert.h>
#include <stdlib.h>

/* ---- entries ---- */

static struct catalog_entry *entry_new(struct arena *a, const struct catalog_info *info) {
    struct catalog_entry *entry = ARENA_NEW(a, struct catalog_entry);
    if (entry == NULL) return NULL;
    *entry = (struct catalog_entry){.info = *info, .databases = strmap_new(a)};
    return entry->databases == NULL ? NULL : entry;
}

static struct str option_value(const struct list *options, const char *key) {
    for (uint32_t i = 0; i < options->count; i++) {
        const struct ast_option *o = options->at[i];
        if (str_equal(o->key, str_of(key))) return o->value;
    }
    return (struct str){NULL, 0};
}

static struct str default_database(const struct catalog_info *info) {
    struct str given = option_value(&info->options, "default-database");
    if (info->builtin) return STR("default_database");
    return given.at == NULL ? STR("default") : given;
}

static struct database *database_new(struct arena *a) {
    struct database *d = ARENA_NEW(a, struct database);
    if (d == NULL) return NULL;
    *d = (struct database){.tables = strmap_new(a)};
    return d->tables == NULL ? NULL : d;
}

/* An entry of what the store or CREATE CATALOG says, with its default database. */
static enum status entry_open(const struct catalog *c, const struct catalog_info *info, bool make, struct catalog_entry **ret, struct error *e) {
    struct catalog_info full = *info;
    TRY(catalog_options_check(&full.options, &full.path, e));
    full.type = option_value(&full.options, "type");
    struct catalog_entry *entry = entry_new(c->arena, &full);
    struct database *d = database_new(c->arena);
    if (entry == NULL || d == NULL) return error_no_memory(e, sizeof *entry);
    if (full.path.at == NULL) {
        TRY(strmap_put(entry->databases, default_database(&full), d));
    } else if (c->env == NULL) {
        return error_set(e, STATUS_UNSUPPORTED, "A catalog of type 'file' needs a session with files");
    } else if (make) {
        TRY(catalog_file_open(c->env, c->arena, full.path, default_database(&full), e));
    }
    TRY(strmap_put(c->catalogs, full.name, entry));
    *ret = entry;
    return STATUS_OK;
}

/* A broken definition in the store is no catalog; catalog_missing says what is wrong with it. */
struct catalog_entry *catalog_entry(const struct catalog *c, struct str name) {
    struct catalog_entry *entry = strmap_get(c->catalogs, name);
    struct catalog_info info = {.name = name};
    struct error quiet = ERROR_INIT;
    bool found = false;
    if (entry != NULL || c->store.at == NULL || c->env == NULL) return entry;
    if (catalog_store_read(c->env, c->arena, c->store, &info, &found, &quiet) != STATUS_OK || !found) return NULL;
    return entry_open(c, &info, false, &entry, &quiet) == STATUS_OK ? entry : NULL;
}

enum status catalog_new(struct arena *a, struct catalog **ret) {
    struct catalog *c = ARENA_NEW(a, struct catalog);
    if (c == NULL) return STATUS_NO_MEMORY;
    *c = (struct catalog){.arena = a, .catalogs = strmap_new(a), .temporaries = strmap_new(a), .current = STR("default_catalog"), .database = STR("default_database")};
    if (c->catalogs == NULL || c->temporaries == NULL) return STATUS_NO_MEMORY;
    struct catalog_info info = {.name = c->current, .type = STR("generic_in_memory"), .builtin = true};
    struct catalog_entry *entry = entry_new(a, &info);
    struct database *d = database_new(a);
    if (entry == NULL || d == NULL) return STATUS_NO_MEMORY;
    TRY(strmap_put(entry->databases, c->database, d));
    TRY(strmap_put(c->catalogs, c->current, entry));
    *ret = c;
    return STATUS_OK;
}

void catalog_attach(struct catalog *c, struct env *env, catalog_load *load, void *context, struct str store) {
    c->env = env;
    c->load = load;
    c->context = context;
    c->store = store;
}

/* What is wrong with the name's definition in the store, if it has one. */
static enum status store_problem(const struct catalog *c, struct str name, struct error *e) {
    struct catalog_info info = {.name = name};
    bool found = false;
    struct str path;
    if (c->store.at == NULL || c->env == NULL) return STATUS_OK;
    TRY(catalog_store_read(c->env, c->arena, c->store, &info, &found, e));
    return found ? catalog_options_check(&info.options, &path, e) : STATUS_OK;
}

/* ---- the current ones ---- */

struct str catalog_current(const struct catalog *c) { return c->current; }

struct str catalog_current_database(const struct catalog *c) { return c->database; }

enum status catalog_use(struct catalog *c, struct str catalog, struct str database, struct error *e) {
    struct catalog_entry *entry = catalog_entry(c, catalog);
    struct database *found = NULL;
    if (entry == NULL) {
        TRY(store_problem(c, catalog, e));
        error_set(e, STATUS_NOT_FOUND, "A catalog with name [%.*s] does not exist.", STR_ARG(catalog));
        return catalog_missing(c, catalog, e);
    }
    struct str d = database.size_bytes > 0 ? database : default_database(&entry->info);
    TRY(database_find(c, catalog, d, &found, e));
    if (found == NULL) {
        error_set(e, STATUS_NOT_FOUND, "A database with name [%.*s] does not exist in the catalog: [%.*s].", STR_ARG(d), STR_ARG(catalog));
        return catalog_missing_database(c, catalog, d, e);
    }
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

/* ---- databases ---- */

static enum status missing(struct error *e, const char *what, struct str name, const struct str *names, uint32_t count) {
    error_set(e, STATUS_NOT_FOUND, "%s %.*s does not exist", what, STR_ARG(name));
    struct str near = str_nearest(name, names, count);
    if (near.size_bytes > 0) (void)error_hint(e, "Did you mean '%.*s'?", STR_ARG(near));
    return STATUS_NOT_FOUND;
}

enum status catalog_missing(const struct catalog *c, struct str name, struct error *e) {
    struct str *names = NULL;
    uint32_t count = 0;
    TRY(store_problem(c, name, e));
    TRY(catalog_catalogs(c, c->arena, &names, &count, e));
    return missing(e, "Catalog", name, names, count);
}

enum status catalog_missing_database(const struct catalog *c, struct str catalog, struct str database, struct error *e) {
    struct str *names = NULL;
    uint32_t count = 0;
    TRY(catalog_databases(c, c->arena, catalog, &names, &count, e));
    error_set(e, STATUS_NOT_FOUND, "Database %.*s does not exist in Catalog %.*s.", STR_ARG(database), STR_ARG(catalog));
    return missing(e, "Database", database, names, count);
}

enum status database_find(const struct catalog *c, struct str catalog, struct str database, struct database **ret, struct error *e) {
    struct catalog_entry *entry = catalog_entry(c, catalog);
    bool exists = false;
    *ret = entry == NULL ? NULL : strmap_get(entry->databases, database);
    if (entry == NULL || entry->info.path.at == NULL) return STATUS_OK;
    struct database *d = *ret;
    *ret = NULL;
    TRY(catalog_file_has_database(c->env, c->arena, entry->info.path, database, &exists, e));
    if (!exists) return STATUS_OK;
    if (d == NULL) {
        d = database_new(c->arena);
        if (d == NULL) return error_no_memory(e, sizeof *d);
        TRY(strmap_put(entry->databases, database, d));
    }
    TRY(catalog_file_describe(c->env, c->arena, entry->info.path, database, &d->info, e));
    *ret = d;
    return STATUS_OK;
}

enum status catalog_add_database(struct catalog *c, struct str catalog, struct str database, bool if_not_exists, struct error *e) {
    struct catalog_entry *entry = catalog_entry(c, catalog);
    struct database *d = NULL;
    if (entry == NULL) return catalog_missing(c, catalog, e);
    TRY(database_find(c, catalog, database, &d, e));
    if (d != NULL) return if_not_exists ? STATUS_OK : error_set(e, STATUS_EXISTS, "Database %.*s already exists in Catalog %.*s.", STR_ARG(database), STR_ARG(catalog));
    d = database_new(c->arena);
    if (d == NULL) return error_no_memory(e, sizeof *d);
    if (entry->info.path.at != NULL) TRY(catalog_file_add_database(c->env, c->arena, entry->info.path, database, &d->info, e));
    return strmap_put(entry->databases, database, d);
}

enum status catalog_describe_database(struct catalog *c, struct str catalog, struct str database, const struct database_info *info, struct error *e) {
    struct catalog_entry *entry = catalog_entry(c, catalog);
    struct database *d = NULL;
    TRY(database_find(c, catalog, database, &d, e));
    if (entry == NULL || d == NULL) return catalog_missing_database(c, catalog, database, e);
    d->info = *info;
    return entry->info.path.at == NULL ? STATUS_OK : catalog_file_add_database(c->env, c->arena, entry->info.path, database, info, e);
}

enum status catalog_database(const struct catalog *c, struct str catalog, struct str database, struct database_info *ret, struct error *e) {
    struct database *d = NULL;
    if (catalog_entry(c, catalog) == NULL) return catalog_missing(c, catalog, e);
    TRY(database_find(c, catalog, database, &d, e));
    if (d == NULL) return catalog_missing_database(c, catalog, database, e);
    *ret = d->info;
    return STATUS_OK;
}

enum status catalog_drop_database(struct catalog *c, struct str catalog, struct str database, bool if_exists, bool cascade, struct error *e) {
    struct catalog_entry *entry = catalog_entry(c, catalog);
    struct database *d = NULL;
    struct str *names = NULL;
    uint32_t count = 0;
    if (entry == NULL) return if_exists ? STATUS_OK : catalog_missing(c, catalog, e);
    TRY(database_find(c, catalog, database, &d, e));
    if (d == NULL) return if_exists ? STATUS_OK : catalog_missing_database(c, catalog, database, e);
    if (str_equal(catalog, c->current) && str_equal(database, c->database))
        return error_set(e, STATUS_INVALID, "Cannot drop a database which is currently in use.");
    count = strmap_count(d->tables);
    if (entry->info.path.at != NULL) TRY(catalog_file_tables(c->env, c->arena, entry->info.path, database, &names, &count, e));
    if (!cascade && count > 0) {
        error_set(e, STATUS_INVALID, "Database %.*s in catalog %.*s is not empty.", STR_ARG(database), STR_ARG(catalog));
        (void)error_hint(e, "Use CASCADE to drop it with its tables");
        return STATUS_INVALID;
    }
    if (entry->info.path.at != NULL) TRY(catalog_file_drop_database(c->env, c->arena, entry->info.path, database, e));
    strmap_remove(entry->databases, database);
    return STATUS_OK;
}

/* ---- catalogs ---- */

enum status catalog_create(struct catalog *c, const struct catalog_info *info, bool if_not_exists, struct error *e) {
    struct catalog_entry *entry = catalog_entry(c, info->name);
    if (entry != NULL) return if_not_exists ? STATUS_OK : error_set(e, STATUS_EXISTS, "Catalog %.*s already exists.", STR_ARG(info->name));
    TRY(entry_open(c, info, true, &entry, e));
    if (c->store.at == NULL || c->env == NULL) return STATUS_OK;
    enum status s = catalog_store_write(c->env, c->arena, c->store, &entry->info, e);
    if (s != STATUS_OK) strmap_remove(c->catalogs, info->name);
    return s;
}

enum status catalog_add_catalog(struct catalog *c, struct str name, bool if_not_exists, struct error *e) {
    struct catalog_info info = {.name = name};
    struct ast_option *type = ARENA_NEW(c->arena, struct ast_option);
    if (type == NULL) return error_no_memory(e, sizeof *type);
    *type = (struct ast_option){.key = STR("type"), .value = STR("generic_in_memory")};
    TRY(list_push(&info.options, c->arena, type));
    return catalog_create(c, &info, if_not_exists, e);
}

const struct catalog_info *catalog_info(const struct catalog *c, struct str name) {
    const struct catalog_entry *entry = catalog_entry(c, name);
    return entry == NULL ? NULL : &entry->info;
}

bool catalog_has_files(const struct catalog *c, struct str name) {
    const struct catalog_info *info = catalog_info(c, name);
    return info != NULL && info->path.at != NULL;
}

/* Tables in memory stay; a folder that changed is another catalog. */
enum status catalog_alter(struct catalog *c, const struct catalog_info *info, struct error *e) {
    struct catalog_entry *entry = catalog_entry(c, info->name);
    struct str path = {NULL, 0};
    assert(entry != NULL && !entry->info.builtin);
    struct catalog_info made = *info;
    TRY(catalog_options_check(&made.options, &path, e));
    made.path = path;
    if (path.at != NULL) TRY(catalog_file_open(c->env, c->arena, path, default_database(&made), e));
    if (c->store.at != NULL && c->env != NULL) TRY(catalog_store_write(c->env, c->arena, c->store, &made, e));
    bool moved = !str_equal(path, entry->info.path) || (path.at == NULL) != (entry->info.path.at == NULL);
    entry->info = made;
    if (!moved) return STATUS_OK;
    entry->databases = strmap_new(c->arena);
    struct database *d = database_new(c->arena);
    if (entry->databases == NULL || d == NULL) return error_no_memory(e, 0);
    return path.at != NULL ? STATUS_OK : strmap_put(entry->databases, default_database(&made), d);
}

enum status catalog_drop_catalog(struct catalog *c, struct str name, bool if_exists, struct error *e) {
    if (catalog_entry(c, name) == NULL) return if_exists ? STATUS_OK : catalog_missing(c, name, e);
    if (str_equal(name, c->current)) return error_set(e, STATUS_INVALID, "Cannot drop a catalog which is currently in use.");
    if (c->store.at != NULL && c->env != NULL) TRY(catalog_store_remove(c->env, c->arena, c->store, name, e));
    strmap_remove(c->catalogs, name);
    return STATUS_OK;
}

/* ---- lists ---- */

static int by_name(const void *a, const void *b) { return str_compare(*(const struct str *)a, *(const struct str *)b); }

void catalog_sort(struct str *names, uint32_t count) { qsort(names, count, sizeof *names, by_name); }

static enum status sorted_keys(const struct strmap *m, struct arena *a, uint32_t more, struct str **ret, uint32_t *ret_count, struct error *e) {
    struct str *names = ARENA_ARRAY(a, struct str, strmap_count(m) + more + 1);
    if (names == NULL) return error_no_memory(e, 0);
    for (uint32_t i = 0; i < strmap_count(m); i++) names[i] = strmap_at(m, i)->key;
    *ret = names;
    *ret_count = strmap_count(m);
    catalog_sort(names, *ret_count);
    return STATUS_OK;
}

enum status catalog_databases(const struct catalog *c, struct arena *a, struct str catalog, struct str **ret, uint32_t *ret_count, struct error *e) {
    struct catalog_entry *entry = catalog_entry(c, catalog);
    if (entry == NULL) return catalog_missing(c, catalog, e);
    if (entry->info.path.at != NULL) return catalog_file_databases(c->env, a, entry->info.path, ret, ret_count, e);
    return sorted_keys(entry->databases, a, 0, ret, ret_count, e);
}

enum status catalog_catalogs(const struct catalog *c, struct arena *a, struct str **ret, uint32_t *ret_count, struct error *e) {
    struct str *stored = NULL, *names = NULL;
    uint32_t stored_count = 0, count = 0;
    if (c->store.at != NULL && c->env != NULL) TRY(catalog_store_names(c->env, a, c->store, &stored, &stored_count, e));
    TRY(sorted_keys(c->catalogs, a, stored_count, &names, &count, e));
    for (uint32_t i = 0; i < stored_count; i++) {
        if (strmap_get(c->catalogs, stored[i]) == NULL) names[count++] = stored[i];
    }
    catalog_sort(names, count);
    *ret = names;
    *ret_count = count;
    return STATUS_OK;
}
