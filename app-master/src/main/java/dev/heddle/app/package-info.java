/** The application side: submit, application master, executors and the driver's API. An ordinary YARN application. */
@NullMarked
package dev.heddle.app;

import org.jspecify.annotations.NullMarked;
