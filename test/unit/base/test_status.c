/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The status list: every value has its own name and text, and TRY leaves at the first failure.
 */
#include "base/status.h"
#include "unit/unit.h"

#include <string.h>

static void every_status_has_a_name_and_a_text_of_its_own(void **state)
{
    (void)state;
    for (int i = 0; i < STATUS_COUNT; i++) {
        assert_true(strlen(status_name((enum status)i)) > 0);
        assert_true(strlen(status_text((enum status)i)) > 0);
        for (int j = 0; j < i; j++) {
            assert_string_not_equal(status_name((enum status)i), status_name((enum status)j));
            assert_string_not_equal(status_text((enum status)i), status_text((enum status)j));
        }
    }
}

static void the_class_tells_whose_fault_it_is(void **state)
{
    (void)state;
    assert_int_equal(status_class(STATUS_OK), STATUS_CLASS_OK);
    assert_int_equal(status_class(STATUS_SYNTAX), STATUS_CLASS_USER);
    assert_int_equal(status_class(STATUS_IO), STATUS_CLASS_TRANSIENT);
    assert_int_equal(status_class(STATUS_NO_MEMORY), STATUS_CLASS_FATAL);
    assert_int_equal(status_class(STATUS_BUG), STATUS_CLASS_BUG);
}

static enum status add_unless_failed(enum status before, int *io_sum)
{
    TRY(before);
    *io_sum += 1;
    return STATUS_OK;
}

static void try_returns_the_failure_and_does_nothing_after_it(void **state)
{
    (void)state;
    int sum = 0;
    assert_int_equal(add_unless_failed(STATUS_OK, &sum), STATUS_OK);
    assert_int_equal(add_unless_failed(STATUS_IO, &sum), STATUS_IO);
    assert_int_equal(sum, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_a_name_and_a_text_of_its_own),
        cmocka_unit_test(the_class_tells_whose_fault_it_is),
        cmocka_unit_test(try_returns_the_failure_and_does_nothing_after_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
