package dev.heddle.rm.state;

import dev.heddle.rm.event.ApplicationEvent;

/** Makes events of applications true; decides nothing. An event about something unknown is a defect. */
final class ApplicationApplier implements ApplicationEvent.Visitor {
    private final ClusterState state;

    ApplicationApplier(ClusterState state) {
        this.state = state;
    }

    @Override
    public void applicationIdTaken(ApplicationEvent.ApplicationIdTaken event) {
        if (event.application().clusterTimestamp() == state.clusterTimestamp()) {
            state.lastSequence =
                    Math.max(state.lastSequence, event.application().sequence());
        }
    }

    @Override
    public void applicationAccepted(ApplicationEvent.ApplicationAccepted event) {
        Queue queue = ClusterState.known(
                state.queue(event.spec().queue()), event.spec().queue());
        Application application = new Application(event.application(), event.spec(), queue, event.atMs());
        state.applications.put(event.application(), application);
        state.queues.countLive(application, 1);
        state.unsettled.put(event.application(), application);
    }

    @Override
    public void applicationEnded(ApplicationEvent.ApplicationEnded event) {
        Application application = ClusterState.known(state.application(event.application()), event.application());
        application.state = Lifecycles.APPLICATION.transition(application.state, event.state());
        application.finalStatus = event.finalStatus();
        application.diagnostics = event.diagnostics();
        application.endedAtMs = event.atMs();
        state.endedApplications.add(event.application());
        state.queues.countLive(application, -1);
        state.settle(application);
    }

    @Override
    public void applicationMoved(ApplicationEvent.ApplicationMoved event) {
        Application application = ClusterState.known(state.application(event.application()), event.application());
        Attempt attempt = application.currentAttempt();
        if (attempt != null && attempt.reserved != null) {
            state.nodes.release(attempt.reserved);
        }
        state.queues.move(application, ClusterState.known(state.queue(event.queue()), event.queue()));
    }

    @Override
    public void priorityChanged(ApplicationEvent.PriorityChanged event) {
        Application application = ClusterState.known(state.application(event.application()), event.application());
        state.queues.reprioritize(application, event.priority());
    }

    @Override
    public void maxPriorityReplaced(ApplicationEvent.MaxPriorityReplaced event) {
        state.maxPriority = event.priority();
    }

    @Override
    public void lifetimeChanged(ApplicationEvent.LifetimeChanged event) {
        ClusterState.known(state.application(event.application()), event.application()).expiresAtMs =
                event.expiresAtMs();
    }

    @Override
    public void logsReported(ApplicationEvent.LogsReported event) {
        ClusterState.known(state.application(event.application()), event.application())
                .footprint
                .logged(ClusterState.known(state.node(event.node()), event.node()), event.state());
    }

    @Override
    public void applicationForgotten(ApplicationEvent.ApplicationForgotten event) {
        state.applications.remove(event.application());
        state.endedApplications.remove(event.application());
        state.unsettled.remove(event.application());
    }

    @Override
    public void constraintsGiven(ApplicationEvent.ConstraintsGiven event) {
        ClusterState.known(state.application(event.application()), event.application()).constraints =
                event.constraints();
    }
}
