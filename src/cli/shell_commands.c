/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shell_commands: what the commands of shell/command.c do. Those that show something of the catalog are the
 * statements that show it: \l is SHOW CATALOGS and SHOW DATABASES, \d t is DESCRIBE t.
 */
#include "cli/shell.h"

#include "agg/agg.h"
#include "cli/talk.h"
#include "func/func.h"
#include "shell/command.h"
#include "shell/style.h"
#include "sql/parser.h"

#include <assert.h>
#include <stdlib.h>

enum { FILES_DEEP_MAX = 16, HISTORY_SHOWN = 50, NUMBER_MAX = 1000000000 };

/* SQL of our own: the words and an argument behind them; its errors have been told. */
static enum status run_sql(struct shell *sh, const char *words, struct str argument) {
    struct str sql = arena_format(sh->arena, "%s %.*s", words, STR_ARG(argument));
    return sql.at == NULL ? STATUS_NO_MEMORY : script_run(sh->script, sql);
}

static enum status say(struct shell *sh, struct buf *out, struct error *e) {
    enum status s = view_text(sh->view, out, e);
    buf_deinit(out);
    return s;
}

/* ---- tables ---------------------------------------------------------------------------------------------- */

static struct str table_option(const struct table *t, const char *key) {
    for (uint32_t i = 0; i < t->options.count; i++) {
        const struct ast_option *o = t->options.at[i];
        if (str_equal(o->key, str_of(key))) return o->value;
    }
    return (struct str){NULL, 0};
}

static enum status add_table(struct shell *sh, struct text_table *list, const struct table *t) {
    struct str *row = ARENA_ARRAY(sh->arena, struct str, list->column_count);
    if (row == NULL) return STATUS_NO_MEMORY;
    row[0] = t->name;
    row[1] = t->kind == TABLE_VIEW ? (t->temporary ? STR("temporary view") : STR("view")) : t->temporary ? STR("temporary table") : STR("table");
    row[2] = table_option(t, "connector");
    row[3] = table_option(t, "format");
    row[4] = arena_format(sh->arena, "%u", t->column_count);
    return list_push(&list->rows, sh->arena, row);
}

/* The tables and views of the current database. */
static enum status tables(struct shell *sh, struct error *e) {
    static struct str const heads[] = {{"name", 4}, {"kind", 4}, {"connector", 9}, {"format", 6}, {"columns", 7}};
    struct catalog *c = script_session(sh->script)->catalog;
    struct table_path path = {catalog_current(c), catalog_current_database(c), {NULL, 0}};
    struct text_table list = {.names = (struct str *)heads, .column_count = sizeof heads / sizeof heads[0]};
    struct str *names = NULL;
    uint32_t count = 0;
    TRY(catalog_tables(c, sh->arena, path.catalog, path.database, false, &names, &count, e));
    for (uint32_t i = 0; i < count; i++) {
        path.table = names[i];
        const struct table *t = catalog_find(c, &path);
        if (t != NULL && add_table(sh, &list, t) != STATUS_OK) return error_no_memory(e, 0);
    }
    return view_table(sh->view, &list, e);
}

/* ---- help, functions ------------------------------------------------------------------------------------- */

static enum status help(struct shell *sh, struct error *e) {
    struct buf out = BUF_INIT;
    buf_text(&out, "Statements end with a semicolon. Commands:\n");
    command_list(&out);
    buf_text(&out, "\nStatements\n"
                   "  SELECT, INSERT INTO, CREATE, ALTER, DROP, DESCRIBE, EXPLAIN, SHOW, SET, RESET, USE, EXECUTE STATEMENT SET\n"
                   "  SET;               list what is set (SET 'key' = 'value'; changes it, RESET 'key'; takes it back)\n"
                   "  FROM `data/x.csv`  reads a file, a folder or a pattern of files; the columns are found out\n");
    if (sh->editor != NULL) {
        buf_text(&out, "\nKeys\n");
        editor_keys_text(&out);
    }
    return say(sh, &out, e);
}

struct shown_function { const char *signature, *doc, *example; };

