package dev.heddle.bench.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.common.rpc.transport.RpcThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The benchmark itself, for a moment: every call is handled once and answered once, and every figure is there. */
class RpcBenchmarkTest {
    private static final BenchmarkPlan PLAN = new BenchmarkPlan(
            Duration.ofMillis(300),
            Duration.ofMillis(200),
            Duration.ofMillis(800),
            1,
            12,
            0.1,
            new BenchmarkPlan.Setup(
                    List.of(Servers.Kind.HADOOP, Servers.Kind.HEDDLE),
                    5,
                    2,
                    List.of("-Xmx128m", "-XX:+UseSerialGC"),
                    Double.MAX_VALUE,
                    Duration.ofMinutes(1)));

    @Test
    void shouldMeasureEchoesAnsweredAtOnce() throws Exception {
        shouldMeasureBothServersUnderBothLoads(Workload.Name.ECHO, Servers.Answer.DIRECT);
    }

    @Test
    void shouldMeasureHeartbeatsAnsweredByAnotherThread() throws Exception {
        shouldMeasureBothServersUnderBothLoads(Workload.Name.HEARTBEAT, Servers.Answer.OTHER_THREAD);
    }

    private static void shouldMeasureBothServersUnderBothLoads(Workload.Name workload, Servers.Answer answer)
            throws Exception {
        List<Figures> reported = new ArrayList<>();
        List<Figures> all;
        try (RpcThreads threads = RpcBenchmark.loadThreads(2)) {
            all = new Contest(PLAN, new Scenario(workload, answer, 3), threads).run(reported::add);
        }
        assertThat(reported).containsAll(all);
        assertThat(all)
                .extracting(figures -> figures.server() + " " + figures.load())
                .containsExactly("hadoop CLOSED", "heddle CLOSED", "hadoop OPEN", "heddle OPEN");
        assertThat(all).allSatisfy(figures -> {
            assertThat(figures.calls()).isPositive();
            assertThat(figures.counters().calls()).isPositive();
            assertThat(figures.counters().allocatedBytes()).isPositive();
            assertThat(figures.latencies().answer().getTotalCount()).isPositive();
            assertThat(figures.latencies().sending().getMaxValue())
                    .isLessThanOrEqualTo(figures.latencies().answer().getMaxValue());
        });
    }
}
