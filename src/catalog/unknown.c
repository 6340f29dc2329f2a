/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unknown: only error paths come here, so the names are looked up afresh. A dotted name whose last part
 * is an ending of files is most likely a file without its back-ticks.
 */
#include "catalog/unknown.h"

#include "base/suggest.h"

#include <assert.h>

static bool is_file_ending(struct str part) {
    static const char *const endings[] = {"csv", "tsv", "txt", "json", "jsonl", "ndjson", "log", "parquet"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        if (str_equal_ignore_case(part, str_of(endings[i]))) return true;
    }
    return false;
}

static void name_text(struct buf *out, const struct ast_name *name) {
    for (uint32_t i = 0; i < name->count; i++) buf_format(out, "%s%.*s", i > 0 ? "." : "", STR_ARG(name->parts[i]));
}


enum status unknown_catalog(const struct catalog *c, struct arena *a, struct str catalog, struct span span, struct error *e) {
    struct str *names = NULL;
    uint32_t count = 0;
    (void)error_at(e, STATUS_NOT_FOUND, span, "There is no catalog '%.*s'", STR_ARG(catalog));
    if (catalog_catalogs(c, a, &names, &count, NULL) == STATUS_OK) (void)suggest_hint(e, catalog, names, count, count == 1 ? "There is" : "There are");
    return STATUS_NOT_FOUND;
}

enum status unknown_database(const struct catalog *c, struct arena *a, struct str catalog, struct str database, struct span span, struct error *e) {
    struct str *names = NULL;
    uint32_t count = 0;
    if (catalog_databases(c, a, catalog, &names, &count, NULL) != STATUS_OK) return unknown_catalog(c, a, catalog, span, e);
    (void)error_at(e, STATUS_NOT_FOUND, span, "There is no database '%.*s' in the catalog '%.*s'", STR_ARG(database), STR_ARG(catalog));
    (void)suggest_hint(e, database, names, count, count == 1 ? "There is" : "There are");
    return STATUS_NOT_FOUND;
}

enum status unknown_table(const struct catalog *c, struct arena *a, const struct ast_name *name, const struct table_path *p, struct error *e) {
    struct str *names = NULL;
    uint32_t count = 0;
    struct buf full = BUF_INIT;
    assert(name->count > 0);
    name_text(&full, name);
    bool file = name->count > 1 && is_file_ending(p->table);
    if (!file && name->count > 1 && catalog_tables(c, a, p->catalog, p->database, false, &names, &count, NULL) != STATUS_OK) {
        buf_deinit(&full);
        uint32_t part = name->count - 2;
        struct str *databases = NULL;
        bool catalog = name->count > 2 && catalog_databases(c, a, p->catalog, &databases, &count, NULL) != STATUS_OK;
        return unknown_database(c, a, p->catalog, p->database, name->part_spans[catalog ? 0 : part], e);
    }
    (void)error_at(e, STATUS_NOT_FOUND, name->span, "There is no table or view '%.*s'", (int)full.size_bytes, full.at == NULL ? "" : full.at);
    if (file) (void)error_hint(e, "A file stands in back-ticks: `%.*s`", (int)full.size_bytes, full.at == NULL ? "" : full.at);
    buf_deinit(&full);
    if (file || catalog_tables(c, a, p->catalog, p->database, false, &names, &count, NULL) != STATUS_OK) return STATUS_NOT_FOUND;
    if (count == 0) (void)error_hint(e, "No table is defined yet: write CREATE TABLE first, or name a file in back-ticks: `file.csv`");
    (void)suggest_hint(e, p->table, names, count, count == 1 ? "There is" : "There are");
    return STATUS_NOT_FOUND;
}

const struct table *unknown_column_owner(const struct catalog *c, struct arena *a, struct str column) {
    enum { TABLES_MAX = 1000 };
    struct table_path p = {catalog_current(c), catalog_current_database(c), {NULL, 0}};
    struct str *names = NULL;
    uint32_t count = 0;
    if (catalog_tables(c, a, p.catalog, p.database, false, &names, &count, NULL) != STATUS_OK) return NULL;
    for (uint32_t i = 0; i < count && i < TABLES_MAX; i++) {
        p.table = names[i];
        const struct table *t = catalog_find(c, &p);
        for (uint32_t k = 0; t != NULL && k < t->column_count; k++) {
            if (str_equal(t->columns[k].name, column)) return t;
        }
    }
    return NULL;
}
