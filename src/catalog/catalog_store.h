/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CATALOG_CATALOG_STORE_H
#define WEIR_CATALOG_CATALOG_STORE_H

#include "catalog/catalog.h"

/*
 * catalog_store: definitions of catalogs in a folder (table.catalog-store.kind = file), one NAME.yaml each with the
 * options as lines `key: value`, as Flink's file catalog store writes them. And which options a catalog takes.
 */

/* Fills info->options by info->name. *ret_found false when there is no such file. */
enum status catalog_store_read(struct env *env, struct arena *a, struct str store, struct catalog_info *info, bool *ret_found, struct error *e);
enum status catalog_store_write(struct env *env, struct arena *a, struct str store, const struct catalog_info *info, struct error *e);
enum status catalog_store_remove(struct env *env, struct arena *a, struct str store, struct str name, struct error *e);
enum status catalog_store_names(struct env *env, struct arena *a, struct str store, struct str **ret, uint32_t *ret_count, struct error *e);

/* Type and keys of CREATE CATALOG; *ret_path is the folder of type file, else at == NULL. */
enum status catalog_options_check(const struct list *options, struct str *ret_path, struct error *e);

#endif
