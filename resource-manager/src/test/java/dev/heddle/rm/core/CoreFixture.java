package dev.heddle.rm.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.common.resources.Resource;
import dev.heddle.common.resources.ResourceKind;
import dev.heddle.common.resources.ResourceKinds;
import dev.heddle.rm.command.Allocation;
import dev.heddle.rm.command.ApplicationCommand;
import dev.heddle.rm.command.Command;
import dev.heddle.rm.command.MasterCommand;
import dev.heddle.rm.command.MasterRegistered;
import dev.heddle.rm.command.NodeCommand;
import dev.heddle.rm.command.NodeInstructions;
import dev.heddle.rm.command.Wishes;
import dev.heddle.rm.event.Event;
import dev.heddle.rm.model.ApplicationAcls;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.ApplicationSpec;
import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.ContainerExit;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.LaunchContext;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.NodeOffer;
import dev.heddle.rm.model.NodeStatus;
import dev.heddle.rm.model.Retries;
import dev.heddle.rm.scheduler.queue.Measure;
import dev.heddle.rm.scheduler.queue.QueuePlan;
import dev.heddle.rm.scheduler.queue.QueueSpec;
import dev.heddle.rm.scheduler.queue.config.QueueFile;
import dev.heddle.rm.scheduler.queue.config.QueuePlanReader;
import dev.heddle.rm.scheduler.queue.config.QueuePlanReading;
import dev.heddle.rm.state.Application;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** A core with a clock that the test moves, and nodes and masters that keep count of their response ids. */
final class CoreFixture {
    static final long START_MS = 1_700_000_000_000L;
    static final Resource SMALL = new Resource(128, 1);
    static final ResourceKind GPU = ResourceKind.pieces("yarn.io/gpu");
    static final ResourceKinds KINDS = new ResourceKinds(List.of(new ResourceKinds.Declared(GPU, 0, 4)));
    static final CorePolicy POLICY = new CorePolicy(
            SMALL,
            new Resource(4096, 8).and(GPU, 4),
            3,
            100,
            new CorePolicy.Expiry(10_000, 20_000, 30_000, 5_000),
            new CorePolicy.History(2, 4, 2),
            10);

    private static final double MASTERS_WITHOUT_LIMIT = 1_000;

    /** One queue that may have everything, also masters. */
    static final QueuePlan QUEUES = queues(1_000, QueueSpec.ApplicationCaps.DEFAULT);

    /** An attempt of an application that nobody has submitted. */
    static final AttemptId NOBODY = new AttemptId(new ApplicationId(1, 1), 1);

    final ClusterState state;
    final ClusterController controller;
    final List<Event> events = new ArrayList<>();
    private final Map<NodeId, Integer> nodeResponses = new HashMap<>();
    private final Map<AttemptId, Integer> masterResponses = new HashMap<>();
    long nowMs = START_MS;

    CoreFixture() {
        this(POLICY, QUEUES);
    }

    CoreFixture(CorePolicy policy) {
        this(policy, QUEUES);
    }

    CoreFixture(CorePolicy policy, QueuePlan queues) {
        state = new ClusterState(START_MS, 5, queues);
        controller = new ClusterController(state, policy);
    }

    static QueuePlan queues(int maximumApplications, QueueSpec.ApplicationCaps caps) {
        return QueuePlan.single(
                Measure.DOMINANT,
                POLICY.minimumAllocation(),
                POLICY.maximumAllocation(),
                maximumApplications,
                caps,
                MASTERS_WITHOUT_LIMIT);
    }

    /** Queues as they are configured, in lines such as {@code root.queues=a,b}. */
    static QueuePlan plan(String... lines) {
        QueuePlanReading reading = QueuePlanReader.read(
                QueueFile.of(lines).properties(),
                new QueuePlanReader.Cluster(POLICY.minimumAllocation(), POLICY.maximumAllocation(), KINDS, null));
        assertThat(reading).isInstanceOf(QueuePlanReading.Usable.class);
        return ((QueuePlanReading.Usable) reading).plan();
    }

    <R> R handle(Command<R> command) {
        ClusterController.Outcome<R> outcome = controller.handle(command, nowMs);
        events.addAll(outcome.events());
        return outcome.reply();
    }

    /** A node that has registered, with a memory and 8 cores. */
    NodeId node(String host, long memoryMb) {
        return node(host, new Resource(memoryMb, 8));
    }

    NodeId node(String host, Resource total) {
        NodeId id = new NodeId(host, 1000);
        register(id, total, List.of(), List.of());
        return id;
    }

    /** A node in a rack, with a memory and 8 cores. */
    NodeId node(String host, String rack, long memoryMb) {
        NodeId id = new NodeId(host, 1000);
        register(id, rack, new Resource(memoryMb, 8), List.of(), List.of());
        return id;
    }

    NodeId node(String host, String rack, Resource total) {
        NodeId id = new NodeId(host, 1000);
        register(id, rack, total, List.of(), List.of());
        return id;
    }

    void register(NodeId id, Resource total, List<ContainerId> running, List<ContainerExit> ended) {
        register(id, Ask.DEFAULT_RACK, total, running, ended);
    }

    void register(NodeId id, String rack, Resource total, List<ContainerId> running, List<ContainerExit> ended) {
        NodeOffer offer = new NodeOffer(total, total, rack, "10.0.0.1", 8042, "3.5.0");
        handle(new NodeCommand.RegisterNode(id, offer, NodeStatus.HEALTHY, running, ended));
        nodeResponses.put(id, 0);
    }

    NodeInstructions heartbeat(NodeId node, List<ContainerId> running, List<ContainerExit> ended) {
        return heartbeat(node, NodeStatus.HEALTHY, running, ended);
    }