static void put_function(struct shell *sh, struct buf *out, struct str name, const struct shown_function *f, bool whole) {
    bool colors = view_look(sh->view)->colors;
    buf_format(out, "%s%s%s\n", colors ? style_begin(STYLE_FUNCTION) : "", f->signature != NULL ? f->signature : name.at, colors ? STYLE_END : "");
    if (f->doc != NULL) buf_format(out, "    %s\n", f->doc);
    if (whole && f->example != NULL) buf_format(out, "    Example: %s\n", f->example);
}

static enum status functions(struct shell *sh, struct str argument, struct error *e) {
    struct buf out = BUF_INIT;
    struct str pattern = argument.size_bytes == 0 ? STR("%") : argument;
    bool named = argument.size_bytes > 0;
    uint32_t found = 0, count = 0;
    const struct func *f;
    for (uint32_t i = 0; (f = func_at(i)) != NULL; i++) {
        bool hidden = (f->flags & (FUNC_INTERNAL | FUNC_OPERATOR)) != 0 || f->name.at[0] == '$';
        if (hidden || !str_matches(f->name, pattern, '%', '_', true)) continue;
        put_function(sh, &out, f->name, &(struct shown_function){f->signature, f->doc, f->example}, named);
        found++;
    }
    const struct agg_func *const *table = agg_table(&count);
    for (uint32_t i = 0; i < count; i++) {
        if (table[i]->name.at[0] == '$' || !str_matches(table[i]->name, pattern, '%', '_', true)) continue;
        put_function(sh, &out, table[i]->name, &(struct shown_function){table[i]->signature, table[i]->doc, table[i]->example}, named);
        found++;
    }
    if (found > 0) return say(sh, &out, e);
    buf_deinit(&out);
    error_set(e, STATUS_NOT_FOUND, "No function is named '%.*s'", STR_ARG(argument));
    struct str near = func_nearest(argument);
    if (near.size_bytes > 0) return error_hint(e, "Did you mean %.*s? %% stands for any letters, as in \\f JSON%%", STR_ARG(near));
    return error_hint(e, "%% stands for any letters, as in \\f JSON%%");
}

/* ---- switches ---------------------------------------------------------------------------------------------- */

static enum status set_switch(struct shell *sh, const char *what, struct str argument, bool *value, struct error *e) {
    if (str_equal_ignore_case(argument, STR("on"))) *value = true;
    else if (str_equal_ignore_case(argument, STR("off"))) *value = false;
    else if (argument.size_bytes > 0) return error_set(e, STATUS_INVALID, "on or off, not '%.*s'", STR_ARG(argument));
    else if (what[0] == 't') *value = !*value; /* \timing alone turns it over, as in psql */
    talk_text(sh->env, "%s is %s\n", what, *value ? "on" : "off");
    return STATUS_OK;
}

static const char *const mode_names[] = {"auto", "table", "changelog", "json", "csv", "markdown"};

static enum status parse_mode(struct str s, enum output_format *ret, struct error *e) {
    for (size_t i = 1; i < sizeof mode_names / sizeof mode_names[0]; i++) {
        if (str_equal_ignore_case(s, str_of(mode_names[i]))) {
            *ret = (enum output_format)i;
            return STATUS_OK;
        }
    }
    if (s.size_bytes == 0) {
        *ret = OUTPUT_AUTO;
        return STATUS_OK;
    }
    return error_set(e, STATUS_INVALID, "There is no mode '%.*s': table, changelog, json, csv or markdown", STR_ARG(s));
}

/* table and changelog are Flink's result modes; the others are ours. */
static enum status set_mode(struct shell *sh, struct str argument, struct error *e) {
    struct view_look *look = view_look(sh->view);
    struct session *session = script_session(sh->script);
    enum output_format mode = OUTPUT_AUTO;
    const char *key = "sql-client.execution.result-mode";
    TRY(parse_mode(argument, &mode, e));
    if (mode == OUTPUT_AUTO) {
        struct str now = look->mode == OUTPUT_AUTO ? session_get(session, key).text : str_of(mode_names[look->mode]);
        talk_text(sh->env, "mode is %.*s\n", STR_ARG(now));
        return STATUS_OK;
    }
    bool ours = mode != OUTPUT_TABLE && mode != OUTPUT_CHANGELOG;
    look->mode = ours ? mode : OUTPUT_AUTO;
    return ours ? STATUS_OK : session_set(session, str_of(key), str_of(mode_names[mode]), (struct span){0, 0}, e);
}

