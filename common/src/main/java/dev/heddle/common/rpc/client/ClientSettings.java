package dev.heddle.common.rpc.client;

import static org.apache.hadoop.fs.CommonConfigurationKeys.IPC_CLIENT_FALLBACK_TO_SIMPLE_AUTH_ALLOWED_DEFAULT;
import static org.apache.hadoop.fs.CommonConfigurationKeys.IPC_CLIENT_FALLBACK_TO_SIMPLE_AUTH_ALLOWED_KEY;
import static org.apache.hadoop.fs.CommonConfigurationKeys.IPC_CLIENT_PING_DEFAULT;
import static org.apache.hadoop.fs.CommonConfigurationKeys.IPC_CLIENT_PING_KEY;
import static org.apache.hadoop.fs.CommonConfigurationKeys.IPC_CLIENT_RPC_TIMEOUT_DEFAULT;
import static org.apache.hadoop.fs.CommonConfigurationKeys.IPC_CLIENT_RPC_TIMEOUT_KEY;
import static org.apache.hadoop.fs.CommonConfigurationKeys.IPC_MAXIMUM_RESPONSE_LENGTH;
import static org.apache.hadoop.fs.CommonConfigurationKeys.IPC_MAXIMUM_RESPONSE_LENGTH_DEFAULT;
import static org.apache.hadoop.fs.CommonConfigurationKeys.IPC_PING_INTERVAL_DEFAULT;
import static org.apache.hadoop.fs.CommonConfigurationKeys.IPC_PING_INTERVAL_KEY;
import static org.apache.hadoop.fs.CommonConfigurationKeysPublic.IPC_CLIENT_CONNECTION_MAXIDLETIME_DEFAULT;
import static org.apache.hadoop.fs.CommonConfigurationKeysPublic.IPC_CLIENT_CONNECTION_MAXIDLETIME_KEY;
import static org.apache.hadoop.fs.CommonConfigurationKeysPublic.IPC_CLIENT_CONNECT_TIMEOUT_DEFAULT;
import static org.apache.hadoop.fs.CommonConfigurationKeysPublic.IPC_CLIENT_CONNECT_TIMEOUT_KEY;
import static org.apache.hadoop.fs.CommonConfigurationKeysPublic.IPC_CLIENT_TCPNODELAY_DEFAULT;
import static org.apache.hadoop.fs.CommonConfigurationKeysPublic.IPC_CLIENT_TCPNODELAY_KEY;

import dev.heddle.common.rpc.transport.RpcSettings;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.SecurityUtil;
import org.apache.hadoop.security.UserGroupInformation.AuthenticationMethod;

/**
 * What the configuration says to clients; read once per client.
 *
 * @param connectLimitMs for one attempt to connect
 * @param silenceLimitMs how long a server may say nothing while calls or the authentication wait for it; 0 for ever
 * @param pingIntervalMs between signs of life while calls wait; 0 for none
 * @param maxIdleMs how long a connection stays open without calls
 * @param maxResponseBytes of a frame
 * @param maxCalls that wait or are under way on one connection
 * @param secure whether the cluster authenticates
 * @param fallbackToSimple whether a server of a secure cluster may ask for no authentication
 */
record ClientSettings(
        int connectLimitMs,
        int silenceLimitMs,
        int pingIntervalMs,
        int maxIdleMs,
        int maxResponseBytes,
        int maxCalls,
        boolean tcpNoDelay,
        boolean secure,
        boolean fallbackToSimple) {

    static ClientSettings of(Configuration configuration) {
        boolean ping = configuration.getBoolean(IPC_CLIENT_PING_KEY, IPC_CLIENT_PING_DEFAULT);
        int responseLimit = configuration.getInt(IPC_MAXIMUM_RESPONSE_LENGTH, IPC_MAXIMUM_RESPONSE_LENGTH_DEFAULT);
        return new ClientSettings(
                configuration.getInt(IPC_CLIENT_CONNECT_TIMEOUT_KEY, IPC_CLIENT_CONNECT_TIMEOUT_DEFAULT),
                Math.max(0, configuration.getInt(IPC_CLIENT_RPC_TIMEOUT_KEY, IPC_CLIENT_RPC_TIMEOUT_DEFAULT)),
                ping ? Math.max(0, configuration.getInt(IPC_PING_INTERVAL_KEY, IPC_PING_INTERVAL_DEFAULT)) : 0,
                configuration.getInt(IPC_CLIENT_CONNECTION_MAXIDLETIME_KEY, IPC_CLIENT_CONNECTION_MAXIDLETIME_DEFAULT),
                // Hadoop's way to say "no limit".
                responseLimit > 0 ? responseLimit : Integer.MAX_VALUE,
                RpcSettings.CLIENT_CALLS.get(configuration),
                configuration.getBoolean(IPC_CLIENT_TCPNODELAY_KEY, IPC_CLIENT_TCPNODELAY_DEFAULT),
                SecurityUtil.getAuthenticationMethod(configuration) != AuthenticationMethod.SIMPLE,
                configuration.getBoolean(
                        IPC_CLIENT_FALLBACK_TO_SIMPLE_AUTH_ALLOWED_KEY,
                        IPC_CLIENT_FALLBACK_TO_SIMPLE_AUTH_ALLOWED_DEFAULT));
    }
}
