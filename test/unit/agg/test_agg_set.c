/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Aggregates over one group, against results of real Flink 2.3: types, wrapping, rounding, NULLs,
 * retraction, DISTINCT, FILTER, merging, subtracting and partial rows.
 */
#include "agg/agg.h"
#include "type/decimal.h"
#include "unit/unit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ROWS_MAX = 64, NULL_ROW = INT32_MIN };

struct fixture {
    struct arena *arena;
    struct types *types;
    struct state *state;
    struct vec *columns[4];
    uint32_t rows;
    int8_t signs[ROWS_MAX];
    bool retracts;
};

static void fixture_init(struct fixture *f) {
    memset(f, 0, sizeof *f);
    f->arena = arena_new("test", 0);
    f->types = types_new(f->arena);
    struct state_config c = {.reserve_bytes = UINT64_C(1) << 28};
    struct error e = ERROR_INIT;
    assert_int_equal(state_new(&c, &f->state, &e), STATUS_OK);
}

static void fixture_deinit(struct fixture *f) {
    state_free(f->state);
    arena_free(f->arena);
}

static struct vec *column(struct fixture *f, uint32_t at, const struct type *t) {
    assert_int_equal(vec_new(f->arena, f->arena, t, ROWS_MAX, &f->columns[at]), STATUS_OK);
    return f->columns[at];
}

static void put(struct vec *v, uint32_t row, double x) {
    vec_set_valid(v, row);
    if (x == NULL_ROW) {
        vec_set_null(v, row);
        return;
    }
    switch (v->type->phys) {
    case PHYS_BOOL: VEC_DATA(v, uint8_t)[row] = x != 0; break;
    case PHYS_I8: VEC_DATA(v, int8_t)[row] = (int8_t)x; break;
    case PHYS_I16: VEC_DATA(v, int16_t)[row] = (int16_t)x; break;
    case PHYS_I32: VEC_DATA(v, int32_t)[row] = (int32_t)x; break;
    case PHYS_I64: VEC_DATA(v, int64_t)[row] = (int64_t)x; break;
    case PHYS_F32: VEC_DATA(v, float)[row] = (float)x; break;
    case PHYS_F64: VEC_DATA(v, double)[row] = x; break;
    case PHYS_I128: VEC_DATA(v, i128)[row] = (i128)x; break;
    case PHYS_STRING: {
        char text[16];
        int n = snprintf(text, sizeof text, "%c", (char)x);
        assert_int_equal(vec_set_str(v, row, (struct str){text, (size_t)n}), STATUS_OK);
        break;
    }
    default: fail();
    }
}

static void fill(struct fixture *f, uint32_t at, const struct type *t, const double *x,
                 uint32_t count) {
    struct vec *v = column(f, at, t);
    for (uint32_t i = 0; i < count; i++) put(v, i, x[i]);
    f->rows = count;
}

/* The type that Flink reports for a call over a column. */
static const struct type *bound_type(struct fixture *f, const struct agg_func *func,
                                     const struct type *arg, bool grouped) {
    struct error e = ERROR_INIT;
    struct expr input = {.kind = EXPR_INPUT, .type = arg};
    struct expr *args[1] = {&input};
    struct agg_bind b = {.func = func,
                         .arena = f->arena,
                         .types = f->types,
                         .error = &e,
                         .args = args,
                         .arg_count = arg == NULL ? 0 : 1,
                         .grouped = grouped};
    assert_int_equal(func->bind(&b), STATUS_OK);
    return b.type;
}

static struct agg_call call(struct fixture *f, const char *name, uint32_t at) {
    struct agg_call c = {.func = agg_find(str_of(name)),
                         .arg_count = 1,
                         .args = {at},
                         .filter = -1,
                         .retract = f->retracts};
    assert_non_null(c.func);
    c.arg_types[0] = f->columns[at]->type;
    c.type = bound_type(f, c.func, c.arg_types[0], false);
    return c;
}

struct group {
    struct agg_set *set;
    uint64_t value[64];
};

static void group_open(struct fixture *f, struct group *g, const struct agg_call *calls,
                       uint32_t count) {
    struct error e = ERROR_INIT;
    assert_int_equal(agg_set_new(f->arena, f->types, calls, count, true, &g->set, &e), STATUS_OK);
    assert_true(agg_set_words(g->set) <= 64);
    agg_set_init(g->set, g->value);
}

