/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CATALOG_UNKNOWN_H
#define WEIR_CATALOG_UNKNOWN_H

#include "catalog/catalog.h"

/*
 * unknown: the errors about names that a catalog does not have: which part of the path is wrong, the near
 * name, or what there is instead. All return STATUS_NOT_FOUND.
 */
enum status unknown_table(const struct catalog *c, struct arena *a, const struct ast_name *name, const struct table_path *p, struct error *e);
enum status unknown_database(const struct catalog *c, struct arena *a, struct str catalog, struct str database, struct span span, struct error *e);
enum status unknown_catalog(const struct catalog *c, struct arena *a, struct str catalog, struct span span, struct error *e);
/* A table or view of the current database that has a column of exactly this name; NULL if none has. */
const struct table *unknown_column_owner(const struct catalog *c, struct arena *a, struct str column);

#endif
