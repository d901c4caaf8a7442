package dev.heddle.rm.scheduler.queue.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.scheduler.queue.Capacity;
import dev.heddle.rm.scheduler.queue.Measure;
import dev.heddle.rm.scheduler.queue.PreemptionRules;
import dev.heddle.rm.scheduler.queue.QueuePlan;
import dev.heddle.rm.scheduler.queue.QueueSpec;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

@NullUnmarked
class QueuePlanReaderTest {
    private static final String PREEMPTION = "yarn.resourcemanager.monitor.capacity.preemption.";

    private static QueueFile two() {
        return QueueFile.of("root.queues=a,b", "root.a.capacity=40", "root.b.capacity=60");
    }

    @Test
    void shouldHaveOneQueueWithEverythingWhereNoneIsNamed() {
        QueuePlan plan = QueueFile.of().plan();
        assertThat(plan.byPath().keySet()).containsExactlyInAnyOrder("root", "root.default");
        assertThat(plan.byPath().get("root.default").partitions().get(""))
                .isEqualTo(
                        new QueueSpec.Partition(Capacity.ALL, Capacity.ALL, QueueSpec.Partition.DEFAULT_MASTER_SHARE));
        assertThat(plan.root().users()).isEqualTo(QueueSpec.UserShares.DEFAULT);
        assertThat(plan.root().applications()).isEqualTo(QueueSpec.ApplicationCaps.DEFAULT);
        assertThat(plan.root().acls()).isEqualTo(QueueSpec.Acls.EVERYBODY);
        assertThat(plan.byPath().get("root.default").acls()).isEqualTo(QueueSpec.Acls.NOBODY);
        assertThat(plan.maximumApplications()).isEqualTo(10_000);
        assertThat(plan.measure()).isEqualTo(Measure.MEMORY);
        assertThat(plan.locality()).isEqualTo(new QueuePlan.Locality(40, -1, 3_000));
        assertThat(plan.userParallel()).isEqualTo(QueuePlan.UserParallel.UNLIMITED);
    }

    @Test
    void shouldReadTheFileThatComesWithYarn() {
        QueueFile file = QueueFile.of(
                "maximum-applications=10000",
                "maximum-am-resource-percent=0.1",
                "resource-calculator=org.apache.hadoop.yarn.util.resource.DefaultResourceCalculator",
                "root.queues=default",
                "root.default.capacity=100",
                "root.default.user-limit-factor=1",
                "root.default.maximum-capacity=100",
                "root.default.state=RUNNING",
                "root.default.acl_submit_applications=*",
                "root.default.acl_administer_queue=*",
                "root.default.acl_application_max_priority=*",
                "root.default.maximum-application-lifetime=-1",
                "root.default.default-application-lifetime=-1",
                "node-locality-delay=40",
                "rack-locality-additional-delay=-1",
                "queue-mappings=",
                "queue-mappings-override.enable=false");
        assertThat(file.faults()).isEmpty();
        assertThat(file.warnings())
                .containsExactly("root.default.acl_application_max_priority is set and has no effect: nothing reads"
                        + " acl_application_max_priority");
        assertThat(file.queue("root.default").acls()).isEqualTo(QueueSpec.Acls.EVERYBODY);
    }

    @Test
    void shouldKeepTheOrderOfQueuesAndLeaveOutEmptyParts() {
        QueueFile file = QueueFile.of("root.queues= b ,, a", "root.a.capacity=40", "root.b.capacity=60");
        assertThat(file.plan().root().children().stream().map(QueueSpec::path).toList())
                .containsExactly("root.b", "root.a");
    }

    @Test
    void shouldRefuseNamesThatCannotBe() {
        QueueFile file = two().and("root.queues=a, ,b,a,x.y", "root.a.queues=root,a");
        assertThat(file.faults())
                .contains(
                        "root.queues has an empty name: remove it, or the comma beside it",
                        "root.queues names a more than once: name each queue once",
                        "root.queues names x.y, but a name has no dots: name the queue in the list of its parent, by its"
                                + " last part alone",
                        "root.a.queues names root, which is this queue or one above it: remove it; a queue below of the"
                                + " same name needs keys of its own, such as root.a.root.capacity",
                        "root.a.queues names a, which is this queue or one above it: remove it; a queue below of the same"
                                + " name needs keys of its own, such as root.a.a.capacity");
        assertThat(QueueFile.of("root.queues=").faults())
                .containsExactly("root.queues names no queue: name at least one");
    }

