package dev.heddle.rm.scheduler.queue.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.rm.scheduler.queue.QueuePlan;
import dev.heddle.rm.scheduler.queue.config.Finding;
import dev.heddle.rm.scheduler.queue.config.Findings;
import dev.heddle.rm.scheduler.queue.config.QueueFile;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class MappingRulesTest {
    private static final String REJECTED =
            "Application submission have been rejected by a mapping rule. Please see the logs for details";

    private static QueueFile file() {
        return QueueFile.of(
                "root.queues=default,users,groups,x,y",
                "root.default.capacity=20",
                "root.users.capacity=20",
                "root.groups.capacity=20",
                "root.x.capacity=20",
                "root.y.capacity=20",
                "root.users.queues=ann,b_dot_c",
                "root.users.ann.capacity=50",
                "root.users.b_dot_c.capacity=50",
                "root.groups.queues=staff,ops",
                "root.groups.staff.capacity=50",
                "root.groups.ops.capacity=50",
                "root.groups.staff.queues=ann,etl",
                "root.groups.staff.ann.capacity=50",
                "root.groups.staff.etl.capacity=50",
                "root.x.queues=both",
                "root.x.both.capacity=100",
                "root.y.queues=both,only",
                "root.y.both.capacity=50",
                "root.y.only.capacity=50");
    }

    private static MappingRules rules(QueueFile file) {
        Findings findings = new Findings();
        MappingRules rules = MappingRuleReader.read(file.properties(), null, file.plan(), findings);
        assertThat(findings.faults()).isEmpty();
        return rules;
    }

    private static List<String> faults(QueueFile file) {
        Findings findings = new Findings();
        MappingRuleReader.read(file.properties(), null, file.plan(), findings);
        return findings.faults().stream().map(Finding::toString).toList();
    }

    private static MappingRules legacy(String mappings) {
        return rules(file().and("queue-mappings=" + mappings));
    }

    private static MappingRules json(String rules) {
        return rules(jsonFile(rules));
    }

    private static QueueFile jsonFile(String rules) {
        return file().and("mapping-rule-format=json", "mapping-rule-json={\"rules\":[" + rules + "]}");
    }

    private static Applicant of(String user, String... groups) {
        return new Applicant(user, List.of(groups), "etl", "default");
    }

    private static Applicant asking(String queue) {
        return new Applicant("ann", List.of("staff", "other"), "etl", queue);
    }

    private static String to(MappingRules rules, Applicant applicant) {
        Destination destination = rules.destination(applicant);
        if (destination instanceof Destination.Queue queue) {
            return queue.path();
        }
        return destination instanceof Destination.Rejected rejected ? rejected.reason() : "as asked";
    }

    @Test
    void shouldLeaveApplicationsWhereTheyAskToGoWithoutRules() {
        assertThat(to(MappingRules.none(file().plan()), of("ann"))).isEqualTo("as asked");
        assertThat(to(legacy(""), asking("root.users.ann"))).isEqualTo("as asked");
        assertThat(to(legacy("u:bob:only"), of("ann"))).isEqualTo("as asked");
    }

    @Test
    void shouldTakeTheFirstRuleThatFits() {
        MappingRules rules = legacy(" u:bob:only , g:staff:root.groups.staff.etl,u:ann:root.x.both ");
        assertThat(to(rules, of("bob", "staff"))).isEqualTo("root.y.only");
        assertThat(to(rules, of("ann", "a", "staff"))).isEqualTo("root.groups.staff.etl");
        assertThat(to(rules, of("ann", "a"))).isEqualTo("root.x.both");
    }

    @Test
    void shouldReplaceVariablesInPaths() {
        assertThat(to(legacy("u:%user:root.users.%user"), of("ann"))).isEqualTo("root.users.ann");
        assertThat(to(legacy("u:%user:users.%user"), of("b.c"))).isEqualTo("root.users.b_dot_c");
        assertThat(to(legacy("u:%user:root.groups.%primary_group.%user"), of("ann", "staff")))
                .isEqualTo("root.groups.staff.ann");
        assertThat(to(legacy("u:%user:root.groups.staff.%application"), of("zoe")))
                .isEqualTo("root.groups.staff.etl");
        assertThat(to(legacy("u:%user:root.groups.%secondary_group"), of("ann", "staff", "none", "ops")))
                .isEqualTo("root.groups.ops");
        assertThat(to(legacy("u:%user:%secondary_group"), of("ann", "staff", "both", "only")))
                .isEqualTo("root.y.only");
    }

    @Test
    void shouldGoToTheDefaultQueueWhereARuleLeadsNowhere() {
        MappingRules rules = legacy("u:%user:root.users.%user");
        assertThat(to(rules, of("zoe"))).isEqualTo("root.default");
        assertThat(to(legacy("u:%user:root.groups.%primary_group"), of("ann", "staff")))
                .isEqualTo("root.default");
        assertThat(to(legacy("u:%user:root.groups.%primary_group"), of("ann"))).isEqualTo("root.default");
        QueueFile without = QueueFile.of(
                "root.queues=users", "root.users.capacity=100", "root.users.queues=ann", "root.users.ann.capacity=100");
        assertThat(to(rules(without.and("queue-mappings=u:%user:root.users.%user")), of("zoe")))
                .isEqualTo(REJECTED);
    }

    @Test
    void shouldOverrideWhatIsAskedForOnlyWhereThatIsSet() {
        QueueFile file = file().and("queue-mappings=u:ann:only");
        assertThat(to(rules(file), asking("root.x.both"))).isEqualTo("as asked");
        assertThat(to(rules(file), asking("root.default"))).isEqualTo("as asked");
        assertThat(to(rules(file.and("queue-mappings-override.enable=true")), asking("root.x.both")))
                .isEqualTo("root.y.only");
    }

    @Test
    void shouldMapNamesOfApplicationsAfterUsers() {
        QueueFile file = file().and(
                        "queue-mappings=u:bob:only",
                        "yarn.scheduler.queue-placement-rules.app-name=etl:users.ann,x:only");
        assertThat(to(rules(file), of("bob"))).isEqualTo("root.y.only");
        assertThat(to(rules(file), of("ann"))).isEqualTo("root.users.ann");
    }

    @Test
    void shouldRefuseRulesThatCannotLeadAnywhere() {
        QueueFile file = file().and(
                        "queue-mappings=u:ann:nowhere,u:ann:both,u:ann:root.users,u:ann:root.users.ann.%user,x:a:b,u:a,"
                                + "u:ann:root..only,g:a:root.none.%user",
                        "yarn.scheduler.queue-placement-rules.app-name=a:b:c",
                        "yarn.scheduler.queue-placement-rules=user-group,mine.Rule");
        assertThat(faults(file))
                .containsExactly(
                        "yarn.scheduler.queue-placement-rules names mine.Rule, which is not supported: use user-group or"
                                + " app-name alone",
                        "yarn.scheduler.capacity.queue-mappings has 'u:ann:nowhere', but there is no queue nowhere: correct"
                                + " the rule, or add the queue",
                        "yarn.scheduler.capacity.queue-mappings has 'u:ann:both', but there are several queues both: correct"
                                + " the rule, or add the queue",
                        "yarn.scheduler.capacity.queue-mappings has 'u:ann:root.users', but root.users is no leaf: correct the"
                                + " rule, or add the queue",
                        "yarn.scheduler.capacity.queue-mappings has 'u:ann:root.users.ann.%user', but root.users.ann is a leaf,"
                                + " which has no queues below it: correct the rule, or add the queue",
                        "yarn.scheduler.capacity.queue-mappings has 'x:a:b': write u:USER:QUEUE or g:GROUP:QUEUE",
                        "yarn.scheduler.capacity.queue-mappings has 'u:a': write u:USER:QUEUE or g:GROUP:QUEUE",
                        "yarn.scheduler.capacity.queue-mappings has 'u:ann:root..only', but 'root..only' has an empty part:"
                                + " correct the rule, or add the queue",
                        "yarn.scheduler.capacity.queue-mappings has 'g:a:root.none.%user', but there is no queue root.none:"
                                + " correct the rule, or add the queue",
                        "yarn.scheduler.queue-placement-rules.app-name has 'a:b:c': write APPLICATION:QUEUE");
        assertThat(faults(file().and("mapping-rule-format=xml"))).hasSize(1);
    }

    @Test
    void shouldKnowEveryPolicyOfJson() {
        assertThat(to(
                        json(
                                "{\"type\":\"user\",\"matches\":\"*\",\"policy\":\"user\",\"parentQueue\":\"root.users\"}"),
                        of("ann")))
                .isEqualTo("root.users.ann");
        assertThat(to(
                        json(
                                "{\"type\":\"user\",\"matches\":\"*\",\"policy\":\"primaryGroup\",\"parentQueue\":\"groups\"}"),
                        of("a", "ops")))
                .isEqualTo("root.groups.ops");
        assertThat(to(
                        json(
                                "{\"type\":\"user\",\"matches\":\"*\",\"policy\":\"primaryGroupUser\",\"parentQueue\":\"groups\"}"),
                        of("ann", "staff")))
                .isEqualTo("root.groups.staff.ann");
        assertThat(to(
                        json(
                                "{\"type\":\"user\",\"matches\":\"*\",\"policy\":\"secondaryGroup\",\"parentQueue\":\"root.groups\"}"),
                        of("a", "b", "c", "ops")))
                .isEqualTo("root.groups.ops");
        assertThat(to(
                        json(
                                "{\"type\":\"user\",\"matches\":\"*\",\"policy\":\"secondaryGroupUser\",\"parentQueue\":\"root.groups\"}"),
                        of("ann", "b", "staff")))
                .isEqualTo("root.groups.staff.ann");
        assertThat(to(
                        json(
                                "{\"type\":\"application\",\"matches\":\"etl\",\"policy\":\"applicationName\",\"parentQueue\":\"groups.staff\"}"),
                        of("a")))
                .isEqualTo("root.groups.staff.etl");
        assertThat(to(json("{\"type\":\"user\",\"matches\":\"ann\",\"policy\":\"reject\"}"), of("ann")))
                .isEqualTo(REJECTED);
        assertThat(to(json("{\"type\":\"user\",\"matches\":\"ann\",\"policy\":\"defaultQueue\"}"), of("ann")))
                .isEqualTo("root.default");
        assertThat(to(
                        json(
                                "{\"type\":\"group\",\"matches\":\"ops\",\"policy\":\"custom\",\"customPlacement\":\"root.users.%user\"}"),
                        of("ann", "x", "ops")))
                .isEqualTo("root.users.ann");
        assertThat(to(
                        json(
                                "{\"type\":\"user\",\"matches\":\"*\",\"policy\":\"setDefaultQueue\",\"value\":\"root.users.%user\"},"
                                        + "{\"type\":\"user\",\"matches\":\"*\",\"policy\":\"defaultQueue\"}"),
                        of("ann")))
                .isEqualTo("root.users.ann");
        QueueFile specified = jsonFile(
                        "{\"type\":\"user\",\"matches\":\"*\",\"policy\":\"specified\",\"fallbackResult\":\"placeDefault\"}")
                .and("queue-mappings-override.enable=true");
        assertThat(to(rules(specified), asking("only"))).isEqualTo("root.y.only");
        assertThat(to(rules(specified), asking("both"))).isEqualTo("root.default");
        assertThat(to(rules(specified), of("ann"))).isEqualTo("root.default");
    }

    @Test
    void shouldFallBackAsJsonSays() {
        String lost = "{\"type\":\"user\",\"matches\":\"*\",\"policy\":\"user\",\"parentQueue\":\"root.users\"%s}";
        String next = ",{\"type\":\"user\",\"matches\":\"*\",\"policy\":\"custom\",\"customPlacement\":\"only\"}";
        assertThat(to(json(lost.formatted("") + next), of("zoe"))).isEqualTo("root.y.only");
        assertThat(to(json(lost.formatted(",\"fallbackResult\":\"skip\"") + next), of("zoe")))
                .isEqualTo("root.y.only");
        assertThat(to(json(lost.formatted(",\"fallbackResult\":\"reject\"") + next), of("zoe")))
                .isEqualTo(REJECTED);
        assertThat(to(json(lost.formatted(",\"fallbackResult\":\"placeDefault\",\"create\":false") + next), of("zoe")))
                .isEqualTo("root.default");
    }

    @Test
    void shouldFindEveryFaultInJson() {
        assertThat(
                        faults(
                                jsonFile(
                                        "{\"type\":\"user\",\"policy\":\"user\"},{\"type\":\"host\",\"matches\":\"a\",\"policy\":\"x\"},"
                                                + "{\"type\":\"group\",\"matches\":\"*\",\"policy\":\"custom\",\"fallbackResult\":\"cry\"},"
                                                + "{\"type\":\"user\",\"matches\":\"*\",\"policy\":\"setDefaultQueue\"},"
                                                + "{\"type\":\"user\",\"matches\":\"*\",\"policy\":\"custom\",\"customPlacement\":\"no\"},7")))
                .hasSize(10)
                .allSatisfy(line -> assertThat(line).startsWith("yarn.scheduler.capacity.mapping-rule-json has rule "));
        assertThat(faults(file().and("mapping-rule-format=json", "mapping-rule-json={")))
                .singleElement()
                .asString()
                .contains("is no JSON");
        assertThat(faults(file().and("mapping-rule-format=json", "mapping-rule-json=[]")))
                .hasSize(1);
    }

    @Test
    void shouldSayWhichFileHoldsTheRules() {
        QueueFile file = file().and("mapping-rule-format=json", "mapping-rule-json-file= /rules ");
        assertThat(MappingRuleReader.file(file.properties())).isEqualTo("/rules");
        Findings findings = new Findings();
        MappingRules rules = MappingRuleReader.read(
                file.properties(),
                "{\"rules\":[{\"type\":\"user\",\"matches\":\"*\",\"policy\":\"custom\",\"customPlacement\":\"only\"}]}",
                file.plan(),
                findings);
        assertThat(to(rules, of("ann"))).isEqualTo("root.y.only");
        assertThat(MappingRuleReader.file(file.and("mapping-rule-json={}").properties()))
                .isNull();
        assertThat(MappingRuleReader.file(
                        file().and("mapping-rule-json-file=/rules").properties()))
                .isNull();
    }

    @Test
    void shouldKnowWhetherGroupsMatter() {
        assertThat(legacy("u:%user:root.users.%user").needGroups()).isFalse();
        assertThat(legacy("g:ops:only").needGroups()).isTrue();
        assertThat(legacy("u:ann:root.groups.%primary_group").needGroups()).isTrue();
    }

    @Property(tries = 500)
    void shouldEndWithRulesOrWithFaults(@ForAll String mappings, @ForAll String json, @ForAll String user) {
        QueuePlan plan = file().plan();
        for (QueueFile file : List.of(
                file().and("queue-mappings=" + mappings, "queue-mappings=u:%user:" + mappings),
                jsonFile(json),
                file().and("mapping-rule-format=json", "mapping-rule-json=" + json))) {
            Findings findings = new Findings();
            MappingRules rules = MappingRuleReader.read(file.properties(), null, plan, findings);
            assertThat(rules.destination(new Applicant(user, List.of(user, mappings), json, mappings)))
                    .isNotNull();
        }
    }
}
