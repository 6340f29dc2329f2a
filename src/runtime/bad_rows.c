/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bad_rows: the policy for records that cannot be read, of one source in one subtask. The columns of
 * the log table are found by name (row `log_columns`); any of them may be left out. The classes of
 * errors are few and named by the decoders; one more than CLASSES_MAX is counted as "other".
 */
#include "runtime/bad_rows.h"

#include "runtime/attempt.h"

#include <assert.h>
#include <stdio.h>

enum { CLASSES_MAX = 64, MESSAGE_MAX = 256 };

enum log_column { LOG_RECORD, LOG_SOURCE, LOG_TABLE, LOG_OFFSET, LOG_CODE, LOG_COLUMN, LOG_MESSAGE, LOG_TIME, LOG_COLUMN_COUNT };

static const struct { const char *name; enum log_column column; } log_columns[] = {
    {"record", LOG_RECORD}, {"bytes", LOG_RECORD}, {"raw", LOG_RECORD}, {"original", LOG_RECORD}, {"value", LOG_RECORD},
    {"source", LOG_SOURCE}, {"file", LOG_SOURCE}, {"topic", LOG_SOURCE}, {"path", LOG_SOURCE}, {"table", LOG_TABLE}, {"table_name", LOG_TABLE},
    {"offset", LOG_OFFSET}, {"record_offset", LOG_OFFSET}, {"position", LOG_OFFSET},
    {"code", LOG_CODE}, {"error_code", LOG_CODE}, {"column", LOG_COLUMN}, {"column_name", LOG_COLUMN}, {"field", LOG_COLUMN},
    {"message", LOG_MESSAGE}, {"error", LOG_MESSAGE}, {"error_message", LOG_MESSAGE},
    {"time", LOG_TIME}, {"ts", LOG_TIME}, {"error_time", LOG_TIME}, {"logged_at", LOG_TIME},
};

struct bad_class {
    const char *code; /* static text of the decoders */
    uint64_t count;
    char first_message[MESSAGE_MAX];
};

struct bad_rows {
    struct opnode *node;
    enum error_mode mode;
    int64_t rate_max; /* -1: none */
    int64_t second;   /* wall second that `in_second` counts in */
    int64_t in_second;
    struct bad_class classes[CLASSES_MAX];
    uint32_t class_count;
    struct sink_unit unit;
    bool logs;
    struct batch_buffer *buffer;
    enum log_column *columns; /* per column of the log table */
    struct error error;       /* noted in the callback, raised by bad_rows_check */
};

enum error_mode bad_rows_mode(const struct bad_rows *b) { return b->mode; }

struct sink_unit *bad_rows_unit(struct bad_rows *b) { return b->logs ? &b->unit : NULL; }

static bool column_fits(enum log_column c, const struct type *t) {
    if (c == LOG_OFFSET) return t->root == TYPE_BIGINT || t->phys == PHYS_STRING;
    if (c == LOG_TIME) return type_is_timestamp(t) || t->phys == PHYS_STRING;
    return t->phys == PHYS_STRING;
}

static enum status columns_find(struct bad_rows *b, struct arena *a, struct error *e) {
    const struct sink_context *c = &b->unit.context;
    b->columns = ARENA_ARRAY(a, enum log_column, c->column_count + 1);
    if (b->columns == NULL) return error_no_memory(e, 0);
    for (uint32_t i = 0; i < c->column_count; i++) {
        enum log_column found = LOG_COLUMN_COUNT;
        for (size_t k = 0; k < sizeof log_columns / sizeof *log_columns; k++)
            if (str_equal_ignore_case(c->names[i], str_of(log_columns[k].name))) found = log_columns[k].column;
        if (found == LOG_COLUMN_COUNT || !column_fits(found, c->types[i])) {
            error_set(e, STATUS_OPTION, "Column '%.*s' of the table '%.*s' cannot take anything of a bad record", STR_ARG(c->names[i]), STR_ARG(b->unit.label));
            return error_hint(e, "A log table's columns are among: record (BYTES or STRING), source, table, code, column, message (STRING), offset (BIGINT), time (TIMESTAMP_LTZ).");
        }
        b->columns[i] = found;
    }
    return STATUS_OK;
}

static enum status log_open(struct bad_rows *b, struct arena *a, struct error *e) {
    struct attempt *at = b->node->task->attempt;
    struct sink_params *sink = NULL;
    struct str uid = STR("");
    TRY(log_sink_find(at->job, a, b->node->node, &sink, &uid, e));
    if (sink == NULL) return STATUS_OK;
    if (b->node->parallelism > 1 && (sink->options->connector->abilities & CONNECTOR_ONE_WRITER) != 0) {
        error_set(e, STATUS_UNSUPPORTED, "Table '%.*s' cannot take the bad records of %u readers: the connector '%s' has one writer", STR_ARG(sink->table->name),
                  (unsigned)b->node->parallelism, sink->options->connector->name);
        return error_hint(e, "Log to a table of the connector 'filesystem', or SET 'parallelism.default' = '1'");
    }
    TRY(sink_unit_init(&b->unit, at->job, a, sink, uid, b->node->subtask, b->node->parallelism, e));
    TRY(columns_find(b, a, e));
    if (batch_buffer_new(a, b->unit.context.types, b->unit.context.column_count, 256, &b->buffer) != STATUS_OK) return error_no_memory(e, 0);
    b->logs = true;
    return sink_unit_open(&b->unit, b->node->task, e);
}

