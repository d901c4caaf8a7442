package dev.heddle.common.rpc.transport;

import dev.heddle.common.config.Setting;
import java.util.List;

/** Every setting of RPC that Heddle reads itself; those of authentication and authorization are Hadoop's own classes'. */
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
            5_000,
            1,
            10_000_000,
            "calls",
            "Calls at most that wait or are under way on one connection of a client; one more fails at once.");

    public static final Setting<Integer> MAX_REQUEST = Setting.integer(
            "ipc.maximum.data.length",
            128 * 1024 * 1024,
            1_024,
            1024 * 1024 * 1024,
            "bytes",
            "The longest request that a server takes. A connection that sends a longer one is closed.");

    public static final Setting<Integer> LISTEN_QUEUE = Setting.integer(
            "ipc.server.listen.queue.size",
            4_096,
            1,
            65_535,
            "connections",
            "Connections that the system holds for a server until it accepts them; the system has a limit of its own.");

    public static final Setting<Integer> MAX_CONNECTIONS = Setting.integer(
            "ipc.server.max.connections",
            100_000,
            0,
            10_000_000,
            "connections",
            "Connections that a server holds at a time; further ones are closed at once. 0 sets no limit.");

    public static final Setting<Integer> MAX_CONNECTIONS_PER_ADDRESS = Setting.integer(
            "heddle.rpc.server.connections-per-address",
            20_000,
            0,
            10_000_000,
            "connections",
            "Connections that a server holds from one IP address at a time; further ones are closed at once. 0 sets no"
                    + " limit.");

    public static final Setting<Integer> MAX_CALLS_PER_CONNECTION = Setting.integer(
            "heddle.rpc.server.calls-per-connection",
            5_000,
            1,
            1_000_000,
            "calls",
            "Calls of one connection that a server works on at a time; further ones are answered \"server too busy\", which"
                    + " clients retry.");

    public static final Setting<Integer> MAX_CALLS = Setting.integer(
            "heddle.rpc.server.calls",
            200_000,
            1,
            10_000_000,
            "calls",
            "Calls that a server works on at a time; further ones are answered \"server too busy\", which clients retry.");

    public static final Setting<Long> HANDSHAKE_LIMIT = Setting.millis(
            "heddle.rpc.server.handshake-limit-ms",
            30_000,
            "How long a new connection may take to say who it is. One that takes longer is closed.");

    public static final Setting<Long> IDLE_LIMIT = Setting.millis(
            "heddle.rpc.server.idle-limit-ms",
            600_000,
            "How long a connection may be silent while no call of it is at work, or refuse to read what it is sent. It is"
                    + " closed then.");

    public static final Setting<Integer> MAX_UNSENT = Setting.integer(
            "heddle.rpc.server.unsent-bytes",
            64 * 1024 * 1024,
            64 * 1024,
            1024 * 1024 * 1024,
            "bytes",
            "Answers that wait for one connection to read them; a connection that lets more pile up is closed. A single"
                    + " answer may be longer.");

    public static final Setting<Integer> MAX_BUFFERED = Setting.integer(
            "heddle.rpc.server.buffered-bytes",
            512 * 1024 * 1024,
            1024 * 1024,
            Integer.MAX_VALUE,
            "bytes",
            "Requests that have come in part and answers that wait to be read, of all connections of a server together. A"
                    + " connection that would add to them past this limit is closed.");

    private RpcSettings() {}

    public static List<Setting<?>> all() {
        return List.of(
                IO_THREADS,
                SLOW_THREADS,
                CLIENT_CALLS,
                MAX_REQUEST,
                LISTEN_QUEUE,
                MAX_CONNECTIONS,
                MAX_CONNECTIONS_PER_ADDRESS,
                MAX_CALLS_PER_CONNECTION,
                MAX_CALLS,
                HANDSHAKE_LIMIT,
                IDLE_LIMIT,
                MAX_UNSENT,
                MAX_BUFFERED);
    }
}
