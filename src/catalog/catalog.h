/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CATALOG_CATALOG_H
#define WEIR_CATALOG_CATALOG_H

#include "base/arena.h"
#include "base/error.h"
#include "catalog/table.h"

/*
 * catalog: catalogs -> databases -> tables of one session, in its arena. Starts with
 * default_catalog.default_database (generic_in_memory). Temporary objects hide permanent ones of the
 * same name.
 */
struct catalog;

struct table_path {
    struct str catalog, database, table;
};

enum status catalog_new(struct arena *a, struct catalog **ret);
struct str catalog_current(const struct catalog *c);
struct str catalog_current_database(const struct catalog *c);
enum status catalog_use(struct catalog *c, struct str catalog, struct str database, struct error *e);
/* One, two or three parts to a full path, by the current catalog and database. */
enum status catalog_resolve(const struct catalog *c, const struct ast_name *name, struct table_path *ret, struct error *e);
/* NULL when absent. */
struct table *catalog_find(const struct catalog *c, const struct table_path *p);
/* Takes the table; STATUS_EXISTS unless if_not_exists. */
enum status catalog_add(struct catalog *c, const struct table_path *p, struct table *t, bool if_not_exists, struct span span, struct error *e);
enum status catalog_drop(struct catalog *c, const struct table_path *p, bool view, bool temporary, bool if_exists, struct span span, struct error *e);
enum status catalog_add_database(struct catalog *c, struct str catalog, struct str database, bool if_not_exists, struct error *e);
enum status catalog_drop_database(struct catalog *c, struct str catalog, struct str database, bool if_exists, bool cascade, struct error *e);
enum status catalog_add_catalog(struct catalog *c, struct str name, bool if_not_exists, struct error *e);
enum status catalog_drop_catalog(struct catalog *c, struct str name, bool if_exists, struct error *e);
/* Names sorted, in the arena: tables and views of a database; databases; catalogs. */
enum status catalog_tables(const struct catalog *c, struct arena *a, struct str catalog, struct str database, bool views_only, struct str **ret, uint32_t *ret_count, struct error *e);
enum status catalog_databases(const struct catalog *c, struct arena *a, struct str catalog, struct str **ret, uint32_t *ret_count, struct error *e);
enum status catalog_catalogs(const struct catalog *c, struct arena *a, struct str **ret, uint32_t *ret_count, struct error *e);

#endif
