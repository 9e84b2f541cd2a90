package org.gatedepth.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.gatedepth.block.ShiftedProduct;
import org.gatedepth.block.Taps;
import org.gatedepth.block.Taps.Padding;
import org.gatedepth.testing.DoublePrecision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.factory.Nd4j;

/** Products over the pixels of images, against ND4J's convolution. */
@ExtendWith(DoublePrecision.class)
class ImageProductTest {
    /** Height, width, images, channels in and out. */
    private static final int[][] SIZES = {
        {4, 5, 2, 3, 4}, {5, 3, 1, 2, 2}, {1, 4, 3, 2, 3}, {4, 1, 2, 1, 3}, {1, 1, 2, 3, 1}, {7, 6, 3, 1, 2}
    };

    static Stream<Taps> taps() {
        List<Taps> all = new ArrayList<>();
        for (int[] kernelAndDilation : new int[][] {{1, 1}, {3, 1}, {3, 2}, {5, 1}, {7, 1}}) {
            all.add(new Taps(kernelAndDilation[0], kernelAndDilation[1], Padding.IMAGE));
        }
        return all.stream();
    }

    private static CompiledFunction function(Taps taps, long channels, Map<String, INDArray> params) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put("x", new long[] {-1, channels});
        shapes.put("plane", new long[] {-1, -1, -1});
        return new CompiledFunction(
                DataType.DOUBLE,
                shapes,
                List.of("x"),
                params,
                (sd, in, p) -> new ShiftedProduct(sd, in.get("x"), p.get("W"), in.get("plane"), taps.shifts())
                        .outputVariable());
    }

    private static Map<String, INDArray> inputs(INDArray x, int... plane) {
        // Only its shape may be read.
        return Map.of(
                "x",
                x,
                "plane",
                Nd4j.valueArrayOf(new long[] {plane[0], plane[1], plane[2]}, Double.NaN, DataType.DOUBLE));
    }

    private static CompiledFunction.Body convolution(Taps taps, int[] size) {
        Conv2DConfig same = Conv2DConfig.builder()
                .kH(taps.kernel())
                .kW(taps.kernel())
                .sH(1)
                .sW(1)
                .dH(taps.dilation())
                .dW(taps.dilation())
                .paddingMode(PaddingMode.SAME)
                .weightsFormat(WeightsFormat.YXIO)
                .dataFormat("NCHW")
                .build();
        return (sd, in, p) -> {
            SDVariable grid = sd.reshape(in.get("x"), size[0], size[1], size[2], size[3]);
            SDVariable w = sd.reshape(p.get("W"), taps.kernel(), taps.kernel(), size[3], size[4]);
            SDVariable y = sd.cnn().conv2d(sd.permute(grid, 2, 3, 0, 1), w, same);
            return sd.reshape(sd.permute(y, 2, 3, 0, 1), -1, size[4]);
        };
    }

    @ParameterizedTest
    @MethodSource("taps")
    void isTheConvolutionOfNd4j(Taps taps) throws Exception {
        for (int[] size : SIZES) {
            int rows = size[0] * size[1] * size[2];
            Map<String, INDArray> params = Map.of("W", normal(5, (long) taps.count() * size[3], size[4]));
            INDArray x = normal(6, rows, size[3]);
            INDArray seed = normal(7, rows, size[4]);
            SessionOracle expected =
                    SessionOracle.of(convolution(taps, size), DataType.DOUBLE, Map.of("x", x), params, seed);
            CompiledFunction function = function(taps, size[3], params);
            assertClose(function.forward(inputs(x, size)), expected.output(), 1e-10);
            Map<String, INDArray> gradients = function.backward(seed);
            expected.gradients()
                    .forEach((name, g) -> assertClose(Objects.requireNonNull(gradients.get(name)), g, 1e-10));
        }
    }

    @Test
    void oneFunctionServesImagesOfAnySize() {
        Taps taps = new Taps(3, 1, Padding.IMAGE);
        Map<String, INDArray> params = Map.of("W", normal(5, 18, 3));
        CompiledFunction function = function(taps, 2, params);
        for (int[] size : new int[][] {{4, 6, 2}, {6, 4, 2}, {3, 3, 5}, {4, 6, 2}}) {
            INDArray x = normal(6, (long) size[0] * size[1] * size[2], 2);
            INDArray alone = function(taps, 2, params).infer(inputs(x, size)).dup();
            assertThat(function.infer(inputs(x, size))).isEqualTo(alone);
        }
    }

    @Test
    void refusesWhatDoesNotFit() {
        assertThatThrownBy(() -> new Taps(4, 1, Padding.IMAGE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the kernel must be odd, since an even one has no centre, got 4");
        CompiledFunction function = function(new Taps(3, 1, Padding.IMAGE), 2, Map.of("W", normal(5, 18, 3)));
        assertThatThrownBy(() -> function.infer(inputs(normal(6, 7, 2), 2, 3, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a product over images needs rows of shape [height·width·images, features], got [7, 2] with"
                        + " [height, width, images] = [2, 3, 1]");
    }
}
