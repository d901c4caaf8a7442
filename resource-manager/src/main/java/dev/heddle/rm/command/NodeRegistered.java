package dev.heddle.rm.command;

/**
 * The reply to a node that registers.
 *
 * @param refusal why it may not join, or empty
 */
public record NodeRegistered(String refusal) {
    public boolean accepted() {
        return refusal.isEmpty();
    }
}
