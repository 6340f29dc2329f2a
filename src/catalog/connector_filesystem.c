/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The filesystem connector's descriptor: files of a path, directory or glob as a table, and part
 * files as a sink with rolling, partitions and commit at checkpoints. Keys and defaults are Flink's
 * (FileSystemConnectorOptions). What needs Java classes or Hive is refused by name.
 */
#include "catalog/connectors.h"

static const struct option options[] = {
    {"path", OPTION_STRING, NULL, NULL, "File, directory or glob.", true},
    {"partition.default-name", OPTION_STRING, "__DEFAULT_PARTITION__", NULL, "Directory value of a partition column that is NULL or empty.", false},
    {"source.monitor-interval", OPTION_DURATION, NULL, NULL, "Look for new files so often; not set: read what is there and end.", false},
    {"source.report-statistics", OPTION_ENUM, "ALL", "ALL|NONE", "Accepted.", false},
    {"source.path.regex-pattern", OPTION_STRING, NULL, NULL, "Only files whose path matches.", false},
    {"sink.rolling-policy.file-size", OPTION_MEMORY, "128 mb", NULL, "A part file is closed at this size.", false},
    {"sink.rolling-policy.rollover-interval", OPTION_DURATION, "30 min", NULL, "A part file is closed at this age.", false},
    {"sink.rolling-policy.inactivity-interval", OPTION_DURATION, "30 min", NULL, "A part file is closed after so long without rows.", false},
    {"sink.rolling-policy.check-interval", OPTION_DURATION, "1 min", NULL, "How often age and inactivity are looked at.", false},
    {"sink.shuffle-by-partition.enable", OPTION_BOOL, "false", NULL, "Accepted.", false},
    {"partition.time-extractor.kind", OPTION_ENUM, "default", "default|custom", "How a time is read from partition values; only default.", false},
    {"partition.time-extractor.class", OPTION_STRING, NULL, NULL, "Not supported: a Java class.", false},
    {"partition.time-extractor.timestamp-pattern", OPTION_STRING, NULL, NULL, "Text of the time with $column for partition values.", false},
    {"partition.time-extractor.timestamp-formatter", OPTION_STRING, NULL, NULL, "Pattern of that text.", false},
    {"sink.partition-commit.trigger", OPTION_ENUM, "process-time", "process-time|partition-time", "When a partition is complete.", false},
    {"sink.partition-commit.delay", OPTION_DURATION, "0 s", NULL, "Time to wait before a partition is complete.", false},
    {"sink.partition-commit.watermark-time-zone", OPTION_STRING, "UTC", NULL, "Zone of the watermark.", false},
    {"sink.partition-commit.policy.kind", OPTION_STRING, NULL, NULL, "success-file: an empty file marks a complete partition.", false},
    {"sink.partition-commit.policy.class", OPTION_STRING, NULL, NULL, "Not supported: a Java class.", false},
    {"sink.partition-commit.policy.class.parameters", OPTION_LIST, NULL, NULL, "Not supported: of a Java class.", false},
    {"sink.partition-commit.success-file.name", OPTION_STRING, "_SUCCESS", NULL, "Name of the marking file.", false},
    {"auto-compaction", OPTION_BOOL, "false", NULL, "Not supported: merging of small files.", false},
    {"compaction.file-size", OPTION_MEMORY, NULL, NULL, "Not supported.", false},
    {"compaction.parallelism", OPTION_INT, NULL, NULL, "Not supported.", false},
};

static const struct metadata_column metadata[] = {
    {"file.path", "STRING NOT NULL", false, "Full path of the file."},
    {"file.name", "STRING NOT NULL", false, "Its name."},
    {"file.size", "BIGINT NOT NULL", false, "Its size in bytes."},
    {"file.modification-time", "TIMESTAMP_LTZ(3) NOT NULL", false, "When it was last changed."},
};

static bool bounded(const struct options *o) { return !options_get(o, "source.monitor-interval")->given; }

static enum status refuse(const struct option_value *v, const char *key, struct error *e) {
    return error_at(e, STATUS_UNSUPPORTED, v->span, "Option '%s' = '%.*s' is not supported.", key, STR_ARG(v->text));
}

static enum status check(struct arena *a, const struct options *o, struct error *e) {
    static const char *const refused[] = {"partition.time-extractor.class", "sink.partition-commit.policy.class",
                                          "sink.partition-commit.policy.class.parameters", "compaction.file-size", "compaction.parallelism",
                                          "partition.time-extractor.timestamp-pattern", "partition.time-extractor.timestamp-formatter",
                                          "sink.partition-commit.watermark-time-zone"};
    (void)a;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        const struct option_value *v = options_get(o, refused[i]);
        if (v->given) return refuse(v, refused[i], e);
    }
    const struct option_value *compaction = options_get(o, "auto-compaction");
    if (compaction->number != 0) return refuse(compaction, "auto-compaction", e);
    const struct option_value *kind = options_get(o, "partition.time-extractor.kind");
    if (kind->number != 0) return refuse(kind, "partition.time-extractor.kind", e);
    const struct option_value *trigger = options_get(o, "sink.partition-commit.trigger");
    if (trigger->given && trigger->number != 0) return refuse(trigger, "sink.partition-commit.trigger", e);
    const struct option_value *policy = options_get(o, "sink.partition-commit.policy.kind");
    if (policy->given && !str_equal_ignore_case(policy->text, STR("success-file")))
        return refuse(policy, "sink.partition-commit.policy.kind", e);
    const struct option_value *path = options_get(o, "path");
    if (path->text.size_bytes == 0) return error_at(e, STATUS_OPTION, path->span, "Option 'path' is empty.");
    return STATUS_OK;
}

const struct connector connector_filesystem = {
    .name = "filesystem",
    .abilities = CONNECTOR_SOURCE | CONNECTOR_SINK | CONNECTOR_NEEDS_FORMAT | CONNECTOR_SPLITS | CONNECTOR_PROJECTION |
                 CONNECTOR_PARTITIONS | CONNECTOR_LIMIT | CONNECTOR_PER_EPOCH | CONNECTOR_UNBOUNDED,
    .options = options,
    .option_count = OPTION_COUNT(options),
    .metadata = metadata,
    .metadata_count = OPTION_COUNT(metadata),
    .doc = "Files: a path, directory or glob; part files as a sink.",
    .bounded = bounded,
    .check = check,
};
