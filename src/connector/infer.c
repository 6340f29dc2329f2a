/* SPDX-License-Identifier: Apache-2.0 */
/*
 * infer: looks at the first rows (at most a quarter of a megabyte) and makes a table of them. JSON
 * when the first byte is '{' or '['; CSV when one of , ; tab | cuts the first lines into the same
 * number of at least two fields and the first line can be names; else lines.
 */
#include "connector/infer.h"

#include "connector/infer_guess.h"
#include "connector/path_pattern.h"
#include "format/csv.h"
#include "format/json.h"
#include "format/text_value.h"

#include <assert.h>

enum { SAMPLE_BYTES = 256 * 1024, SAMPLE_ROWS = 1000, CSV_FIELDS_MAX = 1000 };

struct inference {
    struct arena *arena;
    struct types *types;
    struct table *table;
    struct error *error;
};

static enum status no_memory(struct inference *n) { return error_no_memory(n->error, 0); }

static enum status add_option(struct inference *n, const char *key, struct str value) {
    struct ast_option *o = ARENA_NEW(n->arena, struct ast_option);
    if (o == NULL) return no_memory(n);
    o->key = str_of(key);
    o->value = value;
    return list_push(&n->table->options, n->arena, o) == STATUS_OK ? STATUS_OK : no_memory(n);
}

static enum status set_columns(struct inference *n, const struct type *row) {
    n->table->columns = ARENA_ARRAY(n->arena, struct column, row->child_count + 1);
    if (n->table->columns == NULL) return no_memory(n);
    n->table->column_count = row->child_count;
    for (uint32_t i = 0; i < row->child_count; i++)
        n->table->columns[i] = (struct column){.name = row->children[i].name, .kind = AST_PHYSICAL, .type = row->children[i].type};
    return STATUS_OK;
}

/* The next line of *rest without its end; false: none. */
static bool next_line(struct str *rest, struct str *ret) {
    if (rest->size_bytes == 0) return false;
    const char *newline = memchr(rest->at, '\n', rest->size_bytes);
    size_t size = newline == NULL ? rest->size_bytes : (size_t)(newline - rest->at);
    *ret = (struct str){rest->at, size};
    size_t used = newline == NULL ? size : size + 1;
    rest->at += used;
    rest->size_bytes -= used;
    if (ret->size_bytes > 0 && ret->at[ret->size_bytes - 1] == '\r') ret->size_bytes--;
    return true;
}

/* ---- JSON ---- */

static bool guess_record(struct inference *n, struct guess *g, struct json_bridge *bridge, struct buf *copy, struct str line) {
    const struct json_token *tape;
    uint32_t count = 0;
    buf_reset(copy);
    buf_str(copy, line);
    if (!buf_reserve(copy, JSON_PADDING)) return false;
    memset(copy->at + copy->size_bytes, 0, JSON_PADDING);
    if (json_bridge_parse(bridge, copy->at, copy->size_bytes, &tape, &count) != NULL) return false;
    if (tape[0].kind == JSON_OBJECT) return guess_json(n->arena, g, tape, 0, 0);
    for (uint32_t i = 1; i < tape[0].next; i = tape[i].next) {
        if (tape[i].kind != JSON_OBJECT || !guess_json(n->arena, g, tape, i, 0)) return false;
    }
    return true;
}

static enum status infer_json(struct inference *n, struct str bytes, bool *ret_found) {
    struct guess g = {0};
    struct buf copy = BUF_INIT;
    struct json_bridge *bridge = json_bridge_new();
    if (bridge == NULL) return no_memory(n);
    uint32_t rows = 0;
    struct str line;
    while (rows < SAMPLE_ROWS && next_line(&bytes, &line)) {
        while (line.size_bytes > 0 && (line.at[0] == ' ' || line.at[0] == '\t')) line.at++, line.size_bytes--;
        if (line.size_bytes == 0 || (line.at[0] != '{' && line.at[0] != '[')) continue;
        rows += guess_record(n, &g, bridge, &copy, line);
    }
    buf_deinit(&copy);
    json_bridge_free(bridge);
    *ret_found = rows > 0 && g.fields != NULL;
    if (!*ret_found) return STATUS_OK;
    uint32_t standards = guess_standards(&g);
    bool iso = (standards & (GUESS_SQL_TIME | GUESS_SQL_ZULU)) == 0 && standards != 0;
    g.bits = GUESS_OBJECT;
    const struct type *row = guess_type(n->arena, n->types, &g, iso);
    if (row == NULL) return no_memory(n);
    TRY(add_option(n, "format", STR("json")));
    if (iso) TRY(add_option(n, "json.timestamp-format.standard", STR("ISO-8601")));
    return set_columns(n, row);
}

