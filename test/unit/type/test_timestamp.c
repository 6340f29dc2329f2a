/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Temporal values: the calendar, Flink's and Java's texts, and the grammars of CAST, as
 * Flink's DateTimeUtils has them.
 */
#include "type/timestamp.h"
#include "unit/unit.h"

#include <string.h>

static struct buf out = BUF_INIT;

static void assert_out(const char *expected)
{
    buf_char(&out, '\0');
    assert_string_equal(out.at, expected);
    buf_reset(&out);
}

static struct ts at(const char *text)
{
    struct ts t = {0};
    if (!ts_parse(str_of(text), 9, &t)) fail_msg("'%s' is no timestamp", text);
    return t;
}

static void the_calendar_goes_there_and_back(void **state)
{
    (void)state;
    assert_int_equal(date_from_civil(1970, 1, 1), 0);
    assert_int_equal(date_from_civil(2000, 3, 1), 11017);
    for (int32_t days = -800000; days < 800000; days += 37) {
        struct civil c = date_to_civil(days);
        assert_int_equal(date_from_civil(c.year, c.month, c.day), days);
    }
    assert_int_equal(date_day_of_week(0), 5); /* Thursday */
    assert_int_equal(date_day_of_week(-5), 7);
}

static void sql_texts_have_the_types_digits(void **state)
{
    (void)state;
    ts_print(&out, at("2024-02-29 12:34:56.78"), 3);
    assert_out("2024-02-29 12:34:56.780");
    ts_print(&out, at("2024-02-29 12:34:56"), 0);
    assert_out("2024-02-29 12:34:56");
    ts_print(&out, at("1969-12-31 23:59:59.123456789"), 9);
    assert_out("1969-12-31 23:59:59.123456789");
    date_print(&out, date_from_civil(1, 1, 1));
    assert_out("0001-01-01");
}

static void a_time_stops_at_its_last_digit(void **state)
{
    (void)state;
    time_print(&out, 3723456, 3);
    assert_out("01:02:03.456");
    time_print(&out, 3723400, 3);
    assert_out("01:02:03.4");
    time_print(&out, 3723000, 3);
    assert_out("01:02:03.0");
    time_print(&out, 3723456, 0);
    assert_out("01:02:03");
    time_print(&out, -1500, 3);
    assert_out("23:59:58.5");
}

static void java_texts_leave_out_what_is_zero(void **state)
{
    (void)state;
    ts_print_java(&out, at("2024-01-01 00:00:00"));
    assert_out("2024-01-01T00:00");
    ts_print_java(&out, at("2024-01-01 00:00:05.12"));
    assert_out("2024-01-01T00:00:05.120");
    ts_print_java(&out, at("2024-01-01 00:00:00.000001"));
    assert_out("2024-01-01T00:00:00.000001");
    ts_print_instant(&out, at("2024-01-01 00:00:00"));
    assert_out("2024-01-01T00:00:00Z");
    time_print_java(&out, 3600000);
    assert_out("01:00");
    date_print_java(&out, date_from_civil(12345, 1, 2));
    assert_out("+12345-01-02");
}

static void intervals_have_two_texts(void **state)
{
    (void)state;
    interval_dt_print(&out, 93784567);
    assert_out("+1 02:03:04.567");
    interval_dt_print(&out, -500);
    assert_out("-0 00:00:00.500");
    interval_ym_print(&out, -27);
    assert_out("-2-03");
    duration_print_java(&out, 93784500);
    assert_out("PT26H3M4.5S");
    duration_print_java(&out, -86400000);
    assert_out("PT-24H");
    duration_print_java(&out, -500);
    assert_out("PT-0.5S");
    duration_print_java(&out, 0);
    assert_out("PT0S");
    period_print_java(&out, 27);
    assert_out("P27M");
    period_print_java(&out, 0);
    assert_out("P0D");
}