    @Test
    void shouldTakeANameTwiceDownAPath() {
        assertThat(two().and("root.a.queues=a", "root.a.a.capacity=100").plan().byPath())
                .containsKey("root.a.a");
    }

    @Test
    void shouldCollectEveryFault() {
        QueueFile file = two().and(
                        "maximum-applications=many",
                        "root.a.user-limit-factor=x",
                        "root.a.state=DRAINING",
                        "root.b.ordering-policy=newest",
                        "root.ordering-policy=fifo",
                        "resource-calculator=Mine",
                        "root.b.maximum-capacity=101%",
                        "root.b.default-node-label-expression=x",
                        "root.b.accessible-node-labels= ",
                        "heddle.scheduler.root.a.node-order=full",
                        "heddle.scheduler.root.a.application-order=best");
        assertThat(file.faults())
                .hasSize(10)
                .allSatisfy(line -> assertThat(line).containsPattern("^\\S+ .+: .+"))
                .anySatisfy(line -> assertThat(line)
                        .isEqualTo("root.a.state is 'DRAINING', which is no state: RUNNING or STOPPED: correct it or"
                                + " remove it"));
    }

    @Test
    void shouldInheritStatesAndRefuseAChildThatRunsBelowAStoppedOne() {
        QueueFile file = two().and("root.a.queues=c,d", "root.a.c.capacity=50", "root.a.d.capacity=50");
        assertThat(file.queue("root.a.c").running()).isTrue();
        file.and("root.a.state=stopped");
        assertThat(file.queue("root.a").running()).isFalse();
        assertThat(file.queue("root.a.c").running()).isFalse();
        assertThat(file.queue("root.b").running()).isTrue();
        file.and("root.a.c.state=RUNNING");
        assertThat(file.faults())
                .containsExactly(
                        "root.a.c.state is RUNNING, but its parent is STOPPED: stop it as well, or let the parent"
                                + " run: remove the key or root.a.state");
    }

    @Test
    void shouldTakeTheDefaultsOfTheClusterForUsersAndApplications() {
        QueueFile file = two().and(
                        "minimum-user-limit-percent=25",
                        "user-limit-factor=2.5",
                        "max-parallel-apps=7",
                        "user.max-parallel-apps=3",
                        "user.ann.max-parallel-apps=9",
                        "global-queue-max-application=11",
                        "maximum-applications=100",
                        "root.a.minimum-user-limit-percent=50",
                        "root.a.user-limit-factor=-1",
                        "root.a.max-parallel-apps=1",
                        "root.a.maximum-applications=0x10",
                        "root.a.default-application-priority=4",
                        "root.a.priority=2");
        QueuePlan plan = file.plan();
        QueueSpec a = file.queue("root.a");
        QueueSpec b = file.queue("root.b");
        assertThat(plan.maximumApplications()).isEqualTo(100);
        assertThat(plan.userParallel()).isEqualTo(new QueuePlan.UserParallel(3, Map.of("ann", 9)));
        assertThat(a.users()).isEqualTo(new QueueSpec.UserShares(50, -1, Map.of()));
        assertThat(b.users()).isEqualTo(new QueueSpec.UserShares(25, 2.5, Map.of()));
        assertThat(a.applications()).isEqualTo(new QueueSpec.ApplicationCaps(16, 1, 0, 0, 4));
        assertThat(b.applications()).isEqualTo(new QueueSpec.ApplicationCaps(11, 7, 0, 0, 0));
        assertThat(a.priority()).isEqualTo(2);
    }

