package dev.heddle.app.driver;

import java.io.Serializable;
import java.util.concurrent.Callable;

/**
 * A task that can travel to an executor. A lambda of this type is serializable; so must be whatever it captures.
 *
 * @param <T> the type of its result, which must be serializable, too
 */
@FunctionalInterface
public interface Task<T> extends Callable<T>, Serializable {}
