// SPDX-License-Identifier: Apache-2.0
package weir.recorder;

import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.api.TableException;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.api.config.TableConfigOptions;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.factories.DynamicTableSinkFactory;
import org.apache.flink.table.factories.DynamicTableSourceFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.utils.LogicalTypeParser;
import org.apache.flink.table.types.utils.TypeConversions;
import org.apache.flink.types.RowKind;

/**
 * The {@code values} connector for Flink: the twin of Weir's own, so that the same SQL text and the same input files
 * run on both.  A source reads JSON lines from {@code path}; a sink writes each change to {@code path} as a line.
 */
public final class ValuesFactory implements DynamicTableSourceFactory, DynamicTableSinkFactory {
    static final ConfigOption<String> PATH = ConfigOptions.key("path").stringType().noDefaultValue();
    static final ConfigOption<String> CHANGELOG_MODE =
            ConfigOptions.key("changelog-mode").stringType().defaultValue("I");
    static final ConfigOption<Boolean> BOUNDED = ConfigOptions.key("bounded").booleanType().defaultValue(true);
    static final ConfigOption<String> READABLE_METADATA =
            ConfigOptions.key("readable-metadata").stringType().defaultValue("");
    static final ConfigOption<Boolean> DISABLE_LOOKUP =
            ConfigOptions.key("disable-lookup").booleanType().defaultValue(false);
    static final ConfigOption<Boolean> SINK_INSERT_ONLY =
            ConfigOptions.key("sink-insert-only").booleanType().defaultValue(false);
    static final ConfigOption<String> SINK_CHANGELOG_MODE =
            ConfigOptions.key("sink-changelog-mode-enforced").stringType().noDefaultValue();

    @Override
    public String factoryIdentifier() {
        return "values";
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return Set.of(PATH);
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return Set.of(CHANGELOG_MODE, BOUNDED, READABLE_METADATA, DISABLE_LOOKUP, SINK_INSERT_ONLY, SINK_CHANGELOG_MODE);
    }

    @Override
    public DynamicTableSource createDynamicTableSource(Context context) {
        FactoryUtil.TableFactoryHelper helper = FactoryUtil.createTableFactoryHelper(this, context);
        helper.validate();
        ReadableConfig o = helper.getOptions();
        ValuesSource.Spec spec = new ValuesSource.Spec(
                o.get(PATH),
                mode(o.get(CHANGELOG_MODE)),
                o.get(BOUNDED),
                metadata(o.get(READABLE_METADATA)),
                context.getPhysicalRowDataType(),
                zone(context.getConfiguration()));
        return o.get(DISABLE_LOOKUP) ? new ValuesSource(spec) : new ValuesSource.WithLookup(spec);
    }

    @Override
    public DynamicTableSink createDynamicTableSink(Context context) {
        FactoryUtil.TableFactoryHelper helper = FactoryUtil.createTableFactoryHelper(this, context);
        helper.validate();
        ReadableConfig o = helper.getOptions();
        return new ValuesSink(
                o.get(PATH),
                context.getPhysicalRowDataType(),
                context.getCatalogTable().getResolvedSchema().getPrimaryKey().isPresent(),
                o.get(SINK_INSERT_ONLY),
                o.getOptional(SINK_CHANGELOG_MODE).map(ValuesFactory::mode).orElse(null));
    }

    /** "I,UB,UA,D" and parts of it. */
    static ChangelogMode mode(String text) {
        ChangelogMode.Builder b = ChangelogMode.newBuilder();
        for (String kind : text.split(",")) {
            switch (kind.trim().toUpperCase(Locale.ROOT)) {
                case "I": b.addContainedKind(RowKind.INSERT); break;
                case "UB": b.addContainedKind(RowKind.UPDATE_BEFORE); break;
                case "UA": b.addContainedKind(RowKind.UPDATE_AFTER); break;
                case "D": b.addContainedKind(RowKind.DELETE); break;
                default: throw new ValidationException("Unknown kind '" + kind + "' in changelog mode '" + text + "'; known: I, UB, UA, D");
            }
        }
        return b.build();
    }

    /** "key:TYPE, key2:DECIMAL(10, 2)": commas inside parentheses or angle brackets belong to the type. */
    static Map<String, DataType> metadata(String text) {
        Map<String, DataType> keys = new LinkedHashMap<>();
        int depth = 0;
        int from = 0;
        for (int i = 0; i <= text.length(); i++) {
            char c = i < text.length() ? text.charAt(i) : ',';
            if (c == '(' || c == '<') depth++;
            if (c == ')' || c == '>') depth--;
            if (c != ',' || (depth > 0 && i < text.length())) continue;
            String entry = text.substring(from, i).trim();
            from = i + 1;
            if (entry.isEmpty()) continue;
            int colon = entry.indexOf(':');
            if (colon < 1) throw new ValidationException("readable-metadata: '" + entry + "' is not of the form key:TYPE");
            keys.put(entry.substring(0, colon).trim(), TypeConversions.fromLogicalToDataType(
                    LogicalTypeParser.parse(entry.substring(colon + 1).trim(), ValuesFactory.class.getClassLoader())));
        }
        return keys;
    }

    private static ZoneId zone(ReadableConfig session) {
        String id = session.get(TableConfigOptions.LOCAL_TIME_ZONE);
        try {
            return "default".equals(id) ? ZoneId.systemDefault() : ZoneId.of(id);
        } catch (RuntimeException e) {
            throw new TableException("Bad time zone " + id, e);
        }
    }
}
