/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CATALOG_CATALOG_INTERNAL_H
#define WEIR_CATALOG_CATALOG_INTERNAL_H

#include "base/strmap.h"
#include "catalog/catalog.h"

/* What catalog.c and catalog_table.c share. */

/* A table of a file as it was read: good as long as the text is the same. */
struct cached_table {
    struct str text;
    struct table *table;
};

struct database {
    struct database_info info;
    struct strmap *tables; /* in memory: struct table; of files: struct cached_table */
};

struct catalog_entry {
    struct catalog_info info;
    struct strmap *databases; /* struct database; of files: what has been looked at */
};

struct catalog {
    struct arena *arena;
    struct strmap *catalogs;    /* struct catalog_entry */
    struct strmap *temporaries; /* "catalog", 0x1f, "database" -> struct strmap of struct table */
    struct str current, database;
    struct env *env;
    catalog_load *load;
    void *context;
    struct str store; /* folder of catalog definitions; at == NULL: none */
};

/* Looks into the store as well; NULL when there is none. */
struct catalog_entry *catalog_entry(const struct catalog *c, struct str name);
/* *ret NULL when absent. */
enum status database_find(const struct catalog *c, struct str catalog, struct str database, struct database **ret, struct error *e);
enum status catalog_missing_database(const struct catalog *c, struct str catalog, struct str database, struct error *e);
/* Temporary objects of a database; NULL when there are none and make is false. */
struct strmap *catalog_temporaries(const struct catalog *c, struct str catalog, struct str database, bool make);
void catalog_sort(struct str *names, uint32_t count);

#endif