    @Test
    void shouldInheritTheWeightsOfUsersAndCheckThemInLeaves() {
        QueueFile file = two().and(
                        "root.user-settings.ann.weight=1.5",
                        "root.user-settings.b.o.b.weight=0.5",
                        "root.a.user-settings.ann.weight=2",
                        "root.minimum-user-limit-percent=100",
                        "minimum-user-limit-percent=50");
        assertThat(file.queue("root.a").users().weights()).isEqualTo(Map.of("ann", 2.0, "b.o.b", 0.5));
        assertThat(file.queue("root.b").users().weight("ann")).isEqualTo(1.5);
        file.and("root.b.minimum-user-limit-percent=100");
        assertThat(file.faults())
                .containsExactly(
                        "root.user-settings.ann.weight is 1.5, but the users of root.b can have weights from 0 to 1"
                                + " (100 / minimum-user-limit-percent): correct it, or lower"
                                + " root.b.minimum-user-limit-percent");
    }

    @Test
    void shouldInheritLifetimes() {
        QueueFile file = two().and(
                        "root.maximum-application-lifetime=100",
                        "root.default-application-lifetime=50",
                        "root.a.maximum-application-lifetime=30",
                        "root.b.maximum-application-lifetime=0",
                        "root.b.default-application-lifetime=70");
        assertThat(file.queue("root.a").applications().maximumLifetimeMs()).isEqualTo(30_000);
        assertThat(file.queue("root.a").applications().defaultLifetimeMs()).isEqualTo(30_000);
        assertThat(file.queue("root.b").applications().maximumLifetimeMs()).isZero();
        assertThat(file.queue("root.b").applications().defaultLifetimeMs()).isEqualTo(70_000);
        file.and("root.a.default-application-lifetime=31");
        assertThat(file.faults())
                .containsExactly(
                        "root.a.default-application-lifetime is 31, more than the maximum of 30: make it smaller, or"
                                + " raise root.a.maximum-application-lifetime");
    }

    @Test
    void shouldLimitContainers() {
        QueueFile file = two().and(
                        "root.a.maximum-allocation-mb=2048",
                        "root.b.maximum-allocation=memory=2G,vcores=3",
                        "root.a.queues=c,d",
                        "root.a.c.capacity=50",
                        "root.a.d.capacity=50",
                        "root.a.c.maximum-allocation-mb=4096",
                        "root.a.d.maximum-allocation=memory-mb=1024");
        assertThat(file.queue("root.a").maximumAllocation()).isEqualTo(new Resource(2048, 4));
        assertThat(file.queue("root.b").maximumAllocation()).isEqualTo(new Resource(2048, 3));
        assertThat(file.queue("root.a.c").maximumAllocation()).isEqualTo(new Resource(4096, 4));
        assertThat(file.queue("root.a.d").maximumAllocation()).isEqualTo(new Resource(1024, 4));
        assertThat(two().and(
                                "root.a.maximum-allocation-mb=8193",
                                "root.b.maximum-allocation=memory=9G,vcores=1",
                                "root.maximum-allocation=bananas=1")
                        .faults())
                .containsExactly(
                        "root.maximum-allocation names the kind bananas, which is not declared: correct it, or add it to"
                                + " yarn.resource-types",
                        "root.a.maximum-allocation-mb allows 8193 MB, 4 vcores, more than the cluster's 8192 MB, 4 vcores:"
                                + " make it smaller",
                        "root.b.maximum-allocation allows 9216 MB, 1 vcore, more than the cluster's 8192 MB, 4 vcores: make"
                                + " it smaller");
    }

    @Test
    void shouldOrderApplicationsQueuesAndNodes() {
        QueueFile file = two().and(
                        "root.ordering-policy=priority-utilization",
                        "root.a.queues=c,d,e,f",
                        "root.a.c.capacity=25",
                        "root.a.d.capacity=25",
                        "root.a.e.capacity=25",
                        "root.a.f.capacity=25",
                        "root.a.c.ordering-policy=fair",
                        "root.a.d.ordering-policy=fair",
                        "root.a.d.ordering-policy.fair.enable-size-based-weight=true",
                        "root.a.e.ordering-policy=fifo-for-pending-apps",
                        "root.a.f.ordering-policy=fifo-with-partitions",
                        "root.b.ordering-policy=fifo",
                        "heddle.scheduler.root.a.node-order=pack",
                        "heddle.scheduler.root.a.d.node-order=spread",
                        "heddle.scheduler.root.b.application-order=dominant");
        assertThat(file.queue("root").ordering().children())
                .isEqualTo(QueueSpec.Ordering.Children.PRIORITY_UTILIZATION);
        assertThat(file.queue("root.a").ordering().children())
                .isEqualTo(QueueSpec.Ordering.Children.PRIORITY_UTILIZATION);
        assertThat(List.of("root.a.c", "root.a.d", "root.a.e", "root.a.f", "root.b").stream()
                        .map(path -> file.queue(path).ordering().applications().name() + " "
                                + file.queue(path).ordering().nodes())
                        .toList())
                .containsExactly("FAIR PACK", "FAIR_BY_SIZE SPREAD", "FIFO PACK", "FIFO PACK", "DOMINANT SPREAD");
        assertThat(file.and("root.a.ordering-policy=utilization")
                        .queue("root.a")
                        .ordering()
                        .children())
                .isEqualTo(QueueSpec.Ordering.Children.UTILIZATION);
    }

