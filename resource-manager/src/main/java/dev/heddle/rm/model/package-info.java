/** The words of the resource manager as immutable values: ids, asks, states. Free of I/O and of Hadoop's types. */
@NullMarked
package dev.heddle.rm.model;

import org.jspecify.annotations.NullMarked;
