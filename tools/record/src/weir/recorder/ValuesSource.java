// SPDX-License-Identifier: Apache-2.0
package weir.recorder;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.flink.legacy.table.connector.source.SourceFunctionProvider;
import org.apache.flink.streaming.api.functions.source.legacy.SourceFunction;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.LookupTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.connector.source.abilities.SupportsReadingMetadata;
import org.apache.flink.table.connector.source.lookup.LookupFunctionProvider;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.functions.LookupFunction;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.types.RowKind;

/**
 * Reads rows in file order with parallelism 1.  No push-down of any kind, so that watermarks come from Flink's own
 * assigner operator and filters from its own calc.
 */
class ValuesSource implements ScanTableSource, SupportsReadingMetadata {
    /** What the table's declaration says. */
    record Spec(String path, ChangelogMode mode, boolean bounded, Map<String, DataType> metadata, DataType physical, ZoneId zone) {}

    final Spec spec;
    List<String> metadataKeys = List.of();

    ValuesSource(Spec spec) {
        this.spec = spec;
    }

    @Override
    public ChangelogMode getChangelogMode() {
        return spec.mode;
    }

    @Override
    public ScanRuntimeProvider getScanRuntimeProvider(ScanContext context) {
        return SourceFunctionProvider.of(new Reader(spec.path, spec.bounded, layout()), spec.bounded);
    }

    /** The file's columns: the physical ones, then all of readable-metadata; emitted: physical, then the keys asked for. */
    ValuesJson.Layout layout() {
        List<LogicalType> types = new ArrayList<>();
        for (DataType t : spec.physical.getChildren()) types.add(t.getLogicalType());
        int physical = types.size();
        List<String> keys = new ArrayList<>(spec.metadata.keySet());
        for (DataType t : spec.metadata.values()) types.add(t.getLogicalType());
        int[] emitted = new int[physical + metadataKeys.size()];
        for (int i = 0; i < physical; i++) emitted[i] = i;
        for (int i = 0; i < metadataKeys.size(); i++) emitted[physical + i] = physical + keys.indexOf(metadataKeys.get(i));
        return new ValuesJson.Layout(types.toArray(new LogicalType[0]), emitted, spec.zone.getId());
    }

    @Override
    public Map<String, DataType> listReadableMetadata() {
        return spec.metadata;
    }

    @Override
    public void applyReadableMetadata(List<String> keys, DataType producedDataType) {
        metadataKeys = keys;
    }

    @Override
    public DynamicTableSource copy() {
        ValuesSource s = new ValuesSource(spec);
        s.metadataKeys = metadataKeys;
        return s;
    }

    @Override
    public String asSummaryString() {
        return "values(" + spec.path + ")";
    }

    /** Keys are compared as Java values; the file is read anew for each lookup. */
    static final class WithLookup extends ValuesSource implements LookupTableSource {
        WithLookup(Spec spec) {
            super(spec);
        }

        @Override
        public LookupRuntimeProvider getLookupRuntimeProvider(LookupContext context) {
            int[] keys = new int[context.getKeys().length];
            for (int i = 0; i < keys.length; i++) keys[i] = context.getKeys()[i][0];
            return LookupFunctionProvider.of(new Lookup(spec.path, layout(), keys));
        }

        @Override
        public DynamicTableSource copy() {
            WithLookup s = new WithLookup(spec);
            s.metadataKeys = metadataKeys;
            return s;
        }
    }

    /** All rows; an unbounded one waits for rows that are appended. */
    static final class Reader implements SourceFunction<RowData> {
        private final String path;
        private final boolean bounded;
        private final ValuesJson.Layout layout;
        private volatile boolean running = true;

        Reader(String path, boolean bounded, ValuesJson.Layout layout) {
            this.path = path;
            this.bounded = bounded;
            this.layout = layout;
        }

        @Override
        public void run(SourceContext<RowData> context) throws Exception {
            ValuesJson json = new ValuesJson(layout);
            try (BufferedReader in = Files.newBufferedReader(Path.of(path), StandardCharsets.UTF_8)) {
                while (running) {
                    String line = in.readLine();
                    if (line == null) {
                        if (bounded) return;
                        Thread.sleep(20);
                    } else if (!line.isBlank()) {
                        RowData row = json.row(line);
                        synchronized (context.getCheckpointLock()) {
                            context.collect(row);
                        }
                    }
                }
            }
        }

        @Override
        public void cancel() {
            running = false;
        }
    }

    static final class Lookup extends LookupFunction {
        private final String path;
        private final ValuesJson.Layout layout;
        private final int[] keys;

        Lookup(String path, ValuesJson.Layout layout, int[] keys) {
            this.path = path;
            this.layout = layout;
            this.keys = keys;
        }

        @Override
        public Collection<RowData> lookup(RowData key) throws IOException {
            ValuesJson json = new ValuesJson(layout);
            List<RowData> found = new ArrayList<>();
            for (String line : Files.readAllLines(Path.of(path))) {
                if (line.isBlank()) continue;
                GenericRowData row = json.row(line);
                row.setRowKind(RowKind.INSERT);
                if (matches(row, key)) found.add(row);
            }
            return found;
        }

        private boolean matches(GenericRowData row, RowData key) {
            for (int i = 0; i < keys.length; i++) {
                LogicalType type = layout.types()[keys[i]];
                Object want = RowData.createFieldGetter(type, i).getFieldOrNull(key);
                if (want == null || !want.equals(row.getField(keys[i]))) return false;
            }
            return true;
        }
    }
}
