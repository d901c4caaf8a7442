package dev.heddle.common.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.common.UserException;
import dev.heddle.common.resources.ResourceKind;
import dev.heddle.common.resources.ResourceKinds;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ResourceTypesTest {
    private final Configuration configuration = new Configuration(false);

    @Test
    void shouldDeclareNothingUnlessTold() {
        assertThat(ResourceTypes.read(configuration).isEmpty()).isTrue();
    }

    @Test
    void shouldReadNamesUnitsAndBounds() {
        configuration.set("yarn.resource-types", "yarn.io/gpu, disk");
        configuration.set("yarn.resource-types.disk.units", "Gi");
        configuration.set("yarn.resource-types.disk.minimum-allocation", "10");
        configuration.set("yarn.resource-types.disk.maximum-allocation", "1000");
        ResourceKinds kinds = ResourceTypes.read(configuration);
        ResourceKind disk = new ResourceKind("disk", "Gi");
        ResourceKind gpu = ResourceKind.pieces("yarn.io/gpu");
        assertThat(kinds.further()).containsExactly(disk, gpu);
        assertThat(kinds.find("disk")).isEqualTo(disk);
        assertThat(kinds.find("gpu")).isNull();
        assertThat(kinds.minimum().amount(disk)).isEqualTo(10);
        assertThat(kinds.maximum().amount(disk)).isEqualTo(1000);
        assertThat(kinds.maximum().amount(gpu)).isEqualTo(Long.MAX_VALUE);
    }

    @TestFactory
    Stream<DynamicTest> shouldRefuseNamesThatCannotBe() {
        return Stream.of("memory", "memory-mb", "vcores", "1gpu", "a b", "a/b/c", "-x/gpu", "/gpu", "gpu,gpu")
                .map(names -> DynamicTest.dynamicTest(names, () -> {
                    configuration.set("yarn.resource-types", names);
                    assertThatThrownBy(() -> ResourceTypes.read(configuration))
                            .isInstanceOf(UserException.class)
                            .hasMessageContaining("yarn.resource-types names");
                }));
    }

    @Test
    void shouldTakeNamesAsYarnDoes() {
        for (String name : List.of("gpu", "yarn.io/gpu", "a-b.c/x_y.z-", "a/B9")) {
            configuration.set("yarn.resource-types", name);
            assertThat(ResourceTypes.read(configuration).find(name)).isNotNull();
        }
    }

    @TestFactory
    Stream<DynamicTest> shouldNameTheKeyThatIsWrong() {
        return Stream.of(
                wrong("yarn.resource-types.disk.units", "GB", "is no unit"),
                wrong("yarn.resource-types.disk.type", "FLUID", "every kind is COUNTABLE"),
                wrong("yarn.resource-types.disk.minimum-allocation", "-1", "no whole number"),
                wrong("yarn.resource-types.disk.minimum-allocation", "7", "more than the 5 of"),
                wrong(
                        "yarn.resource-types.disk.minimum-allocation",
                        "9000000000000000000",
                        "more than can be added up"),
                wrong("yarn.resource-types.disk.maximum-allocation", "3Gi", "no whole number"),
                wrong("yarn.resource-types.yarn.io/gpu.units", "k", "single pieces"));
    }

    private static DynamicTest wrong(String key, String value, String why) {
        return DynamicTest.dynamicTest(key + "=" + value, () -> {
            Configuration configuration = new Configuration(false);
            configuration.set("yarn.resource-types", "disk,yarn.io/gpu");
            configuration.set("yarn.resource-types.disk.maximum-allocation", "5");
            configuration.set(key, value);
            assertThatThrownBy(() -> ResourceTypes.read(configuration))
                    .isInstanceOf(UserException.class)
                    .hasMessageStartingWith(key + " is ")
                    .hasMessageContaining(why);
        });
    }

    @Test
    void shouldNameEveryFault() {
        configuration.set("yarn.resource-types", "vcores,disk");
        configuration.set("yarn.resource-types.disk.units", "GB");
        assertThatThrownBy(() -> ResourceTypes.read(configuration))
                .hasMessageContaining("vcores")
                .hasMessageContaining("\nyarn.resource-types.disk.units");
    }

    @Test
    void shouldReadBoundsOfMemoryAndCores() {
        configuration.set("yarn.resource-types.memory-mb.maximum-allocation", "4096");
        configuration.set("yarn.resource-types.vcores.minimum-allocation", "-1");
        assertThat(ResourceTypes.bound(configuration, ResourceKind.MEMORY, true))
                .isEqualTo(4096);
        assertThat(ResourceTypes.bound(configuration, ResourceKind.MEMORY, false))
                .isNull();
        assertThat(ResourceTypes.bound(configuration, ResourceKind.VCORES, false))
                .isNull();
        configuration.set("yarn.resource-types.vcores.maximum-allocation", "four");
        assertThatThrownBy(() -> ResourceTypes.bound(configuration, ResourceKind.VCORES, true))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("yarn.resource-types.vcores.maximum-allocation is 'four'");
    }

    @Test
    void shouldTellOfKeysWithoutEffect() {
        configuration.set("yarn.resource-types", "disk");
        configuration.set("yarn.resource-types.disk.units", "Gi");
        configuration.set("yarn.resource-types.disk.tags", "x");
        configuration.set("yarn.resource-types.gpu.units", "");
        configuration.set("yarn.resource-types.vcores.maximum-allocation", "4");
        configuration.set("yarn.resource-types.vcores.units", "k");
        assertThat(ResourceTypes.ignored(configuration))
                .containsExactly(
                        "yarn.resource-types.disk.tags is set and has no effect: nothing depends on it here",
                        "yarn.resource-types.gpu.units is set and has no effect: yarn.resource-types names no such kind",
                        "yarn.resource-types.vcores.units is set and has no effect: it is no key of a kind");
    }
}
