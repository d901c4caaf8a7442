package dev.heddle.rm.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.command.Allocation;
import dev.heddle.rm.command.CoreCommand;
import dev.heddle.rm.command.MasterCommand;
import dev.heddle.rm.model.ApplicationSpec;
import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.ContainerExit;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.ExitStatus;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.scheduler.preemption.Loss;
import dev.heddle.rm.scheduler.preemption.PreemptionPlan;
import dev.heddle.rm.state.Container;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How queues, users and urgent applications get back what they are owed. */
class PreemptionTest {
    private static final String KEYS = "yarn.resourcemanager.monitor.capacity.preemption.";
    private static final long GRACE_MS = 15_000;

    private CoreFixture core = with("root.queues=a,b", "root.a.capacity=50", "root.b.capacity=50");

    private static CoreFixture with(String... lines) {
        return new CoreFixture(
                CoreFixture.POLICY,
                CoreFixture.plan(Stream.concat(
                                Stream.of(
                                        "maximum-am-resource-percent=1",
                                        "user-limit-factor=10",
                                        "yarn.resourcemanager.scheduler.monitor.enable=true",
                                        KEYS + "total_preemption_per_round=1",
                                        KEYS + "natural_termination_factor=1",
                                        KEYS + "max_ignored_over_capacity=0"),
                                Stream.of(lines))
                        .toArray(String[]::new)));
    }

    private AttemptId application(String queue) {
        return application(queue, "user", 0);
    }

    private AttemptId application(String queue, String user, int priority) {
        ApplicationSpec spec = CoreFixture.spec(1, CoreFixture.SMALL, true);
        AttemptId attempt = new AttemptId(
                core.submit(new ApplicationSpec(
                        spec.name(),
                        spec.type(),
                        user,
                        queue,
                        priority,
                        spec.tags(),
                        spec.retries(),
                        spec.masterResource(),
                        spec.labels(),
                        true,
                        0,
                        spec.acls(),
                        spec.launchContext())),
                1);
        core.handle(new MasterCommand.RegisterMaster(attempt, "host", 1, ""));
        return attempt;
    }

    private static Ask ask(int count, long memoryMb) {
        return ask(1, count, memoryMb);
    }

    private static Ask ask(int priority, int count, long memoryMb) {
        return new Ask(new AskKey(priority, -1), Ask.ANYWHERE, new Resource(memoryMb, 1), count, true, "");
    }

    private int containers(AttemptId attempt) {
        return Objects.requireNonNull(core.state.attempt(attempt)).containers().size();
    }

    private PreemptionPlan round(long laterMs) {
        core.nowMs += laterMs;
        return core.handle(new CoreCommand.Preempt());
    }

    @Test
    void shouldTellAMasterAndEndItsContainersAfterTheGrace() {
        NodeId node = core.node("n", new Resource(10_240, 100));
        AttemptId a = application("a");
        AttemptId b = application("b");
        List<ContainerId> had = new ArrayList<>();
        core.allocate(a, ask(20, 1_024)).grants().forEach(grant -> had.add(grant.container()));
        assertThat(had).hasSize(10);
        core.running(node, had.toArray(ContainerId[]::new));
        core.allocate(b, ask(20, 1_024));
        List<ContainerId> youngest = had.subList(5, 10);
        assertThat(round(0).losses()).extracting(Loss::container).containsExactlyInAnyOrderElementsOf(youngest);
        Allocation.Losses told = core.allocate(a).prospects().losses();
        assertThat(told.containers()).containsExactlyInAnyOrderElementsOf(youngest);
        assertThat(told.unit()).isEqualTo(CoreFixture.SMALL);
        assertThat(told.units()).isEqualTo(40);
        assertThat(core.allocate(a).prospects().losses()).as("it is told once").isEqualTo(Allocation.Losses.NONE);
        round(GRACE_MS - 1);
        assertThat(core.state.preemptions().stopping()).isEmpty();
        round(1);
        assertThat(core.state.preemptions().stopping())
                .extracting(Container::id)
                .containsExactlyInAnyOrderElementsOf(youngest);
        assertThat(round(GRACE_MS).losses()).as("what is on its way counts").isEmpty();
        List<ContainerExit> ended = new ArrayList<>();
        youngest.forEach(id -> ended.add(new ContainerExit(id, 143, "killed")));
        core.heartbeat(node, had.subList(0, 5), ended);
        assertThat(containers(a)).isEqualTo(5);
        assertThat(containers(b)).isEqualTo(5);
        assertThat(core.allocate(a).exits())
                .hasSize(5)
                .extracting(ContainerExit::status, ContainerExit::diagnostics)
                .containsOnly(tuple(ExitStatus.PREEMPTED, "Container preempted by scheduler"));
        assertThat(round(GRACE_MS).losses()).as("each has its own").isEmpty();
    }
}
