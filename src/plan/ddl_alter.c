/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_alter: ALTER TABLE: a draft of the table as it is, the change, and the draft bound again as CREATE TABLE would. What a
 * column is used for (key, partitions, buckets, watermark, computed columns) keeps it from being dropped or renamed,
 * but a key follows a renaming.
 */
#include "catalog/unknown.h"
#include "plan/ddl.h"

#include <assert.h>

static struct error *error_of(const struct draft *d) { return d->b->rel.error; }

/* ---- ADD, MODIFY ---- */

/* Moves the column at `from` to where FIRST or AFTER says. */
static enum status move_column(struct draft *d, const struct ast_column *a, uint32_t from) {
    if (!a->first && (a->after.at == NULL || str_equal(a->after, a->name))) return STATUS_OK;
    struct column c = d->t->columns[from];
    draft_remove(d, from);
    int32_t after = a->first ? -1 : draft_find(d, a->after);
    if (after < 0 && !a->first) return draft_no_column(d, a->after, "AFTER", a->after_span);
    draft_insert(d, (uint32_t)(after + 1), c);
    return STATUS_OK;
}

static enum status add_columns(struct draft *d) {
    for (uint32_t i = 0; i < d->stmt->columns.count; i++) {
        const struct ast_column *a = d->stmt->columns.at[i];
        struct column c;
        if (draft_find(d, a->name) >= 0) return error_at(error_of(d), STATUS_EXISTS, a->span, "Column `%.*s` already exists in the table.", STR_ARG(a->name));
        TRY(draft_column(d, a, &c));
        draft_insert(d, d->t->column_count, c);
        TRY(move_column(d, a, d->t->column_count - 1));
    }
    return STATUS_OK;
}

static enum status already(struct draft *d, struct span span, const char *what) {
    error_at(error_of(d), STATUS_EXISTS, span, "The current table has already defined the %s.", what);
    return error_hint(error_of(d), "You might want to drop it before adding a new one, or to MODIFY it.");
}

static enum status none_yet(struct draft *d, struct span span, const char *what) {
    error_at(error_of(d), STATUS_NOT_FOUND, span, "The current table does not define any %s.", what);
    return error_hint(error_of(d), "You might want to add a new one.");
}

static enum status alter_add(struct draft *d) {
    TRY(add_columns(d));
    if (d->stmt->watermark != NULL && d->watermark_column.at != NULL) return already(d, d->stmt->watermark_span, "watermark strategy");
    if (d->stmt->primary_key.count > 0 && d->key.count > 0) return already(d, d->stmt->primary_key_span, "primary key constraint");
    TRY(draft_watermark(d));
    return draft_key(d);
}

static enum status alter_modify(struct draft *d) {
    for (uint32_t i = 0; i < d->stmt->columns.count; i++) {
        const struct ast_column *a = d->stmt->columns.at[i];
        int32_t at = draft_find(d, a->name);
        if (at < 0) return draft_no_column(d, a->name, "MODIFY", a->span);
        for (uint32_t k = 0; k < i; k++) {
            if (str_equal(((const struct ast_column *)d->stmt->columns.at[k])->name, a->name)) return error_at(error_of(d), STATUS_INVALID, a->span, "Duplicate column `%.*s`.", STR_ARG(a->name));
        }
        struct str comment = d->t->columns[at].comment;
        TRY(draft_column(d, a, &d->t->columns[at]));
        if (a->comment.at == NULL) d->t->columns[at].comment = comment;
        TRY(move_column(d, a, (uint32_t)at));
    }
    if (d->stmt->watermark != NULL && d->watermark_column.at == NULL) return none_yet(d, d->stmt->watermark_span, "watermark");
    if (d->stmt->primary_key.count > 0 && d->key.count == 0) return none_yet(d, d->stmt->primary_key_span, "primary key constraint");
    TRY(draft_watermark(d));
    return draft_key(d);
}

