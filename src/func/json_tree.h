/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_FUNC_JSON_TREE_H
#define WEIR_FUNC_JSON_TREE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * json_tree: a JSON text as a tree in an arena, paths into it, and its text again: what the SQL/JSON
 * functions need. Text behind the first value is ignored, as Flink ignores it.
 */
enum json_kind { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json_node {
    enum json_kind kind;
    bool boolean;
    struct str text;         /* STRING: decoded; NUMBER: as written */
    struct str key;          /* of a member of an object */
    struct json_node *first; /* ARRAY, OBJECT */
    struct json_node *next;  /* sibling */
};

enum { JSON_DEPTH_MAX = 512 };

/* *ret is NULL when the text is no JSON. */
enum status json_tree_parse(struct arena *a, struct str text, struct json_node **ret);
/* Compact, members in the order of their keys. */
void json_tree_print(struct buf *out, const struct json_node *n);
/* A number's text as java.math.BigDecimal, or as an integer type, shows it. */
void json_number_print(struct buf *out, struct str number);

/* A path with its mode, "lax $.a[0].b". */
struct json_path;
/* STATUS_UNSUPPORTED for what Jayway's paths have beyond keys, indexes and wildcards. */
enum status json_path_compile(struct arena *a, struct str text, const struct json_path **ret, struct error *e);
bool json_path_is_lax(const struct json_path *p);
/* Where the path leads; *ret is NULL when nowhere. A path with a wildcard leads to an array of what was found. */
enum status json_path_find(struct arena *a, const struct json_path *p, struct json_node *root, struct json_node **ret);

#endif
