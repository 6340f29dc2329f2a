/* SPDX-License-Identifier: Apache-2.0 */
/*
 * show: SHOW, DESCRIBE and SET without arguments, as tables of text with the columns Flink's client
 * prints.
 */
#include "catalog/session_job.h"
#include "catalog/unknown.h"
#include "plan/ddl.h"
#include "plan/plan.h"

#include "sql/parser.h"
#include "sql/unparse.h"

#include <assert.h>
#include <stdlib.h>

struct shower {
    struct session *session;
    struct arena *arena;
    struct text_table *table;
    const struct ast_statement *stmt;
    struct error *error;
};

static enum status no_memory(const struct shower *s) { return error_no_memory(s->error, 64); }

static enum status header(struct shower *s, const char *const *names, uint32_t count) {
    *s->table = (struct text_table){.names = ARENA_ARRAY(s->arena, struct str, count), .booleans = ARENA_ARRAY(s->arena, bool, count), .column_count = count};
    if (s->table->names == NULL || s->table->booleans == NULL) return no_memory(s);
    for (uint32_t i = 0; i < count; i++) s->table->names[i] = str_of(names[i]);
    return STATUS_OK;
}

static enum status add_row(struct shower *s, const struct str *cells) {
    struct str *row = ARENA_ARRAY(s->arena, struct str, s->table->column_count);
    if (row == NULL) return no_memory(s);
    for (uint32_t i = 0; i < s->table->column_count; i++) row[i] = cells[i];
    return list_push(&s->table->rows, s->arena, row);
}

static bool wanted(const struct shower *s, struct str name) {
    if (s->stmt->value.at == NULL) return true;
    return str_matches(name, s->stmt->value, '%', '_', s->stmt->like_ilike) != s->stmt->like_negated;
}

static enum status one_column(struct shower *s, const char *title, const struct str *names, uint32_t count) {
    TRY(header(s, &title, 1));
    for (uint32_t i = 0; i < count; i++) {
        if (wanted(s, names[i])) TRY(add_row(s, &names[i]));
    }
    return STATUS_OK;
}

/* FROM [catalog.]database, else the current one. */
static enum status space_of(struct shower *s, const char *what, struct str *ret_catalog, struct str *ret_database) {
    const struct ast_name *n = s->stmt->name;
    const struct catalog *c = s->session->catalog;
    *ret_database = n == NULL ? catalog_current_database(c) : n->parts[n->count - 1];
    *ret_catalog = n == NULL || n->count < 2 ? catalog_current(c) : n->parts[0];
    if (n == NULL || n->count <= 2) return STATUS_OK;
    return error_at(s->error, STATUS_INVALID, n->span, "SHOW %s from/in identifier [ %.*s ] format error, it should be [catalog_name.]database_name.", what, STR_ARG(s->stmt->from));
}

static enum status show_tables(struct shower *s, bool views) {
    struct str *names = NULL, database, catalog;
    uint32_t count = 0;
    TRY(space_of(s, views ? "VIEWS" : "TABLES", &catalog, &database));
    TRY(catalog_tables(s->session->catalog, s->arena, catalog, database, views, &names, &count, s->error));
    return one_column(s, views ? "view name" : "table name", names, count);
}

/* Lists of what only Java has: empty, once the database is known to exist. */
static enum status show_nothing(struct shower *s, const char *what, const char *title) {
    struct str database, catalog;
    struct database_info info;
    TRY(space_of(s, what, &catalog, &database));
    TRY(catalog_database(s->session->catalog, catalog, database, &info, s->error));
    return one_column(s, title, NULL, 0);
}

static enum status show_databases(struct shower *s) {
    struct str *names = NULL;
    uint32_t count = 0;
    struct str catalog = s->stmt->name == NULL ? catalog_current(s->session->catalog) : s->stmt->name->parts[0];
    TRY(catalog_databases(s->session->catalog, s->arena, catalog, &names, &count, s->error));
    return one_column(s, "database name", names, count);
}

static enum status show_catalogs(struct shower *s) {
    struct str *names = NULL;
    uint32_t count = 0;
    TRY(catalog_catalogs(s->session->catalog, s->arena, &names, &count, s->error));
    return one_column(s, "catalog name", names, count);
}

static enum status show_current(struct shower *s, bool database) {
    struct str name = database ? catalog_current_database(s->session->catalog) : catalog_current(s->session->catalog);
    return one_column(s, database ? "current database name" : "current catalog name", &name, 1);
}

