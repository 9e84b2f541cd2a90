package org.gatedepth.plan.memory;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The op contexts of all plans of a program. Those of a closed plan are used again by the next one.
 *
 * <p>{@code close()} of ND4J's context for the CPU does nothing: its native part waits for Java's collector, which does
 * not see how large it is. Here a context that is given back lets go of its arrays at once, and a new plan takes the
 * contexts of those that were closed. It gets one for the same arguments, since a context keeps them.
 */
public final class Contexts {
    /** What a context keeps. */
    private static final class Arguments {
        private final long[] integers;
        private final DataType[] types;
        private final double[] reals;
        private final boolean[] flags;

        Arguments(long[] integers, DataType[] types, double[] reals, boolean[] flags) {
            this.integers = integers;
            this.types = types;
            this.reals = reals;
            this.flags = flags;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Arguments that
                    && Arrays.equals(integers, that.integers)
                    && Arrays.equals(types, that.types)
                    && Arrays.equals(reals, that.reals)
                    && Arrays.equals(flags, that.flags);
        }

        @Override
        public int hashCode() {
            return 31 * Arrays.hashCode(integers) + Arrays.hashCode(reals);
        }
    }

    /** A context until it is given back. */
    public static final class Lease {
        private final OpContext context;
        private final Arguments arguments;

        private Lease(OpContext context, Arguments arguments) {
            this.context = context;
            this.arguments = arguments;
        }

        public OpContext context() {
            return context;
        }
    }

    private final Map<Arguments, Deque<OpContext>> free = new HashMap<>();

    /** A context without arrays, which has these arguments. */
    public Lease take(long[] integers, DataType[] types, double[] reals, boolean[] flags) {
        Arguments arguments = new Arguments(integers, types, reals, flags);
        Deque<OpContext> candidates = free.get(arguments);
        OpContext context = candidates == null ? null : candidates.poll();
        if (context == null) {
            context = Nd4j.getExecutioner().buildContext();
            context.setArgs(null, integers, types, reals, flags);
        }
        return new Lease(context, arguments);
    }

    /** Takes a context back: it lets go of its arrays. */
    public void giveBack(Lease lease) {
        lease.context.purge();
        free.computeIfAbsent(lease.arguments, arguments -> new ArrayDeque<>()).push(lease.context);
    }
}
