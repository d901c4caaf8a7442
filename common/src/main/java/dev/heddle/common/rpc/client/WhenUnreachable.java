package dev.heddle.common.rpc.client;

/** What becomes of the calls that wait for a connection when an attempt to connect fails for want of a server. */
public enum WhenUnreachable {
    /** They fail at once, with the reason: for who can ask somebody else. The next call begins a new attempt. */
    FAIL,
    /** They wait until their deadlines, while attempts are repeated with growing, random pauses. */
    RETRY
}
