package dev.heddle.bench.rpc;

import dev.heddle.common.rpc.transport.RpcSettings;
import dev.heddle.common.rpc.transport.RpcThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Heddle's RPC server against Hadoop's, by turns, under the same load on the wire. */
@Command(
        name = "RpcBenchmark",
        description = "Measures Heddle's RPC server and Hadoop's side by side.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
public final class RpcBenchmark implements Callable<Integer> {
    private static final int STATUS_NO_FIGURES = 1;

    @Option(names = "--servers", split = ",", defaultValue = "HADOOP,HEDDLE", description = "${COMPLETION-CANDIDATES}")
    List<Servers.Kind> servers = List.of();

    @Option(names = "--methods", split = ",", defaultValue = "ECHO,HEARTBEAT", description = "${COMPLETION-CANDIDATES}")
    List<Workload.Name> methods = List.of();

    @Option(
            names = "--answers",
            split = ",",
            defaultValue = "DIRECT,OTHER_THREAD",
            description = "Which thread answers: ${COMPLETION-CANDIDATES}")
    List<Servers.Answer> answers = List.of();

    @Option(names = "--connections", split = ",", defaultValue = "1,100,5000", description = "Client connections")
    List<Integer> connections = List.of();

    @Option(names = "--handlers", defaultValue = "50", description = "Handler threads of Hadoop's server")
    int handlers;

    @Option(names = "--repetitions", defaultValue = "3", description = "Measurements of each server and load")
    int repetitions;

    @Option(names = "--warm-up-seconds", defaultValue = "10", description = "For each server and kind of load")
    int warmUpSeconds;

    @Option(names = "--settle-seconds", defaultValue = "1", description = "Before each measurement")
    int settleSeconds;

    @Option(names = "--seconds", defaultValue = "5", description = "Of each measurement")
    int seconds;

    @Option(names = "--calls-in-flight", defaultValue = "1000", description = "Of the closed loop, on all connections")
    int callsInFlight;

    @Option(
            names = "--rate-share",
            defaultValue = "0.5",
            description = "Rate of the open loop, as a share of the slower server's rate in the closed loop")
    double rateShare;

    @Option(names = "--load-threads", defaultValue = "1", description = "Event loops of the load generator")
    int loadThreads;

    @Option(
            names = "--server-jvm-options",
            split = " ",
            defaultValue = "-Xms2g -Xmx2g -XX:+AlwaysPreTouch -XX:+UseG1GC",
            description = "Of each server's JVM")
    List<String> jvmOptions = List.of();

    @Option(
            names = "--others-at-most",
            defaultValue = "0.15",
            description = "Processors that the rest of the machine may keep busy; a measurement with more is repeated")
    double othersAtMost;

    @Option(
            names = "--patience-minutes",
            defaultValue = "10",
            description = "How long one measurement may wait for an idle machine")
    int patienceMinutes;

    private RpcBenchmark() {}

    public static void main(String[] arguments) {
        System.setProperty("log4j.configuration", "bench-log.properties");
        System.setProperty("java.net.preferIPv4Stack", "true");
        System.exit(new CommandLine(new RpcBenchmark()).execute(arguments));
    }

    @Override
    public Integer call() throws InterruptedException {
        BenchmarkPlan plan = new BenchmarkPlan(
                Duration.ofSeconds(warmUpSeconds),
                Duration.ofSeconds(settleSeconds),
                Duration.ofSeconds(seconds),
                repetitions,
                callsInFlight,
                rateShare,
                new BenchmarkPlan.Setup(
                        servers, handlers, loadThreads, jvmOptions, othersAtMost, Duration.ofMinutes(patienceMinutes)));
        Report report = new Report(System.out, plan);
        report.begin();
        boolean complete = true;
        try (RpcThreads threads = loadThreads(loadThreads)) {
            for (Scenario scenario : scenarios()) {
                complete &= run(plan, scenario, threads, report);
            }
        }
        report.end();
        return complete ? 0 : STATUS_NO_FIGURES;
    }

    private List<Scenario> scenarios() {
        List<Scenario> scenarios = new ArrayList<>();
        for (Workload.Name method : methods) {
            for (Servers.Answer answer : answers) {
                for (int count : connections) {
                    scenarios.add(new Scenario(method, answer, count));
                }
            }
        }
        return scenarios;
    }

    /** The threads of a load generator with that many event loops. */
    static RpcThreads loadThreads(int count) {
        Configuration configuration = new Configuration(false);
        configuration.setInt(RpcSettings.IO_THREADS.key(), count);
        return RpcThreads.start(configuration);
    }

    private static boolean run(BenchmarkPlan plan, Scenario scenario, RpcThreads threads, Report report)
            throws InterruptedException {
        if (scenario.connections() > Machine.socketLimit()) {
            report.skipped(
                    scenario,
                    "this process may open " + Machine.socketLimit()
                            + " sockets at most; raise 'ulimit -n' and try again");
            return false;
        }
        try {
            List<Figures> all = new Contest(plan, scenario, threads).run(figures -> report.row(scenario, figures));
            report.scenario(scenario, all);
            return true;
        } catch (IllegalStateException e) {
            report.skipped(scenario, String.valueOf(e.getMessage()));
            return false;
        }
    }
}
