/** Amounts of memory and cores. */
@NullMarked
package dev.heddle.common.resources;

import org.jspecify.annotations.NullMarked;
