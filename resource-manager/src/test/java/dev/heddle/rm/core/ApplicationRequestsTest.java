package dev.heddle.rm.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.command.ApplicationCommand;
import dev.heddle.rm.command.CoreCommand;
import dev.heddle.rm.command.MasterCommand;
import dev.heddle.rm.command.NodeCommand;
import dev.heddle.rm.command.Refusal;
import dev.heddle.rm.model.ApplicationAcls;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.ApplicationSpec;
import dev.heddle.rm.model.ApplicationState;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.AttemptState;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.ContainerSignal;
import dev.heddle.rm.model.ContainerToSignal;
import dev.heddle.rm.model.ExitStatus;
import dev.heddle.rm.model.FinalStatus;
import dev.heddle.rm.model.LaunchContext;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.Retries;
import dev.heddle.rm.scheduler.queue.QueueSpec;
import dev.heddle.rm.state.Attempt;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What users want of applications, and how attempts are tried again. */
class ApplicationRequestsTest {
    private static final long HOUR_MS = 3_600_000;

    private final CoreFixture core = new CoreFixture();

    private static ApplicationSpec spec(int priority, Retries retries, long lifetimeMs) {
        return new ApplicationSpec(
                "name",
                "TYPE",
                "user",
                "default",
                priority,
                Set.of(),
                retries,
                CoreFixture.SMALL,
                ApplicationSpec.Labels.NONE,
                false,
                lifetimeMs,
                ApplicationAcls.NOBODY,
                new LaunchContext(new byte[0]));
    }

    private static CoreFixture with(int maximum, long defaultLifetimeMs, long maximumLifetimeMs) {
        return new CoreFixture(
                CoreFixture.POLICY,
                CoreFixture.queues(
                        1_000,
                        new QueueSpec.ApplicationCaps(
                                maximum, Integer.MAX_VALUE, defaultLifetimeMs, maximumLifetimeMs, 0)));
    }

    /** The process of the current attempt's master ends. */
    private void masterExits(ApplicationId application, NodeId node, int status) {
        Attempt attempt = core.current(application);
        core.running(application);
        core.running(node, core.master(attempt.id()));
        core.ended(node, core.master(attempt.id()), status, "the reason");
    }

    @Test
    void shouldFailAnAttemptForItsUserAndTryAgain() {
        core.node("a", 1024);
        AttemptId attempt = core.running();
        core.handle(new ApplicationCommand.FailAttempt(attempt));
        assertThat(core.application(attempt.application()).state()).isEqualTo(ApplicationState.ACCEPTED);
        assertThat(core.current(attempt.application()).id().number()).isEqualTo(2);
        core.handle(new ApplicationCommand.FailAttempt(attempt));
        assertThat(core.current(attempt.application()).id().number())
                .as("an attempt that is over fails no more")
                .isEqualTo(2);
        core.handle(new ApplicationCommand.FailAttempt(new AttemptId(attempt.application(), 2)));
        assertThat(core.application(attempt.application()).state()).isEqualTo(ApplicationState.FAILED);
        assertThat(core.application(attempt.application()).diagnostics())
                .isEqualTo(
                        "Application " + attempt.application() + " failed 2 times (global limit =3; local limit is =2)"
                                + " due to Attempt failed by user.. Failing the application.");
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(
                        () -> core.handle(new ApplicationCommand.FailAttempt(new AttemptId(attempt.application(), 7))))
                .withMessageContaining("doesn't exist in RM");
    }

    @Test
    void shouldNotCountWhatTheMasterCannotBeBlamedFor() {
        NodeId node = core.node("a", 1024);
        ApplicationId application = core.submit(CoreFixture.spec());
        for (int status : new int[] {
            ExitStatus.ABORTED, ExitStatus.PREEMPTED, ExitStatus.DISKS_FAILED, ExitStatus.KILLED_BY_RESOURCE_MANAGER, 1
        }) {
            masterExits(application, node, status);
            assertThat(core.application(application).state()).isEqualTo(ApplicationState.ACCEPTED);
        }
        assertThat(core.current(application).id().number()).isEqualTo(6);
        masterExits(application, node, 1);
        assertThat(core.application(application).state()).isEqualTo(ApplicationState.FAILED);
    }

    @Test
    void shouldTryNoSecondTimeWhereOneAttemptIsAllowed() {
        NodeId node = core.node("a", 1024);
        ApplicationId application = core.submit(spec(0, Retries.upTo(1), 0));
        masterExits(application, node, ExitStatus.PREEMPTED);
        assertThat(core.application(application).state()).isEqualTo(ApplicationState.FAILED);
    }

