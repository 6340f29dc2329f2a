/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernels_json: the predicted path of the json decoder, compiled once per CPU level. Each object
 * shape remembers the bytes of its members' names in the order of the last records; a record that
 * follows the prediction costs one compare per name, a scan per value and the writes into columns.
 * Names out of order are looked up; whatever is odd (a name twice, a value that does not convert, a
 * syntax error) gives NULL and the general path decides. Every byte of the record is still checked:
 * what this path accepts, the general path accepts with the same rows.
 *
 * Bounds: the byte at end is '\n', which no scan passes, and JSON_PADDING bytes behind it are readable.
 */
#include "format/json.h"
#include "format/text_view.h"

#ifdef __SSE2__
#include <immintrin.h>
#endif

#define CONCAT_(a, b) a##b
#define CONCAT(a, b) CONCAT_(a, b)

const char *CONCAT(json_fast_, KERNEL_LEVEL)(struct json_fast *f, struct json_shape *s, const char *p, const char *end, uint32_t row);

enum { SKIP_DEPTH_MAX = 64, MISSES_MAX = 16 };

static inline const char *skip_blank(const char *p) {
    while (*p == ' ' || *p == '\t' || *p == '\r') p++;
    return p;
}

/* ---- strings ---- */

#if defined(__AVX2__)
enum { STEP = 32 };
/* Bits of bytes that end a plain run (quote, backslash, control), and of bytes above 0x7f; copies the step to `to` unless NULL. */
static inline uint32_t stops(const char *p, char *to, uint32_t *high) {
    __m256i x = _mm256_loadu_si256((const __m256i *)p);
    if (to != NULL) _mm256_storeu_si256((__m256i *)to, x);
    __m256i quote = _mm256_cmpeq_epi8(x, _mm256_set1_epi8('"'));
    __m256i slash = _mm256_cmpeq_epi8(x, _mm256_set1_epi8('\\'));
    __m256i control = _mm256_cmpeq_epi8(_mm256_min_epu8(x, _mm256_set1_epi8(0x1f)), x);
    *high = (uint32_t)_mm256_movemask_epi8(x);
    return (uint32_t)_mm256_movemask_epi8(_mm256_or_si256(_mm256_or_si256(quote, slash), control));
}
#elif defined(__SSE2__)
enum { STEP = 16 };
static inline uint32_t stops(const char *p, char *to, uint32_t *high) {
    __m128i x = _mm_loadu_si128((const __m128i *)p);
    if (to != NULL) _mm_storeu_si128((__m128i *)to, x);
    __m128i quote = _mm_cmpeq_epi8(x, _mm_set1_epi8('"'));
    __m128i slash = _mm_cmpeq_epi8(x, _mm_set1_epi8('\\'));
    __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8(0x1f)), x);
    *high = (uint32_t)_mm_movemask_epi8(x);
    return (uint32_t)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, slash), control));
}
#else
enum { STEP = 8 };
static inline uint32_t stops(const char *p, char *to, uint32_t *high) {
    uint32_t stop = 0, above = 0;
    if (to != NULL) memcpy(to, p, STEP);
    for (uint32_t i = 0; i < STEP; i++) {
        unsigned char c = (unsigned char)p[i];
        stop |= (uint32_t)(c == '"' || c == '\\' || c < 0x20) << i;
        above |= (uint32_t)(c >> 7) << i;
    }
    *high = above;
    return stop;
}
#endif

/* What a string holds; a copy is complete only of a plain one. */
enum string_form { STRING_PLAIN, STRING_ESCAPED, STRING_CONTROL };

/* With escapes or control characters: found byte by byte. */
static __attribute__((noinline)) const char *scan_odd(const char *at, const char *end, uint32_t *ret_size, enum string_form *ret_form) {
    bool escaped;
    if (!json_string_scan(at, end, ret_size, &escaped) || !json_utf8_valid(at, *ret_size)) return NULL;
    *ret_form = escaped ? STRING_ESCAPED : STRING_CONTROL;
    return at + *ret_size + 1;
}

/* The string at `at` (behind its quote): returns behind the closing quote. Its bytes are copied to `to` unless NULL. */
static inline const char *scan_string(const char *at, const char *end, char *to, uint32_t *ret_size, enum string_form *ret_form) {
    const char *p = at;
    uint32_t any_high = 0;
    for (;;) {
        uint32_t high;
        uint32_t stop = stops(p, to, &high);
        if (stop != 0) {
            uint32_t n = (uint32_t)__builtin_ctz(stop);
            p += n;
            if (*p != '"') return scan_odd(at, end, ret_size, ret_form);
            any_high |= high & ((UINT32_C(1) << n) - 1);
            break;
        }
        any_high |= high;
        p += STEP;
        if (to != NULL) to += STEP;
    }
    *ret_size = (uint32_t)(p - at);
    *ret_form = STRING_PLAIN;
    if (any_high != 0 && !json_utf8_valid(at, *ret_size)) return NULL;
    return p + 1;
}

