package dev.heddle.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.heddle.app.ApplicationSettings;
import dev.heddle.common.UserException;
import dev.heddle.common.config.Setting;
import dev.heddle.common.runtime.FaultHandler;
import dev.heddle.ha.EmbeddedZooKeeper;
import dev.heddle.nm.NodeManagerSettings;
import dev.heddle.rm.ResourceManager;
import dev.heddle.rm.wire.NodeListSettings;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Starts a resource manager and its ZooKeeper in each way that there is, and compares what they read with what is declared:
 * so a key that is told to have no effect has none, and a key that is documented has some.
 */
class HonouredSettingsTest {
    private static final FaultHandler FAULTS = (what, cause) -> {
        throw new AssertionError(what, cause);
    };

    private static final List<String> PREFIXES = List.of("heddle.", "yarn.resourcemanager.", "yarn.scheduler.");
    private static final Pattern KEY = Pattern.compile("yarn\\.(resourcemanager|scheduler)\\.[a-z0-9_.-]*[a-z0-9]");

    /** At the beginning of a class file, in bytes. */
    private static final int MAGIC_AND_VERSION = 8;

    private static final String ID = "rm1";
    private static final List<String> ADDRESSES = Arrays.asList(
            YarnConfiguration.RM_ADDRESS,
            YarnConfiguration.RM_SCHEDULER_ADDRESS,
            YarnConfiguration.RM_RESOURCE_TRACKER_ADDRESS,
            YarnConfiguration.RM_ADMIN_ADDRESS,
            YarnConfiguration.RM_WEBAPP_ADDRESS);

    /** Not valid on any machine (RFC 5737). */
    private static final String NOBODYS_ADDRESS = "192.0.2.1";

    private static final Set<String> read = new ConcurrentSkipListSet<>();

    /** Notes each key that it is asked for, also by way of another's value. */
    private static final class RecordingConfiguration extends YarnConfiguration {
        @Override
        public String get(String name) {
            read.add(name);
            return super.get(name);
        }

        @Override
        public String get(String name, String defaultValue) {
            read.add(name);
            return super.get(name, defaultValue);
        }

        @Override
        public String getRaw(String name) {
            read.add(name);
            return super.getRaw(name);
        }
    }

    @Test
    void shouldReadWhatIsDeclaredAndDeclareWhatIsRead(@TempDir Path directory) {
        startAlone();
        startAsOneOfSeveral(directory);
        failWithoutPrincipal();
        failAtAHostThatIsNotThisOne();

        Map<String, Setting<?>> declared = declared();
        Set<String> later = Stream.of(ApplicationSettings.all(), NodeListSettings.all(), NodeManagerSettings.all())
                .flatMap(List::stream)
                .map(Setting::key)
                .collect(Collectors.toSet());

        Set<String> unread = new TreeSet<>(declared.keySet());
        unread.removeAll(later);
        unread.removeIf(key -> read.contains(key) || read.contains(key + "." + ID));
        assertThat(unread).as("declared, and read by nobody").isEmpty();
        assertThat(read).containsAll(HeddleSettings.queueKeys());

        Set<String> undeclared = read.stream()
                .filter(key -> PREFIXES.stream().anyMatch(key::startsWith))
                .filter(key -> !declared.containsKey(key)
                        && !HeddleSettings.queueKeys().contains(key))
                .filter(key -> !isOfOneResourceManager(key, declared))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(undeclared).as("read, and declared by nobody").isEmpty();
    }

    /** What is only read now and then, or from a copy of the configuration, is at least named somewhere. */
    @Test
    void shouldDeclareEachKeyThatTheResourceManagersClassesName() throws IOException {
        Set<String> undeclared = new TreeSet<>();
        int constants = 0;
        for (JavaClass type : new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.heddle.rm", "dev.heddle.ha", "dev.heddle.common.rpc.server")) {
            for (String text : texts(type)) {
                if (KEY.matcher(text).matches()) {
                    constants++;
                    undeclared.add(text);
                }
            }
        }
        assertThat(constants).isGreaterThan(20);
        undeclared.removeAll(declared().keySet());
        undeclared.removeAll(HeddleSettings.queueKeys());
        assertThat(undeclared).as("named, and declared by nobody").isEmpty();
    }

