package dev.heddle.rm.queues;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heddle.rm.queues.HadoopsAnswers.Answer;
import dev.heddle.rm.queues.HadoopsAnswers.Question;
import dev.heddle.rm.scheduler.queue.config.Findings;
import dev.heddle.rm.scheduler.queue.config.QueueFile;
import dev.heddle.rm.scheduler.queue.config.QueuePlanReader;
import dev.heddle.rm.scheduler.queue.config.QueuePlanReading;
import dev.heddle.rm.scheduler.queue.mapping.Applicant;
import dev.heddle.rm.scheduler.queue.mapping.Destination;
import dev.heddle.rm.scheduler.queue.mapping.MappingRuleReader;
import dev.heddle.rm.scheduler.queue.mapping.MappingRules;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same files, read by Heddle and by Hadoop's capacity scheduler: accepted or refused by both, with the same meaning. */
class QueuesAgainstHadoopTest {
    private static final double ROUNDING = 0.0002;
    private static final int RANDOM_FILES = 150;

    private static QueueFile two(String a, String b) {
        return QueueFile.of("root.queues=a,b", "root.a.capacity=" + a, "root.b.capacity=" + b);
    }

    private static QueueFile deep(String a, String b, String c, String d) {
        return two(a, b).and("root.a.queues=c,d", "root.a.c.capacity=" + c, "root.a.d.capacity=" + d);
    }

    private static List<QueueFile> capacities() {
        return List.of(
                two("40", "60"),
                two("40.02", "60.02"),
                two("40", "60.2"),
                two("0", "100"),
                two("0", "0"),
                two("0", "0").and("root.allow-zero-capacity-sum=true"),
                two("-1", "101"),
                two("1w", "3w"),
                two("0w", "3w"),
                two("-1w", "100"),
                two("20000w", "1w"),
                two("50", "1w"),
                two("[memory=1024]", "[memory=2048,vcores=2]"),
                two("[memory=1Gi,vcores=3]", "[memory=2Gi]"),
                two("[memory=1024]", "1w"),
                two("[vcores=1]", "[memory=1024]"),
                two("x", "100"),
                two("", "100"),
                two("50", "50").and("root.a.maximum-capacity=60"),
                two("50", "50").and("root.a.maximum-capacity=-1"),
                two("50", "50").and("root.a.maximum-capacity=x"),
                two("50", "50").and("root.maximum-capacity=80", "root.a.maximum-capacity=50"),
                two("[memory=1024]", "[memory=1024]").and("root.a.maximum-capacity=[memory=512]"),
                deep("40", "60", "50", "50"),
                deep("40", "60", "50", "49"),
                deep("40", "60", "0", "0"),
                deep("0", "100", "0", "0"),
                deep("0", "100", "50", "50"),
                deep("0", "100", "50", "50").and("root.a.allow-zero-capacity-sum=true"),
                deep("2w", "1w", "50", "50"),
                deep("2w", "1w", "0", "0"),
                deep("40", "60", "1w", "3w"),
                deep("[memory=1024]", "[memory=1024]", "[memory=512]", "[memory=512]"),
                deep("[memory=1024]", "[memory=1024]", "[memory=512]", "[memory=600]"),
                deep("[memory=1024]", "[memory=1024]", "50", "50"),
                deep("40", "60", "[memory=512]", "[memory=512]"),
                deep("[memory=1024]", "[memory=1024]", "[memory=512]", "[memory=512]")
                        .and("root.a.maximum-capacity=[memory=2048]", "root.a.c.maximum-capacity=[memory=4096]"),
                two("50", "3w").and("legacy-queue-mode.enabled=false"),
                two("10", "20").and("legacy-queue-mode.enabled=false"));
    }

