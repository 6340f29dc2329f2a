/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_SQL_AST_H
#define WEIR_SQL_AST_H

#include "base/error.h"
#include "base/list.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * The abstract syntax tree of Flink SQL: what was written, unresolved, every node with its source
 * span (byte range of the script). Nodes live in the parser's arena and are immutable after
 * parsing. Text (names, literals) is decoded: quotes and escapes are gone, identifiers keep their
 * case. Lists hold pointers to the named struct; an absent part is NULL or an empty list.
 */

/* ---- names ------------------------------------------------------------------------------- */

/* a, a.b, a.b.c: one to many parts. `t.*` has star set and the parts before it. */
struct ast_name {
    struct span span;
    uint32_t count;
    bool star;
    struct str *parts;
    struct span *part_spans;
};

/* ---- types ------------------------------------------------------------------------------- */

enum ast_type_kind {
    AST_TYPE_SIMPLE,   /* name (upper case, one space between words: "TIMESTAMP WITH LOCAL TIME ZONE") + arguments */
    AST_TYPE_ARRAY,    /* ARRAY<e> or e ARRAY: children[0] */
    AST_TYPE_MULTISET, /* children[0] */
    AST_TYPE_MAP,      /* children[0] key, children[1] value */
    AST_TYPE_ROW,      /* fields */
    AST_TYPE_INTERVAL, /* name holds the canonical text, e.g. "DAY TO SECOND"; arguments precisions (-1 none) */
};

struct ast_type {
    struct span span;
    enum ast_type_kind kind;
    struct str name;
    uint32_t argument_count; /* 0..2, e.g. DECIMAL(10, 2) */
    int32_t arguments[2];
    bool nullable;          /* false for NOT NULL; default true */
    bool nullable_explicit; /* NULL or NOT NULL was written */
    struct list children;   /* struct ast_type */
    struct list fields;     /* struct ast_field, ROW only */
};

struct ast_field {
    struct span span;
    struct str name;
    struct ast_type *type;
    struct str comment; /* at == NULL when absent */
};

/* ---- expressions ------------------------------------------------------------------------- */

enum ast_expr_kind {
    AST_LITERAL,        /* literal_kind, text */
    AST_COLUMN,         /* name */
    AST_STAR,           /* * or name.*; name may be NULL */
    AST_CALL,           /* text = function name, arguments; distinct, filter, order_by, over */
    AST_UNARY,          /* op, arguments[0] */
    AST_BINARY,         /* op, arguments[0..1] */
    AST_BETWEEN,        /* arguments x, low, high; negated; symmetric */
    AST_IN_LIST,        /* arguments x, then the list; negated */
    AST_IN_QUERY,       /* arguments[0], query; negated (arguments[0] may be AST_ROW) */
    AST_QUANTIFIED,     /* op with SOME/ANY/ALL: arguments[0], op, text "SOME"|"ALL", query or list in arguments[1..] */
    AST_EXISTS,         /* query */
    AST_SUBQUERY,       /* scalar sub-query */
    AST_LIKE,           /* arguments x, pattern[, escape]; negated; text "LIKE" or "SIMILAR TO" */
    AST_IS,             /* arguments[0]; text: "NULL" "TRUE" "FALSE" "UNKNOWN" "JSON" "JSON VALUE|OBJECT|ARRAY|SCALAR"; negated */
    AST_IS_DISTINCT,    /* arguments a, b; negated = IS NOT DISTINCT FROM */
    AST_CASE,           /* arguments: [operand if simple], then when, then pairs, then else if has_else */
    AST_CAST,           /* arguments[0], type; text "CAST" or "TRY_CAST" */
    AST_EXTRACT,        /* EXTRACT(unit FROM x): text = unit, arguments[0] */
    AST_FLOOR_TO,       /* FLOOR/CEIL(x TO unit): text = "FLOOR"|"CEIL", unit, arguments[0] */
    AST_TRIM,           /* TRIM([BOTH|LEADING|TRAILING] [chars] FROM s): text side, arguments chars, s */
    AST_SUBSTRING,      /* SUBSTRING(s FROM a [FOR b]) in both spellings: arguments */
    AST_POSITION,       /* POSITION(a IN b): arguments a, b */
    AST_OVERLAY,        /* OVERLAY(s PLACING r FROM a [FOR n]) */
    AST_TIMESTAMP_UNIT, /* TIMESTAMPADD/TIMESTAMPDIFF: text function, unit, arguments two; text "-": (a - b) unit */
    AST_ROW,            /* ROW(...) or (a, b, ...) */
    AST_ARRAY,          /* ARRAY[...] ; ARRAY(query) has query */
    AST_MAP,            /* MAP[k, v, ...] ; MAP(query) */
    AST_MULTISET,       /* MULTISET[...] */
    AST_ITEM,           /* x[i]: arguments x, i */
    AST_FIELD,          /* expr.name where expr is no plain name: arguments[0], text */
    AST_INTERVAL,       /* INTERVAL '...' unit [TO unit]: text value, negated, unit, unit_to, precisions */
    AST_NAMED_ARGUMENT, /* name => expr: text, arguments[0] */
    AST_TABLE_ARGUMENT, /* TABLE t [PARTITION BY ...] [ORDER BY ...] as an argument: name or query; partition_by, order_by */
    AST_DESCRIPTOR,     /* DESCRIPTOR(c, ...): arguments are AST_COLUMN */
    AST_DEFAULT,        /* DEFAULT as an argument or row value */
    AST_JSON_CALL,      /* JSON_VALUE, JSON_QUERY, JSON_OBJECT, JSON_ARRAY, JSON_EXISTS: text, arguments, json */
    AST_OVERLAPS,       /* (a, b) OVERLAPS (c, d): four arguments */
};