static void group_fold(struct fixture *f, struct group *g, uint32_t from, uint32_t to) {
    struct error e = ERROR_INIT;
    uint32_t sel[ROWS_MAX];
    uint64_t *values[ROWS_MAX];
    for (uint32_t i = from; i < to; i++) {
        sel[i - from] = i;
        values[i - from] = g->value;
    }
    const struct rows rows = {sel, to - from};
    assert_int_equal(agg_set_fold(g->set, f->state, values, f->columns, &rows,
                                  f->retracts ? f->signs + from : NULL, &e),
                     STATUS_OK);
}

static struct vec *group_result(struct fixture *f, struct group *g, const struct agg_call *calls,
                                uint32_t count, uint32_t which) {
    struct vec *out[8];
    struct error e = ERROR_INIT;
    for (uint32_t i = 0; i < count; i++)
        assert_int_equal(vec_new(f->arena, f->arena, calls[i].type, 1, &out[i]), STATUS_OK);
    assert_int_equal(agg_set_result(g->set, f->state, g->value, out, 0, &e), STATUS_OK);
    return out[which];
}

/* One call over column 0, all rows. */
static struct vec *aggregate(struct fixture *f, const char *name) {
    struct agg_call c = call(f, name, 0);
    struct group g;
    group_open(f, &g, &c, 1);
    group_fold(f, &g, 0, f->rows);
    struct vec *out = group_result(f, &g, &c, 1, 0);
    agg_set_release(g.set, f->state, g.value);
    agg_set_free(g.set);
    return out;
}

static void assert_decimal(const struct vec *v, const char *expected) {
    struct buf b = BUF_INIT;
    i128 x = v->type->phys == PHYS_I128 ? VEC_VALUE(v, i128, 0) : VEC_VALUE(v, int64_t, 0);
    decimal_print(&b, x, v->type->scale);
    buf_char(&b, '\0');
    assert_string_equal(b.at, expected);
    buf_deinit(&b);
}

static void assert_text(const struct vec *v, const char *expected) {
    assert_false(vec_is_null(v, 0));
    struct str s = strv_str(&VEC_VALUE(v, struct strv, 0));
    assert_int_equal(s.size_bytes, strlen(expected));
    assert_memory_equal(s.at, expected, s.size_bytes);
}

#define INT_RESULT(ctype, v) ((int64_t)VEC_VALUE(v, ctype, 0))

static void integer_sums_wrap_in_their_type_and_averages_do_not(void **unused) {
    (void)unused;
    struct fixture f;
    fixture_init(&f);
    const double small[] = {100, NULL_ROW, 100, 3};
    fill(&f, 0, type_simple(f.types, TYPE_TINYINT, true), small, 4);
    assert_int_equal(INT_RESULT(int8_t, aggregate(&f, "SUM")), -53);
    assert_int_equal(INT_RESULT(int8_t, aggregate(&f, "AVG")), 67);
    assert_int_equal(INT_RESULT(int64_t, aggregate(&f, "COUNT")), 3);
    assert_int_equal(INT_RESULT(int8_t, aggregate(&f, "MIN")), 3);
    assert_int_equal(INT_RESULT(int8_t, aggregate(&f, "MAX")), 100);
    const double large[] = {2000000000, 2000000000, 7};
    fill(&f, 0, type_simple(f.types, TYPE_INT, true), large, 3);
    assert_int_equal(INT_RESULT(int32_t, aggregate(&f, "SUM")), -294967289);
    assert_int_equal(INT_RESULT(int32_t, aggregate(&f, "AVG")), 1333333335);
    const double huge[] = {9000000000000000000.0, 9000000000000000000.0, 11};
    fill(&f, 0, type_simple(f.types, TYPE_BIGINT, true), huge, 3);
    assert_int_equal(INT_RESULT(int64_t, aggregate(&f, "SUM")), -446744073709551605);
    assert_int_equal(INT_RESULT(int64_t, aggregate(&f, "AVG")), -148914691236517201);
    fixture_deinit(&f);
}

