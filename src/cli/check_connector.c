/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_connector: the lists of foreign connectors and formats, and the stand-in. A stand-in keeps every
 * option as it was written and adds what planning must know: kinds of change, whether reading ends, the
 * metadata columns, for which the declared types are believed.
 */
#include "cli/check_connector.h"

#include "base/buf.h"
#include "sql/parser.h"
#include "sql/unparse.h"

#include <assert.h>

#define ALL "I,UB,UA,D"

static const struct foreign_connector connectors[] = {
    {"kafka", "Apache Kafka", "I", false, true, true},
    {"upsert-kafka", "Apache Kafka, by key", "I,UA,D", false, false, true},
    {"kinesis", "Amazon Kinesis Data Streams", "I", false, true, false},
    {"kinesis-legacy", "Amazon Kinesis Data Streams", "I", false, true, false},
    {"firehose", "Amazon Data Firehose", "I", false, true, false},
    {"dynamodb", "Amazon DynamoDB", "I", true, false, false},
    {"sqs", "Amazon SQS", "I", false, true, false},
    {"prometheus", "Prometheus", "I", false, true, false},
    {"pulsar", "Apache Pulsar", "I", false, true, true},
    {"upsert-pulsar", "Apache Pulsar, by key", "I,UA,D", false, false, true},
    {"rabbitmq", "RabbitMQ", "I", false, true, false},
    {"jdbc", "databases by JDBC", "I", true, true, false},
    {"hbase-1.4", "Apache HBase", "I", true, false, false},
    {"hbase-2.2", "Apache HBase", "I", true, false, false},
    {"hbase-2.6", "Apache HBase", "I", true, false, false},
    {"mongodb", "MongoDB", "I", true, true, false},
    {"redis", "Redis", "I", true, false, false},
    {"elasticsearch-6", "Elasticsearch", "I", true, true, false},
    {"elasticsearch-7", "Elasticsearch", "I", true, true, false},
    {"elasticsearch-8", "Elasticsearch", "I", true, true, false},
    {"opensearch", "OpenSearch", "I", true, true, false},
    {"opensearch-1", "OpenSearch", "I", true, true, false},
    {"opensearch-2", "OpenSearch", "I", true, true, false},
    {"hive", "Apache Hive", "I", true, true, true},
    {"iceberg", "Apache Iceberg", "I", false, false, true},
    {"paimon", "Apache Paimon", ALL, false, false, true},
    {"fluss", "Apache Fluss", ALL, false, false, true},
    {"hudi", "Apache Hudi", ALL, false, false, true},
    {"delta", "Delta Lake", "I", false, true, true},
    {"doris", "Apache Doris", "I", true, false, true},
    {"starrocks", "StarRocks", "I", true, false, true},
    {"clickhouse", "ClickHouse", "I", true, false, false},
    {"tidb", "TiDB", "I", true, false, false},
    {"mysql-cdc", "MySQL's changes", ALL, false, false, false},
    {"postgres-cdc", "PostgreSQL's changes", ALL, false, false, false},
    {"oracle-cdc", "Oracle's changes", ALL, false, false, false},
    {"sqlserver-cdc", "SQL Server's changes", ALL, false, false, false},
    {"db2-cdc", "Db2's changes", ALL, false, false, false},
    {"mongodb-cdc", "MongoDB's changes", "I,UA,D", false, false, false},
    {"tidb-cdc", "TiDB's changes", ALL, false, false, false},
    {"oceanbase-cdc", "OceanBase's changes", ALL, false, false, false},
    {"vitess-cdc", "Vitess's changes", ALL, false, false, false},
    {"socket", "a network socket", "I", false, true, false},
    {"http", "HTTP services", "I", true, true, false},
    {"rest-lookup", "HTTP services", "I", true, true, false},
    {"http-sink", "HTTP services", "I", true, true, false},
    {"faker", "made-up data", "I", false, true, false},
    {"COLLECTION", "rows of a test", "I", true, false, false},
    {"python-input-format", "Python", "I", true, true, false},
};

static const struct { const char *name, *what, *changelog; } formats[] = {
    {"avro", "Apache Avro", NULL},
    {"avro-confluent", "Apache Avro with a schema registry", NULL},
    {"avro-glue", "Apache Avro with the AWS Glue registry", NULL},
    {"protobuf", "Protocol Buffers", NULL},
    {"protobuf-confluent", "Protocol Buffers with a schema registry", NULL},
    {"json-confluent", "JSON with a schema registry", NULL},
    {"json-registry", "JSON with a schema registry", NULL},
    {"json-glue", "JSON with the AWS Glue registry", NULL},
    {"debezium-json", "changes of Debezium as JSON", ALL},
    {"debezium-avro-confluent", "changes of Debezium as Avro", ALL},
    {"canal-json", "changes of Canal as JSON", ALL},
    {"maxwell-json", "changes of Maxwell as JSON", ALL},
    {"ogg-json", "changes of GoldenGate as JSON", ALL},
    {"parquet", "Apache Parquet", NULL},
    {"orc", "Apache ORC", NULL},
    {"msgpack", "MessagePack", NULL},
    {"xml", "XML", NULL},
};

const struct foreign_connector *foreign_connector_find(struct str name) {
    for (size_t i = 0; i < sizeof connectors / sizeof *connectors; i++)
        if (str_equal(name, str_of(connectors[i].name))) return &connectors[i];
    return NULL;
}

const char *foreign_format_find(struct str name, const char **ret_changelog) {
    *ret_changelog = NULL;
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (!str_equal(name, str_of(formats[i].name))) continue;
        *ret_changelog = formats[i].changelog;
        return formats[i].what;
    }
    return NULL;
}

