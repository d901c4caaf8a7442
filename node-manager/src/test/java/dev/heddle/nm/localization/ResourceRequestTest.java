package dev.heddle.nm.localization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ResourceRequestTest {
    @Test
    void shouldTakeNamesWithFolders() {
        assertThat(ResourceRequest.linkName("job.jar")).isEqualTo("job.jar");
        assertThat(ResourceRequest.linkName("./conf//a b/job.split")).isEqualTo("conf/a b/job.split");
        assertThat(ResourceRequest.linkName("a..b/c")).isEqualTo("a..b/c");
    }

    @Test
    void shouldRefuseNamesThatLeaveTheDirectoryOrAreTaken() {
        for (String name :
                new String[] {"", ".", "/", "/etc/x", "..", "../x", "a/../../x", "a/..", "container_tokens", "tmp/x"}) {
            assertThatThrownBy(() -> ResourceRequest.linkName(name))
                    .as(name)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("local resource '" + name + "'");
        }
    }
}
