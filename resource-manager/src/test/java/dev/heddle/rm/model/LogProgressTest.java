package dev.heddle.rm.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LogProgressTest {
    private static LogState running(LogProgress progress) {
        return progress.state(false, false);
    }

    private static LogState over(LogProgress progress) {
        return progress.state(true, false);
    }

    private static LogState longOver(LogProgress progress) {
        return progress.state(true, true);
    }

    @Test
    void shouldNotHaveStartedUntilANodeHas() {
        assertThat(running(LogProgress.NONE)).isEqualTo(LogState.NOT_STARTED);
        assertThat(longOver(LogProgress.NONE)).as("it never ran anywhere").isEqualTo(LogState.NOT_STARTED);
        assertThat(over(new LogProgress(2, 0, 0, 0, 0))).isEqualTo(LogState.NOT_STARTED);
        assertThat(over(new LogProgress(1, 1, 0, 0, 0))).isEqualTo(LogState.RUNNING);
        assertThat(over(new LogProgress(1, 0, 0, 1, 0))).isEqualTo(LogState.RUNNING);
    }

    @Test
    void shouldBeDoneOnlyWhenTheApplicationIs() {
        LogProgress done = new LogProgress(0, 0, 0, 2, 0);
        assertThat(running(done)).isEqualTo(LogState.RUNNING);
        assertThat(over(done)).isEqualTo(LogState.SUCCEEDED);
        assertThat(over(new LogProgress(0, 0, 0, 2, 1))).isEqualTo(LogState.FAILED);
        assertThat(done.isSettled()).isTrue();
        assertThat(LogProgress.NONE.isSettled()).isFalse();
    }

    @Test
    void shouldShowTroubleAsLongAsItGoesOn() {
        assertThat(over(new LogProgress(0, 1, 1, 1, 0))).isEqualTo(LogState.RUNNING_WITH_FAILURE);
    }

    @Test
    void shouldGiveUpNodesThatTakeTooLong() {
        assertThat(longOver(new LogProgress(1, 1, 1, 1, 0))).isEqualTo(LogState.TIMED_OUT);
        assertThat(longOver(new LogProgress(1, 0, 0, 0, 1))).isEqualTo(LogState.FAILED);
        assertThat(longOver(new LogProgress(0, 0, 0, 1, 0))).isEqualTo(LogState.SUCCEEDED);
    }
}