    @Test
    void shouldInheritWhatMayNotBeTaken() {
        QueueFile file = two().and(
                        "root.a.queues=c,d",
                        "root.a.c.capacity=50",
                        "root.a.d.capacity=50",
                        "root.a.disable_preemption=true",
                        "root.a.d.disable_preemption=false",
                        "root.a.d.intra-queue-preemption.disable_preemption=true");
        assertThat(file.queue("root.b").preemption()).isEqualTo(new QueueSpec.Preemption(false, false));
        file.and(
                "yarn.resourcemanager.scheduler.monitor.enable=true",
                "yarn.resourcemanager.monitor.capacity.preemption.intra-queue-preemption.enabled=true");
        assertThat(file.queue("root.b").preemption()).isEqualTo(QueueSpec.Preemption.ALLOWED);
        assertThat(file.queue("root.a.c").preemption()).isEqualTo(new QueueSpec.Preemption(false, false));
        assertThat(file.queue("root.a.d").preemption()).isEqualTo(new QueueSpec.Preemption(true, false));
    }

    @Test
    void shouldLeaveListsOfPeopleAsTheyAreWritten() {
        QueueFile file = two().and(
                        "root.acl_submit_applications= ",
                        "root.a.acl_submit_applications=ann,bob staff",
                        "root.a.acl_administer_queue= ops");
        assertThat(file.queue("root").acls()).isEqualTo(new QueueSpec.Acls(" ", "*"));
        assertThat(file.queue("root.a").acls()).isEqualTo(new QueueSpec.Acls("ann,bob staff", " ops"));
        assertThat(file.queue("root.b").acls()).isEqualTo(QueueSpec.Acls.NOBODY);
    }

    @Test
    void shouldMeasureByWhatTheCalculatorCounts() {
        assertThat(two().and("resource-calculator=org.apache.hadoop.yarn.util.resource.DominantResourceCalculator")
                        .plan()
                        .measure())
                .isEqualTo(Measure.DOMINANT);
        assertThat(two().and("resource-calculator=Mine").faults())
                .singleElement()
                .asString()
                .startsWith("resource-calculator is 'Mine', which is no resource calculator");
    }

    @Test
    void shouldSayWhichKeysNothingReads() {
        assertThat(two().and(
                                "root.ghost.capacity=5",
                                "root.ghost.state=STOPPED",
                                "root.a.b.accessible-node-labels.x.capacity=1",
                                "root.a.capactiy=5",
                                "root.a.colour=red",
                                "root.a.queues=",
                                "root.a.reservable=true",
                                "root.b.leaf-queue-template.capacity=50",
                                "root.b.state.x.y=1",
                                "root.b.priority=1")
                        .warnings())
                .containsExactlyInAnyOrder(
                        "root.a.queues is set and names no queue: root.a is a leaf",
                        "root.a.reservable is true, but there are no reservations: root.a is a leaf as any other",
                        "root.a.capactiy is set and has no effect: nothing reads capactiy (capacity is read)",
                        "root.a.colour is set and has no effect: nothing reads colour",
                        "root.b.leaf-queue-template.capacity is set and has no effect: neither reservations nor queues that"
                                + " come by themselves exist",
                        "root.b.state.x.y is set and has no effect: nothing reads state.x.y",
                        "root.a.b.accessible-node-labels.x.capacity is set and has no effect: there is no queue root.a.b: add"
                                + " b to root.a.queues, or remove it",
                        "root.ghost.capacity is set (and 1 more of that queue) and has no effect: there is no queue"
                                + " root.ghost: add ghost to root.queues, or remove it");
        assertThat(two().and("heddle.scheduler.root.c.node-order=pack").faults())
                .singleElement()
                .asString()
                .contains("is the key of no queue");
    }

