package dev.heddle.nm.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.common.UserException;
import dev.heddle.nm.directories.NodeDirectories;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.tools.ToolProvider;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.Priority;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.security.ContainerTokenIdentifier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuxiliaryServicesTest {
    private static final long LIMIT_S = 30;
    private static final String USER = "alice";
    private static final ApplicationId APPLICATION = ApplicationId.newInstance(5, 1);
    private static final ContainerId CONTAINER =
            ContainerId.newContainerId(ApplicationAttemptId.newInstance(APPLICATION, 1), 2);

    private final Path directory;

    private NodeDirectories directories;
    private @Nullable AuxiliaryServices services;

    AuxiliaryServicesTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @BeforeEach
    void open() {
        TestService.TOLD.clear();
        directories = NodeDirectories.open(
                List.of(directory.resolve("local")), "local", List.of(directory.resolve("logs")), "logs");
    }

    @AfterEach
    void close() {
        TestService.release();
        if (services != null) {
            services.close();
        }
        directories.close();
    }

    private static YarnConfiguration configuration(String name, String className) {
        YarnConfiguration configuration = new YarnConfiguration();
        configuration.set(YarnConfiguration.NM_AUX_SERVICES, name);
        configuration.set(String.format(YarnConfiguration.NM_AUX_SERVICE_FMT, name), className);
        return configuration;
    }

    private static YarnConfiguration testService() {
        return configuration(TestService.NAME, TestService.class.getName());
    }

    private AuxiliaryServices start(YarnConfiguration configuration) {
        AuxiliaryServices started = AuxiliaryServices.start(configuration, directories, null);
        services = started;
        return started;
    }

    private static ContainerTokenIdentifier token() {
        return new ContainerTokenIdentifier(
                CONTAINER, "node:1", USER, Resource.newInstance(1, 1), 0, 0, 0, Priority.newInstance(0), 0);
    }

    private static List<String> containerStarts(AuxiliaryServices services) throws Exception {
        ByteBuffer data = ByteBuffer.wrap("secret".getBytes(StandardCharsets.UTF_8));
        return services.containerStarts(token(), USER, Map.of(TestService.NAME, data))
                .get(LIMIT_S, TimeUnit.SECONDS);
    }

    private static String told(AuxiliaryServices services, String name) {
        ByteBuffer metadata = services.metadata().get(name);
        return StandardCharsets.UTF_8
                .decode(Objects.requireNonNull(metadata, name))
                .toString();
    }

    private void assertRefused(YarnConfiguration configuration, String... words) {
        assertThatThrownBy(() -> start(configuration))
                .isInstanceOf(UserException.class)
                .hasMessageContainingAll(words);
    }

    @Test
    void shouldTellAServiceEverythingInOrder() throws Exception {
        AuxiliaryServices started = AuxiliaryServices.start(testService(), directories, directory.resolve("recovery"));
        assertThat(containerStarts(started)).isEmpty();
        started.containerEnded(token(), USER);
        started.applicationEnded(APPLICATION);
        started.close();

        assertThat(TestService.TOLD)
                .containsExactly(
                        "setRecoveryPath " + TestService.NAME,
                        "serviceStart aux-test_service-1",
                        "initializeContainer " + CONTAINER + " alice",
                        "initializeApplication " + APPLICATION + " alice secret",
                        "stopContainer " + CONTAINER + " alice",
                        "stopApplication " + APPLICATION,
                        "serviceStop aux-test_service-1");
        assertThat(directory.resolve("recovery/nm-aux-services").resolve(TestService.NAME))
                .isDirectory();
    }

    @Test
    void shouldPassOnWhatServicesTellApplications() {
        AuxiliaryServices started = start(testService());

        assertThat(started.has(TestService.NAME)).isTrue();
        assertThat(started.has("other")).isFalse();
        assertThat(told(started, TestService.NAME)).isEqualTo(TestService.METADATA);
        assertThat(started.environment()).containsExactly(Map.entry("NM_AUX_SERVICE_test_service", "YXQgcG9ydCA0NzEx"));
    }

    @Test
    void shouldSayWhichServiceFailedAContainer() throws Exception {
        for (String method : List.of("initializeContainer", "initializeApplication")) {
            YarnConfiguration configuration = testService();
            configuration.set(TestService.FAIL, method);

            try (AuxiliaryServices started = AuxiliaryServices.start(configuration, directories, null)) {
                assertThat(containerStarts(started))
                        .containsExactly("auxiliary service test_service failed in " + method
                                + ": IllegalStateException: no " + method + " today");
            }
        }
    }

    @Test
    void shouldNotWaitForeverForAService() throws Exception {
        YarnConfiguration configuration = testService();
        configuration.set(TestService.HANG, "initializeContainer");
        configuration.setLong(ServiceSettings.CALL_LIMIT.key(), 1_000);
        AuxiliaryServices started = start(configuration);

        assertThat(containerStarts(started))
                .contains(
                        "auxiliary service test_service failed in initializeContainer: it has not answered in 1000 ms ("
                                + ServiceSettings.CALL_LIMIT.key() + ")");
    }

    @Test
    void shouldGoOnWhenAServiceFailsAtTheEndOfThings() throws Exception {
        YarnConfiguration configuration = testService();
        configuration.set(TestService.FAIL, "stopContainer");
        AuxiliaryServices started = start(configuration);
        started.containerEnded(token(), USER);

        assertThat(containerStarts(started)).isEmpty();
    }

    @Test
    void shouldNotStartWithAServiceThatDoesNot() {
        YarnConfiguration failing = testService();
        failing.set(TestService.FAIL, "serviceStart");
        assertRefused(
                failing,
                "auxiliary service test_service cannot be started",
                "no serviceStart today",
                "yarn.nodemanager.aux-services");

        YarnConfiguration hanging = testService();
        hanging.set(TestService.HANG, "serviceStart");
        hanging.setLong(ServiceSettings.CALL_LIMIT.key(), 200);
        assertRefused(hanging, "has not started in 200 ms", ServiceSettings.CALL_LIMIT.key());
    }

    @Test
    void shouldStopTheServicesThatHaveStartedWhenOneDoesNot() {
        YarnConfiguration configuration = testService();
        configuration.set(YarnConfiguration.NM_AUX_SERVICES, TestService.NAME + ",missing");
        configuration.set("yarn.nodemanager.aux-services.missing.class", "example.Missing");

        assertRefused(configuration, "auxiliary service missing");
        assertThat(TestService.TOLD).contains("serviceStop aux-test_service-1");
    }

    @Test
    void shouldSayWhatIsWrongWithADeclaration() throws IOException {
        assertRefused(configuration("map-reduce", "x"), "The auxiliary service name: map-reduce is invalid.");
        assertRefused(configuration("one", ""), "yarn.nodemanager.aux-services.one.class");
        assertRefused(
                configuration("one", "example.Missing"),
                "there is no class example.Missing on this daemon's own class path",
                "yarn.nodemanager.aux-services.one.classpath");
        assertRefused(configuration("one", "java.lang.Object"), "java.lang.Object is no ", "aux-services.one.class");

        YarnConfiguration twice = testService();
        twice.set(YarnConfiguration.NM_AUX_SERVICES, "test_service, test_service");
        assertRefused(twice, "twice");

        YarnConfiguration remote = testService();
        remote.set("yarn.nodemanager.aux-services.test_service.remote-classpath", "hdfs:///services.jar");
        assertRefused(remote, "does not fetch", "yarn.nodemanager.aux-services.test_service.classpath");

        YarnConfiguration manifest = testService();
        manifest.setBoolean(YarnConfiguration.NM_AUX_SERVICES_MANIFEST_ENABLED, true);
        assertRefused(manifest, YarnConfiguration.NM_AUX_SERVICES_MANIFEST_ENABLED, "reads no manifest");

        YarnConfiguration nowhere = testService();
        nowhere.set("yarn.nodemanager.aux-services.test_service.classpath", directory.resolve("no.jar") + ":");
        assertRefused(nowhere, "no.jar", "yarn.nodemanager.aux-services.test_service.classpath");

        YarnConfiguration lacking = configuration("one", "example.Speaker");
        Path classes = compile("lacking", "one");
        Files.delete(classes.resolve("example/Words.class"));
        lacking.set("yarn.nodemanager.aux-services.one.classpath", classes.toString());
        assertRefused(lacking, "it lacks the class example/Words");
    }

    @Test
    void shouldGiveEachServiceItsOwnClasses() throws Exception {
        YarnConfiguration configuration = configuration("one,two", "");
        for (String name : List.of("one", "two")) {
            configuration.set("yarn.nodemanager.aux-services." + name + ".class", "example.Speaker");
            configuration.set(
                    "yarn.nodemanager.aux-services." + name + ".classpath",
                    compile(name, name).toString());
        }
        AuxiliaryServices started = start(configuration);

        assertThat(told(started, "one")).isEqualTo("one true true false");
        assertThat(told(started, "two")).isEqualTo("two true true false");
    }

    @Test
    void shouldFindAServicesJarsInADirectory() throws Exception {
        Path classes = compile("jars", "jarred");
        Path folder = Files.createDirectories(directory.resolve("lib"));
        String jar = folder.resolve("speaker.jar").toString();
        int result = java.util.spi.ToolProvider.findFirst("jar")
                .orElseThrow()
                .run(System.out, System.err, "cf", jar, "-C", classes.toString(), ".");
        assertThat(result).isZero();
        YarnConfiguration configuration = configuration("one", "example.Speaker");
        configuration.set("yarn.nodemanager.aux-services.one.classpath", folder + "/*");

        assertThat(told(start(configuration), "one")).startsWith("jarred ");
    }

    /** A service that tells which words it has, whether it finds them by name, and whether it sees what it should not. */
    private Path compile(String folder, String words) throws IOException {
        Path source = Files.createDirectories(directory.resolve("source-" + folder));
        Path classes = Files.createDirectories(directory.resolve("classes-" + folder));
        Files.writeString(
                source.resolve("Words.java"),
                "package example; public class Words { public static String text() { return \"" + words + "\"; } }");
        Files.writeString(
                source.resolve("Speaker.java"),
                """
                package example;

                import java.nio.ByteBuffer;
                import org.apache.hadoop.conf.Configuration;
                import org.apache.hadoop.yarn.server.api.*;

                public class Speaker extends AuxiliaryService {
                    private final String words = Words.text();

                    public Speaker() {
                        super("speaker");
                    }

                    public void initializeApplication(ApplicationInitializationContext start) {}

                    public void stopApplication(ApplicationTerminationContext stop) {}

                    public ByteBuffer getMetaData() {
                        ClassLoader mine = Thread.currentThread().getContextClassLoader();
                        boolean shared = mine == getClass().getClassLoader();
                        boolean daemons = false;
                        try {
                            shared &= mine.loadClass("org.apache.hadoop.conf.Configuration") == Configuration.class;
                            mine.loadClass("dev.heddle.nm.NodeManager");
                            daemons = true;
                        } catch (ClassNotFoundException e) {
                            // As it should be.
                        }
                        boolean configured = getConfig().getClassByNameOrNull("example.Words") == Words.class;
                        return ByteBuffer.wrap((words + " " + shared + " " + configured + " " + daemons).getBytes());
                    }
                }
                """);
        int result = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-nowarn",
                        "-proc:none",
                        "-d",
                        classes.toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        source.resolve("Words.java").toString(),
                        source.resolve("Speaker.java").toString());
        assertThat(result).isZero();
        return classes;
    }
}
