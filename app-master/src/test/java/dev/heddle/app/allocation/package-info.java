@NullMarked
package dev.heddle.app.allocation;

import org.jspecify.annotations.NullMarked;