enum ast_literal_kind {
    AST_NULL,
    AST_TRUE,
    AST_FALSE,
    AST_UNKNOWN,
    AST_INTEGER,   /* digits only */
    AST_DECIMAL,   /* 1.5 .5 1. */
    AST_APPROX,    /* 1e5 */
    AST_STRING,    /* decoded; also U&'' and E'' */
    AST_BYTES,     /* X'..': text is the decoded bytes */
    AST_DATE,      /* DATE '...': text between the quotes */
    AST_TIME,
    AST_TIMESTAMP,
    AST_TIMESTAMP_LTZ, /* TIMESTAMP WITH LOCAL TIME ZONE '...' */
    AST_SYMBOL,        /* an unquoted keyword argument such as NULL ON NULL, TRAILING */
};

enum ast_op {
    AST_OP_NONE,
    AST_OP_OR, AST_OP_AND, AST_OP_NOT,
    AST_OP_EQ, AST_OP_NE, AST_OP_LT, AST_OP_LE, AST_OP_GT, AST_OP_GE,
    AST_OP_ADD, AST_OP_SUB, AST_OP_MUL, AST_OP_DIV, AST_OP_MOD,
    AST_OP_CONCAT, /* || */
    AST_OP_PLUS, AST_OP_MINUS, /* unary */
    AST_OP_COLLATE_UNUSED,
};

struct ast_query;
struct ast_window;

struct ast_expr {
    struct span span;
    enum ast_expr_kind kind;
    enum ast_literal_kind literal;
    enum ast_op op;
    struct span op_span;      /* the operator or the function name itself */
    bool negated;
    bool symmetric;           /* BETWEEN SYMMETRIC */
    bool simple;              /* CASE x WHEN ... */
    bool has_else;
    bool distinct;            /* COUNT(DISTINCT x) */
    bool ignore_nulls;        /* IGNORE NULLS */
    bool respect_nulls;
    bool chained;             /* AND, OR: part of a long chain, written without parentheses */
    bool quoted_name;         /* the function name was in back-ticks */
    struct str text;
    struct str unit, unit_to; /* upper case: YEAR .. NANOSECOND, DOW, ... */
    int32_t precision, scale; /* of INTERVAL; -1 absent */
    struct ast_name *name;    /* AST_COLUMN; AST_CALL with a qualified name; AST_TABLE_ARGUMENT */
    struct ast_type *type;
    struct list arguments;    /* struct ast_expr */
    struct ast_expr *filter;  /* FILTER (WHERE ...) */
    struct list within_order; /* WITHIN GROUP (ORDER BY ...): struct ast_order */
    struct ast_window *over;  /* OVER (...) or OVER w */
    struct ast_query *query;
    struct list partition_by; /* struct ast_expr */
    struct list order_by;     /* struct ast_order */
    struct list json;         /* struct str: clause words in order as written, upper case, e.g. "RETURNING" handled by type; "NULL ON EMPTY" */
    struct ast_expr *json_default_empty, *json_default_error; /* DEFAULT x ON EMPTY / ON ERROR */
};

