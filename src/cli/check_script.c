/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_script: cuts texts into statements, does with each what running would do short of running it
 * (parse, define, plan), and collects what is said on the way. Tables over foreign connectors are
 * planned with a stand-in, so that the queries over them are judged for themselves.
 */
#include "cli/check_internal.h"

#include "api/client.h"
#include "api/implicit.h"
#include "cli/check_connector.h"
#include "sql/lexer.h"
#include "sql/parser.h"

#include <assert.h>

enum { LABEL_BYTES = 60 };

const char *check_verdict_text(enum check_verdict v) {
    static const char *const texts[] = {"Supported", "Differs", "Unknown", "Unsupported", "Invalid"};
    return texts[v];
}

/* ---- jobs ------------------------------------------------------------------------------------------------------- */

static enum status add_lints(struct checker *c, const struct list *lints) {
    for (uint32_t i = 0; i < lints->count; i++) {
        const struct lint *l = lints->at[i];
        TRY(check_add(c, l->rule, l->span, l->message, STR("")));
    }
    return STATUS_OK;
}

static bool selects_star(const struct ast_statement *stmt) {
    const struct ast_query *q = stmt->query;
    if (stmt->kind != AST_INSERT || stmt->column_names.count > 0 || q == NULL || q->kind != AST_QUERY_SELECT) return false;
    for (uint32_t i = 0; i < q->items.count; i++)
        if (((const struct ast_select_item *)q->items.at[i])->expr->kind == AST_STAR) return true;
    return false;
}

static enum status stars(struct checker *c, const struct ast_statement *stmt) {
    for (uint32_t i = 0; i < stmt->statements.count; i++) TRY(stars(c, stmt->statements.at[i]));
    if (!selects_star(stmt)) return STATUS_OK;
    return check_add(c, LINT_RULE_SELECT_STAR, stmt->query->span, STR("INSERT INTO ... SELECT * goes by position"), STR(""));
}

/* In Flink's client INSERT comes back at once; here what follows an endless one is never reached. */
static enum status job_order(struct checker *c, const struct ast_statement *stmt, const struct plan *plan) {
    c->has_job = true;
    if (c->endless != NULL && !c->endless_told) {
        struct check_statement *current = c->statement;
        c->statement = c->endless;
        c->endless_told = true;
        enum status s = check_add(c, LINT_RULE_INSERT_WAITS, (struct span){0, 0}, STR("The INSERT never ends, and statements follow"), STR(""));
        c->statement = current;
        TRY(s);
    }
    bool inserts = stmt->kind == AST_INSERT || stmt->kind == AST_STATEMENT_SET;
    if (inserts && plan != NULL && !plan->bounded) c->endless = c->statement;
    return STATUS_OK;
}

/* The plan; without the clause that 2.3 wants, that is told, and the rest is judged as before 2.3. */
static enum status plan_it(struct checker *c, const struct ast_statement *stmt, struct plan **ret, struct error *why) {
    static const char key[] = "table.exec.sink.require-on-conflict";
    enum status s = plan_statement(c->session, c->arena, stmt, c->piece, 0, ret, why);
    if (s == STATUS_OK || strstr(why->message, "upsert key that differs") == NULL || !session_bool(c->session, key)) return s;
    if (check_judge(c, why) != STATUS_OK) return STATUS_NO_MEMORY;
    error_clear(why);
    TRY(session_set(c->session, str_of(key), STR("false"), (struct span){0, 0}, why));
    s = plan_statement(c->session, c->arena, stmt, c->piece, 0, ret, why);
    if (session_reset(c->session, str_of(key), s == STATUS_OK ? why : NULL) != STATUS_OK) return STATUS_NO_MEMORY;
    return s;
}