static enum status alter_distribution(struct draft *d) {
    const struct ast_distribution *old = d->t->distribution;
    bool add = d->stmt->alter == AST_ALTER_ADD_DISTRIBUTION;
    d->t->distribution = d->stmt->distribution;
    if (add && old != NULL) {
        struct buf text = BUF_INIT;
        show_distribution(&text, old);
        error_at(error_of(d), STATUS_EXISTS, d->stmt->distribution->span, "The current table has already defined the distribution '%.*s'.", STR_ARG(buf_view(&text)));
        buf_deinit(&text);
        return error_hint(error_of(d), "You can modify it or drop it before adding a new one.");
    }
    return !add && old == NULL ? none_yet(d, d->stmt->distribution->span, "distribution") : STATUS_OK;
}

/* ---- DROP, RENAME ---- */

static bool mentions(const struct ast_expr *e, struct str name) {
    if (e == NULL) return false;
    if (e->kind == AST_COLUMN && e->name != NULL && str_equal(e->name->parts[0], name)) return true;
    for (uint32_t i = 0; i < e->arguments.count; i++) {
        if (mentions(e->arguments.at[i], name)) return true;
    }
    return mentions(e->filter, name);
}

static bool holds(const struct list *names, struct str name) {
    for (uint32_t i = 0; i < names->count; i++) {
        if (str_equal(*(const struct str *)names->at[i], name)) return true;
    }
    return false;
}

/* dropped: computed columns that go as well do not count. */
static enum status check_unused(struct draft *d, struct str name, const struct list *dropped, struct span span) {
    struct table *t = d->t;
    for (uint32_t i = 0; i < t->column_count; i++) {
        const struct column *c = &t->columns[i];
        if (c->kind != AST_COMPUTED || !mentions(c->expr, name) || (dropped != NULL && holds(dropped, c->name))) continue;
        return error_at(error_of(d), STATUS_INVALID, span, "The column `%.*s` is referenced by computed column `%.*s`.", STR_ARG(name), STR_ARG(c->name));
    }
    if (holds(&t->partitioned_by, name)) return error_at(error_of(d), STATUS_INVALID, span, "The column `%.*s` is used as the partition keys.", STR_ARG(name));
    if (t->distribution != NULL && holds(&t->distribution->columns, name)) return error_at(error_of(d), STATUS_INVALID, span, "The column `%.*s` is used as a distribution key.", STR_ARG(name));
    bool watermark = d->watermark_column.at != NULL && (str_equal(d->watermark_column, name) || mentions(d->watermark, name));
    if (watermark) return error_at(error_of(d), STATUS_INVALID, span, "The column `%.*s` is referenced by watermark expression.", STR_ARG(name));
    return STATUS_OK;
}

static enum status alter_drop_columns(struct draft *d) {
    const struct list *names = &d->stmt->column_names;
    for (uint32_t i = 0; i < names->count; i++) {
        struct str name = *(const struct str *)names->at[i];
        struct span span = *(const struct span *)d->stmt->column_spans.at[i];
        int32_t at = draft_find(d, name);
        for (uint32_t k = 0; k < i; k++) {
            if (str_equal(*(const struct str *)names->at[k], name)) return error_at(error_of(d), STATUS_INVALID, span, "Duplicate column `%.*s`.", STR_ARG(name));
        }
        if (at < 0) return draft_no_column(d, name, "DROP", span);
        TRY(check_unused(d, name, names, span));
        if (holds(&d->key, name)) return error_at(error_of(d), STATUS_INVALID, span, "The column `%.*s` is used as the primary key.", STR_ARG(name));
        draft_remove(d, (uint32_t)at);
    }
    return STATUS_OK;
}

static enum status alter_drop_key(struct draft *d) {
    struct str asked = d->stmt->constraint_name, name = d->t->key_name;
    if (d->key.count == 0) return error_at(error_of(d), STATUS_NOT_FOUND, d->stmt->span, "The current table does not define any primary key.");
    if (d->stmt->alter == AST_ALTER_DROP_CONSTRAINT) {
        if (name.at == NULL) {
            struct buf made = BUF_INIT;
            buf_text(&made, "PK");
            for (uint32_t i = 0; i < d->key.count; i++) buf_format(&made, "_%.*s", STR_ARG(*(const struct str *)d->key.at[i]));
            name = arena_str(d->b->rel.arena, buf_view(&made));
            buf_deinit(&made);
        }
        if (!str_equal(name, asked)) {
            return error_at(error_of(d), STATUS_NOT_FOUND, d->stmt->span, "The current table does not define a primary key constraint named '%.*s'. Available constraint name: ['%.*s'].", STR_ARG(asked), STR_ARG(name));
        }
    }
    d->key = (struct list){0};
    return STATUS_OK;
}