struct ast_order {
    struct span span;
    struct ast_expr *expr;
    bool descending;
    int8_t nulls; /* 0 not written, 1 FIRST, 2 LAST */
};

enum ast_bound { AST_UNBOUNDED_PRECEDING, AST_PRECEDING, AST_CURRENT_ROW, AST_FOLLOWING, AST_UNBOUNDED_FOLLOWING };

struct ast_window {
    struct span span;
    struct str name;          /* its own name in WINDOW, or the referenced one */
    struct list partition_by; /* struct ast_expr */
    struct list order_by;     /* struct ast_order */
    bool has_frame, rows;     /* ROWS or RANGE */
    enum ast_bound from, to;
    struct ast_expr *from_expr, *to_expr;
};

/* ---- queries ----------------------------------------------------------------------------- */

struct ast_hint {
    struct span span;
    struct str name;      /* upper case: OPTIONS, STATE_TTL, ... */
    struct list keys;     /* struct str; for key = value hints */
    struct list values;   /* struct str; for plain list hints keys hold NULL-at strs */
    struct list key_spans; /* struct span */
};

enum ast_from_kind {
    AST_FROM_TABLE,    /* name, hints, system_time */
    AST_FROM_QUERY,    /* query; lateral */
    AST_FROM_FUNCTION, /* TABLE(f(...)) or f(...) as table: expr (AST_CALL); lateral */
    AST_FROM_UNNEST,   /* UNNEST(expr) [WITH ORDINALITY] */
    AST_FROM_VALUES,   /* never: VALUES is a query */
    AST_FROM_JOIN,
    AST_FROM_MATCH,    /* MATCH_RECOGNIZE: recognised, kept as text for a precise refusal */
};

enum ast_join_kind { AST_JOIN_INNER, AST_JOIN_LEFT, AST_JOIN_RIGHT, AST_JOIN_FULL, AST_JOIN_CROSS, AST_JOIN_COMMA };

struct ast_from {
    struct span span;
    enum ast_from_kind kind;
    struct ast_name *name;
    struct ast_query *query;
    struct ast_expr *expr;
    struct list hints;        /* struct ast_hint */
    bool lateral, ordinality, natural;
    struct str alias;         /* at == NULL when absent */
    struct span alias_span;
    struct list columns;      /* struct str: alias (a, b) */
    struct ast_expr *system_time; /* FOR SYSTEM_TIME AS OF x */
    enum ast_join_kind join;
    struct ast_from *left, *right;
    struct ast_expr *on;
    struct list using_columns; /* struct str */
};

enum ast_set_op { AST_UNION, AST_INTERSECT, AST_EXCEPT };

enum ast_query_kind { AST_QUERY_SELECT, AST_QUERY_VALUES, AST_QUERY_SET };

struct ast_select_item {
    struct span span;
    struct ast_expr *expr; /* AST_STAR for * */
    struct str alias;      /* at == NULL when absent */
    struct span alias_span;
};

enum ast_group_kind { AST_GROUP_EXPR, AST_GROUP_SET, AST_GROUP_ROLLUP, AST_GROUP_CUBE, AST_GROUPING_SETS };

/* One element of GROUP BY. SET = (a, b) or (); the others hold nested elements. */
struct ast_group {
    struct span span;
    enum ast_group_kind kind;
    struct ast_expr *expr;
    struct list elements; /* struct ast_group */
};

