package dev.heddle.rm.security;

import dev.heddle.rm.scheduler.queue.QueuePlan;
import dev.heddle.rm.scheduler.queue.QueueSpec;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/** Who may do what in the queues of a plan. What a queue grants holds below it, too. Immutable. */
final class QueueAcls {
    /** The lists of one queue. */
    record Lists(AccessList administrators, AccessList submitters) {}

    private final QueuePlan plan;
    private final Map<String, Lists> byPath = new HashMap<>();
    private final boolean nameGroups;

    QueueAcls(QueuePlan plan) {
        this.plan = plan;
        for (QueueSpec queue : plan.byPath().values()) {
            byPath.put(
                    queue.path(),
                    new Lists(
                            AccessList.parse(queue.acls().administer()),
                            AccessList.parse(queue.acls().submit())));
        }
        nameGroups = byPath.values().stream()
                .anyMatch(lists -> !lists.administrators().groups().isEmpty()
                        || !lists.submitters().groups().isEmpty());
    }

    QueuePlan plan() {
        return plan;
    }

    /** Whether these are the lists of this very plan. An equal one would do as well, but takes long to be told. */
    @SuppressWarnings("ReferenceEquality")
    boolean isOf(QueuePlan other) {
        return plan == other;
    }

    /** Whether somebody's groups can make a difference. */
    boolean nameGroups() {
        return nameGroups;
    }

    /** Whether something holds of a queue or of one above it; those that there are not any more grant nothing. */
    boolean anyAbove(String path, Predicate<Lists> holds) {
        String above = path;
        while (true) {
            Lists lists = byPath.get(above);
            if (lists != null && holds.test(lists)) {
                return true;
            }
            int dot = above.lastIndexOf('.');
            if (dot < 0) {
                return false;
            }
            above = above.substring(0, dot);
        }
    }
}