/* ---- values that are not wanted ---- */

static const char *skip_value(const char *p, const char *end, uint32_t depth);

static const char *skip_object(const char *p, const char *end, uint32_t depth) {
    uint32_t size;
    enum string_form form;
    p = skip_blank(p);
    if (*p == '}') return p + 1;
    for (;;) {
        if (*p != '"' || (p = scan_string(p + 1, end, NULL, &size, &form)) == NULL) return NULL;
        p = skip_blank(p);
        if (*p != ':' || (p = skip_value(skip_blank(p + 1), end, depth)) == NULL) return NULL;
        p = skip_blank(p);
        if (*p == '}') return p + 1;
        if (*p != ',') return NULL;
        p = skip_blank(p + 1);
    }
}

static const char *skip_array(const char *p, const char *end, uint32_t depth) {
    p = skip_blank(p);
    if (*p == ']') return p + 1;
    for (;;) {
        if ((p = skip_value(p, end, depth)) == NULL) return NULL;
        p = skip_blank(p);
        if (*p == ']') return p + 1;
        if (*p != ',') return NULL;
        p = skip_blank(p + 1);
    }
}

static const char *skip_value(const char *p, const char *end, uint32_t depth) {
    uint32_t size;
    enum string_form form;
    switch (*p) {
    case '"': return scan_string(p + 1, end, NULL, &size, &form);
    case 'n': return memcmp(p, "null", 4) == 0 ? p + 4 : NULL;
    case 't': return memcmp(p, "true", 4) == 0 ? p + 4 : NULL;
    case 'f': return memcmp(p, "false", 5) == 0 ? p + 5 : NULL;
    case '{': return depth == SKIP_DEPTH_MAX ? NULL : skip_object(p + 1, end, depth + 1);
    case '[': return depth == SKIP_DEPTH_MAX ? NULL : skip_array(p + 1, end, depth + 1);
    default: size = json_number_scan(p, end); return size == 0 ? NULL : p + size;
    }
}

/* ---- wanted values ---- */

/* Any scalar, by the shared conversion. */
static __attribute__((noinline)) const char *convert_scalar(struct json_fast *f, const struct json_field *field, const char *p, const char *end, uint32_t row) {
    struct json_token t = {.at = p, .next = 1};
    const char *behind;
    enum string_form form;
    switch (*p) {
    case '"':
        t.kind = JSON_STRING;
        t.at = p + 1;
        behind = scan_string(p + 1, end, NULL, &t.size, &form);
        t.escaped = behind != NULL && form == STRING_ESCAPED;
        break;
    case 't': t.kind = JSON_TRUE, t.size = 4, behind = skip_value(p, end, 0); break;
    case 'f': t.kind = JSON_FALSE, t.size = 5, behind = skip_value(p, end, 0); break;
    case '{': case '[': return NULL;
    default:
        t.kind = JSON_NUMBER;
        t.size = json_number_scan(p, end);
        behind = t.size == 0 ? NULL : p + t.size;
    }
    if (behind == NULL || !json_convert_scalar(f->convert, &t, field->type, field->vec, row)) return NULL;
    return behind;
}

/* Up to 18 digits without fraction or exponent; NULL: something else. */
static inline const char *plain_integer(const char *p, int64_t *ret) {
    bool negative = *p == '-';
    p += negative;
    const char *first = p;
    uint64_t v = 0;
    unsigned d;
    while ((d = (unsigned char)*p - (unsigned)'0') <= 9) {
        v = v * 10 + d;
        p++;
    }
    size_t digits = (size_t)(p - first);
    if (digits == 0 || digits > 18 || (*first == '0' && digits > 1) || *p == '.' || (*p | 0x20) == 'e') return NULL;
    *ret = negative ? -(int64_t)v : (int64_t)v;
    return p;
}

