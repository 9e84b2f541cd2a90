package org.gatedepth.report.measure;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.gatedepth.block.SkipCoefficients;
import org.gatedepth.dl4j.runtime.BlockConf;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The arrays of a block that trains, views of those that Deeplearning4j writes into.
 *
 * @param block the block
 * @param gradients the gradients of its parameters by name, in a backward pass
 * @param parameters its parameters by name
 */
public record BlockArrays(BlockPlace block, Map<String, INDArray> gradients, Map<String, INDArray> parameters) {

    /** The arrays of each block; a frozen layer has no gradients. */
    public static List<BlockArrays> of(List<BlockPlace> places) {
        Map<String, Map<String, INDArray>> gradients = new HashMap<>();
        Map<String, Map<String, INDArray>> parameters = new HashMap<>();
        List<BlockArrays> arrays = new ArrayList<>();
        for (BlockPlace place : places) {
            BlockConf blocks = (BlockConf) place.conf().getLayer();
            arrays.add(new BlockArrays(
                    place,
                    place.member().own(gradients.computeIfAbsent(place.holder(), holder -> gradients(place, blocks))),
                    place.member()
                            .own(parameters.computeIfAbsent(
                                    place.holder(),
                                    holder -> blocks.views(place.layer().paramTable())))));
        }
        return arrays;
    }

    private static Map<String, INDArray> gradients(BlockPlace place, BlockConf blocks) {
        INDArray view = place.layer().getGradientsViewArray();
        return view == null
                ? Map.of()
                : blocks.views(place.conf().getLayer().initializer().getGradientsFromFlattened(place.conf(), view));
    }

    /** What the arrays are views of: they are valid as long as these are the same objects. */
    public static List<Object> origins(List<BlockPlace> places) {
        List<Object> origins = new ArrayList<>();
        for (BlockPlace place : places) {
            origins.add(place.layer());
            origins.add(place.layer().params());
            origins.add(place.layer().getGradientsViewArray());
        }
        return origins;
    }

    /** The Euclidean norm of all values of some arrays. */
    public static double norm(Map<String, INDArray> arrays) {
        double squares = 0;
        for (INDArray array : arrays.values()) {
            double norm = array.norm2Number().doubleValue();
            squares += norm * norm;
        }
        return Math.sqrt(squares);
    }

    /** The mean of the biases of the transform gates; null if the block has none. */
    @Nullable
    public Double transformGateBias() {
        return mean(block.member().block().transformGateBiasName());
    }

    /** The mean of the learned weights of the skip; null if they are constant or there are none. */
    @Nullable
    public Double alpha() {
        SkipCoefficients coefficients = block.member().block().skipCoefficients();
        return coefficients == null ? null : mean(coefficients.alpha().param());
    }

    /** The mean of the learned weights of the branch; null if they are constant or there are none. */
    @Nullable
    public Double beta() {
        SkipCoefficients coefficients = block.member().block().skipCoefficients();
        return coefficients == null ? null : mean(coefficients.beta().param());
    }

    private @Nullable Double mean(@Nullable String parameter) {
        INDArray array = parameter == null ? null : parameters.get(parameter);
        return array == null ? null : array.meanNumber().doubleValue();
    }
}