/* ---- CSV ---- */

/* Reads whole records of bytes; calls nothing but counts: fields per record must agree. 0: this is no CSV with that delimiter. */
static uint32_t count_fields(struct csv_dialect *d, struct csv_record *r, struct str bytes, bool whole, char delimiter) {
    const char *p = bytes.at, *end = bytes.at + bytes.size_bytes;
    uint32_t fields = 0;
    d->delimiter = delimiter;
    for (uint32_t rows = 0; p < end && rows < SAMPLE_ROWS; rows++) {
        p = csv_record_read(d, r, p, end, whole);
        if (p == NULL) return rows == 0 ? 0 : fields;
        if (r->bad != NULL || r->too_many) return 0;
        if (r->count == 1 && r->fields[0].size == 0) continue;
        if (fields == 0) fields = r->count;
        if (fields != r->count) return 0;
    }
    return fields;
}

static bool is_name(struct csv_field f) {
    struct guess g = {0};
    guess_text(&g, (struct str){f.at, f.size}, false);
    return f.size > 0 && g.bits == GUESS_TEXT;
}

/* A name that stands in the header twice gets a number, so that both columns can be asked for. */
static struct str unique_name(struct inference *n, const struct type_field *columns, uint32_t count, struct str name) {
    struct str unique = name;
    for (uint32_t next = 2, i = 0; unique.at != NULL && i < count; i++) {
        if (!str_equal(columns[i].name, unique)) continue;
        unique = arena_format(n->arena, "%.*s_%u", STR_ARG(name), next++);
        i = UINT32_MAX; /* from the first one again */
    }
    return unique;
}

static enum status csv_columns(struct inference *n, struct csv_dialect *d, struct csv_record *r, struct str bytes, bool whole, uint32_t fields, bool *ret_header) {
    const char *p = bytes.at, *end = bytes.at + bytes.size_bytes;
    struct guess *guesses = ARENA_ARRAY(n->arena, struct guess, fields);
    struct type_field *columns = ARENA_ARRAY(n->arena, struct type_field, fields);
    if (guesses == NULL || columns == NULL) return no_memory(n);
    p = csv_record_read(d, r, p, end, whole);
    assert(p != NULL && r->count == fields);
    *ret_header = true;
    for (uint32_t i = 0; i < fields; i++) *ret_header &= is_name(r->fields[i]);
    for (uint32_t i = 0; i < fields; i++) {
        struct str name = {r->fields[i].at, r->fields[i].size};
        columns[i].name = *ret_header ? arena_str(n->arena, text_trim(name)) : arena_format(n->arena, "f%u", i);
        if (columns[i].name.at != NULL) columns[i].name = unique_name(n, columns, i, columns[i].name);
        if (columns[i].name.at == NULL) return no_memory(n);
    }
    if (!*ret_header) p = bytes.at;
    for (uint32_t rows = 0; p != NULL && p < end && rows < SAMPLE_ROWS; rows++) {
        p = csv_record_read(d, r, p, end, whole);
        for (uint32_t i = 0; p != NULL && i < r->count; i++) {
            if (r->fields[i].size > 0) guess_text(&guesses[i], (struct str){r->fields[i].at, r->fields[i].size}, false);
        }
    }
    for (uint32_t i = 0; i < fields; i++) {
        columns[i].type = guess_type(n->arena, n->types, &guesses[i], false);
        if (columns[i].type == NULL) return no_memory(n);
    }
    struct type row = {.root = TYPE_ROW, .child_count = fields, .children = columns};
    return set_columns(n, &row);
}

static enum status infer_csv(struct inference *n, struct str bytes, bool whole, bool *ret_found) {
    static const char delimiters[] = ",;\t|";
    struct csv_dialect d = {.quote = '"', .escape = -1, .trailing_comma = true};
    struct csv_record r = {.fields = ARENA_ARRAY(n->arena, struct csv_field, CSV_FIELDS_MAX), .capacity = CSV_FIELDS_MAX};
    if (r.fields == NULL) return no_memory(n);
    uint32_t best = 1;
    char delimiter = 0;
    for (const char *c = delimiters; *c != 0; c++) {
        uint32_t fields = count_fields(&d, &r, bytes, whole, *c);
        if (fields <= best) continue;
        best = fields;
        delimiter = *c;
    }
    enum status st = STATUS_OK;
    *ret_found = delimiter != 0;
    if (*ret_found) {
        bool header = false;
        d.delimiter = delimiter;
        st = csv_columns(n, &d, &r, bytes, whole, best, &header);
        if (st == STATUS_OK) st = add_option(n, "format", STR("csv"));
        if (st == STATUS_OK && header) st = add_option(n, "csv.header", STR("true"));
        if (st == STATUS_OK) st = add_option(n, "csv.null-literal", STR(""));
        struct str text = delimiter == '\t' ? STR("\t") : delimiter == ';' ? STR(";") : STR("|");
        if (st == STATUS_OK && delimiter != ',') st = add_option(n, "csv.field-delimiter", text);
    }
    buf_deinit(&r.text);
    return st;
}

