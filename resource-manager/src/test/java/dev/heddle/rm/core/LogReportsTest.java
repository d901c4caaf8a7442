package dev.heddle.rm.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.rm.command.ApplicationCommand;
import dev.heddle.rm.command.CoreCommand;
import dev.heddle.rm.command.NodeCommand;
import dev.heddle.rm.event.ApplicationEvent;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.LogProgress;
import dev.heddle.rm.model.LogReport;
import dev.heddle.rm.model.LogState;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.NodeStatus;
import dev.heddle.rm.model.Utilization;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What nodes say of applications' logs, and of their own load. */
class LogReportsTest {
    private final CoreFixture core = new CoreFixture();
    private ApplicationId application = CoreFixture.NOBODY.application();
    private NodeId node = new NodeId("h1", 1000);

    @BeforeEach
    void start() {
        node = core.node("h1", 1024);
        application = core.running().application();
    }

    private void report(LogState state) {
        report(application, state);
    }

    private void report(ApplicationId of, LogState state) {
        core.handle(new NodeCommand.ReportLogs(node, List.of(new LogReport(of, state, "why"))));
    }

    private LogState known() {
        return core.application(application).logs(core.state(node));
    }

    @Test
    void shouldExpectLogsOfNodesWhereAContainerRan() {
        assertThat(core.application(application).logs()).isEqualTo(LogProgress.NONE);
        core.running(node, core.master(core.current(application).id()));
        assertThat(core.application(application).logs()).isEqualTo(new LogProgress(1, 0, 0, 0, 0));
    }

    @Test
    void shouldRememberTroubleUntilTheEnd() {
        report(LogState.RUNNING);
        report(LogState.RUNNING_WITH_FAILURE);
        report(LogState.RUNNING);
        assertThat(known()).isEqualTo(LogState.RUNNING_WITH_FAILURE);
        report(LogState.SUCCEEDED);
        assertThat(core.application(application).logs()).isEqualTo(new LogProgress(0, 0, 0, 1, 0));
    }

    @Test
    void shouldLetNothingChangeWhatIsSettled() {
        core.handle(new ApplicationCommand.KillApplication(application, "killed"));
        report(LogState.FAILED);
        report(LogState.SUCCEEDED);
        assertThat(known()).isEqualTo(LogState.FAILED);
    }

    @Test
    void shouldTakeNoNoteOfWhatIsNoNews() {
        report(LogState.RUNNING);
        core.events.clear();
        report(LogState.RUNNING);
        report(CoreFixture.NOBODY.application(), LogState.FAILED);
        core.handle(new NodeCommand.ReportLogs(
                new NodeId("stranger", 1), List.of(new LogReport(application, LogState.FAILED, ""))));
        core.handle(new NodeCommand.UnregisterNode(node));
        report(LogState.SUCCEEDED);
        assertThat(core.events).noneMatch(event -> event instanceof ApplicationEvent.LogsReported);
    }

    @Test
    void shouldForgetANodeThatIsForgotten() {
        report(LogState.SUCCEEDED);
        core.handle(new ApplicationCommand.KillApplication(application, "killed"));
        for (String other : List.of("h2", "h3", "h4")) {
            core.handle(new NodeCommand.UnregisterNode(core.node(other, 1024)));
        }
        core.handle(new NodeCommand.UnregisterNode(node));
        for (String other : List.of("h5", "h6")) {
            core.handle(new NodeCommand.UnregisterNode(core.node(other, 1024)));
        }
        assertThat(core.state.node(node)).as("only two are remembered").isNull();
        assertThat(core.application(application).logs()).isEqualTo(LogProgress.NONE);
        assertThat(core.state.nodesOf(core.application(application))).isEmpty();
    }

    @Test
    void shouldSumUpWhatIsReallyBusy() {
        assertThat(core.state.busyCores()).isZero();
        load(node, 2);
        NodeId other = core.node("h2", 1024);
        load(other, Float.POSITIVE_INFINITY);
        assertThat(core.state.busyCores())
                .as("no node is busier than it can be")
                .isEqualTo(10);
        load(other, Float.NaN);
        assertThat(core.state.busyCores()).isEqualTo(2);
        load(other, -3);
        assertThat(core.state.busyCores()).isEqualTo(2);
        core.handle(new NodeCommand.UnregisterNode(node));
        assertThat(core.state.busyCores()).isZero();
        core.handle(new CoreCommand.Expire());
    }

    private void load(NodeId of, float cores) {
        core.heartbeat(
                of, new NodeStatus(true, "", 0, Utilization.NONE, new Utilization(1, 1, cores)), List.of(), List.of());
    }
}
