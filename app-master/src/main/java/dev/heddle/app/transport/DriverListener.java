package dev.heddle.app.transport;

/** Told what the driver says, by Netty's thread: it must not block. */
public interface DriverListener {
    /** The driver has proved who it is and takes this executor. Comes first. */
    void welcomed(TransportLimits limits);

    void run(Message.RunTask message);

    void cancel(long taskId);

    /** The driver does not need this executor any more. */
    void shutdown();

    /**
     * The connection is gone, or never came to be. Comes last, once.
     *
     * @param reason why, in a few words
     */
    void closed(String reason);
}
