/* SPDX-License-Identifier: Apache-2.0 */
/*
 * option: typed configuration keys over const tables of rows. A value is parsed by its row's type;
 * durations and sizes follow Flink's grammars (TimeUtils, MemorySize). Parsing copies nothing: texts
 * are views of the SQL text or of the row's default. Tables are short (some dozens of rows), so a
 * key is found by scanning; nothing here runs per row of data.
 */
#include "catalog/option.h"

#include "base/suggest.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

struct unit {
    const char *name;
    int64_t factor;
};

/* Nanoseconds per unit; Flink's labels, singular and plural. */
static const struct unit duration_units[] = {
    {"d", 86400000000000}, {"day", 86400000000000}, {"days", 86400000000000},
    {"h", 3600000000000}, {"hour", 3600000000000}, {"hours", 3600000000000},
    {"m", 60000000000}, {"min", 60000000000}, {"minute", 60000000000}, {"minutes", 60000000000},
    {"mins", 60000000000},
    {"s", 1000000000}, {"sec", 1000000000}, {"secs", 1000000000}, {"second", 1000000000}, {"seconds", 1000000000},
    {"", 1000000}, {"ms", 1000000}, {"milli", 1000000}, {"millis", 1000000}, {"millisecond", 1000000},
    {"milliseconds", 1000000},
    {"\xc2\xb5s", 1000}, {"micro", 1000}, {"micros", 1000}, {"microsecond", 1000}, {"microseconds", 1000},
    {"ns", 1}, {"nano", 1}, {"nanos", 1}, {"nanosecond", 1}, {"nanoseconds", 1},
};

static const struct unit memory_units[] = {
    {"", 1}, {"b", 1}, {"bytes", 1},
    {"k", 1 << 10}, {"kb", 1 << 10}, {"kibibytes", 1 << 10},
    {"m", 1 << 20}, {"mb", 1 << 20}, {"mebibytes", 1 << 20},
    {"g", 1 << 30}, {"gb", 1 << 30}, {"gibibytes", 1 << 30},
    {"t", INT64_C(1) << 40}, {"tb", INT64_C(1) << 40}, {"tebibytes", INT64_C(1) << 40},
};

#define UNITS(table) (table), sizeof(table) / sizeof((table)[0])

static bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

static struct str trimmed(struct str s) {
    while (s.size_bytes > 0 && is_blank(s.at[0])) s.at++, s.size_bytes--;
    while (s.size_bytes > 0 && is_blank(s.at[s.size_bytes - 1])) s.size_bytes--;
    return s;
}

/* Leading digits of *s; false when there are none or they overflow. */
static bool take_digits(struct str *s, int64_t *ret) {
    int64_t v = 0;
    size_t i = 0;
    for (; i < s->size_bytes && s->at[i] >= '0' && s->at[i] <= '9'; i++) {
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, s->at[i] - '0', &v)) return false;
    }
    s->at += i;
    s->size_bytes -= i;
    *ret = v;
    return i > 0;
}

/* "<digits> <unit>" times the unit's factor. */
static bool parse_with_unit(struct str text, const struct unit *units, size_t count, int64_t *ret_value, int64_t *ret_factor) {
    struct str s = trimmed(text);
    int64_t v;
    if (!take_digits(&s, &v)) return false;
    s = trimmed(s);
    for (size_t i = 0; i < count; i++) {
        if (!str_equal_ignore_case(s, str_of(units[i].name))) continue;
        *ret_value = v;
        *ret_factor = units[i].factor;
        return true;
    }
    return false;
}

/* One "<number><letter>" of an ISO-8601 duration, in ms; the number may be negative or have a fraction of seconds. */
static bool parse_iso_part(struct str *s, bool time_part, int64_t *ret_ms) {
    bool negative = s->size_bytes > 0 && s->at[0] == '-';
    if (s->size_bytes > 0 && (s->at[0] == '-' || s->at[0] == '+')) s->at++, s->size_bytes--;
    int64_t whole, ms = 0;
    if (!take_digits(s, &whole)) return false;
    if (s->size_bytes > 0 && (s->at[0] == '.' || s->at[0] == ',')) {
        int64_t unit = 100;
        for (s->at++, s->size_bytes--; s->size_bytes > 0 && s->at[0] >= '0' && s->at[0] <= '9'; s->at++, s->size_bytes--) {
            ms += (s->at[0] - '0') * unit;
            unit /= 10;
        }
    }
    if (s->size_bytes == 0) return false;
    int64_t factor;
    switch (s->at[0] | 0x20) {
    case 'd': factor = time_part ? 0 : 86400000; break;
    case 'h': factor = time_part ? 3600000 : 0; break;
    case 'm': factor = time_part ? 60000 : 0; break;
    case 's': factor = time_part ? 1000 : 0; break;
    default: return false;
    }
    if (factor == 0 || (ms != 0 && factor != 1000)) return false;
    s->at++;
    s->size_bytes--;
    if (__builtin_mul_overflow(whole, factor, &whole) || __builtin_add_overflow(whole, ms, &whole)) return false;
    *ret_ms = negative ? -whole : whole;
    return true;
}

