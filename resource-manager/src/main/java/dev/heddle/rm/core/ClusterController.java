package dev.heddle.rm.core;

import dev.heddle.rm.command.Command;
import dev.heddle.rm.command.CommandHandlers;
import dev.heddle.rm.command.CoreCommand;
import dev.heddle.rm.command.Done;
import dev.heddle.rm.event.Event;
import dev.heddle.rm.event.NodeEvent;
import dev.heddle.rm.scheduler.Explanation;
import dev.heddle.rm.scheduler.explain.Waiting;
import dev.heddle.rm.scheduler.preemption.PreemptionPlan;
import dev.heddle.rm.state.Application;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.ClusterState;
import java.util.List;

/**
 * Decides on commands, one at a time, for the thread that owns it. Deterministic: the same commands at the same times give
 * the same events and replies.
 */
public final class ClusterController {
    /** What a command came to: its reply, and everything that it made happen. */
    public record Outcome<R>(R reply, List<Event> events) {}

    private final Ledger ledger;
    private final ContainerControl containers;
    private final PreemptionControl preemption;
    private final CommandHandlers handlers;

    public ClusterController(ClusterState state, CorePolicy policy) {
        this.ledger = new Ledger(state);
        QueueControl queues = new QueueControl(ledger);
        this.containers = new ContainerControl(ledger, queues, policy);
        ContainerSizes sizes = new ContainerSizes(state, policy);
        ApplicationControl applications = new ApplicationControl(ledger, containers, policy);
        NodeDeparture departure = new NodeDeparture(ledger, containers, applications, policy);
        MarkControl marks = new MarkControl(ledger, containers);
        Eviction eviction = new Eviction(state, containers, applications);
        Overcommit overcommit = new Overcommit(ledger, eviction);
        this.preemption = new PreemptionControl(ledger, eviction);
        NodeControl nodes = new NodeControl(ledger, containers, applications, departure, marks, overcommit, policy);
        this.handlers = new CommandHandlers(
                new ApplicationRequests(ledger, applications, containers, sizes, policy),
                new MasterControl(
                        ledger,
                        containers,
                        applications,
                        sizes,
                        new ContainerUpdates(ledger, containers, sizes),
                        new SchedulingRequests(ledger, containers, sizes)),
                nodes,
                new NodeAdministration(ledger, containers, departure, marks, queues, overcommit),
                new Housekeeping(ledger, applications, nodes, containers, preemption));
    }

    /**
     * Decides on one command and makes its events true.
     *
     * @param nowMs when it arrived, in ms since 1970
     * @throws dev.heddle.rm.command.Refusal if it is refused; nothing has changed then
     */
    public <R> Outcome<R> handle(Command<R> command, long nowMs) {
        ledger.begin(nowMs);
        containers.beginPass();
        R reply = command.on(handlers);
        // Whatever a command has loosened is for those who wait. Commands whose reply says what was granted see to it
        // themselves.
        containers.placeWaiting();
        return new Outcome<>(reply, ledger.take());
    }

    /** Whether a pass was cut short since the last call, so that {@link CoreCommand.ContinuePlacement} is due. */
    public boolean takeBacklog() {
        return containers.takeBacklog();
    }

    /** Whether it is time for {@link CoreCommand.Preempt}. */
    public boolean isPreemptionDue(long nowMs) {
        return preemption.isDue(nowMs);
    }

    /** What is due as time passes, and what a pass left over. */
    private record Housekeeping(
            Ledger ledger,
            ApplicationControl applications,
            NodeControl nodes,
            ContainerControl containers,
            PreemptionControl preemption)
            implements CoreCommand.Handler {
        @Override
        public Done expire(CoreCommand.Expire command) {
            nodes.expireNodes();
            containers.expireIncreases();
            applications.expireApplications();
            applications.expireMasters();
            ledger.state().makeActivationDue();
            containers.placeWaiting();
            return Done.DONE;
        }

        @Override
        public Done replaceNodeKey(CoreCommand.ReplaceNodeKey command) {
            ledger.emit(new NodeEvent.NodeKeyReplaced());
            return Done.DONE;
        }

        @Override
        public List<Waiting> explain(CoreCommand.Explain command) {
            Application application = ledger.state().application(command.application());
            Attempt attempt = application == null || application.isOver() ? null : application.currentAttempt();
            return attempt == null ? List.of() : new Explanation(ledger.state(), ledger.nowMs()).of(attempt);
        }

        @Override
        public PreemptionPlan planPreemption(CoreCommand.PlanPreemption command) {
            return preemption.plan();
        }

        @Override
        public PreemptionPlan preempt(CoreCommand.Preempt command) {
            return preemption.round();
        }

        @Override
        public Done continuePlacement(CoreCommand.ContinuePlacement command) {
            containers.placeWaiting();
            return Done.DONE;
        }
    }
}
