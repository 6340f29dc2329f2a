/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_PLAN_NODE_H
#define WEIR_PLAN_NODE_H

#include "agg/agg.h"
#include "base/list.h"
#include "catalog/connector.h"
#include "catalog/table.h"
#include "func/expr.h"
#include "type/type.h"
#include "vec/row.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * node: the physical operators of a plan: the StreamGraph. Plain immutable data in the plan's arena,
 * made by the planner, read by EXPLAIN, by the runtime and by src/op (which binds callbacks to the
 * kinds). Every column reference is an index into the input's row.
 *
 * One row of node_kinds (node.def) per kind: name, EXPLAIN label, has state.
 */

enum node_kind {
    NODE_SCAN,                 /* source + decoder (projection and filter pushed down) */
    NODE_VALUES,               /* constant rows */
    NODE_WATERMARK,            /* Flink's WatermarkAssigner */
    NODE_CALC,                 /* projection + condition */
    NODE_UNION,
    NODE_EXCHANGE,             /* redistribution */
    NODE_WINDOW_TVF,           /* adds window_start, window_end, window_time */
    NODE_WINDOW_AGG,           /* GROUP BY on window columns, by slices */
    NODE_LOCAL_WINDOW_AGG,
    NODE_GLOBAL_WINDOW_AGG,
    NODE_GROUP_AGG,
    NODE_LOCAL_GROUP_AGG,      /* two-phase (mini-batch) */
    NODE_GLOBAL_GROUP_AGG,
    NODE_INCREMENTAL_GROUP_AGG, /* global of the buckets and local of the groups in one */
    NODE_EXPAND,               /* GROUPING SETS */
    NODE_RANK,                 /* Top-N */
    NODE_DEDUPLICATE,          /* first/last row by a time attribute */
    NODE_WINDOW_RANK,          /* ROW_NUMBER per window */
    NODE_WINDOW_DEDUPLICATE,
    NODE_LIMIT,
    NODE_SORT_LIMIT,           /* ORDER BY ... LIMIT */
    NODE_TEMPORAL_SORT,        /* ORDER BY rowtime (, ...) */
    NODE_SORT,                 /* ORDER BY of bounded input, where it is allowed */
    NODE_CHANGELOG_NORMALIZE,
    NODE_DROP_UPDATE_BEFORE,
    NODE_MINI_BATCH_ASSIGNER,
    NODE_CONSTRAINT_ENFORCER,  /* NOT NULL, lengths, before a sink */
    NODE_SINK_MATERIALIZER,
    NODE_SINK_COMPACTOR,       /* ON CONFLICT DO ERROR | NOTHING */
    NODE_SINK,
    NODE_KIND_COUNT,
};

enum distribution { DISTRIBUTION_FORWARD, DISTRIBUTION_HASH, DISTRIBUTION_SINGLE, DISTRIBUTION_REBALANCE };

enum window_kind { WINDOW_TUMBLE, WINDOW_HOP, WINDOW_CUMULATE, WINDOW_SESSION };

struct window {
    enum window_kind kind;
    int64_t size_ms;           /* SESSION: the gap */
    int64_t slide_ms;          /* HOP slide, CUMULATE step; TUMBLE: == size */
    int64_t offset_ms;
    bool event_time;           /* else processing time */
    int32_t time_column;       /* input column; -1 when windows are attached */
    bool local_zone;           /* time column is TIMESTAMP_LTZ: windows align to the session zone's wall clock */
};

struct node;

struct scan_params {
    const struct table *table;
    const struct table_options *options;
    uint32_t *columns;         /* physical+metadata columns of the table produced, in output order */
    uint32_t column_count;     /* == output columns */
    /* Nested projection: for output i the field path below columns[i]; path_counts[i] == 0: whole column. */
    uint32_t **paths; uint32_t *path_counts;
    struct expr *partition;    /* over the table's partition columns: other partitions are not read; may be NULL */
    struct expr *filter;       /* over the output columns; filtered above, told for EXPLAIN; may be NULL */
    int64_t limit;             /* rows after which a reader may end; -1: none */
    /* watermark pushed down (CONNECTOR_WATERMARK_PUSH_DOWN): expr over the output columns */
    struct expr *watermark; int32_t rowtime;
};

