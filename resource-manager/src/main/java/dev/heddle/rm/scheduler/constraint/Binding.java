package dev.heddle.rm.scheduler.constraint;

import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.constraint.PlacementConstraint;
import dev.heddle.rm.model.constraint.TagNamespace;
import dev.heddle.rm.model.constraint.Target;
import dev.heddle.rm.state.AllocationTags;
import dev.heddle.rm.state.Application;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.TagPlaces;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Finds out once whose containers each part of a constraint is about. */
record Binding(ClusterState state, Application application)
        implements PlacementConstraint.Cases<Rule>, TagNamespace.Cases<TagRule.Counted> {
    @Override
    public Rule and(List<PlacementConstraint> all) {
        return new Rule.All(all.stream().map(part -> part.on(this)).toList());
    }

    @Override
    public Rule or(List<PlacementConstraint> any) {
        return new Rule.Any(any.stream().map(part -> part.on(this)).toList());
    }

    @Override
    public Rule unsupported(String why) {
        return new Rule.Nowhere();
    }

    @Override
    public Rule single(PlacementConstraint.Single single) {
        List<Rule> rules = new ArrayList<>();
        for (Target target : single.targets()) {
            rules.add(target.on(new Target.Cases<Rule>() {
                @Override
                public Rule tags(Target.Tags tags) {
                    return new TagRule(
                            single.scope(),
                            single.minimum(),
                            single.maximum(),
                            List.copyOf(tags.tags()),
                            tags.namespace().on(Binding.this));
                }

                @Override
                public Rule attribute(Target.Attribute attribute) {
                    return new Rule.Attributed(
                            state.marks(), attribute.key(), attribute.comparison(), attribute.values());
                }

                @Override
                public Rule partition(Target.Partition partition) {
                    return new Rule.Labelled(partition.label());
                }
            }));
        }
        return rules.size() == 1 ? rules.get(0) : new Rule.All(rules);
    }

    @Override
    public TagRule.Counted self() {
        return application(application.id());
    }

    @Override
    public TagRule.Counted notSelf() {
        AllocationTags tags = state.allocationTags();
        return new TagRule.Counted(List.of(tags.all()), tags.of(application.id()));
    }

    @Override
    public TagRule.Counted all() {
        return new TagRule.Counted(List.of(state.allocationTags().all()), Map.of());
    }

    @Override
    public TagRule.Counted application(ApplicationId id) {
        return new TagRule.Counted(List.of(state.allocationTags().of(id)), Map.of());
    }

    @Override
    public TagRule.Counted applicationTag(String tag) {
        AllocationTags tags = state.allocationTags();
        List<Map<String, TagPlaces>> whose = new ArrayList<>();
        for (ApplicationId id : tags.applications()) {
            Application other = state.application(id);
            if (other != null && other.spec().tags().contains(tag)) {
                whose.add(tags.of(id));
            }
        }
        return new TagRule.Counted(whose, Map.of());
    }
}
