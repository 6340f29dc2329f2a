/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drawing an editor: wrapping, the cursor's place, a text higher than the terminal, and the styles of SQL.
 */
#include "unit/shell/shell_check.h"

#include "shell/screen.h"
#include "shell/style.h"
#include "shell/width.h"

#define UP "\x1b[A"
#define LEFT "\x1b[D"

static const struct str prompt = {"> ", 2}, more = {". ", 2};

/* What is drawn at that size, with escapes as ^. */
static void assert_drawn(struct typist *t, struct screen *s, const char *hint, const char *wanted) {
    struct buf out = BUF_INIT;
    screen_draw(s, &out, prompt, more, t->editor, str_of(hint));
    for (size_t i = 0; i < out.size_bytes; i++) {
        if (out.at[i] == '\x1b') out.at[i] = '^';
    }
    buf_char(&out, '\0');
    assert_string_equal(out.at, wanted);
    buf_deinit(&out);
}

static void lines_have_prompts_and_long_ones_wrap(void **state) {
    (void)state;
    struct typist *t = typist_new();
    struct screen s = {.rows = 10, .columns = 10};
    t->never_whole = true;
    press(t, "abc\rde");
    assert_drawn(t, &s, "", "\r^[J> abc\r\n. de\r^[4C");
    assert_int_equal(s.cursor_row, 1);
    press(t, "fghijklm");
    assert_drawn(t, &s, "", "^[1A\r^[J> abc\r\n. defghijk\r\nlm\r^[2C");
    press(t, "\x7f\x7f");
    assert_drawn(t, &s, "", "^[2A\r^[J> abc\r\n. defghijk\r\n\r");
    typist_free(t);
}

static void wide_characters_are_not_cut_in_two(void **state) {
    (void)state;
    struct typist *t = typist_new();
    struct screen s = {.rows = 10, .columns = 9};
    press(t, "\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5");
    assert_drawn(t, &s, "", "\r^[J> \xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5\r\n\xe6\x97\xa5\r^[2C");
    typist_free(t);
}

static void a_text_higher_than_the_terminal_shows_the_cursor(void **state) {
    (void)state;
    struct typist *t = typist_new();
    struct screen s = {.rows = 4, .columns = 20};
    t->never_whole = true;
    press(t, "1\r2\r3\r4\r5");
    assert_drawn(t, &s, "", "\r^[J. 3\r\n. 4\r\n. 5\r^[3C");
    press(t, "\x1b<");
    assert_drawn(t, &s, "", "^[2A\r^[J> 1\r\n. 2\r\n. 3^[2A\r^[2C");
    typist_free(t);
}

static void a_hint_stands_below(void **state) {
    (void)state;
    struct typist *t = typist_new();
    struct screen s = {.rows = 10, .columns = 40};
    press(t, "f(");
    assert_drawn(t, &s, "f(x) -> INT", "\r^[J> f(\r\nf(x) -> INT^[1A\r^[4C");
    typist_free(t);
}

static void after_a_resize_the_first_row_is_found(void **state) {
    (void)state;
    struct typist *t = typist_new();
    struct screen s = {.rows = 10, .columns = 40};
    press(t, "abcdefghijklmnopqrst");
    assert_drawn(t, &s, "", "\r^[J> abcdefghijklmnopqrst\r^[22C");
    screen_resize(&s, 10, 10, prompt, more, t->editor);
    assert_int_equal(s.cursor_row, 2);
    typist_free(t);
}

/* One letter per style: . plain, k keyword, f function, s string, n number, c comment, q quoted, ! bad, m match, $ command. */
static void assert_styles(const char *text, size_t cursor, const char *wanted) {
    static const char letters[] = ".kfsncq!m$";
    uint8_t styles[256];
    char shown[256];
    size_t n = strlen(text);
    highlight(str_of(text), cursor, styles);
    for (size_t i = 0; i < n; i++) shown[i] = letters[styles[i]];
    shown[n] = '\0';
    assert_string_equal(shown, wanted);
}