static void dates_are_read_leniently(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int32_t year, month, day;
    } good[] = {{"2024-01-02", 2024, 1, 2}, {"2024-1-2", 2024, 1, 2}, {"2024", 2024, 1, 1}, {"2024-05", 2024, 5, 1},
                {" 2024-01-02", 2024, 1, 2}, {"2024-02-29 anything", 2024, 2, 29}, {"0-1-1", 0, 1, 1}};
    int32_t days;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(date_parse(str_of(good[i].text), &days));
        assert_int_equal(days, date_from_civil(good[i].year, good[i].month, good[i].day));
    }
    static const char *const bad[] = {"", "x", "2024-13-01", "2024-02-30", "2023-02-29", "10000-01-01", "2024-01-02T03", "20240229",
                                      "2024-01-02-03", "99999999999999"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) assert_false(date_parse(str_of(bad[i]), &days));
}

static void times_take_an_offset_and_round_their_milliseconds(void **state)
{
    (void)state;
    int32_t ms;
    assert_true(time_parse(STR("1:2:3"), 0, &ms) && ms == 3723000);
    assert_true(time_parse(STR("12"), 0, &ms) && ms == 43200000);
    assert_true(time_parse(STR("01:02:03.4567"), 3, &ms) && ms == 3723457);
    assert_true(time_parse(STR("01:02:03.4567"), 1, &ms) && ms == 3723400);
    assert_true(time_parse(STR("01:02:03.4567"), 0, &ms) && ms == 3723000);
    assert_true(time_parse(STR("01:00:00+02:00"), 0, &ms) && ms == 10800000);
    assert_false(time_parse(STR("24:00:00"), 0, &ms));
    assert_false(time_parse(STR("1:60"), 0, &ms));
    assert_false(time_parse(STR("4:6+00:00"), 0, &ms));
    assert_false(time_parse(STR("x"), 0, &ms));
}

static void timestamps_are_read_strictly(void **state)
{
    (void)state;
    struct ts t;
    assert_true(ts_parse(STR("2024-1-2 3:4:5."), 3, &t));
    assert_int_equal(ts_compare(t, at("2024-01-02 03:04:05")), 0);
    assert_true(ts_parse(STR("2024-02-30 24:00:00"), 3, &t)); /* SMART: the last of February, then midnight */
    assert_int_equal(ts_compare(t, at("2024-03-01 00:00:00")), 0);
    assert_true(ts_parse(STR("2024-01-02 03:04:05.123456789"), 3, &t));
    assert_int_equal(ts_compare(t, at("2024-01-02 03:04:05.123")), 0);
    assert_true(ts_parse(STR("+12345-01-02"), 3, &t));
    static const char *const bad[] = {"", "2024-01-02T03:04:05", " 2024-01-02", "2024-01-02 ", "2024-01-02 03:04", "2024-13-01",
                                      "2024-01-02 25:00:00", "2024-01-02 03:04:05.1234567890", "2024-01-02 03:04:05Z", "12345-01-01",
                                      "0000-01-01", "2024-012-02"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) assert_false(ts_parse(str_of(bad[i]), 3, &t));
}

static void cutting_goes_towards_1970_down_to_milliseconds(void **state)
{
    (void)state;
    assert_int_equal(ts_compare(ts_truncate(at("1969-12-31 23:59:59.999"), 0), at("1970-01-01 00:00:00")), 0);
    assert_int_equal(ts_compare(ts_truncate(at("2024-01-01 00:00:00.987654321"), 6), at("2024-01-01 00:00:00.987654")), 0);
    assert_int_equal(ts_compare(ts_truncate(at("2024-01-01 00:00:00.987654321"), 1), at("2024-01-01 00:00:00.9")), 0);
}

static int free_out(void **state)
{
    (void)state;
    buf_deinit(&out);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_calendar_goes_there_and_back),
        cmocka_unit_test(sql_texts_have_the_types_digits),
        cmocka_unit_test(a_time_stops_at_its_last_digit),
        cmocka_unit_test(java_texts_leave_out_what_is_zero),
        cmocka_unit_test(intervals_have_two_texts),
        cmocka_unit_test(dates_are_read_leniently),
        cmocka_unit_test(times_take_an_offset_and_round_their_milliseconds),
        cmocka_unit_test(timestamps_are_read_strictly),
        cmocka_unit_test(cutting_goes_towards_1970_down_to_milliseconds),
    };
    return cmocka_run_group_tests(tests, NULL, free_out);
}