static void floats_sum_in_float_and_average_in_double(void **unused) {
    (void)unused;
    struct fixture f;
    fixture_init(&f);
    const double x[] = {1.5, 2.1, 3.3};
    fill(&f, 0, type_simple(f.types, TYPE_FLOAT, true), x, 3);
    assert_true(VEC_VALUE(aggregate(&f, "SUM"), float, 0) == 6.8999996F);
    assert_true(VEC_VALUE(aggregate(&f, "AVG"), float, 0) == 2.3F);
    const double y[] = {2.5, 3.1, 4.4};
    fill(&f, 0, type_simple(f.types, TYPE_DOUBLE, true), y, 3);
    assert_true(VEC_VALUE(aggregate(&f, "AVG"), double, 0) == 3.3333333333333335);
    assert_true(VEC_VALUE(aggregate(&f, "VAR_SAMP"), double, 0) == 0.9433333333333339);
    assert_true(VEC_VALUE(aggregate(&f, "STDDEV_POP"), double, 0) == 0.7930251502246882);
    fixture_deinit(&f);
}

static void decimals_widen_to_38_digits_and_round_half_up(void **unused) {
    (void)unused;
    struct fixture f;
    fixture_init(&f);
    const double x[] = {1234, 100, 1};
    fill(&f, 0, type_decimal(f.types, 10, 2, true), x, 3);
    assert_decimal(aggregate(&f, "SUM"), "13.35");
    assert_decimal(aggregate(&f, "AVG"), "4.450000");
    assert_decimal(aggregate(&f, "MIN"), "0.01");
    assert_decimal(aggregate(&f, "VAR_POP"), "31.289400");
    const double y[] = {100000001, 200000001, 50000000};
    fill(&f, 0, type_decimal(f.types, 30, 8, true), y, 3);
    assert_decimal(aggregate(&f, "SUM"), "3.50000002");
    assert_decimal(aggregate(&f, "AVG"), "1.16666667");
    assert_decimal(aggregate(&f, "MAX"), "2.00000001");
    fixture_deinit(&f);
}

static void a_decimal_sum_that_overflows_is_null(void **unused) {
    (void)unused;
    struct fixture f;
    fixture_init(&f);
    const double x[] = {9e37, 9e37};
    fill(&f, 0, type_decimal(f.types, 38, 0, true), x, 2);
    assert_true(vec_is_null(aggregate(&f, "SUM"), 0));
    assert_true(vec_is_null(aggregate(&f, "AVG"), 0));
    fixture_deinit(&f);
}

static void result_types_and_nullability_are_flinks(void **unused) {
    (void)unused;
    struct fixture f;
    fixture_init(&f);
    const struct type *in = type_decimal(f.types, 10, 2, false);
    assert_ptr_equal(bound_type(&f, agg_find(STR("sum")), in, true),
                     type_decimal(f.types, 38, 2, false));
    assert_ptr_equal(bound_type(&f, agg_find(STR("SUM")), in, false),
                     type_decimal(f.types, 38, 2, true));
    assert_ptr_equal(bound_type(&f, agg_find(STR("AVG")), in, true),
                     type_decimal(f.types, 38, 6, false));
    const struct type *text = type_text(f.types, TYPE_CHAR, 1, false);
    assert_ptr_equal(bound_type(&f, agg_find(STR("LISTAGG")), text, false), text);
    assert_ptr_equal(bound_type(&f, agg_find(STR("MAX")), text, false),
                     type_nullable(f.types, text, true));
    assert_ptr_equal(bound_type(&f, agg_find(STR("COUNT")), NULL, false),
                     type_simple(f.types, TYPE_BIGINT, false));
    assert_ptr_equal(bound_type(&f, agg_find(STR("COLLECT")), text, false),
                     type_multiset(f.types, text, false));
    struct error e = ERROR_INIT;
    struct expr input = {.kind = EXPR_INPUT,
                         .type = type_text(f.types, TYPE_VARBINARY, TYPE_LENGTH_MAX, true)};
    struct expr *args[1] = {&input};
    struct agg_bind b = {.func = agg_find(STR("MIN")),
                         .arena = f.arena,
                         .types = f.types,
                         .error = &e,
                         .args = args,
                         .arg_count = 1};
    assert_int_equal(b.func->bind(&b), STATUS_UNSUPPORTED);
    assert_non_null(
        strstr(e.message, "MIN does not take (VARBINARY)"));
    fixture_deinit(&f);
}

