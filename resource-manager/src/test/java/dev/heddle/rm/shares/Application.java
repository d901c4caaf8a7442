package dev.heddle.rm.shares;

import dev.heddle.rm.contract.SimulatedMaster;
import dev.heddle.rm.contract.Stage;
import dev.heddle.testbed.Await;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.security.token.Token;
import org.apache.hadoop.yarn.api.protocolrecords.AllocateResponse;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.ApplicationTimeoutType;
import org.apache.hadoop.yarn.api.records.Container;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerStatus;
import org.apache.hadoop.yarn.api.records.FinalApplicationStatus;
import org.apache.hadoop.yarn.api.records.PreemptionMessage;
import org.apache.hadoop.yarn.api.records.ResourceBlacklistRequest;
import org.apache.hadoop.yarn.api.records.ResourceRequest;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;
import org.apache.hadoop.yarn.client.ClientRMProxy;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.security.AMRMTokenIdentifier;
import org.apache.hadoop.yarn.util.ConverterUtils;
import org.jspecify.annotations.Nullable;

/** An application of a scenario, with its master. What is asked of a master that does not run yet, it asks when it does. */
final class Application {
    private final Scenario scenario;
    private final Stage stage;
    private final ApplicationId id;
    private final Submission submission;
    private final Map<ContainerId, Container> held = new LinkedHashMap<>();
    private final List<ContainerStatus> lost = new ArrayList<>();
    private final Set<ContainerId> warned = new LinkedHashSet<>();
    private final List<ResourceRequest> unsaid = new ArrayList<>();
    private @Nullable ResourceBlacklistRequest unsaidBlacklist;
    private @Nullable SimulatedMaster master;
    private long asks;
    private boolean finished;
    private Runnable endMaster = () -> {};

    Application(Scenario scenario, Stage stage, ApplicationId id, Submission submission) {
        this.scenario = scenario;
        this.stage = stage;
        this.id = id;
        this.submission = submission;
    }

    ApplicationId id() {
        return id;
    }

    String user() {
        return submission.user();
    }

    boolean isManaged() {
        return submission.masterMb() > 0;
    }

    ApplicationReport report() throws Exception {
        return scenario.report(submission.user(), id);
    }

    YarnApplicationState state() throws Exception {
        return report().getYarnApplicationState();
    }

    /** What is left of its lifetime; -1 where there is no end. */
    long secondsToLive() throws Exception {
        return report().getApplicationTimeouts()
                .get(ApplicationTimeoutType.LIFETIME)
                .getRemainingTime();
    }

    /** The whole path of the queue that it is in. */
    String queue() throws Exception {
        return report().getQueue();
    }

    /** That many containers of one core, wherever. */
    Application asks(int count, int memoryMb) throws Exception {
        return asks(Ask.of(count, memoryMb));
    }

    /** Asks for more than before: what was asked then and is not there yet is still wanted. */
    Application asks(Ask ask) throws Exception {
        unsaid.addAll(ask.rows(++asks));
        speak();
        return this;
    }

    /** Asks for what has to be refused; returns the kind and the words of the refusal. */
    String refusal(Ask ask) throws Exception {
        try {
            runningMaster().allocate(ask.rows(++asks), List.of(), null);
        } catch (YarnException e) {
            return e.getClass().getSimpleName() + ": " + e.getMessage();
        }
        throw new AssertionError("not refused: " + ask);
    }

    /** Wants nothing on these machines from now on. */
    Application avoids(Machine... machines) throws Exception {
        List<String> hosts = new ArrayList<>();
        for (Machine machine : machines) {
            hosts.add(machine.host());
        }
        unsaidBlacklist = ResourceBlacklistRequest.newInstance(hosts, new ArrayList<>());
        speak();
        return this;
    }

    private void speak() throws Exception {
        if (master != null) {
            turn();
        }
    }

    /** Asks what it has to ask, and takes what came; returns whether anything came. */
    boolean turn() throws Exception {
        if (master == null || finished) {
            return false;
        }
        AllocateResponse response = master.allocate(List.copyOf(unsaid), List.of(), unsaidBlacklist);
        unsaid.clear();
        unsaidBlacklist = null;
        scenario.drain();
        return take(response);
    }

