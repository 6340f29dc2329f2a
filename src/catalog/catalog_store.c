/* SPDX-License-Identifier: Apache-2.0 */
/*
 * catalog_store: the store of catalog definitions, and the check of a catalog's options. Of YAML only
 * what such files hold is read: `key: value` lines, values plain or in single or double quotes,
 * comments, blank lines. A catalog's comment, which Flink's store does not keep, goes into a first comment line.
 */
#include "catalog/catalog_store.h"

#include "catalog/catalog_file.h"

#include <assert.h>

enum { STORE_BYTES_MAX = 1 << 16 };
static const char ENDING[] = ".yaml";

/* ---- options ---- */

static const struct { const char *type; const char *keys[4]; } catalog_types[] = {
    {"generic_in_memory", {"default-database", "property-version", NULL}},
    {"file", {"default-database", "path", "property-version", NULL}},
};
enum { TYPE_COUNT = sizeof catalog_types / sizeof *catalog_types };

static enum status unknown_type(const struct ast_option *type, struct error *e) {
    struct str names[TYPE_COUNT];
    for (size_t i = 0; i < TYPE_COUNT; i++) names[i] = str_of(catalog_types[i].type);
    struct str near = str_nearest(type->value, names, TYPE_COUNT);
    error_at(e, STATUS_UNSUPPORTED, type->value_span, "There is no catalog of type '%.*s'", STR_ARG(type->value));
    if (near.size_bytes > 0) return error_hint(e, "Did you mean '%.*s'?", STR_ARG(near));
    return error_hint(e, "Available: generic_in_memory, file");
}

static enum status check_key(const struct ast_option *o, size_t type, struct error *e) {
    struct str names[4];
    size_t count = 0;
    if (str_equal(o->key, STR("type"))) return STATUS_OK;
    for (; catalog_types[type].keys[count] != NULL; count++) {
        names[count] = str_of(catalog_types[type].keys[count]);
        if (str_equal(o->key, names[count])) return STATUS_OK;
    }
    error_at(e, STATUS_OPTION, o->key_span, "Unsupported option '%.*s' of a catalog of type '%s'", STR_ARG(o->key), catalog_types[type].type);
    struct str near = str_nearest(o->key, names, count);
    if (near.size_bytes > 0) return error_hint(e, "Did you mean '%.*s'?", STR_ARG(near));
    return error_hint(e, "Supported: default-database, property-version%s", type == 1 ? ", path" : "");
}

enum status catalog_options_check(const struct list *options, struct str *ret_path, struct error *e) {
    const struct ast_option *type = NULL;
    size_t row = 0;
    struct str path = {NULL, 0};
    for (uint32_t i = 0; i < options->count; i++) {
        const struct ast_option *o = options->at[i];
        if (str_equal(o->key, STR("type"))) type = o;
        if (str_equal(o->key, STR("path"))) path = o->value;
    }
    if (type == NULL) return error_set(e, STATUS_OPTION, "Catalog options do not contain an option key 'type' for discovering a catalog.");
    while (row < TYPE_COUNT && !str_equal(type->value, str_of(catalog_types[row].type))) row++;
    if (row == TYPE_COUNT) return unknown_type(type, e);
    for (uint32_t i = 0; i < options->count; i++) TRY(check_key(options->at[i], row, e));
    bool files = str_equal(type->value, STR("file"));
    if (files && path.size_bytes == 0) return error_at(e, STATUS_OPTION, type->span, "A catalog of type 'file' needs the option 'path': the folder of its definitions");
    *ret_path = files ? path : (struct str){NULL, 0};
    return STATUS_OK;
}

/* ---- YAML ---- */

static struct str trim(struct str s) {
    while (s.size_bytes > 0 && (s.at[0] == ' ' || s.at[0] == '\t')) s.at++, s.size_bytes--;
    while (s.size_bytes > 0 && (unsigned char)s.at[s.size_bytes - 1] <= ' ') s.size_bytes--;
    return s;
}

/* A scalar without its quotes: '' inside of single ones, \ inside of double ones. */
static struct str scalar(struct arena *a, struct str s) {
    char quote = s.size_bytes >= 2 ? s.at[0] : '\0';
    if ((quote != '\'' && quote != '"') || s.at[s.size_bytes - 1] != quote) return s;
    char *at = arena_bytes(a, s.size_bytes);
    size_t n = 0;
    for (size_t i = 1; at != NULL && i + 1 < s.size_bytes; i++) {
        bool doubled = quote == '\'' && s.at[i] == '\'', escaped = quote == '"' && s.at[i] == '\\';
        if ((doubled || escaped) && i + 2 < s.size_bytes) i++;
        at[n++] = s.at[i];
    }
    return (struct str){at, at == NULL ? 0 : n};
}

static const char *colon_of(struct str line) {
    char quote = line.size_bytes > 0 && (line.at[0] == '\'' || line.at[0] == '"') ? line.at[0] : '\0';
    for (size_t i = quote == '\0' ? 0 : 1; i < line.size_bytes; i++) {
        if (quote != '\0' && line.at[i] == quote) quote = '\0';
        bool end = i + 1 == line.size_bytes || line.at[i + 1] == ' ';
        if (quote == '\0' && line.at[i] == ':' && end) return line.at + i;
    }
    return NULL;
}

