package dev.heddle.rm.shares;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

/**
 * Which queue an application is put into, by who submits it and by its name. alice and carol are in the groups engineering
 * and staff, bob and dave in sales and staff, erin is in guests.
 */
class PlacementRulesTest {
    private static final String QUEUES =
            """
            root.queues=default,alice,engineering,sales,staff
            root.default.capacity=20
            root.alice.capacity=20
            root.engineering.capacity=20
            root.sales.capacity=20
            root.staff.capacity=20
            """;

    private static List<String> placed(Scenario on, String queue, String... users) throws Exception {
        List<String> queues = new ArrayList<>();
        for (String user : users) {
            queues.add(on.submit(user, queue).queue());
        }
        return queues;
    }

    @SharesTest
    void shouldPutTheApplicationsOfAUserIntoAQueue(Scenario on) throws Exception {
        on.queues(QUEUES + "queue-mappings=u:bob:sales\n");
        assertThat(placed(on, "default", "bob", "carol")).containsExactly("root.sales", "root.default");
    }

    @SharesTest
    void shouldPutApplicationsIntoTheQueueNamedAsTheUser(Scenario on) throws Exception {
        on.queues(QUEUES + "queue-mappings=u:%user:%user\n");
        assertThat(placed(on, "default", "alice", "bob")).containsExactly("root.alice", "root.default");
    }

    /** A group matches whoever is in it, also where it is not the primary one. */
    @SharesTest
    void shouldPutTheApplicationsOfAGroupIntoAQueue(Scenario on) throws Exception {
        on.queues(QUEUES + "queue-mappings=g:staff:staff\n");
        assertThat(placed(on, "default", "alice", "bob", "erin"))
                .containsExactly("root.staff", "root.staff", "root.default");
    }

    @SharesTest
    void shouldPutApplicationsIntoTheQueueNamedAsThePrimaryGroup(Scenario on) throws Exception {
        on.queues(QUEUES + "queue-mappings=u:%user:%primary_group\n");
        assertThat(placed(on, "default", "alice", "bob", "erin"))
                .containsExactly("root.engineering", "root.sales", "root.default");
    }

    /** The first of the secondary groups for which there is a queue. */
    @SharesTest
    void shouldPutApplicationsIntoTheQueueNamedAsASecondaryGroup(Scenario on) throws Exception {
        on.queues(QUEUES + "queue-mappings=u:%user:%secondary_group\n");
        assertThat(placed(on, "default", "alice", "erin")).containsExactly("root.staff", "root.default");
    }

    @SharesTest
    void shouldTakeTheFirstRuleThatMatches(Scenario on) throws Exception {
        on.queues(QUEUES + "queue-mappings=u:alice:alice,g:engineering:engineering,g:staff:staff\n");
        assertThat(placed(on, "default", "alice", "carol", "bob"))
                .containsExactly("root.alice", "root.engineering", "root.staff");
    }

    /** Who names a queue gets that one. */
    @SharesTest
    void shouldLeaveApplicationsInTheQueueThatTheyName(Scenario on) throws Exception {
        on.queues(QUEUES + "queue-mappings=u:bob:sales\n");
        assertThat(placed(on, "staff", "bob")).containsExactly("root.staff");
    }

    @SharesTest
    void shouldOverrideTheQueueThatIsNamedWhereToldTo(Scenario on) throws Exception {
        on.queues(
                QUEUES
                        + """
                queue-mappings=u:bob:sales
                queue-mappings-override.enable=true
                """);
        assertThat(placed(on, "staff", "bob", "carol")).containsExactly("root.sales", "root.staff");
    }

    @SharesTest
    void shouldPutApplicationsIntoAQueueByTheirName(Scenario on) throws Exception {
        on.queues(QUEUES + "yarn.scheduler.queue-placement-rules.app-name=nightly:staff\n");
        assertThat(on.application("bob", "default").named("nightly").submit().queue())
                .isEqualTo("root.staff");
        assertThat(on.application("bob", "default").named("other").submit().queue())
                .isEqualTo("root.default");
    }

    @SharesTest
    void shouldReadRulesInTheJsonFormat(Scenario on) throws Exception {
        on.queues(
                QUEUES
                        + """
                mapping-rule-format=json
                mapping-rule-json={"rules":[\\
                  {"type":"user","matches":"erin","policy":"reject","fallbackResult":"reject"},\\
                  {"type":"application","matches":"nightly","policy":"custom","customPlacement":"root.staff",\\
                   "fallbackResult":"skip"},\\
                  {"type":"user","matches":"*","policy":"user","parentQueue":"root","create":false,\\
                   "fallbackResult":"skip"},\\
                  {"type":"user","matches":"*","policy":"primaryGroup","parentQueue":"root","create":false,\\
                   "fallbackResult":"placeDefault"}]}
                """);
        assertThat(placed(on, "default", "alice", "carol", "bob", "frank"))
                .containsExactly("root.alice", "root.engineering", "root.sales", "root.default");
        assertThat(on.application("bob", "default").named("nightly").submit().queue())
                .isEqualTo("root.staff");
        assertThat(on.application("erin", "default").refusal())
                .contains("Application submission have been rejected by a mapping rule");
    }

    /** Where nothing matches and there is no queue called default, there is no place. */
    @SharesTest
    void shouldRefuseApplicationsWithoutAPlace(Scenario on) throws Exception {
        on.queues(
                """
                root.queues=a
                root.a.capacity=100
                queue-mappings=u:alice:a
                """);
        assertThat(placed(on, "default", "alice")).containsExactly("root.a");
        assertThat(on.application("bob", "default").refusal())
                .contains("submitted by user bob to unknown queue: default");
    }

    /** Rules that name a queue that is not there stop the refresh, and the former ones stay. */
    @SharesTest
    void shouldKeepTheFormerRulesWhereNewOnesNameNoQueue(Scenario on) throws Exception {
        on.queues(QUEUES + "queue-mappings=u:bob:sales\n");
        assertThat(on.refreshRefusal(QUEUES + "queue-mappings=u:bob:nowhere\n")).contains("nowhere");
        assertThat(placed(on, "default", "bob")).containsExactly("root.sales");
    }

    @SharesTest
    void shouldPlaceTheApplicationOfASpokesmanAsThatOfWhomItsTagNames(Scenario on) throws Exception {
        on.yarn(
                """
                yarn.resourcemanager.application-tag-based-placement.enable=true
                yarn.resourcemanager.application-tag-based-placement.username.whitelist=carol,dave
                """);
        on.queues(QUEUES + "queue-mappings=u:bob:sales\n");
        assertThat(tagged(on, "carol", "userid=bob")).isEqualTo("root.sales");
        assertThat(tagged(on, "carol", "userid=erin"))
                .as("no rule is about erin")
                .isEqualTo("root.default");
        assertThat(tagged(on, "carol", "userid=")).isEqualTo("root.default");
        assertThat(tagged(on, "carol", "user=bob")).isEqualTo("root.default");
        assertThat(tagged(on, "erin", "userid=bob"))
                .as("erin speaks for nobody")
                .isEqualTo("root.default");
    }

    private static String tagged(Scenario on, String user, String tag) throws Exception {
        return Submission.of(on, user, "default").tags(tag).submit().queue();
    }
}