    private boolean take(AllocateResponse response) {
        for (Container container : response.getAllocatedContainers()) {
            held.put(container.getId(), container);
            scenario.machine(container.getNodeId()).run(container.getId());
        }
        for (ContainerStatus status : response.getCompletedContainersStatuses()) {
            if (held.remove(status.getContainerId()) != null) {
                lost.add(status);
            }
        }
        PreemptionMessage message = response.getPreemptionMessage();
        if (message != null && message.getStrictContract() != null) {
            message.getStrictContract().getContainers().forEach(container -> warned.add(container.getId()));
        }
        if (message != null && message.getContract() != null) {
            message.getContract().getContainers().forEach(container -> warned.add(container.getId()));
        }
        return !response.getAllocatedContainers().isEmpty()
                || !response.getCompletedContainersStatuses().isEmpty();
    }

    /** The processes of its oldest containers end; the resource manager hears of it when nodes say so. */
    Application ends(int count) {
        List<Container> oldest = held.values().stream().limit(count).toList();
        if (oldest.size() < count) {
            throw new IllegalArgumentException(id + " holds " + oldest.size() + " containers, not " + count);
        }
        oldest.forEach(container -> scenario.machine(container.getNodeId()).end(container.getId()));
        return this;
    }

    /** Gives back its youngest containers. */
    Application releases(int count) throws Exception {
        List<ContainerId> ids = new ArrayList<>(held.keySet());
        take(runningMaster().allocate(List.of(), ids.subList(ids.size() - count, ids.size())));
        scenario.drain();
        return this;
    }

    /** Says that it has done its work. */
    void finishes() {
        SimulatedMaster running = runningMaster();
        finished = true;
        Await.until("the end of " + id, Stage.LIMIT, () -> {
            boolean unregistered =
                    running.finish(FinalApplicationStatus.SUCCEEDED, "").getIsUnregistered();
            scenario.drain();
            return unregistered;
        });
        held.clear();
        endMaster.run();
    }

    /** Begins as an unmanaged master: the token is in its owner's report. */
    void begin() throws Exception {
        ApplicationReport report = report();
        begin(
                report.getCurrentApplicationAttemptId(),
                ConverterUtils.convertFromYarn(
                        report.getAMRMToken(), ClientRMProxy.getAMRMTokenService(stage.configuration())));
    }

    /** Begins as a master that a machine has started with a token. */
    void begin(Machine machine, ContainerId container, Token<AMRMTokenIdentifier> token) throws Exception {
        machine.run(container);
        endMaster = () -> machine.end(container);
        begin(container.getApplicationAttemptId(), token);
    }

    private void begin(ApplicationAttemptId attempt, Token<AMRMTokenIdentifier> token) throws Exception {
        token.setService(ClientRMProxy.getAMRMTokenService(stage.configuration()));
        SimulatedMaster begun = SimulatedMaster.of(stage, attempt, token);
        begun.register();
        scenario.drain();
        master = begun;
        turn();
    }

    boolean hasMaster() {
        return master != null;
    }

    private SimulatedMaster runningMaster() {
        if (master == null) {
            throw new IllegalStateException("the master of " + id + " does not run");
        }
        return master;
    }

    /** How many containers it has, besides its master's. */
    int held() {
        return held.size();
    }

    /** How many of them run on a machine. */
    int heldOn(Machine machine) {
        return (int) held.values().stream()
                .filter(container -> container.getNodeId().equals(machine.id()))
                .count();
    }

    /** How many of them were asked for at a priority. */
    int held(int priority) {
        return (int) held.values().stream()
                .filter(container -> container.getPriority().getPriority() == priority)
                .count();
    }

    /** Of a further kind of resource, in its unit. */
    long heldOf(String kind) {
        return held.values().stream()
                .mapToLong(container -> container.getResource().getResourceValue(kind))
                .sum();
    }

    /** In MB. */
    long memoryHeld() {
        return held.values().stream()
                .mapToLong(container -> container.getResource().getMemorySize())
                .sum();
    }

    /** How many of its containers it was ever told that they may be taken away. */
    int warned() {
        return warned.size();
    }

    /** Its processes on a machine end. */
    Application endsOn(Machine machine, int count) {
        List<ContainerId> there = held.values().stream()
                .filter(container -> container.getNodeId().equals(machine.id()))
                .map(Container::getId)
                .limit(count)
                .toList();
        if (there.size() < count) {
            throw new IllegalArgumentException(id + " holds " + there.size() + " containers there, not " + count);
        }
        there.forEach(machine::end);
        return this;
    }

    /** How many containers wait for room that is being kept for them. */
    int reserved() throws Exception {
        return report().getApplicationResourceUsageReport().getNumReservedContainers();
    }

    /** How many of its containers ended with a status. */
    int lost(int exitStatus) {
        return (int) lost.stream()
                .filter(status -> status.getExitStatus() == exitStatus)
                .count();
    }
}
