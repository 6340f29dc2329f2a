/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arithmetic, rounding, mathematical functions and comparison: values, types and refusals as real
 * Flink 2.3 gave them.
 */
#include "unit/func/expression.h"

static const struct expected arithmetic[] = {
    {"`+`(1, 1)", "2", "INT NOT NULL"},
    {"`+`(2147483647, 1)", "-2147483648", "INT NOT NULL"},
    {"`+`(CAST(127 AS TINYINT), CAST(1 AS TINYINT))", "-128", "TINYINT NOT NULL"},
    {"`*`(CAST(32767 AS SMALLINT), CAST(2 AS SMALLINT))", "-2", "SMALLINT NOT NULL"},
    {"`+`(1, CAST(1 AS BIGINT))", "2", "BIGINT NOT NULL"},
    {"`+`(1, 1.5)", "2.5", "DECIMAL(12, 1) NOT NULL"},
    {"`+`(CAST(1 AS FLOAT), 1)", "2.0", "FLOAT NOT NULL"},
    {"`+`(CAST(1 AS FLOAT), 1.5)", "2.5", "DOUBLE NOT NULL"},
    {"`+`(CAST(1 AS FLOAT), CAST(1 AS DOUBLE))", "2.0", "FLOAT NOT NULL"},
    {"`+`(CAST(1 AS DOUBLE), CAST(1 AS FLOAT))", "2.0", "DOUBLE NOT NULL"},
    {"`/`(7, 2)", "3", "INT NOT NULL"},
    {"`/`(-7, 2)", "-3", "INT NOT NULL"},
    {"`/`(7, 2.0)", "3.500000", "DECIMAL(17, 6) NOT NULL"},
    {"`/`(1.0, 3)", "0.333333333333", "DECIMAL(13, 12) NOT NULL"},
    {"`/`(CAST(1 AS DECIMAL(38,10)), CAST(3 AS DECIMAL(38,10)))", "0.333333", "DECIMAL(38, 6) NOT NULL"},
    {"`*`(CAST(1 AS DECIMAL(20,5)), CAST(3 AS DECIMAL(20,6)))", "3.00000000", "DECIMAL(38, 8) NOT NULL"},
    {"`+`(CAST(1 AS DECIMAL(38,10)), CAST(3 AS DECIMAL(38,20)))", "4.000000000", "DECIMAL(38, 9) NOT NULL"},
    {"`/`(1, 0)", NULL, NULL},
    {"`/`(1.5, 0)", NULL, NULL},
    {"`/`(CAST(1 AS DOUBLE), CAST(0 AS DOUBLE))", "Infinity", "DOUBLE NOT NULL"},
    {"`/`(CAST(-2147483648 AS INT), -1)", "-2147483648", "INT NOT NULL"},
    {"MOD(-7, 3)", "-1", "INT NOT NULL"},
    {"MOD(7, CAST(3 AS BIGINT))", "1", "BIGINT NOT NULL"},
    {"MOD(CAST(7 AS BIGINT), 3)", "1", "INT NOT NULL"},
    {"MOD(7.5, CAST(2.25 AS DECIMAL(10,5)))", "0.75000", "DECIMAL(6, 5) NOT NULL"},
    {"MOD(7, 0)", NULL, NULL},
    {"MOD(CAST(7 AS DOUBLE), 2)", NULL, NULL},
    {"`+`('1', 1)", NULL, NULL},
    {"`+`(true, 1)", NULL, NULL},
    {"`+`(DATE '2024-01-31', 1)", NULL, NULL},
    {"`-`(TIMESTAMP '2024-01-31 01:02:03', TIMESTAMP '2024-01-30 01:02:03')", NULL, NULL},
    {"`+`(CAST(NULL AS INT), 1)", "null", "INT"},
    {"NEGATE(CAST(-128 AS TINYINT))", "-128", "TINYINT NOT NULL"},
    {"NEGATE(1.5)", "-1.5", "DECIMAL(2, 1) NOT NULL"},
};

