/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Patterns of java.time: what they print and what they accept, recorded from Java.
 */
#include "type/timestamp.h"
#include "unit/unit.h"

#include <string.h>

static struct arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = arena_new("test", 0);
    return arena == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static const struct time_pattern *compile(const char *pattern)
{
    struct error e = ERROR_INIT;
    const struct time_pattern *p = NULL;
    if (time_pattern_compile(arena, str_of(pattern), &p, &e) != STATUS_OK) fail_msg("%s", e.message);
    return p;
}

static void assert_prints(const char *pattern, const char *expected)
{
    struct ts t;
    struct buf out = BUF_INIT;
    assert_true(ts_parse(STR("2024-02-09 15:04:05.006007008"), 9, &t));
    time_pattern_print(&out, compile(pattern), t, 19800, STR("Asia/Kolkata"));
    buf_char(&out, '\0');
    assert_string_equal(out.at, expected);
    buf_deinit(&out);
}

static void patterns_print_every_field(void **state)
{
    (void)state;
    assert_prints("yyyy-MM-dd HH:mm:ss.SSS", "2024-02-09 15:04:05.006");
    assert_prints("y/M/d H:m:s", "2024/2/9 15:4:5");
    assert_prints("yy MMM MMMM MMMMM", "24 Feb February F");
    assert_prints("E EEEE, h:mm a K k", "Fri Friday, 3:04 PM 3 15");
    assert_prints("DDD Q QQQ G", "040 1 Q1 AD");
    assert_prints("n A N", "6007008 54245006 54245006007008");
    assert_prints("YYYY ww W e", "2024 06 2 6");
    assert_prints("'at' yyyy''MM[ d]", "at 2024'02 9");
    assert_prints("X XXX xx Z VV", "+0530 +05:30 +0530 +0530 Asia/Kolkata");
}

static void assert_parses(const char *pattern, const char *text, const char *expected)
{
    struct ts t, e;
    bool ok = time_pattern_parse(compile(pattern), str_of(text), &t);
    if (expected == NULL) {
        assert_false(ok);
        return;
    }
    if (!ok) fail_msg("'%s' does not match '%s'", text, pattern);
    assert_true(ts_parse(str_of(expected), 9, &e));
    assert_int_equal(ts_compare(t, e), 0);
}

static void patterns_parse_and_fill_in_what_is_missing(void **state)
{
    (void)state;
    assert_parses("yyyy-MM-dd", "2024-02-09", "2024-02-09");
    assert_parses("HH:mm", "15:04", "1970-01-01 15:04:00");
    assert_parses("yyyyMMddHHmmssSSS", "20240209150405006", "2024-02-09 15:04:05.006");
    assert_parses("dd MMM yy", "09 Feb 24", "2024-02-09");
    assert_parses("h:mm a", "12:30 AM", "1970-01-01 00:30:00");
    assert_parses("yyyy-D", "2024-60", "2024-02-29");
    assert_parses("yyyy-M-d[ H:m]", "2024-2-9", "2024-02-09");
    assert_parses("yyyy-MM-dd", "2024-02-31", "2024-02-29");
    assert_parses("yyyy-MM-dd HH", "2024-02-09 24", "2024-02-10");
}

static void patterns_refuse_other_texts(void **state)
{
    (void)state;
    assert_parses("yyyy-MM-dd", "2024-2-9", NULL);
    assert_parses("yyyy-MM-dd", "2024-02-09 ", NULL);
    assert_parses("yyyy-MM-dd", "2024-13-09", NULL);
    assert_parses("dd MMM yy", "09 feb 24", NULL);
    assert_parses("yyyy-MM-dd", "", NULL);
    assert_parses("EEE yyyy-MM-dd", "Mon 2024-02-09", NULL);
    assert_parses("yyyy-MM-dd HH:mm", "2024-02-09 24:01", NULL);
}

static void unknown_letters_are_named(void **state)
{
    (void)state;
    static const char *const bad[] = {"yyyy-bb", "ddd", "'open", "yyyy]", "HH{", "YYYYYYYYYYYYYYYYYYYYYY", "O", "SSSSSSSSSS"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct error e = ERROR_INIT;
        const struct time_pattern *p;
        assert_int_not_equal(time_pattern_compile(arena, str_of(bad[i]), &p, &e), STATUS_OK);
        assert_non_null(strstr(e.message, bad[i]));
    }
}

static void a_pattern_falls_back_to_the_sql_forms(void **state)
{
    (void)state;
    struct ts t, e;
    const struct time_pattern *p = compile("dd.MM.yyyy");
    assert_true(ts_parse_pattern(p, STR(" 2024-2-9 3:4:5.6 "), 3, &t));
    assert_true(ts_parse(STR("2024-02-09 03:04:05.6"), 9, &e));
    assert_int_equal(ts_compare(t, e), 0);
    assert_true(ts_parse_pattern(p, STR("2024-04-31"), 3, &t));
    assert_true(ts_parse(STR("2024-05-01"), 9, &e));
    assert_int_equal(ts_compare(t, e), 0);
    assert_false(ts_parse_pattern(p, STR("9/2/2024"), 3, &t));
    assert_true(time_pattern_has_zone(compile("HH:mm X")));
    assert_false(time_pattern_has_zone(p));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(patterns_print_every_field, set_up, tear_down),
        cmocka_unit_test_setup_teardown(patterns_parse_and_fill_in_what_is_missing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(patterns_refuse_other_texts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(unknown_letters_are_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_pattern_falls_back_to_the_sql_forms, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