    private static List<QueueFile> others() {
        return List.of(
                two("50", "50").and("root.a.state=STOPPED"),
                two("50", "50").and("root.a.state=stopped"),
                two("50", "50").and("root.a.state=DRAINING"),
                two("50", "50").and("root.a.state=off"),
                deep("50", "50", "50", "50").and("root.a.state=STOPPED"),
                deep("50", "50", "50", "50").and("root.a.state=STOPPED", "root.a.c.state=RUNNING"),
                two("50", "50").and("root.a.ordering-policy=fair", "root.b.ordering-policy=fifo-with-partitions"),
                two("50", "50").and("root.a.ordering-policy=lifo"),
                two("50", "50").and("root.ordering-policy=fifo"),
                deep("50", "50", "50", "50").and("root.ordering-policy=priority-utilization", "root.a.c.priority=3"),
                two("50", "50").and("root.a.maximum-allocation-mb=4096", "root.b.maximum-allocation-vcores=2"),
                two("50", "50").and("root.a.maximum-allocation-mb=9000"),
                deep("50", "50", "50", "50")
                        .and("root.a.maximum-allocation-mb=2048", "root.a.c.maximum-allocation-mb=4096"),
                two("50", "50").and("root.a.maximum-allocation=memory-mb=2048,vcores=2"),
                two("50", "50").and("root.a.maximum-allocation=memory=2G,vcores=9"),
                two("50", "50").and("root.a.maximum-allocation=two"),
                two("50", "50").and("root.maximum-application-lifetime=50", "root.a.default-application-lifetime=40"),
                two("50", "50").and("root.default-application-lifetime=40", "root.a.maximum-application-lifetime=30"),
                two("50", "50").and("root.a.default-application-lifetime=40", "root.a.maximum-application-lifetime=30"),
                two("50", "50").and("root.maximum-application-lifetime=50", "root.a.maximum-application-lifetime=0"),
                two("50", "50")
                        .and("user-limit-factor=2", "minimum-user-limit-percent=25", "root.a.user-limit-factor=-1"),
                two("50", "50").and("root.a.user-limit-factor=x"),
                two("50", "50").and("root.a.user-settings.ann.weight=2"),
                two("50", "50").and("root.user-settings.ann.weight=2", "minimum-user-limit-percent=50"),
                two("50", "50").and("max-parallel-apps=4", "root.a.max-parallel-apps=2"),
                two("50", "50").and("root.a.disable_preemption=true"),
                deep("50", "50", "50", "50")
                        .and(
                                "yarn.resourcemanager.scheduler.monitor.enable=true",
                                "root.a.disable_preemption=true",
                                "root.a.c.disable_preemption=false"),
                two("50", "50")
                        .and(
                                "yarn.resourcemanager.scheduler.monitor.enable=true",
                                "yarn.resourcemanager.monitor.capacity.preemption.intra-queue-preemption.enabled=true",
                                "root.a.intra-queue-preemption.disable_preemption=true"),
                two("50", "50").and("root.a.queues="),
                QueueFile.of("root.queues=a", "root.a.capacity=100", "root.a.queues=a", "root.a.a.capacity=100"),
                QueueFile.of("root.queues="));
    }

    private static QueueFile labelled(String a, String b) {
        return two("50", "50")
                .and("root.a.accessible-node-labels.x.capacity=" + a, "root.b.accessible-node-labels.x.capacity=" + b);
    }

    private static List<QueueFile> labels() {
        return List.of(
                labelled("30", "70"),
                labelled("30", "60"),
                labelled("0", "0"),
                labelled("1w", "3w"),
                labelled("30", "70").and("root.a.accessible-node-labels.x.maximum-capacity=50"),
                labelled("30", "70").and("root.a.accessible-node-labels.x.maximum-capacity=150"),
                labelled("30", "70").and("root.a.accessible-node-labels.x.maximum-am-resource-percent=0.4"),
                labelled("30", "70").and("root.a.default-node-label-expression=x"),
                labelled("100", "0").and("root.b.accessible-node-labels=y", "root.b.default-node-label-expression=x"),
                labelled("100", "0")
                        .and("root.a.accessible-node-labels=x,y", "root.a.queues=c", "root.a.c.capacity=100"),
                labelled("100", "0")
                        .and(
                                "root.a.accessible-node-labels=x",
                                "root.a.queues=c",
                                "root.a.c.capacity=100",
                                "root.a.c.accessible-node-labels.x.capacity=100",
                                "root.a.c.accessible-node-labels=x,z"),
                labelled("100", "0")
                        .and(
                                "root.a.accessible-node-labels=x",
                                "root.a.queues=c",
                                "root.a.c.capacity=100",
                                "root.a.c.accessible-node-labels.x.capacity=100",
                                "root.a.c.accessible-node-labels=*"),
                labelled("[memory=1024]", "[memory=1024]"),
                two("50", "50").and("root.a.accessible-node-labels.x.capacity=100"),
                two("50", "50").and("root.a.accessible-node-labels= ", "root.b.accessible-node-labels=x"));
    }

    /** What Hadoop writes down differently, and means the same. */
    private static String normal(String field, String hadoops) {
        return switch (field) {
            case "maximumLifetime", "defaultLifetime" -> String.valueOf(Math.max(0, Long.parseLong(hadoops)));
            case "defaultLabel" -> hadoops.equals("null") ? "" : hadoops;
            case "order" ->
                hadoops.equals("FifoOrderingPolicyWithExclusivePartitions") ? "FifoOrderingPolicy" : hadoops;
            default -> hadoops;
        };
    }

