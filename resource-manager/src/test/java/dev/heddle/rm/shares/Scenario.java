package dev.heddle.rm.shares;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.rm.contract.Side;
import dev.heddle.rm.contract.SimulatedNode;
import dev.heddle.rm.contract.Stage;
import dev.heddle.testbed.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.security.token.Token;
import org.apache.hadoop.yarn.api.protocolrecords.GetApplicationAttemptReportRequest;
import org.apache.hadoop.yarn.api.protocolrecords.GetApplicationReportRequest;
import org.apache.hadoop.yarn.api.protocolrecords.GetNewApplicationRequest;
import org.apache.hadoop.yarn.api.protocolrecords.GetQueueInfoRequest;
import org.apache.hadoop.yarn.api.protocolrecords.KillApplicationRequest;
import org.apache.hadoop.yarn.api.protocolrecords.SubmitApplicationRequest;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.NodeId;
import org.apache.hadoop.yarn.api.records.NodeLabel;
import org.apache.hadoop.yarn.api.records.QueueState;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.YarnApplicationAttemptState;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.security.AMRMTokenIdentifier;
import org.apache.hadoop.yarn.server.api.protocolrecords.AddToClusterNodeLabelsRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.RefreshQueuesRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.ReplaceLabelsOnNodeRequest;
import org.apache.hadoop.yarn.util.resource.ResourceUtils;
import org.jspecify.annotations.Nullable;

/**
 * One cluster from its start to its end: first the configuration, then who comes, asks and goes. Nothing is waited for by
 * time: after each step the resource manager has done what it does at once, and {@link #settle} lets nodes and masters speak
 * in turn until that changes nothing.
 *
 * <p>A master that asks while there is room is served before the next one is heard, by Heddle. So where masters are to
 * compete, they ask first and the nodes join afterwards, or containers end.
 */
final class Scenario implements AutoCloseable {
    static final int GB = 1024;

    /** Rounds without news after which a cluster has settled. Hadoop passes over some heartbeats before it assigns. */
    private static final int QUIET_ROUNDS = 3;

    private static final int MAX_ROUNDS = 1_000;
    private static final int PASSING_NODE_MB = 128 * GB;

    private final ResourceManagers all;
    private final Side.Kind kind;
    private final Path directory;
    private final ScenarioFiles files;
    private final Deque<Ending> endings = new ArrayDeque<>();
    private final Map<NodeId, Machine> machines = new LinkedHashMap<>();
    private final List<Application> applications = new ArrayList<>();
    private final Map<ContainerId, Start> started = new ConcurrentHashMap<>();
    private final int[] hosts = new int[ResourceManagers.RACKS + 1];
    private @Nullable Stage stage;

    /** Takes back something that was done. */
    @FunctionalInterface
    private interface Ending {
        void end() throws IOException, YarnException;
    }

    /** A master that a node was told to start. */
    private record Start(String host, Token<AMRMTokenIdentifier> token) {}

    Scenario(ResourceManagers all, Side.Kind kind) {
        this.all = all;
        this.kind = kind;
        this.directory = all.newDirectory();
        this.files = new ScenarioFiles(directory, all.rackTable());
    }

    /** Adds lines of {@code key=value} to {@code yarn-site.xml}; before {@link #queues}. */
    Scenario yarn(String lines) {
        files.yarn(lines);
        return this;
    }

    /**
     * Starts the resource manager.
     *
     * @param lines of {@code key=value}; keys that do not begin with {@code yarn.} lack {@code yarn.scheduler.capacity.}
     */
    Scenario queues(String lines) {
        files.writeYarn();
        files.writeQueues(lines);
        if (!files.kinds().isEmpty()) {
            // The records with which the nodes and masters here speak know them for the whole process.
            ResourceUtils.resetResourceTypes(files.configuration());
            endings.push(() -> ResourceUtils.resetResourceTypes(new YarnConfiguration()));
        }
        Side side = all.start(kind, directory);
        endings.push(side::close);
        stage = new Stage(side);
        endings.push(stage::close);
        return this;
    }

    private Stage stage() {
        return Objects.requireNonNull(stage, "queues come first");
    }

    /** Replaces the queues by these, as an operator does who changes the file and says so. */
    void refresh(String lines) throws Exception {
        files.writeQueues(lines);
        stage().administration().refreshQueues(RefreshQueuesRequest.newInstance());
        drain();
    }

    /** As {@link #refresh}, which has to be refused; returns the words. */
    String refreshRefusal(String lines) {
        try {
            refresh(lines);
        } catch (Exception e) {
            return String.valueOf(e.getMessage());
        }
        throw new AssertionError("the queues were taken: " + lines);
    }

