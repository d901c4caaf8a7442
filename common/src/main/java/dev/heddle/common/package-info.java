/** What every daemon and command of Heddle stands on. */
@NullMarked
package dev.heddle.common;

import org.jspecify.annotations.NullMarked;
