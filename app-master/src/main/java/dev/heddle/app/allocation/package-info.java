/** How many executors an application should have. Pure functions of state, observation and time. */
@NullMarked
package dev.heddle.app.allocation;

import org.jspecify.annotations.NullMarked;
