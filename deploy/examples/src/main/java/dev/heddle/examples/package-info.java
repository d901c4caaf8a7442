/** Applications that show how a driver uses a cluster. */
@NullMarked
package dev.heddle.examples;

import org.jspecify.annotations.NullMarked;
