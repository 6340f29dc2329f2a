/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decimals: exact up to 38 digits, HALF_UP, NULL on overflow. The wide cases were checked against
 * Flink's DecimalDataUtils.
 */
#include "type/decimal.h"
#include "unit/unit.h"

#include <math.h>
#include <string.h>

static i128 parse(const char *text, int32_t scale)
{
    i128 v = 0;
    assert_true(decimal_parse_strict(str_of(text), 38, scale, &v));
    return v;
}

static void assert_decimal(bool fits, i128 v, int32_t scale, const char *expected)
{
    if (expected == NULL) {
        assert_false(fits);
        return;
    }
    assert_true(fits);
    struct buf b = BUF_INIT;
    decimal_print(&b, v, scale);
    buf_char(&b, '\0');
    assert_string_equal(b.at, expected);
    buf_deinit(&b);
}

/* The call first, then its result r. */
#define ASSERT_DECIMAL(call, scale, expected)                                                                          \
    do {                                                                                                               \
        bool fits_ = (call);                                                                                           \
        assert_decimal(fits_, r, (scale), (expected));                                                                 \
    } while (0)

static void sums_align_scales_and_overflow_to_null(void **state)
{
    (void)state;
    i128 r = 0;
    bool ok = decimal_add(parse("1.5", 1), 1, parse("-0.25", 2), 2, 10, 2, &r);
    assert_decimal(ok, r, 2, "1.25");
    ok = decimal_subtract(parse("1", 0), 0, parse("0.00000000000000000000000000000000000001", 38), 38, 38, 37, &r);
    assert_decimal(ok, r, 37, "1.0000000000000000000000000000000000000");
    i128 big = parse("99999999999999999999999999999999999999", 0);
    ASSERT_DECIMAL(decimal_add(big, 0, big, 0, 38, 0, &r), 0, NULL);
    ok = decimal_subtract(big, 0, big, 0, 38, 0, &r);
    assert_decimal(ok, r, 0, "0");
}

static void products_go_through_256_bits(void **state)
{
    (void)state;
    i128 r = 0, third = parse("33333333333333333333.333333333333333333", 18);
    bool ok = decimal_multiply(third, 18, parse("0.000000000000000003", 18), 18, 38, 18, &r);
    assert_decimal(ok, r, 18, "100.000000000000000000");
    ASSERT_DECIMAL(decimal_multiply(third, 18, third, 18, 38, 18, &r), 18, NULL);
    ok = decimal_multiply(parse("-1.5", 1), 1, parse("1.5", 1), 1, 3, 1, &r);
    assert_decimal(ok, r, 1, "-2.3");
}

static void quotients_round_half_up(void **state)
{
    (void)state;
    i128 r = 0;
    bool ok = decimal_divide(1, 0, 3, 0, 38, 6, &r);
    assert_decimal(ok, r, 6, "0.333333");
    ok = decimal_divide(parse("-7", 0), 0, 2, 0, 10, 0, &r);
    assert_decimal(ok, r, 0, "-4");
    ok = decimal_divide(parse("12345678901234567890.123", 3), 3, parse("0.0000000000000000007", 19), 19, 38, 2, &r);
    assert_decimal(ok, r, 2, NULL);
    ok = decimal_divide(1, 0, parse("99999999999999999999999999999999999999", 0), 0, 38, 38, &r);
    assert_decimal(ok, r, 38, "0.00000000000000000000000000000000000001");
}

static void remainders_have_the_sign_of_the_dividend(void **state)
{
    (void)state;
    i128 r = 0;
    bool ok = decimal_mod(parse("-7.5", 1), 1, 2, 0, 2, 1, &r);
    assert_decimal(ok, r, 1, "-1.5");
    ok = decimal_mod(parse("99999999999999999999999999999999999999", 0), 0, parse("0.7", 1), 1, 38, 1, &r);
    assert_decimal(ok, r, 1, "0.3");
}

