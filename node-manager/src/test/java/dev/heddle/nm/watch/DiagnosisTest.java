package dev.heddle.nm.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.nm.isolation.Account;
import dev.heddle.nm.isolation.Allocation;
import dev.heddle.nm.watch.ContainerUsage.Holder;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.junit.jupiter.api.Test;

class DiagnosisTest {
    private static final long MB = 1 << 20;
    private static final ContainerId ID =
            ContainerId.newContainerId(ApplicationAttemptId.newInstance(ApplicationId.newInstance(5, 1), 1), 2);
    private static final Allocation GRANT = new Allocation(1_024, 1, true);

    private static ContainerUsage usage(String... words) {
        Holder holder = new Holder(77, 1_200 * MB, String.join(" ", words), Framework.of(List.of(words)));
        return new ContainerUsage(1_300 * MB, 3_000 * MB, 1_400 * MB, 1, 1, 1, 1, 1, 3, List.of(holder));
    }

    private static String physical(String... words) {
        return Diagnosis.physical(
                new WatchedContainer(ID, 70, GRANT, List.of()),
                usage(words),
                new WatchTerms(1, true, false, 2.1, 0, 1, 1));
    }

    @Test
    void shouldNameTheSettingOfTheFramework() {
        assertThat(physical("java", "org.apache.spark.executor.YarnCoarseGrainedExecutorBackend"))
                .contains("It asked for 1024 MB and used 1400 MB at the peak, in 3 processes.")
                .contains("\tpid 77, 1200 MB: java ")
                .endsWith(
                        "raise spark.executor.memoryOverhead (Python workers: spark.executor.pyspark.memory) by 768 MB.");
        assertThat(physical("java", "org.apache.spark.deploy.yarn.ApplicationMaster"))
                .endsWith("raise spark.driver.memoryOverhead by 768 MB.");
        assertThat(physical("java", "org.apache.hadoop.mapred.YarnChild", "10.0.0.1", "5", "attempt_5_0001_m_000001_0"))
                .endsWith("set mapreduce.map.memory.mb to 1792.");
        assertThat(physical("java", "org.apache.hadoop.mapred.YarnChild", "10.0.0.1", "5", "attempt_5_0001_r_000001_0"))
                .endsWith("set mapreduce.reduce.memory.mb to 1792.");
        assertThat(physical("java", "org.apache.hadoop.mapreduce.v2.app.MRAppMaster"))
                .endsWith("set yarn.app.mapreduce.am.resource.mb to 1792.");
    }

    /** Spark takes this out of the text to tell its users. */
    @Test
    void shouldKeepTheWordsThatSparkLooksFor() {
        assertThat(physical("x"))
                .containsPattern(Pattern.compile("[0-9.]+ [KMG]B of [0-9.]+ [KMG]B physical memory used"));
        assertThat(physical("x")).contains("1.3 GB of 1 GB physical memory used; 2.9 GB of 2.1 GB virtual memory used");
    }

    @Test
    void shouldExplainAnEndByTheKernel() {
        Account account = new Account(0, 1_024 * MB, 1_024 * MB, 2, 0, 0, 0);
        assertThat(Diagnosis.outOfMemory(ID, GRANT, account, ContainerUsage.NOTHING))
                .isEqualTo(
                        "Container " + ID + " ran out of memory: the kernel has ended 2 of its processes, as it was at"
                                + " the limit of its cgroup, 1024 MB. It asked for 1024 MB and used 1024 MB at the peak, what it"
                                + " holds of files included.\nTo let it run: have its application ask for 1280 MB for it (Spark:"
                                + " 256 MB more of spark.executor.memoryOverhead or spark.driver.memoryOverhead; MapReduce:"
                                + " mapreduce.map.memory.mb or mapreduce.reduce.memory.mb).");
    }
}
