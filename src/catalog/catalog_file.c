/* SPDX-License-Identifier: Apache-2.0 */
/*
 * catalog_file: files of a catalog. Each is written beside its place, synced and renamed into it, so that a crash
 * or another process never leaves half a definition. Nothing is remembered: what another process or
 * an editor wrote is there at the next look. Two processes that define the same table at the same moment both succeed,
 * and the later one's definition stands.
 */
#include "catalog/catalog_file.h"

#include "sql/parser.h"
#include "sql/unparse.h"

#include <assert.h>

enum { FILE_BYTES_MAX = 1 << 20 };
static const char ENDING[] = ".sql";
static const char DESCRIPTION[] = "_database.sql";

/* ---- names ---- */

static bool is_plain(unsigned char c, bool first) {
    bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c >= 0x80;
    return word || (!first && (c == '_' || c == '-'));
}

struct str catalog_file_name(struct arena *a, struct str name, const char *ending) {
    struct buf out = BUF_INIT;
    for (size_t i = 0; i < name.size_bytes; i++) {
        if (is_plain((unsigned char)name.at[i], i == 0)) buf_char(&out, name.at[i]);
        else buf_format(&out, "%%%02X", (unsigned char)name.at[i]);
    }
    buf_text(&out, ending);
    struct str r = out.failed ? (struct str){NULL, 0} : arena_str(a, buf_view(&out));
    buf_deinit(&out);
    return r;
}

static int hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

struct str catalog_file_object(struct arena *a, struct str file, const char *ending) {
    struct str none = {NULL, 0};
    size_t n = strlen(ending), at = 0;
    if (file.size_bytes <= n || memcmp(file.at + file.size_bytes - n, ending, n) != 0) return none;
    if (file.at[0] == '.' || file.at[0] == '_') return none;
    char *name = arena_bytes(a, file.size_bytes + 1);
    for (size_t i = 0; name != NULL && i < file.size_bytes - n; i++) {
        bool coded = file.at[i] == '%' && i + 2 < file.size_bytes && hex(file.at[i + 1]) >= 0 && hex(file.at[i + 2]) >= 0;
        name[at++] = coded ? (char)(hex(file.at[i + 1]) * 16 + hex(file.at[i + 2])) : file.at[i];
        if (coded) i += 2;
    }
    return name == NULL ? none : (struct str){name, at};
}

static enum status path_of(struct arena *a, struct str root, struct str database, const struct str *table, struct str *ret, struct error *e) {
    struct str folder = catalog_file_name(a, database, ""), file = table == NULL ? STR("") : catalog_file_name(a, *table, ENDING);
    if (folder.at == NULL || file.at == NULL) return error_no_memory(e, 0);
    *ret = arena_format(a, table == NULL ? "%.*s/%.*s%.*s" : "%.*s/%.*s/%.*s", STR_ARG(root), STR_ARG(folder), STR_ARG(file));
    return ret->at == NULL ? error_no_memory(e, 0) : STATUS_OK;
}

/* ---- whole files ---- */

enum status catalog_file_publish(struct env *env, struct arena *a, struct str path, struct str text, struct error *e) {
    struct env_file *f = NULL;
    size_t slash = path.size_bytes;
    while (slash > 0 && path.at[slash - 1] != '/') slash--;
    struct str draft = arena_format(a, "%.*s.%016llx.tmp", (int)slash, path.at, (unsigned long long)env_random(env));
    if (draft.at == NULL) return error_no_memory(e, 0);
    TRY(env_open(env, draft, ENV_WRITE_NEW, &f, e));
    enum status s = env_write(env, f, text.at, text.size_bytes, e);
    if (s == STATUS_OK) s = env_sync(env, f, e);
    env_close(env, f);
    if (s == STATUS_OK) s = env_rename(env, draft, path, e);
    if (s == STATUS_OK) return s;
    struct error ignored = ERROR_INIT;
    (void)env_remove(env, draft, &ignored);
    return s;
}

static enum status read_if_there(struct env *env, struct arena *a, struct str path, struct str *ret, struct error *e) {
    struct env_stat st;
    *ret = (struct str){NULL, 0};
    TRY(env_stat(env, path, &st, e));
    if (st.kind != ENV_FILE) return STATUS_OK;
    return env_read_file(env, a, path, FILE_BYTES_MAX, ret, e);
}

/* ---- databases ---- */

enum status catalog_file_open(struct env *env, struct arena *a, struct str root, struct str database, struct error *e) {
    struct str path;
    TRY(path_of(a, root, database, NULL, &path, e));
    return env_mkdirs(env, path, e);
}

enum status catalog_file_has_database(struct env *env, struct arena *a, struct str root, struct str database, bool *ret, struct error *e) {
    struct str path;
    struct env_stat st;
    TRY(path_of(a, root, database, NULL, &path, e));
    TRY(env_stat(env, path, &st, e));
    *ret = database.size_bytes > 0 && st.kind == ENV_DIRECTORY;
    return STATUS_OK;
}