    /** The texts of a class file's constant pool (section 4.4 of the JVM's specification). */
    private static List<String> texts(JavaClass type) throws IOException {
        URI file = type.getSource().orElseThrow().getUri();
        try (DataInputStream in = new DataInputStream(file.toURL().openStream())) {
            in.skipNBytes(MAGIC_AND_VERSION);
            int count = in.readUnsignedShort();
            List<String> texts = new ArrayList<>();
            for (int entry = 1; entry < count; entry++) {
                int tag = in.readUnsignedByte();
                switch (tag) {
                    case 1 -> texts.add(in.readUTF());
                    case 5, 6 -> {
                        // Long and double take two places.
                        in.skipNBytes(8);
                        entry++;
                    }
                    case 7, 8, 16, 19, 20 -> in.skipNBytes(2);
                    case 15 -> in.skipNBytes(3);
                    case 3, 4, 9, 10, 11, 12, 17, 18 -> in.skipNBytes(4);
                    default -> throw new IOException(file + " has a constant with the tag " + tag);
                }
            }
            return texts;
        }
    }

    private static Map<String, Setting<?>> declared() {
        Map<String, Setting<?>> declared = new TreeMap<>();
        HeddleSettings.modules().values().stream()
                .flatMap(List::stream)
                .forEach(setting -> declared.put(setting.key(), setting));
        return declared;
    }

    private static boolean isOfOneResourceManager(String key, Map<String, Setting<?>> declared) {
        Setting<?> setting =
                key.endsWith("." + ID) ? declared.get(key.substring(0, key.length() - ID.length() - 1)) : null;
        return setting != null && setting.isOfEachResourceManager();
    }

    private static void startAlone() {
        RecordingConfiguration configuration = new RecordingConfiguration();
        ADDRESSES.forEach(key -> configuration.set(key, "127.0.0.1:0"));
        ResourceManager.start(configuration).close();
    }

    private static RecordingConfiguration oneOfSeveral() {
        RecordingConfiguration configuration = new RecordingConfiguration();
        configuration.setBoolean(YarnConfiguration.RM_HA_ENABLED, true);
        configuration.set(YarnConfiguration.RM_HA_IDS, ID);
        configuration.set(YarnConfiguration.RM_HA_ID, ID);
        return configuration;
    }

    private static void startAsOneOfSeveral(Path directory) {
        RecordingConfiguration server = new RecordingConfiguration();
        server.set("heddle.zookeeper.address", "127.0.0.1:0");
        server.set("heddle.zookeeper.data-dir", directory.toString());
        try (EmbeddedZooKeeper zooKeeper = EmbeddedZooKeeper.start(server, FAULTS)) {
            RecordingConfiguration configuration = oneOfSeveral();
            ADDRESSES.forEach(key -> configuration.set(key + "." + ID, "127.0.0.1:0"));
            configuration.set("hadoop.zk.address", zooKeeper.connectString());
            ResourceManager.start(configuration).close();
        }
    }

    private static void failWithoutPrincipal() {
        RecordingConfiguration configuration = new RecordingConfiguration();
        configuration.set("hadoop.security.authentication", "kerberos");
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> ResourceManager.start(configuration))
                .withMessageContaining(YarnConfiguration.RM_PRINCIPAL);
    }

    private static void failAtAHostThatIsNotThisOne() {
        RecordingConfiguration configuration = oneOfSeveral();
        configuration.set(YarnConfiguration.RM_HOSTNAME + "." + ID, NOBODYS_ADDRESS);
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> ResourceManager.start(configuration))
                .withMessageContaining(NOBODYS_ADDRESS);
    }
}
