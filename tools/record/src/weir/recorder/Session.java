// SPDX-License-Identifier: Apache-2.0
package weir.recorder;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.api.dag.Pipeline;
import org.apache.flink.client.deployment.executors.PipelineExecutorUtils;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.PipelineExecutor;
import org.apache.flink.core.execution.PipelineExecutorFactory;
import org.apache.flink.core.execution.PipelineExecutorServiceLoader;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.minicluster.MiniClusterJobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.ResultKind;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.table.api.internal.TableResultInternal;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.conversion.DataStructureConverter;
import org.apache.flink.table.data.conversion.DataStructureConverters;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.utils.LogicalTypeUtils;
import org.apache.flink.util.CloseableIterator;

/** A fresh table environment in streaming mode, parallelism 1, UTC; all sessions share one MiniCluster. */
final class Session {
    private static final long TIMEOUT_S = Long.parseLong(System.getenv().getOrDefault("RECORD_TIMEOUT", "30"));
    private static final Pattern SET = Pattern.compile("(?is)SET\\s+'([^']+)'\\s*=\\s*'((?:[^']|'')*)'");
    private static final Pattern RESET = Pattern.compile("(?is)RESET\\s+'([^']+)'");
    private static final ScheduledExecutorService CLOCK = Executors.newSingleThreadScheduledExecutor(r -> {
        Thread t = new Thread(r, "statement timeout");
        t.setDaemon(true);
        return t;
    });
    private static MiniCluster cluster;
    private final StreamTableEnvironment tables;

    static void startCluster() throws Exception {
        Configuration c = new Configuration();
        c.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.parse("512m"));
        c.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.parse("128m"));
        c.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.parse("128m"));
        c.set(RestOptions.BIND_PORT, "0");
        c.set(RestOptions.ADDRESS, "127.0.0.1");
        cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(c).setNumTaskManagers(1).setNumSlotsPerTaskManager(4).build());
        cluster.start();
    }

    Session() {
        Configuration c = new Configuration();
        c.setString("table.local-time-zone", "UTC");
        c.setString("parallelism.default", "1");
        c.setString("execution.target", "recorder");
        StreamExecutionEnvironment env = new StreamExecutionEnvironment(new OneCluster(), c, Session.class.getClassLoader());
        env.setParallelism(1);
        tables = StreamTableEnvironment.create(env, EnvironmentSettings.newInstance().inStreamingMode().withConfiguration(c).build());
    }

    /** The statement's result: the schema line and the changes; empty if it has none. */
    List<String> run(String sql) throws Exception {
        String bare = Script.bare(sql);
        Matcher m = SET.matcher(bare);
        if (m.matches()) {
            tables.getConfig().set(m.group(1), m.group(2).replace("''", "'"));
            return List.of();
        }
        if ((m = RESET.matcher(bare)).matches()) {
            tables.getConfig().getConfiguration().removeKey(m.group(1));
            return List.of();
        }
        TableResultInternal r = (TableResultInternal) tables.executeSql(sql);
        JobClient job = r.getJobClient().orElse(null);
        boolean[] late = {false};
        ScheduledFuture<?> alarm = job == null ? null : CLOCK.schedule(() -> {
            late[0] = true;
            job.cancel();
        }, TIMEOUT_S, TimeUnit.SECONDS);
        try {
            if (r.getResultKind() == ResultKind.SUCCESS) return List.of();
            if (job == null || !bare.matches("(?is)(INSERT|EXECUTE)\\b.*")) return rows(r);
            job.getJobExecutionResult().get();
            return List.of();
        } catch (Exception e) {
            if (late[0]) throw new IllegalStateException("timeout after " + TIMEOUT_S + " s");
            throw e;
        } finally {
            if (alarm != null) alarm.cancel(false);
        }
    }

    private static List<String> rows(TableResultInternal r) throws Exception {
        ResolvedSchema schema = r.getResolvedSchema();
        List<String> lines = new ArrayList<>();
        StringBuilder b = new StringBuilder("--");
        for (Column c : schema.getColumns()) {
            LogicalType t = LogicalTypeUtils.removeTimeAttributes(c.getDataType().getLogicalType());
            b.append(b.length() > 2 ? ", " : " ").append(c.getName()).append(' ').append(t.asSummaryString());
        }
        lines.add(b.toString());
        DataStructureConverter<Object, Object> external = DataStructureConverters.getConverter(schema.toPhysicalRowDataType());
        external.open(Session.class.getClassLoader());
        try (CloseableIterator<RowData> it = r.collectInternal()) {
            while (it.hasNext()) {
                String text = String.valueOf(external.toExternal(it.next()));
                lines.add(text.replace("\n", "\\n")); // as `weir test` writes it
            }
        }
        return lines;
    }

    /** Sends every job to the one MiniCluster. */
    private static final class OneCluster implements PipelineExecutorServiceLoader {
        @Override
        public PipelineExecutorFactory getExecutorFactory(Configuration c) {
            return new PipelineExecutorFactory() {
                @Override
                public String getName() {
                    return "recorder";
                }

                @Override
                public boolean isCompatibleWith(Configuration x) {
                    return true;
                }

                @Override
                public PipelineExecutor getExecutor(Configuration x) {
                    return OneCluster::submit;
                }
            };
        }

        @Override
        public Stream<String> getExecutorNames() {
            return Stream.of("recorder");
        }

        static CompletableFuture<JobClient> submit(Pipeline p, Configuration c, ClassLoader l) throws Exception {
            StreamGraph g = PipelineExecutorUtils.getStreamGraph(p, c);
            return cluster.submitJob(g).thenApply(r -> new MiniClusterJobClient(
                    r.getJobID(), cluster, l, MiniClusterJobClient.JobFinalizationBehavior.NOTHING));
        }
    }
}
