/* SPDX-License-Identifier: Apache-2.0 */
/*
 * values_source: rows of a JSON-lines file, {"op":"+I","row":[...]}, in file order by one reader. The
 * position is the number of rows read, so a restored job goes on behind them even if the file has
 * grown. Two more kinds of line steer a test: {"watermark":"..."} marks a watermark, and, where time
 * is virtual, {"processing-time":"..."} moves the clock once the rows before it have gone through.
 */
#include "connector/connectors.h"
#include "connector/values/values.h"

#include "format/json.h"

#include <assert.h>
#include <stdio.h>

struct values_reader {
    struct source_reader base;
    struct source_context context;
    struct str path;
    bool bounded;
    bool has_split;
    struct env_file *file;
    struct buf input;          /* bytes read and not yet used, from at on */
    size_t at;
    uint64_t offset;           /* file offset behind input */
    uint64_t rows, skip;       /* rows handed out; rows to pass over after a restore */
    uint64_t line;
    int64_t clock_us;          /* move the clock to this before the next row; -1: no */
    uint32_t entry_count;      /* entries of a line: physical columns and readable metadata */

    int32_t *outputs;          /* per entry, -1: not wanted */
    struct json_bridge *bridge;
    struct buf record;
    struct values_convert convert;
};

enum { CHUNK = 64 * 1024, LINE_MAX_BYTES = 64 << 20, POLL_NS = 20000000 };

static const char usage[] = "a line is {\"op\":\"+I\",\"row\":[...]}";

static enum status bad_line(const struct values_reader *r, const char *what, struct error *e) {
    return error_set(e, STATUS_BAD_RECORD, "%.*s, line %llu: %s (%s).", STR_ARG(r->path), (unsigned long long)r->line, what, usage);
}

/* One more chunk; *ret_more false at the end of the file as it is now. */
static enum status read_chunk(struct values_reader *r, bool *ret_more, struct error *e) {
    if (r->at > 0) {
        memmove(r->input.at, r->input.at + r->at, r->input.size_bytes - r->at);
        r->input.size_bytes -= r->at;
        r->at = 0;
    }
    if (r->input.size_bytes > LINE_MAX_BYTES) return bad_line(r, "longer than 64 MiB", e);
    if (!buf_reserve(&r->input, CHUNK)) return error_no_memory(e, CHUNK);
    size_t size;
    TRY(env_read_at(r->context.env, r->file, r->offset, r->input.at + r->input.size_bytes, CHUNK, &size, e));
    r->input.size_bytes += size;
    r->offset += size;
    *ret_more = size > 0;
    return STATUS_OK;
}

/* The next whole line; *ret_more false: there is none now. */
static enum status next_line(struct values_reader *r, struct str *ret, bool *ret_more, struct error *e) {
    for (;;) {
        size_t left = r->input.size_bytes - r->at;
        const char *from = left == 0 ? NULL : r->input.at + r->at;
        const char *newline = left == 0 ? NULL : memchr(from, '\n', left);
        if (newline != NULL) {
            *ret = (struct str){from, (size_t)(newline - from)};
            r->at += ret->size_bytes + 1;
            break;
        }
        bool more = false;
        TRY(read_chunk(r, &more, e));
        if (more) continue;
        if (left == 0 || !(r->bounded || r->context.available_now)) {
            *ret_more = false;
            return STATUS_OK;
        }
        *ret = (struct str){r->input.at, r->input.size_bytes};
        r->at = r->input.size_bytes;
        break;
    }
    r->line++;
    *ret_more = true;
    return STATUS_OK;
}

static bool is_name(const struct json_token *t, const char *name) {
    return str_equal((struct str){t->at, t->size}, str_of(name));
}

static bool parse_kind(const struct json_token *t, enum row_kind *ret) {
    for (unsigned k = 0; k < 4; k++) {
        if (!is_name(t, row_kind_text((enum row_kind)k))) continue;
        *ret = (enum row_kind)k;
        return true;
    }
    return false;
}

static bool parse_instant(const struct values_reader *r, const struct json_token *t, bool local, struct ts *ret) {
    if (t->kind != JSON_STRING || !ts_parse((struct str){t->at, t->size}, 9, ret)) return false;
    if (local && r->context.zone != NULL) *ret = zone_to_utc(r->context.zone, *ret);
    return true;
}

