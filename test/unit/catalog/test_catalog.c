/* SPDX-License-Identifier: Apache-2.0 */
/* Catalogs: names resolve, temporary objects hide permanent ones, drops are careful. */
#include "unit/unit.h"

#include "catalog/catalog.h"

#include <string.h>

static struct arena *arena;
static struct catalog *catalog;

static int setup(void **state) {
    (void)state;
    arena = arena_new("test", 0);
    return arena == NULL || catalog_new(arena, &catalog) != STATUS_OK;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static const struct span nowhere = {0, 0};

static struct table *add(const char *name, bool temporary, enum status expected) {
    struct table_path p = {catalog_current(catalog), catalog_current_database(catalog), str_of(name)};
    struct table *t = ARENA_NEW(arena, struct table);
    t->temporary = temporary;
    struct error e = ERROR_INIT;
    assert_int_equal(catalog_add(catalog, &p, t, false, nowhere, &e), expected);
    return t;
}

static struct table_path path(const char *name) {
    return (struct table_path){STR("default_catalog"), STR("default_database"), str_of(name)};
}

static void a_temporary_table_hides_a_permanent_one(void **state) {
    (void)state;
    struct table *permanent = add("t", false, STATUS_OK), *temporary = add("t", true, STATUS_OK);
    struct table_path p = path("t");
    assert_ptr_equal(catalog_find(catalog, &p), temporary);
    struct error e = ERROR_INIT;
    assert_int_equal(catalog_drop(catalog, &p, false, false, false, nowhere, &e), STATUS_INVALID);
    assert_int_equal(catalog_drop(catalog, &p, false, true, false, nowhere, &e), STATUS_OK);
    assert_ptr_equal(catalog_find(catalog, &p), permanent);
    add("t", false, STATUS_EXISTS);
}

static void dropping_what_is_not_there_suggests_the_nearest(void **state) {
    (void)state;
    add("orders", false, STATUS_OK);
    struct table_path p = path("order");
    struct error e = ERROR_INIT;
    assert_int_equal(catalog_drop(catalog, &p, false, false, true, nowhere, &e), STATUS_OK);
    assert_int_equal(catalog_drop(catalog, &p, false, false, false, nowhere, &e), STATUS_NOT_FOUND);
    assert_non_null(strstr(e.hint, "orders"));
}

static void names_are_listed_sorted(void **state) {
    (void)state;
    add("b", false, STATUS_OK);
    add("a", true, STATUS_OK);
    add("b", true, STATUS_OK);
    struct str *names;
    uint32_t count;
    assert_int_equal(catalog_tables(catalog, arena, STR("default_catalog"), STR("default_database"), false, &names, &count, NULL), STATUS_OK);
    assert_int_equal(count, 2);
    assert_true(str_equal(names[0], STR("a")) && str_equal(names[1], STR("b")));
}

static void databases_come_and_go(void **state) {
    (void)state;
    struct error e = ERROR_INIT;
    assert_int_equal(catalog_add_database(catalog, STR("default_catalog"), STR("d"), false, &e), STATUS_OK);
    assert_int_equal(catalog_use(catalog, STR("default_catalog"), STR("d"), &e), STATUS_OK);
    add("t", false, STATUS_OK);
    assert_int_equal(catalog_drop_database(catalog, STR("default_catalog"), STR("d"), false, true, &e), STATUS_INVALID);
    assert_int_equal(catalog_use(catalog, STR("default_catalog"), STR("default_database"), NULL), STATUS_OK);
    assert_int_equal(catalog_drop_database(catalog, STR("default_catalog"), STR("d"), false, false, NULL), STATUS_INVALID);
    assert_int_equal(catalog_drop_database(catalog, STR("default_catalog"), STR("d"), false, true, NULL), STATUS_OK);
    assert_int_equal(catalog_use(catalog, STR("default_catalog"), STR("d"), NULL), STATUS_NOT_FOUND);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_temporary_table_hides_a_permanent_one, setup, teardown),
        cmocka_unit_test_setup_teardown(dropping_what_is_not_there_suggests_the_nearest, setup, teardown),
        cmocka_unit_test_setup_teardown(names_are_listed_sorted, setup, teardown),
        cmocka_unit_test_setup_teardown(databases_come_and_go, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