static enum status parse_number(struct str s, uint32_t *ret, struct error *e) {
    uint64_t n = 0;
    for (size_t i = 0; i < s.size_bytes; i++) {
        if (s.at[i] < '0' || s.at[i] > '9' || n > NUMBER_MAX) return error_set(e, STATUS_INVALID, "A number, not '%.*s'", STR_ARG(s));
        n = n * 10 + (uint64_t)(s.at[i] - '0');
    }
    *ret = n > NUMBER_MAX ? NUMBER_MAX : (uint32_t)n;
    return STATUS_OK;
}

static enum status set_rows(struct shell *sh, struct str argument, struct error *e) {
    struct view_look *look = view_look(sh->view);
    if (argument.size_bytes > 0) return parse_number(argument, &look->rows_max, e);
    talk_text(sh->env, "at most %u rows are shown (0: all)\n", look->rows_max);
    return STATUS_OK;
}

static enum status set_width(struct shell *sh, struct str argument, struct error *e) {
    struct session *session = script_session(sh->script);
    uint32_t n = 0;
    const char *key = "table.display.max-column-width";
    TRY(parse_number(argument, &n, e));
    if (argument.size_bytes > 0) return session_set(session, str_of(key), argument, (struct span){0, 0}, e);
    talk_text(sh->env, "columns are at most %lld wide (0: any)\n", (long long)session_int(session, key));
    return STATUS_OK;
}

/* ---- files, history -------------------------------------------------------------------------------------------- */

static enum status read_file(struct shell *sh, struct str path, struct error *e) {
    struct str text = STR("");
    bool quoted = path.size_bytes > 1 && (path.at[0] == '\'' || path.at[0] == '`') && path.at[path.size_bytes - 1] == path.at[0];
    if (quoted) path = (struct str){path.at + 1, path.size_bytes - 2};
    if (path.size_bytes == 0) return error_set(e, STATUS_INVALID, "Which file? .read FILE");
    if (sh->depth >= FILES_DEEP_MAX) return error_set(e, STATUS_LIMIT, "Files that read files, more than %d deep", FILES_DEEP_MAX);
    TRY(env_read_file(sh->env, sh->arena, path, PARSER_TEXT_MAX, &text, e));
    struct str name = arena_str(sh->arena, path);
    if (name.at == NULL) return error_no_memory(e, path.size_bytes);
    sh->depth++;
    enum status s = text.size_bytes == 0 ? STATUS_OK : shell_text(sh, name, text);
    sh->depth--;
    return s;
}

static enum status list_history(struct shell *sh, struct str argument, struct error *e) {
    struct buf out = BUF_INIT;
    uint32_t n = HISTORY_SHOWN, count = history_count(sh->history);
    if (argument.size_bytes > 0) TRY(parse_number(argument, &n, e));
    for (uint32_t i = n < count ? count - n : 0; i < count; i++) buf_format(&out, "%.*s\n", STR_ARG(history_at(sh->history, i)));
    return say(sh, &out, e);
}

/* ---- the last statement in a text editor ------------------------------------------------------------------------- */

/* The newest entry of history that is SQL. */
static struct str last_statement(const struct shell *sh) {
    for (uint32_t i = history_count(sh->history); i > 0; i--) {
        struct str name, argument, entry = history_at(sh->history, i - 1);
        if (!command_split(entry, &name, &argument)) return entry;
    }
    return STR("");
}

static enum status write_draft(struct shell *sh, struct str path, struct error *e) {
    struct env_file *f = NULL;
    struct str text = last_statement(sh);
    TRY(env_open(sh->env, path, ENV_WRITE_NEW, &f, e));
    enum status s = env_make_private(sh->env, path, e);
    if (s == STATUS_OK) s = env_write(sh->env, f, text.at, text.size_bytes, e);
    if (s == STATUS_OK) s = env_write(sh->env, f, "\n", 1, e);
    env_close(sh->env, f);
    return s;
}

