package dev.heddle.rm.model;

import java.util.Set;

/**
 * What a container was asked for.
 *
 * @param key of the ask that it met
 * @param tags that constraints find it by; mostly none
 */
public record Purpose(AskKey key, Set<String> tags) {
    public Purpose {
        tags = Set.copyOf(tags);
    }
}
