package dev.heddle.common.rpc.server;

import dev.heddle.common.rpc.RpcProtocol;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonConfigurationKeys;
import org.apache.hadoop.fs.CommonConfigurationKeysPublic;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcSaslProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcSaslProto.SaslState;
import org.apache.hadoop.security.SaslPropertiesResolver;
import org.apache.hadoop.security.SaslRpcServer;
import org.apache.hadoop.security.SaslRpcServer.AuthMethod;
import org.apache.hadoop.security.SecurityUtil;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.authorize.AuthorizationException;
import org.apache.hadoop.security.authorize.DefaultImpersonationProvider;
import org.apache.hadoop.security.authorize.ImpersonationProvider;
import org.apache.hadoop.security.authorize.PolicyProvider;
import org.apache.hadoop.security.authorize.ProxyUsers;
import org.apache.hadoop.security.authorize.Service;
import org.apache.hadoop.security.authorize.ServiceAuthorizationManager;
import org.apache.hadoop.security.token.SecretManager;
import org.apache.hadoop.security.token.TokenIdentifier;
import org.apache.hadoop.util.ReflectionUtils;
import org.jspecify.annotations.Nullable;

/**
 * Whom a server believes and lets in: the ways of authentication it offers, who may act for others
 * ({@code hadoop.proxyuser.*}), and who may use which protocol ({@code hadoop-policy.xml}). For all threads.
 */
final class ServerSecurity {
    private final Configuration configuration;
    private final List<AuthMethod> methods;
    private final @Nullable SecretManager<TokenIdentifier> secrets;
    private final SaslPropertiesResolver saslProperties;
    private final RpcSaslProto negotiation;
    private final MethodTable protocols;
    private final List<RpcProtocol> served;
    private final boolean authorizing;
    private volatile ImpersonationProvider impersonation;
    private final ServiceAuthorizationManager services = new ServiceAuthorizationManager();

    /**
     * @param tokenOnly whether only a token will do, whatever the configuration says
     * @throws IllegalArgumentException if only tokens will do and there is nothing to verify them
     * @throws IOException if the Kerberos name of this process cannot be found
     */
    ServerSecurity(
            Configuration configuration,
            boolean tokenOnly,
            @Nullable SecretManager<? extends TokenIdentifier> secrets,
            MethodTable protocols,
            List<RpcProtocol> served)
            throws IOException {
        // Until somebody asks, Hadoop's rules of users' names are not there, and names that need them cannot be
        // refused.
        UserGroupInformation.isSecurityEnabled();
        this.configuration = configuration;
        this.secrets = cast(secrets);
        this.methods = methods(configuration, tokenOnly, secrets != null);
        this.saslProperties = SaslPropertiesResolver.getInstance(configuration);
        this.negotiation = negotiation(methods);
        this.protocols = protocols;
        this.served = served;
        this.authorizing = configuration.getBoolean(CommonConfigurationKeys.HADOOP_SECURITY_AUTHORIZATION, false);
        this.impersonation = impersonation(configuration);
        readPolicy(configuration);
    }

    /** Reads who may act for whom, and who may use what, anew. */
    void refresh(Configuration anew) {
        impersonation = impersonation(anew);
        readPolicy(anew);
    }

    private void readPolicy(Configuration from) {
        if (authorizing) {
            services.refresh(from, new Policy(served));
        }
    }

    @SuppressWarnings("unchecked") // It is asked only for identifiers that it has created itself.
    private static @Nullable SecretManager<TokenIdentifier> cast(
            @Nullable SecretManager<? extends TokenIdentifier> secrets) {
        return (SecretManager<TokenIdentifier>) secrets;
    }

    private static List<AuthMethod> methods(Configuration configuration, boolean tokenOnly, boolean tokens) {
        if (tokenOnly && !tokens) {
            throw new IllegalArgumentException("only tokens will do, but nothing verifies them");
        }
        List<AuthMethod> methods = new ArrayList<>();
        if (tokens) {
            // First: clients take the first one that they can use.
            methods.add(AuthMethod.TOKEN);
        }
        if (!tokenOnly) {
            methods.add(SecurityUtil.getAuthenticationMethod(configuration).getAuthMethod());
        }
        return List.copyOf(methods);
    }