static void no_values_give_null_but_for_counts(void **unused) {
    (void)unused;
    struct fixture f;
    fixture_init(&f);
    const double x[] = {NULL_ROW, NULL_ROW};
    const enum type_root roots[] = {TYPE_INT, TYPE_DOUBLE};
    const char *const names[] = {"SUM", "AVG", "MIN", "MAX", "FIRST_VALUE", "LAST_VALUE", "STDDEV"};
    for (uint32_t r = 0; r < 2; r++) {
        fill(&f, 0, type_simple(f.types, roots[r], true), x, 2);
        for (uint32_t i = 0; i < 7; i++) assert_true(vec_is_null(aggregate(&f, names[i]), 0));
        assert_int_equal(INT_RESULT(int64_t, aggregate(&f, "COUNT")), 0);
        assert_false(vec_is_null(aggregate(&f, "$SUM0"), 0));
    }
    fill(&f, 0, type_string(f.types, true), x, 2);
    assert_true(vec_is_null(aggregate(&f, "LISTAGG"), 0));
    fixture_deinit(&f);
}

/* a b c -a d -c e: what two updates of a grouped sub-query give. */
static void retracting(struct fixture *f, const struct type *t, const double *x,
                       const int8_t *signs, uint32_t count) {
    f->retracts = true;
    memcpy(f->signs, signs, count);
    fill(f, 0, t, x, count);
}

static void retractions_take_values_out_again(void **unused) {
    (void)unused;
    struct fixture f;
    fixture_init(&f);
    const double texts[] = {'a', 'b', 'c', 'a', 'd', 'c', 'e', 'z'};
    const int8_t signs[] = {1, 1, 1, -1, 1, -1, 1, -1};
    retracting(&f, type_string(f.types, true), texts, signs, 8);
    assert_text(aggregate(&f, "LISTAGG"), "b,d,e");
    assert_text(aggregate(&f, "FIRST_VALUE"), "b");
    assert_text(aggregate(&f, "LAST_VALUE"), "e");
    assert_text(aggregate(&f, "MIN"), "b");
    assert_text(aggregate(&f, "MAX"), "e");
    const double numbers[] = {10, 20, 30, 10, 40, 30, 5};
    retracting(&f, type_simple(f.types, TYPE_INT, true), numbers, signs, 7);
    assert_int_equal(INT_RESULT(int32_t, aggregate(&f, "SUM")), 65);
    assert_int_equal(INT_RESULT(int32_t, aggregate(&f, "AVG")), 21);
    assert_int_equal(INT_RESULT(int32_t, aggregate(&f, "MIN")), 5);
    assert_int_equal(INT_RESULT(int32_t, aggregate(&f, "MAX")), 40);
    assert_int_equal(INT_RESULT(int64_t, aggregate(&f, "COUNT")), 3);
    const double repeated[] = {7, 20, 7, 7};
    const int8_t last_goes[] = {1, 1, 1, -1};
    retracting(&f, type_simple(f.types, TYPE_BIGINT, true), repeated, last_goes, 4);
    assert_int_equal(INT_RESULT(int64_t, aggregate(&f, "FIRST_VALUE")), 20);
    assert_int_equal(INT_RESULT(int64_t, aggregate(&f, "LAST_VALUE")), 7);
    const double doubles[] = {1.5, 2.5, 3.5, 1.5, 4.5, 2.5};
    const int8_t two_go[] = {1, 1, 1, -1, 1, -1};
    retracting(&f, type_simple(f.types, TYPE_DOUBLE, true), doubles, two_go, 6);
    assert_true(VEC_VALUE(aggregate(&f, "SUM"), double, 0) == 8.0);
    assert_true(VEC_VALUE(aggregate(&f, "MIN"), double, 0) == 3.5);
    assert_int_equal(state_bytes(f.state), 4096);
    fixture_deinit(&f);
}

static void a_minimum_retracted_before_it_came_does_not_show(void **unused) {
    (void)unused;
    struct fixture f;
    fixture_init(&f);
    const double x[] = {1, 5, 1};
    const int8_t signs[] = {-1, 1, 1};
    retracting(&f, type_simple(f.types, TYPE_INT, true), x, signs, 3);
    assert_int_equal(INT_RESULT(int32_t, aggregate(&f, "MIN")), 5);
    fixture_deinit(&f);
}

