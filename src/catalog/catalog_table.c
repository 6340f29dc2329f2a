/* SPDX-License-Identifier: Apache-2.0 */
/*
 * catalog_table: the tables and views of a session's catalogs. An object of a catalog with files is read
 * each time it is asked for, and made anew only when its text has changed.
 */
#include "catalog/catalog_file.h"
#include "catalog/catalog_internal.h"

#include <assert.h>
#include <string.h>

/* Looking allocates nothing for names of ordinary length. */
struct strmap *catalog_temporaries(const struct catalog *c, struct str catalog, struct str database, bool make) {
    char small[256];
    struct str key = {small, catalog.size_bytes + 1 + database.size_bytes};
    char *at = key.size_bytes <= sizeof small ? small : arena_bytes(c->arena, key.size_bytes);
    if (at == NULL) return NULL;
    key.at = at;
    if (catalog.size_bytes > 0) memcpy(at, catalog.at, catalog.size_bytes);
    at[catalog.size_bytes] = '\x1f';
    if (database.size_bytes > 0) memcpy(at + catalog.size_bytes + 1, database.at, database.size_bytes);
    struct strmap *m = strmap_get(c->temporaries, key);
    if (m != NULL || !make) return m;
    m = strmap_new(c->arena);
    return m != NULL && strmap_put(c->temporaries, key, m) == STATUS_OK ? m : NULL;
}

/* ---- finding ---- */

static enum status load_file(const struct catalog *c, const struct catalog_entry *entry, const struct database *d, const struct table_path *p, struct table **ret, struct error *e) {
    struct str text = {NULL, 0}, file = {NULL, 0};
    struct cached_table *cached = strmap_get(d->tables, p->table);
    TRY(catalog_file_read(c->env, c->arena, entry->info.path, p->database, p->table, &file, &text, e));
    *ret = NULL;
    if (text.at == NULL) return STATUS_OK;
    if (cached != NULL && str_equal(cached->text, text)) {
        *ret = cached->table;
        return STATUS_OK;
    }
    assert(c->load != NULL);
    cached = ARENA_NEW(c->arena, struct cached_table);
    if (cached == NULL) return error_no_memory(e, sizeof *cached);
    cached->text = text;
    TRY(c->load(c->context, p, text, file, &cached->table, e));
    *ret = cached->table;
    return strmap_put(d->tables, p->table, cached);
}

enum status catalog_lookup_permanent(const struct catalog *c, const struct table_path *p, struct table **ret, struct error *e) {
    struct database *d = NULL;
    const struct catalog_entry *entry = catalog_entry(c, p->catalog);
    *ret = NULL;
    TRY(database_find(c, p->catalog, p->database, &d, e));
    if (d == NULL) return STATUS_OK;
    if (entry->info.path.at != NULL) return load_file(c, entry, d, p, ret, e);
    *ret = strmap_get(d->tables, p->table);
    return STATUS_OK;
}

enum status catalog_lookup(const struct catalog *c, const struct table_path *p, struct table **ret, struct error *e) {
    const struct strmap *temporaries = catalog_temporaries(c, p->catalog, p->database, false);
    *ret = temporaries == NULL ? NULL : strmap_get(temporaries, p->table);
    return *ret != NULL ? STATUS_OK : catalog_lookup_permanent(c, p, ret, e);
}

struct table *catalog_find(const struct catalog *c, const struct table_path *p) {
    struct table *t = NULL;
    struct error quiet = ERROR_INIT;
    return catalog_lookup(c, p, &t, &quiet) == STATUS_OK ? t : NULL;
}

void catalog_suggest(const struct catalog *c, const struct table_path *p, struct error *e) {
    struct str *names = NULL;
    uint32_t count = 0;
    struct error quiet = ERROR_INIT;
    if (catalog_tables(c, c->arena, p->catalog, p->database, false, &names, &count, &quiet) != STATUS_OK) return;
    struct str near = str_nearest(p->table, names, count);
    if (near.size_bytes > 0) error_hint(e, "Did you mean '%.*s'?", STR_ARG(near));
}

/* ---- changing ---- */