    private static void compare(List<QueueFile> files, Path directory) throws Exception {
        List<Question> questions = files.stream()
                .map(file -> new Question(file.properties(), List.of()))
                .toList();
        List<Answer> answers = HadoopsAnswers.to(questions, directory);
        SoftAssertions together = new SoftAssertions();
        int accepted = 0;
        for (int i = 0; i < files.size(); i++) {
            Map<String, String> properties = files.get(i).properties();
            Answer answer = answers.get(i);
            QueuePlanReading reading = QueuePlanReader.read(
                    properties, new QueuePlanReader.Cluster(QueueFile.SMALLEST, QueueFile.LARGEST, null));
            String faults = reading instanceof QueuePlanReading.Faulty faulty
                    ? faulty.faults().toString()
                    : "";
            together.assertThat(!faults.isEmpty())
                    .as("%s%nHadoop: %s%nHeddle: %s", properties, answer.refusal(), faults)
                    .isEqualTo(answer.isRefused());
            if (reading instanceof QueuePlanReading.Usable usable && !answer.isRefused()) {
                accepted++;
                compareFields(together, properties, PlanFields.of(usable.plan()), answer.fields());
            }
        }
        together.assertAll();
        assertThat(accepted).isBetween(1, files.size() - 1);
    }

    private static void compareFields(
            SoftAssertions together,
            Map<String, String> properties,
            Map<String, Map<String, String>> ours,
            Map<String, Map<String, String>> hadoops) {
        together.assertThat(ours.keySet()).as("%s", properties).isEqualTo(hadoops.keySet());
        boolean free = "false".equals(properties.get("yarn.scheduler.capacity.legacy-queue-mode.enabled"));
        boolean amounts = properties.values().stream().anyMatch(value -> value.startsWith("[memory"));
        ours.forEach((path, fields) -> fields.forEach((field, value) -> {
            String theirs = hadoops.getOrDefault(path, Map.of()).get(field);
            boolean isPart = field.startsWith("absolute@") || field.startsWith("maximum@");
            // With amounts, and in the newer mode, parts are only known once there are nodes.
            if (theirs == null || (isPart && (free || amounts))) {
                return;
            }
            if (isPart || field.startsWith("masters@") || field.startsWith("userLimit")) {
                together.assertThat(Double.parseDouble(value))
                        .as("%s of %s in %s", field, path, properties)
                        .isCloseTo(Double.parseDouble(theirs), within(ROUNDING));
            } else {
                together.assertThat(value)
                        .as("%s of %s in %s", field, path, properties)
                        .isEqualTo(normal(field, theirs));
            }
        }));
    }

    @Test
    void shouldTakeAndRefuseTheSameFilesWithTheSameMeaning(@TempDir Path directory) throws Exception {
        List<QueueFile> files = new ArrayList<>(capacities());
        files.addAll(others());
        files.addAll(labels());
        compare(files, directory);
    }

    @Test
    void shouldAgreeOnRandomFiles(@TempDir Path directory) throws Exception {
        long seed = Long.getLong("heddle.test.seed", new Random().nextLong());
        Random random = new Random(seed);
        List<QueueFile> files = new ArrayList<>();
        for (int i = 0; i < RANDOM_FILES; i++) {
            files.add(RandomQueues.file(random));
        }
        try {
            compare(files, directory);
        } catch (AssertionError e) {
            throw new AssertionError("with -Dheddle.test.seed=" + seed, e);
        }
    }

    private static final String TREE_QUEUES = "default,users,groups,x,y";

