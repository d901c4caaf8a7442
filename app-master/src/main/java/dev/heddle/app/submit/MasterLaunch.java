package dev.heddle.app.submit;

import dev.heddle.app.ApplicationSettings;
import dev.heddle.app.launch.ApplicationCredentials;
import dev.heddle.app.launch.ApplicationDescription;
import dev.heddle.app.launch.ContainerFiles;
import dev.heddle.app.launch.JavaProcess;
import dev.heddle.app.launch.LaunchFile;
import dev.heddle.app.master.ApplicationMaster;
import dev.heddle.common.config.ResourceManagerAddresses;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.Credentials;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.conf.YarnConfiguration;

/** Uploads what the application master's container needs and says how it is launched. */
final class MasterLaunch {
    private static final List<String> HADOOPS_DEFAULTS = List.of("core-default.xml", "yarn-default.xml");

    private final YarnConfiguration settings;
    private final StagingArea area;

    MasterLaunch(YarnConfiguration settings, StagingArea area) {
        this.settings = settings;
        this.area = area;
    }

    ContainerLaunchContext prepare(SubmitOptions options, String name, String mainClass) throws IOException {
        List<LaunchFile> files = new ArrayList<>();
        if (JavaProcess.jarsOnNodes(settings).isEmpty()) {
            for (Path jar : LibraryJars.locate()) {
                files.add(area.library(jar, ContainerFiles.LIBRARIES + "/" + jar.getFileName()));
            }
        }
        List<Path> jars = new ArrayList<>();
        jars.add(options.applicationJar());
        jars.addAll(options.jars());
        for (int i = 0; i < jars.size(); i++) {
            // Numbered, so that they sort in class path order and two of the same name do not meet.
            String numbered = "%04d-%s".formatted(i, plain(jars.get(i)));
            files.add(area.upload(jars.get(i), numbered, ContainerFiles.APPLICATION_JARS + "/" + numbered));
        }
        for (int i = 0; i < options.files().size(); i++) {
            NamedFile file = NamedFile.parse(options.files().get(i));
            files.add(area.upload(file.path(), "file-%04d-%s".formatted(i, plain(file.path())), file.link()));
        }
        ApplicationDescription description = new ApplicationDescription(
                name, mainClass, options.arguments(), area.directory().toUri(), files);
        List<LaunchFile> ofMaster = new ArrayList<>(files);
        ofMaster.add(area.write(content(description), ContainerFiles.DESCRIPTION));
        ofMaster.add(area.write(configuration(), ContainerFiles.CONFIGURATION));
        return ContainerLaunchContext.newInstance(
                LaunchFile.resources(ofMaster),
                JavaProcess.environment(settings),
                JavaProcess.command(
                        ApplicationSettings.DRIVER_MEMORY.get(settings), ApplicationMaster.class.getName(), List.of()),
                Map.of(),
                ApplicationCredentials.serialize(credentials()),
                Map.of());
    }

    private Credentials credentials() throws IOException {
        Credentials credentials = UserGroupInformation.getCurrentUser().getCredentials();
        if (UserGroupInformation.isSecurityEnabled()) {
            FileSystemTokens.add(
                    settings,
                    ResourceManagerAddresses.forClients(settings).get(0),
                    area.directory().getFileSystem(settings),
                    credentials);
        }
        return credentials;
    }

    /** A name that no shell and no URI makes anything of. */
    private static String plain(Path file) {
        return String.valueOf(file.getFileName()).replaceAll("[^A-Za-z0-9._-]", "_");
    }

    private static byte[] content(ApplicationDescription description) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        description.write(bytes);
        return bytes.toByteArray();
    }

    /** What differs from Hadoop's defaults, which come with its jars. */
    private byte[] configuration() throws IOException {
        Configuration defaults = new Configuration(false);
        HADOOPS_DEFAULTS.forEach(defaults::addResource);
        Configuration own = new Configuration(false);
        for (Map.Entry<String, String> property : settings) {
            String value = settings.getRaw(property.getKey());
            if (value != null && !value.equals(defaults.getRaw(property.getKey()))) {
                own.set(property.getKey(), value);
            }
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        own.writeXml(bytes);
        return bytes.toByteArray();
    }
}
