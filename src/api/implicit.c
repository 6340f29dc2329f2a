/* SPDX-License-Identifier: Apache-2.0 */
/*
 * implicit: finds names of tables in a statement's tokens: what stands behind FROM, JOIN, TABLE or
 * DESCRIBE. This is coarser than binding, but it happens before: a table that a user defined under
 * the same name wins, and a common table expression of the name `stdin` only costs a look at the input.
 */
#include "api/implicit.h"

#include "connector/infer.h"
#include "connector/path_pattern.h"
#include "sql/lexer.h"

#include <assert.h>

static bool takes_table(const struct token *t) {
    static const struct str words[] = {{"FROM", 4}, {"JOIN", 4}, {"TABLE", 5}, {"DESCRIBE", 8}, {"DESC", 4}};
    for (size_t i = 0; t->kind == TOKEN_WORD && i < sizeof words / sizeof *words; i++) {
        if (str_equal_ignore_case(t->text, words[i])) return true;
    }
    return false;
}

/* A file must be one of these to be missed; any other name with a dot may be a table's. */
static bool is_path(struct str name) {
    static const struct str endings[] = {{".json", 5}, {".jsonl", 6}, {".ndjson", 7}, {".csv", 4}, {".txt", 4}, {".log", 4}};
    if (memchr(name.at, '/', name.size_bytes) != NULL || path_is_pattern(name)) return true;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t n = endings[i].size_bytes;
        if (name.size_bytes > n && memcmp(name.at + name.size_bytes - n, endings[i].at, n) == 0) return true;
    }
    return false;
}

static enum status infer_path(struct session *s, struct env *env, struct str path, struct table **ret, struct error *e) {
    struct env_stat stat = {.kind = ENV_MISSING};
    if (!is_path(path)) { /* a name without a dot may still be a folder's */
        struct error ignored = ERROR_INIT;
        if (env_stat(env, path, &stat, &ignored) != STATUS_OK || stat.kind == ENV_MISSING) return STATUS_OK;
    }
    struct str kept = arena_str(s->arena, path); /* the table outlives the statement */
    return kept.at == NULL ? error_no_memory(e, path.size_bytes) : infer_file(env, s->arena, s->types, kept, ret, e);
}

/* name stands where a table is read, and behind is the token that follows. */
static enum status look_at(struct session *s, struct env *env, const struct token *name, const struct token *behind, bool with_stdin, struct error *e) {
    bool is_name = name->kind == TOKEN_WORD || name->kind == TOKEN_QUOTED_NAME;
    if (!is_name || behind->symbol == SYM_LPAREN || behind->symbol == SYM_DOT) return STATUS_OK;
    struct table_path path = {catalog_current(s->catalog), catalog_current_database(s->catalog), name->text};
    if (catalog_find(s->catalog, &path) != NULL) return STATUS_OK;
    struct table *t = NULL;
    if (with_stdin && str_equal(name->text, STR("stdin"))) {
        if (env_isatty(env, env_stdin(env))) {
            error_set(e, STATUS_NOT_FOUND, "Nothing is piped in: stdin is the terminal");
            return error_hint(e, "As in: cat data.csv | weir \"SELECT * FROM stdin\"; a file is read by its name in back-ticks: FROM `data.csv`");
        }
        TRY(infer_stdin(env, s->arena, s->types, &t, e));
    } else if (name->kind == TOKEN_QUOTED_NAME && name->text.size_bytes > 0) {
        TRY(infer_path(s, env, name->text, &t, e));
    }
    if (t == NULL) return STATUS_OK;
    t->catalog = path.catalog;
    t->database = path.database;
    t->name = path.table = arena_str(s->arena, path.table);
    if (t->name.at == NULL) return error_no_memory(e, 0);
    t->temporary = true;
    return catalog_add(s->catalog, &path, t, true, name->span, e);
}

/* Names are looked up in the session; the tokens are of this call alone. */
static enum status look_through(struct session *session, struct env *env, struct arena *a, struct str sql, struct span span, bool with_stdin, struct error *e) {
    struct token *tokens = NULL;
    uint32_t count = 0;
    struct error ignored = ERROR_INIT;
    struct str text = {sql.at + span.begin, span.end - span.begin};
    if (lexer_tokens(a, text, &tokens, &count, &ignored) != STATUS_OK) return STATUS_OK; /* the parser tells */
    for (uint32_t i = 0; i + 2 < count; i++) {
        if (!takes_table(&tokens[i])) continue;
        enum status s = look_at(session, env, &tokens[i + 1], &tokens[i + 2], with_stdin, e);
        if (s == STATUS_OK) continue;
        if (e != NULL) e->span = (struct span){tokens[i + 1].span.begin + span.begin, tokens[i + 1].span.end + span.begin};
        return s;
    }
    return STATUS_OK;
}

enum status implicit_tables(struct session *session, struct env *env, struct str sql, struct span span, bool with_stdin, struct error *e) {
    assert(span.begin <= span.end && span.end <= sql.size_bytes);
    struct arena *a = arena_new("implicit", 0);
    if (a == NULL) return error_no_memory(e, 0);
    enum status s = look_through(session, env, a, sql, span, with_stdin, e);
    arena_free(a);
    return s;
}
