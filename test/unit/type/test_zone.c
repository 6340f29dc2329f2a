/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time zones: names, offsets through the years, and local times in gaps and overlaps.
 */
#include "type/timestamp.h"
#include "type/zone.h"
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

static const struct zone *open_zone(const char *id)
{
    struct error e = ERROR_INIT;
    const struct zone *z = NULL;
    if (zone_open(arena, str_of(id), &z, &e) != STATUS_OK) fail_msg("%s", e.message);
    return z;
}

static int64_t seconds(const char *text)
{
    struct ts t;
    assert_true(ts_parse(str_of(text), 0, &t));
    return t.micros / 1000000;
}

static void offsets_need_no_file(void **state)
{
    (void)state;
    static const struct {
        const char *id, *shown;
        int32_t seconds;
    } zones[] = {{"UTC", "UTC", 0}, {"Z", "Z", 0}, {"GMT+8", "GMT+08:00", 28800}, {"+05:30", "+05:30", 19800}, {"-8", "-08:00", -28800},
                 {"UTC-01:30", "UTC-01:30", -5400}, {"+0530", "+05:30", 19800}};
    for (size_t i = 0; i < sizeof zones / sizeof zones[0]; i++) {
        const struct zone *z = open_zone(zones[i].id);
        assert_int_equal(zone_offset_at(z, 0), zones[i].seconds);
        assert_true(str_equal(zone_id(z), str_of(zones[i].shown)));
    }
}

static void regions_follow_their_history_and_their_rule(void **state)
{
    (void)state;
    const struct zone *z = open_zone("Europe/Berlin");
    assert_int_equal(zone_offset_at(z, seconds("2024-01-01 00:00:00")), 3600);
    assert_int_equal(zone_offset_at(z, seconds("2024-07-01 00:00:00")), 7200);
    assert_int_equal(zone_offset_at(z, seconds("2024-03-31 00:59:59")), 3600);
    assert_int_equal(zone_offset_at(z, seconds("2024-03-31 01:00:00")), 7200);
    assert_int_equal(zone_offset_at(z, seconds("2090-07-01 00:00:00")), 7200); /* by the rule */
    assert_int_equal(zone_offset_at(z, seconds("1960-07-01 00:00:00")), 3600);
}

static struct ts to_utc(const struct zone *z, const char *local)
{
    struct ts t;
    assert_true(ts_parse(str_of(local), 3, &t));
    return zone_to_utc(z, t);
}

static void a_gap_moves_forward_and_an_overlap_takes_the_earlier_offset(void **state)
{
    (void)state;
    const struct zone *z = open_zone("America/New_York");
    assert_int_equal(to_utc(z, "2024-03-10 02:30:00").micros / 1000000, seconds("2024-03-10 07:30:00"));
    assert_int_equal(to_utc(z, "2024-11-03 01:30:00").micros / 1000000, seconds("2024-11-03 05:30:00"));
    assert_int_equal(to_utc(z, "2024-07-01 12:00:00").micros / 1000000, seconds("2024-07-01 16:00:00"));
    struct ts back = zone_to_local(z, to_utc(z, "2024-07-01 12:00:00.5"));
    assert_int_equal(back.micros, seconds("2024-07-01 12:00:00") * 1000000 + 500000);
}

static void unknown_zones_are_refused_with_a_suggestion(void **state)
{
    (void)state;
    struct error e = ERROR_INIT;
    const struct zone *z;
    assert_int_equal(zone_open(arena, STR("Europe/Berln"), &z, &e), STATUS_INVALID);
    assert_non_null(strstr(e.message, "Europe/Berln"));
    assert_non_null(strstr(e.hint, "Europe/Berlin"));
    static const char *const bad[] = {"", "../etc/passwd", "/etc/passwd", "+19:00", "GMT+", "Europe", "Europe/../UTC", "+1:2"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        error_clear(&e);
        assert_int_not_equal(zone_open(arena, str_of(bad[i]), &z, &e), STATUS_OK);
    }
}

static void a_session_takes_no_bare_offset(void **state)
{
    (void)state;
    assert_true(zone_session_ok(STR("Europe/Berlin")));
    assert_true(zone_session_ok(STR("UTC")));
    assert_true(zone_session_ok(STR("GMT+08:00")));
    assert_false(zone_session_ok(STR("+05:30")));
    assert_false(zone_session_ok(STR("UTC+8")));
    assert_false(zone_session_ok(STR("Z")));
}

static void broken_zone_files_are_corrupt(void **state)
{
    (void)state;
    struct zone z = {.id = STR("x")};
    struct error e = ERROR_INIT;
    char bytes[100] = "TZif2";
    assert_int_equal(tzif_parse(arena, (struct str){bytes, sizeof bytes}, &z, &e), STATUS_CORRUPT);
    error_clear(&e);
    assert_int_equal(tzif_parse(arena, (struct str){bytes, 3}, &z, &e), STATUS_CORRUPT);
    memset(bytes + 20, 0xff, 24);
    error_clear(&e);
    assert_int_equal(tzif_parse(arena, (struct str){bytes, sizeof bytes}, &z, &e), STATUS_CORRUPT);
}

static void posix_rules_cover_both_hemispheres(void **state)
{
    (void)state;
    struct zone_rule r;
    assert_true(zone_rule_parse(STR("AEST-10AEDT,M10.1.0,M4.1.0/3"), &r));
    assert_int_equal(zone_rule_offset(&r, seconds("2024-01-01 00:00:00")), 39600);
    assert_int_equal(zone_rule_offset(&r, seconds("2024-07-01 00:00:00")), 36000);
    assert_true(zone_rule_parse(STR("<+0330>-3:30"), &r));
    assert_int_equal(zone_rule_offset(&r, 0), 12600);
    assert_false(zone_rule_parse(STR("CET"), &r));
    assert_false(zone_rule_parse(STR("CET-1CEST,M13.1.0,M4.1.0"), &r));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(offsets_need_no_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(regions_follow_their_history_and_their_rule, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_gap_moves_forward_and_an_overlap_takes_the_earlier_offset, set_up, tear_down),
        cmocka_unit_test_setup_teardown(unknown_zones_are_refused_with_a_suggestion, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_session_takes_no_bare_offset, set_up, tear_down),
        cmocka_unit_test_setup_teardown(broken_zone_files_are_corrupt, set_up, tear_down),
        cmocka_unit_test_setup_teardown(posix_rules_cover_both_hemispheres, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