static enum status edit_draft(struct shell *sh, struct str path, struct error *e) {
    struct str editor = env_variable(sh->env, "VISUAL"), text = STR("");
    int code = 0;
    if (editor.at == NULL || editor.size_bytes == 0) editor = env_variable(sh->env, "EDITOR");
    if (editor.at == NULL || editor.size_bytes == 0) editor = STR("vi");
    struct str command = arena_format(sh->arena, "%.*s '%.*s'", STR_ARG(editor), STR_ARG(path));
    if (command.at == NULL) return error_no_memory(e, 0);
    TRY(env_command_run(sh->env, command, &code, e));
    if (code != 0) return error_set(e, STATUS_INVALID, "The editor '%.*s' ended with code %d", STR_ARG(editor), code);
    TRY(env_read_file(sh->env, sh->arena, path, EDITOR_BYTES_MAX, &text, e));
    while (text.size_bytes > 0 && (unsigned char)text.at[text.size_bytes - 1] <= ' ') text.size_bytes--;
    sh->drafted = text;
    return STATUS_OK;
}

/* What comes back stands at the prompt, to be run by Enter. */
static enum status edit(struct shell *sh, struct error *e) {
    struct str tmp = env_variable(sh->env, "TMPDIR");
    struct str path = arena_format(sh->arena, "%.*s/weir-%016llx.sql", STR_ARG(tmp.at == NULL ? STR("/tmp") : tmp), (unsigned long long)env_random(sh->env));
    if (path.at == NULL) return error_no_memory(e, 0);
    if (sh->editor == NULL) return error_set(e, STATUS_UNSUPPORTED, "\\e needs a terminal that can be drawn on (TERM)");
    enum status s = write_draft(sh, path, e);
    if (s == STATUS_OK) s = edit_draft(sh, path, e);
    (void)env_remove(sh->env, path, NULL);
    return s;
}

static enum status clear(struct shell *sh, struct error *e) {
    const char sequence[] = "\x1b[H\x1b[2J\x1b[3J";
    return sh->editor == NULL ? STATUS_OK : env_write(sh->env, env_stdout(sh->env), sequence, sizeof sequence - 1, e);
}

static enum status unknown(struct str name, struct error *e) {
    enum { NAMES_MAX = 64 };
    struct str names[NAMES_MAX];
    uint32_t n = 0;
    const struct command_row *c;
    for (uint32_t i = 0; (c = command_at(i)) != NULL && n < NAMES_MAX; i++) {
        names[n++] = str_of(c->name);
        for (uint32_t k = 0; command_other(c, k).size_bytes > 0 && n < NAMES_MAX; k++) names[n++] = command_other(c, k);
    }
    error_set(e, STATUS_NOT_FOUND, "There is no command '%.*s'", STR_ARG(name));
    struct str near = str_nearest(name, names, n);
    if (near.size_bytes > 0) return error_hint(e, "Did you mean %.*s? \\? lists all", STR_ARG(near));
    return error_hint(e, "\\? lists all");
}

enum status shell_command_run(struct shell *sh, struct str name, struct str argument, struct error *e) {
    const struct command_row *c = command_find(name);
    struct view_look *look = view_look(sh->view);
    enum output_format mode = OUTPUT_AUTO;
    if (c == NULL) return unknown(name, e);
    switch (c->id) {
    case SHELL_DESCRIBE: return argument.size_bytes == 0 ? tables(sh, e) : run_sql(sh, "DESCRIBE", argument);
    case SHELL_FUNCTIONS: return functions(sh, argument, e);
    case SHELL_CATALOGS: return run_sql(sh, "SHOW CATALOGS; SHOW DATABASES", argument);
    case SHELL_HELP: return help(sh, e);
    case SHELL_QUIT: sh->ended = true; return STATUS_OK;
    case SHELL_READ: return read_file(sh, argument, e);
    case SHELL_MODE: return set_mode(sh, argument, e);
    case SHELL_TIMER: return set_switch(sh, "timer", argument, &sh->timer, e);
    case SHELL_LAST: TRY(parse_mode(argument, &mode, e)); return view_again(sh->view, mode, e);
    case SHELL_ROWS: return set_rows(sh, argument, e);
    case SHELL_WIDTH: return set_width(sh, argument, e);
    case SHELL_PAGER: return set_switch(sh, "pager", argument, &look->pager, e);
    case SHELL_HISTORY: return list_history(sh, argument, e);
    case SHELL_EDIT: return edit(sh, e);
    case SHELL_CLEAR: return clear(sh, e);
    }
    assert(!"unknown command");
    return STATUS_BUG;
}
