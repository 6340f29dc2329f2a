/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every function of the table over columns of the nastiest values: broken UTF-8, empty and long
 * texts, the ends of the number ranges, nulls everywhere. Nothing may crash or read beyond its
 * arguments; a row that fails must say why and leave the others alone.
 */
#include "base/alloc.h"
#include "base/hash.h"
#include "func/eval.h"

#include <stdio.h>
#include <string.h>

#include "unit/unit.h"

enum { ROWS = 64, COLUMNS = 16, ARGS_MAX = 4 };
#ifdef __SANITIZE_THREAD__
enum { TRIES = 1 }; /* slow there, and only one thread runs */
#else
enum { TRIES = 10 };
#endif

struct world {
    struct arena *arena;
    struct types *types;
    struct eval_context context;
    struct vec *columns[COLUMNS];
    uint32_t column_count;
    uint64_t seed;
};

static uint64_t roll(struct world *w)
{
    w->seed += UINT64_C(0x9e3779b97f4a7c15);
    return hash_u64(w->seed);
}

static struct str nasty_text(struct world *w)
{
    static const char *const texts[] = {"",    " ",      "a",       "\xff",   "\xc3",        "\xf0\x9f\x98", "\xf0\x9f\x98\x80", "ä\xed\xa0\x80z",
                                        "%_%", "(a|b)*", "[a-z&&b]", "2024-02-30 25:61:61.999999999999", "yyyy-MM-dd HH:mm:ss'", "http://[::1:/?a=%zz#",
                                        "DAY", "1e999",  "-",       "\\u12", "{\"a\": [1, {\"b\": null}]}", "%99999999$d %s %.2f"};
    uint32_t k = (uint32_t)(roll(w) % 28);
    if (k < sizeof texts / sizeof texts[0]) return str_of(texts[k]);
    size_t size = roll(w) % (k == 27 ? 3000 : 40);
    char *bytes = arena_bytes(w->arena, size + 1);
    for (size_t i = 0; i < size; i++) bytes[i] = (char)roll(w);
    return (struct str){bytes, size};
}

static int64_t nasty_number(struct world *w)
{
    static const int64_t numbers[] = {0, 1, -1, 2, 7, -100, 255, INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN, 1700000000, 1700000000123456};
    return numbers[roll(w) % (sizeof numbers / sizeof numbers[0])];
}

static void fill_value(struct world *w, struct vec *v, uint32_t row);

static void fill_list(struct world *w, struct vec *v, uint32_t row)
{
    uint32_t count = (uint32_t)(roll(w) % 5), offset = 0;
    assert_int_equal(vec_list_extend(v, count, &offset), STATUS_OK);
    VEC_DATA(v, struct list_ref)[row] = (struct list_ref){offset, count};
    for (uint32_t c = 0; c < v->child_count; c++) {
        for (uint32_t i = 0; i < count; i++) fill_value(w, v->children[c], offset + i);
    }
}

static void fill_value(struct world *w, struct vec *v, uint32_t row)
{
    int64_t n = nasty_number(w);
    vec_set_valid(v, row);
    if (roll(w) % 5 == 0) {
        vec_set_null(v, row);
        return;
    }
    switch (v->type->phys) {
    case PHYS_STRING: assert_int_equal(vec_set_str(v, row, nasty_text(w)), STATUS_OK); break;
    case PHYS_BOOL: VEC_DATA(v, uint8_t)[row] = (uint8_t)(n & 1); break;
    case PHYS_I32: VEC_DATA(v, int32_t)[row] = v->type->root == TYPE_TIME ? (int32_t)(roll(w) % 86400000) : (int32_t)n; break;
    case PHYS_I64: VEC_DATA(v, int64_t)[row] = n; break;
    case PHYS_F64: VEC_DATA(v, double)[row] = roll(w) % 7 == 0 ? __builtin_nan("") : (double)n * 1e3; break;
    case PHYS_LIST: fill_list(w, v, row); break;
    default: fail(); break;
    }
}

static void add_column(struct world *w, const struct type *t)
{
    struct vec *v = NULL;
    assert_int_equal(vec_new(w->arena, w->arena, t, ROWS, &v), STATUS_OK);
    for (uint32_t i = 0; i < ROWS; i++) fill_value(w, v, i);
    w->columns[w->column_count++] = v;
}