static enum status alter_rename_column(struct draft *d) {
    const struct str *from = d->stmt->column_names.at[0], *to = d->stmt->column_names.at[1];
    struct span span = *(const struct span *)d->stmt->column_spans.at[0];
    int32_t at = draft_find(d, *from);
    if (at < 0) return draft_no_column(d, *from, "RENAME", span);
    if (draft_find(d, *to) >= 0) return error_at(error_of(d), STATUS_EXISTS, *(const struct span *)d->stmt->column_spans.at[1], "The column `%.*s` already existed in table schema.", STR_ARG(*to));
    TRY(check_unused(d, *from, NULL, span));
    d->t->columns[at].name = *to;
    struct list key = {0};
    for (uint32_t i = 0; i < d->key.count; i++) {
        const struct str *k = d->key.at[i];
        TRY(list_push(&key, d->b->rel.arena, (void *)(uintptr_t)(str_equal(*k, *from) ? to : k)));
    }
    d->key = key;
    return STATUS_OK;
}

static enum status alter_drop_part(struct draft *d) {
    switch (d->stmt->alter) {
    case AST_ALTER_DROP_COLUMNS: return alter_drop_columns(d);
    case AST_ALTER_DROP_KEY:
    case AST_ALTER_DROP_CONSTRAINT: return alter_drop_key(d);
    case AST_ALTER_DROP_WATERMARK:
        if (d->watermark_column.at == NULL) return error_at(error_of(d), STATUS_NOT_FOUND, d->stmt->span, "The current table does not define any watermark strategy.");
        d->watermark_column.at = NULL;
        return STATUS_OK;
    default:
        assert(d->stmt->alter == AST_ALTER_DROP_DISTRIBUTION);
        if (d->t->distribution == NULL) return error_at(error_of(d), STATUS_NOT_FOUND, d->stmt->span, "The table does not have a distribution to drop.");
        d->t->distribution = NULL;
        return STATUS_OK;
    }
}

/* ---- SET, RESET ---- */

static enum status alter_reset(struct draft *d) {
    const struct ast_statement *s = d->stmt;
    struct list kept = {0};
    if (s->column_names.count == 0) return error_at(error_of(d), STATUS_INVALID, s->span, "ALTER TABLE RESET does not support empty key");
    for (uint32_t i = 0; i < s->column_names.count; i++) {
        if (!str_equal(*(const struct str *)s->column_names.at[i], STR("connector"))) continue;
        return error_at(error_of(d), STATUS_INVALID, *(const struct span *)s->column_spans.at[i], "ALTER TABLE RESET does not support changing 'connector'");
    }
    for (uint32_t i = 0; i < d->t->options.count; i++) {
        struct ast_option *o = d->t->options.at[i];
        if (!holds(&s->column_names, o->key)) TRY(list_push(&kept, d->b->rel.arena, o));
    }
    d->t->options = kept;
    return STATUS_OK;
}

/* ---- partitions ---- */

static enum status check_spec(struct draft *d, const struct ast_partition *part) {
    const struct list *keys = &d->t->partitioned_by;
    if (keys->count == 0) return error_at(error_of(d), STATUS_INVALID, part->span, "Table %.*s.%.*s in catalog %.*s is not partitioned.", STR_ARG(d->t->database), STR_ARG(d->t->name), STR_ARG(d->t->catalog));
    bool fits = part->values.count == keys->count;
    for (uint32_t i = 0; i < part->values.count; i++) fits &= holds(keys, ((const struct ast_option *)part->values.at[i])->key);
    if (fits) return STATUS_OK;
    return error_at(error_of(d), STATUS_INVALID, part->span, "The PARTITION must name each partition key of table %.*s once", STR_ARG(d->t->name));
}

