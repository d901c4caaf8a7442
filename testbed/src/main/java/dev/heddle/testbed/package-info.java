/** For tests alone: real processes, and Hadoop's own servers on a class path of their own. Uses nothing but the JDK. */
@NullMarked
package dev.heddle.testbed;

import org.jspecify.annotations.NullMarked;
