package dev.heddle.rm.shares;

import static org.assertj.core.api.Assertions.assertThat;

/** How long an application may run, by its queue. */
class LifetimeTest {
    private static final String ONE_QUEUE =
            """
            root.queues=a
            root.a.capacity=100
            """;

    /** Seconds that a slow machine may lose between the submission and the report. */
    private static final int SLACK = 300;

    @SharesTest
    void shouldGiveApplicationsTheDefaultLifetimeOfTheirQueue(Scenario on) throws Exception {
        on.queues(
                ONE_QUEUE
                        + """
                root.a.maximum-application-lifetime=20000
                root.a.default-application-lifetime=10000
                """);
        assertThat(on.submit("alice", "a").secondsToLive()).isBetween(10_000L - SLACK, 10_000L);
    }

    @SharesTest
    void shouldCapTheLifetimeThatIsAskedFor(Scenario on) throws Exception {
        on.queues(ONE_QUEUE + "root.a.maximum-application-lifetime=20000\n");
        Application longest = on.application("alice", "a").lifetime(90_000).submit();
        Application shorter = on.application("alice", "a").lifetime(5_000).submit();
        assertThat(longest.secondsToLive()).isBetween(20_000L - SLACK, 20_000L);
        assertThat(shorter.secondsToLive()).isBetween(5_000L - SLACK, 5_000L);
    }

    /** Where there is only a maximum, it is the default as well. */
    @SharesTest
    void shouldTakeTheMaximumLifetimeWhereThereIsNoDefault(Scenario on) throws Exception {
        on.queues(ONE_QUEUE + "root.a.maximum-application-lifetime=20000\n");
        assertThat(on.submit("alice", "a").secondsToLive()).isBetween(20_000L - SLACK, 20_000L);
    }

    /** What a parent says holds below it. */
    @SharesTest
    void shouldInheritLifetimesFromTheParent(Scenario on) throws Exception {
        on.queues(
                """
                root.queues=a
                root.a.capacity=100
                root.a.maximum-application-lifetime=20000
                root.a.queues=a1
                root.a.a1.capacity=100
                """);
        assertThat(on.submit("alice", "a1").secondsToLive()).isBetween(20_000L - SLACK, 20_000L);
    }

    @SharesTest
    void shouldLetApplicationsLiveWhereTheQueueSaysNothing(Scenario on) throws Exception {
        on.queues(ONE_QUEUE);
        assertThat(on.submit("alice", "a").secondsToLive()).isEqualTo(-1);
    }
}