struct ast_with {
    struct span span;
    struct str name;
    struct list columns; /* struct str */
    struct ast_query *query;
};

struct ast_query {
    struct span span;
    enum ast_query_kind kind;
    struct list with; /* struct ast_with */
    bool with_recursive;
    /* SELECT */
    bool distinct;
    struct list hints;    /* struct ast_hint after SELECT */
    struct list items;    /* struct ast_select_item */
    struct ast_from *from; /* NULL: no FROM */
    struct ast_expr *where, *having, *qualify;
    struct list group_by; /* struct ast_group; has_group_by tells GROUP BY () from none */
    bool has_group_by, group_distinct;
    struct list windows;  /* struct ast_window */
    /* VALUES: rows of expressions */
    struct list rows;     /* struct ast_expr of kind AST_ROW */
    /* set operation */
    enum ast_set_op set_op;
    bool all;
    struct ast_query *left, *right;
    /* of the whole */
    struct list order_by; /* struct ast_order */
    struct ast_expr *limit, *offset; /* FETCH FIRST n ROWS ONLY is limit too; LIMIT ALL is NULL */
};

/* ---- statements -------------------------------------------------------------------------- */

enum ast_column_kind { AST_PHYSICAL, AST_COMPUTED, AST_METADATA };

struct ast_column {
    struct span span;
    enum ast_column_kind kind;
    struct str name;
    struct ast_type *type;   /* physical, metadata */
    struct ast_expr *expr;   /* computed */
    struct str metadata_key; /* at == NULL: the column's own name */
    bool is_virtual;
    bool primary_key;        /* column constraint PRIMARY KEY NOT ENFORCED */
    struct str comment;
    bool first;              /* ALTER TABLE ADD, MODIFY: FIRST */
    struct str after;        /* ... AFTER column; at == NULL: none */
    struct span after_span;
};

/* DISTRIBUTED BY kind (columns) INTO n BUCKETS. */
struct ast_distribution {
    struct span span;
    struct str kind;     /* "HASH", "RANGE"; at == NULL: not said */
    struct list columns; /* struct str; empty: DISTRIBUTED INTO */
    int32_t buckets;     /* -1: not said */
};

/* PARTITION (k = v, ...) [WITH (...)] of ALTER TABLE and SHOW PARTITIONS. */
struct ast_partition {
    struct span span;
    struct list values;  /* struct ast_option */
    struct list options; /* struct ast_option */
};

struct ast_option {
    struct span span;
    struct str key, value;
    struct span key_span, value_span;
};

struct ast_like_option {
    struct span span;
    struct str action;  /* INCLUDING EXCLUDING OVERWRITING */
    struct str feature; /* ALL CONSTRAINTS DISTRIBUTION PARTITIONS GENERATED OPTIONS WATERMARKS METADATA */
};

enum ast_statement_kind {
    AST_CREATE_TABLE,    /* also with query: CTAS; with like */
    AST_CREATE_VIEW,     /* name, column_names, query, query_text */
    AST_CREATE_DATABASE, /* name, options */
    AST_CREATE_CATALOG,
    AST_DROP,            /* object, name, if_exists, temporary, cascade */
    AST_ALTER,           /* object, name, alter; what each change needs stands with it */
    AST_INSERT,          /* name, column_names, query, overwrite, partitions, conflict */
    AST_SELECT,          /* query */
    AST_STATEMENT_SET,   /* statements (AST_INSERT) */
    AST_EXPLAIN,         /* explain details, statements[0] */
    AST_SHOW,            /* text: "TABLES", "VIEWS", "CREATE TABLE", "COLUMNS", ...; name; like */
    AST_DESCRIBE,        /* name; text "TABLE" (default), "DATABASE", "FUNCTION", "CATALOG", "JOB"; extended */
    AST_SET,             /* key, value; key.at == NULL: list all */
    AST_RESET,           /* key; at == NULL: all */
    AST_USE,             /* text: "DATABASE", "CATALOG", "MODULES"; name */
    AST_MODULE,          /* text: "LOAD", "UNLOAD"; name, options */
    AST_STOP_JOB,        /* value: the id; savepoint, drain */
    AST_OTHER,           /* recognised but not run here: text names it, e.g. "ADD JAR", "CALL", "CREATE FUNCTION"; raw: as written */
};

