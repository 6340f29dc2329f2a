/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Catalogs in files: names of files, whole definitions, what a folder shows, and the store of catalogs.
 */
#include "unit/unit.h"

#include "catalog/catalog_file.h"
#include "catalog/catalog_store.h"

static struct arena *arena;
static struct env *env;
static struct str root;

static int setup(void **state) {
    (void)state;
    arena = arena_new("test", 0);
    env = env_posix_new();
    struct str tmp = env_variable(env, "TMPDIR");
    root = arena_format(arena, "%.*s/weir-catalog-%016llx", STR_ARG(tmp.at == NULL ? STR("/tmp") : tmp), (unsigned long long)env_random(env));
    struct error e = ERROR_INIT;
    return catalog_file_open(env, arena, root, STR("default"), &e) == STATUS_OK ? 0 : -1;
}

static int teardown(void **state) {
    (void)state;
    struct error e = ERROR_INIT;
    enum status s = env_remove_tree(env, root, &e);
    env_free(env);
    arena_free(arena);
    return s == STATUS_OK ? 0 : -1;
}

static void names_become_files_and_come_back(void **state) {
    (void)state;
    static const char *const names[] = {"orders", "a-b_c", "_hidden", ".dot", "a/b", "..", "50%", "with space", "gr\xc3\xb6\xc3\x9f", "a%41", "`x`"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct str file = catalog_file_name(arena, str_of(names[i]), ".sql");
        assert_null(memchr(file.at, '/', file.size_bytes));
        assert_true(file.at[0] != '.' && file.at[0] != '_');
        assert_true(str_equal(catalog_file_object(arena, file, ".sql"), str_of(names[i])));
    }
    assert_null(catalog_file_object(arena, STR("_database.sql"), ".sql").at);
    assert_null(catalog_file_object(arena, STR(".0123.tmp"), ".sql").at);
    assert_null(catalog_file_object(arena, STR("README.md"), ".sql").at);
}

static void definitions_are_replaced_whole(void **state) {
    (void)state;
    struct error e = ERROR_INIT;
    struct str file, text, *names = NULL;
    uint32_t count = 0;
    assert_int_equal(catalog_file_write(env, arena, root, STR("default"), STR("t"), STR("CREATE TABLE t (a INT);\n"), &e), STATUS_OK);
    assert_int_equal(catalog_file_write(env, arena, root, STR("default"), STR("t"), STR("short"), &e), STATUS_OK);
    assert_int_equal(catalog_file_read(env, arena, root, STR("default"), STR("t"), &file, &text, &e), STATUS_OK);
    assert_true(str_equal(text, STR("short")));
    assert_int_equal(catalog_file_tables(env, arena, root, STR("default"), &names, &count, &e), STATUS_OK);
    assert_int_equal(count, 1);
    assert_int_equal(catalog_file_remove(env, arena, root, STR("default"), STR("t"), &e), STATUS_OK);
    assert_int_equal(catalog_file_read(env, arena, root, STR("default"), STR("t"), &file, &text, &e), STATUS_OK);
    assert_null(text.at);
}

static void databases_keep_their_description(void **state) {
    (void)state;
    struct error e = ERROR_INIT;
    struct ast_option option = {.key = STR("k"), .value = STR("it's")};
    struct database_info info = {.comment = STR("about")}, back;
    struct str *names = NULL;
    uint32_t count = 0;
    assert_int_equal(list_push(&info.options, arena, &option), STATUS_OK);
    assert_int_equal(catalog_file_add_database(env, arena, root, STR("other db"), &info, &e), STATUS_OK);
    assert_int_equal(catalog_file_describe(env, arena, root, STR("other db"), &back, &e), STATUS_OK);
    assert_true(str_equal(back.comment, STR("about")));
    assert_int_equal(back.options.count, 1);
    assert_true(str_equal(((const struct ast_option *)back.options.at[0])->value, STR("it's")));
    assert_int_equal(catalog_file_databases(env, arena, root, &names, &count, &e), STATUS_OK);
    assert_int_equal(count, 2);
    assert_int_equal(catalog_file_drop_database(env, arena, root, STR("other db"), &e), STATUS_OK);
}

static void the_store_reads_what_others_write(void **state) {
    (void)state;
    struct error e = ERROR_INIT;
    struct catalog_info info = {.name = STR("c")}, back = {.name = STR("c")};
    struct str path = arena_format(arena, "%.*s/c.yaml", STR_ARG(root)), folder;
    bool found = false;
    assert_int_equal(catalog_store_read(env, arena, root, &info, &found, &e), STATUS_OK);
    assert_false(found);
    struct str text = STR("---\n# others\ntype: file\n'path': \"/a: \\\"b\\\"\"\n\ndefault-database:   'it''s'\n");
    assert_int_equal(catalog_file_publish(env, arena, path, text, &e), STATUS_OK);
    assert_int_equal(catalog_store_read(env, arena, root, &info, &found, &e), STATUS_OK);
    assert_true(found);
    assert_int_equal(catalog_options_check(&info.options, &folder, &e), STATUS_OK);
    assert_true(str_equal(folder, STR("/a: \"b\"")));
    info.comment = STR("what's this");
    assert_int_equal(catalog_store_write(env, arena, root, &info, &e), STATUS_OK);
    assert_int_equal(catalog_store_read(env, arena, root, &back, &found, &e), STATUS_OK);
    assert_true(str_equal(back.comment, info.comment));
    assert_int_equal(back.options.count, 3);
    assert_true(str_equal(((const struct ast_option *)back.options.at[2])->value, STR("it's")));
    assert_int_equal(catalog_store_remove(env, arena, root, STR("c"), &e), STATUS_OK);
}

static void wrong_options_are_told(void **state) {
    (void)state;
    struct ast_option type = {.key = STR("type"), .value = STR("fil")}, key = {.key = STR("pth"), .value = STR("/x")};
    struct list options = {0};
    struct str path;
    struct error e = ERROR_INIT;
    assert_int_equal(catalog_options_check(&options, &path, &e), STATUS_OPTION);
    assert_int_equal(list_push(&options, arena, &type), STATUS_OK);
    error_clear(&e);
    assert_int_equal(catalog_options_check(&options, &path, &e), STATUS_UNSUPPORTED);
    assert_non_null(strstr(e.hint, "'file'"));
    type.value = STR("file");
    assert_int_equal(list_push(&options, arena, &key), STATUS_OK);
    error_clear(&e);
    assert_int_equal(catalog_options_check(&options, &path, &e), STATUS_OPTION);
    assert_non_null(strstr(e.hint, "'path'"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(names_become_files_and_come_back, setup, teardown),
        cmocka_unit_test_setup_teardown(definitions_are_replaced_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(databases_keep_their_description, setup, teardown),
        cmocka_unit_test_setup_teardown(the_store_reads_what_others_write, setup, teardown),
        cmocka_unit_test_setup_teardown(wrong_options_are_told, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
