/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Logical types: one pool has one pointer per type, and the three texts are Flink's.
 */
#include "type/type.h"
#include "unit/unit.h"

#include <string.h>

static struct arena *arena;
static struct types *pool;

static int set_up(void **state)
{
    (void)state;
    arena = arena_new("test", 0);
    pool = types_new(arena);
    return pool == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

typedef void (*text_fn)(struct buf *, const struct type *);

static void assert_text(text_fn print, const struct type *t, const char *expected)
{
    struct buf b = BUF_INIT;
    print(&b, t);
    buf_char(&b, '\0');
    assert_string_equal(b.at, expected);
    buf_deinit(&b);
}

static const struct type *row_of(const struct type *a, const struct type *b)
{
    struct type_field fields[2] = {{.name = STR("a"), .type = a}, {.name = STR("b`c"), .type = b, .comment = STR("it's")}};
    return type_row(pool, fields, 2, true);
}

static void equal_types_are_one_pointer(void **state)
{
    (void)state;
    assert_ptr_equal(type_decimal(pool, 10, 2, true), type_decimal(pool, 10, 2, true));
    assert_ptr_not_equal(type_decimal(pool, 10, 2, true), type_decimal(pool, 10, 2, false));
    const struct type *i = type_simple(pool, TYPE_INT, true), *s = type_string(pool, false);
    assert_ptr_equal(row_of(i, s), row_of(i, s));
    assert_ptr_not_equal(row_of(i, s), row_of(s, i));
    assert_ptr_equal(type_map(pool, s, type_array(pool, i, true), false), type_map(pool, s, type_array(pool, i, true), false));
}

static void a_pool_of_thousands_of_types_stays_interned(void **state)
{
    (void)state;
    for (int32_t n = 1; n <= 3000; n++) assert_non_null(type_text(pool, TYPE_VARCHAR, n, true));
    const struct type *t = type_text(pool, TYPE_VARCHAR, 1234, true);
    assert_ptr_equal(t, type_text(pool, TYPE_VARCHAR, 1234, true));
    assert_int_equal(t->length, 1234);
}

static void nullability_flips_there_and_back(void **state)
{
    (void)state;
    const struct type *t = type_time(pool, TYPE_TIMESTAMP, 3, true);
    const struct type *n = type_nullable(pool, t, false);
    assert_false(n->nullable);
    assert_ptr_equal(type_nullable(pool, n, true), t);
    assert_ptr_equal(type_nullable(pool, n, false), n);
    assert_true(type_same(t, n));
    assert_true(type_same(t, type_time_attr(pool, n, TIME_ATTR_ROWTIME)));
    assert_false(type_same(t, type_time(pool, TYPE_TIMESTAMP, 4, true)));
}

static void summaries_are_flinks(void **state)
{
    (void)state;
    const struct type *i = type_simple(pool, TYPE_INT, true);
    assert_text(type_summary, type_string(pool, false), "STRING NOT NULL");
    assert_text(type_summary, type_text(pool, TYPE_VARBINARY, TYPE_LENGTH_MAX, true), "BYTES");
    assert_text(type_summary, type_text(pool, TYPE_CHAR, 3, true), "CHAR(3)");
    assert_text(type_summary, type_decimal(pool, 10, 2, false), "DECIMAL(10, 2) NOT NULL");
    assert_text(type_summary, type_time(pool, TYPE_TIMESTAMP_LTZ, 3, true), "TIMESTAMP_LTZ(3)");
    assert_text(type_summary, type_multiset(pool, i, true), "MULTISET<INT>");
    assert_text(type_summary, row_of(i, type_string(pool, true)), "ROW<`a` INT, `b``c` STRING 'it''s'>");
    assert_text(type_summary, type_interval(pool, INTERVAL_SECOND, 2, 3, true), "INTERVAL SECOND(3)");
    assert_text(type_summary, type_interval(pool, INTERVAL_DAY_TO_SECOND, 2, 3, true), "INTERVAL DAY(2) TO SECOND(3)");
}

static void time_attributes_show_in_the_summary_only(void **state)
{
    (void)state;
    const struct type *t = type_time_attr(pool, type_time(pool, TYPE_TIMESTAMP, 3, true), TIME_ATTR_ROWTIME);
    assert_text(type_summary, t, "TIMESTAMP(3) *ROWTIME*");
    assert_text(type_plain, t, "TIMESTAMP(3)");
    t = type_time_attr(pool, type_time(pool, TYPE_TIMESTAMP_LTZ, 3, false), TIME_ATTR_PROCTIME);
    assert_text(type_summary, t, "TIMESTAMP_LTZ(3) NOT NULL *PROCTIME*");
}

static void serializable_texts_are_sql_again(void **state)
{
    (void)state;
    assert_text(type_serializable, type_string(pool, true), "VARCHAR(2147483647)");
    assert_text(type_serializable, type_time(pool, TYPE_TIMESTAMP_LTZ, 6, false), "TIMESTAMP(6) WITH LOCAL TIME ZONE NOT NULL");
    assert_text(type_serializable, type_array(pool, type_string(pool, false), true), "ARRAY<VARCHAR(2147483647) NOT NULL>");
}

static void physical_kinds_follow_the_precision(void **state)
{
    (void)state;
    assert_int_equal(type_decimal(pool, 18, 0, true)->phys, PHYS_I64);
    assert_int_equal(type_decimal(pool, 19, 0, true)->phys, PHYS_I128);
    assert_int_equal(type_time(pool, TYPE_TIMESTAMP, 6, true)->phys, PHYS_I64);
    assert_int_equal(type_time(pool, TYPE_TIMESTAMP, 7, true)->phys, PHYS_TS);
    assert_int_equal(type_multiset(pool, type_string(pool, true), true)->child_count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(equal_types_are_one_pointer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_pool_of_thousands_of_types_stays_interned, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nullability_flips_there_and_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(summaries_are_flinks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(time_attributes_show_in_the_summary_only, set_up, tear_down),
        cmocka_unit_test_setup_teardown(serializable_texts_are_sql_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(physical_kinds_follow_the_precision, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
