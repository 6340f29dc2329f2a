/* SPDX-License-Identifier: Apache-2.0 */
/*
 * datagen: random or sequential rows at a rate, with Flink's options and value ranges. Each reader
 * makes its share: the row numbers r with r % parallelism == subtask, so that sequences and
 * number-of-rows come out whole. A position is the count of rows made; a random value depends only
 * on its row number and column, so a restored job makes the rows that it would have made.
 */
#include "connector/connectors.h"

#include "base/hash.h"
#include "base/suggest.h"
#include "format/text_value.h"

#include "type/decimal.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct generator {
    bool sequence, var_length;
    int64_t start, end;        /* sequence, or range of whole numbers */
    double real_min, real_max;
    int64_t max_past_ms;
    int64_t length;            /* of texts, bytes and collections */
    double null_rate;
    uint64_t seed;
};

/* The rows first, first + step, ...; row is the next one. */
struct share {
    uint64_t first, step, row;
};

enum { SHARES_MAX = 128 };

struct datagen_reader {
    struct source_reader base;
    struct source_context context;
    struct generator *generators; /* per output column */
    struct share *shares;      /* one, or several after a restore with fewer readers */
    uint32_t share_count, current;
    uint64_t row_end;          /* rows below are made */
    double rows_per_ns;        /* of all shares */
    int64_t rows_per_second, started_ns;
    uint64_t made;             /* since started_ns */
    struct buf text;
};

enum { LENGTH_DEFAULT = 100, COLLECTION_DEFAULT = 3, BATCH_TARGET_MS = 10 };

static uint64_t draw(uint64_t *state) {
    *state += UINT64_C(0x9e3779b97f4a7c15);
    return hash_u64(*state);
}

static double draw_unit(uint64_t *state) { return (double)(draw(state) >> 11) * 0x1.0p-53; }

/* Whole numbers of [low, high]. */
static int64_t draw_between(uint64_t *state, int64_t low, int64_t high) {
    uint64_t span = (uint64_t)high - (uint64_t)low + 1;
    uint64_t r = draw(state);
    return (int64_t)((uint64_t)low + (span == 0 ? r : (uint64_t)((unsigned __int128)r * span >> 64)));
}

/* ---- options ---- */

static const struct ast_option *field_option(const struct source_context *c, struct str column, const char *name) {
    struct str key = arena_format(c->arena, "fields.%.*s.%s", STR_ARG(column), name);
    return key.at == NULL ? NULL : strmap_get(c->scan->options->own.raw, key);
}

static enum status bad_option(const struct ast_option *o, const char *expected, struct error *e) {
    return error_at(e, STATUS_OPTION, o->value_span, "Option '%.*s' needs %s, not '%.*s'", STR_ARG(o->key), expected, STR_ARG(o->value));
}

static enum status read_integer(const struct source_context *c, struct str column, const char *name, int64_t def, bool *ret_given, int64_t *ret, struct error *e) {
    const struct ast_option *o = field_option(c, column, name);
    *ret_given = o != NULL;
    *ret = def;
    if (o == NULL || text_integer(text_trim(o->value), INT64_MIN, INT64_MAX, ret)) return STATUS_OK;
    double d;
    if (!text_double(o->value, &d)) return bad_option(o, "a number", e);
    *ret = (int64_t)d;
    return STATUS_OK;
}

static enum status read_real(const struct source_context *c, struct str column, const char *name, double def, double *ret, struct error *e) {
    const struct ast_option *o = field_option(c, column, name);
    *ret = def;
    return o == NULL || text_double(o->value, ret) ? STATUS_OK : bad_option(o, "a number", e);
}

static double decimal_limit(const struct type *t) { return pow(10, t->precision - t->scale) - pow(10, -t->scale); }

