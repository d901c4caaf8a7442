package dev.heddle.rm.scheduler.queue.mapping;

/** Where an application goes. */
public sealed interface Destination {
    /** No rule is about it, so it goes where it asks to. */
    record AsAsked() implements Destination {}

    /**
     * A rule says where.
     *
     * @param path of a leaf
     */
    record Queue(String path) implements Destination {}

    /** A rule refuses it. */
    record Rejected(String reason) implements Destination {}
}
