package dev.heddle.rm.contract;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/** A test that runs twice, on Heddle's resource manager and on Hadoop's. Its parameter is a {@link Stage}. */
@TestTemplate
@ExtendWith(BothResourceManagers.class)
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface ContractTest {
    /**
     * What Heddle does not answer yet. The test then has to fail on Heddle, so that nobody forgets to take this away, and
     * is reported as skipped there.
     */
    String heddleLacks() default "";

    /**
     * What {@code yarn.resourcemanager.placement-constraints.handler} is in both. Where it is not {@code disabled}, nodes can
     * have labels.
     */
    String constraintHandler() default "disabled";

    /** Whether both know {@link Side#GPU} and {@link Side#DISK}, and count whatever is the scarcest. */
    boolean furtherKinds() default false;
}