struct values_params {
    struct vec **columns;      /* FLAT vecs of row_count rows */
    uint32_t row_count;
};

struct watermark_params {
    struct expr *expr;         /* over the input row; TIMESTAMP(3) or LTZ(3) */
    uint32_t rowtime;          /* column */
    int64_t interval_ms;       /* pipeline.auto-watermark-interval (200) */
    int64_t idle_timeout_ms;   /* 0: never idle */
};

struct calc_params {
    struct expr **exprs; uint32_t expr_count; /* outputs */
    struct expr *condition;    /* may be NULL */
};

struct exchange_params {
    enum distribution distribution;
    uint32_t *keys; uint32_t key_count; /* HASH */
};

struct window_tvf_params { struct window window; };

struct window_agg_params {
    struct window window;      /* TVF inlined below the aggregate; attached: the window columns are in the input */
    bool attached;             /* input already has window columns (cascading): window_start/end columns */
    int32_t attached_start, attached_end; /* input columns, -1 */
    uint32_t *keys; uint32_t key_count;
    struct agg_call *aggs; uint32_t agg_count;
    /* output row: keys, aggs, then the window properties in this order */
    struct { enum { WINDOW_PROPERTY_START, WINDOW_PROPERTY_END, WINDOW_PROPERTY_TIME } kind; } *properties;
    uint32_t property_count;
    bool input_retracts;
    int32_t slice_column;      /* GLOBAL_: the slice's end (BIGINT, window time) */
};

/* Does a window's value count its rows? Needed where a window may turn out empty. */
static inline bool window_agg_counts_rows(const struct window_agg_params *w) {
    return w->input_retracts || (!w->attached && w->window.kind != WINDOW_TUMBLE);
}

/* A distinct aggregate split by buckets: the part per bucket and the part that adds them up. */
enum agg_part { AGG_PART_WHOLE, AGG_PART_PARTIAL, AGG_PART_FINAL };

struct group_agg_params {
    uint32_t *keys; uint32_t key_count;   /* output row: keys, then aggs */
    struct agg_call *aggs; uint32_t agg_count;
    bool emit_update_before;
    bool input_retracts;
    int64_t ttl_ms;
    bool mini_batch; int64_t mini_batch_rows;
    enum agg_part part;
    uint32_t *final_keys; uint32_t final_key_count; /* INCREMENTAL_: which of the keys make the group */
};

enum rank_strategy { RANK_APPEND_FAST, RANK_UPDATE_FAST, RANK_RETRACT };

struct rank_params {
    uint32_t *partition; uint32_t partition_count;
    struct sort_column *order; uint32_t order_count;
    int64_t from, to;          /* ranks kept, 1-based, inclusive; to = INT64_MAX never happens for constant ranges */
    int32_t to_column;         /* variable range: rank <= column; -1 constant */
    bool with_rank;            /* output has the rank as the last column (BIGINT NOT NULL) */
    enum rank_strategy strategy;
    uint32_t *upsert_key; uint32_t upsert_key_count; /* UPDATE_FAST: primary key of input rows */
    bool emit_update_before;
    int64_t cache_rows;        /* table.exec.rank.topn-cache-size; informational */
    int64_t ttl_ms;
};

struct deduplicate_params {
    uint32_t *keys; uint32_t key_count;
    bool rowtime;              /* else processing time */
    uint32_t time_column;
    bool keep_last;
    bool emit_insert;          /* first row of a key goes out as +I (else +U when nobody is sensitive) */
    bool emit_update_before;
    bool input_retracts;
    int64_t ttl_ms;
    bool mini_batch; int64_t mini_batch_rows;
};

struct window_rank_params {
    int32_t window_end;        /* input column */
    struct rank_params rank;   /* partition excludes the window columns */
    bool event_time; bool local_zone;
    bool deduplicate, keep_last; uint32_t time_column; /* WINDOW_DEDUPLICATE */
};

