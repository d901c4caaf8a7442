package dev.heddle.bench;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.command.Allocation;
import dev.heddle.rm.command.ApplicationCommand;
import dev.heddle.rm.command.Command;
import dev.heddle.rm.command.MasterCommand;
import dev.heddle.rm.command.NodeCommand;
import dev.heddle.rm.command.NodeInstructions;
import dev.heddle.rm.command.Wishes;
import dev.heddle.rm.core.ClusterController;
import dev.heddle.rm.core.CorePolicy;
import dev.heddle.rm.model.ApplicationAcls;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.ApplicationSpec;
import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.LaunchContext;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.NodeOffer;
import dev.heddle.rm.model.NodeStatus;
import dev.heddle.rm.model.Retries;
import dev.heddle.rm.model.constraint.PlacementConstraint;
import dev.heddle.rm.model.constraint.Requirement;
import dev.heddle.rm.model.constraint.SchedulingAsk;
import dev.heddle.rm.model.constraint.SentConstraint;
import dev.heddle.rm.model.constraint.TagNamespace;
import dev.heddle.rm.model.constraint.Target;
import dev.heddle.rm.scheduler.queue.Measure;
import dev.heddle.rm.scheduler.queue.QueuePlan;
import dev.heddle.rm.scheduler.queue.QueueSpec;
import dev.heddle.rm.state.ClusterState;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.Warmup;

/** The core alone, without wire and threads: what a heartbeat and a placement cost as the cluster grows. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CoreBenchmark {
    private static final String NODE_NAME = "node";
    private static final long NOW_MS = 1_700_000_000_000L;
    private static final Resource NODE = new Resource(65_536, 32);
    private static final Resource CONTAINER = new Resource(8_192, 4);

    /** How many nodes the cluster has. */
    @Param({"1000", "10000", "100000"})
    int nodes;

    private ClusterController controller;
    private Master master;
    private Master apart;
    private int[] nodeResponseIds;
    private int nextNode;

    /** Nodes that are half full, so that a search cannot stop at the first one by luck. */
    @Setup
    public void start() {
        CorePolicy policy = new CorePolicy(
                CONTAINER,
                NODE,
                2,
                Integer.MAX_VALUE,
                new CorePolicy.Expiry(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE),
                new CorePolicy.History(1_000, 50, 1_000),
                0);
        controller = new ClusterController(
                new ClusterState(
                        NOW_MS,
                        1,
                        QueuePlan.single(
                                Measure.DOMINANT, CONTAINER, NODE, 10_000, QueueSpec.ApplicationCaps.DEFAULT, 1)),
                policy);
        for (int i = 0; i < nodes; i++) {
            handle(new NodeCommand.RegisterNode(
                    node(i), NodeOffer.of(NODE, 8042, "bench"), NodeStatus.HEALTHY, List.of(), List.of()));
        }
        nodeResponseIds = new int[nodes];
        master = new Master();
        master.allocate(Wishes.of(List.of(ask(4 * nodes)), List.of()));
        apart = new Master();
        apart.allocate(Wishes.of(List.of(askApart(nodes / 2))));
    }

    private AttemptId submit() {
        ApplicationId application =
                handle(new ApplicationCommand.TakeApplicationId()).application();
        handle(new ApplicationCommand.SubmitApplication(
                application,
                new ApplicationSpec(
                        "bench",
                        "BENCH",
                        "bench",
                        "default",
                        0,
                        Set.of(),
                        Retries.upTo(1),
                        CONTAINER,
                        ApplicationSpec.Labels.NONE,
                        true,
                        0,
                        ApplicationAcls.NOBODY,
                        new LaunchContext(new byte[0]))));
        AttemptId attempt = new AttemptId(application, 1);
        handle(new MasterCommand.RegisterMaster(attempt, "bench", 1, ""));
        return attempt;
    }

    /** An application's own counting of its calls. */
    private final class Master {
        private final AttemptId attempt = submit();
        private int responseId;

        Allocation allocate(Wishes wishes) {
            Allocation reply = handle(new MasterCommand.Allocate(attempt, responseId, 0, "", wishes));
            responseId = reply.responseId();
            return reply;
        }
    }

    private static NodeId node(int i) {
        return new NodeId(NODE_NAME + i, 45_454);
    }

    private <R> R handle(Command<R> command) {
        return controller.handle(command, NOW_MS).reply();
    }

    private static Ask ask(int count) {
        return new Ask(new AskKey(1, -1), Ask.ANYWHERE, CONTAINER, count, true);
    }

    /** Containers that may not be on one node with each other. */
    private static SchedulingAsk askApart(int count) {
        Target own = new Target.Tags(TagNamespace.Relative.SELF, Set.of("apart"));
        PlacementConstraint constraint =
                new PlacementConstraint.Single(dev.heddle.rm.model.constraint.Scope.NODE, 0, 0, Set.of(own));
        return new SchedulingAsk(
                new AskKey(1, 1),
                CONTAINER,
                count,
                new Requirement(Set.of("apart"), constraint, SentConstraint.NONE),
                SchedulingAsk.PATIENT);
    }

    private NodeInstructions heartbeat(int i) {
        NodeInstructions reply = handle(
                new NodeCommand.NodeHeartbeat(node(i), nodeResponseIds[i], NodeStatus.HEALTHY, List.of(), List.of()));
        nodeResponseIds[i] = reply.responseId();
        return reply;
    }

    /** A node that has nothing new to say. */
    @Benchmark
    public NodeInstructions idleHeartbeat() {
        int i = nextNode;
        nextNode = i + 1 == nodes ? 0 : i + 1;
        return heartbeat(i);
    }

    /** One container asked for, granted in the same call, released in the next; and its node is told to end it. */
    @Benchmark
    public NodeInstructions askGrantRelease() {
        return granted(master, Wishes.of(List.of(ask(1)), List.of()));
    }

    /** The same where half of the nodes have a container that the new one may not be with. */
    @Benchmark
    public NodeInstructions askGrantReleaseApart() {
        return granted(apart, Wishes.of(List.of(askApart(1))));
    }

    private NodeInstructions granted(Master who, Wishes wishes) {
        Allocation.Grant grant = who.allocate(wishes).grants().get(0);
        who.allocate(Wishes.of(List.of(), List.of(grant.container())));
        return heartbeat(Integer.parseInt(grant.node().host().substring(NODE_NAME.length())));
    }
}