/* digits.digits with up to 15 digits in all: exact as a quotient of two doubles. */
static inline const char *plain_double(const char *p, double *ret) {
    static const double powers[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    bool negative = *p == '-';
    p += negative;
    const char *first = p;
    uint64_t v = 0;
    unsigned d;
    while ((d = (unsigned char)*p - (unsigned)'0') <= 9) v = v * 10 + d, p++;
    size_t digits = (size_t)(p - first), fraction = 0;
    if (digits == 0 || digits > 15 || (*first == '0' && digits > 1)) return NULL;
    if (*p == '.') {
        const char *from = ++p;
        while ((d = (unsigned char)*p - (unsigned)'0') <= 9) v = v * 10 + d, p++;
        fraction = (size_t)(p - from);
        if (fraction == 0 || digits + fraction > 15) return NULL;
    }
    if ((*p | 0x20) == 'e') return NULL;
    double value = (double)v / powers[fraction];
    *ret = negative ? -value : value;
    return p;
}

static __attribute__((noinline)) bool learn_minute(struct json_field *f, const char *text) {
    char whole[20];
    memcpy(whole, text, 16);
    memcpy(whole + 16, ":00", 4);
    struct ts t;
    if ((text[11] == '2' && text[12] == '4') || !text_timestamp((struct str){whole, 19}, TIME_STANDARD_SQL, false, &t)) return false;
    memcpy(f->day, text, 16);
    f->day_known = true;
    f->day_micros = t.micros;
    return true;
}

/* "YYYY-MM-DD HH:MM:SS[.ffffff]" with the minute of the last row mostly known. */
static inline const char *plain_timestamp(struct json_field *f, const char *p, int64_t *ret) {
    if (*p != '"') return NULL;
    p++;
    if ((!f->day_known || memcmp(p, f->day, 16) != 0) && !learn_minute(f, p)) return NULL;
    unsigned tens = (unsigned char)p[17] - (unsigned)'0', ones = (unsigned char)p[18] - (unsigned)'0';
    if (p[16] != ':' || tens > 5 || ones > 9) return NULL;
    int64_t micros = f->day_micros + (tens * 10 + ones) * INT64_C(1000000);
    p += 19;
    if (*p == '.') {
        static const uint32_t units[] = {1000000, 100000, 10000, 1000, 100, 10, 1};
        uint32_t fraction = 0, digits = 0, d;
        p++;
        while ((d = (unsigned char)*p - (uint32_t)'0') <= 9) {
            fraction = fraction * 10 + d;
            p++;
            if (++digits > 6) return NULL;
        }
        fraction *= units[digits];
        micros += f->keep_digits <= 3 ? fraction - fraction % 1000 : fraction;
    }
    if (*p != '"') return NULL;
    *ret = micros;
    return p + 1;
}

static inline const char *string_value(struct json_fast *f, const struct json_field *field, const char *p, const char *end, uint32_t row) {
    uint32_t size;
    enum string_form form;
    const char *behind = scan_string(p + 1, end, f->heap_at, &size, &form);
    if (behind == NULL) return NULL;
    if (form != STRING_PLAIN) return convert_scalar(f, field, p, end, row);
    struct vec *v = field->vec;
    vec_set_valid(v, row);
    if (size > STRV_INLINE_MAX) {
        text_view_store(&VEC_DATA(v, struct strv)[row], f->heap_at, size);
        f->heap_at += size;
    } else {
        text_view_store(&VEC_DATA(v, struct strv)[row], p + 1, size);
    }
    return behind;
}

static const char *parse_object(struct json_fast *f, struct json_shape *s, const char *p, const char *end, uint32_t row);

static __attribute__((noinline)) void set_field_null(const struct json_field *field, uint32_t row) {
    if (field->vec != NULL) {
        json_set_null(field->vec, row);
    } else {
        json_shape_set_null(field->below, row);
    }
}

static inline const char *field_value(struct json_fast *f, struct json_field *field, const char *p, const char *end, uint32_t row) {
    struct vec *v = field->vec;
    const char *behind = NULL;
    int64_t integer;
    double real;
    if (*p == 'n') {
        if (memcmp(p, "null", 4) != 0) return NULL;
        set_field_null(field, row);
        return p + 4;
    }
    switch (field->leaf) {
    case JSON_LEAF_NONE: return *p == '{' ? parse_object(f, field->below, p + 1, end, row) : NULL;
    case JSON_LEAF_NESTED: return NULL;
    case JSON_LEAF_STRING:
        if (*p == '"') return string_value(f, field, p, end, row);
        break;
    case JSON_LEAF_I64:
        if ((behind = plain_integer(p, &integer)) != NULL) VEC_DATA(v, int64_t)[row] = integer;
        break;
    case JSON_LEAF_I32:
        behind = plain_integer(p, &integer);
        if (behind != NULL && integer != (int32_t)integer) return NULL;
        if (behind != NULL) VEC_DATA(v, int32_t)[row] = (int32_t)integer;
        break;
    case JSON_LEAF_F64:
        if ((behind = plain_double(p, &real)) != NULL) VEC_DATA(v, double)[row] = real;
        break;
    case JSON_LEAF_BOOL:
        if (*p == 't' || *p == 'f') {
            VEC_DATA(v, uint8_t)[row] = *p == 't';
            behind = skip_value(p, end, 0);
            if (behind == NULL) return NULL;
        }
        break;
    case JSON_LEAF_TIMESTAMP:
        if ((behind = plain_timestamp(field, p, &integer)) != NULL) VEC_DATA(v, int64_t)[row] = integer;
        break;
    case JSON_LEAF_SCALAR: break;
    }
    if (behind == NULL) return convert_scalar(f, field, p, end, row);
    vec_set_valid(v, row);
    return behind;
}

/* ---- names ---- */

static inline bool matches(const char *p, const struct json_member *m) {
#ifdef __SSE2__
    if (m->size <= 16) {
        uint32_t equal = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)p), _mm_loadu_si128((const __m128i *)m->text)));
        return (~equal & ((UINT32_C(1) << m->size) - 1)) == 0;
    }
