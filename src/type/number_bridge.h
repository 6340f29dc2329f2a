/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_TYPE_NUMBER_BRIDGE_H
#define WEIR_TYPE_NUMBER_BRIDGE_H

/* Correctly rounded; text is [+-]digits[.digits][e[+-]digits], checked by the caller. */
#ifdef __cplusplus
extern "C" {
#endif
double number_bridge_double(const char *text, int size_bytes);
float number_bridge_float(const char *text, int size_bytes);
#ifdef __cplusplus
}
#endif

#endif