static void world_begin(struct world *w)
{
    struct error e = ERROR_INIT;
    *w = (struct world){.arena = arena_new("test", 0), .seed = 42};
    w->types = types_new(w->arena);
    w->context = (struct eval_context){.now_us = 1700000000000000, .random_state = {1, 2}, .watermark_ms = INT64_MIN};
    assert_int_equal(zone_open(w->arena, STR("America/New_York"), &w->context.zone, &e), STATUS_OK);
    struct types *t = w->types;
    const struct type *text = type_string(t, true), *whole = type_simple(t, TYPE_INT, true);
    add_column(w, text);
    add_column(w, text);
    add_column(w, text);
    add_column(w, whole);
    add_column(w, type_simple(t, TYPE_BIGINT, true));
    add_column(w, type_simple(t, TYPE_DOUBLE, true));
    add_column(w, type_simple(t, TYPE_BOOLEAN, true));
    add_column(w, type_simple(t, TYPE_DATE, true));
    add_column(w, type_time(t, TYPE_TIME, 0, true));
    add_column(w, type_text(t, TYPE_VARBINARY, TYPE_LENGTH_MAX, true));
    add_column(w, type_array(t, text, true));
    add_column(w, type_array(t, whole, true));
    add_column(w, type_map(t, text, whole, true));
    add_column(w, type_decimal(t, 18, 4, true));
}

/* A column, or now and then a literal: binding looks at these. */
static struct expr *nasty_argument(struct world *w, bool unit)
{
    static const char *const units[] = {"DAY", "MONTH", "WEEK", "SECOND", "YEAR", "CENTURY", "MILLISECOND", "QUARTER"};
    if (unit) return expr_str(w->arena, type_string(w->types, false), str_of(units[roll(w) % 8]));
    uint32_t k = (uint32_t)(roll(w) % (w->column_count + 6));
    if (k >= w->column_count + 3) return expr_str(w->arena, type_string(w->types, false), nasty_text(w));
    if (k >= w->column_count) return expr_i64(w->arena, type_simple(w->types, TYPE_INT, false), (int32_t)nasty_number(w));
    return expr_input(w->arena, k, w->columns[k]->type);
}

static bool takes_unit(const struct func *f, uint32_t i)
{
    bool first = str_equal(f->name, STR("EXTRACT")) || str_equal(f->name, STR("TIMESTAMPADD")) || str_equal(f->name, STR("TIMESTAMPDIFF"));
    bool second = str_equal(f->name, STR("FLOOR_TO")) || str_equal(f->name, STR("CEIL_TO"));
    return (first && i == 0) || (second && i == 1);
}

static void run(struct world *w, struct expr *e)
{
    struct error error = ERROR_INIT;
    struct program *p = NULL;
    struct vec *out = NULL;
    uint64_t failed[BITS_WORDS(ROWS)] = {0};
    struct row_errors errors = {.failed = failed};
    struct rows rows = {NULL, ROWS};
    assert_int_equal(program_new(w->arena, &e, 1, &w->context, &p, &error), STATUS_OK);
    program_set_row_errors(p, &errors);
    program_begin(p);
    enum status s = program_run(p, 0, w->columns, &rows, &out, &error);
    if (s != STATUS_OK) fail_msg("%s", error.message);
    if (errors.count > 0) assert_true(errors.first.message[0] != '\0');
    program_free(p);
}

/* Returns how many calls could be bound. */
static uint32_t try_function(struct world *w, const struct func *f)
{
    uint32_t bound = 0;
    for (uint32_t k = 0; k < TRIES; k++) {
        uint32_t most = f->arg_max < ARGS_MAX ? f->arg_max : ARGS_MAX;
        if (most < f->arg_min) most = f->arg_min;
        uint32_t count = f->arg_min + (uint32_t)(roll(w) % (most - f->arg_min + 1));
        struct expr *args[ARGS_MAX], *call = NULL;
        struct error e = ERROR_INIT;
        for (uint32_t i = 0; i < count; i++) args[i] = nasty_argument(w, takes_unit(f, i));
        if (func_call(w->arena, w->types, &w->context, f, (struct span){0}, args, count, &call, &e) != STATUS_OK) {
            assert_true(e.message[0] != '\0');
            continue;
        }
        run(w, call);
        bound++;
    }
    return bound;
}

static void test_no_function_falls_over_nasty_values(void **state)
{
    (void)state;
    uint32_t bound = 0;
    for (uint32_t i = 0; func_at(i) != NULL; i++) {
        const struct func *f = func_at(i);
        if (f->arg_min > ARGS_MAX || str_equal(f->name, STR("CAST")) || str_equal(f->name, STR("TRY_CAST"))) continue;
        struct world w;
        world_begin(&w);
        bound += try_function(&w, f);
        arena_free(w.arena);
    }
    assert_true(bound > 50 * TRIES);
}

static void test_names_are_unique_and_documented(void **state)
{
    (void)state;
    for (uint32_t i = 0; func_at(i) != NULL; i++) {
        const struct func *f = func_at(i);
        if (func_find(f->name) != f) fail_msg("two rows are named %.*s", STR_ARG(f->name));
        assert_non_null(f->signature);
        assert_non_null(f->doc);
        assert_true(f->arg_min <= f->arg_max);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_function_falls_over_nasty_values),
        cmocka_unit_test(test_names_are_unique_and_documented),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
