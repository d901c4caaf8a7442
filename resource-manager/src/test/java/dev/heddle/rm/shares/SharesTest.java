package dev.heddle.rm.shares;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/** A test that runs twice, on Heddle's scheduler and on Hadoop's CapacityScheduler. Its parameter is a {@link Scenario}. */
@TestTemplate
@ExtendWith(BothSchedulers.class)
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface SharesTest {
    /**
     * What Heddle does not do yet. The test then has to fail on Heddle, so that nobody forgets to take this away, and is
     * reported as skipped there.
     */
    String heddleLacks() default "";
}