static enum status show_modules(struct shower *s, bool full) {
    static const char *const names[] = {"module name", "used"};
    const struct str core[2] = {STR("core"), STR("TRUE")};
    TRY(header(s, names, full ? 2 : 1));
    s->table->booleans[full ? 1 : 0] = full;
    return s->session->core_unloaded ? STATUS_OK : add_row(s, core);
}

static int compare_names(const void *a, const void *b) { return str_compare(*(const struct str *)a, *(const struct str *)b); }

static enum status show_functions(struct shower *s) {
    uint32_t funcs = 0, aggs = 0, n = 0;
    const struct agg_func *const *agg = agg_table(&aggs);
    struct str database, catalog;
    TRY(space_of(s, "FUNCTIONS", &catalog, &database));
    if (s->session->core_unloaded) return one_column(s, "function name", NULL, 0);
    while (func_at(funcs) != NULL) funcs++;
    struct str *names = ARENA_ARRAY(s->arena, struct str, funcs + aggs);
    if (names == NULL) return no_memory(s);
    for (uint32_t i = 0; i < funcs; i++) {
        const struct func *f = func_at(i);
        if ((f->flags & (FUNC_OPERATOR | FUNC_INTERNAL)) == 0) names[n++] = f->name;
    }
    for (uint32_t i = 0; i < aggs; i++) {
        if (agg[i]->name.at[0] != '$') names[n++] = agg[i]->name;
    }
    qsort(names, n, sizeof *names, compare_names);
    return one_column(s, "function name", names, n);
}

/* ---- tables ----------------------------------------------------------------------------------------- */

static enum status find_table(struct shower *s, const struct table **ret) {
    struct table_path path;
    struct table *t = NULL;
    TRY(catalog_resolve(s->session->catalog, s->stmt->name, &path, s->error));
    enum status st = catalog_lookup(s->session->catalog, &path, &t, s->error);
    if (st != STATUS_OK && s->error != NULL && s->error->span.end == 0) s->error->span = s->stmt->name->span;
    *ret = t;
    if (st != STATUS_OK || t != NULL) return st;
    return unknown_table(s->session->catalog, s->arena, s->stmt->name, &path, s->error);
}

static struct str keep(struct shower *s, struct buf *text) {
    struct str r = text->failed ? (struct str){0} : arena_str(s->arena, buf_view(text));
    buf_reset(text);
    return r;
}

static enum status describe_column(struct shower *s, const struct table *t, uint32_t i, struct buf *text) {
    const struct column *c = &t->columns[i];
    struct str cells[7] = {c->name, {0}, c->type->nullable ? STR("TRUE") : STR("FALSE"), {0}, {0}, {0}, c->comment};
    type_summary(text, type_nullable(s->session->types, c->type, true));
    cells[1] = keep(s, text);
    for (uint32_t k = 0; k < t->key_count; k++) {
        if (t->key[k] != i) continue;
        buf_text(text, "PRI(");
        for (uint32_t j = 0; j < t->key_count; j++) buf_format(text, "%s%.*s", j > 0 ? ", " : "", STR_ARG(t->columns[t->key[j]].name));
        buf_char(text, ')');
        cells[3] = keep(s, text);
    }
    if (c->kind == AST_COMPUTED) {
        buf_text(text, "AS ");
        unparse_expr_full(text, c->expr);
    }
    if (c->kind == AST_METADATA) {
        buf_text(text, "METADATA");
        if (c->metadata_key.at != NULL) buf_format(text, " FROM '%.*s'", STR_ARG(c->metadata_key));
        if (c->is_virtual) buf_text(text, " VIRTUAL");
    }
    if (c->kind != AST_PHYSICAL) cells[4] = keep(s, text);
    if (t->rowtime_column == (int32_t)i) {
        unparse_expr_full(text, t->watermark);
        cells[5] = keep(s, text);
    }
    return add_row(s, cells);
}

static enum status describe_table(struct shower *s) {
    static const char *const names[] = {"name", "type", "null", "key", "extras", "watermark", "comment"};
    bool comments = false;
    const struct table *t = NULL;
    struct buf text = BUF_INIT;
    TRY(find_table(s, &t));
    for (uint32_t i = 0; i < t->column_count; i++) comments |= t->columns[i].comment.at != NULL;
    TRY(header(s, names, comments ? 7 : 6));
    s->table->booleans[2] = true;
    enum status status = STATUS_OK;
    for (uint32_t i = 0; i < t->column_count && status == STATUS_OK; i++) {
        if (s->stmt->kind == AST_DESCRIBE || wanted(s, t->columns[i].name)) status = describe_column(s, t, i, &text);
    }
    buf_deinit(&text);
    return status;
}