static enum status read_range(const struct source_context *c, struct str column, const struct type *t, struct generator *g, struct error *e) {
    int64_t low = INT64_MIN, high = INT64_MAX;
    double real_low = -1.7976931348623157e308, real_high = 1.7976931348623157e308;
    bool given;
    if (type_is_integer(t)) text_integer_range(t, &low, &high);
    if (t->root == TYPE_FLOAT) real_low = -3.4028234663852886e38, real_high = 3.4028234663852886e38;
    if (t->root == TYPE_DECIMAL) real_low = -decimal_limit(t), real_high = decimal_limit(t);
    if (t->root == TYPE_INTERVAL_YM) low = 0, high = 120000;
    if (t->root == TYPE_INTERVAL_DT) low = 0, high = INT64_MAX;
    TRY(read_integer(c, column, "min", low, &given, &g->start, e));
    TRY(read_integer(c, column, "max", high, &given, &g->end, e));
    if (g->start < low) g->start = low;
    if (g->end > high) g->end = high;
    TRY(read_real(c, column, "min", real_low, &g->real_min, e));
    return read_real(c, column, "max", real_high, &g->real_max, e);
}

static enum status read_past(const struct source_context *c, struct str column, struct generator *g, struct error *e) {
    const struct ast_option *o = field_option(c, column, "max-past");
    g->max_past_ms = 0;
    return o == NULL || duration_parse(o->value, &g->max_past_ms) ? STATUS_OK : bad_option(o, "a duration such as '10 s'", e);
}

static enum status read_sequence(const struct source_context *c, struct str column, const struct type *t, struct generator *g, struct error *e) {
    bool start, end;
    TRY(read_integer(c, column, "start", 0, &start, &g->start, e));
    TRY(read_integer(c, column, "end", 0, &end, &g->end, e));
    if (!start || !end)
        return error_set(e, STATUS_OPTION, "Could not find required property 'fields.%.*s.%s' for sequence generator.", STR_ARG(column), start ? "end" : "start");
    if (g->end < g->start) return error_set(e, STATUS_OPTION, "The start value of column '%.*s' must not be above its end.", STR_ARG(column));
    if (!type_is_numeric(t) && !type_is_text(t))
        return error_set(e, STATUS_UNSUPPORTED, "Column '%.*s': a sequence of %s is not supported.", STR_ARG(column), type_root_name(t->root));
    return STATUS_OK;
}

static enum status read_generator(const struct source_context *c, struct str column, const struct type *t, uint32_t index, struct generator *g, struct error *e) {
    const struct ast_option *kind = field_option(c, column, "kind"), *var = field_option(c, column, "var-len");
    bool given, fixed = t->root == TYPE_CHAR || t->root == TYPE_BINARY;
    g->seed = hash_bytes(column.at, column.size_bytes, index);
    if (kind != NULL && !str_equal(kind->value, STR("random")) && !str_equal(kind->value, STR("sequence")))
        return bad_option(kind, "random or sequence", e);
    g->sequence = kind != NULL && str_equal(kind->value, STR("sequence"));
    if (g->sequence) return read_sequence(c, column, t, g, e);
    TRY(read_range(c, column, t, g, e));
    TRY(read_past(c, column, g, e));
    TRY(read_real(c, column, "null-rate", 0, &g->null_rate, e));
    int64_t length = t->phys == PHYS_LIST ? COLLECTION_DEFAULT : fixed || t->length < LENGTH_DEFAULT ? t->length : LENGTH_DEFAULT;
    TRY(read_integer(c, column, "length", length, &given, &g->length, e));
    if (given && fixed) return error_set(e, STATUS_OPTION, "Custom length for fixed-length type %s of column '%.*s' is not supported.", type_root_name(t->root), STR_ARG(column));
    if (g->length < 0 || (t->phys == PHYS_STRING && g->length > t->length))
        return error_set(e, STATUS_OPTION, "The length of column '%.*s' must be from 0 to its type's %d.", STR_ARG(column), t->length);
    g->var_length = var != NULL && str_equal_ignore_case(var->value, STR("true"));
    return STATUS_OK;
}

/* ---- values ---- */

