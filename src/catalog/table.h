/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CATALOG_TABLE_H
#define WEIR_CATALOG_TABLE_H

#include "base/list.h"
#include "catalog/option.h"
#include "sql/ast.h"
#include "type/type.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * table: a resolved table or view of a catalog: columns with types, watermark, key, options. Computed
 * columns and the watermark stay as syntax; the binder binds them in each query (as Flink does).
 */

struct column {
    struct str name;
    enum ast_column_kind kind;
    const struct type *type;          /* computed: as bound at CREATE */
    struct str metadata_key;
    bool is_virtual;
    const struct ast_expr *expr;      /* computed */
    struct str comment;
};

enum table_kind { TABLE_BASE, TABLE_VIEW };

struct table {
    enum table_kind kind;
    struct str catalog, database, name;
    bool temporary;
    struct column *columns;
    uint32_t column_count;
    int32_t rowtime_column;           /* -1: no watermark */
    const struct ast_expr *watermark;
    uint32_t *key;                    /* primary key column indexes */
    uint32_t key_count;
    struct str key_name;              /* of the constraint; at == NULL: not named */
    struct str comment;
    const struct ast_distribution *distribution; /* NULL: none */
    struct list partitions;           /* struct ast_partition: ALTER TABLE ADD PARTITION */
    struct list partitioned_by;       /* struct str */
    struct list options;              /* struct ast_option as given (hints merged by the binder) */
    const struct ast_query *view;     /* TABLE_VIEW */
    struct str view_text;
    struct str definition;            /* SQL that makes it again: needed where the catalog keeps files */
    struct str sql;                   /* text that spans of expressions here point into */
    void *external;                   /* what the connector of a table reads that a program made; NULL: nothing */
};

#endif
