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
        state.lastSequence = Math.max(state.lastSequence, event.application().sequence());
    }

    @Override
    public void applicationAccepted(ApplicationEvent.ApplicationAccepted event) {
        state.applications.put(event.application(), new Application(event.application(), event.spec(), event.atMs()));
    }

    @Override
    public void applicationEnded(ApplicationEvent.ApplicationEnded event) {
        Application application = ClusterState.known(state.application(event.application()), event.application());
        application.state = Lifecycles.APPLICATION.transition(application.state, event.state());
        application.finalStatus = event.finalStatus();
        application.diagnostics = event.diagnostics();
        application.endedAtMs = event.atMs();
        state.endedApplications.add(event.application());
    }

    @Override
    public void applicationForgotten(ApplicationEvent.ApplicationForgotten event) {
        state.applications.remove(event.application());
        state.endedApplications.remove(event.application());
    }
}
