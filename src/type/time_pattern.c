/* SPDX-License-Identifier: Apache-2.0 */
/*
 * time_pattern: compiles the patterns of java.time's DateTimeFormatter (locale US).
 *
 * Letters: u y Y M L w W d D E e, Q q, G, H h k K m s S n N A a, X x Z, z V; 'quoted' text, '' for a
 * quote, [optional] sections. What Java refuses is refused, and so are by name the letters that are
 * rare or localised (c F g B v O p). Fields of weeks are printed, but have no effect when parsed.
 *
 * A run of numbers without anything between them ("yyyyMMdd") is parsed with fixed widths: the first
 * number of the run leaves room for the others, as java.time does ("adjacent value parsing").
 */
#include "type/time_pattern.h"

#include <assert.h>

enum { PATTERN_ITEMS_MAX = 256, PATTERN_DEPTH_MAX = 16 };

struct compiler {
    struct arena *arena;
    struct str pattern;
    struct time_pattern *out;
    struct time_item *items; /* of out, while they are written */
    int32_t run;             /* index of the number that leads a run of adjacent numbers; -1: none */
    uint32_t open[PATTERN_DEPTH_MAX];
    uint32_t depth;
    struct error *error;
};

static enum status refuse(struct compiler *c, const char *why)
{
    return error_set(c->error, STATUS_INVALID, "Invalid date and time pattern '%.*s': %s.", STR_ARG(c->pattern), why);
}

static enum status refuse_letter(struct compiler *c, enum status s, const char *why, char letter)
{
    return error_set(c->error, s, "Invalid date and time pattern '%.*s': %s: %c.", STR_ARG(c->pattern), why, letter);
}

static enum status item_push(struct compiler *c, struct time_item item)
{
    if (c->out->count == PATTERN_ITEMS_MAX) return refuse(c, "too many elements");
    c->items[c->out->count++] = item;
    c->run = -1;
    return STATUS_OK;
}

/* A number joins the run before it or starts one. */
static enum status number_push(struct compiler *c, struct time_item item)
{
    int32_t run = c->run;
    bool fixed = item.min == item.max && item.sign == SIGN_NOT_NEGATIVE;
    if (run < 0) {
        TRY(item_push(c, item));
        c->run = (int32_t)c->out->count - 1;
        return STATUS_OK;
    }
    struct time_item *lead = &c->items[run];
    if (fixed) {
        lead->subsequent += item.max;
        item.subsequent = -1;
        TRY(item_push(c, item));
        c->run = run;
        return STATUS_OK;
    }
    if (lead->subsequent == 0) lead->subsequent = -1;
    TRY(item_push(c, item));
    c->run = (int32_t)c->out->count - 1;
    return STATUS_OK;
}

static enum status value_push(struct compiler *c, enum time_field field, int32_t min, int32_t max, enum time_sign sign)
{
    return number_push(c, (struct time_item){.kind = ITEM_NUMBER, .field = field, .min = min, .max = max, .sign = sign});
}

static enum status literal_push(struct compiler *c, struct str text)
{
    struct str copy = arena_str(c->arena, text);
    if (copy.at == NULL) return error_no_memory(c->error, text.size_bytes);
    return item_push(c, (struct time_item){.kind = ITEM_LITERAL, .text = copy});
}

static enum status year_push(struct compiler *c, enum time_field field, int32_t count)
{
    if (count == 2) {
        return number_push(c, (struct time_item){.kind = ITEM_REDUCED, .field = field, .min = 2, .max = 2, .sign = SIGN_NOT_NEGATIVE});
    }
    return value_push(c, field, count, 19, count < 4 ? SIGN_NORMAL : SIGN_EXCEEDS_PAD);
}

static enum status text_push(struct compiler *c, enum time_field field, int32_t style)
{
    return item_push(c, (struct time_item){.kind = ITEM_TEXT, .field = field, .style = style});
}

/* M, L, Q, q: a number in one or two digits, or a name. */
static enum status number_or_text_push(struct compiler *c, enum time_field field, int32_t count, char letter)
{
    if (count == 1) return value_push(c, field, 1, 19, SIGN_NORMAL);
    if (count == 2) return value_push(c, field, 2, 2, SIGN_NOT_NEGATIVE);
    if (count > 5) return refuse_letter(c, STATUS_INVALID, "Too many pattern letters", letter);
    return text_push(c, field, count);
}

static enum status two_digits_push(struct compiler *c, enum time_field field, int32_t count, char letter)
{
    if (count == 1) return value_push(c, field, 1, 19, SIGN_NORMAL);
    if (count == 2) return value_push(c, field, 2, 2, SIGN_NOT_NEGATIVE);
    return refuse_letter(c, STATUS_INVALID, "Too many pattern letters", letter);
}

static enum status fraction_push(struct compiler *c, int32_t count)
{
    if (count > 9) return refuse_letter(c, STATUS_INVALID, "Too many pattern letters", 'S');
    return number_push(c, (struct time_item){.kind = ITEM_FRACTION, .field = FIELD_NANO, .min = count, .max = count, .sign = SIGN_NOT_NEGATIVE});
}

