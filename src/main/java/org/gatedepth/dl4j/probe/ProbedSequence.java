package org.gatedepth.dl4j.probe;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.gatedepth.dl4j.runtime.SequenceConf;
import org.gatedepth.dl4j.runtime.watch.Levels;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A layer over sequences in a {@link NetworkProbe}, Gatedepth's or a recurrent one of Deeplearning4j's, and what it
 * reads.
 */
public final class ProbedSequence {
    /** Random directions for each sequence. */
    private static final int DIRECTIONS = 4;

    private final String name;
    private final Layer layer;
    private final INDArray input;
    private final @Nullable INDArray mask;
    private final boolean channelsLast;

    /**
     * A layer.
     *
     * @param name its name
     * @param layer the layer without its wrappers
     * @param input what it reads, in its own format
     * @param coming the mask of the features; taken where it has the steps of the input
     */
    ProbedSequence(String name, Layer layer, INDArray input, @Nullable INDArray coming) {
        this.name = name;
        this.layer = layer;
        this.input = input;
        channelsLast = Boolean.TRUE.equals(Channels.last(layer.conf().getLayer()));
        boolean fits = coming != null
                && coming.rank() == 2
                && coming.size(0) == input.size(0)
                && coming.size(1) == input.size(channelsLast ? 1 : 2);
        mask = fits ? coming : null;
    }

    /** Name of the layer. */
    public String name() {
        return name;
    }

    /** Number of sequences. */
    public int sequences() {
        return (int) input.size(0);
    }

    private int steps() {
        return (int) input.size(channelsLast ? 1 : 2);
    }

    /** How many steps an output depends on; null where it depends on all before it. */
    public @Nullable Long receptiveField() {
        if (!(layer.conf().getLayer() instanceof SequenceConf conf)) {
            return null;
        }
        return conf.receptiveField() < Integer.MAX_VALUE ? (Long) conf.receptiveField() : null;
    }

    /** The rows {@code step·sequences + sequence} that count. */
    public int[] counted() {
        int count = sequences();
        return IntStream.range(0, count * steps())
                .filter(row -> mask == null || mask.getDouble(row % count, row / count) != 0)
                .toArray();
    }

    /** The gates of its levels by name, as rows; empty for a layer that has none. */
    public Map<String, INDArray> gates() {
        return layer instanceof Levels levels ? levels.gates(input, mask) : Map.of();
    }

    /**
     * The norm of the gradient of the output at the last step, in random directions of norm √outputs, with respect to
     * the input so many steps before.
     *
     * @return by lag, from 0 to that of the first step of the longest sequence, means over the sequences that are as
     *     long
     */
    public double[] lags(long seed) {
        int[][] steps = stepsThatCount();
        int longest = Arrays.stream(steps)
                .mapToInt(own -> own.length == 0 ? 0 : own[own.length - 1] + 1)
                .max()
                .orElse(0);
        double[] sums = new double[longest];
        int[] counts = new int[longest];
        Random random = new Random(seed);
        for (int i = 0; i < DIRECTIONS; i++) {
            INDArray gradient = gradient(steps, random);
            double[] flat = gradient.permute(0, channelsLast ? 1 : 2, channelsLast ? 2 : 1)
                    .norm2(2)
                    .castTo(DataType.DOUBLE)
                    .dup('c')
                    .data()
                    .asDouble();
            for (int b = 0; b < steps.length; b++) {
                for (int step : steps[b]) {
                    int lag = steps[b][steps[b].length - 1] - step;
                    sums[lag] += flat[b * steps() + step];
                    counts[lag]++;
                }
            }
        }
        return IntStream.range(0, longest)
                .mapToDouble(lag -> counts[lag] == 0 ? 0 : sums[lag] / counts[lag])
                .toArray();
    }

    private int[][] stepsThatCount() {
        return IntStream.range(0, sequences())
                .mapToObj(b -> IntStream.range(0, steps())
                        .filter(t -> mask == null || mask.getDouble(b, t) != 0)
                        .toArray())
                .toArray(int[][]::new);
    }

    private INDArray gradient(int[][] steps, Random random) {
        LayerWorkspaceMgr none = LayerWorkspaceMgr.noWorkspaces();
        layer.setInput(input.dup(), none);
        layer.setMaskArray(mask);
        INDArray output = layer.activate(true, none);
        INDArray direction = Nd4j.zeros(output.dataType(), output.shape());
        int units = (int) output.size(channelsLast ? 2 : 1);
        for (int b = 0; b < steps.length; b++) {
            if (steps[b].length > 0) {
                double[] v = random.doubles(units, -1, 1).toArray();
                double norm = Math.sqrt(Arrays.stream(v).map(x -> x * x).sum());
                int last = steps[b][steps[b].length - 1];
                for (int u = 0; u < units; u++) {
                    int[] at = channelsLast ? new int[] {b, last, u} : new int[] {b, u, last};
                    direction.putScalar(at, v[u] / norm * Math.sqrt(units));
                }
            }
        }
        INDArray gradient = layer.backpropGradient(direction, none).getSecond().dup('c');
        layer.clear();
        layer.setMaskArray(null);
        return gradient;
    }
}
