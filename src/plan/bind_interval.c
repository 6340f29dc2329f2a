/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bind_interval: interval literals. The text between the quotes is read by the units written behind
 * it ('1-2' YEAR TO MONTH, '1 02:03:04.5' DAY TO SECOND, '5' SECOND) into months or milliseconds.
 * WEEK and QUARTER are days and months with another factor.
 */
#include "plan/bind.h"

#include <assert.h>

enum unit { UNIT_YEAR, UNIT_MONTH, UNIT_DAY, UNIT_HOUR, UNIT_MINUTE, UNIT_SECOND, UNIT_WEEK, UNIT_QUARTER, UNIT_COUNT };

struct unit_row {
    const char *name;
    int64_t factor;  /* months or milliseconds */
    bool months;
    int64_t count;   /* how many make one of the unit before; what stands behind another unit is less */
    const char *example;
};

static const struct unit_row units[UNIT_COUNT] = {
    [UNIT_YEAR] = {"YEAR", 12, true, 0, "1"},
    [UNIT_MONTH] = {"MONTH", 1, true, 12, "6"},
    [UNIT_DAY] = {"DAY", 86400000, false, 0, "1"},
    [UNIT_HOUR] = {"HOUR", 3600000, false, 24, "10"},
    [UNIT_MINUTE] = {"MINUTE", 60000, false, 60, "30"},
    [UNIT_SECOND] = {"SECOND", 1000, false, 60, "15"},
    [UNIT_WEEK] = {"WEEK", 7 * 86400000LL, false, 0, "1"},
    [UNIT_QUARTER] = {"QUARTER", 3, true, 0, "1"},
};

static enum unit unit_find(struct str name) {
    for (int i = 0; i < UNIT_COUNT; i++) {
        if (str_equal_ignore_case(name, str_of(units[i].name))) return (enum unit)i;
    }
    return UNIT_COUNT;
}

struct reader {
    const char *at, *end;
};

static bool read_number(struct reader *r, int64_t *ret) {
    int64_t n = 0;
    const char *start = r->at;
    while (r->at < r->end && *r->at >= '0' && *r->at <= '9') {
        if (r->at - start >= 15) return false;
        n = n * 10 + (*r->at++ - '0');
    }
    *ret = n;
    return r->at > start;
}

/* The milliseconds of ".5"; more than three digits are cut. */
static int64_t read_fraction(struct reader *r) {
    int64_t ms = 0, unit = 100;
    if (r->at >= r->end || *r->at != '.') return 0;
    for (r->at++; r->at < r->end && *r->at >= '0' && *r->at <= '9'; r->at++) {
        ms += unit * (*r->at - '0');
        unit /= 10;
    }
    return ms;
}

static char separator(enum unit before) { return before == UNIT_YEAR ? '-' : before == UNIT_DAY ? ' ' : ':'; }

static bool read_separator(struct reader *r, enum unit before) {
    char want = separator(before);
    if (r->at >= r->end || *r->at != want) return false;
    while (r->at < r->end && *r->at == want) r->at++;
    return true;
}

/* *ret_first is the leading field, whose digits are bounded. */
static bool interval_parse(struct str text, enum unit from, enum unit to, int64_t *ret_first, int64_t *ret) {
    struct reader r = {text.at, text.at + text.size_bytes};
    bool negative = false;
    int64_t sum = 0;
    while (r.at < r.end && *r.at == ' ') r.at++;
    while (r.end > r.at && r.end[-1] == ' ') r.end--;
    if (r.at < r.end && (*r.at == '-' || *r.at == '+')) negative = *r.at++ == '-';
    for (enum unit u = from;; u++) {
        int64_t n = 0;
        if (!read_number(&r, &n)) return false;
        if (u == from) *ret_first = n;
        else if (n >= units[u].count) return false;
        if (__builtin_mul_overflow(n, units[u].factor, &n) || __builtin_add_overflow(sum, n, &sum)) return false;
        if (u == UNIT_SECOND) sum += read_fraction(&r);
        if (u == to) break;
        if (!read_separator(&r, u)) return false;
    }
    *ret = negative ? -sum : sum;
    return r.at == r.end;
}

/* The error, and an interval of these units as it should look. */
static enum status bad_interval(struct binder *b, const struct ast_expr *e, enum unit from, enum unit to) {
    const char *through = e->unit_to.size_bytes > 0 ? " TO " : "";
    struct buf example = BUF_INIT;
    for (enum unit u = from; u <= to; u++) {
        if (u != from) buf_char(&example, separator(u - 1));
        buf_text(&example, units[u].example);
    }
    error_at(b->rel.error, STATUS_INVALID, e->span, "'%.*s' is no INTERVAL %.*s%s%.*s", STR_ARG(e->text), STR_ARG(e->unit), through, STR_ARG(e->unit_to));
    error_hint(b->rel.error, "Write INTERVAL '%.*s' %.*s%s%.*s", (int)example.size_bytes, example.at == NULL ? "1" : example.at, STR_ARG(e->unit), through, STR_ARG(e->unit_to));
    buf_deinit(&example);
    return STATUS_INVALID;
}

enum status bind_interval(struct expr_scope *s, const struct ast_expr *e, struct expr **ret) {
    struct binder *b = s->binder;
    enum unit from = unit_find(e->unit), to = e->unit_to.size_bytes > 0 ? unit_find(e->unit_to) : from;
    int64_t value = 0, first = 0, bound = 1;
    if (from == UNIT_COUNT || to == UNIT_COUNT) return bind_unsupported(b, e->span, "this interval unit");
    if (!interval_parse(e->text, from, to, &first, &value)) {
        return bad_interval(b, e, from, to);
    }
    for (int32_t i = 0; i < (e->precision > 0 ? e->precision : 2); i++) bound *= 10;
    if (first >= bound) {
        error_at(b->rel.error, STATUS_INVALID, e->span, "%lld has more digits than the %d of INTERVAL %.*s", (long long)first, e->precision > 0 ? e->precision : 2, STR_ARG(e->unit));
        return error_hint(b->rel.error, "Write the number of digits: INTERVAL '%.*s' %.*s(%d)", STR_ARG(e->text), STR_ARG(e->unit), 9);
    }
    if (e->negated) value = -value;
    if (units[from].months && (value > INT32_MAX || value < INT32_MIN)) {
        return error_at(b->rel.error, STATUS_INVALID, e->span, "The interval is out of range");
    }
    /* Flink reports one type per family, whatever units were written. */
    const struct type *t = type_interval(b->rel.types, units[from].months ? INTERVAL_MONTH : INTERVAL_SECOND, 2, units[from].months ? 0 : 3, false);
    *ret = t == NULL ? NULL : expr_i64(b->rel.arena, t, value);
    return *ret == NULL ? error_no_memory(b->rel.error, sizeof **ret) : STATUS_OK;
}
