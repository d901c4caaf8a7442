@NullMarked
package dev.heddle.app.master;

import org.jspecify.annotations.NullMarked;