static enum status put_permanent(struct catalog *c, const struct table_path *p, struct table *t, struct error *e) {
    struct catalog_entry *entry = catalog_entry(c, p->catalog);
    struct database *d = NULL;
    assert(entry != NULL && !t->temporary);
    TRY(database_find(c, p->catalog, p->database, &d, e));
    if (d == NULL) return catalog_missing_database(c, p->catalog, p->database, e);
    t->catalog = p->catalog;
    t->database = p->database;
    t->name = p->table;
    if (entry->info.path.at == NULL) return strmap_put(d->tables, p->table, t);
    assert(t->definition.at != NULL);
    return catalog_file_write(c->env, c->arena, entry->info.path, p->database, p->table, t->definition, e);
}

static enum status exists(const struct table_path *p, bool if_not_exists, struct span span, struct error *e) {
    if (if_not_exists) return STATUS_OK;
    return error_at(e, STATUS_EXISTS, span, "Table (or view) %.*s.%.*s already exists in Catalog %.*s.", STR_ARG(p->database), STR_ARG(p->table), STR_ARG(p->catalog));
}

static enum status add_temporary(struct catalog *c, const struct table_path *p, struct table *t, bool if_not_exists, struct span span, struct error *e) {
    struct strmap *m = catalog_temporaries(c, p->catalog, p->database, true);
    if (m == NULL) return error_no_memory(e, 0);
    if (strmap_get(m, p->table) != NULL) {
        if (if_not_exists) return STATUS_OK;
        return error_at(e, STATUS_EXISTS, span, "Temporary table '%.*s.%.*s.%.*s' already exists", STR_ARG(p->catalog), STR_ARG(p->database), STR_ARG(p->table));
    }
    t->catalog = p->catalog;
    t->database = p->database;
    t->name = p->table;
    return strmap_put(m, p->table, t);
}

static enum status at(enum status s, struct span span, struct error *e) {
    if (s != STATUS_OK && e != NULL && e->span.end == 0) e->span = span;
    return s;
}

enum status catalog_add(struct catalog *c, const struct table_path *p, struct table *t, bool if_not_exists, struct span span, struct error *e) {
    struct database *d = NULL;
    struct table *old = NULL;
    if (t->temporary) return add_temporary(c, p, t, if_not_exists, span, e);
    if (catalog_entry(c, p->catalog) == NULL) return at(catalog_missing(c, p->catalog, e), span, e);
    TRY(database_find(c, p->catalog, p->database, &d, e));
    if (d == NULL) return at(catalog_missing_database(c, p->catalog, p->database, e), span, e);
    enum status s = catalog_lookup_permanent(c, p, &old, e);
    if (s != STATUS_OK) return at(s, span, e);
    if (old != NULL) return exists(p, if_not_exists, span, e);
    return at(put_permanent(c, p, t, e), span, e);
}

enum status catalog_replace(struct catalog *c, const struct table_path *p, struct table *t, struct error *e) { return put_permanent(c, p, t, e); }

static enum status remove_permanent(struct catalog *c, const struct table_path *p, struct error *e) {
    struct catalog_entry *entry = catalog_entry(c, p->catalog);
    struct database *d = NULL;
    TRY(database_find(c, p->catalog, p->database, &d, e));
    assert(entry != NULL && d != NULL);
    strmap_remove(d->tables, p->table);
    return entry->info.path.at == NULL ? STATUS_OK : catalog_file_remove(c->env, c->arena, entry->info.path, p->database, p->table, e);
}

enum status catalog_rename(struct catalog *c, const struct table_path *p, struct table *t, struct str name, struct span span, struct error *e) {
    struct table_path to = {p->catalog, p->database, name};
    struct table *old = NULL;
    TRY(catalog_lookup_permanent(c, &to, &old, e));
    if (old != NULL) return exists(&to, false, span, e);
    TRY(put_permanent(c, &to, t, e)); /* first the new one: after a crash in between there are two, not none */
    return remove_permanent(c, p, e);
}

static enum status drop_temporary(struct catalog *c, const struct table_path *p, bool view, bool if_exists, struct span span, struct error *e) {
    struct strmap *m = catalog_temporaries(c, p->catalog, p->database, false);
    const struct table *t = m == NULL ? NULL : strmap_get(m, p->table);
    if (t == NULL || (t->kind == TABLE_VIEW) != view) {
        if (if_exists) return STATUS_OK;
        return error_at(e, STATUS_NOT_FOUND, span, "Temporary table or view with identifier '%.*s.%.*s.%.*s' does not exist.", STR_ARG(p->catalog), STR_ARG(p->database), STR_ARG(p->table));
    }
    strmap_remove(m, p->table);
    return STATUS_OK;
}

