package dev.heddle.app.submit;

import java.io.IOException;
import java.net.InetSocketAddress;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.Credentials;
import org.apache.hadoop.security.SecurityUtil;
import org.apache.hadoop.yarn.conf.YarnConfiguration;

/**
 * With Kerberos: the tokens by which nodes read an application's files and write its logs in its user's name. The resource
 * manager renews them for as long as the application runs.
 */
final class FileSystemTokens {
    private FileSystemTokens() {}

    /**
     * Adds the tokens of the file systems where the application's files and the nodes' aggregated logs are. A file system
     * that knows no tokens gives none, and one whose token is there already is not asked again.
     *
     * @param resourceManager any of them, whose host stands in their principal
     * @throws IOException if a file system refuses, or it is not known who shall renew
     */
    static void add(Configuration conf, InetSocketAddress resourceManager, FileSystem files, Credentials credentials)
            throws IOException {
        String principal = conf.get(YarnConfiguration.RM_PRINCIPAL, "");
        if (principal.isEmpty()) {
            throw new IOException(YarnConfiguration.RM_PRINCIPAL
                    + " is not set, and the resource manager it names is to renew tokens for the application's files");
        }
        String renewer = SecurityUtil.getServerPrincipal(principal, resourceManager.getHostString());
        Path logs = new Path(
                conf.get(YarnConfiguration.NM_REMOTE_APP_LOG_DIR, YarnConfiguration.DEFAULT_NM_REMOTE_APP_LOG_DIR));
        for (FileSystem fileSystem : new FileSystem[] {files, logs.getFileSystem(conf)}) {
            fileSystem.addDelegationTokens(renewer, credentials);
        }
    }
}
