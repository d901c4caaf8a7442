package dev.heddle.rm.state;

import static dev.heddle.rm.model.AttemptState.ALLOCATED;
import static dev.heddle.rm.model.AttemptState.FINISHING;
import static dev.heddle.rm.model.AttemptState.LAUNCHED;
import static dev.heddle.rm.model.AttemptState.SCHEDULED;
import static dev.heddle.rm.model.ContainerState.ACQUIRED;
import static dev.heddle.rm.model.ContainerState.COMPLETED;
import static dev.heddle.rm.model.ContainerState.GRANTED;
import static dev.heddle.rm.model.ContainerState.STOPPING;

import dev.heddle.common.lifecycle.Lifecycle;
import dev.heddle.rm.model.ApplicationState;
import dev.heddle.rm.model.AttemptState;
import dev.heddle.rm.model.ContainerState;
import dev.heddle.rm.model.NodeState;
import java.util.EnumSet;
import java.util.List;

/** The lifecycle tables of the RM's entities. */
public final class Lifecycles {
    public static final Lifecycle<ApplicationState> APPLICATION = Lifecycle.of(
                    "application", ApplicationState.class, ApplicationState.ACCEPTED)
            .allow(
                    ApplicationState.ACCEPTED,
                    EnumSet.of(ApplicationState.RUNNING, ApplicationState.FAILED, ApplicationState.KILLED))
            // Back to ACCEPTED: the attempt failed and the next one waits for its container.
            .allow(
                    ApplicationState.RUNNING,
                    EnumSet.of(
                            ApplicationState.ACCEPTED,
                            ApplicationState.FINISHED,
                            ApplicationState.FAILED,
                            ApplicationState.KILLED))
            .build();

    public static final Lifecycle<AttemptState> ATTEMPT = Lifecycle.of("attempt", AttemptState.class, SCHEDULED)
            // From SCHEDULED to LAUNCHED: an unmanaged master needs no container.
            .allow(SCHEDULED, EnumSet.of(ALLOCATED, LAUNCHED, AttemptState.FAILED, AttemptState.KILLED))
            // From ALLOCATED to RUNNING: a quick master registers before its launch has been reported.
            .allow(ALLOCATED, EnumSet.of(LAUNCHED, AttemptState.RUNNING, AttemptState.FAILED, AttemptState.KILLED))
            .allow(LAUNCHED, EnumSet.of(AttemptState.RUNNING, AttemptState.FAILED, AttemptState.KILLED))
            .allow(AttemptState.RUNNING, EnumSet.of(FINISHING, AttemptState.FAILED, AttemptState.KILLED))
            .allow(FINISHING, EnumSet.of(AttemptState.FINISHED))
            .build();

    public static final Lifecycle<ContainerState> CONTAINER = Lifecycle.of("container", ContainerState.class, GRANTED)
            .allow(GRANTED, EnumSet.of(ACQUIRED, COMPLETED))
            .allow(ACQUIRED, EnumSet.of(ContainerState.RUNNING, COMPLETED))
            .allow(ContainerState.RUNNING, EnumSet.of(STOPPING, COMPLETED))
            .allow(STOPPING, EnumSet.of(COMPLETED))
            .build();

    public static final Lifecycle<NodeState> NODE = Lifecycle.of("node", NodeState.class, NodeState.NEW)
            // From NEW to DECOMMISSIONED: an excluded host that has never been here.
            .allow(NodeState.NEW, EnumSet.of(NodeState.RUNNING, NodeState.UNHEALTHY, NodeState.DECOMMISSIONED))
            .allow(
                    NodeState.RUNNING,
                    EnumSet.of(
                            NodeState.UNHEALTHY,
                            NodeState.DECOMMISSIONING,
                            NodeState.REBOOTED,
                            NodeState.DECOMMISSIONED,
                            NodeState.LOST,
                            NodeState.SHUTDOWN))
            .allow(
                    NodeState.UNHEALTHY,
                    EnumSet.of(
                            NodeState.RUNNING,
                            NodeState.DECOMMISSIONING,
                            NodeState.REBOOTED,
                            NodeState.DECOMMISSIONED,
                            NodeState.LOST,
                            NodeState.SHUTDOWN))
            .allow(
                    NodeState.DECOMMISSIONING,
                    EnumSet.of(
                            NodeState.RUNNING,
                            NodeState.UNHEALTHY,
                            NodeState.REBOOTED,
                            NodeState.DECOMMISSIONED,
                            NodeState.LOST,
                            NodeState.SHUTDOWN))
            .allow(
                    NodeState.REBOOTED,
                    EnumSet.of(
                            NodeState.RUNNING,
                            NodeState.UNHEALTHY,
                            NodeState.DECOMMISSIONED,
                            NodeState.LOST,
                            NodeState.SHUTDOWN))
            .allow(NodeState.DECOMMISSIONED, EnumSet.of(NodeState.RUNNING, NodeState.UNHEALTHY))
            .allow(NodeState.LOST, EnumSet.of(NodeState.RUNNING, NodeState.UNHEALTHY))
            .allow(NodeState.SHUTDOWN, EnumSet.of(NodeState.RUNNING, NodeState.UNHEALTHY))
            .build();

    private Lifecycles() {}

    /** Every table, in the order in which the documentation shows them. */
    public static List<Lifecycle<?>> all() {
        return List.of(APPLICATION, ATTEMPT, CONTAINER, NODE);
    }
}