    NodeInstructions heartbeat(NodeId node, NodeStatus status, List<ContainerId> running, List<ContainerExit> ended) {
        NodeInstructions reply = handle(
                new NodeCommand.NodeHeartbeat(node, nodeResponses.getOrDefault(node, 0), status, running, ended));
        nodeResponses.put(node, reply.responseId());
        return reply;
    }

    /** The node reports that these run. */
    NodeInstructions running(NodeId node, ContainerId... containers) {
        return heartbeat(node, List.of(containers), List.of());
    }

    /** The node reports that this one has ended. */
    NodeInstructions ended(NodeId node, ContainerId container, int status, String diagnostics) {
        return heartbeat(node, List.of(), List.of(new ContainerExit(container, status, diagnostics)));
    }

    static ApplicationSpec spec() {
        return spec(2, SMALL, false);
    }

    static ApplicationSpec spec(int maxAttempts, Resource master, boolean unmanaged) {
        return spec(maxAttempts, master, unmanaged, false);
    }

    private static ApplicationSpec spec(int maxAttempts, Resource master, boolean unmanaged, boolean keepContainers) {
        return new ApplicationSpec(
                "name",
                "TYPE",
                "user",
                "default",
                0,
                Set.of(),
                new Retries(maxAttempts, -1, keepContainers),
                master,
                ApplicationSpec.Labels.NONE,
                unmanaged,
                0,
                ApplicationAcls.NOBODY,
                new LaunchContext(new byte[0]));
    }

    /** The same application of a user in a queue. */
    static ApplicationSpec spec(String queue, String user, int priority, ApplicationSpec spec) {
        return new ApplicationSpec(
                spec.name(),
                spec.type(),
                user,
                queue,
                priority,
                spec.tags(),
                spec.retries(),
                spec.masterResource(),
                spec.labels(),
                spec.unmanaged(),
                spec.lifetimeMs(),
                spec.acls(),
                spec.launchContext());
    }

    ApplicationId submit(ApplicationSpec spec) {
        ApplicationId id = handle(new ApplicationCommand.TakeApplicationId()).application();
        handle(new ApplicationCommand.SubmitApplication(id, spec));
        return id;
    }

    /** Submits an application, whose master is placed, started and registered. */
    AttemptId running() {
        return running(submit(spec()));
    }

    AttemptId running(ApplicationId application) {
        AttemptId attempt = current(application).id();
        handle(new MasterCommand.MasterLaunched(attempt));
        handle(new MasterCommand.RegisterMaster(attempt, "host", 4040, "http://host:4041"));
        return attempt;
    }

    /** A master without a container of its own. */
    AttemptId unmanaged() {
        ApplicationId application = submit(spec(1, SMALL, true));
        AttemptId attempt = new AttemptId(application, 1);
        handle(new MasterCommand.RegisterMaster(attempt, "host", 4040, ""));
        return attempt;
    }

    Allocation allocate(AttemptId attempt, Ask... asks) {
        return allocate(attempt, List.of(asks), List.of());
    }

    Allocation allocate(AttemptId attempt, List<Ask> asks, List<ContainerId> releases) {
        int responseId = masterResponses.getOrDefault(attempt, 0);
        Allocation reply = handle(new MasterCommand.Allocate(attempt, responseId, 0.5f, "", Wishes.of(asks, releases)));
        masterResponses.put(attempt, reply.responseId());
        return reply;
    }

    /** A heartbeat of a master with any wishes. */
    Allocation allocate(AttemptId attempt, Wishes wishes) {
        int responseId = masterResponses.getOrDefault(attempt, 0);
        Allocation reply = handle(new MasterCommand.Allocate(attempt, responseId, 0.5f, "", wishes));
        masterResponses.put(attempt, reply.responseId());
        return reply;
    }

    /** A master that has registered again begins with response id 0. */
    MasterRegistered register(AttemptId attempt) {
        MasterRegistered reply = handle(new MasterCommand.RegisterMaster(attempt, "host", 4040, ""));
        masterResponses.put(attempt, 0);
        return reply;
    }

    static ApplicationSpec keeping(boolean unmanaged) {
        return spec(3, SMALL, unmanaged, true);
    }

    static Ask ask(int count, long memoryMb) {
        return ask(Ask.ANYWHERE, count, memoryMb, true);
    }

    static Ask ask(String place, int count, long memoryMb, boolean relaxLocality) {
        return new Ask(new AskKey(1, -1), place, new Resource(memoryMb, 1), count, relaxLocality);
    }

    /** One core, a memory and as many of {@link #GPU}. */
    static Ask gpus(int count, long memoryMb, long gpus) {
        return new Ask(new AskKey(1, -1), Ask.ANYWHERE, new Resource(memoryMb, 1).and(GPU, gpus), count, true);
    }

    Application application(ApplicationId id) {
        return Objects.requireNonNull(state.application(id));
    }

    Attempt current(ApplicationId id) {
        return Objects.requireNonNull(application(id).currentAttempt());
    }

    /** The attempts that want something which they have not got, those in lines first, in turn. */
    List<Attempt> waiting() {
        Set<Attempt> waiting = new LinkedHashSet<>();
        state.queues().forEach(queue -> {
            queue.held().forEach(waiting::add);
            queue.shares().forEach(share -> waiting.addAll(share.waiting()));
        });
        waiting.addAll(state.growing());
        return List.copyOf(waiting);
    }

    Node state(NodeId id) {
        return Objects.requireNonNull(state.node(id));
    }

    ContainerId master(AttemptId attempt) {
        return Objects.requireNonNull(
                        Objects.requireNonNull(state.attempt(attempt)).master())
                .id();
    }
}
