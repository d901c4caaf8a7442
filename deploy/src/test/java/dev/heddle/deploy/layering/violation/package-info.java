/** Breaks the rules on purpose, so that a test can see that they are checked. */
@NullMarked
package dev.heddle.deploy.layering.violation;

import org.jspecify.annotations.NullMarked;
