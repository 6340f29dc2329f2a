/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conditional functions and tests: values and types as real Flink 2.3 gave them for the same expressions.
 */
#include "unit/func/expression.h"

static const struct expected table[] = {
    {"IF(true, 1, 2)", "1", "INT NOT NULL"},
    {"IF(true, 'a', 'bcd')", "a", "VARCHAR(3) NOT NULL"},
    {"IF(false, 1, CAST(2 AS BIGINT))", "2", "BIGINT NOT NULL"},
    {"IF(CAST(NULL AS BOOLEAN), 1, 2)", "2", "INT"},
    {"IF(true, 1, 2.5)", "1.0", "DECIMAL(11, 1) NOT NULL"},
    {"IF(true, CAST(NULL AS INT), 2)", "null", "INT"},
    {"IF(false, 'a', CAST(NULL AS STRING))", "null", "STRING"},
    {"IF(true, DATE '2024-01-01', DATE '2024-01-02')", "2024-01-01", "DATE NOT NULL"},
    {"IF(true, CAST('a' AS STRING), 'b')", "a", "STRING NOT NULL"},
    {"IF(true, 1, 'a')", NULL, NULL},
    {"IFNULL(1, 2)", "1", "INT NOT NULL"},
    {"IFNULL(CAST(NULL AS INT), 5)", "5", "INT NOT NULL"},
    {"IFNULL(CAST(NULL AS STRING), 'abc')", "abc", "STRING NOT NULL"},
    {"IFNULL(CAST(NULL AS INT), CAST(5 AS BIGINT))", "5", "BIGINT NOT NULL"},
    {"IFNULL(CAST(NULL AS VARCHAR(3)), 'abcdef')", "abcdef", "VARCHAR(6) NOT NULL"},
    {"IFNULL(CAST(NULL AS INT), CAST(NULL AS INT))", "null", "INT"},
    {"NULLIF(1, 1)", "null", "INT"},
    {"NULLIF(1, 2)", "1", "INT"},
    {"NULLIF('a', 'b')", "a", "CHAR(1)"},
    {"NULLIF(1, CAST(1 AS BIGINT))", "null", "INT"},
    {"`IS NULL`(1)", "false", "BOOLEAN NOT NULL"},
    {"`IS NULL`(CAST(NULL AS INT))", "true", "BOOLEAN NOT NULL"},
    {"`IS NOT NULL`(1)", "true", "BOOLEAN NOT NULL"},
    {"`IS TRUE`(true)", "true", "BOOLEAN NOT NULL"},
    {"`IS TRUE`(CAST(NULL AS BOOLEAN))", "false", "BOOLEAN NOT NULL"},
    {"`IS NOT TRUE`(CAST(NULL AS BOOLEAN))", "true", "BOOLEAN NOT NULL"},
    {"`IS FALSE`(CAST(NULL AS BOOLEAN))", "false", "BOOLEAN NOT NULL"},
    {"`IS NOT FALSE`(CAST(NULL AS BOOLEAN))", "true", "BOOLEAN NOT NULL"},
    {"`IS UNKNOWN`(CAST(NULL AS BOOLEAN))", "true", "BOOLEAN NOT NULL"},
    {"`IS NOT UNKNOWN`(true)", "true", "BOOLEAN NOT NULL"},
    {"`NOT`(true)", "false", "BOOLEAN NOT NULL"},
    {"`NOT`(CAST(NULL AS BOOLEAN))", "null", "BOOLEAN"},
    {"TYPEOF(1)", "INT NOT NULL", "STRING"},
    {"TYPEOF('abc')", "CHAR(3) NOT NULL", "STRING"},
    {"TYPEOF(CAST(NULL AS STRING))", "STRING", "STRING"},
    {"TYPEOF(1, true)", "INT NOT NULL", "STRING"},
    {"TYPEOF('abc', true)", "CHAR(3) NOT NULL", "STRING"},
    {"TYPEOF(CAST(1 AS DECIMAL(10,2)))", "DECIMAL(10, 2) NOT NULL", "STRING"},
    {"TYPEOF(NULL)", "NULL", "STRING"},
    {"CURRENT_DATABASE()", "default_database", "STRING NOT NULL"},
    {"IFNULL(CAST(NULL AS INT), 'a')", NULL, NULL},
    {"NULLIF(CAST(NULL AS INT), 1)", "null", "INT"},
    {"NULLIF(1, 'a')", NULL, NULL},
    {"`IS TRUE`(1)", NULL, NULL},
    {"`NOT`(1)", NULL, NULL},
};

static void test_conditional_functions_answer_as_flink_does(void **state)
{
    (void)state;
    check_all(table, sizeof table / sizeof table[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_conditional_functions_answer_as_flink_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
