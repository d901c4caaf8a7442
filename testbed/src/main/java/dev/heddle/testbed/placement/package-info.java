/** The same load for schedulers in different processes: knows nothing but the JDK, and no scheduler. */
@NullMarked
package dev.heddle.testbed.placement;

import org.jspecify.annotations.NullMarked;
