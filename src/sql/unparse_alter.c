/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unparse_alter: ALTER statements as text. Elements of ADD and MODIFY always stand in parentheses, and so do dropped
 * columns.
 */
#include "sql/unparse_internal.h"

#include <assert.h>

void put_distribution(struct writer *out, const struct ast_distribution *d) {
    assert(d->columns.count > 0 || d->buckets >= 0);
    if (d->columns.count > 0) {
        buf_format(out->to, " BY %.*s(", STR_ARG(d->kind));
        put_identifiers(out, &d->columns);
        buf_char(out->to, ')');
    }
    if (d->buckets >= 0) buf_format(out->to, " INTO %d BUCKETS", d->buckets);
}

static void write_parts(struct writer *out, const struct ast_statement *s, const char *gap) {
    for (uint32_t i = 0; i < s->partition_specs.count; i++) {
        const struct ast_partition *part = s->partition_specs.at[i];
        if (i > 0) buf_text(out->to, gap);
        put_partitions(out, &part->values);
        if (part->options.count == 0) continue;
        buf_text(out->to, " WITH (");
        put_options(out, &part->options);
        buf_char(out->to, ')');
    }
}

static void write_keys(struct writer *out, const struct list *keys) {
    for (uint32_t i = 0; i < keys->count; i++) {
        if (i > 0) buf_text(out->to, ", ");
        put_string(out, *(const struct str *)keys->at[i]);
    }
}

static void write_rename(struct writer *out, const struct ast_statement *s) {
    buf_text(out->to, " RENAME ");
    if (s->alter == AST_ALTER_RENAME_COLUMN) {
        assert(s->column_names.count == 2);
        put_identifier(out, *(const struct str *)s->column_names.at[0]);
        buf_char(out->to, ' ');
    }
    buf_text(out->to, "TO ");
    if (s->alter == AST_ALTER_RENAME) put_name(out, s->new_name);
    else put_identifier(out, *(const struct str *)s->column_names.at[1]);
}

static void write_drop_part(struct writer *out, const struct ast_statement *s) {
    switch (s->alter) {
    case AST_ALTER_DROP_KEY: buf_text(out->to, " DROP PRIMARY KEY"); break;
    case AST_ALTER_DROP_WATERMARK: buf_text(out->to, " DROP WATERMARK"); break;
    case AST_ALTER_DROP_DISTRIBUTION: buf_text(out->to, " DROP DISTRIBUTION"); break;
    case AST_ALTER_DROP_CONSTRAINT:
        buf_text(out->to, " DROP CONSTRAINT ");
        put_identifier(out, s->constraint_name);
        break;
    case AST_ALTER_DROP_PARTITIONS:
        buf_text(out->to, s->if_exists_part ? " DROP IF EXISTS" : " DROP");
        write_parts(out, s, ",");
        break;
    default:
        assert(s->alter == AST_ALTER_DROP_COLUMNS);
        buf_text(out->to, " DROP (");
        put_identifiers(out, &s->column_names);
        buf_char(out->to, ')');
    }
}

static void write_change(struct writer *out, const struct ast_statement *s) {
    switch (s->alter) {
    case AST_ALTER_ADD:
    case AST_ALTER_MODIFY:
        buf_text(out->to, s->alter == AST_ALTER_ADD ? " ADD" : " MODIFY");
        put_elements(out, s);
        break;
    case AST_ALTER_ADD_DISTRIBUTION:
    case AST_ALTER_MODIFY_DISTRIBUTION:
        buf_text(out->to, s->alter == AST_ALTER_ADD_DISTRIBUTION ? " ADD DISTRIBUTION" : " MODIFY DISTRIBUTION");
        put_distribution(out, s->distribution);
        break;
    case AST_ALTER_ADD_PARTITIONS:
        buf_text(out->to, s->if_not_exists ? " ADD IF NOT EXISTS" : " ADD");
        write_parts(out, s, "");
        break;
    case AST_ALTER_RENAME_COLUMN:
    case AST_ALTER_RENAME: write_rename(out, s); break;
    case AST_ALTER_SET:
        buf_text(out->to, " SET (");
        put_options(out, &s->options);
        buf_char(out->to, ')');
        break;
    case AST_ALTER_RESET:
        buf_text(out->to, " RESET (");
        write_keys(out, &s->column_names);
        buf_char(out->to, ')');
        break;
    case AST_ALTER_COMMENT: put_comment(out, s->comment); break;
    case AST_ALTER_AS:
        buf_text(out->to, " AS ");
        put_query(out, s->query);
        break;
    case AST_ALTER_OTHER:
        buf_char(out->to, ' ');
        buf_str(out->to, s->raw);
        break;
    default: write_drop_part(out, s);
    }
}

void put_alter(struct writer *out, const struct ast_statement *s) {
    assert(s->kind == AST_ALTER && s->name != NULL);
    buf_text(out->to, "ALTER ");
    if (s->temporary) buf_text(out->to, s->system ? "TEMPORARY SYSTEM " : "TEMPORARY ");
    buf_str(out->to, s->object);
    buf_text(out->to, s->if_exists ? " IF EXISTS " : " ");
    put_name(out, s->name);
    write_change(out, s);
}