static enum status judge_job(struct checker *c, const struct ast_statement *stmt, bool lints) {
    struct plan *plan = NULL;
    struct error why = ERROR_INIT;
    struct list found = {0};
    enum status s = implicit_tables(c->session, c->env, c->piece, stmt->span, false, &why);
    if (s == STATUS_OK) s = plan_it(c, stmt, &plan, &why);
    if (s == STATUS_OK && lints) s = lint_plan(plan, c->arena, &found, &why);
    if (s != STATUS_OK) {
        TRY(job_order(c, stmt, NULL));
        return check_judge(c, &why);
    }
    TRY(add_lints(c, &found));
    TRY(stars(c, stmt));
    return lints ? job_order(c, stmt, plan) : STATUS_OK;
}

/* When a set fails, each of its members is looked at for itself. */
static enum status judge_set(struct checker *c, const struct ast_statement *stmt) {
    struct plan *plan = NULL;
    struct error why = ERROR_INIT;
    uint32_t before = c->statement->findings.count;
    if (plan_statement(c->session, c->arena, stmt, c->piece, 0, &plan, &why) == STATUS_OK) return judge_job(c, stmt, true);
    for (uint32_t i = 0; i < stmt->statements.count; i++) TRY(judge_job(c, stmt->statements.at[i], true));
    return c->statement->findings.count == before ? check_judge(c, &why) : STATUS_OK;
}

/* ---- definitions -------------------------------------------------------------------------------------------------- */

static const struct ast_option *option_of(const struct ast_statement *stmt, const char *key) {
    for (uint32_t i = 0; i < stmt->options.count; i++) {
        const struct ast_option *o = stmt->options.at[i];
        if (str_equal(o->key, str_of(key))) return o;
    }
    return NULL;
}

static enum status unsupported(struct checker *c, struct span span, struct str text) {
    return text.at == NULL ? STATUS_NO_MEMORY : check_add(c, LINT_RULE_UNSUPPORTED, span, text, STR(""));
}

/* Connector and format that are not ours: told, and *ret_foreign. */
static enum status foreign_parts(struct checker *c, const struct ast_statement *stmt, const struct foreign_connector **ret, bool *ret_foreign) {
    static const char *const format_keys[] = {"format", "value.format", "key.format"};
    const struct ast_option *connector = option_of(stmt, "connector");
    const char *changelog = NULL;
    *ret = NULL;
    *ret_foreign = false;
    if (connector != NULL && connector_find(connector->value) == NULL) {
        *ret = foreign_connector_find(connector->value);
        *ret_foreign = true;
        const char *what = *ret == NULL ? "nor knows of one by that name" : (*ret)->what;
        TRY(unsupported(c, connector->value_span, arena_format(c->arena, *ret == NULL ? "Weir has no connector '%.*s', %s" : "Weir has no connector '%.*s' (%s)",
                                                               STR_ARG(connector->value), what)));
    }
    for (size_t i = 0; i < sizeof format_keys / sizeof *format_keys; i++) {
        const struct ast_option *format = option_of(stmt, format_keys[i]);
        if (format == NULL || format_find(format->value) != NULL) continue;
        const char *what = foreign_format_find(format->value, &changelog);
        *ret_foreign = true;
        TRY(unsupported(c, format->value_span, arena_format(c->arena, "Weir has no format '%.*s'%s%s%s", STR_ARG(format->value), what == NULL ? "" : " (",
                                                            what == NULL ? "" : what, what == NULL ? "" : ")")));
    }
    return STATUS_OK;
}

/* Options of a connector of ours: an unknown or wrong one would be told at the table's first use. */
static enum status own_options(struct checker *c, const struct ast_statement *stmt, bool *ret_wrong) {
    const struct ast_option *connector = option_of(stmt, "connector");
    struct table_options parsed;
    struct error why = ERROR_INIT;
    *ret_wrong = false;
    if (connector == NULL || stmt->like != NULL) return STATUS_OK;
    bool source = (connector_find(connector->value)->abilities & CONNECTOR_SOURCE) != 0;
    if (table_options_parse(c->arena, &stmt->options, source, &parsed, &why) == STATUS_OK) return STATUS_OK;
    *ret_wrong = true;
    return check_judge(c, &why);
}

