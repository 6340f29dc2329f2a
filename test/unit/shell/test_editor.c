/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The editor of statements, key by key: moving, changing, several lines, history, search, completion, undo.
 */
#include "unit/shell/shell_check.h"

#define UP "\x1b[A"
#define DOWN "\x1b[B"
#define RIGHT "\x1b[C"
#define LEFT "\x1b[D"

static void typing_inserts_at_the_cursor(void **state) {
    (void)state;
    struct typist *t = typist_new();
    press(t, "SELET");
    press(t, LEFT LEFT);
    press(t, "C");
    assert_edited(t, "SELC|ET");
    press(t, "\x7f" RIGHT "C");
    assert_edited(t, "SELEC|T");
    press(t, "\x01x\x05y");
    assert_edited(t, "xSELECTy|");
    typist_free(t);
}

static void a_cluster_is_one_step(void **state) {
    (void)state;
    struct typist *t = typist_new();
    press(t, "a\xc3\xa4o\xcc\x88\xe6\x97\xa5");      /* a, ae, o with a combining diaeresis, a wide character */
    press(t, LEFT LEFT);
    assert_edited(t, "a\xc3\xa4|o\xcc\x88\xe6\x97\xa5");
    press(t, "\x7f");
    assert_edited(t, "a|o\xcc\x88\xe6\x97\xa5");
    press(t, "\x1b[3~");
    assert_edited(t, "a|\xe6\x97\xa5");
    typist_free(t);
}

static void enter_runs_what_is_whole_and_else_begins_a_line(void **state) {
    (void)state;
    struct typist *t = typist_new();
    press(t, "SELECT 1\r");
    assert_int_equal(t->outcome, EDITOR_GOES_ON);
    assert_edited(t, "SELECT 1\n|");
    press(t, ";\r");
    assert_int_equal(t->outcome, EDITOR_ENTERED);
    editor_begin(t->editor);
    press(t, "SELECT 1;\x1b\r");
    assert_int_equal(t->outcome, EDITOR_GOES_ON);
    assert_edited(t, "SELECT 1;\n|");
    editor_begin(t->editor);
    press(t, "\r");
    assert_int_equal(t->outcome, EDITOR_ENTERED);
    typist_free(t);
}

static void up_and_down_keep_the_column(void **state) {
    (void)state;
    struct typist *t = typist_new();
    press(t, "first line\rx\rthird line");
    press(t, UP);
    assert_edited(t, "first line\nx|\nthird line");
    press(t, UP);
    assert_edited(t, "first line|\nx\nthird line");
    press(t, DOWN DOWN);
    assert_edited(t, "first line\nx\nthird line|");
    typist_free(t);
}

static void history_is_walked_by_whole_statements(void **state) {
    (void)state;
    struct typist *t = typist_new();
    enter(t, "SELECT 1;");
    enter(t, "SELECT\r2;");
    press(t, "half");
    press(t, UP);
    assert_edited(t, "SELECT\n2;|");
    press(t, UP UP);
    assert_edited(t, "SELECT 1;|");
    press(t, UP);
    assert_edited(t, "SELECT 1;|");
    press(t, "\x0e\x0e");
    assert_edited(t, "half|");
    typist_free(t);
}

static void search_finds_the_newest_entry_first(void **state) {
    (void)state;
    struct typist *t = typist_new();
    enter(t, "SELECT apple;");
    enter(t, "SELECT banana;");
    enter(t, "SELECT apricot;");
    press(t, "typed\x12" "AP");
    assert_edited(t, "SELECT |apricot;");
    assert_non_null(memmem(editor_search_prompt(t->editor).at, editor_search_prompt(t->editor).size_bytes, "search 'AP'", 11));
    press(t, "\x12");
    assert_edited(t, "SELECT |apple;");
    press(t, "\x12");
    assert_non_null(memmem(editor_search_prompt(t->editor).at, editor_search_prompt(t->editor).size_bytes, "not found", 9));
    press(t, "\x07");
    assert_null(editor_search_prompt(t->editor).at);
    assert_edited(t, "typed|");
    press(t, "\x12" "ban\x05!");
    assert_edited(t, "SELECT banana;!|");
    typist_free(t);
}

static void cuts_in_a_row_are_one(void **state) {
    (void)state;
    struct typist *t = typist_new();
    press(t, "SELECT a, b FROM t");
    press(t, "\x17\x17");
    assert_edited(t, "SELECT a, b |");
    press(t, "\x01\x19");
    assert_edited(t, "FROM t|SELECT a, b ");
    press(t, "\x0b\x15");
    assert_edited(t, "|");
    press(t, "\x19");
    assert_edited(t, "FROM tSELECT a, b |");
    press(t, "\x1b" "b\x1b" "b\x1b" "d");
    assert_edited(t, "FROM tSELECT |, b ");
    typist_free(t);
}