static void append_hex(struct buf *out, uint64_t *state, int64_t length) {
    static const char hex[] = "0123456789abcdef";
    for (int64_t i = 0; i < length; i += 16) {
        uint64_t r = draw(state);
        for (int64_t k = i; k < length && k < i + 16; k++, r >>= 4) buf_char(out, hex[r & 15]);
    }
}

static enum status make_text(struct datagen_reader *r, const struct generator *g, uint64_t *state, struct vec *v, uint32_t row) {
    int64_t length = g->var_length && g->length > 0 ? draw_between(state, 1, g->length) : g->length;
    buf_reset(&r->text);
    append_hex(&r->text, state, length);
    return r->text.failed ? STATUS_NO_MEMORY : vec_set_str(v, row, buf_view(&r->text));
}

static void set_decimal(struct vec *v, uint32_t row, double d) {
    i128 value;
    if (decimal_from_double(d, v->type->precision, v->type->scale, &value)) text_store_decimal(v, row, value);
    else vec_set_null(v, row);
}

static enum status make_value(struct datagen_reader *r, const struct generator *g, uint64_t *state, struct vec *v, uint32_t row);

static enum status make_list(struct datagen_reader *r, const struct generator *g, uint64_t *state, struct vec *v, uint32_t row) {
    uint32_t offset;
    TRY(vec_list_extend(v, (uint32_t)g->length, &offset));
    VEC_DATA(v, struct list_ref)[row] = (struct list_ref){offset, (uint32_t)g->length};
    struct generator plain = {.start = -1000000, .end = 1000000, .real_min = -1e6, .real_max = 1e6, .length = 10};
    for (uint32_t i = 0; i < g->length; i++) {
        for (uint32_t k = 0; k < v->child_count; k++) TRY(make_value(r, &plain, state, v->children[k], offset + i));
    }
    return STATUS_OK;
}

static enum status make_row(struct datagen_reader *r, uint64_t *state, struct vec *v, uint32_t row) {
    struct generator plain = {.start = -1000000, .end = 1000000, .real_min = -1e6, .real_max = 1e6, .length = 10};
    for (uint32_t k = 0; k < v->child_count; k++) TRY(make_value(r, &plain, state, v->children[k], row));
    return STATUS_OK;
}

static int64_t clamp(int64_t value, const struct type *t) {
    int64_t low, high;
    text_integer_range(t, &low, &high);
    return value < low ? low : value > high ? high : value;
}

static enum status make_value(struct datagen_reader *r, const struct generator *g, uint64_t *state, struct vec *v, uint32_t row) {
    vec_set_valid(v, row);
    double real = g->real_min + draw_unit(state) * (g->real_max - g->real_min);
    if (!isfinite(real)) real = draw_unit(state) * (draw(state) & 1 ? g->real_max : g->real_min);
    int64_t now_us = env_wall_us(r->context.env);
    int64_t past_ms = g->max_past_ms > 0 ? draw_between(state, 0, g->max_past_ms) : 0;
    switch (v->type->root) {
    case TYPE_BOOLEAN: VEC_DATA(v, uint8_t)[row] = draw(state) & 1; return STATUS_OK;
    case TYPE_DOUBLE: VEC_DATA(v, double)[row] = real; return STATUS_OK;
    case TYPE_FLOAT: VEC_DATA(v, float)[row] = (float)real; return STATUS_OK;
    case TYPE_DECIMAL: set_decimal(v, row, real); return STATUS_OK;
    case TYPE_DATE: VEC_DATA(v, int32_t)[row] = (int32_t)(now_us / 1000000 / 86400); return STATUS_OK;
    case TYPE_TIME: VEC_DATA(v, int32_t)[row] = (int32_t)(now_us / 1000 % 86400000); return STATUS_OK;
    case TYPE_TIMESTAMP: case TYPE_TIMESTAMP_LTZ: vec_set_ts(v, row, ts_from_millis(now_us / 1000 - past_ms)); return STATUS_OK;
    case TYPE_CHAR: case TYPE_VARCHAR: case TYPE_BINARY: case TYPE_VARBINARY: return make_text(r, g, state, v, row);
    case TYPE_ARRAY: case TYPE_MAP: case TYPE_MULTISET: return make_list(r, g, state, v, row);
    case TYPE_ROW: return make_row(r, state, v, row);
    default: text_store_integer(v, row, clamp(draw_between(state, g->start, g->end), v->type)); return STATUS_OK;
    }
}

