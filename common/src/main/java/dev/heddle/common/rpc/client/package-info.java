/**
 * An asynchronous client of Hadoop RPC, version 9.
 *
 * <p>A {@link dev.heddle.common.rpc.client.RpcClient} makes {@link dev.heddle.common.rpc.client.RpcConnection}s, each to
 * one server, for one protocol, as one {@link dev.heddle.common.rpc.client.RpcIdentity}. A call goes this way:
 *
 * <ol>
 *   <li>{@code RpcConnection.call} encodes the request on the caller's thread ({@code RequestFrames}) and puts it into a
 *       queue without a lock.
 *   <li>The connection's event loop takes whatever the queue holds, starts the deadline of each call and, if there is no
 *       open {@code Link}, begins one.
 *   <li>{@code Link} finds the address, connects, and authenticates as the server asks ({@code SaslNegotiation}). What may
 *       wait on the way, names of hosts and Kerberos, runs on the slow threads.
 *   <li>All calls that wait are written, wrapped where integrity or privacy was agreed ({@code SaslWrapping}), and flushed
 *       once.
 *   <li>Answers are cut from the stream ({@code FrameReader}), matched to their calls by id in whatever order they come,
 *       and complete the calls' futures on the event loop. Failures that the server reports become exceptions of their
 *       classes ({@code ServerFailure}).
 * </ol>
 *
 * <p>What a failed call means: a {@link java.net.ConnectException} or {@link java.net.UnknownHostException} was never
 * sent; a {@link dev.heddle.common.rpc.client.OutcomeUnknownException} was sent, and whether it was carried out is not
 * known; a {@link java.net.SocketTimeoutException} says which of the two it is; an exception with a
 * {@link org.apache.hadoop.ipc.RemoteException} as its cause, or such an exception itself, is the server's own answer.
 *
 * <p>Who calls the resource managers does so through a {@link dev.heddle.common.rpc.client.LeaderConnection}, or with a
 * {@link dev.heddle.common.rpc.client.LeaderSearch} alone, which find the one that leads.
 *
 * <p>The wire is described by the protobuf messages of {@code RpcHeader.proto}, {@code IpcConnectionContext.proto} and
 * {@code ProtobufRpcEngine2.proto} in Hadoop's sources, and, where these are silent, by the behaviour of Hadoop's own
 * {@code org.apache.hadoop.ipc.Server}.
 */
@NullMarked
package dev.heddle.common.rpc.client;

import org.jspecify.annotations.NullMarked;
