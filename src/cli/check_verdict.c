/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_verdict: names and errors. Names are found in the tokens of a piece, so that they are known even
 * where it cannot be parsed. An error of the parser or the binder becomes a finding: what is
 * missing because an earlier statement could not be understood is not the fault of this one.
 */
#include "cli/check_internal.h"

#include "sql/lexer.h"

#include <assert.h>
#include <stddef.h>

enum { NAME_AT_MOST = 8 };

enum status check_add(struct checker *c, enum lint_rule_id rule, struct span span, struct str message, struct str hint) {
    static const enum check_verdict verdicts[LINT_RULE_COUNT] = {
        [LINT_RULE_SYNTAX] = CHECK_INVALID, [LINT_RULE_INVALID] = CHECK_INVALID, [LINT_RULE_NO_WATERMARK] = CHECK_INVALID,
        [LINT_RULE_APPEND_ONLY_SINK] = CHECK_INVALID, [LINT_RULE_ON_CONFLICT] = CHECK_INVALID, [LINT_RULE_UNSUPPORTED] = CHECK_UNSUPPORTED, [LINT_RULE_UNKNOWN] = CHECK_UNKNOWN,
        [LINT_RULE_DIFFERS] = CHECK_DIFFERS, [LINT_RULE_INSERT_WAITS] = CHECK_DIFFERS,
    };
    struct check_finding *f = ARENA_NEW(c->arena, struct check_finding);
    if (f == NULL) return STATUS_NO_MEMORY;
    struct str none = STR("");
    *f = (struct check_finding){.rule = lint_rule(rule), .span = c->statement->span, .message = arena_str(c->arena, message),
                                .hint = hint.size_bytes == 0 ? none : arena_str(c->arena, hint)};
    if (span.end > 0 && span.end <= c->piece.size_bytes) f->span = (struct span){span.begin + c->base, span.end + c->base};
    if (f->message.at == NULL || f->hint.at == NULL) return STATUS_NO_MEMORY;
    if (verdicts[rule] > c->statement->verdict) c->statement->verdict = verdicts[rule];
    return list_push(&c->statement->findings, c->arena, f);
}

/* ---- names ------------------------------------------------------------------------------------------------- */

static bool is_name(const struct token *t) { return t->kind == TOKEN_WORD || t->kind == TOKEN_QUOTED_NAME; }

static bool is_word(const struct token *t, const char *word) { return t->kind == TOKEN_WORD && str_equal_ignore_case(t->text, str_of(word)); }

static bool is_one_of(const struct token *t, const char *const *words) {
    for (; *words != NULL; words++)
        if (is_word(t, *words)) return true;
    return false;
}

/* CREATE [words] TABLE|VIEW|FUNCTION|... [IF NOT EXISTS] a.b.c: where its last part stands; count: none. */
static uint32_t created_at(const struct token *tokens, uint32_t count, bool *ret_function) {
    static const char *const before[] = {"OR", "REPLACE", "TEMPORARY", "SYSTEM", "MATERIALIZED", "TEMP", NULL};
    static const char *const kinds[] = {"TABLE", "VIEW", "FUNCTION", "MODEL", NULL};
    static const char *const clause[] = {"IF", "NOT", "EXISTS", NULL};
    uint32_t i = 1;
    if (count < 3 || !is_word(&tokens[0], "CREATE")) return count;
    while (i < count && is_one_of(&tokens[i], before)) i++;
    if (i >= count || !is_one_of(&tokens[i], kinds)) return count;
    *ret_function = is_word(&tokens[i], "FUNCTION");
    i++;
    while (i < count && is_one_of(&tokens[i], clause)) i++;
    if (i >= count || !is_name(&tokens[i])) return count;
    while (i + 2 < count && tokens[i + 1].kind == TOKEN_SYMBOL && tokens[i + 1].symbol == SYM_DOT && is_name(&tokens[i + 2])) i += 2;
    return i;
}

static struct token *tokens_of(struct checker *c, uint32_t *ret_count) {
    struct token *tokens = NULL;
    struct error ignored = ERROR_INIT;
    *ret_count = 0;
    if (lexer_tokens(c->arena, c->piece, &tokens, ret_count, &ignored) != STATUS_OK) *ret_count = 0;
    return tokens;
}