static void comparison_sees_through_scales(void **state)
{
    (void)state;
    assert_int_equal(decimal_compare(15, 1, 150, 2), 0);
    assert_true(decimal_compare(parse("99999999999999999999999999999999999999", 0), 0, 1, 38) > 0);
    assert_true(decimal_compare(-1, 0, 1, 38) < 0);
    assert_true(decimal_compare(-15, 1, -14, 1) < 0);
}

static void rescaling_rounds_and_checks_the_precision(void **state)
{
    (void)state;
    i128 r = 0;
    ASSERT_DECIMAL(decimal_rescale(12345, 3, 2, 10, &r), 2, "12.35");
    ASSERT_DECIMAL(decimal_rescale(-12345, 3, 2, 10, &r), 2, "-12.35");
    ASSERT_DECIMAL(decimal_rescale(9995, 3, 2, 3, &r), 2, NULL);
    ASSERT_DECIMAL(decimal_rescale(5, 0, 37, 38, &r), 37, "5.0000000000000000000000000000000000000");
    ASSERT_DECIMAL(decimal_rescale(50, 0, 37, 38, &r), 37, NULL);
}

static void short_texts_are_read_leniently_as_flink_does(void **state)
{
    (void)state;
    i128 r = 0;
    ASSERT_DECIMAL(decimal_parse(STR("1x"), 5, 2, &r), 2, "1.00");
    ASSERT_DECIMAL(decimal_parse(STR("a"), 5, 2, &r), 2, "0.00");
    ASSERT_DECIMAL(decimal_parse(STR(" 1.5e2 "), 10, 2, &r), 2, "150.00");
    ASSERT_DECIMAL(decimal_parse(STR("-.5"), 5, 1, &r), 1, "-0.5");
    assert_false(decimal_parse(STR("abc"), 5, 2, &r));
    assert_false(decimal_parse(STR(""), 5, 2, &r));
    assert_false(decimal_parse(STR("1..2"), 5, 2, &r));
    assert_false(decimal_parse(STR("0.5"), 18, 18, &r)); /* the zero before the point counts as a digit */
    assert_false(decimal_parse(STR("1x"), 20, 2, &r));
}

static void strict_texts_are_numbers(void **state)
{
    (void)state;
    i128 r = 0;
    ASSERT_DECIMAL(decimal_parse_strict(STR("0.5"), 18, 18, &r), 18, "0.500000000000000000");
    ASSERT_DECIMAL(decimal_parse_strict(STR("123456789012345678901234567890123456789012.5e-10"), 38, 0, &r), 0, "12345678901234567890123456789012");
    ASSERT_DECIMAL(decimal_parse_strict(STR("1e-1000000"), 38, 2, &r), 2, "0.00");
    ASSERT_DECIMAL(decimal_parse_strict(STR("0e999999999"), 38, 2, &r), 2, "0.00");
    assert_false(decimal_parse_strict(STR("1e999999999999"), 38, 2, &r));
    assert_false(decimal_parse_strict(STR("1e"), 38, 2, &r));
    assert_false(decimal_parse_strict(STR("1 2"), 38, 2, &r));
}

static void doubles_convert_through_their_digits(void **state)
{
    (void)state;
    i128 r = 0;
    ASSERT_DECIMAL(decimal_from_double(1.005, 5, 2, &r), 2, "1.01");
    assert_false(decimal_from_double((double)NAN, 5, 2, &r));
    assert_false(decimal_from_double(1e10, 5, 2, &r));
    assert_true(decimal_to_double(parse("123456789.123456789", 9), 9) == 123456789.123456789);
    assert_true(decimal_to_double(parse("0.1", 1), 1) == 0.1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_align_scales_and_overflow_to_null),
        cmocka_unit_test(products_go_through_256_bits),
        cmocka_unit_test(quotients_round_half_up),
        cmocka_unit_test(remainders_have_the_sign_of_the_dividend),
        cmocka_unit_test(comparison_sees_through_scales),
        cmocka_unit_test(rescaling_rounds_and_checks_the_precision),
        cmocka_unit_test(short_texts_are_read_leniently_as_flink_does),
        cmocka_unit_test(strict_texts_are_numbers),
        cmocka_unit_test(doubles_convert_through_their_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