/* ---- the stand-in ------------------------------------------------------------------------------------------- */

static struct str option_of(const struct ast_statement *stmt, const char *key) {
    for (uint32_t i = 0; i < stmt->options.count; i++) {
        const struct ast_option *o = stmt->options.at[i];
        if (str_equal(o->key, str_of(key))) return o->value;
    }
    return (struct str){NULL, 0};
}

static enum status option_set(struct arena *a, struct ast_statement *stmt, const char *key, struct str value) {
    struct ast_option *o = ARENA_NEW(a, struct ast_option);
    if (o == NULL) return STATUS_NO_MEMORY;
    *o = (struct ast_option){.span = stmt->span, .key = str_of(key), .value = value, .key_span = stmt->span, .value_span = stmt->span};
    for (uint32_t i = 0; i < stmt->options.count; i++) {
        if (!str_equal(((const struct ast_option *)stmt->options.at[i])->key, o->key)) continue;
        stmt->options.at[i] = o;
        return STATUS_OK;
    }
    return list_push(&stmt->options, a, o);
}

/* "key:TYPE, ..." of the metadata columns, as declared. */
static struct str metadata_list(struct arena *a, const struct ast_statement *stmt) {
    struct buf out = BUF_INIT;
    for (uint32_t i = 0; i < stmt->columns.count; i++) {
        const struct ast_column *c = stmt->columns.at[i];
        if (c->kind != AST_METADATA) continue;
        if (out.size_bytes > 0) buf_text(&out, ", ");
        buf_str(&out, c->metadata_key.at == NULL ? c->name : c->metadata_key);
        buf_char(&out, ':');
        unparse_type(&out, c->type);
    }
    struct str text = out.failed ? (struct str){NULL, 0} : out.size_bytes == 0 ? STR("") : arena_str(a, buf_view(&out));
    buf_deinit(&out);
    return text;
}

/* A key's format reads keys, so the value's decides. */
static const char *changelog_of(const struct ast_statement *stmt, const struct foreign_connector *f) {
    static const char *const keys[] = {"format", "value.format"};
    const char *yields = NULL;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct str format = option_of(stmt, keys[i]);
        if (format.at != NULL && foreign_format_find(format, &yields) != NULL && yields != NULL) return yields;
    }
    return f == NULL ? "I" : f->changelog;
}

/* Whatever the connector is, this option of it says that reading goes on. */
static bool reads_on(const struct ast_statement *stmt) {
    struct str streaming = option_of(stmt, "streaming"), monitor = option_of(stmt, "monitor-interval");
    return option_of(stmt, "source.monitor-interval").at != NULL || monitor.at != NULL || str_equal_ignore_case(streaming, STR("true"));
}

/* SOURCE_WATERMARK() is what the connector makes of the column; one a moment behind it stands for that. */
static enum status stand_in_watermark(struct arena *a, struct ast_statement *copy) {
    const struct ast_expr *w = copy->watermark;
    struct error ignored = ERROR_INIT;
    if (w == NULL || w->kind != AST_CALL || !str_equal_ignore_case(w->text, STR("SOURCE_WATERMARK"))) return STATUS_OK;
    struct str text = arena_format(a, "`%.*s` - INTERVAL '1' SECOND", STR_ARG(copy->watermark_column->parts[0]));
    return text.at == NULL ? STATUS_NO_MEMORY : parse_expression(a, text, &copy->watermark, &ignored);
}

enum status foreign_stand_in(struct arena *a, const struct ast_statement *stmt, const struct foreign_connector *f, struct ast_statement **ret, struct error *e) {
    assert(stmt->kind == AST_CREATE_TABLE);
    struct ast_statement *copy = ARENA_NEW(a, struct ast_statement);
    struct str metadata = metadata_list(a, stmt);
    if (copy == NULL || metadata.at == NULL) return error_no_memory(e, sizeof *copy);
    *copy = *stmt;
    copy->options = (struct list){0};
    for (uint32_t i = 0; i < stmt->options.count; i++)
        if (list_push(&copy->options, a, stmt->options.at[i]) != STATUS_OK) return error_no_memory(e, 0);
    const char *changelog = changelog_of(stmt, f);
    bool updates = strcmp(changelog, "I") != 0;
    bool ends = (f != NULL && f->bounded && !reads_on(stmt)) || option_of(stmt, "scan.bounded.mode").at != NULL;
    enum status s = option_set(a, copy, "connector", STR("outside"));
    if (s == STATUS_OK) s = option_set(a, copy, "outside.changelog-mode", str_of(changelog));
    if (s == STATUS_OK) s = option_set(a, copy, "outside.bounded", ends ? STR("true") : STR("false"));
    if (s == STATUS_OK) s = option_set(a, copy, "outside.epochs", f != NULL && f->epochs ? STR("true") : STR("false"));
    bool keyed = copy->primary_key.count > 0;
    for (uint32_t i = 0; i < copy->columns.count; i++) keyed |= ((const struct ast_column *)copy->columns.at[i])->primary_key;
    bool insert_only = f != NULL && f->insert_only && !updates && (!keyed || strcmp(f->name, "kafka") == 0);
    if (s == STATUS_OK) s = option_set(a, copy, "outside.insert-only", insert_only ? STR("true") : STR("false"));
    if (s == STATUS_OK) s = option_set(a, copy, "readable-metadata", metadata);
    if (s == STATUS_OK) s = stand_in_watermark(a, copy);
    if (s != STATUS_OK) return error_no_memory(e, 0);
    *ret = copy;
    return STATUS_OK;
}