static enum status object_make(struct checker *c, struct str name) {
    struct check_object *o = ARENA_NEW(c->arena, struct check_object);
    if (o == NULL) return STATUS_NO_MEMORY;
    *o = (struct check_object){.file_number = c->file_number, .made_by = c->statement, .opaque = true};
    return strmap_put(c->objects, name, o);
}

/* A file that makes a table which an earlier one made is another job: the old one goes. */
static void object_forget(struct checker *c, struct str name) {
    struct error ignored = ERROR_INIT;
    struct table_path path = {catalog_current(c->session->catalog), catalog_current_database(c->session->catalog), name};
    const struct check_object *old = strmap_get(c->objects, name);
    if (old == NULL || old->file_number == c->file_number) return;
    const struct table *t = catalog_find(c->session->catalog, &path);
    if (t != NULL) catalog_drop(c->session->catalog, &path, t->kind == TABLE_VIEW, t->temporary, true, (struct span){0, 0}, &ignored);
    strmap_remove(c->objects, name);
}

static void names_use(struct checker *c, const struct token *tokens, uint32_t count, uint32_t created) {
    bool drops = count > 0 && is_word(&tokens[0], "DROP");
    for (uint32_t i = 0; !drops && i < count; i++) {
        if (i == created || !is_name(&tokens[i])) continue;
        struct check_object *o = strmap_get(c->objects, tokens[i].text);
        if (o != NULL) o->used = true;
    }
}

enum status check_names(struct checker *c) {
    uint32_t count = 0;
    bool function = false;
    const struct token *tokens = tokens_of(c, &count);
    uint32_t created = count == 0 ? 0 : created_at(tokens, count, &function);
    names_use(c, tokens, count, created);
    if (count == 0 || created >= count) return STATUS_OK;
    struct str name = tokens[created].text;
    if (function) return strmap_put(c->functions, name, c->functions);
    object_forget(c, name);
    return strmap_get(c->objects, name) != NULL ? STATUS_OK : object_make(c, name);
}

struct check_object *check_created(struct checker *c) {
    uint32_t count = 0;
    bool function = false;
    const struct token *tokens = tokens_of(c, &count);
    uint32_t created = count == 0 ? 0 : created_at(tokens, count, &function);
    struct check_object *o = created < count && !function ? strmap_get(c->objects, tokens[created].text) : NULL;
    return o != NULL && o->made_by == c->statement ? o : NULL;
}

/* ---- errors --------------------------------------------------------------------------------------------------- */

static bool says(const struct error *e, const char *part) { return strstr(e->message, part) != NULL; }

/* The last part of the quoted name behind the text in the message: "Table 'a.b' not found" is b. */
static struct str named_in(const struct error *e, const char *before) {
    const char *at = strstr(e->message, before);
    if (at == NULL) return STR("");
    at += strlen(before);
    const char *end = strchr(at, '\'');
    if (end == NULL) return STR("");
    for (const char *p = at; p < end; p++)
        if (*p == '.') at = p + 1;
    return (struct str){at, (size_t)(end - at)};
}

static enum status missing_table(struct checker *c, const struct error *why, struct str name) {
    const struct check_object *o = strmap_get(c->objects, name);
    struct str text;
    if (o != NULL && o->opaque) text = arena_format(c->arena, "It uses '%.*s', which an earlier statement defines in a way that is not understood", STR_ARG(name));
    else if (str_equal(name, STR("stdin"))) text = STR("The columns of stdin are read off the input when the query runs");
    else text = arena_format(c->arena, "Table '%.*s' is not defined before", STR_ARG(name));
    if (text.at == NULL) return STATUS_NO_MEMORY;
    return check_add(c, LINT_RULE_UNKNOWN, why->span, text, str_of(why->hint));
}