/* AS: the table, and the INSERT that fills it. */
static enum status judge_table_as(struct checker *c, const struct ast_statement *stmt) {
    struct error why = ERROR_INIT;
    struct ast_statement *insert = NULL;
    struct check_object *o = check_created(c);
    enum status s = implicit_tables(c->session, c->env, c->piece, stmt->span, false, &why);
    if (s == STATUS_OK) s = plan_create_as(c->session, stmt, c->piece, false, &insert, &why);
    if (s != STATUS_OK) return check_judge(c, &why);
    if (o != NULL) o->opaque = false;
    return judge_job(c, insert, true);
}

/* A table without a connector of its own, in a catalog that would choose one. */
static bool in_foreign_catalog(const struct checker *c, const struct ast_statement *stmt) {
    struct str catalog = stmt->name->count == 3 ? stmt->name->parts[0] : catalog_current(c->session->catalog);
    return option_of(stmt, "connector") == NULL && strmap_get(c->catalogs, catalog) != NULL;
}

static enum status judge_table(struct checker *c, const struct ast_statement *stmt) {
    const struct foreign_connector *f = NULL;
    const struct ast_statement *defined = stmt;
    struct ast_statement *stand_in = NULL;
    struct error why = ERROR_INIT;
    bool foreign = false, wrong = false;
    struct check_object *o = check_created(c);
    TRY(foreign_parts(c, stmt, &f, &foreign));
    if (!foreign) TRY(own_options(c, stmt, &wrong));
    const struct ast_option *old = option_of(stmt, "connector.type");
    if (old != NULL && option_of(stmt, "connector") == NULL) {
        wrong = true;
        TRY(check_add(c, LINT_RULE_INVALID, old->key_span, STR("Options of the form 'connector.type' are those of Flink before 1.11"),
                      STR("Write 'connector' = '...' and the options that it has now")));
    }
    bool managed = !foreign && !wrong && in_foreign_catalog(c, stmt);
    if (managed) TRY(unsupported(c, stmt->name->span, STR("The table would be kept by a catalog that Weir has not")));
    if (foreign || wrong || managed) {
        TRY(foreign_stand_in(c->arena, stmt, f, &stand_in, &why));
        defined = stand_in;
    }
    if (defined->query != NULL) return judge_table_as(c, defined);
    if (plan_execute_ddl(c->session, defined, c->piece, &why) != STATUS_OK) return check_judge(c, &why);
    if (o != NULL) o->opaque = false;
    return STATUS_OK;
}

/* A catalog of a kind that Weir has not is there by name, so that USE finds it. */
static enum status judge_catalog(struct checker *c, const struct ast_statement *stmt) {
    struct error why = ERROR_INIT, ignored = ERROR_INIT;
    const struct ast_option *type = option_of(stmt, "type");
    if (type != NULL && str_equal(type->value, STR("file"))) { /* its folder is not touched: what is in it is not known */
        (void)catalog_add_catalog(c->session->catalog, stmt->name->parts[stmt->name->count - 1], true, &ignored);
        return STATUS_OK;
    }
    if (plan_execute_ddl(c->session, stmt, c->piece, &why) == STATUS_OK) return STATUS_OK;
    if (why.status != STATUS_EXISTS) {
        TRY(strmap_put(c->catalogs, stmt->name->parts[stmt->name->count - 1], c->catalogs));
        why.status = STATUS_UNSUPPORTED;
        catalog_add_catalog(c->session->catalog, stmt->name->parts[stmt->name->count - 1], true, &ignored);
    }
    return check_judge(c, &why);
}

/* ---- settings ------------------------------------------------------------------------------------------------------- */

