package dev.heddle.rm.core;

import static dev.heddle.rm.core.CoreFixture.SMALL;
import static dev.heddle.rm.core.CoreFixture.ask;
import static dev.heddle.rm.core.CoreFixture.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.command.Allocation;
import dev.heddle.rm.command.ApplicationCommand;
import dev.heddle.rm.command.CoreCommand;
import dev.heddle.rm.command.MasterCommand;
import dev.heddle.rm.command.NodeInstructions;
import dev.heddle.rm.command.Refusal;
import dev.heddle.rm.command.Wishes;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.ApplicationSpec;
import dev.heddle.rm.model.ApplicationState;
import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.AttemptState;
import dev.heddle.rm.model.ContainerExit;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.ExitStatus;
import dev.heddle.rm.model.FinalStatus;
import dev.heddle.rm.model.NodeId;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ClusterControllerTest {
    private final CoreFixture core = new CoreFixture();

    private static void assertRefused(Refusal.Kind kind, String part, ThrowingCallable call) {
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(call)
                .withMessageContaining(part)
                .matches(refusal -> refusal.kind() == kind);
    }

    @Test
    void shouldPlaceTheMasterAtOnceWhereThereIsRoom() {
        NodeId node = core.node("a", 1024);
        ApplicationId application = core.submit(spec());
        assertThat(core.current(application).state()).isEqualTo(AttemptState.ALLOCATED);
        ContainerId master = core.master(new AttemptId(application, 1));
        assertThat(master.epoch()).isEqualTo(5);
        assertThat(core.state(node).used()).isEqualTo(SMALL);
    }

    @Test
    void shouldPlaceTheMasterWhenANodeJoinsLater() {
        ApplicationId application = core.submit(spec());
        assertThat(core.current(application).state()).isEqualTo(AttemptState.SCHEDULED);
        core.node("a", 1024);
        assertThat(core.current(application).state()).isEqualTo(AttemptState.ALLOCATED);
    }

    @Test
    void shouldAnswerAnAskInTheCallThatMakesIt() {
        core.node("a", 1024);
        core.node("b", 1024);
        AttemptId attempt = core.running();
        Allocation reply = core.allocate(attempt, ask(3, 256));
        assertThat(reply.grants()).hasSize(3);
        assertThat(reply.grants()).extracting(Allocation.Grant::resource).containsOnly(new Resource(256, 1));
        assertThat(reply.tokensFor()).containsExactlyInAnyOrder(new NodeId("a", 1000), new NodeId("b", 1000));
        assertThat(reply.headroom()).isEqualTo(new Resource(2048 - 128 - 3 * 256, 16 - 4));
        assertThat(core.allocate(attempt).grants()).isEmpty();
    }

    @Test
    void shouldSpreadOverTheNodes() {
        core.node("a", 4096);
        core.node("b", 4096);
        core.node("c", 4096);
        AttemptId attempt = core.unmanaged();
        assertThat(core.allocate(attempt, ask(3, 128)).grants())
                .extracting(grant -> grant.node().host())
                .containsExactlyInAnyOrder("a", "b", "c");
    }

    @Test
    void shouldGiveATokenForANodeOnlyOnce() {
        core.node("a", 1024);
        AttemptId attempt = core.unmanaged();
        assertThat(core.allocate(attempt, ask(1, 128)).tokensFor()).hasSize(1);
        Allocation second = core.allocate(attempt, ask(1, 128));
        assertThat(second.grants()).hasSize(1);
        assertThat(second.tokensFor()).isEmpty();
    }

    @Test
    void shouldRoundAsksUpToTheMinimum() {
        core.node("a", 1024);
        AttemptId attempt = core.unmanaged();
        assertThat(core.allocate(attempt, ask(1, 130)).grants())
                .extracting(Allocation.Grant::resource)
                .containsExactly(new Resource(256, 1));
    }

    @Test
    void shouldReplaceAnAskNotAddToIt() {
        AttemptId attempt = core.unmanaged();
        core.allocate(attempt, ask(5, 128));
        core.allocate(attempt, ask(2, 128));
        core.node("a", 4096);
        assertThat(core.allocate(attempt).grants()).hasSize(2);
    }

    @Test
    void shouldWithdrawAnAskOfZero() {
        AttemptId attempt = core.unmanaged();
        core.allocate(attempt, ask(5, 128));
        core.allocate(attempt, ask(0, 128));
        core.node("a", 4096);
        assertThat(core.allocate(attempt).grants()).isEmpty();
    }

    @Test
    void shouldPreferTheHostThatIsAskedFor() {
        core.node("a", 4096);
        core.node("b", 4096);
        AttemptId attempt = core.unmanaged();
        Allocation reply = core.allocate(attempt, ask("b", 1, 128, true), ask(2, 128));
        assertThat(reply.grants()).extracting(grant -> grant.node().host()).containsExactly("b", "a");
    }

    @Test
    void shouldStayOnTheHostWhereLocalityIsNotRelaxed() {
        core.node("a", 4096);
        AttemptId attempt = core.unmanaged();
        Ask host = ask("b", 1, 128, true);
        Ask anywhere = ask(Ask.ANYWHERE, 1, 128, false);
        assertThat(core.allocate(attempt, host, anywhere).grants()).isEmpty();
        core.node("b", 4096);
        assertThat(core.allocate(attempt).grants())
                .extracting(grant -> grant.node().host())
                .containsExactly("b");
    }

    @Test
    void shouldUseTheRoomOfAnEndedContainerAtOnce() {
        NodeId node = core.node("a", 256);
        AttemptId attempt = core.unmanaged();
        ContainerId first = core.allocate(attempt, ask(1, 256)).grants().get(0).container();
        assertThat(core.allocate(attempt, ask(1, 256)).grants()).isEmpty();
        core.running(node, first);
        core.ended(node, first, 0, "");
        Allocation reply = core.allocate(attempt);
        assertThat(reply.grants()).hasSize(1);
        assertThat(reply.exits()).containsExactly(new ContainerExit(first, 0, ""));
    }

    @Test
    void shouldServeTheEarlierApplicationFirst() {
        NodeId node = core.node("a", 256);
        AttemptId first = core.unmanaged();
        AttemptId second = core.unmanaged();
        ContainerId held = core.allocate(first, ask(1, 256)).grants().get(0).container();
        core.allocate(second, ask(1, 256));
        core.allocate(first, ask(1, 256));
        core.ended(node, held, 0, "");
        assertThat(core.allocate(second).grants()).isEmpty();
        assertThat(core.allocate(first).grants()).hasSize(1);
    }

    @Test
    void shouldGiveBackTheRoomOfAReleasedContainerThatNeverRan() {
        NodeId node = core.node("a", 1024);
        AttemptId attempt = core.unmanaged();
        ContainerId container =
                core.allocate(attempt, ask(1, 128)).grants().get(0).container();
        Allocation reply = core.allocate(attempt, List.of(), List.of(container));
        assertThat(reply.exits())
                .containsExactly(new ContainerExit(container, ExitStatus.ABORTED, "Container released by application"));
        assertThat(core.state(node).used()).isEqualTo(Resource.NONE);
        assertThat(core.running(node).stop()).containsExactly(container);
    }

    @Test
    void shouldKeepTheRoomOfAReleasedContainerUntilItsProcessIsGone() {
        NodeId node = core.node("a", 1024);
        AttemptId attempt = core.unmanaged();
        ContainerId container =
                core.allocate(attempt, ask(1, 128)).grants().get(0).container();
        core.running(node, container);
        assertThat(core.allocate(attempt, List.of(), List.of(container)).exits())
                .isEmpty();
        assertThat(core.state(node).used()).isEqualTo(SMALL);
        assertThat(core.running(node, container).stop()).containsExactly(container);
        core.ended(node, container, 137, "Killed by external signal");
        assertThat(core.state(node).used()).isEqualTo(Resource.NONE);
        assertThat(core.allocate(attempt).exits())
                .containsExactly(new ContainerExit(container, ExitStatus.ABORTED, "Container released by application"));
    }

    @Test
    void shouldRefuseTheReleaseOfAnotherApplicationsContainer() {
        core.node("a", 1024);
        AttemptId owner = core.unmanaged();
        AttemptId other = core.unmanaged();
        ContainerId container =
                core.allocate(owner, ask(1, 128)).grants().get(0).container();
        assertRefused(
                Refusal.Kind.INVALID_RELEASE,
                container.toString(),
                () -> core.allocate(other, List.of(), List.of(container)));
        assertThat(core.state.container(container)).isNotNull();
    }

    @Test
    void shouldRefuseWhatNoNodeCanEverHoldAndChangeNothing() {
        core.node("a", 1024);
        AttemptId attempt = core.unmanaged();
        int before = core.events.size();
        assertRefused(Refusal.Kind.INVALID_ASK, "memory-mb", () -> core.allocate(attempt, ask(1, 128), ask(1, 2048)));
        assertRefused(Refusal.Kind.INVALID_ASK, "negative", () -> core.allocate(attempt, ask(-1, 128)));
        assertThat(core.events).hasSize(before);
        assertRefused(Refusal.Kind.INVALID_ASK, "memory-mb", () -> core.submit(spec(1, new Resource(2048, 1), false)));
        assertRefused(Refusal.Kind.INVALID_ASK, "vcores", () -> core.submit(spec(1, new Resource(128, 9), false)));
    }

    @Test
    void shouldRepeatTheReplyToARepeatedHeartbeatAndRefuseAStrayOne() {
        core.node("a", 1024);
        AttemptId attempt = core.unmanaged();
        MasterCommand.Allocate call =
                new MasterCommand.Allocate(attempt, 0, 0, "", Wishes.of(List.of(ask(1, 128)), List.of()));
        Allocation first = core.handle(call);
        assertThat(core.handle(call)).isSameAs(first);
        assertRefused(
                Refusal.Kind.WRONG_RESPONSE_ID,
                "expect responseId to be 1, but get 7",
                () -> core.handle(new MasterCommand.Allocate(attempt, 7, 0, "", Wishes.of(List.of(), List.of()))));
    }

    @Test
    void shouldEndWellWhenTheMasterSaysSoAndItsProcessFollows() {
        NodeId node = core.node("a", 1024);
        AttemptId attempt = core.running();
        ContainerId executor =
                core.allocate(attempt, ask(1, 128)).grants().get(0).container();
        core.running(node, core.master(attempt), executor);
        core.handle(new MasterCommand.FinishMaster(attempt, FinalStatus.SUCCEEDED, "all done", ""));
        var application = core.application(attempt.application());
        assertThat(application.state()).isEqualTo(ApplicationState.FINISHED);
        assertThat(application.finalStatus()).isEqualTo(FinalStatus.SUCCEEDED);
        assertThat(application.diagnostics()).isEqualTo("all done");
        assertThat(core.running(node, core.master(attempt), executor).stop()).containsExactly(executor);
        core.ended(node, executor, 143, "");
        NodeInstructions last = core.ended(node, core.master(attempt), 0, "");
        assertThat(core.current(attempt.application()).state()).isEqualTo(AttemptState.FINISHED);
        assertThat(last.endedApplications()).containsExactly(attempt.application());
        assertThat(core.state(node).used()).isEqualTo(Resource.NONE);
        assertRefused(Refusal.Kind.ATTEMPT_NOT_FOUND, attempt.toString(), () -> core.allocate(attempt));
    }

    @Test
    void shouldTryAgainWhenTheMasterEndsWithoutAWordAndGiveUpAtTheLimit() {
        NodeId node = core.node("a", 1024);
        AttemptId first = core.running();
        core.running(node, core.master(first));
        core.ended(node, core.master(first), 1, "end of stderr");
        var application = core.application(first.application());
        assertThat(application.state()).isEqualTo(ApplicationState.ACCEPTED);
        AttemptId second = core.running(first.application());
        assertThat(second.number()).isEqualTo(2);
        core.ended(node, core.master(second), 1, "end of stderr");
        assertThat(application.state()).isEqualTo(ApplicationState.FAILED);
        assertThat(application.diagnostics()).contains("failed 2 times", "exited with  exitCode: 1", "end of stderr");
        assertThat(core.state(node).used()).isEqualTo(Resource.NONE);
    }

    @Test
    void shouldFailTheAttemptWhoseProcessCannotBeStarted() {
        core.node("a", 1024);
        ApplicationId application = core.submit(spec(1, SMALL, false));
        core.handle(new MasterCommand.MasterLaunchFailed(new AttemptId(application, 1), "no route to host"));
        assertThat(core.application(application).state()).isEqualTo(ApplicationState.FAILED);
        assertThat(core.application(application).diagnostics()).contains("no route to host");
    }

    @Test
    void shouldRegisterAMasterThatIsQuickerThanTheReportOfItsLaunch() {
        core.node("a", 1024);
        ApplicationId application = core.submit(spec());
        AttemptId attempt = new AttemptId(application, 1);
        core.handle(new MasterCommand.RegisterMaster(attempt, "host", 1, ""));
        core.handle(new MasterCommand.MasterLaunched(attempt));
        assertThat(core.current(application).state()).isEqualTo(AttemptState.RUNNING);
        assertThat(core.application(application).launchedAtMs()).isEqualTo(CoreFixture.START_MS);
        assertRefused(
                Refusal.Kind.ALREADY_REGISTERED,
                "already registered",
                () -> core.handle(new MasterCommand.RegisterMaster(attempt, "host", 1, "")));
    }

    @Test
    void shouldRefuseAMasterThatHasNotRegistered() {
        core.node("a", 1024);
        AttemptId attempt = new AttemptId(core.submit(spec()), 1);
        assertRefused(Refusal.Kind.NOT_REGISTERED, "not registered", () -> core.allocate(attempt));
    }

    @Test
    void shouldEndEverythingOfAKilledApplication() {
        NodeId node = core.node("a", 1024);
        AttemptId attempt = core.running();
        ContainerId started =
                core.allocate(attempt, ask(1, 128)).grants().get(0).container();
        core.running(node, core.master(attempt), started);
        core.allocate(attempt, ask(1, 128));
        assertThat(core.handle(new ApplicationCommand.KillApplication(attempt.application(), "why not"))
                        .completed())
                .isTrue();
        assertThat(core.application(attempt.application()).state()).isEqualTo(ApplicationState.KILLED);
        assertThat(core.application(attempt.application()).diagnostics()).isEqualTo("why not");
        NodeInstructions told = core.running(node, core.master(attempt), started);
        assertThat(told.stop()).contains(core.master(attempt), started);
        assertThat(told.endedApplications()).containsExactly(attempt.application());
        assertRefused(Refusal.Kind.ATTEMPT_NOT_FOUND, attempt.toString(), () -> core.allocate(attempt));
        core.ended(node, core.master(attempt), 143, "");
        core.ended(node, started, 143, "");
        assertThat(core.state(node).used()).isEqualTo(Resource.NONE);
        assertRefused(
                Refusal.Kind.APPLICATION_NOT_FOUND,
                "absent",
                () -> core.handle(new ApplicationCommand.KillApplication(new ApplicationId(1, 77), "")));
    }

    @Test
    void shouldFailAMasterThatIsSilentForTooLong() {
        NodeId node = core.node("a", 1024);
        AttemptId attempt = core.running();
        for (int i = 0; i < 4; i++) {
            core.nowMs += 5_000;
            core.running(node, core.master(attempt));
        }
        core.handle(new CoreCommand.Expire());
        assertThat(core.current(attempt.application()).id().number()).isEqualTo(2);
        assertThat(Objects.requireNonNull(core.state.attempt(attempt)).diagnostics())
                .contains("timed out");
    }

    @Test
    void shouldGiveAHugeAskOnlyItsShareOfOnePass() {
        CoreFixture bounded = new CoreFixture(new CorePolicy(
                SMALL,
                new Resource(4096, 8),
                2,
                10,
                CoreFixture.POLICY.expiry(),
                CoreFixture.POLICY.history(),
                CoreFixture.POLICY.maxPriority()));
        bounded.node("a", new Resource(128 * 100, 200));
        AttemptId attempt = bounded.unmanaged();
        assertThat(bounded.allocate(attempt, ask(25, 128)).grants()).hasSize(10);
        assertThat(bounded.controller.takeBacklog()).isTrue();
        bounded.handle(new CoreCommand.ContinuePlacement());
        assertThat(bounded.controller.takeBacklog()).isTrue();
        bounded.handle(new CoreCommand.ContinuePlacement());
        assertThat(bounded.controller.takeBacklog()).isFalse();
        assertThat(bounded.allocate(attempt).grants()).hasSize(15);
    }

    @Test
    void shouldRememberOnlySoManyEndedApplications() {
        core.node("a", 1024);
        ApplicationId first = core.submit(spec(1, SMALL, true));
        ApplicationId second = core.submit(spec(1, SMALL, true));
        ApplicationId third = core.submit(spec(1, SMALL, true));
        for (ApplicationId id : List.of(first, second, third)) {
            core.handle(new ApplicationCommand.KillApplication(id, ""));
        }
        assertThat(core.state.application(first)).isNull();
        assertThat(core.state.application(second)).isNotNull();
        assertThat(core.state.application(third)).isNotNull();
    }

    @Test
    void shouldRefuseAnUnknownQueueAndAcceptASubmissionTwice() {
        ApplicationId id =
                core.handle(new ApplicationCommand.TakeApplicationId()).application();
        var spec = spec();
        var elsewhere = new ApplicationSpec(
                spec.name(),
                spec.type(),
                spec.user(),
                "elsewhere",
                0,
                spec.tags(),
                spec.retries(),
                SMALL,
                spec.labels(),
                false,
                0,
                spec.acls(),
                spec.launchContext());
        assertRefused(
                Refusal.Kind.INVALID_SUBMISSION,
                "unknown queue: elsewhere",
                () -> core.handle(new ApplicationCommand.SubmitApplication(id, elsewhere)));
        core.handle(new ApplicationCommand.SubmitApplication(id, spec));
        int before = core.events.size();
        core.handle(new ApplicationCommand.SubmitApplication(id, spec));
        assertThat(core.events).hasSize(before);
    }

    @Test
    void shouldOfferNoLargerContainerThanTheLargestNode() {
        assertThat(core.handle(new ApplicationCommand.TakeApplicationId()).maximumCapability())
                .isEqualTo(new Resource(4096, 8).and(CoreFixture.GPU, 4));
        core.node("a", new Resource(1024, 16));
        assertThat(core.handle(new ApplicationCommand.TakeApplicationId()).maximumCapability())
                .isEqualTo(new Resource(1024, 8));
    }
}