static enum status show_create(struct shower *s, bool view) {
    const struct table *t = NULL;
    struct buf text = BUF_INIT;
    TRY(find_table(s, &t));
    if ((t->kind == TABLE_VIEW) != view) {
        return error_at(s->error, STATUS_INVALID, s->stmt->name->span, "SHOW CREATE %s is only supported for %ss, but `%.*s`.`%.*s`.`%.*s` is a %s. Please use SHOW CREATE %s instead.", view ? "VIEW" : "TABLE",
                        view ? "view" : "table", STR_ARG(t->catalog), STR_ARG(t->database), STR_ARG(t->name), view ? "table" : "view", view ? "TABLE" : "VIEW");
    }
    show_create_table(s->arena, &text, t);
    struct str all = keep(s, &text);
    buf_deinit(&text);
    if (all.at == NULL) return no_memory(s);
    return one_column(s, "result", &all, 1);
}

static enum status show_settings(struct shower *s) {
    static const char *const names[] = {"key", "value"};
    TRY(header(s, names, 2));
    for (uint32_t i = 0; i < strmap_count(s->session->settings); i++) {
        const struct strmap_entry *e = strmap_at(s->session->settings, i);
        struct str cells[2] = {e->key, *(const struct str *)e->value};
        TRY(add_row(s, cells));
    }
    return STATUS_OK;
}

/* ---- catalogs, databases, partitions ----------------------------------------------------------------- */

static enum status find_catalog(struct shower *s, const struct catalog_info **ret) {
    struct str name = s->stmt->name->parts[0];
    *ret = catalog_info(s->session->catalog, name);
    if (*ret != NULL && !(*ret)->builtin && s->stmt->name->count == 1) return STATUS_OK;
    error_at(s->error, STATUS_NOT_FOUND, s->stmt->name->span, "Cannot obtain metadata information from Catalog %.*s.", STR_ARG(name));
    return *ret == NULL ? catalog_missing(s->session->catalog, name, s->error) : STATUS_NOT_FOUND;
}

static enum status show_create_catalog(struct shower *s) {
    const struct catalog_info *c = NULL;
    struct buf text = BUF_INIT;
    TRY(find_catalog(s, &c));
    buf_text(&text, "CREATE CATALOG ");
    show_identifier(&text, c->name);
    buf_char(&text, '\n');
    if (c->comment.at != NULL) {
        buf_text(&text, "COMMENT ");
        show_quoted(&text, c->comment);
        buf_char(&text, '\n');
    }
    buf_text(&text, "WITH ");
    show_options(s->arena, &text, &c->options);
    buf_char(&text, '\n');
    struct str all = keep(s, &text);
    buf_deinit(&text);
    return all.at == NULL ? no_memory(s) : one_column(s, "result", &all, 1);
}

/* Rows "option:k" in the order of the keys. */
static enum status option_rows(struct shower *s, const struct list *options, bool with_type) {
    const struct ast_option **sorted = show_sorted_options(s->arena, options);
    if (sorted == NULL) return no_memory(s);
    for (uint32_t i = 0; i < options->count; i++) {
        if (!with_type && str_equal(sorted[i]->key, STR("type"))) continue;
        struct str row[2] = {arena_format(s->arena, "option:%.*s", STR_ARG(sorted[i]->key)), sorted[i]->value};
        TRY(add_row(s, row));
    }
    return STATUS_OK;
}

static const char *const info_names[] = {"info name", "info value"};

static enum status describe_catalog(struct shower *s) {
    const struct catalog_info *c = NULL;
    TRY(find_catalog(s, &c));
    const struct str rows[3][2] = {{STR("name"), c->name}, {STR("type"), c->type}, {STR("comment"), c->comment.at == NULL ? STR("") : c->comment}};
    TRY(header(s, info_names, 2));
    for (int i = 0; i < 3; i++) TRY(add_row(s, rows[i]));
    return s->stmt->extended ? option_rows(s, &c->options, false) : STATUS_OK;
}