static enum status judge_set_key(struct checker *c, const struct ast_statement *stmt) {
    struct error why = ERROR_INIT;
    uint32_t count = 0;
    if (stmt->key.at != NULL && plan_execute_ddl(c->session, stmt, c->piece, &why) != STATUS_OK) return check_judge(c, &why);
    if (stmt->key.at == NULL) return STATUS_OK;
    const struct option *rows = session_options(&count), *row = option_find(rows, count, session_key(stmt->key));
    bool empty = row != NULL && (strncmp(row->doc, "Accepted", 8) == 0 || strncmp(row->doc, "Both", 4) == 0);
    if (!empty) return STATUS_OK;
    struct str text = arena_format(c->arena, "The key '%.*s' is taken and has no effect here%s", STR_ARG(stmt->key), strchr(row->doc, ':') == NULL ? "" : strchr(row->doc, ':'));
    return text.at == NULL ? STATUS_NO_MEMORY : check_add(c, LINT_RULE_DIFFERS, (struct span){0, 0}, text, STR(""));
}

static enum status judge_view(struct checker *c, const struct ast_statement *stmt) {
    struct error why = ERROR_INIT;
    struct check_object *o = check_created(c);
    enum status s = implicit_tables(c->session, c->env, c->piece, stmt->span, false, &why);
    if (s == STATUS_OK) s = plan_execute_ddl(c->session, stmt, c->piece, &why);
    if (s != STATUS_OK) return check_judge(c, &why);
    if (o != NULL) o->opaque = false;
    return STATUS_OK;
}

static enum status judge_other(struct checker *c, const struct ast_statement *stmt) {
    struct outcome o;
    struct error why = ERROR_INIT;
    static const char *const client[] = {"QUIT", "EXIT", "CLEAR", "HELP"};
    for (size_t i = 0; stmt->kind == AST_OTHER && i < sizeof client / sizeof *client; i++)
        if (str_equal(stmt->text, str_of(client[i]))) return STATUS_OK;
    return client_execute(c->session, c->arena, stmt, c->piece, 0, &o, &why) == STATUS_OK ? STATUS_OK : check_judge(c, &why);
}

static enum status judge(struct checker *c, const struct ast_statement *stmt) {
    switch (stmt->kind) {
    case AST_SELECT:
    case AST_INSERT: return judge_job(c, stmt, true);
    case AST_STATEMENT_SET: return judge_set(c, stmt);
    case AST_EXPLAIN: return judge_job(c, stmt->statements.at[0], false);
    case AST_CREATE_TABLE: return judge_table(c, stmt);
    case AST_CREATE_CATALOG: return judge_catalog(c, stmt);
    case AST_CREATE_VIEW: return judge_view(c, stmt);
    case AST_SET: return judge_set_key(c, stmt);
    default: return judge_other(c, stmt);
    }
}

/* ---- texts ------------------------------------------------------------------------------------------------------------ */

/* How the statement begins, on one line, without what is in parentheses. */
static struct str label_of(struct checker *c, struct str text) {
    char out[LABEL_BYTES + 4];
    size_t n = 0;
    bool blank = false, create = text.size_bytes > 6 && str_equal_ignore_case((struct str){text.at, 6}, STR("CREATE"));
    for (size_t i = 0; i < text.size_bytes && n < LABEL_BYTES; i++) {
        char ch = text.at[i];
        if (create && ch == '(') break;
        bool is_blank = (unsigned char)ch <= ' ';
        if (!is_blank && blank && n > 0) out[n++] = ' ';
        if (!is_blank) out[n++] = ch;
        blank = is_blank;
    }
    while (n > 0 && n >= LABEL_BYTES && (out[n - 1] & 0xc0) == 0x80) n--;
    if (n >= LABEL_BYTES - 1) {
        memcpy(out + n, "...", 3);
        n += 3;
    }
    return arena_str(c->arena, (struct str){out, n});
}

/* From the first to the last token of the piece; false: blanks and comments only. */
static bool piece_span(struct checker *c, struct span *ret) {
    struct lexer l = {.sql = c->piece};
    struct token t;
    bool any = false;
    for (;;) {
        lexer_next(&l, &t);
        if (t.kind == TOKEN_END) return any;
        if (t.kind == TOKEN_SYMBOL && t.symbol == SYM_SEMICOLON) continue;
        if (!any) ret->begin = t.span.begin;
        ret->end = t.span.end;
        any = true;
    }
}