    private static RpcSaslProto negotiation(List<AuthMethod> methods) throws IOException {
        RpcSaslProto.Builder message = RpcSaslProto.newBuilder();
        if (methods.equals(List.of(AuthMethod.SIMPLE))) {
            return message.setState(SaslState.SUCCESS).build();
        }
        message.setState(SaslState.NEGOTIATE);
        for (AuthMethod method : methods) {
            SaslRpcServer names = new SaslRpcServer(method);
            var offer = message.addAuthsBuilder().setMethod(method.toString()).setMechanism(names.mechanism);
            if (names.protocol != null) {
                offer.setProtocol(names.protocol);
            }
            if (names.serverId != null) {
                offer.setServerId(names.serverId);
            }
        }
        return message.build();
    }

    private static ImpersonationProvider impersonation(Configuration configuration) {
        ImpersonationProvider provider = ReflectionUtils.newInstance(
                configuration.getClass(
                        CommonConfigurationKeysPublic.HADOOP_SECURITY_IMPERSONATION_PROVIDER_CLASS,
                        DefaultImpersonationProvider.class,
                        ImpersonationProvider.class),
                configuration);
        provider.init(ProxyUsers.CONF_HADOOP_PROXYUSER);
        return provider;
    }

    /** The ways of authentication that are offered, the best first. */
    List<AuthMethod> methods() {
        return methods;
    }

    boolean offers(AuthMethod method) {
        return methods.contains(method);
    }

    /** The answer to a client that asks what is offered; {@code SUCCESS} where nobody need prove anything. */
    RpcSaslProto negotiation() {
        return negotiation;
    }

    /** What SASL is asked for with this peer: above all the quality of protection. */
    Map<String, String> saslProperties(InetAddress peer, int port) {
        return saslProperties.getServerProperties(peer, port);
    }

    /** Verifies tokens. Null where none are taken. */
    @Nullable
    SecretManager<TokenIdentifier> secrets() {
        return secrets;
    }

    /** Whether {@link #authorize} may have to wait: it looks up groups of users. */
    boolean authorizationMayWait(UserGroupInformation user) {
        return authorizing || user.getRealUser() != null;
    }

    /**
     * Lets a user in, or not.
     *
     * @param method how the user, or who acts for the user, was authenticated
     * @param protocol the name of the protocol that the connection is for
     * @throws AuthorizationException if the user may not use the protocol, or who acts for the user may not do so
     */
    void authorize(UserGroupInformation user, AuthMethod method, @Nullable String protocol, InetAddress peer)
            throws AuthorizationException {
        // A token was handed to the real user for the effective one: that was allowed then.
        if (user.getRealUser() != null && method != AuthMethod.TOKEN) {
            impersonation.authorize(user, peer);
        }
        if (authorizing) {
            RpcProtocol wanted = protocol == null ? null : protocols.protocol(protocol);
            if (wanted == null) {
                throw new AuthorizationException("Protocol " + protocol + " is not known at this port.");
            }
            services.authorize(user, wanted.annotatedInterface(), configuration, peer);
        }
    }

    /** Whether a connection that was let in for one protocol may call another. */
    boolean allows(@Nullable String connectionProtocol, RpcProtocol called) {
        return !authorizing
                || called.name().equals(connectionProtocol)
                || called.annotatedInterface() == ProtocolMetaInfo.INTERFACE;
    }

    /** Names the key in the policy file that belongs to each protocol. */
    private static final class Policy extends PolicyProvider {
        private final Service[] services;

        private Policy(List<RpcProtocol> protocols) {
            List<Service> all = new ArrayList<>();
            for (RpcProtocol protocol : protocols) {
                String key = protocol.policyKey();
                if (key != null) {
                    all.add(new Service(key, protocol.annotatedInterface()));
                }
            }
            services = all.toArray(Service[]::new);
        }

        @Override
        public Service[] getServices() {
            return services.clone();
        }
    }
}
