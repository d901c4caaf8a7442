/**
 * Serves protocols over Hadoop RPC: a connection's bytes become calls, and their answers bytes again, on one I/O thread
 * for each connection. The way of a call: {@code ServerConnection} (frame, header), {@code MethodTable} (which method),
 * {@code ServerCall} (the handler and its answer), {@code ServerConnection} (encode, write).
 */
@NullMarked
package dev.heddle.common.rpc.server;

import org.jspecify.annotations.NullMarked;