static const struct expected rounding[] = {
    {"FLOOR(CAST(-1.5 AS DECIMAL(2,1)))", "-2", "DECIMAL(2, 0) NOT NULL"},
    {"CEIL(CAST(-1.5 AS DECIMAL(2,1)))", "-1", "DECIMAL(2, 0) NOT NULL"},
    {"FLOOR(CAST(1.5 AS DOUBLE))", "1.0", "DOUBLE NOT NULL"},
    {"FLOOR(5)", "5", "INT NOT NULL"},
    {"ROUND(1.55, 1)", "1.6", "DECIMAL(3, 1) NOT NULL"},
    {"ROUND(1.55)", "2", "DECIMAL(2, 0) NOT NULL"},
    {"ROUND(CAST(-1.5 AS DECIMAL(2,1)))", "-2", "DECIMAL(2, 0) NOT NULL"},
    {"ROUND(125, -1)", "130", "INT NOT NULL"},
    {"ROUND(CAST(127 AS TINYINT), -1)", "-126", "TINYINT NOT NULL"},
    {"ROUND(123.456, -1)", "120", "DECIMAL(4, 0) NOT NULL"},
    {"ROUND(123.456, 5)", "123.456", "DECIMAL(6, 3) NOT NULL"},
    {"ROUND(CAST(1.005 AS DOUBLE), 2)", "1.01", "DOUBLE NOT NULL"},
    {"ROUND(CAST(-2.5 AS DOUBLE))", "-3.0", "DOUBLE NOT NULL"},
    {"ROUND(1.5, CAST(NULL AS INT))", "null", "DECIMAL(2, 1)"},
    {"TRUNCATE(42.345, 2)", "42.34", "DECIMAL(5, 2) NOT NULL"},
    {"TRUNCATE(42.345, -1)", "40", "DECIMAL(3, 0) NOT NULL"},
    {"TRUNCATE(CAST(-1.55 AS DOUBLE), 1)", "-1.5", "DOUBLE NOT NULL"},
    {"ABS(CAST(-128 AS TINYINT))", "-128", "TINYINT NOT NULL"},
    {"ABS(CAST(-1.5 AS DECIMAL(2,1)))", "1.5", "DECIMAL(2, 1) NOT NULL"},
    {"SIGN(CAST(-1.5 AS DECIMAL(2,1)))", "-1.0", "DECIMAL(2, 1) NOT NULL"},
    {"SIGN(CAST(-2 AS BIGINT))", "-1", "BIGINT NOT NULL"},
    {"ABS('x')", NULL, NULL},
    {"POWER(2, 0.5)", "1.4142135623730951", "DOUBLE NOT NULL"},
    {"SQRT(-1)", "NaN", "DOUBLE NOT NULL"},
    {"LN(0)", "-Infinity", "DOUBLE NOT NULL"},
    {"LOG(2, 8)", "3.0", "DOUBLE NOT NULL"},
    {"LOG2(8)", "3.0", "DOUBLE NOT NULL"},
    {"COT(1)", "0.6420926159343306", "DOUBLE NOT NULL"},
    {"DEGREES(1)", "57.29577951308232", "DOUBLE NOT NULL"},
    {"RADIANS(180)", "3.141592653589793", "DOUBLE NOT NULL"},
    {"PI()", "3.141592653589793", "DOUBLE NOT NULL"},
    {"BIN(5)", "101", "STRING NOT NULL"},
    {"BIN(0)", "0", "STRING NOT NULL"},
    {"HEX(255)", "FF", "STRING NOT NULL"},
    {"HEX(-1)", "FFFFFFFFFFFFFFFF", "STRING NOT NULL"},
    {"HEX('abc')", "616263", "STRING NOT NULL"},
    {"UNHEX('616263')", "[97, 98, 99]", "BYTES"},
    {"UNHEX('6x')", "null", "BYTES"},
};