static enum status make_sequence(struct datagen_reader *r, const struct generator *g, uint64_t number, struct vec *v, uint32_t row) {
    int64_t value = g->start + (int64_t)number;
    vec_set_valid(v, row);
    switch (v->type->root) {
    case TYPE_DOUBLE: VEC_DATA(v, double)[row] = (double)value; return STATUS_OK;
    case TYPE_FLOAT: VEC_DATA(v, float)[row] = (float)value; return STATUS_OK;
    case TYPE_DECIMAL: set_decimal(v, row, (double)value); return STATUS_OK;
    case TYPE_CHAR: case TYPE_VARCHAR:
        buf_reset(&r->text);
        buf_i64(&r->text, value);
        return r->text.failed ? STATUS_NO_MEMORY : vec_set_str(v, row, buf_view(&r->text));
    default: text_store_integer(v, row, value); return STATUS_OK;
    }
}

static enum status make(struct datagen_reader *r, uint64_t number, struct batch_buffer *out, struct error *e) {
    uint32_t row = batch_buffer_row(out, ROW_INSERT);
    for (uint32_t i = 0; i < out->batch.column_count; i++) {
        const struct generator *g = &r->generators[i];
        struct vec *v = out->batch.columns[i];
        uint64_t state = hash_combine(g->seed, number);
        enum status st = STATUS_OK;
        if (g->sequence) st = make_sequence(r, g, number, v, row);
        else if (g->null_rate > 0 && draw_unit(&state) < g->null_rate) vec_set_null(v, row);
        else st = make_value(r, g, &state, v, row);
        if (st != STATUS_OK) return error_no_memory(e, 0);
    }
    return STATUS_OK;
}

/* ---- reader ---- */

/* Rows that the rate allows by now. */
static uint64_t allowed(const struct datagen_reader *r, int64_t now_ns) {
    return (uint64_t)((double)(now_ns - r->started_ns) * r->rows_per_ns) + 1;
}

/* The share whose turn it is; NULL: all have ended. */
static struct share *next_share(struct datagen_reader *r) {
    for (uint32_t i = 0; i < r->share_count; i++) {
        struct share *s = &r->shares[r->current];
        r->current = (r->current + 1) % r->share_count;
        if (s->row < r->row_end) return s;
    }
    return NULL;
}

static enum status datagen_read(struct source_reader *base, struct batch_buffer *out, enum read_result *ret, int64_t *ret_wake_ns, struct error *e) {
    struct datagen_reader *r = (struct datagen_reader *)base;
    *ret_wake_ns = -1;
    *ret = READ_END;
    if (r->row_end == UINT64_MAX && r->context.available_now) return STATUS_OK;
    int64_t now_ns = env_monotonic_ns(r->context.env);
    if (r->started_ns < 0) r->started_ns = now_ns;
    uint64_t quota = allowed(r, now_ns);
    struct share *share = NULL;
    while (!batch_buffer_full(out) && r->made < quota) {
        share = next_share(r);
        if (share == NULL) break;
        TRY(make(r, share->row, out, e));
        share->row += share->step;
        r->made++;
    }
    bool waits = share == NULL && r->made >= quota;
    if (out->batch.row_count > 0) *ret = READ_MORE;
    else if (waits) *ret = READ_WAIT;
    if (*ret == READ_END || r->made < quota) return STATUS_OK;
    int64_t next_ns = r->started_ns + (int64_t)((double)r->made / r->rows_per_ns);
    int64_t pause_ns = BATCH_TARGET_MS * INT64_C(1000000);
    *ret_wake_ns = next_ns > now_ns + pause_ns ? next_ns : now_ns + pause_ns;
    return STATUS_OK;
}