static void distinct_calls_share_a_set_and_keep_their_filters_apart(void **unused) {
    (void)unused;
    struct fixture f;
    fixture_init(&f);
    const double x[] = {1, 2, 1, 3, 2, NULL_ROW}, on[] = {1, 0, 1, 0, 1, 1};
    fill(&f, 0, type_simple(f.types, TYPE_INT, true), x, 6);
    fill(&f, 1, type_simple(f.types, TYPE_BOOLEAN, true), on, 6);
    struct agg_call c[4] = {call(&f, "COUNT", 0), call(&f, "SUM", 0), call(&f, "COUNT", 0),
                            call(&f, "MAX", 0)};
    for (int i = 0; i < 4; i++) c[i].distinct = true;
    c[2].filter = 1;
    struct group g;
    group_open(&f, &g, c, 4);
    uint32_t fields = 0, sorted = 0;
    const struct state_field *field = agg_set_fields(g.set, &fields);
    for (uint32_t i = 0; i < fields; i++) sorted += field[i].kind == STATE_SORTED;
    assert_int_equal(sorted, 1);
    assert_true(agg_set_has_refs(g.set));
    group_fold(&f, &g, 0, 6);
    assert_int_equal(INT_RESULT(int64_t, group_result(&f, &g, c, 4, 0)), 3);
    assert_int_equal(INT_RESULT(int32_t, group_result(&f, &g, c, 4, 1)), 6);
    assert_int_equal(INT_RESULT(int64_t, group_result(&f, &g, c, 4, 2)), 2);
    assert_int_equal(INT_RESULT(int32_t, group_result(&f, &g, c, 4, 3)), 3);
    assert_int_equal(agg_set_rows(g.set, g.value), 6);
    /* Two slices with values in common. */
    struct group a, b;
    group_open(&f, &a, c, 4);
    group_open(&f, &b, c, 4);
    group_fold(&f, &a, 0, 3);
    group_fold(&f, &b, 3, 6);
    struct error e = ERROR_INIT;
    assert_true(agg_set_can_merge(a.set));
    assert_int_equal(agg_set_merge(a.set, f.state, a.value, b.value, &e), STATUS_OK);
    assert_int_equal(INT_RESULT(int64_t, group_result(&f, &a, c, 4, 0)), 3);
    assert_int_equal(INT_RESULT(int32_t, group_result(&f, &a, c, 4, 1)), 6);
    assert_int_equal(INT_RESULT(int64_t, group_result(&f, &a, c, 4, 2)), 2);
    struct group *all[] = {&g, &a, &b};
    for (int i = 0; i < 3; i++) {
        agg_set_release(all[i]->set, f.state, all[i]->value);
        agg_set_free(all[i]->set);
    }
    assert_int_equal(state_bytes(f.state), 4096);
    fixture_deinit(&f);
}

static void distinct_values_leave_with_their_last_retraction(void **unused) {
    (void)unused;
    struct fixture f;
    fixture_init(&f);
    const double x[] = {7, 20, 7, 7, 20};
    const int8_t signs[] = {1, 1, 1, -1, -1};
    retracting(&f, type_simple(f.types, TYPE_INT, true), x, signs, 5);
    struct agg_call c[2] = {call(&f, "COUNT", 0), call(&f, "SUM", 0)};
    c[0].distinct = c[1].distinct = true;
    struct group g;
    group_open(&f, &g, c, 2);
    group_fold(&f, &g, 0, 4);
    assert_int_equal(INT_RESULT(int64_t, group_result(&f, &g, c, 2, 0)), 2);
    group_fold(&f, &g, 4, 5);
    assert_int_equal(INT_RESULT(int64_t, group_result(&f, &g, c, 2, 0)), 1);
    assert_int_equal(INT_RESULT(int32_t, group_result(&f, &g, c, 2, 1)), 7);
    agg_set_release(g.set, f.state, g.value);
    agg_set_free(g.set);
    fixture_deinit(&f);
}

