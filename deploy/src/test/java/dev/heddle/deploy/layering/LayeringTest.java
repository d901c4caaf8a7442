package dev.heddle.deploy.layering;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.FailureReport;
import dev.heddle.common.config.Setting;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The arrows of the design, checked on the classes of every module. */
class LayeringTest {
    private static final JavaClasses PRODUCT = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("dev/heddle/testbed"))
            .importPackages("dev.heddle");

    private static final String COMMON = "dev.heddle.common..";
    private static final String HA = "dev.heddle.ha..";
    private static final String RESOURCE_MANAGER = "dev.heddle.rm..";
    private static final String NODE_MANAGER = "dev.heddle.nm..";
    private static final String APPLICATION = "dev.heddle.app..";
    private static final String DRIVER_API = "dev.heddle.app.driver";
    private static final String EXAMPLES = "dev.heddle.examples..";

    private static final String[] PURE = {
        "dev.heddle.rm.core..",
        "dev.heddle.rm.state..",
        "dev.heddle.rm.scheduler..",
        "dev.heddle.rm.command..",
        "dev.heddle.rm.event.."
    };

    @Test
    void shouldSeeEveryModule() {
        for (String part : List.of("common", "ha", "rm", "nm", "app", "deploy", "examples")) {
            assertThat(PRODUCT.stream().anyMatch(type -> type.getPackageName().startsWith("dev.heddle." + part)))
                    .as(part)
                    .isTrue();
        }
        assertThat(PRODUCT.stream().noneMatch(type -> type.getSimpleName().endsWith("Test")))
                .isTrue();
    }

    @Test
    void shouldHaveNoPackageCycles() {
        slices().matching("dev.heddle.(**)").should().beFreeOfCycles().check(PRODUCT);
    }

    @Test
    void shouldPointArrowsOneWay() {
        Rules.usesOnly(COMMON).check(PRODUCT);
        Rules.usesOnly(HA, COMMON).check(PRODUCT);
        Rules.usesOnly(RESOURCE_MANAGER, COMMON, HA).check(PRODUCT);
        Rules.usesOnly(NODE_MANAGER, COMMON, HA).check(PRODUCT);
        Rules.usesOnly(APPLICATION, COMMON, HA).check(PRODUCT);
        Rules.usesOnly(EXAMPLES, DRIVER_API).check(PRODUCT);
    }

    @Test
    void shouldKeepTheCoreOfTheResourceManagerPure() {
        Rules.pure(PURE).check(PRODUCT);
    }

    /** A setting that nothing reads is a promise that nobody keeps. */
    @Test
    void shouldReadEverySetting() {
        List<String> unread = new ArrayList<>();
        int settings = 0;
        for (JavaClass type : PRODUCT) {
            for (JavaField field : type.getFields()) {
                if (!field.getRawType().isEquivalentTo(Setting.class)
                        || !type.getSimpleName().endsWith("Settings")) {
                    continue;
                }
                settings++;
                if (field.getAccessesToSelf().stream()
                        .allMatch(access -> access.getOrigin().getName().equals("<clinit>")
                                || access.getOrigin().getName().equals("all"))) {
                    unread.add(field.getFullName());
                }
            }
        }
        assertThat(settings).isGreaterThan(20);
        assertThat(unread).isEmpty();
    }

    @Test
    void shouldDetectViolations() {
        JavaClasses violation = new ClassFileImporter().importPackages("dev.heddle.deploy.layering.violation");
        FailureReport report = Rules.pure("dev.heddle.deploy.layering.violation")
                .evaluate(violation)
                .getFailureReport();
        assertThat(String.join("\n", report.getDetails()))
                .contains("System.currentTimeMillis()")
                .contains("InstantSource.system()")
                .contains("java.nio.file.Files")
                .contains("SYNCHRONIZED");

        JavaClasses tests = new ClassFileImporter().importPackages("dev.heddle.deploy.layering");
        assertThat(Rules.usesOnly("dev.heddle.deploy.layering").evaluate(tests).hasViolation())
                .as("it uses dev.heddle.common")
                .isTrue();
    }
}
