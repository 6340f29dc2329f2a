/* SPDX-License-Identifier: Apache-2.0 */
/*
 * number_bridge: the one door to the double-conversion library: text to the nearest double or float,
 * correctly rounded. The caller has checked the grammar, so that the library sees only
 * [+-]digits[.digits][e[+-]digits].
 */
#include "type/number_bridge.h"

#include <double-conversion/double-conversion.h>

static const double_conversion::StringToDoubleConverter &converter()
{
    static const double_conversion::StringToDoubleConverter instance(
        double_conversion::StringToDoubleConverter::NO_FLAGS, 0.0, __builtin_nan(""), nullptr, nullptr);
    return instance;
}

extern "C" double number_bridge_double(const char *text, int size_bytes)
{
    int used = 0;
    return converter().StringToDouble(text, size_bytes, &used);
}

extern "C" float number_bridge_float(const char *text, int size_bytes)
{
    int used = 0;
    return converter().StringToFloat(text, size_bytes, &used);
}
