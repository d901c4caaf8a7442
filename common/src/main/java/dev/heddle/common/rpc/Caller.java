package dev.heddle.common.rpc;

import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.token.TokenIdentifier;
import org.jspecify.annotations.Nullable;

/**
 * Who calls, as the transport has authenticated it.
 *
 * @param user the short name of the user, after impersonation
 * @param address of the peer, an IP address as text
 * @param identity the user in Hadoop's terms, with the one who acts for it where there is one; its groups may have to be
 *     waited for
 * @param token what the connection was authenticated with, or null where that was not a token
 */
public record Caller(String user, String address, UserGroupInformation identity, @Nullable TokenIdentifier token) {}
