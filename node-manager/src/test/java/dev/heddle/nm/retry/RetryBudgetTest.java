package dev.heddle.nm.retry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.nm.retry.RetryBudget.Spent;
import dev.heddle.nm.retry.RetryPolicy.Failures;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RetryBudgetTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_000);

    private static RetryBudget budget(Failures failures, Set<Integer> statuses, int maxRetries, long validityMs) {
        return new RetryBudget(new RetryPolicy(failures, statuses, maxRetries, 0, validityMs), Spent.NOTHING);
    }

    @Test
    void shouldSpendWhatThereIs() {
        RetryBudget budget = budget(Failures.ALL, Set.of(), 2, 0);
        assertThat(budget.spend(1, NOW)).isTrue();
        assertThat(budget.spend(2, NOW)).isTrue();
        assertThat(budget.spend(3, NOW)).isFalse();
        assertThat(budget.spend(3, NOW.plusSeconds(1_000_000))).isFalse();
    }

    @Test
    void shouldHaveNoEndWhereNoneIsSet() {
        RetryBudget budget = budget(Failures.ALL, Set.of(), RetryPolicy.UNLIMITED, 0);
        for (int i = 0; i < 1_000; i++) {
            assertThat(budget.spend(1, NOW)).isTrue();
        }
    }

    @Test
    void shouldCoverTheStatusesThatAreNamed() {
        RetryBudget budget = budget(Failures.SOME, Set.of(7), 1, 0);
        assertThat(budget.spend(8, NOW)).isFalse();
        assertThat(budget.spend(7, NOW)).isTrue();
        assertThat(budget(Failures.NONE, Set.of(7), 1, 0).spend(7, NOW)).isFalse();
    }

    @Test
    void shouldForgetFailuresThatCountNoLonger() {
        RetryBudget budget = budget(Failures.ALL, Set.of(), 2, 1_000);
        assertThat(budget.spend(1, NOW)).isTrue();
        assertThat(budget.spend(1, NOW.plusMillis(600))).isTrue();
        assertThat(budget.spend(1, NOW.plusMillis(1_000))).as("two count").isFalse();
        assertThat(budget.spend(1, NOW.plusMillis(1_001))).as("one counts").isTrue();
        assertThat(budget.spend(1, NOW.plusMillis(1_600))).as("two count again").isFalse();
    }

    @Test
    void shouldNotTakeAnInvalidNumberForMany() {
        assertThat(budget(Failures.ALL, Set.of(), -1000, 0).spend(1, NOW)).isFalse();
        assertThat(budget(Failures.ALL, Set.of(), -1000, 1).spend(1, NOW)).isFalse();
    }

    @Test
    void shouldGoOnFromWhatHasBeenSpent() {
        for (long validityMs : new long[] {0, 1_000}) {
            RetryBudget first = budget(Failures.ALL, Set.of(), 2, validityMs);
            first.spend(1, NOW);
            RetryBudget next = new RetryBudget(first.policy(), first.spent());
            assertThat(next.spend(1, NOW)).isTrue();
            assertThat(next.spend(1, NOW)).isFalse();
        }
    }
}
