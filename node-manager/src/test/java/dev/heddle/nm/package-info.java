@NullMarked
package dev.heddle.nm;

import org.jspecify.annotations.NullMarked;
