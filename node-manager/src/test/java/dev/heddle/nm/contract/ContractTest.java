package dev.heddle.nm.contract;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/** A test that runs twice, on Heddle's node manager and on Hadoop's. Its parameter is a {@link Stage}. */
@TestTemplate
@ExtendWith(BothNodeManagers.class)
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface ContractTest {}
