/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complete_options: keys and values of options, from the rows that check them: the session's in SET and RESET,
 * and in WITH and OPTIONS those of the connector and format that the same parentheses name, plus the ones
 * that every table has.
 */
#include "shell/complete_internal.h"

#include "catalog/connector.h"
#include "sql/keyword.h"

#include <assert.h>

static bool quote_follows(const struct asked *q) { return q->cursor < q->text.size_bytes && q->text.at[q->cursor] == '\''; }

static void offer_key(struct asked *q, struct str key, const struct option *o) {
    struct str text = quote_follows(q) ? key : arena_format(q->arena, "%.*s' = '", STR_ARG(key));
    bool below = o->type == OPTION_PREFIX; /* the rest of the key is the user's */
    offer(q, below ? key : text, key, str_of(o->doc == NULL ? "" : o->doc), true);
}

static void offer_value(struct asked *q, struct str value) {
    struct str text = quote_follows(q) ? value : arena_format(q->arena, "%.*s'", STR_ARG(value));
    offer(q, text, value, STR(""), true); /* a comma or the end follows, not a blank */
}

/* What can stand as the value of a row: its choices, or the two of a switch, or the default. */
static void offer_values_of(struct asked *q, const struct option *o) {
    if (o->type == OPTION_BOOL) {
        offer_value(q, STR("true"));
        offer_value(q, STR("false"));
    } else if (o->type == OPTION_ENUM) {
        for (const char *at = o->choices; at != NULL && *at != '\0';) {
            const char *end = strchr(at, '|');
            size_t size = end == NULL ? strlen(at) : (size_t)(end - at);
            offer_value(q, (struct str){at, size});
            at = end == NULL ? NULL : end + 1;
        }
    } else if (o->def != NULL) {
        offer_value(q, str_of(o->def));
    }
}

/* ---- SET, RESET ------------------------------------------------------------------------------------------ */

void offer_settings(struct asked *q, bool quoted) {
    uint32_t count = 0;
    const struct option *rows = session_options(&count);
    for (uint32_t i = 0; i < count; i++) {
        struct str key = str_of(rows[i].key);
        if (quoted) {
            offer_key(q, key, &rows[i]);
        } else {
            struct str text = rows[i].type == OPTION_PREFIX ? arena_format(q->arena, "'%s", rows[i].key) : arena_format(q->arena, "'%s' = '", rows[i].key);
            offer(q, text, key, str_of(rows[i].doc), true);
        }
    }
}

static struct str string_text(const struct token *t) {
    struct str s = t->text;
    if (s.size_bytes > 0 && s.at[0] == '\'') s.at++, s.size_bytes--;
    if (s.size_bytes > 0 && s.at[s.size_bytes - 1] == '\'') s.size_bytes--;
    return s;
}

static void offer_setting_value(struct asked *q, const struct token *key) {
    uint32_t count = 0;
    const struct option *rows = session_options(&count);
    const struct option *row = key == NULL ? NULL : option_find(rows, count, string_text(key));
    if (row != NULL) offer_values_of(q, row);
}

void offer_unquoted_setting_value(struct asked *q) {
    const struct token *key = token_back(q, 2);
    if (key != NULL) offer_setting_value(q, key);
    for (uint32_t i = 0; i < q->found.count; i++) { /* these end with a quote: one is missing in front */
        struct candidate *c = q->found.at[i];
        c->text = arena_format(q->arena, "'%.*s", STR_ARG(c->text));
        c->open = false;
        if (c->text.at == NULL) q->found.count = i;
    }
}

/* ---- WITH, OPTIONS ------------------------------------------------------------------------------------------ */

struct with { uint32_t from, to; struct str connector, format; };

static struct str value_of(const struct asked *q, const struct with *w, const char *key) {
    for (uint32_t i = w->from; i + 2 < w->to; i++) {
        if (q->tokens[i].kind != TOKEN_STRING || !str_equal(string_text(&q->tokens[i]), str_of(key))) continue;
        if (is_symbol(&q->tokens[i + 1], SYM_EQ) && q->tokens[i + 2].kind == TOKEN_STRING) return string_text(&q->tokens[i + 2]);
    }
    return STR("");
}

