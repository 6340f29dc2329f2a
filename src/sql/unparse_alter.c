/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unparse_alter: ALTER statements as text. Elements of ADD and MODIFY always stand in parentheses, and so do dropped
 * columns.
 */
#include "sql/unparse_internal.h"

#include <assert.h>

void unparse_distribution(struct buf *out, const struct ast_distribution *d) {
    assert(d->columns.count > 0 || d->buckets >= 0);
    if (d->columns.count > 0) {
        buf_format(out, " BY %.*s(", STR_ARG(d->kind));
        unparse_identifiers(out, &d->columns);
        buf_char(out, ')');
    }
    if (d->buckets >= 0) buf_format(out, " INTO %d BUCKETS", d->buckets);
}

static void write_parts(struct buf *out, const struct ast_statement *s, const char *gap) {
    for (uint32_t i = 0; i < s->partition_specs.count; i++) {
        const struct ast_partition *part = s->partition_specs.at[i];
        if (i > 0) buf_text(out, gap);
        unparse_partitions(out, &part->values);
        if (part->options.count == 0) continue;
        buf_text(out, " WITH (");
        unparse_options(out, &part->options);
        buf_char(out, ')');
    }
}

static void write_keys(struct buf *out, const struct list *keys) {
    for (uint32_t i = 0; i < keys->count; i++) {
        if (i > 0) buf_text(out, ", ");
        unparse_string(out, *(const struct str *)keys->at[i]);
    }
}

static void write_rename(struct buf *out, const struct ast_statement *s) {
    buf_text(out, " RENAME ");
    if (s->alter == AST_ALTER_RENAME_COLUMN) {
        assert(s->column_names.count == 2);
        unparse_identifier(out, *(const struct str *)s->column_names.at[0]);
        buf_char(out, ' ');
    }
    buf_text(out, "TO ");
    if (s->alter == AST_ALTER_RENAME) unparse_name(out, s->new_name);
    else unparse_identifier(out, *(const struct str *)s->column_names.at[1]);
}

static void write_drop_part(struct buf *out, const struct ast_statement *s) {
    switch (s->alter) {
    case AST_ALTER_DROP_KEY: buf_text(out, " DROP PRIMARY KEY"); break;
    case AST_ALTER_DROP_WATERMARK: buf_text(out, " DROP WATERMARK"); break;
    case AST_ALTER_DROP_DISTRIBUTION: buf_text(out, " DROP DISTRIBUTION"); break;
    case AST_ALTER_DROP_CONSTRAINT:
        buf_text(out, " DROP CONSTRAINT ");
        unparse_identifier(out, s->constraint_name);
        break;
    case AST_ALTER_DROP_PARTITIONS:
        buf_text(out, s->if_exists_part ? " DROP IF EXISTS" : " DROP");
        write_parts(out, s, ",");
        break;
    default:
        assert(s->alter == AST_ALTER_DROP_COLUMNS);
        buf_text(out, " DROP (");
        unparse_identifiers(out, &s->column_names);
        buf_char(out, ')');
    }
}

static void write_change(struct buf *out, const struct ast_statement *s) {
    switch (s->alter) {
    case AST_ALTER_ADD:
    case AST_ALTER_MODIFY:
        buf_text(out, s->alter == AST_ALTER_ADD ? " ADD" : " MODIFY");
        unparse_elements(out, s);
        break;
    case AST_ALTER_ADD_DISTRIBUTION:
    case AST_ALTER_MODIFY_DISTRIBUTION:
        buf_text(out, s->alter == AST_ALTER_ADD_DISTRIBUTION ? " ADD DISTRIBUTION" : " MODIFY DISTRIBUTION");
        unparse_distribution(out, s->distribution);
        break;
    case AST_ALTER_ADD_PARTITIONS:
        buf_text(out, s->if_not_exists ? " ADD IF NOT EXISTS" : " ADD");
        write_parts(out, s, "");
        break;
    case AST_ALTER_RENAME_COLUMN:
    case AST_ALTER_RENAME: write_rename(out, s); break;
    case AST_ALTER_SET:
        buf_text(out, " SET (");
        unparse_options(out, &s->options);
        buf_char(out, ')');
        break;
    case AST_ALTER_RESET:
        buf_text(out, " RESET (");
        write_keys(out, &s->column_names);
        buf_char(out, ')');
        break;
    case AST_ALTER_COMMENT: unparse_comment(out, s->comment); break;
    case AST_ALTER_AS:
        buf_text(out, " AS ");
        unparse_query(out, s->query);
        break;
    case AST_ALTER_OTHER:
        buf_char(out, ' ');
        buf_str(out, s->raw);
        break;
    default: write_drop_part(out, s);
    }
}

void unparse_alter(struct buf *out, const struct ast_statement *s) {
    assert(s->kind == AST_ALTER && s->name != NULL);
    buf_text(out, "ALTER ");
    if (s->temporary) buf_text(out, s->system ? "TEMPORARY SYSTEM " : "TEMPORARY ");
    buf_str(out, s->object);
    buf_text(out, s->if_exists ? " IF EXISTS " : " ");
    unparse_name(out, s->name);
    write_change(out, s);
}