enum status catalog_file_databases(struct env *env, struct arena *a, struct str root, struct str **ret, uint32_t *ret_count, struct error *e) {
    struct str *names = NULL;
    uint32_t count = 0, kept = 0;
    TRY(env_list(env, a, root, &names, &count, e));
    for (uint32_t i = 0; i < count; i++) {
        struct env_stat st;
        struct str path = arena_format(a, "%.*s/%.*s", STR_ARG(root), STR_ARG(names[i])), name = catalog_file_object(a, names[i], "");
        if (path.at == NULL) return error_no_memory(e, 0);
        TRY(env_stat(env, path, &st, e));
        if (name.at != NULL && st.kind == ENV_DIRECTORY) names[kept++] = name;
    }
    *ret = names;
    *ret_count = kept;
    return STATUS_OK;
}

enum status catalog_file_add_database(struct env *env, struct arena *a, struct str root, struct str database, const struct database_info *info, struct error *e) {
    struct str path;
    TRY(path_of(a, root, database, NULL, &path, e));
    TRY(env_mkdirs(env, path, e));
    if (info->comment.at == NULL && info->options.count == 0) return STATUS_OK;
    struct ast_name name = {.count = 1, .parts = &database};
    struct ast_statement s = {.kind = AST_CREATE_DATABASE, .object = STR("DATABASE"), .name = &name, .comment = info->comment, .options = info->options};
    struct buf out = BUF_INIT;
    unparse_statement(&out, &s);
    buf_text(&out, ";\n");
    path = arena_format(a, "%.*s/%s", STR_ARG(path), DESCRIPTION);
    enum status st = out.failed || path.at == NULL ? error_no_memory(e, 0) : catalog_file_publish(env, a, path, buf_view(&out), e);
    buf_deinit(&out);
    return st;
}

enum status catalog_file_describe(struct env *env, struct arena *a, struct str root, struct str database, struct database_info *ret, struct error *e) {
    struct str path, text;
    struct list statements = {0};
    TRY(path_of(a, root, database, NULL, &path, e));
    path = arena_format(a, "%.*s/%s", STR_ARG(path), DESCRIPTION);
    if (path.at == NULL) return error_no_memory(e, 0);
    TRY(read_if_there(env, a, path, &text, e));
    *ret = (struct database_info){.comment = {NULL, 0}};
    if (text.at == NULL) return STATUS_OK;
    if (parse_script(a, text, &statements, e) != STATUS_OK) {
        if (e != NULL) e->span = (struct span){0, 0};
        return error_wrap(e, "File '%.*s'", STR_ARG(path));
    }
    const struct ast_statement *s = statements.count == 0 ? NULL : statements.at[0];
    if (s == NULL || s->kind != AST_CREATE_DATABASE) return error_set(e, STATUS_INVALID, "File '%.*s' must hold one CREATE DATABASE", STR_ARG(path));
    ret->comment = s->comment;
    ret->options = s->options;
    return STATUS_OK;
}

enum status catalog_file_drop_database(struct env *env, struct arena *a, struct str root, struct str database, struct error *e) {
    struct str path;
    TRY(path_of(a, root, database, NULL, &path, e));
    return env_remove_tree(env, path, e);
}

/* ---- tables ---- */

enum status catalog_file_tables(struct env *env, struct arena *a, struct str root, struct str database, struct str **ret, uint32_t *ret_count, struct error *e) {
    struct str path, *names = NULL;
    uint32_t count = 0, kept = 0;
    TRY(path_of(a, root, database, NULL, &path, e));
    TRY(env_list(env, a, path, &names, &count, e));
    for (uint32_t i = 0; i < count; i++) {
        struct str name = catalog_file_object(a, names[i], ENDING);
        if (name.at != NULL) names[kept++] = name;
    }
    *ret = names;
    *ret_count = kept;
    return STATUS_OK;
}

enum status catalog_file_read(struct env *env, struct arena *a, struct str root, struct str database, struct str table, struct str *ret_file, struct str *ret_text, struct error *e) {
    TRY(path_of(a, root, database, &table, ret_file, e));
    return read_if_there(env, a, *ret_file, ret_text, e);
}

enum status catalog_file_write(struct env *env, struct arena *a, struct str root, struct str database, struct str table, struct str text, struct error *e) {
    struct str path;
    assert(text.at != NULL);
    TRY(path_of(a, root, database, &table, &path, e));
    return catalog_file_publish(env, a, path, text, e);
}

enum status catalog_file_remove(struct env *env, struct arena *a, struct str root, struct str database, struct str table, struct error *e) {
    struct str path;
    TRY(path_of(a, root, database, &table, &path, e));
    return env_remove(env, path, e);
}
