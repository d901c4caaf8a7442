package dev.heddle.common.rpc.client;

import dev.heddle.common.UserException;
import java.io.IOException;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.UserGroupInformation.AuthenticationMethod;
import org.apache.hadoop.security.token.Token;
import org.jspecify.annotations.Nullable;

/**
 * Who calls, and what proves it: nothing, a token, or Kerberos credentials. Which of them is used is up to the server,
 * which names the methods that it takes. Its text shows neither token nor password.
 */
public final class RpcIdentity {
    private final String user;
    private final @Nullable String realUser;
    private final @Nullable Token<?> token;
    private final @Nullable UserGroupInformation kerberosLogin;

    private RpcIdentity(
            String user,
            @Nullable String realUser,
            @Nullable Token<?> token,
            @Nullable UserGroupInformation kerberosLogin) {
        this.user = user;
        this.realUser = realUser;
        this.token = token;
        this.kerberosLogin = kerberosLogin;
    }

    /** A user whose name the server believes. */
    public static RpcIdentity simple(String user) {
        return new RpcIdentity(user, null, null, null);
    }

    /** A user in whose name another one calls, whom the server must allow that ({@code hadoop.proxyuser}). */
    public static RpcIdentity impersonating(String realUser, String user) {
        return new RpcIdentity(user, realUser, null, null);
    }

    /**
     * The bearer of a token.
     *
     * @param user who calls where a server without security takes no token; with a token the server takes the user from it
     */
    public static RpcIdentity token(String user, Token<?> token) {
        return new RpcIdentity(user, null, token, null);
    }

    /**
     * A user who is logged in by Kerberos, or one whom such a user impersonates. A login from a keytab is renewed before
     * connecting.
     *
     * @throws IllegalArgumentException if there are no Kerberos credentials
     */
    public static RpcIdentity kerberos(UserGroupInformation login) {
        UserGroupInformation real = login.getRealUser() == null ? login : login.getRealUser();
        if (real.getAuthenticationMethod() != AuthenticationMethod.KERBEROS) {
            throw new IllegalArgumentException(real.getUserName() + " is not logged in by Kerberos");
        }
        return new RpcIdentity(
                login.getUserName(), login.getRealUser() == null ? null : real.getUserName(), null, real);
    }

    /** A user as Hadoop knows him: by his Kerberos credentials where he has some, by his name elsewhere. */
    public static RpcIdentity of(UserGroupInformation user) {
        UserGroupInformation real = user.getRealUser();
        boolean kerberos = (real == null ? user : real).getAuthenticationMethod() == AuthenticationMethod.KERBEROS;
        if (kerberos) {
            return kerberos(user);
        }
        return new RpcIdentity(user.getUserName(), real == null ? null : real.getUserName(), null, null);
    }

    /**
     * As {@link #of}, for the user whom Hadoop says this process runs as.
     *
     * @throws UserException if that cannot be found out
     */
    public static RpcIdentity ofProcess() {
        try {
            return of(UserGroupInformation.getCurrentUser());
        } catch (IOException e) {
            throw new UserException("the user of this process cannot be found out: " + e.getMessage(), e);
        }
    }

    /** The same, with a token besides. */
    public RpcIdentity with(Token<?> another) {
        return new RpcIdentity(user, realUser, another, kerberosLogin);
    }

    String user() {
        return user;
    }

    @Nullable
    String realUser() {
        return realUser;
    }

    @Nullable
    Token<?> token() {
        return token;
    }

    /** Whose Kerberos credentials are used: the real user's in an impersonation. */
    @Nullable
    UserGroupInformation kerberosLogin() {
        return kerberosLogin;
    }

    @Override
    public String toString() {
        return user
                + (realUser == null ? "" : " by " + realUser)
                + (token == null ? "" : " with a token")
                + (kerberosLogin == null ? "" : " by Kerberos");
    }
}