static enum status offset_push(struct compiler *c, int32_t count, char letter)
{
    static const enum time_offset_style styles[6] = {OFFSET_HOUR, OFFSET_HOUR, OFFSET_HOUR_MIN, OFFSET_HOUR_COLON_MIN, OFFSET_HMS, OFFSET_COLON_HMS};
    struct time_item item = {.kind = ITEM_OFFSET, .field = FIELD_OFFSET};
    if (count > 5) return refuse_letter(c, STATUS_INVALID, "Too many pattern letters", letter);
    if (letter == 'Z') {
        if (count == 4) return refuse_letter(c, STATUS_UNSUPPORTED, "localised offsets are not supported", letter);
        item.style = count < 4 ? OFFSET_HOUR_MIN : OFFSET_COLON_HMS;
        item.text = count < 4 ? STR("+0000") : STR("Z");
    } else {
        item.style = (int32_t)styles[count];
        item.text = letter == 'X' ? STR("Z") : count == 1 ? STR("+00") : count % 2 == 0 ? STR("+0000") : STR("+00:00");
    }
    c->out->has_zone = true;
    return item_push(c, item);
}

static enum status zone_push(struct compiler *c, int32_t count, char letter)
{
    if (letter == 'V' && count != 2) return refuse_letter(c, STATUS_INVALID, "Pattern letter count must be 2", letter);
    if (count > 4) return refuse_letter(c, STATUS_INVALID, "Too many pattern letters", letter);
    c->out->has_zone = true;
    return item_push(c, (struct time_item){.kind = ITEM_ZONE, .style = count});
}

static enum status letters_push(struct compiler *c, char letter, int32_t count)
{
    switch (letter) {
    case 'u': return year_push(c, FIELD_YEAR, count);
    case 'y': return year_push(c, FIELD_YEAR_OF_ERA, count);
    case 'M': case 'L': return number_or_text_push(c, FIELD_MONTH, count, letter);
    case 'Q': case 'q': return number_or_text_push(c, FIELD_QUARTER, count, letter);
    case 'Y': return year_push(c, FIELD_WEEK_YEAR, count);
    case 'w': return two_digits_push(c, FIELD_WEEK, count, letter);
    case 'W':
        if (count > 1) return refuse_letter(c, STATUS_INVALID, "Too many pattern letters", letter);
        return value_push(c, FIELD_WEEK_OF_MONTH, 1, 19, SIGN_NORMAL);
    case 'e':
        if (count > 2 && count <= 5) return text_push(c, FIELD_DAY_OF_WEEK, count);
        return two_digits_push(c, FIELD_LOCAL_DAY_OF_WEEK, count, letter);
    case 'd': return two_digits_push(c, FIELD_DAY, count, letter);
    case 'D':
        if (count == 1) return value_push(c, FIELD_DAY_OF_YEAR, 1, 19, SIGN_NORMAL);
        if (count <= 3) return value_push(c, FIELD_DAY_OF_YEAR, count, 3, SIGN_NOT_NEGATIVE);
        return refuse_letter(c, STATUS_INVALID, "Too many pattern letters", letter);
    case 'E': case 'G':
        if (count > 5) return refuse_letter(c, STATUS_INVALID, "Too many pattern letters", letter);
        return text_push(c, letter == 'E' ? FIELD_DAY_OF_WEEK : FIELD_ERA, count < 4 ? 3 : count);
    case 'a':
        if (count > 1) return refuse_letter(c, STATUS_INVALID, "Too many pattern letters", letter);
        return text_push(c, FIELD_AMPM, 3);
    case 'H': return two_digits_push(c, FIELD_HOUR, count, letter);
    case 'k': return two_digits_push(c, FIELD_CLOCK_HOUR, count, letter);
    case 'K': return two_digits_push(c, FIELD_HOUR_OF_AMPM, count, letter);
    case 'h': return two_digits_push(c, FIELD_CLOCK_HOUR_OF_AMPM, count, letter);
    case 'm': return two_digits_push(c, FIELD_MINUTE, count, letter);
    case 's': return two_digits_push(c, FIELD_SECOND, count, letter);
    case 'S': return fraction_push(c, count);
    case 'n': return value_push(c, FIELD_NANO, count, 19, SIGN_NOT_NEGATIVE);
    case 'A': return value_push(c, FIELD_MILLI_OF_DAY, count, 19, SIGN_NOT_NEGATIVE);
    case 'N': return value_push(c, FIELD_NANO_OF_DAY, count, 19, SIGN_NOT_NEGATIVE);
    case 'X': case 'x': case 'Z': return offset_push(c, count, letter);
    case 'z': case 'V': return zone_push(c, count, letter);
    case 'c': case 'F': case 'g': case 'B': case 'v': case 'O': case 'p':
        return refuse_letter(c, STATUS_UNSUPPORTED, "this pattern letter is not supported", letter);
    default: return refuse_letter(c, STATUS_INVALID, "Unknown pattern letter", letter);
    }
}

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