enum ast_alter {
    AST_ALTER_ADD,              /* columns, watermark, primary key */
    AST_ALTER_MODIFY,           /* the same */
    AST_ALTER_ADD_DISTRIBUTION, /* distribution */
    AST_ALTER_MODIFY_DISTRIBUTION,
    AST_ALTER_ADD_PARTITIONS,   /* partition_specs, if_not_exists */
    AST_ALTER_DROP_PARTITIONS,  /* partition_specs, if_exists_part */
    AST_ALTER_DROP_COLUMNS,     /* column_names */
    AST_ALTER_DROP_KEY,
    AST_ALTER_DROP_CONSTRAINT,  /* constraint_name */
    AST_ALTER_DROP_WATERMARK,
    AST_ALTER_DROP_DISTRIBUTION,
    AST_ALTER_RENAME_COLUMN,    /* column_names: old, new */
    AST_ALTER_RENAME,           /* new_name */
    AST_ALTER_SET,              /* options */
    AST_ALTER_RESET,            /* column_names: keys */
    AST_ALTER_COMMENT,          /* comment */
    AST_ALTER_AS,               /* query, query_text */
    AST_ALTER_OTHER,            /* recognised, not run: raw */
};

struct ast_statement {
    struct span span;         /* without the semicolon */
    enum ast_statement_kind kind;
    struct str text;          /* see the kinds */
    struct str object;        /* DROP/ALTER: "TABLE", "VIEW", "DATABASE", "CATALOG", "FUNCTION", ... */
    struct ast_name *name;
    bool temporary, system, if_exists, if_not_exists, or_replace, overwrite, cascade, extended;
    bool replace_only;        /* REPLACE TABLE, without CREATE OR */
    /* CREATE TABLE */
    struct list columns;      /* struct ast_column */
    struct ast_name *watermark_column; /* NULL: none */
    struct ast_expr *watermark;
    struct span watermark_span;
    struct list primary_key;  /* struct str */
    struct span primary_key_span;
    struct str constraint_name;
    bool primary_key_enforced; /* ENFORCED written (refused by the binder, as in Flink) */
    struct str comment;       /* at == NULL: none */
    struct list partitioned_by; /* struct str */
    struct ast_distribution *distribution; /* NULL: none */
    struct list options;      /* struct ast_option */
    struct ast_name *like;
    struct list like_options; /* struct ast_like_option */
    struct list column_names; /* struct str: view columns, INSERT column list */
    struct list column_spans; /* struct span, same length */
    struct ast_query *query;
    struct str query_text;    /* view: the query as written */
    struct list hints;        /* struct ast_hint: INSERT INTO t with OPTIONS behind the name */
    struct list partitions;   /* struct ast_option: INSERT ... PARTITION (k = v); value.at NULL when dynamic */
    struct str conflict;      /* ON CONFLICT: "NOTHING" "ERROR" "DEDUPLICATE"; at NULL: none */
    struct list statements;   /* struct ast_statement */
    bool explain_changelog, explain_cost, explain_advice, explain_json;
    struct str key, value;    /* SET, RESET; LIKE pattern in value for SHOW */
    struct span key_span, value_span; /* SET */
    bool like_negated, like_ilike;
    struct str from;          /* SHOW ... FROM x (text of the name) */
    enum ast_alter alter;
    struct ast_name *new_name;    /* RENAME TO */
    struct list partition_specs;  /* struct ast_partition: ALTER TABLE, SHOW PARTITIONS */
    bool if_exists_part;          /* DROP IF EXISTS PARTITION */
    bool savepoint, drain;        /* STOP JOB */
    struct str raw;               /* AST_OTHER, AST_ALTER_OTHER: as written, without the leading words for ALTER */
};

#endif
