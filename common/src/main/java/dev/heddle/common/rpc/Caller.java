package dev.heddle.common.rpc;

import org.apache.hadoop.security.token.TokenIdentifier;
import org.jspecify.annotations.Nullable;

/**
 * Who calls, as the transport has authenticated it.
 *
 * @param user the short name of the user, after impersonation
 * @param address of the peer, an IP address as text
 * @param token what the connection was authenticated with, or null where that was not a token
 */
public record Caller(String user, String address, @Nullable TokenIdentifier token) {}
