@NullMarked
package dev.heddle.ha;

import org.jspecify.annotations.NullMarked;
