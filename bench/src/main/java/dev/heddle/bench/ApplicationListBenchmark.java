package dev.heddle.bench;

import dev.heddle.common.resources.Resource;
import dev.heddle.common.resources.ResourceKinds;
import dev.heddle.common.rpc.Caller;
import dev.heddle.common.rpc.RpcMethod;
import dev.heddle.common.rpc.transport.RpcThreads;
import dev.heddle.rm.command.ApplicationCommand;
import dev.heddle.rm.core.CorePolicy;
import dev.heddle.rm.lead.Leadership;
import dev.heddle.rm.lead.LeadingCluster;
import dev.heddle.rm.model.ApplicationAcls;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.ApplicationSpec;
import dev.heddle.rm.model.LaunchContext;
import dev.heddle.rm.model.Retries;
import dev.heddle.rm.queues.CurrentQueues;
import dev.heddle.rm.queues.QueueSetup;
import dev.heddle.rm.scheduler.queue.Measure;
import dev.heddle.rm.scheduler.queue.QueuePlan;
import dev.heddle.rm.scheduler.queue.QueueSpec;
import dev.heddle.rm.scheduler.queue.mapping.MappingRules;
import dev.heddle.rm.security.Access;
import dev.heddle.rm.security.AccessList;
import dev.heddle.rm.security.Administrators;
import dev.heddle.rm.security.DelegationTokens;
import dev.heddle.rm.security.KeyPlans;
import dev.heddle.rm.security.RollingKeys;
import dev.heddle.rm.wire.ApplicationClientEndpoint;
import dev.heddle.rm.wire.LogRules;
import dev.heddle.rm.wire.ReportSource;
import dev.heddle.rm.wire.Submissions;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.proto.YarnProtos.YarnApplicationStateProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetApplicationsRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetApplicationsResponseProto;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What a list of applications with a filter costs while many that have ended are remembered: the endpoint, without wire. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ApplicationListBenchmark {
    private static final Resource SIZE = new Resource(1_024, 1);
    private static final long HOUR_MS = 3_600_000;
    private static final String USER = "user";
    private static final int USERS = 100;

    /** How many applications have ended. */
    @Param({"1000", "100000"})
    int ended;

    private RpcThreads threads;
    private LeadingCluster cluster;
    private RpcMethod<GetApplicationsRequestProto, GetApplicationsResponseProto> method;
    private Caller caller;

    /** Submits and kills the applications, each hundredth of the same user. */
    @Setup
    @SuppressWarnings("unchecked") // The protocol gives its methods without their types.
    public void start() throws Exception {
        YarnConfiguration configuration = new YarnConfiguration();
        threads = RpcThreads.start(configuration);
        CorePolicy policy = new CorePolicy(
                SIZE,
                SIZE,
                2,
                1_000,
                new CorePolicy.Expiry(HOUR_MS, HOUR_MS, HOUR_MS, HOUR_MS),
                new CorePolicy.History(1_000_000, 10, 10),
                0);
        RollingKeys.Plan keys = new RollingKeys.Plan(HOUR_MS, 1);
        QueuePlan queues =
                QueuePlan.single(Measure.DOMINANT, SIZE, SIZE, 1_000_000, QueueSpec.ApplicationCaps.DEFAULT, 1);
        cluster = new LeadingCluster(
                threads,
                configuration,
                policy,
                new LeadingCluster.Options(
                        100,
                        new DelegationTokens.Times(HOUR_MS, HOUR_MS, HOUR_MS),
                        new KeyPlans(keys, keys, keys, HOUR_MS),
                        queues,
                        ResourceKinds.NONE),
                0,
                InstantSource.system(),
                (what, cause) -> {
                    throw new AssertionError(what, cause);
                });
        for (int i = 0; i < ended; i++) {
            submitAndKill(USER + i % USERS);
        }
        Leadership leadership = new Leadership("");
        leadership.replace(cluster);
        AccessList everybody = AccessList.parse("*");
        CurrentQueues current = new CurrentQueues(new QueueSetup(queues, MappingRules.none(queues), List.of()));
        Access access = new Access(
                new Access.Rules(false, false), current, new Administrators(everybody, USER), threads.slow());
        ApplicationClientEndpoint endpoint = new ApplicationClientEndpoint(
                leadership,
                access,
                threads.slow(),
                new Submissions(2, new Submissions.Limits(10, 100, 1_000), current, Set.of(), ResourceKinds.NONE),
                new ReportSource("127.0.0.1:1", new LogRules(false, 0), InstantSource.system()));
        method = (RpcMethod<GetApplicationsRequestProto, GetApplicationsResponseProto>)
                Objects.requireNonNull(endpoint.protocol().answers().get("getApplications"))
                        .method();
        caller = new Caller(USER, "127.0.0.1", UserGroupInformation.createRemoteUser(USER), null);
    }

    private void submitAndKill(String user) throws InterruptedException, ExecutionException {
        ApplicationId id = cluster.loop()
                .submit(new ApplicationCommand.TakeApplicationId())
                .toCompletableFuture()
                .get()
                .application();
        ApplicationSpec spec = new ApplicationSpec(
                "name",
                "TYPE",
                user,
                "default",
                0,
                Set.of(),
                Retries.upTo(2),
                SIZE,
                ApplicationSpec.Labels.NONE,
                false,
                0,
                ApplicationAcls.NOBODY,
                new LaunchContext(new byte[0]));
        cluster.loop()
                .submit(new ApplicationCommand.SubmitApplication(id, spec))
                .toCompletableFuture()
                .get();
        cluster.loop()
                .submit(new ApplicationCommand.KillApplication(id, "killed"))
                .toCompletableFuture()
                .get();
    }

    @TearDown
    public void stop() {
        cluster.close();
        threads.close();
    }

    /** What {@code yarn application -list} asks: none is found. */
    @Benchmark
    public GetApplicationsResponseProto listRunning() throws Exception {
        return list(GetApplicationsRequestProto.newBuilder()
                .addApplicationStates(YarnApplicationStateProto.SUBMITTED)
                .addApplicationStates(YarnApplicationStateProto.ACCEPTED)
                .addApplicationStates(YarnApplicationStateProto.RUNNING)
                .build());
    }

    /** The applications of one user, a hundredth of all. */
    @Benchmark
    public GetApplicationsResponseProto listOfOneUser() throws Exception {
        return list(GetApplicationsRequestProto.newBuilder().addUsers(USER + 7).build());
    }

    private GetApplicationsResponseProto list(GetApplicationsRequestProto request) throws Exception {
        return method.call(caller, request).toCompletableFuture().get();
    }
}