static bool parse_iso_duration(struct str s, int64_t *ret_ms) {
    assert(s.size_bytes > 0 && (s.at[0] | 0x20) == 'p');
    s.at++;
    s.size_bytes--;
    int64_t total = 0;
    bool time_part = false, any = false;
    while (s.size_bytes > 0) {
        if ((s.at[0] | 0x20) == 't' && !time_part) {
            time_part = true;
            s.at++;
            s.size_bytes--;
        }
        int64_t part;
        if (!parse_iso_part(&s, time_part, &part) || __builtin_add_overflow(total, part, &total)) return false;
        any = true;
    }
    *ret_ms = total;
    return any;
}

bool duration_parse(struct str text, int64_t *ret_ms) {
    struct str s = trimmed(text);
    if (s.size_bytes > 0 && (s.at[0] | 0x20) == 'p') return parse_iso_duration(s, ret_ms);
    int64_t value, nanos;
    if (!parse_with_unit(s, UNITS(duration_units), &value, &nanos)) return false;
    if (nanos >= 1000000) return !__builtin_mul_overflow(value, nanos / 1000000, ret_ms);
    *ret_ms = value / (1000000 / nanos);
    return true;
}

bool memory_parse(struct str text, int64_t *ret_bytes) {
    int64_t value, factor;
    return parse_with_unit(text, UNITS(memory_units), &value, &factor) && !__builtin_mul_overflow(value, factor, ret_bytes);
}

static bool parse_int(struct str text, int64_t *ret) {
    struct str s = trimmed(text);
    bool negative = s.size_bytes > 0 && s.at[0] == '-';
    if (s.size_bytes > 0 && (s.at[0] == '-' || s.at[0] == '+')) s.at++, s.size_bytes--;
    int64_t v;
    if (!take_digits(&s, &v) || s.size_bytes != 0) return false;
    *ret = negative ? -v : v;
    return true;
}

static bool parse_real(struct str text, double *ret) {
    char digits[64];
    struct str s = trimmed(text);
    if (s.size_bytes == 0 || s.size_bytes >= sizeof digits) return false;
    memcpy(digits, s.at, s.size_bytes);
    digits[s.size_bytes] = 0;
    char *end;
    errno = 0;
    *ret = strtod(digits, &end);
    return *end == 0 && errno == 0;
}

