/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Patterns that users write: those of DATE_FORMAT and TO_TIMESTAMP, of SimpleDateFormat, and Java's regular
 * expressions. Whatever is compiled also prints, parses and matches without reading beyond a text, and a match
 * lies inside of it. Input: a byte that chooses, a length, the pattern, the text.
 */
#include "func/java_regex.h"
#include "func/simple_date.h"
#include "type/timestamp.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_time_pattern(struct arena *a, struct str pattern, struct str text) {
    const struct time_pattern *p = NULL;
    struct error e = ERROR_INIT;
    struct ts t = {0};
    if (time_pattern_compile(a, pattern, &p, &e) == STATUS_OK) {
        struct buf out = BUF_INIT;
        time_pattern_print(&out, p, ts_from_millis(INT64_C(1709214356789)), 0, STR("UTC"));
        (void)time_pattern_parse(p, text, &t);
        (void)time_pattern_parse(p, buf_view(&out), &t);
        buf_deinit(&out);
    }
    error_clear(&e);
}

static void try_simple_date(struct arena *a, struct str pattern, struct str text) {
    const struct zone *zone = NULL;
    struct error e = ERROR_INIT;
    char letter;
    int64_t ms = 0;
    if (zone_open(a, STR("UTC"), &zone, &e) != STATUS_OK) abort();
    if (!simple_date_check(pattern, &letter)) return;
    struct buf out = BUF_INIT;
    simple_date_print(&out, pattern, INT64_C(1709214356789), zone);
    (void)simple_date_parse(pattern, text, zone, &ms);
    (void)simple_date_parse(pattern, buf_view(&out), zone, &ms);
    buf_deinit(&out);
}

static void try_regex(struct arena *a, struct str pattern, struct str text) {
    enum { MATCHES_MAX = 64 };
    const struct java_regex *r = NULL;
    struct java_match *m = NULL;
    struct error e = ERROR_INIT;
    if (java_regex_compile(a, pattern, 0, &r, &e) == STATUS_OK && r != NULL) {
        if (java_match_new(a, r, &m) != STATUS_OK) abort();
        size_t from = 0;
        for (int i = 0; i < MATCHES_MAX && from != SIZE_MAX && java_match_find(m, text, from) == 1; i++) {
            size_t begin = 0, end = 0;
            for (uint32_t g = 0; g <= java_regex_group_count(r); g++) {
                if (java_match_group(m, g, &begin, &end)) assert(begin <= end && end <= text.size_bytes);
            }
            from = java_match_next(m, text);
        }
    }
    error_clear(&e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 3 || size > 1024) return 0;
    size_t length = data[1] < size - 2 ? data[1] : size - 2;
    struct str pattern = {(const char *)data + 2, length}, text = {(const char *)data + 2 + length, size - 2 - length};
    struct arena *a = arena_new("fuzz", 0);
    switch (data[0] % 3) {
    case 0: try_time_pattern(a, pattern, text); break;
    case 1: try_simple_date(a, pattern, text); break;
    default: try_regex(a, pattern, text); break;
    }
    arena_free(a);
    return 0;
}