/* A split is "<first> <step> <next row>". */
static enum status datagen_add_split(struct source_reader *base, struct str split, struct error *e) {
    struct datagen_reader *r = (struct datagen_reader *)base;
    char text[80];
    if (split.size_bytes >= sizeof text) return error_set(e, STATUS_CORRUPT, "datagen: a position is damaged.");
    memcpy(text, split.at, split.size_bytes);
    text[split.size_bytes] = 0;
    char *end;
    struct share s = {0};
    s.first = strtoull(text, &end, 10);
    s.step = strtoull(end, &end, 10);
    s.row = strtoull(end, &end, 10);
    if (*end != 0 || s.step == 0) return error_set(e, STATUS_CORRUPT, "datagen: a position is damaged.");
    if (r->share_count == SHARES_MAX) return error_set(e, STATUS_LIMIT, "datagen: more than %d shares for one reader.", SHARES_MAX);
    r->shares[r->share_count++] = s;
    r->rows_per_ns += (double)r->rows_per_second / (double)s.step * 1e-9;
    return STATUS_OK;
}

static enum status datagen_position(struct source_reader *base, enum status (*add)(void *context, struct str split), void *context, struct error *e) {
    struct datagen_reader *r = (struct datagen_reader *)base;
    char text[80];
    (void)e;
    for (uint32_t i = 0; i < r->share_count; i++) {
        const struct share *s = &r->shares[i];
        int n = snprintf(text, sizeof text, "%llu %llu %llu", (unsigned long long)s->first, (unsigned long long)s->step, (unsigned long long)s->row);
        TRY(add(context, (struct str){text, (size_t)n}));
    }
    return STATUS_OK;
}

static void datagen_progress(struct source_reader *base, uint64_t *ret_done, uint64_t *ret_total) {
    (void)base;
    *ret_done = *ret_total = 0;
}

static void datagen_free(struct source_reader *base) { buf_deinit(&((struct datagen_reader *)base)->text); }

static const struct reader_ops reader_ops = {datagen_add_split, datagen_read, datagen_position, datagen_progress, datagen_free};

/* The shortest of number-of-rows and the table's sequences. */
static enum status find_end(const struct source_context *c, uint64_t *ret, struct error *e) {
    const struct option_value *rows = options_get(&c->scan->options->own, "number-of-rows");
    *ret = rows->given ? (rows->number < 0 ? 0 : (uint64_t)rows->number) : UINT64_MAX;
    for (uint32_t i = 0; i < c->scan->table->column_count; i++) {
        const struct column *column = &c->scan->table->columns[i];
        struct generator g = {0};
        if (column->kind != AST_PHYSICAL) continue;
        TRY(read_generator(c, column->name, column->type, i, &g, e));
        if (!g.sequence) continue;
        uint64_t count = (uint64_t)(g.end - g.start) + 1;
        if (count < *ret) *ret = count;
    }
    return STATUS_OK;
}

enum status datagen_reader_new(const struct source_context *c, struct source_reader **ret, struct error *e) {
    struct datagen_reader *r = ARENA_NEW(c->arena, struct datagen_reader);
    if (r == NULL) return error_no_memory(e, sizeof *r);
    r->base.ops = &reader_ops;
    r->context = *c;
    r->rows_per_second = options_number(&c->scan->options->own, "rows-per-second");
    r->started_ns = -1;
    r->generators = ARENA_ARRAY(c->arena, struct generator, c->scan->column_count + 1);
    r->shares = ARENA_ARRAY(c->arena, struct share, SHARES_MAX);
    if (r->generators == NULL || r->shares == NULL) return error_no_memory(e, 0);
    for (uint32_t i = 0; i < c->scan->column_count; i++) {
        const struct column *column = &c->scan->table->columns[c->scan->columns[i]];
        TRY(read_generator(c, column->name, column->type, c->scan->columns[i], &r->generators[i], e));
        if (c->scan->path_counts != NULL && c->scan->path_counts[i] > 0) r->generators[i] = (struct generator){.start = -1000000, .end = 1000000, .real_min = -1e6, .real_max = 1e6, .length = 10, .seed = i};
    }
    TRY(find_end(c, &r->row_end, e));
    *ret = &r->base;
    return STATUS_OK;
}