/* The index of text among "a|b|c". */
static bool parse_choice(struct str text, const char *choices, int64_t *ret) {
    int64_t index = 0;
    for (const char *c = choices; c != NULL; index++) {
        const char *bar = strchr(c, '|');
        struct str choice = {c, bar == NULL ? strlen(c) : (size_t)(bar - c)};
        if (str_equal_ignore_case(text, choice)) {
            *ret = index;
            return true;
        }
        c = bar == NULL ? NULL : bar + 1;
    }
    return false;
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One character, plain (UTF-8) or as a Java escape: \t \n \r \b \f \\ \' \" \uXXXX. */
static bool parse_char(struct str s, int64_t *ret) {
    if (s.size_bytes == 0) return false;
    const unsigned char *b = (const unsigned char *)s.at;
    if (s.size_bytes >= 2 && b[0] == '\\') {
        static const char names[] = "tnrbf\\'\"", values[] = "\t\n\r\b\f\\'\"";
        const char *name = strchr(names, (char)b[1]);
        if (s.size_bytes == 2 && name != NULL && b[1] != 0) {
            *ret = values[name - names];
            return true;
        }
        if (s.size_bytes != 6 || b[1] != 'u') return false;
        int64_t code = 0;
        for (int i = 2; i < 6; i++) {
            if (hex_digit(s.at[i]) < 0) return false;
            code = code * 16 + hex_digit(s.at[i]);
        }
        *ret = code;
        return true;
    }
    if (b[0] < 0x80) return *ret = b[0], s.size_bytes == 1;
    size_t more = b[0] >= 0xf0 ? 3 : b[0] >= 0xe0 ? 2 : 1;
    if (s.size_bytes != more + 1) return false;
    int64_t code = b[0] & (0x3f >> more);
    for (size_t i = 1; i <= more; i++) code = code << 6 | (b[i] & 0x3f);
    *ret = code;
    return true;
}

/* What a wrong value should have looked like; "" for texts. */
static const char *expectation(enum option_type t) {
    switch (t) {
    case OPTION_BOOL: return "true or false";
    case OPTION_INT: return "a whole number";
    case OPTION_DOUBLE: return "a number";
    case OPTION_DURATION: return "a duration such as '10 s', '200 ms' or '1 min'";
    case OPTION_MEMORY: return "a size such as '128 MB'";
    case OPTION_CHAR: return "a single character";
    default: return "";
    }
}

static bool parse_typed(const struct option *o, struct str text, struct option_value *v) {
    switch (o->type) {
    case OPTION_BOOL:
        v->number = str_equal_ignore_case(text, STR("true"));
        return v->number == 1 || str_equal_ignore_case(text, STR("false"));
    case OPTION_INT: return parse_int(text, &v->number);
    case OPTION_DOUBLE: return parse_real(text, &v->real);
    case OPTION_DURATION: return duration_parse(text, &v->number);
    case OPTION_MEMORY: return memory_parse(text, &v->number);
    case OPTION_ENUM: return parse_choice(text, o->choices, &v->number);
    case OPTION_CHAR: return parse_char(text, &v->number);
    case OPTION_STRING: case OPTION_LIST: case OPTION_PREFIX: return true;
    }
    return false;
}

static enum status wrong_choice(const struct option *o, struct str text, struct span span, struct error *e) {
    enum { CHOICES_MAX = 16 };
    struct str choices[CHOICES_MAX];
    uint32_t count = 0;
    for (const char *c = o->choices; c != NULL && count < CHOICES_MAX; count++) {
        const char *bar = strchr(c, '|');
        choices[count] = (struct str){c, bar == NULL ? strlen(c) : (size_t)(bar - c)};
        c = bar == NULL ? NULL : bar + 1;
    }
    struct buf list = BUF_INIT;
    for (uint32_t i = 0; i < count; i++) buf_format(&list, "%s%.*s", i == 0 ? "" : i + 1 == count ? " or " : ", ", STR_ARG(choices[i]));
    error_at(e, STATUS_OPTION, span, "Option '%s' is one of %.*s, not '%.*s'", o->key, STR_ARG(buf_view(&list)), STR_ARG(text));
    buf_deinit(&list);
    struct str near = suggest_name(text, choices, count);
    return near.size_bytes == 0 ? STATUS_OPTION : error_hint(e, "Did you mean '%.*s'?", STR_ARG(near));
}

enum status option_parse(struct arena *a, const struct option *o, struct str text, struct span span, struct option_value *ret, struct error *e) {
    (void)a;
    struct option_value v = {.given = true, .present = true, .text = text, .span = span};
    if (parse_typed(o, text, &v)) {
        *ret = v;
        return STATUS_OK;
    }
    if (o->type == OPTION_ENUM) return wrong_choice(o, text, span, e);
    return error_at(e, STATUS_OPTION, span, "Option '%s' needs %s, not '%.*s'", o->key, expectation(o->type), STR_ARG(text));
}

const struct option *option_find(const struct option *table, uint32_t count, struct str key) {
    const struct option *prefix = NULL;
    for (uint32_t i = 0; i < count; i++) {
        struct str row = str_of(table[i].key);
        if (str_equal(row, key)) return &table[i];
        if (table[i].type == OPTION_PREFIX && key.size_bytes > row.size_bytes && memcmp(key.at, row.at, row.size_bytes) == 0)
            prefix = &table[i];
    }
    return prefix;
}

static enum status set_defaults(struct arena *a, struct options *o, struct error *e) {
    for (uint32_t i = 0; i < o->count; i++) {
        const struct option *row = &o->table[i];
        if (o->values[i].given || row->def == NULL || row->type == OPTION_PREFIX) continue;
        TRY(option_parse(a, row, str_of(row->def), (struct span){0, 0}, &o->values[i], e));
        o->values[i].given = false;
    }
    for (uint32_t i = 0; i < o->count; i++) {
        if (o->table[i].required && !o->values[i].present)
            return error_set(e, STATUS_OPTION, "The option '%s' is missing", o->table[i].key);
    }
    return STATUS_OK;
}

enum status options_parse(struct arena *a, const struct option *table, uint32_t count, struct str prefix,
                          const struct list *given, struct options *ret, struct error *e) {
    struct options o = {table, count, ARENA_ARRAY(a, struct option_value, count), strmap_new(a)};
    if (o.values == NULL || o.raw == NULL) return error_no_memory(e, count * sizeof(struct option_value));
    for (uint32_t i = 0; given != NULL && i < given->count; i++) {
        struct ast_option *option = given->at[i];
        struct str key = option->key;
        if (key.size_bytes < prefix.size_bytes || memcmp(key.at, prefix.at, prefix.size_bytes) != 0) continue;
        key.at += prefix.size_bytes;
        key.size_bytes -= prefix.size_bytes;
        const struct option *row = option_find(table, count, key);
        if (row == NULL) continue;
        TRY(strmap_put(o.raw, key, option));
        struct option named = *row; /* messages show the key as it was written */
        struct str whole = arena_str(a, option->key);
        if (whole.at == NULL) return error_no_memory(e, option->key.size_bytes);
        named.key = whole.at;
        TRY(option_parse(a, &named, option->value, option->value_span, &o.values[row - table], e));
    }
    TRY(set_defaults(a, &o, e));
    *ret = o;
    return STATUS_OK;
}

const struct option_value *options_get(const struct options *o, const char *key) {
    for (uint32_t i = 0; i < o->count; i++) {
        if (strcmp(o->table[i].key, key) == 0) return &o->values[i];
    }
    assert(false && "no such option row");
    abort();
}

int64_t options_number(const struct options *o, const char *key) {
    return options_get(o, key)->number;
}

bool options_bool(const struct options *o, const char *key) {
    return options_get(o, key)->number != 0;
}

struct str options_text(const struct options *o, const char *key) {
    const struct option_value *v = options_get(o, key);
    return v->present ? v->text : STR("");
}
