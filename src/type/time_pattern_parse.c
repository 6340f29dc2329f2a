/* SPDX-License-Identifier: Apache-2.0 */
/*
 * time_pattern_parse: a text by a compiled pattern, as java.time's strict parser matches it: numbers
 * have their least and most digits, names are case-sensitive, the whole text must be used up, and a
 * field found twice must have the same value.
 *
 * There is no backtracking but for optional sections: a section that does not match is skipped and
 * what it found is forgotten. Depth is bounded by the compiler.
 */
#include "type/time_pattern.h"

#include <assert.h>

struct scan {
    const struct time_pattern *pattern;
    struct str text;
    struct time_fields fields;
};

#define NO_MATCH SIZE_MAX

static bool field_set(struct scan *s, enum time_field field, int64_t value)
{
    if (time_fields_has(&s->fields, field)) return s->fields.values[field] == value;
    s->fields.set |= 1u << field;
    s->fields.values[field] = value;
    return true;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* At most max digits; more than 18 are counted but make no number. */
static size_t digits_scan(struct str t, size_t at, int32_t max, int64_t *ret)
{
    int64_t v = 0;
    size_t first = at;
    while (at < t.size_bytes && (int64_t)(at - first) < max && is_digit(t.at[at])) {
        if (__builtin_mul_overflow(v, INT64_C(10), &v) || __builtin_add_overflow(v, (int64_t)(t.at[at] - '0'), &v)) v = INT64_MAX;
        at++;
    }
    *ret = v;
    return at;
}

/* The end of a number's digits from `at`; NO_MATCH when there are too few. */
static size_t number_digits_scan(struct str t, size_t at, const struct time_item *item, int64_t *ret)
{
    int32_t after = item->subsequent > 0 ? item->subsequent : 0;
    size_t end = digits_scan(t, at, item->max > 19 - after ? 19 : item->max + after, ret);
    int32_t found = (int32_t)(end - at);
    if (found < item->min) return NO_MATCH;
    if (after > 0) {
        int32_t width = found - after > item->min ? found - after : item->min;
        end = digits_scan(t, at, width, ret);
    }
    return end;
}

static size_t number_scan(struct scan *s, size_t at, const struct time_item *item)
{
    struct str t = s->text;
    if (at == t.size_bytes) return NO_MATCH;
    char sign = t.at[at];
    bool signed_ok = item->sign == SIGN_EXCEEDS_PAD || (item->sign == SIGN_NORMAL && sign == '-');
    if (sign == '+' || sign == '-') {
        if (!signed_ok) return NO_MATCH;
        at++;
    }
    int64_t v;
    size_t end = number_digits_scan(t, at, item, &v);
    if (end == NO_MATCH) return NO_MATCH;
    if (sign == '-') {
        if (v == 0) return NO_MATCH;
        v = -v;
    } else if (item->sign == SIGN_EXCEEDS_PAD) {
        bool longer = (int64_t)(end - at) > item->min;
        if (longer != (sign == '+')) return NO_MATCH;
    }
    if (item->kind == ITEM_REDUCED) v += 2000;
    return field_set(s, item->field, v) ? end : NO_MATCH;
}

static size_t fraction_scan(struct scan *s, size_t at, const struct time_item *item)
{
    struct str t = s->text;
    size_t none = item->min > 0 ? NO_MATCH : at;
    if (at == t.size_bytes) return none;
    if (item->point) {
        if (t.at[at] != '.') return none;
        at++;
    }
    int64_t v;
    size_t end = digits_scan(t, at, item->max, &v);
    if ((int64_t)(end - at) < item->min) return NO_MATCH;
    for (size_t n = end - at; n < 9; n++) v *= 10;
    return field_set(s, FIELD_NANO, v) ? end : NO_MATCH;
}

static bool text_at(struct str t, size_t at, struct str what)
{
    return what.size_bytes <= t.size_bytes - at && memcmp(t.at + at, what.at, what.size_bytes) == 0;
}

/* The longest name that stands there. */
static size_t name_scan(struct scan *s, size_t at, const struct time_item *item)
{
    int64_t first, best = 0;
    size_t size = 0;
    int32_t count = time_name_count(item->field, &first);
    for (int64_t v = first; v < first + count; v++) {
        struct str name = time_name(item->field, v, item->style);
        if (name.size_bytes <= size || !text_at(s->text, at, name)) continue;
        size = name.size_bytes;
        best = v;
    }
    if (size == 0 || !field_set(s, item->field, best)) return NO_MATCH;
    return at + size;
}

static bool two_digits(struct str t, size_t *io_at, bool colon, int32_t *ret)
{
    size_t at = *io_at;
    if (colon) {
        if (at >= t.size_bytes || t.at[at] != ':') return false;
        at++;
    }
    if (at + 2 > t.size_bytes || !is_digit(t.at[at]) || !is_digit(t.at[at + 1])) return false;
    *ret = (t.at[at] - '0') * 10 + (t.at[at + 1] - '0');
    *io_at = at + 2;
    return *ret < 60;
}

static size_t offset_scan(struct scan *s, size_t at, const struct time_item *item)
{
    struct str t = s->text;
    if (text_at(t, at, item->text)) return field_set(s, FIELD_OFFSET, 0) ? at + item->text.size_bytes : NO_MATCH;
    if (at >= t.size_bytes || (t.at[at] != '+' && t.at[at] != '-')) return NO_MATCH;
    int32_t sign = t.at[at++] == '-' ? -1 : 1, hour = 0, minute = 0, second = 0;
    bool colon = item->style == OFFSET_HOUR_COLON_MIN || item->style == OFFSET_COLON_HMS;
    if (!two_digits(t, &at, false, &hour)) return NO_MATCH;
    bool minutes = two_digits(t, &at, colon, &minute);
    if (!minutes && item->style != OFFSET_HOUR) return NO_MATCH;
    if (minutes && item->style >= OFFSET_HMS) (void)two_digits(t, &at, colon, &second);
    if (hour > 18) return NO_MATCH;
    return field_set(s, FIELD_OFFSET, sign * (hour * 3600 + minute * 60 + second)) ? at : NO_MATCH;
}

static size_t range_scan(struct scan *s, size_t at, uint32_t begin, uint32_t end);

static size_t item_scan(struct scan *s, size_t at, const struct time_item *item, uint32_t index)
{
    switch (item->kind) {
    case ITEM_LITERAL: return text_at(s->text, at, item->text) ? at + item->text.size_bytes : NO_MATCH;
    case ITEM_NUMBER: case ITEM_REDUCED: return number_scan(s, at, item);
    case ITEM_FRACTION: return fraction_scan(s, at, item);
    case ITEM_TEXT: return name_scan(s, at, item);
    case ITEM_OFFSET: return offset_scan(s, at, item);
    case ITEM_ZONE: return NO_MATCH;
    case ITEM_OPTIONAL: {
        struct time_fields before = s->fields;
        size_t after = range_scan(s, at, index + 1, item->end);
        if (after != NO_MATCH) return after;
        s->fields = before;
        return at;
    }
    }
    return NO_MATCH;
}

static size_t range_scan(struct scan *s, size_t at, uint32_t begin, uint32_t end)
{
    for (uint32_t i = begin; i < end && at != NO_MATCH;) {
        const struct time_item *item = &s->pattern->items[i];
        at = item_scan(s, at, item, i);
        i = item->kind == ITEM_OPTIONAL ? item->end : i + 1;
    }
    return at;
}

bool time_pattern_scan(const struct time_pattern *p, struct str text, struct time_fields *ret)
{
    struct scan s = {.pattern = p, .text = text};
    if (range_scan(&s, 0, 0, p->count) != text.size_bytes) return false;
    *ret = s.fields;
    return true;
}

bool time_pattern_parse(const struct time_pattern *p, struct str text, struct ts *ret)
{
    struct time_fields fields;
    assert(p != NULL && ret != NULL);
    return time_pattern_scan(p, text, &fields) && time_fields_resolve(&fields, ret);
}