static enum status add_row(struct values_reader *r, const struct json_token *tape, uint32_t row_at, enum row_kind kind, struct batch_buffer *out, struct error *e) {
    if (tape[row_at].kind != JSON_ARRAY) return bad_line(r, "\"row\" is not an array", e);
    if (r->skip > 0) {
        r->skip--;
        return STATUS_OK;
    }
    uint32_t row = batch_buffer_row(out, kind), entry = 0;
    for (uint32_t i = row_at + 1; i < tape[row_at].next; i = tape[i].next, entry++) {
        if (entry >= r->entry_count || r->outputs[entry] < 0) continue;
        if (!values_convert(&r->convert, tape, i, out->batch.columns[r->outputs[entry]], row)) {
            char what[80];
            snprintf(what, sizeof what, "entry %u does not fit the type of its column", entry + 1);
            return bad_line(r, what, e);
        }
    }
    if (entry != r->entry_count) {
        char what[80];
        snprintf(what, sizeof what, "%u entries expected, %u found", r->entry_count, entry);
        return bad_line(r, what, e);
    }
    r->rows++;
    return STATUS_OK;
}

/* A line that steers: true when it was one. */
static bool steer(struct values_reader *r, const struct json_token *tape, uint32_t at, struct batch_buffer *out, enum status *ret) {
    struct ts t;
    bool clock = is_name(&tape[at], "processing-time");
    if (!clock && !is_name(&tape[at], "watermark")) return false;
    *ret = STATUS_BAD_RECORD;
    if (!parse_instant(r, &tape[at + 1], clock, &t)) return true;
    *ret = STATUS_OK;
    if (r->skip > 0) return true;
    if (clock) r->clock_us = t.micros;
    else *ret = batch_buffer_mark(out, MARK_WATERMARK, ts_to_millis(t));
    return true;
}

static enum status parse_line(struct values_reader *r, struct str line, struct batch_buffer *out, struct error *e) {
    buf_reset(&r->record);
    buf_str(&r->record, line);
    if (!buf_reserve(&r->record, JSON_PADDING)) return error_no_memory(e, line.size_bytes);
    memset(r->record.at + r->record.size_bytes, 0, JSON_PADDING);
    const struct json_token *tape;
    uint32_t count = 0, row_at = 0;
    enum row_kind kind = ROW_INSERT;
    if (line.at[0] != '{') return bad_line(r, "not an object", e);
    const char *wrong = json_bridge_parse(r->bridge, r->record.at, r->record.size_bytes, &tape, &count);
    if (wrong != NULL) return bad_line(r, wrong, e);
    for (uint32_t i = 1; i < tape[0].next; i = tape[i + 1].next) {
        enum status st;
        if (steer(r, tape, i, out, &st)) return st == STATUS_BAD_RECORD ? bad_line(r, "not a timestamp", e) : st;
        if (is_name(&tape[i], "row")) row_at = i + 1;
        else if (!is_name(&tape[i], "op")) return bad_line(r, "unknown member", e);
        else if (!parse_kind(&tape[i + 1], &kind)) return bad_line(r, "op is none of +I, -U, +U, -D", e);
    }
    return row_at == 0 ? bad_line(r, "no \"row\"", e) : add_row(r, tape, row_at, kind, out, e);
}

static struct str trimmed(struct str s) {
    while (s.size_bytes > 0 && (unsigned char)s.at[0] <= ' ') s.at++, s.size_bytes--;
    while (s.size_bytes > 0 && (unsigned char)s.at[s.size_bytes - 1] <= ' ') s.size_bytes--;
    return s;
}

static enum status values_read(struct source_reader *base, struct batch_buffer *out, enum read_result *ret, int64_t *ret_wake_ns, struct error *e) {
    struct values_reader *r = (struct values_reader *)base;
    *ret_wake_ns = -1;
    *ret = READ_END;
    if (!r->has_split) return STATUS_OK;
    if (r->clock_us >= 0) {
        env_set_virtual_us(r->context.env, r->clock_us);
        r->clock_us = -1;
        *ret = READ_MORE; /* timers fire before the next rows, which the next step stamps with the new time */
        return STATUS_OK;
    }
    while (!batch_buffer_full(out) && r->clock_us < 0) {
        struct str line;
        bool more = false;
        TRY(next_line(r, &line, &more, e));
        if (!more) {
            if (r->bounded || r->context.available_now) {
                *ret = READ_END;
                r->has_split = false;
                return STATUS_OK;
            }
            *ret = READ_WAIT;
            *ret_wake_ns = env_monotonic_ns(r->context.env) + POLL_NS;
            return STATUS_OK;
        }
        line = trimmed(line);
        if (line.size_bytes > 0) TRY(parse_line(r, line, out, e));
    }
    *ret = READ_MORE;
    return STATUS_OK;
}