static enum status infer_lines(struct inference *n) {
    struct type_field *line = ARENA_NEW(n->arena, struct type_field);
    if (line == NULL) return no_memory(n);
    *line = (struct type_field){STR("line"), type_string(n->types, true), {NULL, 0}};
    struct type row = {.root = TYPE_ROW, .child_count = 1, .children = line};
    TRY(add_option(n, "format", STR("raw")));
    return set_columns(n, &row);
}

enum status infer_table(struct arena *a, struct types *types, struct str bytes, bool whole, const char *connector, struct str path,
                        struct table **ret, struct error *e) {
    struct inference n = {a, types, ARENA_NEW(a, struct table), e};
    if (n.table == NULL) return error_no_memory(e, sizeof *n.table);
    n.table->rowtime_column = -1;
    if (bytes.size_bytes >= 3 && memcmp(bytes.at, "\xef\xbb\xbf", 3) == 0) bytes.at += 3, bytes.size_bytes -= 3;
    /* The last line may be cut off. */
    const char *newline = memrchr(bytes.at == NULL ? "" : bytes.at, '\n', bytes.size_bytes);
    if (!whole && newline != NULL) bytes.size_bytes = (size_t)(newline - bytes.at) + 1;
    TRY(add_option(&n, "connector", str_of(connector)));
    if (path.size_bytes > 0) TRY(add_option(&n, "path", path));
    size_t i = 0;
    while (i < bytes.size_bytes && (unsigned char)bytes.at[i] <= ' ') i++;
    bool found = false;
    if (i < bytes.size_bytes && (bytes.at[i] == '{' || bytes.at[i] == '[')) TRY(infer_json(&n, bytes, &found));
    else if (i < bytes.size_bytes) TRY(infer_csv(&n, bytes, whole, &found));
    if (!found) TRY(infer_lines(&n));
    *ret = n.table;
    return STATUS_OK;
}

/* ---- where the bytes come from ---- */

enum status infer_file(struct env *env, struct arena *a, struct types *types, struct str path, struct table **ret, struct error *e) {
    struct str file;
    struct env_file *f;
    TRY(path_first_file(env, a, path, &file, e));
    char *bytes = arena_bytes(a, SAMPLE_BYTES);
    if (bytes == NULL) return error_no_memory(e, SAMPLE_BYTES);
    TRY(env_open(env, file, ENV_READ, &f, e));
    size_t size = 0;
    enum status st = env_read_at(env, f, 0, bytes, SAMPLE_BYTES, &size, e);
    env_close(env, f);
    if (st != STATUS_OK) return st;
    return infer_table(a, types, (struct str){bytes, size}, size < SAMPLE_BYTES, "filesystem", path, ret, e);
}

enum { STDIN_WAIT_MS = 20, STDIN_ENOUGH_LINES = 100 };

static uint32_t line_count(const char *bytes, size_t size) {
    uint32_t n = 0;
    for (size_t i = 0; i < size; i++) n += bytes[i] == '\n';
    return n;
}

enum status infer_stdin(struct env *env, struct arena *a, struct types *types, struct table **ret, struct error *e) {
    char *bytes = arena_bytes(a, SAMPLE_BYTES);
    if (bytes == NULL) return error_no_memory(e, SAMPLE_BYTES);
    size_t size = 0;
    bool whole = false;
    while (size < SAMPLE_BYTES && !whole) {
        uint32_t lines = line_count(bytes, size);
        /* Two lines are the least; more only if they come at once, so that a slow writer is not waited for. */
        if (lines >= STDIN_ENOUGH_LINES || (lines >= 2 && !env_readable(env, env_stdin(env), STDIN_WAIT_MS))) break;
        size_t n;
        TRY(env_read(env, env_stdin(env), bytes + size, SAMPLE_BYTES - size, &n, e));
        whole = n == 0;
        size += n;
    }
    if (size > 0) TRY(env_unread(env, env_stdin(env), (struct str){bytes, size}, e));
    return infer_table(a, types, (struct str){bytes, size}, whole, "stdin", STR(""), ret, e);
}