static enum status missing_function(struct checker *c, const struct error *why, struct str name) {
    for (uint32_t i = 0; i < strmap_count(c->functions); i++) {
        if (!str_equal_ignore_case(strmap_at(c->functions, i)->key, name)) continue;
        struct str text = arena_format(c->arena, "'%.*s' is a user-defined function; Weir runs built-in functions only", STR_ARG(name));
        return text.at == NULL ? STATUS_NO_MEMORY : check_add(c, LINT_RULE_UNSUPPORTED, why->span, text, STR(""));
    }
    struct str text = arena_format(c->arena, "There is no built-in function '%.*s', and user-defined functions do not run", STR_ARG(name));
    return text.at == NULL ? STATUS_NO_MEMORY : check_add(c, LINT_RULE_UNSUPPORTED, why->span, text, str_of(why->hint));
}

static enum lint_rule_id rule_of(const struct error *why) {
    switch (why->status) {
    case STATUS_SYNTAX: return LINT_RULE_SYNTAX;
    case STATUS_UNSUPPORTED:
    case STATUS_LIMIT: return LINT_RULE_UNSUPPORTED;
    case STATUS_OPTION: return says(why, "must be") || says(why, "is missing") ? LINT_RULE_INVALID : LINT_RULE_UNSUPPORTED; /* Flink may know the key */
    default: break;
    }
    if (says(why, "upsert key that differs")) return LINT_RULE_ON_CONFLICT;
    if (says(why, "takes no updates")) return LINT_RULE_APPEND_ONLY_SINK;
    if (says(why, "time attribute") && !says(why, "more than one rowtime")) return LINT_RULE_NO_WATERMARK;
    return LINT_RULE_INVALID;
}

/* The placeholder of a template that the parser stumbled over at `at`: ${NAME}, {{ name }} or {% ... %}; empty: it was something else. */
static struct str placeholder(struct str text, size_t at) {
    for (size_t i = at == 0 ? 0 : at - 1; i <= at && i + 1 < text.size_bytes; i++) {
        char a = text.at[i], b = text.at[i + 1];
        if (!(a == '$' && b == '{') && !(a == '{' && (b == '{' || b == '%'))) continue;
        const char *end = memchr(text.at + i, '}', text.size_bytes - i);
        if (end == NULL) continue;
        size_t size = (size_t)(end - (text.at + i)) + 1;
        if (b == '{' && a == '{' && i + size < text.size_bytes && text.at[i + size] == '}') size++;
        return (struct str){text.at + i, size};
    }
    return STR("");
}

static enum status unfilled(struct checker *c, struct str hole) {
    struct span span = {(uint32_t)(hole.at - c->piece.at), (uint32_t)(hole.at - c->piece.at + (ptrdiff_t)hole.size_bytes)};
    struct str text = arena_format(c->arena, "The placeholder %.*s is not filled in", STR_ARG(hole));
    bool variable = hole.at[0] == '$';
    if (text.at == NULL) return STATUS_NO_MEMORY;
    return check_add(c, LINT_RULE_UNKNOWN, span, text, variable ? STR("Give its value with --var NAME=VALUE, or set it in the environment") : STR("Fill in the template before the check"));
}

enum status check_judge(struct checker *c, const struct error *why) {
    assert(why->status != STATUS_OK || why->message[0] == '\0');
    if (why->status == STATUS_OK || why->status == STATUS_NO_MEMORY) return STATUS_NO_MEMORY;
    struct str hole = why->status == STATUS_SYNTAX ? placeholder(c->piece, why->span.begin) : STR("");
    if (hole.size_bytes > 0) return unfilled(c, hole);
    if (why->status == STATUS_NOT_FOUND) {
        static const char *const tables[] = {"no table or view '", "no table '", "Source table '", "There is no file '"};
        for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
            struct str name = named_in(why, tables[i]);
            if (name.size_bytes > 0 && !says(why, "in FROM")) return missing_table(c, why, name);
        }
        struct str function = named_in(why, says(why, "table function '") ? "table function '" : "There is no function '");
        if (function.size_bytes > 0) return missing_function(c, why, function);
        if (says(why, "atabase") || says(why, "atalog")) return check_add(c, LINT_RULE_UNKNOWN, why->span, str_of(why->message), str_of(why->hint));
    }
    bool module = says(why, "o module with name"); /* perhaps one that LOAD MODULE did not load */
    return check_add(c, module ? LINT_RULE_UNKNOWN : rule_of(why), why->span, str_of(why->message), str_of(why->hint));
}