/* Flink's parser knows the statement and its planner does not: the rows are laid out as those of a catalog. */
static enum status describe_database(struct shower *s) {
    const struct ast_name *n = s->stmt->name;
    struct str catalog = n->count > 1 ? n->parts[0] : catalog_current(s->session->catalog), name = n->parts[n->count - 1];
    struct database_info info;
    TRY(catalog_database(s->session->catalog, catalog, name, &info, s->error));
    const struct str rows[3][2] = {{STR("name"), name}, {STR("catalog"), catalog}, {STR("comment"), info.comment.at == NULL ? STR("") : info.comment}};
    TRY(header(s, info_names, 2));
    for (int i = 0; i < 3; i++) TRY(add_row(s, rows[i]));
    return s->stmt->extended ? option_rows(s, &info.options, true) : STATUS_OK;
}

static const struct str *part_value(const struct list *values, struct str key) {
    for (uint32_t i = 0; i < values->count; i++) {
        const struct ast_option *o = values->at[i];
        if (str_equal(o->key, key)) return &o->value;
    }
    return NULL;
}

static bool part_wanted(const struct shower *s, const struct ast_partition *part) {
    for (uint32_t i = 0; i < s->stmt->partitions.count; i++) {
        const struct ast_option *o = s->stmt->partitions.at[i];
        const struct str *v = part_value(&part->values, o->key);
        if (v == NULL || !str_equal(*v, o->value)) return false;
    }
    return true;
}

/* What ALTER TABLE ADD PARTITION said: as in Flink's catalog in memory, folders of files are not looked at. */
static enum status show_partitions(struct shower *s) {
    static const char *const title = "partition name";
    const struct table *t = NULL;
    struct buf text = BUF_INIT;
    TRY(find_table(s, &t));
    if (t->partitioned_by.count == 0) return error_at(s->error, STATUS_INVALID, s->stmt->name->span, "Table %.*s.%.*s in catalog %.*s is not partitioned.", STR_ARG(t->database), STR_ARG(t->name), STR_ARG(t->catalog));
    TRY(header(s, &title, 1));
    for (uint32_t i = 0; i < t->partitions.count; i++) {
        const struct ast_partition *part = t->partitions.at[i];
        if (!part_wanted(s, part)) continue;
        for (uint32_t k = 0; k < t->partitioned_by.count; k++) {
            struct str key = *(const struct str *)t->partitioned_by.at[k];
            const struct str *v = part_value(&part->values, key);
            buf_format(&text, "%s%.*s=%.*s", k > 0 ? "/" : "", STR_ARG(key), STR_ARG(*v));
        }
        struct str cell = keep(s, &text);
        TRY(cell.at == NULL ? no_memory(s) : add_row(s, &cell));
    }
    buf_deinit(&text);
    return STATUS_OK;
}

/* ---- functions ---------------------------------------------------------------------------------------- */

struct described { const char *kind, *signature, *doc, *example; bool deterministic; };

static bool describe_find(struct str name, struct described *ret) {
    const struct func *f = func_find(name);
    const struct agg_func *g = f == NULL ? agg_find(name) : NULL;
    if (f != NULL && (f->flags & (FUNC_OPERATOR | FUNC_INTERNAL)) == 0) {
        *ret = (struct described){"SCALAR", f->signature, f->doc, f->example, (f->flags & FUNC_NOT_DETERMINISTIC) == 0};
        return true;
    }
    if (g == NULL || name.at[0] == '$') return false;
    *ret = (struct described){"AGGREGATE", g->signature, g->doc, g->example, true};
    return true;
}

static enum status no_function(struct shower *s, struct str name) {
    error_at(s->error, STATUS_NOT_FOUND, s->stmt->name->span, "Function with the identifier '`%.*s`' doesn't exist.", STR_ARG(name));
    struct str near = func_nearest(name);
    return near.size_bytes > 0 ? error_hint(s->error, "Did you mean '%.*s'?", STR_ARG(near)) : STATUS_NOT_FOUND;
}

/* Flink's rows, and then what the function's own row says. */
static enum status describe_function(struct shower *s) {
    struct str name = s->stmt->name->parts[s->stmt->name->count - 1];
    struct described d;
    if (!describe_find(name, &d) || s->session->core_unloaded) return no_function(s, name);
    const char *constant = d.deterministic ? "true" : "false";
    const char *const rows[][2] = {{"is system function", "true"}, {"is temporary", "false"}, {"kind", d.kind}, {"requirements", "[]"}, {"is deterministic", constant},
                                   {"supports constant folding", constant}, {"signature", d.signature}, {"description", d.doc}, {"example", d.example}};
    TRY(header(s, info_names, 2));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool brief = i < 2 || i == 6 || i == 7;
        const struct str row[2] = {str_of(rows[i][0]), str_of(rows[i][1])};
        if (row[1].at != NULL && (brief || s->stmt->extended)) TRY(add_row(s, row));
    }
    return STATUS_OK;
}

