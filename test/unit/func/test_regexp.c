/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Regular expressions, LIKE and SIMILAR TO: values and types as real Flink 2.3 gave them for the same expressions.
 */
#include "unit/func/expression.h"

static const struct expected table[] = {
    {"REGEXP_EXTRACT('abc123def', '([a-z]+)([0-9]+)', 2)", "123", "STRING"},
    {"REGEXP_EXTRACT('abc', '(x)?abc', 1)", "null", "STRING"},
    {"REGEXP_EXTRACT('abc', 'b')", "b", "STRING"},
    {"REGEXP_EXTRACT('abc', '(b)', 1)", "b", "STRING"},
    {"REGEXP_EXTRACT('abc', '(b)', -1)", "null", "STRING"},
    {"REGEXP_EXTRACT('abc', '(b)', 2)", "null", "STRING"},
    {"REGEXP_EXTRACT('abc', '(', 1)", "null", "STRING"},
    {"REGEXP_EXTRACT('abc', '(b)', CAST(NULL AS INT))", "null", "STRING"},
    {"REGEXP_EXTRACT_ALL('a1b22', '[0-9]+')", "null", "ARRAY<STRING>"},
    {"REGEXP_EXTRACT_ALL('a1b22', '([a-z])([0-9]+)')", "[a, b]", "ARRAY<STRING>"},
    {"REGEXP_EXTRACT_ALL('a1b22', '([a-z])([0-9]+)', 2)", "[1, 22]", "ARRAY<STRING>"},
    {"REGEXP_EXTRACT_ALL('a1b22', '([a-z])([0-9]+)', 0)", "[a1, b22]", "ARRAY<STRING>"},
    {"REGEXP_EXTRACT_ALL('a1b22', '([a-z])([0-9]+)', 3)", "null", "ARRAY<STRING>"},
    {"REGEXP_EXTRACT_ALL('a1b22', '[', 0)", "null", "ARRAY<STRING>"},
    {"REGEXP_EXTRACT_ALL('xyz', '[0-9]', 0)", "[]", "ARRAY<STRING>"},
    {"REGEXP_EXTRACT_ALL('xyz', '[0-9](a)')", "[]", "ARRAY<STRING>"},
    {"REGEXP_REPLACE('a1b22', '[0-9]+', '#')", "a#b#", "STRING NOT NULL"},
    {"REGEXP_REPLACE('a1b22', '([a-z])', '<$1>')", "<$1>1<$1>22", "STRING NOT NULL"},
    {"REGEXP_REPLACE('a1b22', '([a-z])', '\\$')", "\\$1\\$22", "STRING NOT NULL"},
    {"REGEXP_REPLACE('abc', '', '-')", "-a-b-c-", "STRING NOT NULL"},
    {"REGEXP_REPLACE('abc', 'b', CAST(NULL AS STRING))", "null", "STRING"},
    {"REGEXP_REPLACE('aBc', '(?i)b', 'x')", "axc", "STRING NOT NULL"},
    {"REGEXP_REPLACE('äöü', 'ö', 'x')", "äxü", "STRING NOT NULL"},
    {"REGEXP('abc', 'b')", "true", "BOOLEAN NOT NULL"},
    {"REGEXP('abc', '^b')", "false", "BOOLEAN NOT NULL"},
    {"REGEXP('abc', '')", "false", "BOOLEAN NOT NULL"},
    {"REGEXP('abc', '(')", "false", "BOOLEAN NOT NULL"},
    {"REGEXP(CAST(NULL AS STRING), 'b')", "null", "BOOLEAN"},
    {"REGEXP_COUNT('abcabc', 'b')", "2", "INT"},
    {"REGEXP_COUNT('abc', '')", "4", "INT"},
    {"REGEXP_COUNT('abc', '(')", "null", "INT"},
    {"REGEXP_COUNT('aaa', 'aa')", "1", "INT"},
    {"REGEXP_COUNT(CAST(NULL AS STRING), 'b')", "null", "INT"},
    {"REGEXP_INSTR('abcabc', 'ca')", "3", "INT"},
    {"REGEXP_INSTR('abcabc', 'z')", "0", "INT"},
    {"REGEXP_INSTR('ä😀b', 'b')", "4", "INT"},
    {"REGEXP_INSTR('abc', '(')", "null", "INT"},
    {"REGEXP_SUBSTR('abcabc', 'b.')", "bc", "STRING"},
    {"REGEXP_SUBSTR('abcabc', 'z')", "null", "STRING"},
    {"REGEXP_SUBSTR('abcabc', '(')", "null", "STRING"},
    {"`LIKE`('abc', 'a%')", "true", "BOOLEAN NOT NULL"},
    {"`LIKE`('abc', 'a_c')", "true", "BOOLEAN NOT NULL"},
    {"`LIKE`('abc', CAST(NULL AS STRING))", "null", "BOOLEAN"},
    {"`LIKE`('a%c', 'a\\%c')", "false", "BOOLEAN NOT NULL"},
    {"`LIKE`('a%c', 'a\\%c', '\\')", "true", "BOOLEAN NOT NULL"},
    {"`LIKE`('a%c', 'ax%c', 'x')", "true", "BOOLEAN NOT NULL"},
    {"`LIKE`('axc', 'axc', 'x')", NULL, NULL},
    {"`LIKE`('axc', 'axxc', 'x')", "true", "BOOLEAN NOT NULL"},
    {"`LIKE`('a%c', 'a%cx', 'x')", NULL, NULL},
    {"`LIKE`('abc', 'a%', 'xx')", NULL, NULL},
    {"`LIKE`('abc', 'a%', '')", "true", "BOOLEAN NOT NULL"},
    {"`LIKE`('a\\bc', 'a\\\\bc')", "false", "BOOLEAN NOT NULL"},
    {"`LIKE`('a\\bc', 'a\\bc')", "true", "BOOLEAN NOT NULL"},
    {"`LIKE`('a.c', 'a.c')", "true", "BOOLEAN NOT NULL"},
    {"`LIKE`('abc', 'a.c')", "false", "BOOLEAN NOT NULL"},
    {"`LIKE`('ä😀b', '___')", "true", "BOOLEAN NOT NULL"},
    {"`LIKE`('ä😀b', '____')", "false", "BOOLEAN NOT NULL"},
    {"`LIKE`('a\nb', 'a_b')", "false", "BOOLEAN NOT NULL"},
    {"`LIKE`('a\nb', 'a%b')", "true", "BOOLEAN NOT NULL"},
    {"`NOT`(`LIKE`('abc', 'a%'))", "false", "BOOLEAN NOT NULL"},
    {"`SIMILAR TO`('abc', 'a(b|x)c')", "true", "BOOLEAN NOT NULL"},
    {"`SIMILAR TO`('abc', 'a%')", "true", "BOOLEAN NOT NULL"},
    {"`SIMILAR TO`('abc', 'a_c')", "true", "BOOLEAN NOT NULL"},
    {"`SIMILAR TO`('abbc', 'ab+c')", "true", "BOOLEAN NOT NULL"},
    {"`SIMILAR TO`('abc', '[a-c]+')", "true", "BOOLEAN NOT NULL"},
    {"`SIMILAR TO`('abc', 'b')", "false", "BOOLEAN NOT NULL"},
    {"`SIMILAR TO`('a.c', 'a.c')", "true", "BOOLEAN NOT NULL"},
    {"`SIMILAR TO`('abc', 'a.c')", "true", "BOOLEAN NOT NULL"},
    {"`SIMILAR TO`('a1', '[[:ALPHA:]][[:DIGIT:]]')", "true", "BOOLEAN NOT NULL"},
    {"`SIMILAR TO`('abc', '[^x]*')", "true", "BOOLEAN NOT NULL"},
    {"`SIMILAR TO`('a|c', 'a\\|c', '\\')", "true", "BOOLEAN NOT NULL"},
    {"`SIMILAR TO`('abc', 'a{1}bc')", "true", "BOOLEAN NOT NULL"},
    {"`SIMILAR TO`('abc', CAST(NULL AS STRING))", "null", "BOOLEAN"},
    {"`SIMILAR TO`('abc', '[')", NULL, NULL},
    {"`SIMILAR TO`('abc', 'a%', 'xx')", NULL, NULL},
    {"`NOT`(`SIMILAR TO`('abc', 'a%'))", "false", "BOOLEAN NOT NULL"},
};

static void test_regexp_functions_answer_as_flink_does(void **state)
{
    (void)state;
    check_all(table, sizeof table / sizeof table[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_regexp_functions_answer_as_flink_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