/* Equal, but for the rounding of a double. */
static bool alike(const struct vec *a, const struct vec *b) {
    if (a->type->phys != PHYS_F64 || vec_is_null(a, 0) || vec_is_null(b, 0))
        return vec_value_equal(a, 0, b, 0);
    double d = VEC_VALUE(a, double, 0) - VEC_VALUE(b, double, 0);
    return d < 1e-9 && d > -1e-9;
}

/* Two parts as partial rows, folded into `sent`; false: the call has no such form. */
static bool send_partials(struct fixture *f, struct agg_call *c, struct group *const parts[2],
                          struct group *sent) {
    struct error e = ERROR_INIT;
    struct agg_partial *partials = NULL;
    uint32_t count = 0;
    assert_int_equal(c->func->choose(c, &c->impl, &e), STATUS_OK);
    if (!agg_can_split(c, 1)) return false;
    assert_int_equal(agg_partials(f->arena, f->types, c, 1, true, &partials, &count, &e),
                     STATUS_OK);
    for (int p = 0; p < 2; p++) {
        struct vec *out[8];
        const struct rows one = {NULL, 1};
        uint64_t *from = parts[p]->value, *to = sent->value;
        for (uint32_t i = 0; i < count; i++)
            assert_int_equal(vec_new(f->arena, f->arena, partials[i].type, 1, &out[i]), STATUS_OK);
        assert_int_equal(agg_set_partial_write(parts[p]->set, f->state, &from, 1, out, 0, &e),
                         STATUS_OK);
        assert_int_equal(agg_set_partial_fold(sent->set, f->state, &to, out, &one, p == 0, &e),
                         STATUS_OK);
    }
    return true;
}

/* Folding in two parts and merging, or sending the parts as partial rows, gives what folding at once gives. */
static void parts_add_up(void **unused) {
    (void)unused;
    struct fixture f;
    fixture_init(&f);
    const double x[] = {5, NULL_ROW, -3, 12, 7, 7, NULL_ROW, 1};
    const char *const names[] = {"COUNT", "SUM",         "AVG",        "MIN",
                                 "MAX",   "FIRST_VALUE", "LAST_VALUE", "VAR_POP"};
    const struct type *types[] = {
        type_simple(f.types, TYPE_INT, true),    type_simple(f.types, TYPE_BIGINT, true),
        type_simple(f.types, TYPE_DOUBLE, true), type_simple(f.types, TYPE_FLOAT, true),
        type_decimal(f.types, 12, 3, true),      type_decimal(f.types, 30, 3, true)};
    for (uint32_t t = 0; t < 6; t++) {
        fill(&f, 0, types[t], x, 8);
        for (uint32_t n = 0; n < 8; n++) {
            struct agg_call c = call(&f, names[n], 0);
            struct vec *expected = aggregate(&f, names[n]);
            struct group whole, part;
            group_open(&f, &whole, &c, 1);
            group_open(&f, &part, &c, 1);
            group_fold(&f, &whole, 0, 3);
            group_fold(&f, &part, 3, 8);
            struct error e = ERROR_INIT;
            struct group sent;
            group_open(&f, &sent, &c, 1);
            struct group *parts[2] = {&whole, &part};
            if (send_partials(&f, &c, parts, &sent)) {
                assert_int_equal(agg_set_rows(sent.set, sent.value), 8);
                assert_true(alike(group_result(&f, &sent, &c, 1, 0), expected));
            }
            assert_int_equal(agg_set_merge(whole.set, f.state, whole.value, part.value, &e),
                             STATUS_OK);
            assert_true(alike(group_result(&f, &whole, &c, 1, 0), expected));
            if (agg_set_can_subtract(whole.set)) {
                assert_int_equal(agg_set_subtract(whole.set, f.state, whole.value, part.value, &e),
                                 STATUS_OK);
                f.rows = 3;
                expected = aggregate(&f, names[n]);
                f.rows = 8;
                assert_true(vec_value_equal(group_result(&f, &whole, &c, 1, 0), 0, expected, 0));
            }
            agg_set_free(whole.set);
            agg_set_free(part.set);
            agg_set_free(sent.set);
        }
    }
    fixture_deinit(&f);
}