struct datagen_enumerator {
    struct split_enumerator base;
    uint32_t parallelism;
    bool given;
};

static bool names_column(const struct table *t, struct str key) {
    for (uint32_t i = 0; i < t->column_count; i++) {
        struct str name = t->columns[i].name;
        if (t->columns[i].kind != AST_PHYSICAL || key.size_bytes <= name.size_bytes) continue;
        if (memcmp(key.at, name.at, name.size_bytes) == 0 && key.at[name.size_bytes] == '.') return true;
    }
    return false;
}

/* fields.<name>.kind for a name that is no column. */
static enum status unknown_field(const struct table *t, struct str key, struct error *e) {
    enum { NAMES_MAX = 256 };
    struct str names[NAMES_MAX], word = {key.at + 7, key.size_bytes - 7};
    uint32_t count = 0;
    for (uint32_t i = 0; i < t->column_count && count < NAMES_MAX; i++) {
        if (t->columns[i].kind == AST_PHYSICAL) names[count++] = t->columns[i].name;
    }
    const char *dot = memchr(word.at, '.', word.size_bytes);
    if (dot != NULL) word.size_bytes = (size_t)(dot - word.at);
    error_set(e, STATUS_OPTION, "The option '%.*s' is for a column that table '%.*s' does not have", STR_ARG(key), STR_ARG(t->name));
    return suggest_hint(e, word, names, count, count == 1 ? "The only column is" : "The columns are");
}

static enum status check_columns(const struct source_context *c, struct error *e) {
    const struct strmap *raw = c->scan->options->own.raw;
    for (uint32_t i = 0; i < strmap_count(raw); i++) {
        struct str key = strmap_at(raw, i)->key;
        if (key.size_bytes <= 7 || memcmp(key.at, "fields.", 7) != 0) continue;
        if (!names_column(c->scan->table, (struct str){key.at + 7, key.size_bytes - 7}))
            return unknown_field(c->scan->table, key, e);
    }
    return STATUS_OK;
}

static enum status discover(struct split_enumerator *base, enum status (*add)(void *context, struct str split), void *context, bool *ret_done, int64_t *ret_wake_ns, struct error *e) {
    struct datagen_enumerator *n = (struct datagen_enumerator *)base;
    (void)e;
    *ret_done = true;
    *ret_wake_ns = -1;
    for (uint32_t i = 0; !n->given && i < n->parallelism; i++) {
        char text[80];
        int size = snprintf(text, sizeof text, "%u %u %u", i, n->parallelism, i);
        TRY(add(context, (struct str){text, (size_t)size}));
    }
    n->given = true;
    return STATUS_OK;
}

static enum status snapshot(struct split_enumerator *base, struct buf *out, struct error *e) {
    (void)e;
    buf_char(out, ((struct datagen_enumerator *)base)->given ? '1' : '0');
    return STATUS_OK;
}

static enum status restore(struct split_enumerator *base, struct str bytes, struct error *e) {
    (void)e;
    ((struct datagen_enumerator *)base)->given = str_equal(bytes, STR("1"));
    return STATUS_OK;
}

static void enumerator_free(struct split_enumerator *base) { (void)base; }

static const struct enumerator_ops enumerator_ops = {discover, snapshot, restore, enumerator_free, NULL};

enum status datagen_enumerator_new(const struct source_context *c, struct split_enumerator **ret, struct error *e) {
    struct datagen_enumerator *n = ARENA_NEW(c->arena, struct datagen_enumerator);
    if (n == NULL) return error_no_memory(e, sizeof *n);
    n->base.ops = &enumerator_ops;
    n->parallelism = c->parallelism;
    TRY(check_columns(c, e));
    *ret = &n->base;
    return STATUS_OK;
}