static void words_have_their_styles(void **state) {
    (void)state;
    assert_styles("SELECT upper(a), 'x' FROM t -- y", 99,
                  "kkkkkk.fffff....." "sss.kkkk...cccc");
    assert_styles("select 1.5e3, `b` /* c */ ;", 99, "kkkkkk.nnnnn..qqq.ccccccc..");
    assert_styles("SHOW TABLES", 99, "kkkk.kkkkkk");
    assert_styles("SELECT name FROM t", 99, "kkkkkk......kkkk..");
    assert_styles("SELECT 'open", 99, "kkkkkk.sssss");
    assert_styles("SELECT /* open", 99, "kkkkkk.ccccccc");
    assert_styles("SELECT 1)", 99, "kkkkkk.n!");
    assert_styles("SELECT (1;", 99, "kkkkkk.!n.");
    assert_styles("SELECT (1)", 10, "kkkkkk.mnm");
    assert_styles("\\d orders", 99, "$$.......");
}

static void widths(void **state) {
    (void)state;
    struct buf out = BUF_INIT;
    assert_int_equal(text_width(STR("abc")), 3);
    assert_int_equal(text_width(STR("\xe6\x97\xa5\xe6\x9c\xac")), 4);
    assert_int_equal(text_width(STR("o\xcc\x88")), 1);
    assert_int_equal(text_width(STR("\xff\xfe")), 2);
    assert_int_equal(text_fit(STR("a\xe6\x97\xa5z"), 2), 1);
    assert_int_equal(text_clean(&out, STR("a\nb\x1b[31m"), 0), 12);
    assert_true(str_equal(buf_view(&out), STR("a\\nb\\x1b[31m")));
    buf_reset(&out);
    assert_int_equal(text_clean(&out, STR("abcdef"), 4), 4);
    assert_true(str_equal(buf_view(&out), STR("abc\xe2\x80\xa6")));
    buf_reset(&out);
    assert_int_equal(text_clean(&out, STR("\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5"), 4), 3);
    buf_deinit(&out);
}

/* Whatever is typed, at whatever size: the cursor stays within what was drawn, and that within the terminal. */
static void any_text_fits_the_terminal(void **state) {
    (void)state;
    static const char *const pieces[] = {"SELECT ", "(", ")", "'", "`", "\r", "\t", "\xe6\x97\xa5", "o\xcc\x88", "\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa", "-- x", "/* ", "*/", "1.5", UP, LEFT,
                                        "\x1b<", "\x7f", "\x17", "\x19", "\x1f", "a very long word that goes on for quite a while", "\xff", "\x1b[200~\n\x01\x1b[201~"};
    struct typist *t = typist_new();
    struct screen s = {.rows = 10, .columns = 20, .colors = true};
    uint64_t seed = 7;
    t->never_whole = true;
    for (int i = 0; i < 5000; i++) {
        struct buf out = BUF_INIT;
        seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
        press(t, pieces[(seed >> 33) % (sizeof pieces / sizeof pieces[0])]);
        if (i % 97 == 0) screen_resize(&s, 1 + (uint32_t)(seed >> 40) % 30, 1 + (uint32_t)(seed >> 50) % 90, prompt, more, t->editor);
        if (editor_text(t->editor).size_bytes > 600) editor_begin(t->editor);
        screen_draw(&s, &out, prompt, more, t->editor, STR("a hint"));
        assert_false(out.failed);
        assert_true(s.cursor_row <= s.last_row);
        assert_true(s.last_row < (s.rows < 3 ? 3 : s.rows));
        buf_deinit(&out);
    }
    typist_free(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_have_prompts_and_long_ones_wrap),
        cmocka_unit_test(wide_characters_are_not_cut_in_two),
        cmocka_unit_test(a_text_higher_than_the_terminal_shows_the_cursor),
        cmocka_unit_test(a_hint_stands_below),
        cmocka_unit_test(after_a_resize_the_first_row_is_found),
        cmocka_unit_test(words_have_their_styles),
        cmocka_unit_test(widths),
        cmocka_unit_test(any_text_fits_the_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
