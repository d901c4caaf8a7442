/** What runs inside the processes that {@link dev.heddle.testbed.HadoopProcess} starts: Hadoop's own RM and NMs. */
@NullMarked
package dev.heddle.testbed.hadoop;

import org.jspecify.annotations.NullMarked;
