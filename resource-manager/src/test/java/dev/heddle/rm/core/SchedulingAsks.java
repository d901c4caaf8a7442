package dev.heddle.rm.core;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.model.AttributeKey;
import dev.heddle.rm.model.constraint.PlacementConstraint;
import dev.heddle.rm.model.constraint.Requirement;
import dev.heddle.rm.model.constraint.SchedulingAsk;
import dev.heddle.rm.model.constraint.Scope;
import dev.heddle.rm.model.constraint.SentConstraint;
import dev.heddle.rm.model.constraint.TagNamespace;
import dev.heddle.rm.model.constraint.Target;
import java.util.List;
import java.util.Set;

/** Scheduling requests and constraints in a few words. */
final class SchedulingAsks {
    private SchedulingAsks() {}

    static SchedulingAsk ask(long id, int count, String tag, PlacementConstraint constraint) {
        return ask(id, count, tag, constraint, SchedulingAsk.PATIENT);
    }

    static SchedulingAsk ask(long id, int count, String tag, PlacementConstraint constraint, int tries) {
        Set<String> tags = tag.isEmpty() ? Set.of() : Set.of(tag);
        return new SchedulingAsk(
                new AskKey(1, id),
                new Resource(128, 1),
                count,
                new Requirement(tags, constraint, SentConstraint.NONE),
                tries);
    }

    static PlacementConstraint in(Scope scope, String... tags) {
        return counted(scope, 1, Integer.MAX_VALUE, TagNamespace.Relative.SELF, tags);
    }

    static PlacementConstraint in(Scope scope, TagNamespace namespace, String... tags) {
        return counted(scope, 1, Integer.MAX_VALUE, namespace, tags);
    }

    static PlacementConstraint notIn(Scope scope, String... tags) {
        return counted(scope, 0, 0, TagNamespace.Relative.SELF, tags);
    }

    static PlacementConstraint notIn(Scope scope, TagNamespace namespace, String... tags) {
        return counted(scope, 0, 0, namespace, tags);
    }

    static PlacementConstraint counted(Scope scope, int minimum, int maximum, TagNamespace namespace, String... tags) {
        return new PlacementConstraint.Single(
                scope, minimum, maximum, Set.of(new Target.Tags(namespace, Set.of(tags))));
    }

    static PlacementConstraint attribute(Target.Comparison comparison, String name, String... values) {
        return new PlacementConstraint.Single(
                Scope.NODE,
                -1,
                -1,
                Set.of(new Target.Attribute(
                        new AttributeKey(AttributeKey.OPERATORS, name), comparison, Set.of(values))));
    }

    static PlacementConstraint label(String label) {
        return new PlacementConstraint.Single(Scope.NODE, -1, -1, Set.of(new Target.Partition(label)));
    }

    static PlacementConstraint and(PlacementConstraint... all) {
        return new PlacementConstraint.And(List.of(all));
    }

    static PlacementConstraint or(PlacementConstraint... any) {
        return new PlacementConstraint.Or(List.of(any));
    }
}