struct sort_params {
    struct sort_column *order; uint32_t order_count;
    int64_t offset, limit;     /* limit -1: none */
    enum rank_strategy strategy; /* SORT_LIMIT: as Top-N without partition */
    uint32_t *upsert_key; uint32_t upsert_key_count;
    bool emit_update_before;
    bool rowtime; uint32_t time_column; /* TEMPORAL_SORT: first key */
    bool input_retracts;
    int64_t ttl_ms;
};

struct normalize_params {
    uint32_t *keys; uint32_t key_count;
    bool emit_update_before;
    struct expr *filter;       /* pushed-in condition; may be NULL */
    int64_t ttl_ms;
    bool mini_batch; int64_t mini_batch_rows;
};

struct mini_batch_params { int64_t interval_ms; bool event_time; /* watermark-driven: mode rowtime */ };

enum enforcer_mode { ENFORCER_IGNORE, ENFORCER_ERROR, ENFORCER_DROP, ENFORCER_TRIM_PAD };

struct constraint_params {
    uint32_t *not_null; uint32_t not_null_count; enum enforcer_mode not_null_mode;
    uint32_t *lengths; uint32_t length_count;    /* columns with CHAR/VARCHAR/BINARY/VARBINARY(n) */
    enum enforcer_mode length_mode;
    const struct type *const *types;             /* the sink's column types */
    struct str *names;
};

struct materialize_params {
    uint32_t *key; uint32_t key_count;                   /* sink primary key */
    uint32_t *upsert_key; uint32_t upsert_key_count;     /* of the input; 0 = whole row */
    bool conflict_error;                                 /* compactor: ON CONFLICT DO ERROR, else NOTHING */
    int64_t ttl_ms;
};

struct sink_params {
    const struct table *table;           /* NULL: the client collects (SELECT) */
    const struct table_options *options;
    const struct type *row;              /* consumed physical (+ persisted metadata) row type */
    uint32_t *metadata; uint32_t metadata_count; /* table columns that are persisted metadata, at the row's end */
    bool overwrite;
    uint32_t *upsert_keys; uint32_t upsert_key_count; /* SELECT in upsert mode: key columns of the result */
    struct list partitions;              /* struct ast_option: static PARTITION spec */
};

struct key_set { uint32_t *columns; uint32_t count; };

struct node {
    enum node_kind kind;
    uint32_t id;                   /* dense within the plan, children first */
    struct str uid;                /* stable operator id: 32 hex digits */
    struct list inputs;            /* struct node */
    const struct type *row;        /* output row type, ROW NOT NULL */
    uint32_t produces;             /* changelog_bits of the output */
    struct key_set *upsert_keys; uint32_t upsert_key_count; /* of the output */
    int32_t parallelism;           /* set when the JobGraph is made */
    struct span span;              /* statement part it came from */
    int64_t state_ttl_ms;
    union {
        struct scan_params scan;
        struct values_params values;
        struct watermark_params watermark;
        struct calc_params calc;
        struct exchange_params exchange;
        struct window_tvf_params window_tvf;
        struct window_agg_params window_agg;   /* also LOCAL_, GLOBAL_: their calls name columns of the local one's input */
        struct group_agg_params group_agg;     /* also LOCAL_, GLOBAL_, INCREMENTAL_: likewise */
        struct { struct expr ***rows; uint32_t row_count; } expand; /* each input row once per projection list */
        struct rank_params rank;
        struct deduplicate_params deduplicate;
        struct window_rank_params window_rank; /* and WINDOW_DEDUPLICATE */
        struct sort_params sort;               /* LIMIT, SORT_LIMIT, TEMPORAL_SORT, SORT */
        struct normalize_params normalize;
        struct mini_batch_params mini_batch;
        struct constraint_params constraint;
        struct materialize_params materialize; /* and SINK_COMPACTOR, whose input has the epoch (BIGINT) as one more column */
        struct sink_params sink;
    } as;
};

/* EXPLAIN label of a kind ("GroupAggregate"), and whether it keeps state. */
const char *node_label(enum node_kind k);
bool node_has_state(enum node_kind k);

#endif
