/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_general: decodes any record through simdjson's tape. It defines the decoder's answers; the
 * predicted path only gives the same ones faster. Text behind the first value is ignored, a leading
 * byte-order mark too, and an array of objects is several rows: all as Flink does.
 */
#include "format/json.h"

#include "base/alloc.h"

#include <assert.h>
#include <stdio.h>

struct json_general {
    struct json_bridge *bridge;
    struct json_convert *convert;
    bool fail_on_missing;
    struct buf copy;   /* the record, padded, control characters in strings escaped */
    const struct json_token *tape; /* of the array that is being given, and its next element */
    uint32_t next;
    char message[160];
    struct str column;
};

enum status json_general_new(struct arena *a, struct json_convert *convert, bool fail_on_missing, struct json_general **ret) {
    struct json_general *g = ARENA_NEW(a, struct json_general);
    if (g == NULL) return STATUS_NO_MEMORY;
    g->bridge = json_bridge_new();
    if (g->bridge == NULL) return STATUS_NO_MEMORY;
    g->convert = convert;
    g->fail_on_missing = fail_on_missing;
    *ret = g;
    return STATUS_OK;
}

void json_general_free(struct json_general *g) {
    if (g == NULL) return;
    json_bridge_free(g->bridge);
    buf_deinit(&g->copy);
}

static bool blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/* Copies the first value of s; control characters inside of strings become escapes, since simdjson refuses them. */
static void copy_value(struct buf *out, struct str s) {
    static const char hex[] = "0123456789abcdef";
    uint32_t depth = 0;
    bool inside = false;
    buf_reset(out);
    for (size_t i = 0; i < s.size_bytes; i++) {
        char c = s.at[i];
        if (inside && (unsigned char)c < 0x20) {
            char escape[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
            buf_append(out, escape, 6);
            continue;
        }
        buf_char(out, c);
        if (inside) {
            if (c == '\\' && i + 1 < s.size_bytes && (unsigned char)s.at[i + 1] >= 0x20) buf_char(out, s.at[++i]);
            if (c == '"') inside = false;
        } else if (c == '"') {
            inside = true;
        } else if (c == '{' || c == '[') {
            depth++;
        } else if ((c == '}' || c == ']') && --depth == 0) {
            break;
        }
    }
}

static struct str without_prefix(struct str s) {
    if (s.size_bytes >= 3 && memcmp(s.at, "\xef\xbb\xbf", 3) == 0) s.at += 3, s.size_bytes -= 3;
    while (s.size_bytes > 0 && blank(s.at[0])) s.at++, s.size_bytes--;
    return s;
}

static bool fill_shape(struct json_general *g, struct json_shape *s, const struct json_token *tape, uint32_t at, uint32_t row);

static bool fill_value(struct json_general *g, struct json_field *f, const struct json_token *tape, uint32_t at, uint32_t row) {
    if (f->below == NULL) return json_convert_value(g->convert, tape, at, f->type, f->vec, row);
    if (tape[at].kind == JSON_NULL) {
        json_shape_set_null(f->below, row);
        return true;
    }
    if (tape[at].kind == JSON_OBJECT) return fill_shape(g, f->below, tape, at, row);
    g->convert->bad = "not an object";
    if (!g->convert->lenient) return false;
    g->convert->nulled++;
    json_shape_set_null(f->below, row);
    return true;
}

/* Distinct names of a shape; the same name may be wanted twice. */
static uint32_t distinct_names(const struct json_shape *s) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < s->count; i++) {
        bool again = false;
        for (uint32_t k = 0; k < i && !again; k++) again = str_equal(s->fields[i].name, s->fields[k].name);
        count += !again;
    }
    return count;
}

static bool failed_at(struct json_general *g, struct str name) {
    if (g->column.size_bytes == 0) g->column = name;
    return false;
}

/* As from a tree: each field by the last member of its name. */
static bool fill_from_tree(struct json_general *g, struct json_shape *s, const struct json_token *tape, uint32_t at, uint32_t row) {
    for (uint32_t k = 0; k < s->count; k++) {
        uint32_t member = json_last_member(g->convert, tape, at, s->fields[k].name);
        if (member == 0 && g->fail_on_missing) {
            g->convert->bad = NULL;
            return false;
        }
        if (member > 0 && !fill_value(g, &s->fields[k], tape, member + 1, row)) return failed_at(g, s->fields[k].name);
    }
    return true;
}