enum status bad_rows_open(struct opnode *n, struct bad_rows **ret, struct error *e) {
    struct arena *a = n->task->arena;
    struct bad_rows *b = ARENA_NEW(a, struct bad_rows);
    if (b == NULL) return error_no_memory(e, sizeof *b);
    *ret = b;
    b->node = n;
    b->rate_max = -1;
    const struct table_options *o = n->node->kind == NODE_SCAN ? n->node->as.scan.options : NULL;
    if (o == NULL) return STATUS_OK;
    b->mode = (enum error_mode)options_get(&o->common, "error-handling.mode")->number;
    const struct option_value *rate = options_get(&o->common, "error-handling.max-rate");
    if (rate->present) b->rate_max = rate->number;
    return log_open(b, a, e);
}

void bad_rows_close(struct bad_rows *b) {
    if (b == NULL) return;
    sink_unit_close(&b->unit);
    batch_buffer_free(b->buffer);
}

static void class_count(struct bad_rows *b, const struct bad_record *r) {
    assert(b->class_count <= CLASSES_MAX);
    uint32_t i = 0;
    while (i < b->class_count && strcmp(b->classes[i].code, r->code) != 0) i++;
    if (i == b->class_count) {
        if (i == CLASSES_MAX) i--;
        else b->class_count++;
        struct bad_class *c = &b->classes[i];
        c->code = i == CLASSES_MAX - 1 ? "other" : r->code;
        snprintf(c->first_message, sizeof c->first_message, "%.*s", STR_ARG(r->message));
    }
    b->classes[i].count++;
}

static void rate_check(struct bad_rows *b) {
    assert(b->in_second >= 0);
    if (b->rate_max < 0) return;
    int64_t second = b->node->task->now_us / 1000000;
    if (second != b->second) b->in_second = 0;
    b->second = second;
    if (++b->in_second <= b->rate_max) return;
    error_set(&b->error, STATUS_BAD_RECORD, "more than %lld bad records in a second (error-handling.max-rate)", (long long)b->rate_max);
}

static struct str log_text(const struct bad_rows *b, enum log_column c, const struct bad_record *r, char *scratch, size_t size) {
    switch (c) {
    case LOG_RECORD: return r->bytes;
    case LOG_SOURCE: return r->source.at != NULL ? r->source : b->node->node->as.scan.table->name;
    case LOG_TABLE: return b->node->node->as.scan.table->name;
    case LOG_CODE: return str_of(r->code);
    case LOG_COLUMN: return r->column;
    case LOG_MESSAGE: return r->message;
    case LOG_OFFSET: return (struct str){scratch, (size_t)snprintf(scratch, size, "%llu", (unsigned long long)r->offset)};
    case LOG_TIME: return (struct str){scratch, (size_t)snprintf(scratch, size, "%lld", (long long)(b->node->task->now_us / 1000))};
    case LOG_COLUMN_COUNT: break;
    }
    assert(false);
    return STR("");
}

static enum status log_flush(struct bad_rows *b, struct error *e) {
    if (b->buffer == NULL || b->buffer->batch.row_count == 0) return STATUS_OK;
    TRY(b->unit.writer->ops->write(b->unit.writer, &b->buffer->batch, e));
    b->node->task->unflushed = true;
    batch_buffer_reset(b->buffer);
    return STATUS_OK;
}

static enum status log_row(struct bad_rows *b, const struct bad_record *r, struct error *e) {
    assert(b->logs && b->buffer != NULL);
    if (batch_buffer_full(b->buffer)) TRY(log_flush(b, e));
    uint32_t row = batch_buffer_row(b->buffer, ROW_INSERT);
    for (uint32_t i = 0; i < b->unit.context.column_count; i++) {
        struct vec *v = b->buffer->batch.columns[i];
        char scratch[32];
        if (b->columns[i] == LOG_COLUMN && r->column.size_bytes == 0 && v->type->nullable) vec_set_null(v, row);
        else if (b->columns[i] == LOG_OFFSET && v->type->phys == PHYS_I64) VEC_DATA(v, int64_t)[row] = (int64_t)r->offset;
        else if (b->columns[i] == LOG_TIME && type_is_timestamp(v->type)) vec_set_ts(v, row, ts_from_millis(b->node->task->now_us / 1000));
        else if (vec_set_str(v, row, log_text(b, b->columns[i], r, scratch, sizeof scratch)) != STATUS_OK) return error_no_memory(e, r->bytes.size_bytes);
    }
    return STATUS_OK;
}

void bad_rows_add(void *context, const struct bad_record *r) {
    struct bad_rows *b = context;
    assert(r->code != NULL);
    b->node->metrics.bad_rows++;
    class_count(b, r);
    rate_check(b);
    if (b->logs && b->error.status == STATUS_OK) {
        struct error e = ERROR_INIT;
        if (log_row(b, r, &e) != STATUS_OK) b->error = e;
    }
}

enum status bad_rows_check(struct bad_rows *b, struct error *e) {
    if (b->error.status != STATUS_OK) {
        if (e != NULL) *e = b->error;
        return b->error.status;
    }
    return log_flush(b, e);
}

void bad_rows_report(const struct bad_rows *b, void (*each)(void *context, const char *code, uint64_t count, const char *message), void *context) {
    for (uint32_t i = 0; b != NULL && i < b->class_count; i++) each(context, b->classes[i].code, b->classes[i].count, b->classes[i].first_message);
}
