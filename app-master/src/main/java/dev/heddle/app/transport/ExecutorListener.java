package dev.heddle.app.transport;

/** Told what happens on the driver's connections, by Netty's threads: it must not block. */
public interface ExecutorListener {
    /** An executor has proved who it is. Comes first. */
    void connected(ExecutorConnection connection);

    void finished(ExecutorConnection connection, Message.TaskFinished message);

    /**
     * The connection is gone. Comes last, once.
     *
     * @param reason why, in a few words
     */
    void closed(ExecutorConnection connection, String reason);
}