    @Test
    void shouldForgiveFailuresOfLongAgo() {
        NodeId node = core.node("a", 1024);
        ApplicationId application = core.submit(spec(0, new Retries(2, 5_000, false), 0));
        for (int i = 0; i < 6; i++) {
            masterExits(application, node, 1);
            assertThat(core.application(application).state()).isEqualTo(ApplicationState.ACCEPTED);
            core.nowMs += 5_001;
        }
        assertThat(core.application(application).attempts())
                .as("those that are remembered")
                .hasSize(CoreFixture.POLICY.history().attempts());
        assertThat(core.current(application).id().number()).isEqualTo(7);
        assertThat(core.state.attempt(new AttemptId(application, 1))).isNull();
        masterExits(application, node, 1);
        masterExits(application, node, 1);
        assertThat(core.application(application).diagnostics())
                .contains("failed 2 times in previous 5000 milliseconds");
    }

    @Test
    void shouldTellTheNodeToSignalAContainerOnce() {
        NodeId node = core.node("a", 1024);
        AttemptId attempt = core.running();
        ContainerId master = core.master(attempt);
        core.running(node, master);
        core.handle(new ApplicationCommand.SignalContainer(master, ContainerSignal.OUTPUT_THREAD_DUMP));
        core.handle(new ApplicationCommand.SignalContainer(master, ContainerSignal.OUTPUT_THREAD_DUMP));
        core.handle(new ApplicationCommand.SignalContainer(master, ContainerSignal.GRACEFUL_SHUTDOWN));
        assertThat(core.running(node, master).orders().signals())
                .containsExactly(
                        new ContainerToSignal(master, ContainerSignal.OUTPUT_THREAD_DUMP),
                        new ContainerToSignal(master, ContainerSignal.GRACEFUL_SHUTDOWN));
        assertThat(core.running(node, master).orders().signals()).isEmpty();
        ContainerId absent = ContainerId.of(attempt, 5, 99);
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() ->
                        core.handle(new ApplicationCommand.SignalContainer(absent, ContainerSignal.GRACEFUL_SHUTDOWN)))
                .withMessage("Trying to signal an absent container " + absent);
    }

    @Test
    void shouldMoveAnApplicationOnlyToWhereItIs() {
        AttemptId attempt = core.unmanaged();
        ApplicationId id = attempt.application();
        core.handle(new ApplicationCommand.MoveApplication(id, "default"));
        core.handle(new ApplicationCommand.MoveApplication(id, "root.default"));
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> core.handle(new ApplicationCommand.MoveApplication(id, "nowhere")))
                .withMessage("The specified Queue: nowhere doesn't exist");
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> core.handle(new ApplicationCommand.MoveApplication(id, "root")))
                .withMessage("The specified Queue: root is not a Leaf Queue.");
        core.handle(new ApplicationCommand.KillApplication(id, "killed"));
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> core.handle(new ApplicationCommand.MoveApplication(id, "default")))
                .withMessage("App in KILLED state cannot be moved.");
    }

    @Test
    void shouldServeHigherPrioritiesFirst() {
        ApplicationId low = core.submit(spec(1, Retries.upTo(2), 0));
        ApplicationId high = core.submit(spec(2, Retries.upTo(2), 0));
        ApplicationId raised = core.submit(spec(1, Retries.upTo(2), 0));
        assertThat(core.handle(new ApplicationCommand.ChangePriority(raised, 3)))
                .isEqualTo(3);
        assertThat(core.waiting())
                .extracting(attempt -> attempt.id().application())
                .containsExactly(raised, high, low);
        core.node("a", 256);
        assertThat(core.current(raised).state()).isEqualTo(AttemptState.ALLOCATED);
        assertThat(core.current(high).state()).isEqualTo(AttemptState.ALLOCATED);
        assertThat(core.current(low).state()).isEqualTo(AttemptState.SCHEDULED);
        assertThat(core.handle(new ApplicationCommand.ChangePriority(low, 1_000)))
                .as("cut to the cluster's maximum")
                .isEqualTo(10);
        core.handle(new ApplicationCommand.KillApplication(low, "killed"));
        assertThat(core.handle(new ApplicationCommand.ChangePriority(low, 1)))
                .as("nothing changes any more")
                .isEqualTo(10);
    }

    @Test
    void shouldKillAnApplicationThatHasHadItsTime() {
        core.node("a", 1024);
        ApplicationId application = core.submit(spec(0, Retries.upTo(2), HOUR_MS));
        core.nowMs += HOUR_MS - 1;
        core.handle(new CoreCommand.Expire());
        assertThat(core.application(application).state()).isEqualTo(ApplicationState.ACCEPTED);
        assertThat(core.handle(new ApplicationCommand.ChangeLifetime(application, core.nowMs + 5_000)))
                .isEqualTo(core.nowMs + 5_000);
        core.nowMs += 4_999;
        core.handle(new CoreCommand.Expire());
        assertThat(core.application(application).isOver()).isFalse();
        core.nowMs += 1;
        core.handle(new CoreCommand.Expire());
        assertThat(core.application(application).state()).isEqualTo(ApplicationState.KILLED);
        assertThat(core.application(application).finalStatus()).isEqualTo(FinalStatus.KILLED);
        assertThat(core.application(application).diagnostics())
                .isEqualTo("Application is killed by ResourceManager as it has exceeded the lifetime period.");
        assertThat(core.handle(new ApplicationCommand.ChangeLifetime(application, 7)))
                .isEqualTo(7);
        assertThat(core.application(application).expiresAtMs()).isNotEqualTo(7);
    }

    @Test
    void shouldCutLifetimesToTheQueuesMaximum() {
        CoreFixture bounded = with(10, 1_000, HOUR_MS);
        ApplicationId silent = bounded.submit(spec(0, Retries.upTo(2), 0));
        assertThat(bounded.application(silent).expiresAtMs()).isEqualTo(bounded.nowMs + 1_000);
        ApplicationId greedy = bounded.submit(spec(0, Retries.upTo(2), 9 * HOUR_MS));
        assertThat(bounded.application(greedy).expiresAtMs()).isEqualTo(bounded.nowMs + HOUR_MS);
        assertThat(bounded.handle(new ApplicationCommand.ChangeLifetime(greedy, Long.MAX_VALUE)))
                .isEqualTo(bounded.nowMs + HOUR_MS);
    }

    @Test
    void shouldRefuseASubmissionOverTheLimitAndTakeItWhenOneHasEnded() {
        CoreFixture bounded = with(1, 0, 0);
        ApplicationId first = bounded.submit(CoreFixture.spec());
        ApplicationId second =
                bounded.handle(new ApplicationCommand.TakeApplicationId()).application();
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> bounded.handle(new ApplicationCommand.SubmitApplication(second, CoreFixture.spec())))
                .withMessage("Queue root.default already has 1 applications, cannot accept submission of application: "
                        + second);
        assertThat(bounded.state.application(second)).isNull();
        bounded.handle(new ApplicationCommand.KillApplication(first, "killed"));
        bounded.handle(new ApplicationCommand.SubmitApplication(second, CoreFixture.spec()));
        assertThat(bounded.application(second).state()).isEqualTo(ApplicationState.ACCEPTED);
    }

    @Test
    void shouldRefuseAnIdThatNobodyWasGiven() {
        ApplicationId invented = new ApplicationId(CoreFixture.START_MS, Integer.MAX_VALUE);
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> core.handle(new ApplicationCommand.SubmitApplication(invented, CoreFixture.spec())))
                .withMessageContaining("was never given to anybody");
        ApplicationId ofTheLeaderBefore = new ApplicationId(CoreFixture.START_MS - 1, 42);
        core.handle(new ApplicationCommand.SubmitApplication(ofTheLeaderBefore, CoreFixture.spec()));
        assertThat(core.handle(new ApplicationCommand.TakeApplicationId()).application())
                .isEqualTo(new ApplicationId(CoreFixture.START_MS, 1));
    }

    @Test
    void shouldNotBlameTheMasterForItsNode() {
        NodeId node = core.node("a", new Resource(1024, 8));
        ApplicationId application = core.submit(CoreFixture.spec());
        for (int i = 0; i < 4; i++) {
            core.handle(
                    new MasterCommand.MasterLaunched(core.current(application).id()));
            core.handle(new NodeCommand.UnregisterNode(node));
            core.node("a", new Resource(1024, 8));
        }
        assertThat(core.application(application).state()).isEqualTo(ApplicationState.ACCEPTED);
        assertThat(core.current(application).id().number()).isEqualTo(5);
    }
}