static bool fill_shape(struct json_general *g, struct json_shape *s, const struct json_token *tape, uint32_t at, uint32_t row) {
    json_shape_set_null(s, row);
    if (s->row != NULL) vec_set_valid(s->row, row);
    if (g->convert->from_tree) return fill_from_tree(g, s, tape, at, row);
    uint32_t met = 0, wanted = distinct_names(s);
    for (uint32_t i = at + 1; i < tape[at].next && met < wanted; i = tape[i + 1].next) {
        bool known = false;
        for (uint32_t k = 0; k < s->count; k++) {
            if (!json_name_is(g->convert, &tape[i], s->fields[k].name)) continue;
            known = true;
            if (fill_value(g, &s->fields[k], tape, i + 1, row)) continue;
            return failed_at(g, s->fields[k].name);
        }
        met += known;
    }
    if (met < wanted && g->fail_on_missing) {
        g->convert->bad = NULL;
        return false;
    }
    return true;
}

static enum status bad(struct bad_record *r, const char *code, const char *message) {
    r->code = code;
    r->column = STR("");
    r->message = str_of(message);
    return STATUS_BAD_RECORD;
}

static enum status bad_field(struct json_general *g, struct bad_record *r) {
    if (g->convert->bad == NULL) return bad(r, "missing-field", "a field of the table is missing");
    int n = snprintf(g->message, sizeof g->message, "field '%.*s' is %s", STR_ARG(g->column), g->convert->bad);
    r->code = "bad-value";
    r->column = g->column;
    r->message = (struct str){g->message, n < 0 ? 0 : (size_t)n < sizeof g->message ? (size_t)n : sizeof g->message - 1};
    return STATUS_BAD_RECORD;
}

static enum status add_row(struct json_general *g, struct json_shape *s, const struct json_token *tape, uint32_t at, struct batch_buffer *out, struct bad_record *r) {
    if (tape[at].kind != JSON_OBJECT) return bad(r, "not-an-object", "Illegal JSON object data: an array holds something else than objects.");
    g->column = STR("");
    g->convert->bad = NULL;
    uint32_t row = batch_buffer_row(out, ROW_INSERT);
    return fill_shape(g, s, tape, at, row) ? STATUS_OK : bad_field(g, r);
}

/* The tape of the first value of a record. */
static enum status parse(struct json_general *g, struct str text, struct bad_record *r, struct error *e) {
    copy_value(&g->copy, text);
    if (!buf_reserve(&g->copy, JSON_PADDING)) return error_no_memory(e, text.size_bytes);
    memset(g->copy.at + g->copy.size_bytes, 0, JSON_PADDING);
    uint32_t count;
    const char *wrong = json_bridge_parse(g->bridge, g->copy.at, g->copy.size_bytes, &g->tape, &count);
    return wrong != NULL ? bad(r, "malformed-json", wrong) : STATUS_OK;
}

/* The elements of an array from g->next on, as long as out has room. */
static enum status add_elements(struct json_general *g, struct json_shape *s, struct batch_buffer *out, struct bad_record *r) {
    uint32_t before = out->batch.row_count;
    for (; g->next < g->tape[0].next; g->next = g->tape[g->next].next) {
        uint32_t good = out->batch.row_count;
        enum status st = batch_buffer_full(out) ? STATUS_LIMIT : add_row(g, s, g->tape, g->next, out, r);
        if (st == STATUS_OK) continue;
        /* Where errors are ignored, the rows before a bad one have been read. */
        if (st == STATUS_LIMIT || g->convert->lenient) before = good;
        out->batch.row_count = out->batch.sel_count = before;
        return st;
    }
    return STATUS_OK;
}

static enum status begin_record(struct json_general *g, struct str record, uint32_t skip, struct bad_record *r, struct error *e) {
    g->next = 1;
    struct str text = without_prefix(record);
    if (text.size_bytes == 0 || (text.at[0] != '{' && text.at[0] != '['))
        return bad(r, "not-an-object", "No JSON object: a record begins with '{'.");
    TRY(parse(g, text, r, e));
    if (g->tape[0].kind == JSON_OBJECT) return STATUS_OK;
    for (; skip > 0 && g->next < g->tape[0].next; skip--) g->next = g->tape[g->next].next;
    return STATUS_OK;
}

enum status json_general_record(struct json_general *g, struct json_shape *s, struct str record, struct batch_buffer *out, uint32_t *rows_given, struct bad_record *r, struct error *e) {
    struct str text = without_prefix(record);
    if (g->convert->from_tree && text.size_bytes >= 4 && memcmp(text.at, "null", 4) == 0) return STATUS_OK;
    uint32_t before = out->batch.row_count, given = *rows_given;
    bool begun = given > 0 && g->tape != NULL;
    *rows_given = 0;
    enum status st = begun ? STATUS_OK : begin_record(g, record, given, r, e);
    if (st == STATUS_OK && g->tape[0].kind == JSON_OBJECT) {
        st = add_row(g, s, g->tape, 0, out, r);
        if (st != STATUS_OK) out->batch.row_count = out->batch.sel_count = before;
    } else if (st == STATUS_OK) {
        st = add_elements(g, s, out, r);
    }
    if (st == STATUS_LIMIT) *rows_given = given + out->batch.row_count - before;
    else g->tape = NULL;
    return st;
}
