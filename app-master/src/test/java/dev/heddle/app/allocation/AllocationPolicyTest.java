package dev.heddle.app.allocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.app.scheduling.ExecutorActivity;
import dev.heddle.common.UserException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;

/** The rules of dynamic allocation, each by itself. Times are in milliseconds from 0. */
final class AllocationPolicyTest {
    private static final long BACKLOG_MS = 1_000;
    private static final long SUSTAINED_MS = 500;
    private static final long IDLE_MS = 60_000;

    private static AllocationLimits limits(int min, int max, int initial, double ratio, int slots) {
        return new AllocationLimits(min, max, initial, ratio, BACKLOG_MS, SUSTAINED_MS, IDLE_MS, slots);
    }

    private static AllocationPolicy policy(int min, int max) {
        return new AllocationPolicy(limits(min, max, min, 1.0, 1));
    }

    private static Observation tasks(int pending, int running, ExecutorActivity... executors) {
        return new Observation(pending, running, true, List.of(executors));
    }

    private static ExecutorActivity busy(String id) {
        return new ExecutorActivity(id, 1, 0);
    }

    private static ExecutorActivity idleSince(String id, long ms) {
        return new ExecutorActivity(id, 0, ms);
    }

    @Test
    void shouldAskForNobodyBeforeTheBacklogTimeout() {
        AllocationPolicy policy = policy(0, 100);
        AllocationState waiting = policy.backlogged(policy.initial(), 0);

        assertThat(policy.decide(waiting, tasks(10, 0), BACKLOG_MS - 1).next().target())
                .isZero();
        assertThat(policy.decide(waiting, tasks(10, 0), BACKLOG_MS).next().target())
                .isEqualTo(1);
    }

    @Test
    void shouldDoubleTheStepWhileTasksWaitAndStopAtTheNeed() {
        AllocationPolicy policy = policy(0, 100);
        AllocationState state = policy.backlogged(policy.initial(), 0);
        List<Integer> targets = new ArrayList<>();
        for (long now = BACKLOG_MS; now <= BACKLOG_MS + 5 * SUSTAINED_MS; now += SUSTAINED_MS) {
            state = policy.decide(state, tasks(10, 0), now).next();
            targets.add(state.target());
        }

        assertThat(targets).containsExactly(1, 3, 7, 10, 10, 10);
    }

    @Test
    void shouldNotAskAgainBeforeTheSustainedTimeout() {
        AllocationPolicy policy = policy(0, 100);
        AllocationState asked = policy.decide(policy.backlogged(policy.initial(), 0), tasks(10, 0), BACKLOG_MS)
                .next();

        assertThat(policy.decide(asked, tasks(10, 0), BACKLOG_MS + SUSTAINED_MS - 1)
                        .next())
                .isEqualTo(asked);
    }

    @Test
    void shouldNeverExceedTheMaximum() {
        AllocationPolicy policy = policy(0, 3);
        AllocationState state = policy.backlogged(policy.initial(), 0);
        for (long now = BACKLOG_MS; now <= 10 * BACKLOG_MS; now += SUSTAINED_MS) {
            state = policy.decide(state, tasks(1_000, 0), now).next();
        }

        assertThat(state.target()).isEqualTo(3);
        assertThat(state.addStep()).isEqualTo(1);
    }

    @Test
    void shouldStartAgainWithOneAfterTheQueueWasEmpty() {
        AllocationPolicy policy = policy(0, 100);
        AllocationState grown = new AllocationState(7, 8, 5_000L, false);

        AllocationState empty = policy.emptied(grown);

        assertThat(empty.addStep()).isEqualTo(1);
        assertThat(empty.addTimeMs()).isNull();
        assertThat(policy.backlogged(empty, 9_000).addTimeMs()).isEqualTo(9_000 + BACKLOG_MS);
    }

    @Test
    void shouldKeepTheFirstTimeWhileTasksGoOnWaiting() {
        AllocationPolicy policy = policy(0, 100);
        AllocationState waiting = policy.backlogged(policy.initial(), 0);

        assertThat(policy.backlogged(waiting, 700)).isEqualTo(waiting);
    }

    @Test
    void shouldCancelWhatIsNotNeededAnyMoreButNotBelowTheMinimum() {
        AllocationPolicy policy = policy(2, 100);
        AllocationState grown = new AllocationState(10, 4, null, false);

        assertThat(policy.decide(grown, tasks(0, 5), 0).next().target()).isEqualTo(5);
        assertThat(policy.decide(grown, tasks(0, 5), 0).next().addStep()).isEqualTo(1);
        assertThat(policy.decide(grown, tasks(0, 0), 0).next().target()).isEqualTo(2);
    }