static enum status read_line(struct arena *a, struct str line, struct list *options, bool *ret_ok, struct error *e) {
    const char *colon = colon_of(line);
    *ret_ok = colon != NULL;
    if (colon == NULL) return STATUS_OK;
    struct ast_option *o = ARENA_NEW(a, struct ast_option);
    if (o == NULL) return error_no_memory(e, sizeof *o);
    *o = (struct ast_option){.key = scalar(a, trim((struct str){line.at, (size_t)(colon - line.at)}))};
    o->value = scalar(a, trim((struct str){colon + 1, line.size_bytes - (size_t)(colon + 1 - line.at)}));
    if (o->key.at == NULL || o->value.at == NULL) return error_no_memory(e, 0);
    return list_push(options, a, o);
}

enum status catalog_store_read(struct env *env, struct arena *a, struct str store, struct catalog_info *info, bool *ret_found, struct error *e) {
    struct str file = catalog_file_name(a, info->name, ENDING), text = {NULL, 0}, path = {NULL, 0};
    struct env_stat st;
    if (file.at != NULL) path = arena_format(a, "%.*s/%.*s", STR_ARG(store), STR_ARG(file));
    if (path.at == NULL) return error_no_memory(e, 0);
    TRY(env_stat(env, path, &st, e));
    *ret_found = st.kind == ENV_FILE;
    if (!*ret_found) return STATUS_OK;
    TRY(env_read_file(env, a, path, STORE_BYTES_MAX, &text, e));
    uint32_t number = 1;
    for (size_t i = 0; i < text.size_bytes; number++) {
        const char *end = memchr(text.at + i, '\n', text.size_bytes - i);
        size_t n = end == NULL ? text.size_bytes - i : (size_t)(end - text.at) - i;
        struct str line = trim((struct str){text.at + i, n});
        bool ok = true;
        i += n + 1;
        static const char COMMENT[] = "# comment: ";
        size_t c = sizeof COMMENT - 1;
        if (number == 1 && line.size_bytes >= c && memcmp(line.at, COMMENT, c) == 0) info->comment = scalar(a, (struct str){line.at + c, line.size_bytes - c});
        if (line.size_bytes == 0 || line.at[0] == '#' || str_equal(line, STR("---"))) continue;
        TRY(read_line(a, line, &info->options, &ok, e));
        if (!ok) return error_set(e, STATUS_INVALID, "File '%.*s', line %u: expected 'key: value', found '%.*s'", STR_ARG(path), number, STR_ARG(line));
    }
    return STATUS_OK;
}

static void write_scalar(struct buf *out, struct str s) {
    buf_char(out, '\'');
    for (size_t i = 0; i < s.size_bytes; i++) {
        if (s.at[i] == '\'') buf_char(out, '\'');
        buf_char(out, s.at[i] == '\n' || s.at[i] == '\r' ? ' ' : s.at[i]);
    }
    buf_char(out, '\'');
}

enum status catalog_store_write(struct env *env, struct arena *a, struct str store, const struct catalog_info *info, struct error *e) {
    struct buf out = BUF_INIT;
    struct str file = catalog_file_name(a, info->name, ENDING), path = {NULL, 0};
    if (file.at != NULL) path = arena_format(a, "%.*s/%.*s", STR_ARG(store), STR_ARG(file));
    if (info->comment.at != NULL) {
        buf_text(&out, "# comment: ");
        write_scalar(&out, info->comment);
        buf_char(&out, '\n');
    }
    for (uint32_t i = 0; i < info->options.count; i++) {
        const struct ast_option *o = info->options.at[i];
        write_scalar(&out, o->key);
        buf_text(&out, ": ");
        write_scalar(&out, o->value);
        buf_char(&out, '\n');
    }
    enum status s = out.failed || path.at == NULL ? error_no_memory(e, 0) : env_mkdirs(env, store, e);
    if (s == STATUS_OK) s = catalog_file_publish(env, a, path, buf_view(&out), e);
    buf_deinit(&out);
    return s;
}

enum status catalog_store_remove(struct env *env, struct arena *a, struct str store, struct str name, struct error *e) {
    struct str file = catalog_file_name(a, name, ENDING), path = {NULL, 0};
    if (file.at != NULL) path = arena_format(a, "%.*s/%.*s", STR_ARG(store), STR_ARG(file));
    return path.at == NULL ? error_no_memory(e, 0) : env_remove(env, path, e);
}

enum status catalog_store_names(struct env *env, struct arena *a, struct str store, struct str **ret, uint32_t *ret_count, struct error *e) {
    struct env_stat st;
    struct str *names = NULL;
    uint32_t count = 0, kept = 0;
    TRY(env_stat(env, store, &st, e));
    if (st.kind == ENV_DIRECTORY) TRY(env_list(env, a, store, &names, &count, e));
    for (uint32_t i = 0; i < count; i++) {
        struct str name = catalog_file_object(a, names[i], ENDING);
        if (name.at != NULL) names[kept++] = name;
    }
    *ret = names;
    *ret_count = kept;
    return STATUS_OK;
}