static void undo_goes_back_word_by_word(void **state) {
    (void)state;
    struct typist *t = typist_new();
    press(t, "SELECT one two");
    press(t, "\x1f");
    assert_edited(t, "SELECT one|");
    press(t, "\x1f");
    assert_edited(t, "SELECT|");
    press(t, "\x1f\x1f\x1f");
    assert_edited(t, "|");
    typist_free(t);
}

static void a_paste_is_text(void **state) {
    (void)state;
    struct typist *t = typist_new();
    press(t, "\x1b[200~SELECT 1;\r\nSELECT\t2;\x1b[31m\x03\x1b[201~");
    assert_int_equal(t->outcome, EDITOR_GOES_ON);
    assert_edited(t, "SELECT 1;\nSELECT\t2;[31m|");
    typist_free(t);
}

static void one_candidate_is_taken_several_are_listed(void **state) {
    (void)state;
    struct typist *t = typist_new();
    struct candidate one[] = {{STR("trades"), {NULL, 0}, STR("table"), false}};
    struct candidate many[] = {{STR("UPPER("), STR("UPPER"), STR(""), true}, {STR("UPDATE"), {NULL, 0}, STR(""), false}};
    int64_t selected = 0;
    t->offers = (struct completion){.from = 5, .items = one, .count = 1};
    press(t, "FROM tr\t");
    assert_edited(t, "FROM trades |");
    editor_begin(t->editor);
    t->offers = (struct completion){.from = 7, .items = many, .count = 2};
    press(t, "SELECT u\t");
    assert_edited(t, "SELECT UP|");
    assert_non_null(editor_menu(t->editor, &selected));
    assert_int_equal(selected, -1);
    press(t, "\t");
    assert_edited(t, "SELECT UPPER(|");
    press(t, "\t");
    assert_edited(t, "SELECT UPDATE|");
    press(t, "\x1b[Z");
    assert_edited(t, "SELECT UPPER(|");
    press(t, "\r");
    assert_int_equal(t->outcome, EDITOR_GOES_ON);
    assert_null(editor_menu(t->editor, &selected));
    press(t, "a)");
    assert_edited(t, "SELECT UPPER(a)|");
    typist_free(t);
}

static void control_keys_leave(void **state) {
    (void)state;
    struct typist *t = typist_new();
    press(t, "abc\x01\x04");
    assert_int_equal(t->outcome, EDITOR_GOES_ON);
    assert_edited(t, "|bc");
    press(t, "\x03");
    assert_int_equal(t->outcome, EDITOR_INTERRUPTED);
    editor_begin(t->editor);
    press(t, "\x04");
    assert_int_equal(t->outcome, EDITOR_ENDED);
    press(t, "\x0c");
    assert_int_equal(t->outcome, EDITOR_CLEARED);
    press(t, "\x1a");
    assert_int_equal(t->outcome, EDITOR_SUSPENDED);
    typist_free(t);
}

static void unknown_sequences_type_nothing(void **state) {
    (void)state;
    struct typist *t = typist_new();
    press(t, "a\x1b[57;5uq\x1bOQ\x1b[23~b\xff");
    assert_edited(t, "aqb|");
    typist_free(t);
}

static void any_bytes_leave_the_cursor_in_the_text(void **state) {
    (void)state;
    struct typist *t = typist_new();
    uint64_t seed = 42;
    for (int i = 0; i < 20000; i++) {
        seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
        char byte[2] = {(char)(seed >> 56), '\0'};
        press(t, byte);
        assert_true(editor_cursor(t->editor) <= editor_text(t->editor).size_bytes);
        if (t->outcome != EDITOR_GOES_ON) editor_begin(t->editor);
    }
    typist_free(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(typing_inserts_at_the_cursor),
        cmocka_unit_test(a_cluster_is_one_step),
        cmocka_unit_test(enter_runs_what_is_whole_and_else_begins_a_line),
        cmocka_unit_test(up_and_down_keep_the_column),
        cmocka_unit_test(history_is_walked_by_whole_statements),
        cmocka_unit_test(search_finds_the_newest_entry_first),
        cmocka_unit_test(cuts_in_a_row_are_one),
        cmocka_unit_test(undo_goes_back_word_by_word),
        cmocka_unit_test(a_paste_is_text),
        cmocka_unit_test(one_candidate_is_taken_several_are_listed),
        cmocka_unit_test(control_keys_leave),
        cmocka_unit_test(unknown_sequences_type_nothing),
        cmocka_unit_test(any_bytes_leave_the_cursor_in_the_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
