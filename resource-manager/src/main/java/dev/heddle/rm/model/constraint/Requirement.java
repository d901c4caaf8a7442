package dev.heddle.rm.model.constraint;

import java.util.Set;

/**
 * What a scheduling request says of its containers besides their size and number.
 *
 * @param tags that its containers have
 * @param constraint that they are placed under, with that of the application for their tag
 * @param sent the constraint, for whoever gets the request back
 */
public record Requirement(Set<String> tags, PlacementConstraint constraint, SentConstraint sent) {
    public Requirement {
        tags = Set.copyOf(tags);
    }

    /** Whether both ask for the same, however it was written down. */
    public boolean means(Requirement other) {
        return tags.equals(other.tags) && constraint.equals(other.constraint);
    }
}