/* Row after row as Flink printed it, rounding noise included. */
static void a_variance_follows_its_retractions(void **unused) {
    (void)unused;
    struct fixture f;
    fixture_init(&f);
    const double x[] = {1.5, 2.5, 3.5, 1.5, 4.5, 2.5, 0.1, 3.5, 0.2, 4.5, 0.1};
    const int8_t signs[] = {1, 1, 1, -1, 1, -1, 1, -1, 1, -1, -1};
    const double expected[] = {0,
                               0.25,
                               0.6666666666666666,
                               0.25,
                               0.6666666666666666,
                               0.25,
                               3.546666666666667,
                               4.840000000000001,
                               4.206666666666667,
                               0.002500000000001279,
                               2.5326962749261384E-15};
    retracting(&f, type_simple(f.types, TYPE_DOUBLE, true), x, signs, 11);
    for (uint32_t i = 0; i < 11; i++) {
        f.rows = i + 1;
        assert_true(VEC_VALUE(aggregate(&f, "VAR_POP"), double, 0) == expected[i]);
    }
    const double y[] = {10, 20, 30, 10, 40, 20, 20, 30, 5, 40, 20};
    retracting(&f, type_simple(f.types, TYPE_DOUBLE, true), y, signs, 11);
    f.rows = 10;
    assert_true(VEC_VALUE(aggregate(&f, "STDDEV_POP"), double, 0) == 7.499999999999995);
    f.rows = 11;
    assert_true(vec_is_null(aggregate(&f, "STDDEV_POP"), 0));
    fixture_deinit(&f);
}

static void values_of_any_type_are_kept_whole(void **unused) {
    (void)unused;
    struct fixture f;
    fixture_init(&f);
    const struct type *array = type_array(f.types, type_string(f.types, true), true);
    struct vec *v = column(&f, 0, array);
    for (uint32_t i = 0; i < 3; i++) {
        uint32_t offset = 0;
        assert_int_equal(vec_list_extend(v, i + 1, &offset), STATUS_OK);
        VEC_DATA(v, struct list_ref)[i] = (struct list_ref){offset, i + 1};
        for (uint32_t k = 0; k <= i; k++)
            assert_int_equal(vec_set_str(v->children[0], offset + k, STR("more than twelve bytes")),
                             STATUS_OK);
        vec_set_null(v->children[0], offset);
    }
    f.rows = 3;
    for (int retracts = 0; retracts < 2; retracts++) {
        f.retracts = retracts != 0;
        memset(f.signs, 1, sizeof f.signs);
        assert_true(vec_value_equal(aggregate(&f, "FIRST_VALUE"), 0, v, 0));
        assert_true(vec_value_equal(aggregate(&f, "LAST_VALUE"), 0, v, 2));
    }
    v = column(&f, 0, type_time(f.types, TYPE_TIMESTAMP, 9, true));
    for (uint32_t i = 0; i < 3; i++)
        vec_set_ts(v, i, (struct ts){.micros = 5 - (i == 1), .nanos = (int32_t)i + 7});
    for (int retracts = 0; retracts < 2; retracts++) {
        f.retracts = retracts != 0;
        assert_true(vec_value_equal(aggregate(&f, "MIN"), 0, v, 1));
        assert_true(vec_value_equal(aggregate(&f, "MAX"), 0, v, 2));
        assert_true(vec_value_equal(aggregate(&f, "FIRST_VALUE"), 0, v, 0));
    }
    v = column(&f, 0, type_string(f.types, true));
    const char *const texts[] = {"banana and more fruit", "apple", "cherry, the last of them"};
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(vec_set_str(v, i, str_of(texts[i])), STATUS_OK);
    for (int retracts = 0; retracts < 2; retracts++) {
        f.retracts = retracts != 0;
        assert_text(aggregate(&f, "MIN"), texts[1]);
        assert_text(aggregate(&f, "MAX"), texts[2]);
        assert_text(aggregate(&f, "LISTAGG"),
                    "banana and more fruit,apple,cherry, the last of them");
    }
    assert_int_equal(state_bytes(f.state), 4096);
    fixture_deinit(&f);
}

