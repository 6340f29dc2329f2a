// SPDX-License-Identifier: Apache-2.0
package weir.recorder;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.RuntimeConverter;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.sink.SinkV2Provider;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.DataType;

/** Writes each change as one line, in the form of Row.toString, to a file that a new job begins anew. */
final class ValuesSink implements DynamicTableSink {
    private final String path;
    private final DataType physical;
    private final boolean hasKey;
    private final boolean insertOnly;
    private final ChangelogMode enforced; // null: derived

    ValuesSink(String path, DataType physical, boolean hasKey, boolean insertOnly, ChangelogMode enforced) {
        this.path = path;
        this.physical = physical;
        this.hasKey = hasKey;
        this.insertOnly = insertOnly;
        this.enforced = enforced;
    }

    /** A table with a primary key takes upserts; one without takes whatever the query makes. */
    @Override
    public ChangelogMode getChangelogMode(ChangelogMode requested) {
        if (enforced != null) return enforced;
        if (insertOnly) return ChangelogMode.insertOnly();
        return hasKey ? ChangelogMode.upsert() : requested;
    }

    @Override
    public SinkRuntimeProvider getSinkRuntimeProvider(Context context) {
        return SinkV2Provider.of(new Lines(path, context.createDataStructureConverter(physical)));
    }

    @Override
    public DynamicTableSink copy() {
        return new ValuesSink(path, physical, hasKey, insertOnly, enforced);
    }

    @Override
    public String asSummaryString() {
        return "values(" + path + ")";
    }

    record Lines(String path, DataStructureConverter converter) implements Sink<RowData> {
        @Override
        public SinkWriter<RowData> createWriter(WriterInitContext context) throws IOException {
            converter.open(RuntimeConverter.Context.create(Lines.class.getClassLoader()));
            return new Writer(Files.newBufferedWriter(Path.of(path), StandardCharsets.UTF_8), converter);
        }
    }

    record Writer(BufferedWriter out, DataStructureConverter converter) implements SinkWriter<RowData> {
        @Override
        public void write(RowData row, Context context) throws IOException {
            out.write(String.valueOf(converter.toExternal(row)));
            out.write('\n');
            out.flush();
        }

        @Override
        public void flush(boolean endOfInput) throws IOException {
            out.flush();
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }
}