#endif
    return memcmp(p, m->text, m->size) == 0;
}

/* Puts the name's bytes at the end of the prediction, or finds its place in it. */
static void remember(struct json_shape *s, uint32_t *next, const char *from, size_t size, int32_t field) {
    s->misses++;
    if (size > JSON_KEY_MAX) return;
    if (*next == s->member_count && s->member_count < JSON_MEMBERS_MAX) {
        struct json_member *m = &s->members[s->member_count++];
        memset(m->text, 0, JSON_KEY_MAX);
        memcpy(m->text, from, size);
        m->size = (uint32_t)size;
        m->field = field;
        *next = s->member_count;
        return;
    }
    for (uint32_t i = 0; i < s->member_count; i++) {
        if (s->members[i].size == size && memcmp(s->members[i].text, from, size) == 0) *next = i + 1;
    }
}

/* A name that was not predicted: returns where its value begins. */
static __attribute__((noinline)) const char *find_name(struct json_shape *s, const char *p, const char *end, uint32_t *next, int32_t *ret_field) {
    const char *from = p;
    uint32_t size;
    enum string_form form;
    p = skip_blank(p);
    if (*p != '"') return NULL;
    const char *name = p + 1;
    p = scan_string(name, end, NULL, &size, &form);
    if (p == NULL || form == STRING_ESCAPED) return NULL;
    p = skip_blank(p);
    if (*p != ':') return NULL;
    p = skip_blank(p + 1);
    *ret_field = -1;
    for (uint32_t i = 0; i < s->count; i++) {
        if (s->fields[i].name.size_bytes == size && memcmp(s->fields[i].name.at, name, size) == 0) *ret_field = (int32_t)i;
    }
    remember(s, next, from, (size_t)(p - from), *ret_field);
    return p;
}

static __attribute__((noinline)) bool set_missing(const struct json_fast *f, const struct json_shape *s, uint64_t seen, uint32_t row) {
    if (f->fail_on_missing) return false;
    for (uint32_t i = 0; i < s->count; i++) {
        if (!(seen >> i & 1)) set_field_null(&s->fields[i], row);
    }
    return true;
}

static const char *parse_object(struct json_fast *f, struct json_shape *s, const char *p, const char *end, uint32_t row) {
    uint64_t seen = 0;
    uint32_t next = 0;
    if (s->misses > MISSES_MAX) s->misses = s->member_count = 0;
    if (s->row != NULL) vec_set_valid(s->row, row);
    for (;;) {
        int32_t field;
        if (next < s->member_count && matches(p, &s->members[next])) {
            field = s->members[next].field;
            p += s->members[next++].size;
        } else if ((p = find_name(s, p, end, &next, &field)) == NULL) {
            return NULL; /* also the empty object: rare enough for the general path */
        }
        if (field < 0) {
            p = skip_value(p, end, 0);
        } else if (seen >> field & 1) {
            return NULL;
        } else {
            seen |= UINT64_C(1) << field;
            p = field_value(f, &s->fields[field], p, end, row);
        }
        if (p == NULL) return NULL;
        if (*p != ',' && *p != '}') p = skip_blank(p);
        if (*p == '}') break;
        if (*p != ',') return NULL;
        p++;
    }
    uint64_t all = s->count == 64 ? ~UINT64_C(0) : (UINT64_C(1) << s->count) - 1;
    if (seen != all && !set_missing(f, s, seen, row)) return NULL;
    return p + 1;
}

const char *CONCAT(json_fast_, KERNEL_LEVEL)(struct json_fast *f, struct json_shape *s, const char *p, const char *end, uint32_t row) {
    return parse_object(f, s, p, end, row);
}
