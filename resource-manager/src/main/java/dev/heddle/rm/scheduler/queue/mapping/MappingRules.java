package dev.heddle.rm.scheduler.queue.mapping;

import dev.heddle.rm.scheduler.queue.QueuePlan;
import dev.heddle.rm.scheduler.queue.QueueSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rules that choose queues, for one plan of queues. Immutable. */
public final class MappingRules {
    /** YARN's words, which tell users nothing of the rules. */
    private static final String REJECTED =
            "Application submission have been rejected by a mapping rule. Please see the logs for details";

    private final boolean override;
    private final List<MappingRule> rules;
    private final QueueNames queues;

    /**
     * The rules.
     *
     * @param override whether they are also about applications that ask for a queue
     */
    MappingRules(boolean override, List<MappingRule> rules, QueueNames queues) {
        this.override = override;
        this.rules = List.copyOf(rules);
        this.queues = queues;
    }

    /** No rules. */
    public static MappingRules none(QueuePlan plan) {
        return new MappingRules(false, List.of(), new QueueNames(plan));
    }

    /** Whether somebody's groups can make a difference. */
    public boolean needGroups() {
        return rules.stream().anyMatch(MappingRules::needsGroups);
    }

    private static boolean needsGroups(MappingRule rule) {
        return rule.condition() instanceof MappingRule.Condition.Group
                || (rule.condition() instanceof MappingRule.Condition.Variable variable && hasGroups(variable.value()))
                || (rule.action() instanceof MappingRule.Action.Place place && hasGroups(place.pattern()))
                || (rule.action() instanceof MappingRule.Action.SetDefault set && hasGroups(set.value()));
    }

    private static boolean hasGroups(String text) {
        return text.contains(Variables.PRIMARY_GROUP) || text.contains(Variables.SECONDARY_GROUP);
    }

    /** Where an application goes, by the first rule that decides. */
    public Destination destination(Applicant applicant) {
        if (!override && !applicant.queue().equals(Applicant.NO_QUEUE)) {
            return new Destination.AsAsked();
        }
        Variables variables = new Variables(applicant, queues);
        for (MappingRule rule : rules) {
            if (fits(rule.condition(), variables)) {
                Destination decided = decision(rule, variables);
                if (decided != null) {
                    return decided;
                }
            }
        }
        return new Destination.AsAsked();
    }

    private static boolean fits(MappingRule.Condition condition, Variables variables) {
        if (condition instanceof MappingRule.Condition.Variable variable) {
            return variables.replaced(variable.value()).equals(variables.value(variable.name()));
        }
        if (condition instanceof MappingRule.Condition.Group group) {
            return variables.isInGroup(variables.replaced(group.name()));
        }
        return true;
    }

    /** Null where the next rule decides. */
    private @Nullable Destination decision(MappingRule rule, Variables variables) {
        if (rule.action() instanceof MappingRule.Action.SetDefault set) {
            variables.setDefault(variables.replaced(set.value()));
            return null;
        }
        if (rule.action() instanceof MappingRule.Action.Place place) {
            QueueSpec leaf = leaf(variables.replacedInPath(place.pattern()));
            return leaf == null ? instead(rule.otherwise(), variables) : new Destination.Queue(leaf.path());
        }
        return new Destination.Rejected(REJECTED);
    }

    private @Nullable Destination instead(MappingRule.Fallback fallback, Variables variables) {
        return switch (fallback) {
            case SKIP -> null;
            case REJECT -> new Destination.Rejected(REJECTED);
            case DEFAULT -> {
                QueueSpec leaf = leaf(variables.replacedInPath(Variables.DEFAULT));
                yield leaf == null ? new Destination.Rejected(REJECTED) : new Destination.Queue(leaf.path());
            }
        };
    }

    private @Nullable QueueSpec leaf(String path) {
        QueueSpec queue = queues.findPath(path);
        return queue != null && queue.isLeaf() ? queue : null;
    }
}