static bool same_spec(const struct ast_partition *a, const struct ast_partition *b) {
    for (uint32_t i = 0; i < a->values.count; i++) {
        const struct ast_option *x = a->values.at[i];
        bool found = false;
        for (uint32_t k = 0; k < b->values.count; k++) {
            const struct ast_option *y = b->values.at[k];
            found |= str_equal(x->key, y->key) && str_equal(x->value, y->value);
        }
        if (!found) return false;
    }
    return true;
}

static enum status alter_partitions(struct draft *d, bool add) {
    struct list kept = {0};
    for (uint32_t i = 0; i < d->t->partitions.count; i++) TRY(list_push(&kept, d->b->rel.arena, d->t->partitions.at[i]));
    for (uint32_t i = 0; i < d->stmt->partition_specs.count; i++) {
        struct ast_partition *part = d->stmt->partition_specs.at[i];
        uint32_t at = 0;
        TRY(check_spec(d, part));
        while (at < kept.count && !same_spec(kept.at[at], part)) at++;
        bool there = at < kept.count, ignore = add ? d->stmt->if_not_exists : d->stmt->if_exists_part;
        if (there == add && !ignore) return error_at(error_of(d), add ? STATUS_EXISTS : STATUS_NOT_FOUND, part->span, add ? "The partition already exists" : "The partition does not exist");
        if (add && !there) TRY(list_push(&kept, d->b->rel.arena, part));
        for (uint32_t k = at; !add && there && k + 1 < kept.count; k++) kept.at[k] = kept.at[k + 1];
        kept.count -= !add && there;
    }
    d->t->partitions = kept;
    return STATUS_OK;
}

/* ---- the whole ---- */

static enum status change(struct draft *d) {
    switch (d->stmt->alter) {
    case AST_ALTER_ADD: return alter_add(d);
    case AST_ALTER_MODIFY: return alter_modify(d);
    case AST_ALTER_ADD_DISTRIBUTION:
    case AST_ALTER_MODIFY_DISTRIBUTION: return alter_distribution(d);
    case AST_ALTER_ADD_PARTITIONS: return alter_partitions(d, true);
    case AST_ALTER_DROP_PARTITIONS: return alter_partitions(d, false);
    case AST_ALTER_RENAME_COLUMN: return alter_rename_column(d);
    case AST_ALTER_SET: return draft_options(d, &d->stmt->options);
    case AST_ALTER_RESET: return alter_reset(d);
    case AST_ALTER_RENAME: return STATUS_OK;
    default: return alter_drop_part(d);
    }
}

enum status ddl_alter_table(struct binder *b, const struct ast_statement *stmt) {
    struct catalog *c = b->session->catalog;
    struct table_path path;
    struct table *old = NULL;
    struct draft d;
    TRY(catalog_resolve(c, stmt->name, &path, b->rel.error));
    TRY(catalog_lookup(c, &path, &old, b->rel.error));
    if (old == NULL || old->temporary) {
        if (stmt->if_exists) return STATUS_OK;
        if (old == NULL) return unknown_table(c, b->rel.arena, stmt->name, &path, b->rel.error);
        error_at(b->rel.error, STATUS_INVALID, stmt->name->span, "'%.*s' is temporary, and ALTER is for permanent tables", STR_ARG(path.table));
        return error_hint(b->rel.error, "Drop it and create it anew");
    }
    if (old->kind == TABLE_VIEW) return error_at(b->rel.error, STATUS_INVALID, stmt->name->span, "ALTER TABLE for a view is not allowed");
    TRY(draft_new(b, stmt, old, 0, &d));
    enum status s = change(&d);
    if (s == STATUS_OK) s = draft_finish(&d);
    TRY(s);
    if (stmt->alter == AST_ALTER_RENAME) d.t->name = stmt->new_name->parts[stmt->new_name->count - 1];
    TRY(ddl_define(b, d.t));
    if (stmt->alter == AST_ALTER_RENAME) return catalog_rename(c, &path, d.t, d.t->name, stmt->new_name->span, b->rel.error);
    return catalog_replace(c, &path, d.t, b->rel.error);
}
