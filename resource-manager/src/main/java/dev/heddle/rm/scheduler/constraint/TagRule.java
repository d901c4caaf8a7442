package dev.heddle.rm.scheduler.constraint;

import dev.heddle.rm.model.constraint.Scope;
import dev.heddle.rm.state.Node;
import dev.heddle.rm.state.TagPlaces;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * So many containers with each of some tags are on the node, or in its rack, already (YARN's {@code
 * PlacementConstraintsUtil}).
 *
 * @param minimum of the tag with the fewest
 * @param maximum of the tag with the most
 * @param tags none for whatever tags there are
 */
record TagRule(Scope scope, int minimum, int maximum, List<String> tags, Counted counted) implements Rule {
    /**
     * Whose containers count.
     *
     * @param whose the places of their tags, one map for each application or one for all of them
     * @param without the places of those in it that do not count
     */
    record Counted(List<Map<String, TagPlaces>> whose, Map<String, TagPlaces> without) {
        int count(String tag, Scope scope, Node node) {
            int count = -count(without, tag, scope, node);
            for (Map<String, TagPlaces> places : whose) {
                count += count(places, tag, scope, node);
            }
            return count;
        }

        private static int count(Map<String, TagPlaces> places, String tag, Scope scope, Node node) {
            TagPlaces ofTag = places.get(tag);
            if (ofTag == null) {
                return 0;
            }
            return switch (scope) {
                case NODE -> ofTag.on(node.id());
                case RACK -> ofTag.in(node.rack());
            };
        }

        /** The places of a tag, and perhaps some where only such are that do not count. */
        <T> Set<T> places(String tag, Function<TagPlaces, Set<T>> kind) {
            Set<T> found = Set.of();
            for (Map<String, TagPlaces> places : whose) {
                TagPlaces ofTag = places.get(tag);
                if (ofTag != null) {
                    found = Candidates.union(found, kind.apply(ofTag));
                }
            }
            return found;
        }
    }

    @Override
    public boolean admits(Node node) {
        return tags.isEmpty() ? admitsByAnyTag(node) : admitsByTags(node);
    }

    private boolean admitsByTags(Node node) {
        for (String tag : tags) {
            int count = counted.count(tag, scope, node);
            if (count < minimum || count > maximum) {
                return false;
            }
        }
        return true;
    }

    /** Of the tags that are there: one that is not there does not count as the fewest. */
    private boolean admitsByAnyTag(Node node) {
        boolean found = false;
        for (Map<String, TagPlaces> places : counted.whose()) {
            for (String tag : places.keySet()) {
                int count = counted.count(tag, scope, node);
                if (count > 0 && (count < minimum || count > maximum)) {
                    return false;
                }
                found |= count > 0;
            }
        }
        return found || (minimum <= 0 && maximum >= 0);
    }

    /** Where there has to be a container with each of the tags, the tag that is in the fewest places says where to look. */
    @Override
    public Candidates candidates() {
        if (minimum <= 0 || tags.isEmpty()) {
            return Candidates.EVERYWHERE;
        }
        return switch (scope) {
            case NODE -> Candidates.nodes(fewest(TagPlaces::nodes));
            case RACK -> Candidates.racks(fewest(TagPlaces::racks));
        };
    }

    private <T> Set<T> fewest(Function<TagPlaces, Set<T>> kind) {
        Set<T> fewest = counted.places(tags.get(0), kind);
        for (String tag : tags) {
            Set<T> places = counted.places(tag, kind);
            if (places.size() < fewest.size()) {
                fewest = places;
            }
        }
        return fewest;
    }

    @Override
    public boolean isVacuous() {
        return minimum <= 0 && maximum == Integer.MAX_VALUE;
    }
}