enum status catalog_drop(struct catalog *c, const struct table_path *p, bool view, bool temporary, bool if_exists, struct span span, struct error *e) {
    const struct strmap *m = catalog_temporaries(c, p->catalog, p->database, false);
    struct table *t = NULL;
    const char *what = view ? "View" : "Table", *small = view ? "view" : "table";
    if (temporary) return drop_temporary(c, p, view, if_exists, span, e);
    const struct table *hiding = m == NULL ? NULL : strmap_get(m, p->table);
    if (hiding != NULL && (hiding->kind == TABLE_VIEW) == view)
        return error_at(e, STATUS_INVALID, span, "Temporary %s with identifier '`%.*s`.`%.*s`.`%.*s`' exists. Drop it first before removing the permanent %s.", small,
                        STR_ARG(p->catalog), STR_ARG(p->database), STR_ARG(p->table), small);
    struct error broken = ERROR_INIT;
    enum status s = catalog_lookup_permanent(c, p, &t, &broken);
    if (s != STATUS_OK && catalog_has_files(c, p->catalog)) return remove_permanent(c, p, e); /* a file that nobody can read can be dropped */
    if (t == NULL || (t->kind == TABLE_VIEW) != view) {
        if (if_exists) return STATUS_OK;
        error_at(e, STATUS_NOT_FOUND, span, "%s with identifier '%.*s.%.*s.%.*s' does not exist.", what, STR_ARG(p->catalog), STR_ARG(p->database), STR_ARG(p->table));
        if (t != NULL) error_hint(e, view ? "'%.*s' is a table: write DROP TABLE" : "'%.*s' is a view: write DROP VIEW", STR_ARG(p->table));
        catalog_suggest(c, p, e);
        return STATUS_NOT_FOUND;
    }
    return remove_permanent(c, p, e);
}

/* ---- lists ---- */

static enum status permanent_names(const struct catalog *c, struct arena *a, const struct table_path *p, uint32_t more, struct str **ret, uint32_t *ret_count, struct error *e) {
    struct catalog_entry *entry = catalog_entry(c, p->catalog);
    struct database *d = NULL;
    struct str *names = NULL;
    uint32_t count = 0;
    if (entry == NULL) return catalog_missing(c, p->catalog, e);
    TRY(database_find(c, p->catalog, p->database, &d, e));
    if (d == NULL) {
        error_set(e, STATUS_NOT_FOUND, "Database '%.*s'.'%.*s' doesn't exist.", STR_ARG(p->catalog), STR_ARG(p->database));
        return catalog_missing_database(c, p->catalog, p->database, e);
    }
    if (entry->info.path.at != NULL) TRY(catalog_file_tables(c->env, a, entry->info.path, p->database, &names, &count, e));
    else count = strmap_count(d->tables);
    *ret = ARENA_ARRAY(a, struct str, count + more + 1);
    if (*ret == NULL) return error_no_memory(e, 0);
    for (uint32_t i = 0; i < count; i++) (*ret)[i] = names != NULL ? names[i] : strmap_at(d->tables, i)->key;
    *ret_count = count;
    return STATUS_OK;
}

enum status catalog_tables(const struct catalog *c, struct arena *a, struct str catalog, struct str database, bool views_only, struct str **ret, uint32_t *ret_count, struct error *e) {
    const struct strmap *m = catalog_temporaries(c, catalog, database, false);
    struct table_path p = {catalog, database, STR("")};
    struct str *names = NULL;
    uint32_t count = 0, kept = 0, temporaries = m == NULL ? 0 : strmap_count(m);
    TRY(permanent_names(c, a, &p, temporaries, &names, &count, e));
    for (uint32_t i = 0; i < temporaries; i++) names[count++] = strmap_at(m, i)->key;
    catalog_sort(names, count);
    for (uint32_t i = 0; i < count; i++) {
        if (kept > 0 && str_equal(names[kept - 1], names[i])) continue; /* a temporary one hides another */
        p.table = names[i];
        const struct table *t = views_only ? catalog_find(c, &p) : NULL;
        if (!views_only || (t != NULL && t->kind == TABLE_VIEW)) names[kept++] = names[i];
    }
    *ret = names;
    *ret_count = kept;
    return STATUS_OK;
}
