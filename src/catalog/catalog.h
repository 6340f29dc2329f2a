/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CATALOG_CATALOG_H
#define WEIR_CATALOG_CATALOG_H

#include "base/arena.h"
#include "base/error.h"
#include "catalog/table.h"
#include "env/env.h"

/*
 * catalog: catalogs -> databases -> tables of one session, in its arena. Starts with
 * default_catalog.default_database (generic_in_memory). A catalog of type `file` keeps its permanent
 * objects in a folder (catalog_file.h) and is asked anew each time, so that several processes may
 * share it. Temporary objects live in the session only and hide permanent ones of the same name.
 */
struct catalog;

struct table_path {
    struct str catalog, database, table;
};

/* What CREATE CATALOG said. */
struct catalog_info {
    struct str name, type, comment; /* comment.at == NULL: none */
    struct list options;            /* struct ast_option, type included */
    bool builtin;                   /* made by the session: has no description */
    struct str path;                /* of type file: the folder; at == NULL: in memory */
};

struct database_info {
    struct str comment;
    struct list options; /* struct ast_option */
};

/* Makes a table of the SQL text of its file. file: for messages. */
typedef enum status catalog_load(void *context, const struct table_path *path, struct str text, struct str file, struct table **ret, struct error *e);

enum status catalog_new(struct arena *a, struct catalog **ret);
/*
 * What catalogs with files need: the environment, who reads their tables, and the folder in which definitions
 * of catalogs are kept (at == NULL: nowhere). Called before each statement.
 */
void catalog_attach(struct catalog *c, struct env *env, catalog_load *load, void *context, struct str store);

struct str catalog_current(const struct catalog *c);
struct str catalog_current_database(const struct catalog *c);
/* An empty database stands for the catalog's default one. */
enum status catalog_use(struct catalog *c, struct str catalog, struct str database, struct error *e);
/* One, two or three parts to a full path, by the current catalog and database. */
enum status catalog_resolve(const struct catalog *c, const struct ast_name *name, struct table_path *ret, struct error *e);

/* ---- tables and views ---- */

/* NULL when absent, and when its file cannot be read (catalog_lookup tells why). */
struct table *catalog_find(const struct catalog *c, const struct table_path *p);
/* *ret NULL when absent; an error when the catalog's files cannot be read. */
enum status catalog_lookup(const struct catalog *c, const struct table_path *p, struct table **ret, struct error *e);
/* The permanent one only. */
enum status catalog_lookup_permanent(const struct catalog *c, const struct table_path *p, struct table **ret, struct error *e);
/* Takes the table; STATUS_EXISTS unless if_not_exists. A permanent one of a catalog with files needs its definition. */
enum status catalog_add(struct catalog *c, const struct table_path *p, struct table *t, bool if_not_exists, struct span span, struct error *e);
/* Puts t in the place of the permanent object at p. */
enum status catalog_replace(struct catalog *c, const struct table_path *p, struct table *t, struct error *e);
/* Puts t, a copy with another name and definition, into the place of the permanent object at p. */
enum status catalog_rename(struct catalog *c, const struct table_path *p, struct table *t, struct str name, struct span span, struct error *e);
enum status catalog_drop(struct catalog *c, const struct table_path *p, bool view, bool temporary, bool if_exists, struct span span, struct error *e);

/* ---- databases and catalogs ---- */

enum status catalog_add_database(struct catalog *c, struct str catalog, struct str database, bool if_not_exists, struct error *e);
enum status catalog_describe_database(struct catalog *c, struct str catalog, struct str database, const struct database_info *info, struct error *e);
/* NULL with an error when there is none. */
enum status catalog_database(const struct catalog *c, struct str catalog, struct str database, struct database_info *ret, struct error *e);
enum status catalog_drop_database(struct catalog *c, struct str catalog, struct str database, bool if_exists, bool cascade, struct error *e);
enum status catalog_create(struct catalog *c, const struct catalog_info *info, bool if_not_exists, struct error *e);
/* One in memory without options of its own. */
enum status catalog_add_catalog(struct catalog *c, struct str name, bool if_not_exists, struct error *e);
/* NULL when there is none. The options may be changed by catalog_alter only. */
const struct catalog_info *catalog_info(const struct catalog *c, struct str name);
enum status catalog_alter(struct catalog *c, const struct catalog_info *info, struct error *e);
enum status catalog_drop_catalog(struct catalog *c, struct str name, bool if_exists, struct error *e);
bool catalog_has_files(const struct catalog *c, struct str name);
/* "Catalog 'x' does not exist", with the nearest name. */
enum status catalog_missing(const struct catalog *c, struct str name, struct error *e);
/* The nearest name of a table in the path's database as a hint. */
void catalog_suggest(const struct catalog *c, const struct table_path *p, struct error *e);

/* Names sorted, in the arena: tables and views of a database; databases; catalogs. */
enum status catalog_tables(const struct catalog *c, struct arena *a, struct str catalog, struct str database, bool views_only, struct str **ret, uint32_t *ret_count, struct error *e);
enum status catalog_databases(const struct catalog *c, struct arena *a, struct str catalog, struct str **ret, uint32_t *ret_count, struct error *e);
enum status catalog_catalogs(const struct catalog *c, struct arena *a, struct str **ret, uint32_t *ret_count, struct error *e);

#endif
