package dev.heddle.common.rpc.transport;

import dev.heddle.common.config.Setting;
import java.util.List;

/** Every setting of RPC that is Heddle's own. Those that Hadoop has are read by Hadoop's names. */
public final class RpcSettings {
    public static final Setting<Integer> IO_THREADS = Setting.integer(
            "heddle.rpc.io-threads",
            0,
            0,
            256,
            "threads",
            "Threads of a daemon that read, decode, encode and write calls; 0 takes one for every two processors, at least"
                    + " one and at most eight.");

    public static final Setting<Integer> SLOW_THREADS = Setting.integer(
            "heddle.rpc.slow-threads",
            4,
            1,
            256,
            "threads",
            "Threads of a daemon at most for the steps of a connection that may wait for something: authentication, groups"
                    + " of users, names of hosts.");

    public static final Setting<Integer> CLIENT_CALLS = Setting.integer(
            "heddle.rpc.client.max-calls",
            10_000,
            1,
            10_000_000,
            "calls",
            "Calls at most that wait or are under way on one connection of a client; one more fails at once.");

    private RpcSettings() {}

    public static List<Setting<?>> all() {
        return List.of(IO_THREADS, SLOW_THREADS, CLIENT_CALLS);
    }
}
