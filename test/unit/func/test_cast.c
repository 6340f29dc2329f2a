/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CAST: values, types and refusals as real Flink 2.3 gave them. The SQL suite has the whole matrix of
 * types; here stands what is easily got wrong.
 */
#include "unit/func/expression.h"

static const struct expected table[] = {
    {"CAST('12.7' AS INT)", "12", "INT NOT NULL"},
    {"CAST(' 12 ' AS INT)", "12", "INT NOT NULL"},
    {"CAST('+5' AS INT)", "5", "INT NOT NULL"},
    {"CAST('-0.9' AS INT)", "0", "INT NOT NULL"},
    {"CAST('x' AS INT)", NULL, NULL},
    {"CAST('' AS INT)", NULL, NULL},
    {"CAST('1e3' AS INT)", NULL, NULL},
    {"CAST('128' AS TINYINT)", NULL, NULL},
    {"CAST('99999999999999999999' AS BIGINT)", NULL, NULL},
    {"CAST('1f' AS DOUBLE)", "1.0", "DOUBLE NOT NULL"},
    {"CAST('abc' AS DOUBLE)", NULL, NULL},
    {"CAST('1234.125' AS DECIMAL(10,2))", "1234.13", "DECIMAL(10, 2) NOT NULL"},
    {"CAST('123456789.125' AS DECIMAL(10,2))", NULL, NULL},
    {"CAST('1x' AS DECIMAL(5,2))", "1.00", "DECIMAL(5, 2) NOT NULL"},
    {"CAST('yes' AS BOOLEAN)", "true", "BOOLEAN NOT NULL"},
    {"CAST('F' AS BOOLEAN)", "false", "BOOLEAN NOT NULL"},
    {"CAST(' true ' AS BOOLEAN)", NULL, NULL},
    {"CAST(300 AS TINYINT)", "44", "TINYINT NOT NULL"},
    {"CAST(CAST('1e20' AS DOUBLE) AS INT)", "2147483647", "INT NOT NULL"},
    {"CAST(CAST('-1e20' AS DOUBLE) AS TINYINT)", "0", "TINYINT NOT NULL"},
    {"CAST(CAST('NaN' AS DOUBLE) AS BIGINT)", "0", "BIGINT NOT NULL"},
    {"CAST(CAST('NaN' AS DOUBLE) AS DECIMAL(5,2))", NULL, NULL},
    {"CAST(99999999999.9 AS INT)", "1215752191", "INT NOT NULL"},
    {"CAST(12345 AS DECIMAL(4,0))", "null", "DECIMAL(4, 0) NOT NULL"},
    {"CAST(123.456 AS DECIMAL(5,1))", "123.5", "DECIMAL(5, 1) NOT NULL"},
    {"CAST(true AS DECIMAL(5,2))", "1.00", "DECIMAL(5, 2) NOT NULL"},
    {"CAST(0.5 AS BOOLEAN)", "true", "BOOLEAN NOT NULL"},
    {"CAST('abcdef' AS VARCHAR(3))", "abc", "VARCHAR(3) NOT NULL"},
    {"CAST(true AS STRING)", "TRUE", "STRING NOT NULL"},
    {"CAST('abc' AS VARBINARY(2))", "[97, 98]", "VARBINARY(2) NOT NULL"},
    {"CAST(CAST('abc' AS VARBINARY(2)) AS STRING)", "ab", "STRING NOT NULL"},
    {"CAST('2024-1-2' AS DATE)", "2024-01-02", "DATE NOT NULL"},
    {"CAST('2024-02-30' AS DATE)", NULL, NULL},
    {"CAST('2024-02-30 05:04:05' AS TIMESTAMP(3))", "2024-02-29T05:04:05", "TIMESTAMP(3) NOT NULL"},
    {"CAST('2024-01-02T03:04:05' AS TIMESTAMP(0))", NULL, NULL},
    {"CAST(DATE '2024-01-02' AS TIMESTAMP(3))", "2024-01-02T00:00", "TIMESTAMP(3) NOT NULL"},
    {"CAST(TIMESTAMP '1969-12-31 23:59:59.5' AS DATE)", "1970-01-01", "DATE NOT NULL"},
    {"CAST(TIMESTAMP '1969-12-30 10:59:59.5' AS DATE)", "1969-12-31", "DATE NOT NULL"},
    {"CAST(TIMESTAMP '2024-01-01 00:00:00' AS STRING)", "2024-01-01 00:00:00", "STRING NOT NULL"},
    {"CAST(CAST(TIMESTAMP '2024-01-01 00:00:00' AS TIMESTAMP(3)) AS STRING)", "2024-01-01 00:00:00.000", "STRING NOT NULL"},
    {"CAST(TIMESTAMP '2024-01-02 03:04:05.123456' AS TIMESTAMP(3))", "2024-01-02T03:04:05.123", "TIMESTAMP(3) NOT NULL"},
    {"CAST(1 AS TIMESTAMP(3))", NULL, NULL},
    {"CAST(TIMESTAMP '2024-01-01 00:00:00' AS BIGINT)", NULL, NULL},
    {"CAST(DATE '2024-01-01' AS INT)", NULL, NULL},
    {"CAST(1 AS DATE)", NULL, NULL},
    {"CAST(ARRAY[1, 2] AS STRING)", "[1, 2]", "STRING NOT NULL"},
    {"CAST(ARRAY[1, 2] AS VARCHAR(3))", "[1,", "VARCHAR(3) NOT NULL"},
    {"CAST(ARRAY['1', '2'] AS ARRAY<INT>)", "[1, 2]", "ARRAY<INT> NOT NULL"},
    {"CAST(ARRAY['1', 'x'] AS ARRAY<INT>)", NULL, NULL},
    {"CAST(ARRAY[1] AS INT)", NULL, NULL},
    {"CAST(1 AS ARRAY<INT>)", NULL, NULL},
    {"CAST(NULL AS INT)", "null", "INT"},
    {"CAST(CAST(NULL AS STRING) AS DATE)", "null", "DATE"},
};

static void test_casts_answer_as_flink_does(void **state)
{
    (void)state;
    check_all(table, sizeof table / sizeof table[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_casts_answer_as_flink_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
