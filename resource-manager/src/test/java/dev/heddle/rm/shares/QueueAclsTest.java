package dev.heddle.rm.shares;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who may use a queue. alice and carol are in the group engineering, bob and dave in sales. Everybody may do everything
 * where the root says nothing, and whoever may do something in a queue may do it in all below.
 */
class QueueAclsTest {
    private static final String ENFORCED =
            """
            yarn.acl.enable=true
            yarn.admin.acl=nobody
            """;

    private static final String CLOSED =
            """
            root.queues=a,b
            root.acl_submit_applications=\\u0020
            root.acl_administer_queue=\\u0020
            root.a.capacity=50
            root.b.capacity=50
            """;

    @SharesTest
    void shouldTakeApplicationsOfTheUsersThatAQueueLists(Scenario on) throws Exception {
        on.yarn(ENFORCED).queues(CLOSED + "root.a.acl_submit_applications=alice\n");
        on.submit("alice", "a");
        assertThat(on.application("bob", "a").refusal())
                .contains("User bob does not have permission to submit application_")
                .contains(" to queue a");
        assertThat(on.application("alice", "b").refusal()).contains("User alice does not have permission");
    }

    @SharesTest(heddleLacks = "groups of users who submit")
    void shouldTakeApplicationsOfTheGroupsThatAQueueLists(Scenario on) throws Exception {
        on.yarn(ENFORCED).queues(CLOSED + "root.a.acl_submit_applications=dave engineering\n");
        on.submit("alice", "a");
        on.submit("carol", "a");
        on.submit("dave", "a");
        assertThat(on.application("bob", "a").refusal()).contains("User bob does not have permission");
    }

    @SharesTest
    void shouldTakeApplicationsOfThoseWhomAParentLists(Scenario on) throws Exception {
        on.yarn(ENFORCED)
                .queues(
                        CLOSED
                                + """
                        root.a.queues=a1,a2
                        root.a.acl_submit_applications=alice
                        root.a.a1.capacity=50
                        root.a.a1.acl_submit_applications=bob
                        root.a.a2.capacity=50
                        """);
        on.submit("alice", "a1");
        on.submit("bob", "a1");
        on.submit("alice", "a2");
        assertThat(on.application("bob", "a2").refusal()).contains("User bob does not have permission");
    }

    /** The root is open where nothing is said of it, and so are all queues, whatever they say. */
    @SharesTest
    void shouldTakeApplicationsOfAllWhereTheRootIsOpen(Scenario on) throws Exception {
        on.yarn(ENFORCED)
                .queues(
                        """
                        root.queues=a
                        root.a.capacity=100
                        root.a.acl_submit_applications=alice
                        """);
        on.submit("bob", "a");
    }

    @SharesTest
    void shouldTakeApplicationsOfThoseWhoAdministerAQueue(Scenario on) throws Exception {
        on.yarn(ENFORCED).queues(CLOSED + "root.a.acl_administer_queue=bob\n");
        on.submit("bob", "a");
        assertThat(on.application("alice", "a").refusal()).contains("User alice does not have permission");
    }

    @SharesTest
    void shouldLetThoseWhoAdministerAQueueKillItsApplications(Scenario on) throws Exception {
        on.yarn(ENFORCED)
                .queues(
                        CLOSED
                                + """
                        root.a.acl_submit_applications=alice,carol
                        root.a.acl_administer_queue=bob
                        """);
        Application first = on.submit("alice", "a");
        Application second = on.submit("alice", "a");
        assertThat(on.kills("carol", first)).isFalse();
        assertThat(on.kills("dave", first)).isFalse();
        assertThat(on.kills("bob", first)).isTrue();
        assertThat(on.kills("alice", second)).isTrue();
    }

    @SharesTest
    void shouldTakeApplicationsOfAllWhereListsAreNotEnforced(Scenario on) throws Exception {
        on.queues(CLOSED + "root.a.acl_submit_applications=alice\n");
        on.submit("bob", "a");
    }

    /** Lists are read again with the queues. */
    @SharesTest
    void shouldTakeChangedListsFromARefresh(Scenario on) throws Exception {
        on.yarn(ENFORCED).queues(CLOSED + "root.a.acl_submit_applications=alice\n");
        on.refresh(CLOSED + "root.a.acl_submit_applications=bob\n");
        on.submit("bob", "a");
        assertThat(on.application("alice", "a").refusal()).contains("User alice does not have permission");
    }
}