/* ---- jobs ----------------------------------------------------------------------------------------------- */

static const char *const job_names[] = {"job id", "job name", "status", "start time"};

static enum status job_row(struct shower *s, const struct session_job *j) {
    struct buf text = BUF_INIT;
    ts_print(&text, zone_to_local(s->session->eval.zone, ts_from_millis(j->start_us / 1000)), 3);
    const struct str row[4] = {j->id, j->name, str_of(j->status), keep(s, &text)};
    buf_deinit(&text);
    return row[3].at == NULL ? no_memory(s) : add_row(s, row);
}

static enum status show_jobs(struct shower *s) {
    TRY(header(s, job_names, 4));
    for (uint32_t i = s->session->jobs.count; i > 0; i--) TRY(job_row(s, s->session->jobs.at[i - 1]));
    return STATUS_OK;
}

static enum status describe_job(struct shower *s) {
    const struct session_job *j = session_job_find(s->session, s->stmt->value);
    if (j == NULL) {
        error_at(s->error, STATUS_NOT_FOUND, s->stmt->span, "Described job %.*s does not exist in this session", STR_ARG(s->stmt->value));
        return error_hint(s->error, "SHOW JOBS lists its jobs");
    }
    TRY(header(s, job_names, 4));
    return job_row(s, j);
}

/* ---- the choice --------------------------------------------------------------------------------------- */

static enum status refuse(struct shower *s) {
    struct binder b = ddl_binder(s->session, STR(""), s->error);
    return ddl_refuse(&b, s->stmt);
}

static enum status describe(struct shower *s) {
    struct str what = s->stmt->text;
    if (str_equal(what, STR("TABLE")) || what.size_bytes == 0) return describe_table(s);
    if (str_equal(what, STR("FUNCTION"))) return describe_function(s);
    if (str_equal(what, STR("CATALOG"))) return describe_catalog(s);
    if (str_equal(what, STR("DATABASE"))) return describe_database(s);
    if (str_equal(what, STR("JOB"))) return describe_job(s);
    return refuse(s);
}

static enum status show(struct shower *s) {
    struct str what = s->stmt->text;
    if (str_equal(what, STR("TABLES"))) return show_tables(s, false);
    if (str_equal(what, STR("VIEWS"))) return show_tables(s, true);
    if (str_equal(what, STR("DATABASES"))) return show_databases(s);
    if (str_equal(what, STR("CATALOGS"))) return show_catalogs(s);
    if (str_equal(what, STR("CURRENT DATABASE"))) return show_current(s, true);
    if (str_equal(what, STR("CURRENT CATALOG"))) return show_current(s, false);
    if (str_equal(what, STR("FUNCTIONS"))) return show_functions(s);
    if (str_equal(what, STR("USER FUNCTIONS"))) return show_nothing(s, "FUNCTIONS", "function name");
    if (str_equal(what, STR("COLUMNS"))) return describe_table(s);
    if (str_equal(what, STR("PARTITIONS"))) return show_partitions(s);
    if (str_equal(what, STR("CREATE TABLE"))) return show_create(s, false);
    if (str_equal(what, STR("CREATE VIEW"))) return show_create(s, true);
    if (str_equal(what, STR("CREATE CATALOG"))) return show_create_catalog(s);
    if (str_equal(what, STR("MODULES"))) return show_modules(s, false);
    if (str_equal(what, STR("FULL MODULES"))) return show_modules(s, true);
    if (str_equal(what, STR("JOBS"))) return show_jobs(s);
    if (str_equal(what, STR("JARS"))) return one_column(s, "jars", NULL, 0);
    if (str_equal(what, STR("MODELS"))) return show_nothing(s, "MODELS", "model name");
    if (str_equal(what, STR("MATERIALIZED TABLES"))) return show_nothing(s, "MATERIALIZED TABLES", "materialized table");
    return refuse(s);
}

enum status plan_show(struct session *session, struct arena *a, const struct ast_statement *stmt, struct text_table *ret, struct error *e) {
    struct shower s = {session, a, ret, stmt, e};
    assert(ret != NULL);
    ddl_attach(session);
    if (stmt->kind == AST_SET) return show_settings(&s);
    enum status st = stmt->kind == AST_SHOW ? show(&s) : describe(&s);
    if (st != STATUS_OK && e != NULL && e->span.end == 0) e->span = stmt->name != NULL ? stmt->name->span : stmt->span;
    return st;
}
