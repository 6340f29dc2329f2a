/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CATALOG_CATALOG_FILE_H
#define WEIR_CATALOG_CATALOG_FILE_H

#include "catalog/catalog.h"

/*
 * catalog_file: the folder of a catalog of type `file`: a folder per database, in it a file NAME.sql per
 * table or view with the statements that make it, and _database.sql with the database's comment and options.
 */

/* Makes the folder and its default database where they are missing. */
enum status catalog_file_open(struct env *env, struct arena *a, struct str root, struct str database, struct error *e);
enum status catalog_file_databases(struct env *env, struct arena *a, struct str root, struct str **ret, uint32_t *ret_count, struct error *e);
enum status catalog_file_has_database(struct env *env, struct arena *a, struct str root, struct str database, bool *ret, struct error *e);
/* Makes the database, or describes it anew. */
enum status catalog_file_add_database(struct env *env, struct arena *a, struct str root, struct str database, const struct database_info *info, struct error *e);
enum status catalog_file_describe(struct env *env, struct arena *a, struct str root, struct str database, struct database_info *ret, struct error *e);
enum status catalog_file_drop_database(struct env *env, struct arena *a, struct str root, struct str database, struct error *e);
enum status catalog_file_tables(struct env *env, struct arena *a, struct str root, struct str database, struct str **ret, uint32_t *ret_count, struct error *e);
/* *ret_text.at NULL when there is no such table. */
enum status catalog_file_read(struct env *env, struct arena *a, struct str root, struct str database, struct str table, struct str *ret_file, struct str *ret_text, struct error *e);
enum status catalog_file_write(struct env *env, struct arena *a, struct str root, struct str database, struct str table, struct str text, struct error *e);
enum status catalog_file_remove(struct env *env, struct arena *a, struct str root, struct str database, struct str table, struct error *e);

/* A file made new as a whole: a reader sees the old text or the new one, and so does one after a crash. */
enum status catalog_file_publish(struct env *env, struct arena *a, struct str path, struct str text, struct error *e);
/* A name as one of a file: letters, digits, '-', '_' inside and bytes above 127 as they are, others as %XX. */
struct str catalog_file_name(struct arena *a, struct str name, const char *ending);
/* Back; at == NULL when the file does not end so, or is hidden. */
struct str catalog_file_object(struct arena *a, struct str file, const char *ending);

#endif