static enum status judge_piece(struct checker *c) {
    struct span span;
    struct list statements = {0};
    struct error why = ERROR_INIT;
    if (!piece_span(c, &span)) return STATUS_OK;
    struct check_statement *s = c->statement = ARENA_NEW(c->arena, struct check_statement);
    if (s == NULL) return STATUS_NO_MEMORY;
    s->span = (struct span){span.begin + c->base, span.end + c->base};
    s->label = label_of(c, (struct str){c->piece.at + span.begin, span.end - span.begin});
    if (s->label.at == NULL) return STATUS_NO_MEMORY;
    TRY(list_push(&c->file->statements, c->arena, s));
    TRY(check_names(c));
    if (parse_script(c->arena, c->piece, &statements, &why) != STATUS_OK) return check_judge(c, &why);
    for (uint32_t i = 0; i < statements.count; i++) TRY(judge(c, statements.at[i]));
    return STATUS_OK;
}

static enum status unused(struct checker *c) {
    for (uint32_t i = 0; c->has_job && i < strmap_count(c->objects); i++) {
        const struct strmap_entry *entry = strmap_at(c->objects, i);
        const struct check_object *o = entry->value;
        if (o->used || o->file_number != c->file_number) continue;
        c->statement = o->made_by;
        struct str text = arena_format(c->arena, "'%.*s' is not used", STR_ARG(entry->key));
        TRY(text.at == NULL ? STATUS_NO_MEMORY : check_add(c, LINT_RULE_UNUSED, (struct span){0, 0}, text, STR("")));
    }
    return STATUS_OK;
}

enum status checker_new(struct arena *a, struct env *env, struct checker **ret, struct error *e) {
    struct checker *c = ARENA_NEW(a, struct checker);
    if (c == NULL) return error_no_memory(e, sizeof *c);
    c->arena = a;
    c->env = env;
    c->objects = strmap_new(a);
    c->functions = strmap_new(a);
    c->catalogs = strmap_new(a);
    if (c->objects == NULL || c->functions == NULL || c->catalogs == NULL) return error_no_memory(e, 0);
    TRY(client_session_new(a, env, &c->session, e));
    c->session->env = NULL; /* nothing is written */
    c->session->cores = 1; /* advice must not depend on the machine */
    *ret = c;
    return STATUS_OK;
}

/* A quote that is never closed swallows the rest: the statement ends with its line. 0: no quote is open. */
static size_t open_quote_line(struct str text) {
    struct lexer l = {.sql = text};
    struct token t = {0};
    do {
        lexer_next(&l, &t);
        if (!l.unterminated) continue;
        const char *end = memchr(text.at + t.span.begin, '\n', text.size_bytes - t.span.begin);
        return end == NULL ? 0 : (size_t)(end - text.at) + 1;
    } while (t.kind != TOKEN_END);
    return 0;
}

static enum status judge_all(struct checker *c, struct str text) {
    while (c->base < text.size_bytes) {
        struct str rest = {text.at + c->base, text.size_bytes - c->base};
        size_t size = parse_statement_end(rest);
        if (size == 0) size = open_quote_line(rest);
        c->piece = (struct str){rest.at, size == 0 ? rest.size_bytes : size};
        TRY(judge_piece(c));
        c->base += (uint32_t)c->piece.size_bytes;
    }
    return unused(c);
}

enum status checker_file(struct checker *c, struct str name, struct str text, struct check_file **ret, struct error *e) {
    assert(text.size_bytes <= PARSER_TEXT_MAX);
    struct check_file *file = ARENA_NEW(c->arena, struct check_file);
    if (file == NULL) return error_no_memory(e, sizeof *file);
    *file = (struct check_file){.name = name, .text = text};
    c->file = file;
    c->file_number++;
    c->base = 0;
    c->endless = NULL;
    c->endless_told = c->has_job = false;
    TRY(session_reset(c->session, (struct str){0}, e));
    if (judge_all(c, text) != STATUS_OK) return error_no_memory(e, 0);
    *ret = file;
    return STATUS_OK;
}
