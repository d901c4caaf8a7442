/** Lifecycles as tables: states and the transitions that are allowed. */
@NullMarked
package dev.heddle.common.lifecycle;

import org.jspecify.annotations.NullMarked;
