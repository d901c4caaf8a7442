@NullMarked
package dev.heddle.deploy;

import org.jspecify.annotations.NullMarked;
