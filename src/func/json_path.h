/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_FUNC_JSON_PATH_H
#define WEIR_FUNC_JSON_PATH_H

#include "func/json_tree.h"

/*
 * json_path: the paths of the SQL/JSON functions, "lax $.a[0].b". The language is that of Flink's
 * library (Jayway JsonPath 2.7): keys, indexes, slices, wildcards, deep scan, filters, functions.
 * Without a mode a path is strict.
 */
struct json_path;

enum json_found {
    JSON_FOUND,  /* a value, which is never a JSON null */
    JSON_EMPTY,  /* lax mode: nothing there, or a null */
    JSON_FAILED, /* no path at all, or strict mode and nothing there */
};

/*
 * A text that is no path gives a path that fails when it is used, as in Flink. STATUS_UNSUPPORTED: a JSON text in a filter,
 * [?(@.a in [1, 2])], for which Flink 2.3 lacks a library.
 */
enum status json_path_compile(struct arena *a, struct str text, const struct json_path **ret, struct error *e);
bool json_path_is_lax(const struct json_path *p);
/* Where the path leads, in the caller's arena; root NULL stands for a text that is no JSON. */
enum status json_path_find(struct arena *a, const struct json_path *p, struct json_node *root, enum json_found *ret_found,
                           struct json_node **ret);

#endif
