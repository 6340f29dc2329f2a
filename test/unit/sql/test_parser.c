/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parser's other doors: the tree itself where its text does not show it, single expressions and
 * types, the end of a statement in growing text, keywords.
 */
#include "unit/sql/sql_check.h"

static struct ast_statement *first(struct arena *arena, const char *sql) {
    struct list statements = {0};
    struct error error = ERROR_INIT;
    if (parse_script(arena, str_of(sql), &statements, &error) != STATUS_OK) fail_msg("%s: %s", sql, error.message);
    assert_true(statements.count > 0);
    return statements.at[0];
}

static void assert_span(const char *sql, struct span span, const char *text) {
    assert_int_equal(span.end - span.begin, strlen(text));
    assert_memory_equal(sql + span.begin, text, strlen(text));
}

static void nodes_carry_their_spans(void **state) {
    (void)state;
    struct arena *arena = arena_new("test", 0);
    const char *sql = " SELECT a + f(b) AS c FROM t u WHERE x = 1 ;";
    struct ast_statement *s = first(arena, sql);
    assert_span(sql, s->span, "SELECT a + f(b) AS c FROM t u WHERE x = 1");
    struct ast_select_item *item = s->query->items.at[0];
    assert_span(sql, item->span, "a + f(b) AS c");
    assert_span(sql, item->alias_span, "c");
    assert_span(sql, item->expr->span, "a + f(b)");
    assert_span(sql, item->expr->op_span, "+");
    struct ast_expr *call = item->expr->arguments.at[1];
    assert_span(sql, call->span, "f(b)");
    assert_span(sql, call->op_span, "f");
    assert_span(sql, s->query->from->span, "t u");
    assert_span(sql, s->query->where->span, "x = 1");
    arena_free(arena);
}

static void literals_know_their_kind(void **state) {
    (void)state;
    static const struct {
        const char *sql, *text;
        enum ast_literal_kind kind;
    } cases[] = {{"1", "1", AST_INTEGER}, {"1.", "1.", AST_DECIMAL}, {".5", ".5", AST_DECIMAL}, {"1e5", "1e5", AST_APPROX},
                 {"'a''b'", "a'b", AST_STRING}, {"E'\\n'", "\n", AST_STRING}, {"U&'\\0041'", "A", AST_STRING},
                 {"X'4142'", "AB", AST_BYTES}, {"DATE '2020-01-01'", "2020-01-01", AST_DATE}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena *arena = arena_new("test", 0);
        struct ast_expr *e;
        assert_int_equal(parse_expression(arena, str_of(cases[i].sql), &e, NULL), STATUS_OK);
        assert_int_equal(e->kind, AST_LITERAL);
        assert_int_equal(e->literal, cases[i].kind);
        assert_true(str_equal(e->text, str_of(cases[i].text)));
        arena_free(arena);
    }
}

static void a_column_key_is_also_the_tables_key(void **state) {
    (void)state;
    struct arena *arena = arena_new("test", 0);
    struct ast_statement *s = first(arena, "CREATE TABLE t (a INT, b INT PRIMARY KEY NOT ENFORCED)");
    assert_int_equal(s->primary_key.count, 1);
    assert_true(str_equal(*(struct str *)s->primary_key.at[0], STR("b")));
    assert_false(s->primary_key_enforced);
    assert_true(((struct ast_column *)s->columns.at[1])->primary_key);
    assert_true(first(arena, "CREATE TABLE t (a INT PRIMARY KEY)")->primary_key_enforced);
    arena_free(arena);
}

static void a_view_keeps_its_query_text(void **state) {
    (void)state;
    struct arena *arena = arena_new("test", 0);
    struct ast_statement *s = first(arena, "CREATE VIEW v AS SELECT  1 -- one\n;");
    assert_true(str_equal(s->query_text, STR("SELECT  1")));
    arena_free(arena);
}