static const struct expected comparison[] = {
    {"`=`(1, 1.0)", "true", "BOOLEAN NOT NULL"},
    {"`<`(1, CAST(1.5 AS DOUBLE))", "true", "BOOLEAN NOT NULL"},
    {"`=`(CAST(1 AS TINYINT), CAST(1 AS BIGINT))", "true", "BOOLEAN NOT NULL"},
    {"`=`(CAST(1.1 AS FLOAT), CAST(1.1 AS DOUBLE))", "true", "BOOLEAN NOT NULL"},
    {"`<`(1.05, 1.1)", "true", "BOOLEAN NOT NULL"},
    {"`<`('abc', 'abd')", "true", "BOOLEAN NOT NULL"},
    {"`=`('abc', 'abc ')", "false", "BOOLEAN NOT NULL"},
    {"`>=`(true, false)", "true", "BOOLEAN NOT NULL"},
    {"`=`(true, 'yes')", "false", "BOOLEAN NOT NULL"},
    {"`>`(1, '1.5')", "false", "BOOLEAN NOT NULL"},
    {"`<`('2024-01-01', DATE '2024-01-05')", "true", "BOOLEAN NOT NULL"},
    {"`=`(TIMESTAMP '2024-01-01 00:00:00', '2024-01-01')", "true", "BOOLEAN NOT NULL"},
    {"`=`(TIMESTAMP '2024-01-01 00:00:00', TIMESTAMP '2024-01-01 00:00:00.000')", "true", "BOOLEAN NOT NULL"},
    {"`=`(1, '1')", NULL, NULL},
    {"`=`(1, true)", NULL, NULL},
    {"`=`(DATE '2024-01-01', 1)", NULL, NULL},
    {"`=`(DATE '2024-01-01', TIMESTAMP '2024-01-01 00:00:00')", NULL, NULL},
    {"`=`(ARRAY[1, 2], ARRAY[1, 2])", "true", "BOOLEAN NOT NULL"},
    {"`<>`(ARRAY[1], ARRAY[1, 2])", "true", "BOOLEAN NOT NULL"},
    {"`<`(ARRAY[1], ARRAY[2])", NULL, NULL},
    {"`=`(CAST(NULL AS INT), 1)", "null", "BOOLEAN"},
    {"`IS DISTINCT FROM`(CAST(NULL AS INT), 1)", "true", "BOOLEAN NOT NULL"},
    {"`IS NOT DISTINCT FROM`(CAST(NULL AS INT), CAST(NULL AS INT))", "true", "BOOLEAN NOT NULL"},
    {"`IS NOT DISTINCT FROM`(1.0, 1)", "true", "BOOLEAN NOT NULL"},
    {"GREATEST(1, 2.5)", "2.5", "DECIMAL(11, 1) NOT NULL"},
    {"GREATEST(1, CAST(NULL AS INT))", "null", "INT"},
    {"LEAST(DATE '2024-01-01', DATE '2023-01-01')", "2023-01-01", "DATE NOT NULL"},
    {"LEAST('a', CAST('b' AS VARCHAR(3)))", "a", "VARCHAR(3) NOT NULL"},
    {"GREATEST(1, 'a')", NULL, NULL},
};

static void test_arithmetic_answers_as_flink_does(void **state)
{
    (void)state;
    check_all(arithmetic, sizeof arithmetic / sizeof arithmetic[0]);
}

static void test_rounding_and_mathematics_answer_as_flink_does(void **state)
{
    (void)state;
    check_all(rounding, sizeof rounding / sizeof rounding[0]);
}

static void test_comparison_answers_as_flink_does(void **state)
{
    (void)state;
    check_all(comparison, sizeof comparison / sizeof comparison[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arithmetic_answers_as_flink_does),
        cmocka_unit_test(test_rounding_and_mathematics_answer_as_flink_does),
        cmocka_unit_test(test_comparison_answers_as_flink_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