    @Test
    void shouldCountSlotsAndTheRatio() {
        AllocationPolicy policy = new AllocationPolicy(limits(0, 100, 0, 0.5, 4));
        AllocationState due = new AllocationState(0, 64, 0L, false);

        assertThat(policy.decide(due, tasks(30, 3), 0).next().target())
                .as("half of 33 tasks in executors of 4")
                .isEqualTo(5);
    }

    @Test
    void shouldGoOnFromTheExecutorsThereAreWhereTheyAreMoreThanTheTarget() {
        AllocationPolicy policy = policy(0, 100);
        AllocationState due = new AllocationState(1, 1, 0L, false);

        AllocationState next = policy.decide(due, tasks(10, 3, busy("1"), busy("2"), busy("3")), 0)
                .next();

        assertThat(next.target()).isEqualTo(4);
        assertThat(next.addStep()).as("the target grew by more than the step").isEqualTo(1);
    }

    @Test
    void shouldKeepTheInitialNumberUntilSomethingIsSubmitted() {
        AllocationPolicy policy = new AllocationPolicy(limits(0, 100, 5, 1.0, 1));
        Observation nothing = new Observation(0, 0, false, List.of());

        assertThat(policy.decide(policy.initial(), nothing, 0).next()).isEqualTo(policy.initial());
        assertThat(policy.decide(policy.initial(), tasks(0, 1), 0).next().target())
                .isEqualTo(1);
    }

    @Test
    void shouldGiveUpTheInitialNumberOnceAnExecutorWasIdleForLong() {
        AllocationPolicy policy = new AllocationPolicy(limits(0, 100, 2, 1.0, 1));
        Observation idle = new Observation(0, 0, false, List.of(idleSince("1", 0), idleSince("2", 0)));

        AllocationDecision decision = policy.decide(policy.initial(), idle, IDLE_MS);

        assertThat(decision.next().target()).isZero();
        assertThat(decision.remove()).containsExactly("1", "2");
    }

    @Test
    void shouldRemoveOnlyExecutorsThatWereIdleForLong() {
        AllocationPolicy policy = policy(0, 100);
        AllocationState state = new AllocationState(0, 1, null, false);

        AllocationDecision decision =
                policy.decide(state, tasks(0, 1, busy("1"), idleSince("2", 1), idleSince("3", 0)), IDLE_MS);

        assertThat(decision.remove()).containsExactly("3");
    }

    @Test
    void shouldKeepAsManyExecutorsAsTheMinimumAndTheTarget() {
        AllocationPolicy policy = policy(1, 100);
        ExecutorActivity[] idle = {idleSince("1", 0), idleSince("2", 0), idleSince("3", 0)};

        assertThat(policy.decide(new AllocationState(1, 1, null, false), tasks(0, 0, idle), IDLE_MS)
                        .remove())
                .containsExactly("1", "2");
        assertThat(policy.decide(new AllocationState(2, 1, null, false), tasks(0, 2, idle), IDLE_MS)
                        .remove())
                .containsExactly("1");
    }

    @Test
    void shouldDecideTheSameForTheSame() {
        AllocationPolicy policy = policy(0, 100);
        AllocationState due = new AllocationState(3, 2, 10L, false);
        Observation observation = tasks(9, 3, busy("1"), idleSince("2", 0));

        assertThat(policy.decide(due, observation, 500)).isEqualTo(policy.decide(due, observation, 500));
    }

    @Test
    void shouldReadSparksDefaults() {
        Configuration conf = new Configuration(false);

        assertThat(AllocationLimits.from(conf))
                .isEqualTo(new AllocationLimits(0, Integer.MAX_VALUE, 0, 1.0, 1_000, 1_000, 60_000, 1));
    }

    @Test
    void shouldBeginWithTheLargestOfThreeNumbers() {
        Configuration conf = new Configuration(false);
        conf.set("heddle.dynamicAllocation.minExecutors", "2");
        conf.set("heddle.dynamicAllocation.initialExecutors", "3");
        assertThat(AllocationLimits.from(conf).initial()).isEqualTo(3);

        conf.set("heddle.executor.instances", "4");
        assertThat(AllocationLimits.from(conf).initial()).isEqualTo(4);
    }

    @Test
    void shouldRefuseLimitsThatContradictEachOther() {
        Configuration conf = new Configuration(false);
        conf.set("heddle.dynamicAllocation.minExecutors", "5");
        conf.set("heddle.dynamicAllocation.maxExecutors", "4");

        assertThatThrownBy(() -> AllocationLimits.from(conf))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("minExecutors is 5")
                .hasMessageContaining("maxExecutors is 4");
    }
}