static enum status letter_run(struct compiler *c, size_t *io_at)
{
    size_t at = *io_at;
    char letter = c->pattern.at[at];
    int32_t count = 0;
    while (at < c->pattern.size_bytes && c->pattern.at[at] == letter && count < 32) at++, count++;
    *io_at = at;
    if (count > 19) return refuse_letter(c, STATUS_INVALID, "Too many pattern letters", letter);
    return letters_push(c, letter, count);
}

/* 'text' with '' for a quote; two quotes alone are one quote. */
static enum status quoted_run(struct compiler *c, size_t *io_at)
{
    struct str p = c->pattern;
    size_t at = *io_at + 1, size = 0;
    char *text = arena_bytes(c->arena, p.size_bytes);
    if (text == NULL) return error_no_memory(c->error, p.size_bytes);
    for (;; at++) {
        if (at >= p.size_bytes) return refuse(c, "it ends inside a quoted text");
        if (p.at[at] == '\'') {
            if (at + 1 >= p.size_bytes || p.at[at + 1] != '\'') break;
            at++;
        }
        text[size++] = p.at[at];
    }
    *io_at = at + 1;
    if (size == 0) text[size++] = '\'';
    return literal_push(c, (struct str){text, size});
}

static enum status section_begin(struct compiler *c)
{
    if (c->depth == PATTERN_DEPTH_MAX) return refuse(c, "optional sections are nested too deep");
    c->open[c->depth++] = c->out->count;
    return item_push(c, (struct time_item){.kind = ITEM_OPTIONAL});
}

static enum status section_end(struct compiler *c)
{
    if (c->depth == 0) return refuse(c, "a ']' has no '['");
    c->items[c->open[--c->depth]].end = c->out->count;
    c->run = -1;
    return STATUS_OK;
}

static enum status compile(struct compiler *c)
{
    struct str p = c->pattern;
    for (size_t at = 0; at < p.size_bytes;) {
        char letter = p.at[at];
        if (is_letter(letter)) {
            TRY(letter_run(c, &at));
        } else if (letter == '\'') {
            TRY(quoted_run(c, &at));
        } else if (letter == '[') {
            TRY(section_begin(c));
            at++;
        } else if (letter == ']') {
            TRY(section_end(c));
            at++;
        } else if (letter == '{' || letter == '}' || letter == '#') {
            return refuse_letter(c, STATUS_INVALID, "Pattern includes reserved character", letter);
        } else {
            TRY(literal_push(c, (struct str){p.at + at, 1}));
            at++;
        }
    }
    while (c->depth > 0) TRY(section_end(c)); /* as in Java, an open section ends with the pattern */
    return STATUS_OK;
}

enum status time_pattern_compile(struct arena *a, struct str pattern, const struct time_pattern **ret, struct error *e)
{
    assert(a != NULL && ret != NULL);
    struct time_pattern *p = ARENA_NEW(a, struct time_pattern);
    if (p == NULL) return error_no_memory(e, sizeof *p);
    struct time_item *items = ARENA_ARRAY(a, struct time_item, PATTERN_ITEMS_MAX);
    if (items == NULL) return error_no_memory(e, sizeof *items * PATTERN_ITEMS_MAX);
    p->items = items;
    struct compiler c = {.arena = a, .pattern = pattern, .out = p, .items = items, .run = -1, .error = e};
    TRY(compile(&c));
    *ret = p;
    return STATUS_OK;
}

bool time_pattern_has_zone(const struct time_pattern *p) { return p->has_zone; }

/* ---- names -------------------------------------------------------------------------------- */

int32_t time_name_count(enum time_field field, int64_t *ret_first)
{
    *ret_first = field == FIELD_ERA || field == FIELD_AMPM ? 0 : 1;
    return field == FIELD_MONTH ? 12 : field == FIELD_DAY_OF_WEEK ? 7 : field == FIELD_QUARTER ? 4 : 2;
}

static struct str shortened(const char *name, int32_t style)
{
    struct str s = str_of(name);
    size_t size = style == 5 ? 1 : 3;
    if (style != 4 && s.size_bytes > size) s.size_bytes = size;
    return s;
}

struct str time_name(enum time_field field, int64_t value, int32_t style)
{
    static const char *const months[12] = {"January", "February", "March", "April", "May", "June", "July",
                                           "August", "September", "October", "November", "December"};
    static const char *const days[7] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
    static const char *const quarters[3][4] = {{"Q1", "Q2", "Q3", "Q4"},
                                               {"1st quarter", "2nd quarter", "3rd quarter", "4th quarter"},
                                               {"1", "2", "3", "4"}};
    static const char *const eras[3][2] = {{"BC", "AD"}, {"Before Christ", "Anno Domini"}, {"B", "A"}};
    assert(style >= 3 && style <= 5);
    switch (field) {
    case FIELD_MONTH: return shortened(months[value - 1], style);
    case FIELD_DAY_OF_WEEK: return shortened(days[value - 1], style);
    case FIELD_QUARTER: return str_of(quarters[style - 3][value - 1]);
    case FIELD_ERA: return str_of(eras[style - 3][value]);
    case FIELD_AMPM: return value == 0 ? STR("AM") : STR("PM");
    default: assert(!"a field without names"); return STR("");
    }
}
