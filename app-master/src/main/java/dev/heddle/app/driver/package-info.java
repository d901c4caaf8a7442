/** The API that a driver sees: an {@code ExecutorService} whose tasks run on the cluster. */
@NullMarked
package dev.heddle.app.driver;

import org.jspecify.annotations.NullMarked;
