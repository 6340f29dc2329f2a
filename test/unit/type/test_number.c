/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers as text: Java 17's digits, also where they are not the shortest, and its parsing.
 */
#include "type/number.h"
#include "unit/unit.h"

#include <math.h>
#include <string.h>

static void assert_double(double v, const char *expected)
{
    struct buf b = BUF_INIT;
    double_print(&b, v);
    buf_char(&b, '\0');
    assert_string_equal(b.at, expected);
    buf_deinit(&b);
}

static void assert_float(float v, const char *expected)
{
    struct buf b = BUF_INIT;
    float_print(&b, v);
    buf_char(&b, '\0');
    assert_string_equal(b.at, expected);
    buf_deinit(&b);
}

static void doubles_print_plain_between_a_thousandth_and_ten_million(void **state)
{
    (void)state;
    assert_double(0.001, "0.001");
    assert_double(0.0009, "9.0E-4");
    assert_double(9999999, "9999999.0");
    assert_double(1e7, "1.0E7");
    assert_double(-12.5, "-12.5");
    assert_double(-0.0, "-0.0");
    assert_double((double)NAN, "NaN");
    assert_double(-(double)INFINITY, "-Infinity");
    assert_double(4.9E-324, "4.9E-324");
    assert_double(1.7976931348623157E308, "1.7976931348623157E308");
    assert_double(2.2250738585072014E-308, "2.2250738585072014E-308");
}

static void doubles_have_javas_digits_where_they_are_not_the_shortest(void **state)
{
    (void)state;
    assert_double(2E23, "1.9999999999999998E23");
    assert_double(9007199254740993.0, "9.007199254740992E15");
    assert_double(9223372036854775807.0, "9.223372036854776E18");
    assert_double(0.1 + 0.2, "0.30000000000000004");
}

static void floats_print_by_their_own_precision(void **state)
{
    (void)state;
    assert_float(1.1f, "1.1");
    assert_float(3.4028235E38f, "3.4028235E38");
    assert_float(1E10f, "1.0E10");
    assert_float(16777216.0f, "1.6777216E7");
    assert_float(7.6532704E25f, "7.6532704E25");
}

static void printed_doubles_parse_back_to_themselves(void **state)
{
    (void)state;
    uint64_t x = UINT64_C(88172645463325252);
    for (int i = 0; i < 20000; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        double v, back;
        memcpy(&v, &x, sizeof v);
        if (!isfinite(v)) continue;
        struct buf b = BUF_INIT;
        double_print(&b, v);
        assert_true(double_parse(buf_view(&b), &back));
        assert_memory_equal(&v, &back, sizeof v);
        buf_deinit(&b);
    }
}

static void doubles_parse_javas_grammar(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double value;
    } good[] = {{"1", 1}, {" 1.5\t", 1.5}, {"1e3", 1000}, {"+.5", 0.5}, {"5.", 5}, {"1f", 1}, {"1D", 1}, {"0x1p3", 8},
                {"1e400", (double)INFINITY}, {"123456789012345678901234567890", 123456789012345678901234567890.0},
                {"-Infinity", -(double)INFINITY}, {"2.2250738585072012e-308", 2.2250738585072014E-308}};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        double v = 0;
        assert_true(double_parse(str_of(good[i].text), &v));
        assert_true(v == good[i].value);
    }
    static const char *const bad[] = {"", " ", "abc", "1e", "1e+", "1..2", "--1", "1 2", "0x1", "infinity", "f", ".", "1_0"};
    double v;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) assert_false(double_parse(str_of(bad[i]), &v));
}

static void floats_round_once(void **state)
{
    (void)state;
    float v = 0;
    /* Through a double this would round up to the wrong neighbour. */
    assert_true(float_parse(STR("1.00000017881393432617187499"), &v));
    assert_true(v == 1.00000011920928955078125f);
}

static void integers_cut_a_fraction_and_check_their_range(void **state)
{
    (void)state;
    int64_t v = 0;
    assert_true(i64_parse(STR("12.7"), INT32_MIN, INT32_MAX, &v) && v == 12);
    assert_true(i64_parse(STR(" -128 "), INT8_MIN, INT8_MAX, &v) && v == -128);
    assert_true(i64_parse(STR("-9223372036854775808"), INT64_MIN, INT64_MAX, &v) && v == INT64_MIN);
    assert_true(i64_parse(STR("."), INT64_MIN, INT64_MAX, &v) && v == 0);
    assert_false(i64_parse(STR("128"), INT8_MIN, INT8_MAX, &v));
    assert_false(i64_parse(STR("9223372036854775808"), INT64_MIN, INT64_MAX, &v));
    assert_false(i64_parse(STR(""), INT64_MIN, INT64_MAX, &v));
    assert_false(i64_parse(STR("+"), INT64_MIN, INT64_MAX, &v));
    assert_false(i64_parse(STR("1.x"), INT64_MIN, INT64_MAX, &v));
    assert_false(i64_parse(STR("1e3"), INT64_MIN, INT64_MAX, &v));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(doubles_print_plain_between_a_thousandth_and_ten_million),
        cmocka_unit_test(doubles_have_javas_digits_where_they_are_not_the_shortest),
        cmocka_unit_test(floats_print_by_their_own_precision),
        cmocka_unit_test(printed_doubles_parse_back_to_themselves),
        cmocka_unit_test(doubles_parse_javas_grammar),
        cmocka_unit_test(floats_round_once),
        cmocka_unit_test(integers_cut_a_fraction_and_check_their_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