static void a_separator_stands_between_the_strings(void **unused) {
    (void)unused;
    struct fixture f;
    fixture_init(&f);
    const double x[] = {'x', NULL_ROW, 'y', 'x', 'z'};
    fill(&f, 0, type_string(f.types, true), x, 5);
    struct vec *separator = NULL;
    assert_int_equal(vec_new(f.arena, f.arena, f.columns[0]->type, 1, &separator), STATUS_OK);
    separator->form = VEC_CONST;
    assert_int_equal(vec_set_str(separator, 0, STR(" | ")), STATUS_OK);
    struct agg_call c[2] = {call(&f, "LISTAGG", 0), call(&f, "LISTAGG", 0)};
    for (int i = 0; i < 2; i++) {
        c[i].arg_count = 2;
        c[i].constants[1] = separator;
        c[i].arg_types[1] = separator->type;
        c[i].distinct = i == 1;
    }
    struct group g;
    group_open(&f, &g, c, 2);
    group_fold(&f, &g, 0, 5);
    assert_text(group_result(&f, &g, c, 2, 0), "x | y | x | z");
    assert_text(group_result(&f, &g, c, 2, 1), "x | y | z");
    agg_set_release(g.set, f.state, g.value);
    agg_set_free(g.set);
    fixture_deinit(&f);
}

static void collected_arrays_keep_order_and_nulls(void **unused) {
    (void)unused;
    struct fixture f;
    fixture_init(&f);
    const double x[] = {3, NULL_ROW, 1, 3};
    fill(&f, 0, type_simple(f.types, TYPE_INT, true), x, 4);
    struct vec *a = aggregate(&f, "ARRAY_AGG");
    struct list_ref r = VEC_VALUE(a, struct list_ref, 0);
    assert_int_equal(r.count, 4);
    assert_int_equal(VEC_VALUE(a->children[0], int32_t, r.offset), 3);
    assert_true(vec_is_null(a->children[0], r.offset + 1));
    assert_int_equal(VEC_VALUE(a->children[0], int32_t, r.offset + 2), 1);
    struct vec *m = aggregate(&f, "COLLECT");
    r = VEC_VALUE(m, struct list_ref, 0);
    assert_int_equal(r.count, 2);
    for (uint32_t i = 0; i < 2; i++) {
        int32_t element = VEC_VALUE(m->children[0], int32_t, r.offset + i);
        assert_int_equal(VEC_VALUE(m->children[1], int32_t, r.offset + i), element == 3 ? 2 : 1);
    }
    fixture_deinit(&f);
}

static void a_second_single_value_is_an_error(void **unused) {
    (void)unused;
    struct fixture f;
    fixture_init(&f);
    const double x[] = {3, 4};
    fill(&f, 0, type_simple(f.types, TYPE_INT, true), x, 1);
    assert_int_equal(INT_RESULT(int32_t, aggregate(&f, "SINGLE_VALUE")), 3);
    fill(&f, 0, type_simple(f.types, TYPE_INT, true), x, 2);
    struct agg_call c = call(&f, "SINGLE_VALUE", 0);
    struct group g;
    group_open(&f, &g, &c, 1);
    uint64_t *values[2] = {g.value, g.value};
    const struct rows rows = {NULL, 2};
    struct error e = ERROR_INIT;
    assert_int_equal(agg_set_fold(g.set, f.state, values, f.columns, &rows, NULL, &e),
                     STATUS_EVALUATION);
    agg_set_free(g.set);
    fixture_deinit(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integer_sums_wrap_in_their_type_and_averages_do_not),
        cmocka_unit_test(floats_sum_in_float_and_average_in_double),
        cmocka_unit_test(decimals_widen_to_38_digits_and_round_half_up),
        cmocka_unit_test(a_decimal_sum_that_overflows_is_null),
        cmocka_unit_test(result_types_and_nullability_are_flinks),
        cmocka_unit_test(no_values_give_null_but_for_counts),
        cmocka_unit_test(retractions_take_values_out_again),
        cmocka_unit_test(a_minimum_retracted_before_it_came_does_not_show),
        cmocka_unit_test(distinct_calls_share_a_set_and_keep_their_filters_apart),
        cmocka_unit_test(distinct_values_leave_with_their_last_retraction),
        cmocka_unit_test(parts_add_up),
        cmocka_unit_test(a_variance_follows_its_retractions),
        cmocka_unit_test(values_of_any_type_are_kept_whole),
        cmocka_unit_test(a_separator_stands_between_the_strings),
        cmocka_unit_test(collected_arrays_keep_order_and_nulls),
        cmocka_unit_test(a_second_single_value_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
