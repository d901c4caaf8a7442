@NullMarked
package dev.heddle.app;

import org.jspecify.annotations.NullMarked;
