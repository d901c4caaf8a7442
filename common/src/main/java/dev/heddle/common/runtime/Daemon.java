package dev.heddle.common.runtime;

/** A server that has been started and serves until it is closed. */
public interface Daemon extends AutoCloseable {
    /** What follows {@code ready} on the line that says the daemon serves: its name and addresses. */
    String description();

    /** Stops serving and gives back everything it holds. Safe to call more than once. */
    @Override
    void close();
}