static void types_parse_alone(void **state) {
    (void)state;
    static const char *const types[][2] = {
        {"row<a int not null>", "ROW<a INT NOT NULL>"},
        {"TIMESTAMP(3) WITH LOCAL TIME ZONE NOT NULL", NULL},
        {"DECIMAL(10, 2) NULL", NULL},
        {"INTERVAL DAY(3) TO SECOND(6)", NULL},
        {"int not null array not null", "ARRAY<INT NOT NULL> NOT NULL"},
        {"MAP<STRING, MULTISET<BYTES>>", NULL},
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        struct arena *arena = arena_new("test", 0);
        struct buf out = BUF_INIT;
        struct ast_type *t;
        assert_int_equal(parse_type(arena, str_of(types[i][0]), &t, NULL), STATUS_OK);
        unparse_type(&out, t);
        buf_char(&out, '\0');
        assert_string_equal(out.at, types[i][1] == NULL ? types[i][0] : types[i][1]);
        buf_deinit(&out);
        arena_free(arena);
    }
}

static void trailing_text_is_refused(void **state) {
    (void)state;
    struct arena *arena = arena_new("test", 0);
    struct ast_expr *e;
    struct ast_type *t;
    assert_int_equal(parse_expression(arena, STR("1 2"), &e, NULL), STATUS_SYNTAX);
    assert_int_equal(parse_expression(arena, STR(""), &e, NULL), STATUS_SYNTAX);
    assert_int_equal(parse_type(arena, STR("INT,"), &t, NULL), STATUS_SYNTAX);
    arena_free(arena);
}

static void the_end_of_a_statement_is_found_in_growing_text(void **state) {
    (void)state;
    static const struct {
        const char *sql;
        size_t end;
    } cases[] = {
        {"", 0}, {"SELECT 1", 0}, {"SELECT 1; SELECT 2;", 9}, {"SELECT ';", 0}, {"SELECT ';';x", 11}, {"SELECT 1 -- ;", 0},
        {"SELECT 1 /* ; */;", 17}, {"SELECT 1 /* ;", 0}, {"SELECT `a;`", 0}, {";", 1}, {"SELECT @ # ;", 12},
        {"BEGIN STATEMENT SET; INSERT INTO t SELECT 1;", 0},
        {"BEGIN STATEMENT SET; INSERT INTO t SELECT 1; END;", 49},
        {"EXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT CASE WHEN a THEN 1 END; END; x", 77},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(parse_statement_end(str_of(cases[i].sql)), cases[i].end);
    }
}

static void reserved_words_are_flinks(void **state) {
    (void)state;
    static const char *const reserved[] = {"select", "VALUE", "day", "Timestamp", "user", "rank", "row", "comment", "count", "result"};
    static const char *const free_words[] = {"key", "name", "type", "metadata", "model", "hop", "quarter", "xyz", "", "select_"};
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) assert_true(keyword_is_reserved(str_of(reserved[i])));
    for (size_t i = 0; i < sizeof free_words / sizeof *free_words; i++) {
        assert_false(keyword_is_reserved(str_of(free_words[i])));
    }
}

static void an_empty_script_has_no_statements(void **state) {
    (void)state;
    struct arena *arena = arena_new("test", 0);
    struct list statements = {0};
    assert_int_equal(parse_script(arena, STR(" -- nothing\n;"), &statements, NULL), STATUS_OK);
    assert_int_equal(statements.count, 0);
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_carry_their_spans),
        cmocka_unit_test(literals_know_their_kind),
        cmocka_unit_test(a_column_key_is_also_the_tables_key),
        cmocka_unit_test(a_view_keeps_its_query_text),
        cmocka_unit_test(types_parse_alone),
        cmocka_unit_test(trailing_text_is_refused),
        cmocka_unit_test(the_end_of_a_statement_is_found_in_growing_text),
        cmocka_unit_test(reserved_words_are_flinks),
        cmocka_unit_test(an_empty_script_has_no_statements),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