static enum status values_add_split(struct source_reader *base, struct str split, struct error *e) {
    struct values_reader *r = (struct values_reader *)base;
    uint64_t rows = 0;
    for (size_t i = 0; i < split.size_bytes; i++) {
        if (split.at[i] < '0' || split.at[i] > '9') return error_set(e, STATUS_CORRUPT, "values: a read position is damaged.");
        rows = rows * 10 + (uint64_t)(split.at[i] - '0');
    }
    TRY(env_open(r->context.env, r->path, ENV_READ, &r->file, e));
    r->rows = r->skip = rows;
    r->has_split = true;
    return STATUS_OK;
}

static enum status values_position(struct source_reader *base, enum status (*add)(void *context, struct str split), void *context, struct error *e) {
    struct values_reader *r = (struct values_reader *)base;
    (void)e;
    if (r->file == NULL) return STATUS_OK;
    char text[24];
    int n = snprintf(text, sizeof text, "%llu", (unsigned long long)r->rows);
    return add(context, (struct str){text, (size_t)n});
}

static void values_progress(struct source_reader *base, uint64_t *ret_done, uint64_t *ret_total) {
    struct values_reader *r = (struct values_reader *)base;
    *ret_done = r->offset;
    *ret_total = 0;
}

static void values_free(struct source_reader *base) {
    struct values_reader *r = (struct values_reader *)base;
    if (r->file != NULL) env_close(r->context.env, r->file);
    json_bridge_free(r->bridge);
    buf_deinit(&r->input);
    buf_deinit(&r->record);
    buf_deinit(&r->convert.text);
}

static const struct reader_ops reader_ops = {values_add_split, values_read, values_position, values_progress, values_free};

/* The entry of a table column in a line: physical columns in order, then the readable metadata in the option's order. */
static enum status entry_of(const struct source_context *c, uint32_t column, uint32_t physical, uint32_t *ret, struct error *e) {
    const struct table *t = c->scan->table;
    const struct column *wanted = &t->columns[column];
    if (wanted->kind == AST_PHYSICAL) {
        *ret = 0;
        for (uint32_t i = 0; i < column; i++) *ret += t->columns[i].kind == AST_PHYSICAL;
        return STATUS_OK;
    }
    struct metadata_column *metadata;
    uint32_t count;
    TRY(c->scan->options->connector->readable_metadata(c->arena, &c->scan->options->own, &metadata, &count, e));
    struct str key = wanted->metadata_key.at == NULL ? wanted->name : wanted->metadata_key;
    for (uint32_t i = 0; i < count; i++) {
        if (!str_equal(str_of(metadata[i].key), key)) continue;
        *ret = physical + i;
        return STATUS_OK;
    }
    return error_set(e, STATUS_NOT_FOUND, "Metadata key '%.*s' is not among readable-metadata.", STR_ARG(key));
}

static enum status map_columns(struct values_reader *r, struct error *e) {
    const struct source_context *c = &r->context;
    uint32_t physical = 0, metadata_count;
    struct metadata_column *metadata;
    for (uint32_t i = 0; i < c->scan->table->column_count; i++) physical += c->scan->table->columns[i].kind == AST_PHYSICAL;
    TRY(c->scan->options->connector->readable_metadata(c->arena, &c->scan->options->own, &metadata, &metadata_count, e));
    r->entry_count = physical + metadata_count;
    r->outputs = ARENA_ARRAY(c->arena, int32_t, r->entry_count + 1);
    if (r->outputs == NULL) return error_no_memory(e, 0);
    for (uint32_t i = 0; i < r->entry_count; i++) r->outputs[i] = -1;
    for (uint32_t i = 0; i < c->scan->column_count; i++) {
        uint32_t entry = 0;
        TRY(entry_of(c, c->scan->columns[i], physical, &entry, e));
        assert(c->scan->path_counts == NULL || c->scan->path_counts[i] == 0);
        r->outputs[entry] = (int32_t)i;
    }
    return STATUS_OK;
}

enum status values_reader_new(const struct source_context *c, struct source_reader **ret, struct error *e) {
    struct values_reader *r = ARENA_NEW(c->arena, struct values_reader);
    if (r == NULL) return error_no_memory(e, sizeof *r);
    r->base.ops = &reader_ops;
    r->context = *c;
    r->path = options_text(&c->scan->options->own, "path");
    r->bounded = options_bool(&c->scan->options->own, "bounded");
    r->clock_us = -1;
    r->convert.zone = c->zone;
    TRY(map_columns(r, e));
    r->bridge = json_bridge_new();
    if (r->bridge == NULL) return error_no_memory(e, 0);
    *ret = &r->base;
    return STATUS_OK;
}
