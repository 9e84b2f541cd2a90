package org.gatedepth.dl4j.runtime;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.gatedepth.block.Block;
import org.gatedepth.block.Params;
import org.gatedepth.plan.CompiledFunction;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What runs a layer of blocks over images in a network.
 *
 * <p>A block reads rows {@code [height·width·images, channels]}: row {@code (h·width + w)·images + b} is the pixel (h,
 * w) of image b. So what is above or beside a pixel, in all images, is a slice of rows. The output is a view of such
 * rows, of which a layer over images that comes next makes no copy. Masks go on to the next layer, as in
 * Deeplearning4j's convolutions.
 */
public class ImageRuntime extends BlockRuntime {
    private static final long serialVersionUID = 1L;
    /** Name of the input of which the shape is read: {@code [height, width, images]}. */
    private static final String PLANE = "plane";

    private final transient CNN2DFormat format;
    /** The last pass of training; null where none is to be gone back from. */
    private transient @Nullable Pass last;

    /** What a pass read. */
    private record Pass(INDArray input, Map<String, INDArray> read) {}

    /** The parameters of a block that is applied to images. */
    private record ImageParams(Params params, SDVariable steps) implements Params {
        @Override
        public SDVariable get(String name) {
            return params.get(name);
        }

        @Override
        public SDVariable dropOut(String scope, SDVariable x, long size) {
            return params.dropOut(scope, x, size);
        }
    }

    /** The runtime of a layer over images of a format; see {@link #attach}. */
    public ImageRuntime(NeuralNetConfiguration conf, DataType dataType, CNN2DFormat format) {
        super(conf, dataType);
        this.format = format;
    }

    @Override
    CompiledFunction define(Set<String> names, Map<String, INDArray> params, BlockDelegate.Lookup lookup) {
        Block block = block();
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put(INPUT, new long[] {-1, block.inputSize()});
        shapes.put(PLANE, new long[] {-1, -1, -1});
        return new CompiledFunction(
                dataType,
                shapes,
                List.of(INPUT),
                params,
                (sd, in, variables) ->
                        block.apply(sd, in.get(INPUT), new ImageParams(lookup.of(sd, variables), in.get(PLANE))));
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
        assertInputSet(false);
        last = null;
        Pass pass = pass(workspaceMgr);
        INDArray output =
                delegate.read(training, Objects.requireNonNull(pass.read().get(INPUT)));
        if (output != null) {
            // A watcher has answered.
        } else if (training) {
            output = delegate.forward(pass.read(), Noise.of(this, workspaceMgr));
            last = pass;
        } else {
            output = delegate.infer(pass.read());
        }
        return image(workspaceMgr.dup(ArrayType.ACTIVATIONS, output, 'c'), pass);
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // the very array, not an equal one
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
        assertInputSet(true);
        Pass pass = last;
        if (pass == null || pass.input() != input) {
            pass = pass(workspaceMgr);
        }
        INDArray seed = rows(epsilon, ArrayType.BP_WORKING_MEM, workspaceMgr);
        delegate.received(seed);
        INDArray atInput =
                Objects.requireNonNull(delegate.backward(pass.read(), seed).get(INPUT));
        return new Pair<>(delegate.gradient(), image(workspaceMgr.dup(ArrayType.ACTIVATION_GRAD, atInput, 'c'), pass));
    }

    private Pass pass(LayerWorkspaceMgr workspaces) {
        INDArray images = checkedImages();
        Map<String, INDArray> read = new LinkedHashMap<>();
        read.put(INPUT, rows(images, ArrayType.FF_WORKING_MEM, workspaces));
        read.put(PLANE, Nd4j.zeros(dataType, plane()));
        return new Pass(images, read);
    }

    /** Height, width and number of the images that it reads now. */
    public long[] plane() {
        return Arrays.copyOf(grid(checkedImages()).shape(), 3);
    }

    private INDArray checkedImages() {
        long channels = blockConf().getNIn();
        boolean first = format == CNN2DFormat.NCHW;
        if (input.rank() != 4 || input.size(first ? 1 : 3) != channels || input.length() == 0) {
            throw new IllegalArgumentException("expected input of shape "
                    + (first
                            ? "[minibatch, " + channels + ", height, width]"
                            : "[minibatch, height, width, " + channels + "]")
                    + ", got " + Arrays.toString(input.shape()) + " " + layerId());
        }
        return input;
    }

    /** Images as {@code [height, width, images, channels]}, a view. */
    private INDArray grid(INDArray images) {
        return format == CNN2DFormat.NCHW ? images.permute(2, 3, 0, 1) : images.permute(1, 2, 0, 3);
    }

    /** Images as rows: a view where they lie so already, or a copy in the workspace of that type. */
    private INDArray rows(INDArray images, ArrayType workspace, LayerWorkspaceMgr workspaces) {
        INDArray grid = grid(images).castTo(dataType);
        boolean lies = grid.ordering() == 'c' && Shape.hasDefaultStridesForShape(grid);
        INDArray dense = lies ? grid : workspaces.dup(workspace, grid, 'c');
        return dense.reshape('c', dense.size(0) * dense.size(1) * dense.size(2), dense.size(3));
    }

    /** Rows as images of this format, a view. */
    private INDArray image(INDArray rows, Pass pass) {
        long[] grid = Objects.requireNonNull(pass.read().get(PLANE)).shape();
        INDArray pixels = rows.reshape('c', grid[0], grid[1], grid[2], rows.size(1));
        return format == CNN2DFormat.NCHW ? pixels.permute(2, 3, 0, 1) : pixels.permute(2, 0, 1, 3);
    }

    @Override
    public void clear() {
        super.clear();
        last = null;
    }
}
