package dev.heddle.rm.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.command.CoreCommand;
import dev.heddle.rm.command.MasterCommand;
import dev.heddle.rm.command.NodeCommand;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.AttemptState;
import dev.heddle.rm.model.ExitStatus;
import dev.heddle.rm.model.NodeId;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Where the next master goes after one has failed. */
class MasterPlacesTest {
    /** Does not fit on a node of 128 MB. */
    private static final Resource MASTER = new Resource(256, 1);

    private static final CorePolicy AVOIDING = avoiding(0.5);

    private static CorePolicy avoiding(double share) {
        CorePolicy policy = CoreFixture.POLICY;
        return new CorePolicy(
                policy.minimumAllocation(),
                policy.maximumAllocation(),
                10,
                policy.placementsPerPass(),
                policy.expiry(),
                policy.history(),
                policy.maxPriority(),
                share);
    }

    private final CoreFixture core = new CoreFixture(AVOIDING);
    private final NodeId first = core.node("h1", 1024);

    private static NodeId masterNode(CoreFixture core, AttemptId attempt) {
        return Objects.requireNonNull(
                        Objects.requireNonNull(core.state.attempt(attempt)).master())
                .node();
    }

    private AttemptId failOn(AttemptId attempt, int status) {
        NodeId node = masterNode(core, attempt);
        core.running(node, core.master(attempt));
        core.ended(node, core.master(attempt), status, "");
        return core.current(attempt.application()).id();
    }

    private AttemptId submitted() {
        ApplicationId id = core.submit(CoreFixture.spec(10, MASTER, false));
        return core.current(id).id();
    }

    @Test
    void shouldKeepTheNextMasterAwayFromTheHostWhereOneFailed() {
        AttemptId attempt = submitted();
        core.node("h2", 1024);
        core.node("h3", 1024);
        AttemptId next = failOn(attempt, 1);
        assertThat(core.current(next.application()).keptAway()).containsExactly("h1");
        assertThat(masterNode(core, next)).isNotEqualTo(first);
        core.running(masterNode(core, next), core.master(next));
        core.running(next.application());
        assertThat(core.current(next.application()).avoided())
                .as("its own containers may go there")
                .isEmpty();
    }

    @Test
    void shouldWaitForAnotherNodeWhereThereIsNoRoomElsewhere() {
        AttemptId attempt = submitted();
        core.node("h2", 128);
        core.node("h3", 128);
        AttemptId next = failOn(attempt, 1);
        assertThat(core.current(next.application()).state()).isEqualTo(AttemptState.SCHEDULED);
        assertThat(core.handle(new CoreCommand.Explain(next.application())))
                .extracting(waiting -> waiting.obstacle().what())
                .containsExactly(
                        "every node with 256 MB, 1 vcore free is on h1, where former application masters failed");
        NodeId late = core.node("h4", 1024);
        assertThat(masterNode(core, next)).isEqualTo(late);
    }

    @Test
    void shouldGoThereAfterAllWhereTooMuchWouldBeLeftOut() {
        AttemptId attempt = submitted();
        core.node("h2", 128);
        AttemptId next = failOn(attempt, 1);
        assertThat(core.current(next.application()).keptAway())
                .as("one of two is not less than half")
                .isEmpty();
        assertThat(masterNode(core, next)).isEqualTo(first);
    }

    @Test
    void shouldNotBlameTheNodeForWhatIsNotItsFault() {
        AttemptId attempt = submitted();
        core.node("h2", 128);
        core.node("h3", 128);
        for (int status : new int[] {ExitStatus.PREEMPTED, ExitStatus.DISKS_FAILED, -104, -103, 0}) {
            attempt = failOn(attempt, status);
            assertThat(core.application(attempt.application()).blamedHosts())
                    .as("exit status %s", status)
                    .isEmpty();
        }
        core.handle(new MasterCommand.MasterLaunchFailed(attempt, "nobody answers"));
        core.handle(new NodeCommand.UnregisterNode(first));
        assertThat(core.application(attempt.application()).blamedHosts()).isEmpty();
    }

    @Test
    void shouldRememberEachHostOnce() {
        AttemptId attempt = submitted();
        for (String host : new String[] {"h2", "h3", "h4", "h5", "h6"}) {
            core.node(host, 1024);
        }
        attempt = failOn(attempt, ExitStatus.INVALID);
        attempt = failOn(attempt, 1);
        Set<String> avoided = core.current(attempt.application()).keptAway();
        assertThat(List.copyOf(avoided)).hasSize(2).contains("h1").isSorted();
        assertThat(avoided).doesNotContain(masterNode(core, attempt).host());
    }

    @Test
    void shouldGoEverywhereWhereThatIsSwitchedOff() {
        CoreFixture other = new CoreFixture();
        NodeId node = other.node("h1", 1024);
        ApplicationId id = other.submit(CoreFixture.spec());
        AttemptId attempt = other.current(id).id();
        other.running(node, other.master(attempt));
        other.ended(node, other.master(attempt), 1, "");
        assertThat(other.application(id).blamedHosts()).isEmpty();
        assertThat(other.current(id).state()).isEqualTo(AttemptState.ALLOCATED);
    }
}
