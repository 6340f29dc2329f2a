/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_AGG_AGG_IMPLS_H
#define WEIR_AGG_AGG_IMPLS_H

#include "agg/agg_slot.h"

/* The implementations that the table chooses from. Internal to src/agg. */
extern const struct agg_impl agg_count;
extern const struct agg_impl agg_sum_integer, agg_sum_float, agg_sum_double, agg_sum_decimal;
extern const struct agg_impl agg_avg_integer, agg_avg_double, agg_avg_decimal;
extern const struct agg_impl agg_min_word, agg_min_wide, agg_min_blob;
extern const struct agg_impl agg_max_word, agg_max_wide, agg_max_blob;
extern const struct agg_impl agg_min_retract, agg_max_retract;
extern const struct agg_impl agg_first_word, agg_first_wide, agg_first_blob, agg_first_retract;
extern const struct agg_impl agg_last_word, agg_last_wide, agg_last_blob, agg_last_retract;
extern const struct agg_impl agg_single_word, agg_single_wide, agg_single_blob;
extern const struct agg_impl agg_listagg, agg_listagg_retract;
extern const struct agg_impl agg_collect, agg_array_agg, agg_array_agg_retract;
extern const struct agg_impl agg_variance;
extern const struct agg_impl agg_json_array, agg_json_array_retract;
extern const struct agg_impl agg_json_object, agg_json_object_retract;
extern const struct agg_impl agg_percentile;

#endif