/* What the table that a hint stands behind was declared with. */
static struct str declared(const struct asked *q, const struct with *w, const char *key) {
    const struct catalog *c = q->session->catalog;
    if (w->from < 4 || q->tokens[w->from - 3].kind != TOKEN_HINT_BEGIN) return STR("");
    struct table_path path = {catalog_current(c), catalog_current_database(c), token_name(&q->tokens[w->from - 4])};
    const struct table *t = catalog_find(c, &path);
    for (uint32_t i = 0; t != NULL && i < t->options.count; i++) {
        const struct ast_option *o = t->options.at[i];
        if (str_equal(o->key, str_of(key))) return o->value;
    }
    return STR("");
}

static struct str written_or_declared(const struct asked *q, const struct with *w, const char *key) {
    struct str value = value_of(q, w, key);
    return value.size_bytes > 0 ? value : declared(q, w, key);
}

/* The parentheses around the cursor, if they are those of WITH or OPTIONS. */
static bool find_with(const struct asked *q, struct with *ret) {
    uint32_t depth = 0;
    for (uint32_t i = q->before; i > 1; i--) {
        const struct token *t = &q->tokens[i - 1];
        if (is_symbol(t, SYM_RPAREN)) depth++;
        if (!is_symbol(t, SYM_LPAREN) || depth-- > 0) continue;
        const struct token *before = &q->tokens[i - 2];
        if (!is_keyword(before, KW_WITH) && !is_keyword(before, KW_OPTIONS)) return false;
        *ret = (struct with){.from = i, .to = q->count};
        ret->connector = written_or_declared(q, ret, "connector");
        ret->format = written_or_declared(q, ret, "format");
        return true;
    }
    return false;
}

/* Calls see for each row that fits the clause, with the prefix of its key. */
struct visitor { void (*see)(struct asked *q, struct str key, const struct option *o, void *context); void *context; };

static void visit(struct asked *q, const struct option *rows, uint32_t count, const char *prefix, const struct visitor *v) {
    for (uint32_t i = 0; i < count; i++) {
        struct str key = arena_format(q->arena, "%s%s%s", prefix, prefix[0] == '\0' ? "" : ".", rows[i].key);
        if (key.at != NULL) v->see(q, key, &rows[i], v->context);
    }
}

static void visit_options(struct asked *q, const struct with *w, const struct visitor *v) {
    const struct connector *c = connector_find(w->connector);
    const struct format *f = format_find(w->format);
    uint32_t count = 0;
    const struct option *common = common_options(&count);
    if (c != NULL) visit(q, c->options, c->option_count, "", v);
    if (f != NULL) visit(q, f->options, f->option_count, f->name, v);
    visit(q, common, count, "", v);
}

static void see_key(struct asked *q, struct str key, const struct option *o, void *context) {
    const struct with *w = context;
    if (value_of(q, w, key.at).size_bytes == 0) offer_key(q, key, o); /* those that stand there already not again */
}

static void see_value(struct asked *q, struct str key, const struct option *o, void *context) {
    const struct token *wanted = context;
    if (str_equal(key, string_text(wanted))) offer_values_of(q, o);
}

static void offer_names(struct asked *q, bool connectors) {
    uint32_t count = 0;
    if (connectors) {
        const struct connector *const *table = connector_table(&count);
        for (uint32_t i = 0; i < count; i++) offer_value(q, str_of(table[i]->name));
    } else {
        const struct format *const *table = format_table(&count);
        for (uint32_t i = 0; i < count; i++) offer_value(q, str_of(table[i]->name));
    }
}

static void offer_option_value(struct asked *q, const struct with *w, const struct token *key) {
    struct str name = string_text(key);
    if (str_equal(name, STR("connector"))) offer_names(q, true);
    else if (str_equal(name, STR("format"))) offer_names(q, false);
    else if (str_equal(name, STR("path"))) offer_files(q, quote_follows(q) ? "" : "'");
    else visit_options(q, w, &(struct visitor){see_value, (void *)key});
}

bool offer_options(struct asked *q) {
    struct with w;
    const struct token *back = token_back(q, 1);
    bool set = q->count > 0 && (is_keyword(&q->tokens[0], KW_SET) || is_keyword(&q->tokens[0], KW_RESET));
    assert(q->quote == '\'');
    if (set) {
        if (is_symbol(back, SYM_EQ)) offer_setting_value(q, token_back(q, 2));
        else offer_settings(q, true);
        return true;
    }
    if (!find_with(q, &w)) return false;
    if (is_symbol(back, SYM_EQ) && token_back(q, 2) != NULL) offer_option_value(q, &w, token_back(q, 2));
    else visit_options(q, &w, &(struct visitor){see_key, &w});
    return true;
}