    private static QueueFile tree() {
        QueueFile file = QueueFile.of("root.queues=" + TREE_QUEUES);
        for (String path : List.of("default", "users", "groups", "x", "y")) {
            file.and("root." + path + ".capacity=20");
        }
        return file.and(
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

    private static List<QueueFile> rules() {
        List<QueueFile> files = new ArrayList<>();
        for (String mappings : List.of(
                "u:ann:only",
                "u:%user:%user",
                "u:%user:root.users.%user",
                "u:%user:users.%user",
                "g:staff:root.groups.staff.etl,u:ann:only",
                "u:%user:%primary_group",
                "u:%user:root.groups.%primary_group.%user",
                "u:%user:%secondary_group",
                "u:%user:root.groups.%secondary_group",
                "u:%user:groups.%secondary_group",
                "u:%user:root.groups.%secondary_group.%user",
                "u:%user:root.groups.staff.%application",
                "u:ann:both",
                "u:ann:nowhere",
                "u:ann:root.users",
                "u:ann:root.none.%user",
                "u:ann:root.default.%user",
                "x:ann:only",
                "u:ann",
                " u : b.c : only , g:ops:root.default",
                "u:%user:%specified",
                "u:%user:%default")) {
            files.add(tree().and("queue-mappings=" + mappings));
            files.add(tree().and("queue-mappings=" + mappings, "queue-mappings-override.enable=true"));
        }
        files.add(tree().and("yarn.scheduler.queue-placement-rules.app-name=etl:only,b:x.both"));
        files.add(tree().and("yarn.scheduler.queue-placement-rules.app-name=etl"));
        for (String rule : List.of(
                "'type':'user','matches':'*','policy':'user','parentQueue':'root.users'",
                "'type':'user','matches':'*','policy':'user','parentQueue':'root.users','fallbackResult':'reject'",
                "'type':'user','matches':'*','policy':'user','parentQueue':'root.users','fallbackResult':'placeDefault'",
                "'type':'group','matches':'ops','policy':'custom','customPlacement':'root.users.%user'",
                "'type':'group','matches':'*','policy':'reject'",
                "'type':'user','matches':'ann','policy':'reject'",
                "'type':'user','matches':'b.c','policy':'primaryGroupUser','parentQueue':'root.groups'",
                "'type':'user','matches':'*','policy':'secondaryGroup','parentQueue':'root.groups'",
                "'type':'user','matches':'*','policy':'secondaryGroupUser','parentQueue':'root.groups'",
                "'type':'user','matches':'*','policy':'primaryGroup','parentQueue':'groups','create':false",
                "'type':'application','matches':'etl','policy':'applicationName','parentQueue':'groups.staff'",
                "'type':'user','matches':'*','policy':'specified'",
                "'type':'user','matches':'*','policy':'defaultQueue'",
                "'type':'user','matches':'*','policy':'setDefaultQueue','value':'root.users.%user'},"
                        + "{'type':'user','matches':'*','policy':'defaultQueue'",
                "'type':'user','matches':'*','policy':'setDefaultQueue'",
                "'type':'user','matches':'*','policy':'custom','customPlacement':'nowhere'",
                "'type':'user','matches':'*','policy':'custom'",
                "'type':'user','policy':'user'",
                "'type':'host','matches':'a','policy':'user'",
                "'type':'user','matches':'*','policy':'somehow'")) {
            QueueFile file = tree().and(
                            "mapping-rule-format=json",
                            "mapping-rule-json={\"rules\":[{" + rule.replace('\'', '"') + "}]}");
            files.add(file);
            files.add(tree().and(
                            "mapping-rule-format=json",
                            "mapping-rule-json={\"rules\":[{" + rule.replace('\'', '"') + "}]}",
                            "queue-mappings-override.enable=true"));
        }
        files.add(tree().and("mapping-rule-format=xml"));
        files.add(tree().and("mapping-rule-format=json", "mapping-rule-json={"));
        return files;
    }

    private static List<Applicant> applicants() {
        List<Applicant> applicants = new ArrayList<>();
        for (String queue : List.of("default", "root.default", "only", "both", "root.users", "none", "root.x.both")) {
            applicants.add(new Applicant("ann", List.of("staff", "ops"), "etl", queue));
            applicants.add(new Applicant("b.c", List.of("ops", "staff", "only"), "b", queue));
            applicants.add(new Applicant("zoe", List.of("x.y"), "z", queue));
            applicants.add(new Applicant("nil", List.of(), "etl", queue));
        }
        return applicants;
    }

    @Test
    void shouldPlaceTheSameApplicationsInTheSameQueues(@TempDir Path directory) throws Exception {
        List<QueueFile> files = rules();
        List<Answer> answers = HadoopsAnswers.to(
                files.stream()
                        .map(file -> new Question(file.properties(), applicants()))
                        .toList(),
                directory);
        for (int i = 0; i < files.size(); i++) {
            QueueFile file = files.get(i);
            Findings findings = new Findings();
            MappingRules rules = MappingRuleReader.read(file.properties(), null, file.plan(), findings);
            assertThat(!findings.faults().isEmpty())
                    .as("%s%n%s%n%s", file.properties(), answers.get(i).refusal(), findings.faults())
                    .isEqualTo(answers.get(i).isRefused());
            if (!answers.get(i).isRefused()) {
                List<String> ours = applicants().stream()
                        .map(applicant -> written(rules.destination(applicant)))
                        .toList();
                assertThat(ours)
                        .as("%s", file.properties())
                        .isEqualTo(answers.get(i).placements());
            }
        }
    }

    private static String written(Destination destination) {
        if (destination instanceof Destination.Queue queue) {
            return queue.path();
        }
        return destination instanceof Destination.Rejected rejected ? "rejected " + rejected.reason() : "as asked";
    }
}