    /** The preemption monitor decides once, that much later than the last time. */
    void preempts(long laterMs) throws Exception {
        all.preempt(kind, laterMs);
        drain();
    }

    /** Whether a user was let kill an application. */
    boolean kills(String user, Application application) throws Exception {
        try {
            boolean done = stage().client(user)
                    .forceKillApplication(KillApplicationRequest.newInstance(application.id()))
                    .getIsKillCompleted();
            drain();
            return done || application.state() == YarnApplicationState.KILLED;
        } catch (YarnException e) {
            return false;
        }
    }

    /** What is expected where the two differ and Heddle means to. */
    <T> T onPurpose(String why, T heddle, T hadoop) {
        return stage().onPurpose(why, heddle, hadoop);
    }

    /** A label that nodes can have. */
    void label(String name, boolean exclusive) throws Exception {
        stage().administration()
                .addToClusterNodeLabels(
                        AddToClusterNodeLabelsRequest.newInstance(List.of(NodeLabel.newInstance(name, exclusive))));
        drain();
    }

    /** A node joins: in the first rack, without a label, with cores enough. */
    Machine node(int memoryMb) throws Exception {
        return node(Place.of(memoryMb));
    }

    List<Machine> nodes(int count, int memoryMb) throws Exception {
        List<Machine> joined = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            joined.add(node(memoryMb));
        }
        return joined;
    }

    Machine node(Place place) throws Exception {
        String host = ResourceManagers.host(place.rack(), ++hosts[place.rack()]);
        MasterPort port = new MasterPort(
                all.threads(), host, (container, token) -> started.put(container, new Start(host, token)));
        endings.push(port::close);
        NodeId id = NodeId.newInstance(host, port.port());
        if (!place.label().isEmpty()) {
            ReplaceLabelsOnNodeRequest labels =
                    ReplaceLabelsOnNodeRequest.newInstance(Map.of(id, Set.of(place.label())));
            labels.setFailOnUnknownNodes(false);
            stage().administration().replaceLabelsOnNode(labels);
        }
        Machine machine = new Machine(
                new SimulatedNode(
                        stage().tracker(), id, Resource.newInstance(place.memoryMb(), place.vcores(), place.kinds())),
                port,
                ResourceManagers.rack(place.rack()));
        machines.put(id, machine);
        machine.join();
        drain();
        return machine;
    }

    /** A node goes, and with it what runs there. */
    void leaves(Machine machine) throws Exception {
        machines.remove(machine.id());
        machine.leave();
        drain();
    }

    Machine machine(NodeId id) {
        return Objects.requireNonNull(machines.get(id), () -> "no node " + id);
    }

    Submission application(String user, String queue) {
        return Submission.of(this, user, queue);
    }

    /** An application without anything special, whose unmanaged master runs. */
    Application submit(String user, String queue) throws Exception {
        return application(user, queue).submit();
    }

    Application submit(Submission submission) throws Exception {
        if (machines.isEmpty() && kind == Side.Kind.HADOOP) {
            // Without any node Hadoop's scheduler activates no application, and overlooks what is asked before. As long
            // as
            // a node says nothing it is assigned nothing.
            Machine passing = node(PASSING_NODE_MB);
            Application application = submit(submission);
            leaves(passing);
            return application;
        }
        ApplicationId id = send(submission);
        ApplicationReport report = report(submission.user(), id);
        if (report.getYarnApplicationState() != YarnApplicationState.ACCEPTED) {
            throw new AssertionError(
                    submission + " is " + report.getYarnApplicationState() + ": " + report.getDiagnostics());
        }
        Application application = new Application(this, stage(), id, submission);
        applications.add(application);
        if (!application.isManaged()) {
            application.begin();
        }
        return application;
    }

    /** Hadoop refuses some in the call and lets others fail a moment later. */
    String refusal(Submission submission) throws Exception {
        ApplicationId id;
        try {
            id = send(submission);
        } catch (YarnException e) {
            return String.valueOf(e.getMessage());
        }
        ApplicationReport report = report(submission.user(), id);
        if (report.getYarnApplicationState() == YarnApplicationState.FAILED) {
            return report.getDiagnostics();
        }
        throw new AssertionError(submission + " was taken: " + report.getYarnApplicationState());
    }

    /** What a user is told of an application. */
    ApplicationReport report(String user, ApplicationId id) throws Exception {
        return stage().client(user)
                .getApplicationReport(GetApplicationReportRequest.newInstance(id))
                .getApplicationReport();
    }

    private ApplicationId send(Submission submission) throws Exception {
        var client = stage().client(submission.user());
        ApplicationId id =
                client.getNewApplication(GetNewApplicationRequest.newInstance()).getApplicationId();
        client.submitApplication(SubmitApplicationRequest.newInstance(submission.context(id)));
        drain();
        return id;
    }

    /** Returns when what was said to the resource manager has had its effect. */
    void drain() {
        all.drain(kind);
    }

    /** Lets all nodes and masters speak in turn until that has changed nothing for some rounds. */
    Scenario settle() throws Exception {
        int quiet = 0;
        for (int rounds = 0; quiet < QUIET_ROUNDS; rounds++) {
            if (rounds == MAX_ROUNDS) {
                throw new AssertionError("there is no end to it: " + held(applications.toArray(new Application[0])));
            }
            quiet = round() ? 0 : quiet + 1;
        }
        return this;
    }

    /** Lets each node and each master speak once, that many times. */
    Scenario rounds(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            round();
        }
        return this;
    }

    private boolean round() throws Exception {
        boolean news = false;
        for (Machine machine : List.copyOf(machines.values())) {
            news |= machine.heartbeat();
            drain();
        }
        for (Application application : applications) {
            news |= beginIfStarted(application);
            news |= application.turn();
        }
        return news;
    }

    /** A master begins when its node was told to start it and the resource manager has heard that it did. */
    private boolean beginIfStarted(Application application) throws Exception {
        if (application.hasMaster() || !application.isManaged()) {
            return false;
        }
        ApplicationAttemptId attempt = application.report().getCurrentApplicationAttemptId();
        Await.until(
                () -> "the start of " + attempt,
                Stage.LIMIT,
                () -> attemptState(application, attempt) != YarnApplicationAttemptState.ALLOCATED
                        && attemptState(application, attempt) != YarnApplicationAttemptState.ALLOCATED_SAVING);
        ContainerId container = started.keySet().stream()
                .filter(one -> one.getApplicationAttemptId().equals(attempt))
                .findFirst()
                .orElse(null);
        if (container == null) {
            return false;
        }
        Start start = Objects.requireNonNull(started.remove(container));
        Machine machine = machines.values().stream()
                .filter(one -> one.host().equals(start.host()))
                .findFirst()
                .orElseThrow();
        application.begin(machine, container, start.token());
        return true;
    }

    private YarnApplicationAttemptState attemptState(Application application, ApplicationAttemptId attempt)
            throws Exception {
        return stage().client(application.user())
                .getApplicationAttemptReport(GetApplicationAttemptReportRequest.newInstance(attempt))
                .getApplicationAttemptReport()
                .getYarnApplicationAttemptState();
    }

    /** How many containers each has, besides its master's; the resource manager's own reports have to agree. */
    List<Integer> held(Application... some) throws Exception {
        List<Integer> counts = new ArrayList<>();
        for (Application application : some) {
            ApplicationReport report = application.report();
            if (report.getYarnApplicationState() == YarnApplicationState.RUNNING) {
                assertThat(report.getApplicationResourceUsageReport().getNumUsedContainers())
                        .as("what %s uses, as it is reported", application.id())
                        .isEqualTo(application.held() + (application.isManaged() ? 1 : 0));
            }
            counts.add(application.held());
        }
        return counts;
    }

    /** How many containers there are, in all of a user's applications. */
    int heldBy(String user) {
        return applications.stream()
                .filter(application -> application.user().equals(user))
                .mapToInt(Application::held)
                .sum();
    }

    List<YarnApplicationState> states(Application... some) throws Exception {
        List<YarnApplicationState> states = new ArrayList<>();
        for (Application application : some) {
            states.add(application.state());
        }
        return states;
    }

    /** What is guaranteed to a queue, as its description has it. */
    Resource guaranteed(String queue) throws Exception {
        return stage().client("alice")
                .getQueueInfo(GetQueueInfoRequest.newInstance(queue, false, false, false))
                .getQueueInfo()
                .getQueueConfigurations()
                .get("")
                .getEffectiveMinCapacity();
    }

    /** The state of a queue, as its description has it. */
    QueueState queueState(String queue) throws Exception {
        return stage().client("alice")
                .getQueueInfo(GetQueueInfoRequest.newInstance(queue, false, false, false))
                .getQueueInfo()
                .getQueueState();
    }

    @Override
    public void close() throws IOException, YarnException {
        while (!endings.isEmpty()) {
            endings.pop().end();
        }
    }
}