    @Test
    void shouldRefuseQueuesThatWouldOnlyHoldSuchAsComeByThemselves() {
        assertThat(two().and("root.a.auto-queue-creation-v2.enabled=true").faults())
                .containsExactly(
                        "root.a.auto-queue-creation-v2.enabled is true, but queues are not created by themselves:"
                                + " name the queues below root.a in root.a.queues, or remove the key to make it a leaf");
        assertThat(two().and("root.auto-queue-creation-v2.enabled=true").warnings())
                .containsExactly(
                        "root.auto-queue-creation-v2.enabled is true, but queues are not created by themselves:"
                                + " only those are there that root.queues names");
        assertThat(two().and("root.reservable=true").faults())
                .containsExactly("root.reservable is true, but root has queues below it: remove the key or the queues");
    }

    @Test
    void shouldTakeWhatIsNeitherTrueNorFalseAsUnset() {
        QueueFile file = two().and("root.a.disable_preemption=perhaps");
        assertThat(file.faults()).isEmpty();
        assertThat(file.warnings())
                .containsExactly("root.a.disable_preemption is 'perhaps', which is neither true nor false: it counts as"
                        + " false");
    }

    @Test
    void shouldReadHowQueuesGetBackWhatTheyAreOwed() {
        assertThat(QueueFile.of().plan().preemption()).isEqualTo(PreemptionRules.OFF);
        QueueFile file = QueueFile.of(
                "yarn.resourcemanager.scheduler.monitor.enable=true",
                PREEMPTION + "observe_only=true",
                PREEMPTION + "monitoring_interval=1000",
                PREEMPTION + "max_wait_before_kill=0",
                PREEMPTION + "total_preemption_per_round=0.5",
                PREEMPTION + "natural_termination_factor=1",
                PREEMPTION + "max_ignored_over_capacity=0",
                PREEMPTION + "intra-queue-preemption.preemption-order-policy=Priority_First",
                PREEMPTION + "intra-queue-preemption.minimum-threshold=0",
                PREEMPTION + "intra-queue-preemption.max-allowable-limit=1");
        assertThat(file.warnings()).isEmpty();
        assertThat(file.plan().preemption())
                .isEqualTo(new PreemptionRules(
                        true,
                        true,
                        new PreemptionRules.Pace(1_000, 0, 0.5, 1),
                        0,
                        new PreemptionRules.Inside(PreemptionRules.Order.PRIORITY_FIRST, 0, 1)));
    }

    @Test
    void shouldNameWhatItCannotMakeOutOfPreemption() {
        assertThat(QueueFile.of(
                                PREEMPTION + "total_preemption_per_round=1.5",
                                PREEMPTION + "monitoring_interval=0",
                                PREEMPTION + "intra-queue-preemption.preemption-order-policy=age")
                        .faults())
                .containsExactlyInAnyOrder(
                        PREEMPTION + "total_preemption_per_round is '1.5', which is no part of a whole, from 0 to 1:"
                                + " correct it or remove it",
                        PREEMPTION + "monitoring_interval is '0', which is no whole number from 1: correct it or remove"
                                + " it",
                        PREEMPTION + "intra-queue-preemption.preemption-order-policy is 'age', which is no order:"
                                + " userlimit_first or priority_first: correct it or remove it");
    }

    @Test
    void shouldTakeNothingByPoliciesThatAreNotKnown() {
        QueueFile file = QueueFile.of(
                "yarn.resourcemanager.scheduler.monitor.enable=true",
                "yarn.resourcemanager.scheduler.monitor.policies=org.example.Policy");
        assertThat(file.plan().preemption().enabled()).isFalse();
        assertThat(file.warnings())
                .singleElement()
                .asString()
                .startsWith("yarn.resourcemanager.scheduler.monitor.policies names org.example.Policy, of which nothing"
                        + " comes: nothing is taken from applications");
    }
}
