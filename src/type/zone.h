/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_TYPE_ZONE_H
#define WEIR_TYPE_ZONE_H

#include "type/timestamp.h"

/* The insides of a zone, private to zone.c and tzif.c. */

/* A rule of the POSIX TZ form: when in a year a change happens, in local seconds. */
struct zone_change {
    char kind;             /* 'M' month.week.day, 'J' day 1..365 without 29 February, 'N' day 0..365; 0 none */
    int32_t month, week, day;
    int32_t seconds;       /* of the day, may be negative or beyond 24 h */
};

struct zone_rule {
    bool has_dst;
    int32_t std_offset, dst_offset;
    struct zone_change to_dst, to_std;
};

struct zone {
    struct str id;
    int32_t first_offset;         /* before the first transition */
    uint32_t transition_count;
    const int64_t *transitions;   /* UTC seconds, ascending */
    const int32_t *offsets;       /* from that transition on */
    bool has_rule;                /* behind the last transition */
    struct zone_rule rule;
};

/* Parses the bytes of a TZif file (version 2 or later) into *z, whose id is set. */
enum status tzif_parse(struct arena *a, struct str bytes, struct zone *z, struct error *e);
/* A POSIX TZ text: "CET-1CEST,M3.5.0,M10.5.0/3". */
bool zone_rule_parse(struct str text, struct zone_rule *ret);
int32_t zone_rule_offset(const struct zone_rule *r, int64_t utc_seconds);

#endif
