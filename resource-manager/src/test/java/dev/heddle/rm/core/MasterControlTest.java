package dev.heddle.rm.core;

import static dev.heddle.rm.core.CoreFixture.SMALL;
import static dev.heddle.rm.core.CoreFixture.ask;
import static dev.heddle.rm.core.CoreFixture.keeping;
import static dev.heddle.rm.core.CoreFixture.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.command.Allocation;
import dev.heddle.rm.command.CoreCommand;
import dev.heddle.rm.command.MasterCommand;
import dev.heddle.rm.command.MasterRegistered;
import dev.heddle.rm.command.NodeCommand;
import dev.heddle.rm.command.Refusal;
import dev.heddle.rm.command.Wishes;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.ContainerExit;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.ExitStatus;
import dev.heddle.rm.model.FinalStatus;
import dev.heddle.rm.model.NodeChange;
import dev.heddle.rm.model.NodeId;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class MasterControlTest {
    private final CoreFixture core = new CoreFixture();

    private void assertRefused(Refusal.Kind kind, String part, ThrowingCallable call) {
        int before = core.events.size();
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(call)
                .withMessageContaining(part)
                .matches(refusal -> refusal.kind() == kind);
        assertThat(core.events).as("a refusal changes nothing").hasSize(before);
    }

    private Allocation blacklist(AttemptId attempt, List<String> additions, List<String> removals, Ask... asks) {
        return core.allocate(
                attempt,
                new Wishes(List.of(asks), List.of(), new Wishes.BlacklistChange(additions, removals), List.of()));
    }

    private static List<String> hosts(Allocation reply) {
        return reply.grants().stream().map(grant -> grant.node().host()).toList();
    }

    private ContainerId granted(AttemptId attempt) {
        return core.allocate(attempt, ask(1, 128)).grants().get(0).container();
    }

    @Test
    void shouldPassOverHostsAndRacksOnTheBlacklistUntilTheyComeOff() {
        core.node("a", "/r1", 1024);
        core.node("b", "/r2", 1024);
        core.node("c", "/r2", 1024);
        AttemptId attempt = core.unmanaged();
        assertThat(hosts(blacklist(attempt, List.of("b"), List.of(), ask(3, 128))))
                .containsOnly("a", "c");
        assertThat(hosts(blacklist(attempt, List.of("/r2"), List.of(), ask("c", 1, 128, true), ask(2, 128))))
                .containsExactly("a", "a");
        assertThat(hosts(blacklist(attempt, List.of("a"), List.of(), ask(1, 128))))
                .isEmpty();
        assertThat(core.handle(new CoreCommand.Explain(attempt.application())))
                .extracting(waiting -> waiting.obstacle().what())
                .containsExactly(
                        "every node with 128 MB, 1 vcore free is on /r2, a, b, which the application excludes");
        assertThat(hosts(blacklist(attempt, List.of(), List.of("/r2", "b"))))
                .hasSize(1)
                .isSubsetOf("b", "c");
    }

    @Test
    void shouldTakeOffTheBlacklistWhatIsAddedAndRemovedInOneCall() {
        core.node("a", 1024);
        AttemptId attempt = core.unmanaged();
        assertThat(hosts(blacklist(attempt, List.of("a"), List.of("a"), ask(1, 128))))
                .containsExactly("a");
    }

    @Test
    void shouldRefuseABlacklistThatLeavesNothing() {
        core.node("a", 1024);
        AttemptId attempt = core.unmanaged();
        assertRefused(
                Refusal.Kind.INVALID_BLACKLIST,
                "Cannot add * to the blacklist!",
                () -> blacklist(attempt, List.of("a", "*"), List.of(), ask(1, 128)));
        assertThat(hosts(core.allocate(attempt, ask(1, 128)))).containsExactly("a");
    }

    @Test
    void shouldMakeSenseOfAnyProgress() {
        AttemptId attempt = core.unmanaged();
        float[] said = {
            Float.NaN, Float.NEGATIVE_INFINITY, -1, 0, 0.25f, 1.5f, Float.POSITIVE_INFINITY,
        };
        float[] understood = {0, 0, 0, 0, 0.25f, 1, 1};
        for (int i = 0; i < said.length; i++) {
            core.handle(new MasterCommand.Allocate(attempt, i, said[i], "", Wishes.of(List.of(), List.of())));
            assertThat(core.current(attempt.application()).progress())
                    .as("%s", said[i])
                    .isEqualTo(understood[i]);
        }
    }

    @Test
    void shouldFollowTheMastersPage() {
        AttemptId attempt = core.unmanaged();
        core.handle(new MasterCommand.Allocate(attempt, 0, 0, "http://new:1/", Wishes.of(List.of(), List.of())));
        assertThat(core.current(attempt.application()).trackingUrl()).isEqualTo("http://new:1/");
        core.handle(new MasterCommand.Allocate(attempt, 1, 0, "", Wishes.of(List.of(), List.of())));
        assertThat(core.current(attempt.application()).trackingUrl()).isEqualTo("http://new:1/");
    }

    @Test
    void shouldTellEachMasterOnceOfTheNodesThatHaveChangedSinceItsLastCall() {
        core.node("before", 1024);
        AttemptId attempt = core.unmanaged();
        AttemptId other = core.unmanaged();
        assertThat(core.allocate(attempt).nodeChanges()).isEmpty();
        NodeId node = core.node("a", 1024);
        assertThat(core.allocate(attempt).nodeChanges()).containsExactly(new NodeChange(node, NodeChange.Kind.USABLE));
        assertThat(core.allocate(attempt).nodeChanges()).isEmpty();
        core.handle(new NodeCommand.UnregisterNode(node));
        assertThat(core.allocate(attempt).nodeChanges())
                .containsExactly(new NodeChange(node, NodeChange.Kind.UNUSABLE));
        assertThat(core.allocate(other).nodeChanges()).containsExactly(new NodeChange(node, NodeChange.Kind.UNUSABLE));
    }

    @Test
    void shouldGiveATokenAgainAfterItsNodeHasRegisteredAgainAndAfterTheKeyWasReplaced() {
        NodeId node = core.node("a", 4096);
        AttemptId attempt = core.unmanaged();
        Allocation first = core.allocate(attempt, ask(1, 128));
        assertThat(first.tokensFor()).containsExactly(node);
        assertThat(core.allocate(attempt, ask(1, 128)).tokensFor()).isEmpty();
        core.register(node, new Resource(4096, 8), List.of(first.grants().get(0).container()), List.of());
        assertThat(core.allocate(attempt, ask(1, 128)).tokensFor()).containsExactly(node);
        assertThat(core.allocate(attempt, ask(1, 128)).tokensFor()).isEmpty();
        core.handle(new CoreCommand.ReplaceNodeKey());
        assertThat(core.allocate(attempt, ask(1, 128)).tokensFor()).containsExactly(node);
    }

    @Test
    void shouldSayThePriorityOfTheApplication() {
        assertThat(core.allocate(core.unmanaged()).prospects().priority()).isZero();
    }

    @Test
    void shouldRoundUpToTheMaximumAtMost() {
        core.node("a", new Resource(1000, 8));
        AttemptId attempt = core.unmanaged();
        assertThat(core.allocate(attempt, ask(1, 1000)).grants())
                .extracting(Allocation.Grant::resource)
                .containsExactly(new Resource(1000, 1));
        assertRefused(
                Refusal.Kind.INVALID_ASK,
                "Requested resource type=[memory-mb], Requested resource=<memory:1001, vCores:1>, maximum allowed"
                        + " allocation=<memory:1000, vCores:8>",
                () -> core.allocate(attempt, ask(1, 1001)));
    }

    @Test
    void shouldCountAbsurdAsksWithoutOverflowing() {
        core.node("a", 1024);
        AttemptId attempt = core.unmanaged();
        for (int priority = 0; priority < 8; priority++) {
            core.allocate(
                    attempt,
                    new Ask(new AskKey(priority, -1), Ask.ANYWHERE, new Resource(1024, 8), Integer.MAX_VALUE, true));
        }
        Resource wanted = core.current(attempt.application()).asks().total();
        assertThat(wanted.plus(core.state.total()).vcores()).isPositive();
        assertThat(wanted.memoryMb()).isPositive();
    }

    @Test
    void shouldKnowNoMasterOfAnUnknownAttempt() {
        AttemptId nobody = new AttemptId(new ApplicationId(1, 1), 1);
        assertRefused(Refusal.Kind.UNKNOWN_MASTER, "Application doesn't exist in cache", () -> core.register(nobody));
        assertRefused(Refusal.Kind.ATTEMPT_NOT_FOUND, nobody.toString(), () -> core.allocate(nobody));
        assertRefused(
                Refusal.Kind.UNKNOWN_MASTER,
                "Application doesn't exist in cache",
                () -> core.handle(new MasterCommand.FinishMaster(nobody, FinalStatus.SUCCEEDED, "", "")));
    }

    @Test
    void shouldRefuseTheEndOfAMasterThatHasNotBegunAndAnswerOneThatIsOver() {
        core.node("a", 1024);
        AttemptId attempt = new AttemptId(core.submit(spec()), 1);
        MasterCommand.FinishMaster finish = new MasterCommand.FinishMaster(attempt, FinalStatus.SUCCEEDED, "", "");
        assertRefused(
                Refusal.Kind.NOT_REGISTERED,
                "trying to unregister before registering for: " + attempt.application(),
                () -> core.handle(finish));
        core.running(attempt.application());
        core.handle(finish);
        int before = core.events.size();
        core.handle(finish);
        assertThat(core.events).hasSize(before);
    }

    @Test
    void shouldLeaveWhatRunsToTheNextAttemptAndTellItOfWhatHasEndedMeanwhile() {
        NodeId node = core.node("a", 4096);
        AttemptId first = core.running(core.submit(keeping(false)));
        ContainerId stays = granted(first);
        ContainerId ends = granted(first);
        ContainerId unused = granted(first);
        core.running(node, core.master(first), stays, ends);
        core.ended(node, core.master(first), 1, "");
        AttemptId second = core.current(first.application()).id();
        assertThat(second.number()).isEqualTo(2);
        assertThat(core.state.container(unused))
                .as("one that does not run is not kept")
                .isNull();
        core.ended(node, ends, 3, "");
        core.handle(new MasterCommand.MasterLaunched(second));
        MasterRegistered registered = core.register(second);
        assertThat(registered.containers())
                .extracting(Allocation.Grant::container)
                .containsExactly(stays);
        assertThat(registered.tokensFor()).containsExactly(node);
        Allocation reply = core.allocate(second, ask(1, 128));
        assertThat(reply.exits()).containsExactly(new ContainerExit(ends, 3, ""));
        assertThat(reply.tokensFor()).as("it has one already").isEmpty();
        core.allocate(second, List.of(), List.of(stays));
        core.ended(node, stays, 143, "");
        assertThat(core.allocate(second).exits())
                .containsExactly(new ContainerExit(stays, ExitStatus.ABORTED, "Container released by application"));
    }

    @Test
    void shouldTellTheNextAttemptOfEndsThatTheLastReplyMayNotHaveBroughtHome() {
        NodeId node = core.node("a", 4096);
        AttemptId first = core.running(core.submit(keeping(false)));
        ContainerId known = granted(first);
        ContainerId lost = granted(first);
        core.running(node, core.master(first), known, lost);
        core.ended(node, known, 1, "");
        core.allocate(first);
        core.ended(node, lost, 2, "");
        assertThat(core.allocate(first).exits()).containsExactly(new ContainerExit(lost, 2, ""));
        core.ended(node, core.master(first), 1, "");
        AttemptId second = core.current(first.application()).id();
        core.handle(new MasterCommand.MasterLaunched(second));
        assertThat(core.register(second).containers()).isEmpty();
        assertThat(core.allocate(second).exits()).containsExactly(new ContainerExit(lost, 2, ""));
    }

    @Test
    void shouldStopEverythingOfAnAttemptWhoseApplicationDoesNotKeepIt() {
        NodeId node = core.node("a", 4096);
        AttemptId first = core.running();
        ContainerId runs = granted(first);
        core.running(node, core.master(first), runs);
        assertThat(core.ended(node, core.master(first), 1, "").stop()).contains(runs);
        AttemptId second = core.current(first.application()).id();
        core.handle(new MasterCommand.MasterLaunched(second));
        assertThat(core.register(second).containers()).isEmpty();
        core.ended(node, runs, 143, "");
        assertThat(core.allocate(second).exits()).isEmpty();
        assertRefused(
                Refusal.Kind.INVALID_RELEASE,
                "not belonging to this application attempt",
                () -> core.allocate(second, List.of(), List.of(runs)));
    }

    @Test
    void shouldStopWhatWasKeptWhenTheLastAttemptFails() {
        NodeId node = core.node("a", 4096);
        AttemptId attempt = core.running(core.submit(keeping(false)));
        ContainerId kept = granted(attempt);
        core.running(node, core.master(attempt), kept);
        for (int i = 0; i < 2; i++) {
            AttemptId current = core.current(attempt.application()).id();
            core.running(node, core.master(current), kept);
            assertThat(core.ended(node, core.master(current), 1, "").stop()).isEmpty();
        }
        AttemptId last = core.current(attempt.application()).id();
        core.running(node, core.master(last), kept);
        assertThat(core.ended(node, core.master(last), 1, "").stop()).contains(kept);
        assertThat(core.application(attempt.application()).isOver()).isTrue();
        core.ended(node, kept, 143, "");
        assertThat(core.state(node).used()).isEqualTo(Resource.NONE);
    }

    @Test
    void shouldLetAnUnmanagedMasterThatKeepsItsContainersRegisterAgain() {
        NodeId node = core.node("a", 4096);
        AttemptId attempt = new AttemptId(core.submit(keeping(true)), 1);
        assertThat(core.register(attempt).containers()).isEmpty();
        ContainerId runs = granted(attempt);
        ContainerId ended = granted(attempt);
        core.running(node, runs, ended);
        core.ended(node, ended, 4, "");
        assertThat(core.allocate(attempt).exits()).hasSize(1);
        MasterRegistered again = core.register(attempt);
        assertThat(again.containers()).extracting(Allocation.Grant::container).containsExactly(runs);
        assertThat(again.tokensFor()).containsExactly(node);
        assertThat(core.allocate(attempt).exits())
                .as("what it was told before it began anew")
                .containsExactly(new ContainerExit(ended, 4, ""));
    }

    @Test
    void shouldServeAMasterThatRegistersAfterItWasToldThatItHasNot() {
        core.node("a", 1024);
        AttemptId attempt = new AttemptId(core.submit(spec()), 1);
        core.handle(new MasterCommand.MasterLaunched(attempt));
        assertRefused(
                Refusal.Kind.NOT_REGISTERED,
                "AM is not registered for known application attempt: " + attempt,
                () -> core.allocate(attempt, ask(1, 128)));
        core.register(attempt);
        assertThat(core.allocate(attempt, ask(1, 128)).grants()).hasSize(1);
    }

    @Test
    void shouldKeepTheBlacklistForTheNextAttemptThatTakesOver() {
        NodeId node = core.node("a", 1024);
        AttemptId first = core.running(core.submit(keeping(false)));
        blacklist(first, List.of("b"), List.of());
        ContainerId runs = granted(first);
        core.running(node, core.master(first), runs);
        core.ended(node, core.master(first), 1, "");
        assertThat(core.current(first.application()).blacklist()).containsExactly("b");
        assertThat(Objects.requireNonNull(core.state.attempt(first)).used()).isEqualTo(Resource.NONE);
        assertThat(core.current(first.application()).used()).isEqualTo(SMALL.plus(SMALL));
    }
}
