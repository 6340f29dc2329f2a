/* SPDX-License-Identifier: Apache-2.0 */
/*
 * connectors: the tables of connector and format descriptors, and the options that every table has.
 * A descriptor lives in connector_<name>.c or format_<name>.c as one const struct; this file only
 * lists them. Everything else (SHOW, documentation, unknown-key errors) derives from the rows.
 */
#include "catalog/connectors.h"

static const struct connector *const connectors[] = {
    &connector_filesystem, &connector_datagen, &connector_print, &connector_blackhole,
    &connector_stdin, &connector_stdout, &connector_values, &connector_arrow, &connector_outside,
};

static const struct format *const formats[] = {&format_json, &format_csv, &format_raw};

static const struct option common[] = {
    {"connector", OPTION_STRING, NULL, NULL, "Which connector reads or writes the table.", true},
    {"property-version", OPTION_INT, "1", NULL, "Accepted.", false},
    {"format", OPTION_STRING, NULL, NULL, "How records are written as bytes: json, csv or raw.", false},
    {"scan.parallelism", OPTION_INT, NULL, NULL, "Readers of the source.", false},
    {"sink.parallelism", OPTION_INT, NULL, NULL, "Writers of the sink.", false},
    {"scan.watermark.emit.strategy", OPTION_ENUM, "on-periodic", "on-event|on-periodic", "For sources that make watermarks themselves; no connector here does, so without effect, as in Flink.", false},
    {"scan.watermark.idle-timeout", OPTION_DURATION, NULL, NULL, "A source without rows for so long no longer holds back watermarks; instead of table.exec.source.idle-timeout.", false},
    {"scan.watermark.alignment.group", OPTION_STRING, NULL, NULL, "For sources that make watermarks themselves: those of a group wait for each other. Without effect, as scan.watermark.emit.strategy.", false},
    {"scan.watermark.alignment.max-drift", OPTION_DURATION, NULL, NULL, "How far a source may run ahead of its group. Without effect.", false},
    {"scan.watermark.alignment.update-interval", OPTION_DURATION, "1 s", NULL, "How often the group's watermark is looked at. Without effect.", false},
    {"error-handling.mode", OPTION_ENUM, "fail", "fail|ignore|null-field|log", "What happens to a record that cannot be read.", false},
    {"error-handling.log.target", OPTION_STRING, NULL, NULL, "Table that bad records go to (mode log).", false},
    {"error-handling.max-rate", OPTION_INT, NULL, NULL, "Bad records per second above which the job stops.", false},
};

#define COUNT(table) ((uint32_t)(sizeof(table) / sizeof((table)[0])))

const struct connector *const *connector_table(uint32_t *ret_count) {
    *ret_count = COUNT(connectors);
    return connectors;
}

const struct format *const *format_table(uint32_t *ret_count) {
    *ret_count = COUNT(formats);
    return formats;
}

const struct connector *connector_find(struct str name) {
    for (uint32_t i = 0; i < COUNT(connectors); i++) {
        if (str_equal(name, str_of(connectors[i]->name))) return connectors[i];
    }
    return NULL;
}

const struct format *format_find(struct str name) {
    for (uint32_t i = 0; i < COUNT(formats); i++) {
        if (str_equal(name, str_of(formats[i]->name))) return formats[i];
    }
    return NULL;
}

const struct option *common_options(uint32_t *ret_count) {
    *ret_count = COUNT(common);
    return common;
}
