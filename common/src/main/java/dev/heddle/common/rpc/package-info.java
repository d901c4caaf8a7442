/** Hadoop RPC as endpoints see it: asynchronous methods over protobuf messages, whatever the transport. */
@NullMarked
package dev.heddle.common.rpc;

import org.jspecify.annotations.NullMarked;
