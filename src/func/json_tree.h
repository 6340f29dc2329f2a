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
 * json_tree: a JSON text as a tree in an arena, and its text again: what the SQL/JSON
 * functions need. Text behind the first value is ignored, as Flink ignores it. Keys of an object are
 * distinct: of equal ones the last value counts, at the place of the first.
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

#endif
