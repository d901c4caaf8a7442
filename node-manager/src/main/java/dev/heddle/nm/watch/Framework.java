package dev.heddle.nm.watch;

import java.util.List;
import java.util.Optional;

/** Whose process it is, by its command line, and which setting of it gives it more memory. */
public enum Framework {
    SPARK_EXECUTOR(
            "CoarseGrainedExecutorBackend",
            "",
            "raise spark.executor.memoryOverhead (Python workers: spark.executor.pyspark.memory) by %2$d MB"),
    SPARK_DRIVER("org.apache.spark.deploy.yarn.ApplicationMaster", "", "raise spark.driver.memoryOverhead by %2$d MB"),
    SPARK_CLIENT_MASTER(
            "org.apache.spark.deploy.yarn.ExecutorLauncher", "", "raise spark.yarn.am.memoryOverhead by %2$d MB"),
    MAP("org.apache.hadoop.mapred.YarnChild", "_m_", "set mapreduce.map.memory.mb to %1$d"),
    REDUCE("org.apache.hadoop.mapred.YarnChild", "_r_", "set mapreduce.reduce.memory.mb to %1$d"),
    MAP_REDUCE_MASTER(
            "org.apache.hadoop.mapreduce.v2.app.MRAppMaster", "", "set yarn.app.mapreduce.am.resource.mb to %1$d"),
    OTHER(
            "",
            "",
            "have its application ask for %1$d MB for it (Spark: %2$d MB more of spark.executor.memoryOverhead or"
                    + " spark.driver.memoryOverhead; MapReduce: mapreduce.map.memory.mb or mapreduce.reduce.memory.mb)");

    private static final String ATTEMPT = "attempt_";

    private final String program;
    private final String attemptPart;
    private final String advice;

    Framework(String program, String attemptPart, String advice) {
        this.program = program;
        this.attemptPart = attemptPart;
        this.advice = advice;
    }

    /** Whose process has this command line; {@link #OTHER} where it is nobody's that is known. */
    static Framework of(List<String> words) {
        for (Framework framework : values()) {
            boolean program = words.stream().anyMatch(word -> word.endsWith(framework.program));
            boolean attempt = framework.attemptPart.isEmpty()
                    || words.stream()
                            .anyMatch(word -> word.startsWith(ATTEMPT) && word.contains(framework.attemptPart));
            if (program && attempt) {
                return framework;
            }
        }
        return OTHER;
    }

    /** The one that is known among them, the first where there are several. */
    static Framework of(ContainerUsage usage) {
        Optional<Framework> known = usage.holders().stream()
                .map(ContainerUsage.Holder::framework)
                .filter(framework -> framework != OTHER)
                .findFirst();
        return known.orElse(OTHER);
    }

    /** What to do so that a container gets {@code memoryMb}, which is {@code moreMb} more than it has. */
    String advice(long memoryMb, long moreMb) {
        return String.format(advice, memoryMb, moreMb);
    }
}
