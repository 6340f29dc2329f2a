// SPDX-License-Identifier: Apache-2.0
package weir.recorder;

import java.io.IOException;
import java.io.Serializable;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.DeserializationFeature;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.MultisetType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.types.RowKind;

/** One line of a values file, {@code {"op":"+I","row":[...]}}, as a row of Flink's internal data structures. */
final class ValuesJson {
    /** Types of a line's entries and which of them, in which order, make the row. */
    record Layout(LogicalType[] types, int[] emitted, String zone) implements Serializable {}

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
    private final Layout layout;
    private final ZoneId zone;

    ValuesJson(Layout layout) {
        this.layout = layout;
        this.zone = ZoneId.of(layout.zone);
    }

    GenericRowData row(String line) throws IOException {
        JsonNode node = JSON.readTree(line);
        JsonNode fields = node.get("row");
        if (fields == null || !fields.isArray())
            throw new IOException("values: no \"row\" in " + line + " (lines that move the clock cannot be recorded)");
        if (fields.size() != layout.types.length)
            throw new IOException("values: " + layout.types.length + " entries expected in " + line);
        GenericRowData row = new GenericRowData(node.has("op") ? kind(node.get("op").asText()) : RowKind.INSERT, layout.emitted.length);
        for (int i = 0; i < layout.emitted.length; i++) {
            int at = layout.emitted[i];
            row.setField(i, value(fields.get(at), layout.types[at]));
        }
        return row;
    }

    private static RowKind kind(String op) throws IOException {
        for (RowKind k : RowKind.values()) if (k.shortString().equals(op)) return k;
        throw new IOException("values: unknown op " + op);
    }

    private Object value(JsonNode n, LogicalType type) throws IOException {
        if (n.isNull()) return null;
        switch (type.getTypeRoot()) {
            case CHAR: case VARCHAR: return StringData.fromString(n.asText());
            case BOOLEAN: return n.asBoolean();
            case BINARY: case VARBINARY: return HexFormat.of().parseHex(n.asText());
            case TINYINT: return (byte) n.asInt();
            case SMALLINT: return (short) n.asInt();
            case INTEGER: case INTERVAL_YEAR_MONTH: return n.asInt();
            case BIGINT: case INTERVAL_DAY_TIME: return n.asLong();
            case FLOAT: return Float.parseFloat(n.asText());
            case DOUBLE: return Double.parseDouble(n.asText());
            case DECIMAL: return decimal(n, (DecimalType) type);
            case DATE: return (int) LocalDate.parse(n.asText()).toEpochDay();
            case TIME_WITHOUT_TIME_ZONE: return (int) (LocalTime.parse(n.asText()).toNanoOfDay() / 1_000_000);
            case TIMESTAMP_WITHOUT_TIME_ZONE: return TimestampData.fromLocalDateTime(local(n));
            case TIMESTAMP_WITH_LOCAL_TIME_ZONE: return TimestampData.fromInstant(local(n).atZone(zone).toInstant());
            case ROW: return nested(n, (RowType) type);
            case ARRAY: return array(n, ((ArrayType) type).getElementType());
            case MAP: return map(n, ((MapType) type).getKeyType(), ((MapType) type).getValueType());
            case MULTISET: return map(n, ((MultisetType) type).getElementType(), new org.apache.flink.table.types.logical.IntType());
            default: throw new IOException("values: no rows of type " + type.asSummaryString());
        }
    }

    private static DecimalData decimal(JsonNode n, DecimalType type) {
        return DecimalData.fromBigDecimal(new BigDecimal(n.asText()), type.getPrecision(), type.getScale());
    }

    /** "2024-01-01 00:00:05.123", also with a T. */
    private static LocalDateTime local(JsonNode n) {
        return LocalDateTime.parse(n.asText().replace(' ', 'T'));
    }

    private Object nested(JsonNode n, RowType type) throws IOException {
        GenericRowData row = new GenericRowData(type.getFieldCount());
        for (int i = 0; i < type.getFieldCount(); i++) row.setField(i, value(n.get(i), type.getTypeAt(i)));
        return row;
    }

    private Object array(JsonNode n, LogicalType element) throws IOException {
        Object[] items = new Object[n.size()];
        for (int i = 0; i < items.length; i++) items[i] = value(n.get(i), element);
        return new GenericArrayData(items);
    }

    private Object map(JsonNode n, LogicalType key, LogicalType value) throws IOException {
        Map<Object, Object> map = new LinkedHashMap<>();
        for (JsonNode pair : n) map.put(value(pair.get(0), key), value(pair.get(1), value));
        return new GenericMapData(map);
    }
}
