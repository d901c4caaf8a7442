package dev.heddle.common.rpc.server;

import java.util.concurrent.Executor;

/**
 * What all connections of a server share.
 *
 * @param slow runs steps that may wait
 */
record Service(
        ServerLimits limits,
        Admission admission,
        ServerSecurity security,
        MethodTable methods,
        RefusalLog refusals,
        Executor slow) {}
