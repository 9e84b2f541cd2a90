package org.gatedepth.plan.lowering;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class BlasProductTest {

    /** A matrix in rows, in columns, and with gaps, that of the first kind being the values of all. */
    private static List<INDArray> layouts(INDArray values) {
        INDArray wide = Nd4j.zeros(values.dataType(), values.size(0), values.size(1) + 3);
        INDArray part = wide.get(NDArrayIndex.all(), NDArrayIndex.interval(2, values.size(1) + 2));
        part.assign(values);
        return List.of(values, values.dup('f'), part);
    }

    /** As ND4J's op does it. */
    private static void byTheOp(
            INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray out, boolean add) {
        try (OpContext context = Nd4j.getExecutioner().buildContext()) {
            context.setIArguments(transposeA ? 1 : 0, transposeB ? 1 : 0, 0);
            context.setTArguments(1, add ? 1 : 0);
            context.setInputArrays(a, b);
            context.setOutputArrays(out);
            Nd4j.getExecutioner().exec(DynamicCustomOp.builder("matmul").build(), context);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @CsvSource({"FLOAT, 5, 7, 3", "DOUBLE, 5, 7, 3", "FLOAT, 61, 32, 64", "FLOAT, 2, 2, 2", "DOUBLE, 130, 33, 17"})
    void isTheProductOfTheOpBitByBit(DataType type, int rows, int inner, int columns) {
        Nd4j.getRandom().setSeed(1);
        for (int which = 0; which < 8; which++) {
            boolean transposeA = (which & 1) != 0;
            boolean transposeB = (which & 2) != 0;
            boolean add = (which & 4) != 0;
            INDArray a = transposeA ? Nd4j.rand(type, inner, rows) : Nd4j.rand(type, rows, inner);
            INDArray b = transposeB ? Nd4j.rand(type, columns, inner) : Nd4j.rand(type, inner, columns);
            INDArray start = Nd4j.rand(type, rows, columns);
            for (INDArray left : layouts(a)) {
                for (INDArray right : layouts(b)) {
                    for (int layout = 0; layout < 3; layout++) {
                        INDArray expected = layouts(start.dup()).get(layout);
                        INDArray out = layouts(start.dup()).get(layout);
                        byTheOp(left, transposeA, right, transposeB, expected, add);

                        Objects.requireNonNull(BlasProduct.of(left, transposeA, right, transposeB, out, add))
                                .run();

                        assertThat(out.toString()).isEqualTo(expected.toString());
                        assertThat(out).isEqualTo(expected);
                        assertThat(out.sub(expected).amaxNumber().doubleValue()).isZero();
                    }
                }
            }
        }
    }

    @Test
    void whatItDoesNotKnowIsLeftToTheOp() {
        INDArray a = Nd4j.rand(DataType.FLOAT, 4, 4);
        INDArray gaps =
                Nd4j.rand(DataType.FLOAT, 8, 8).get(NDArrayIndex.interval(0, 2, 8), NDArrayIndex.interval(0, 2, 8));

        assertThat(BlasProduct.of(a, false, a, false, Nd4j.create(DataType.FLOAT, 4, 4), false))
                .isNotNull();
        assertThat(BlasProduct.of(
                        Nd4j.rand(DataType.FLOAT, 1, 4), false, a, false, Nd4j.create(DataType.FLOAT, 1, 4), false))
                .isNull();
        assertThat(BlasProduct.of(gaps, false, a, false, Nd4j.create(DataType.FLOAT, 4, 4), false))
                .isNull();
        assertThat(BlasProduct.of(a, false, a.castTo(DataType.DOUBLE), false, Nd4j.create(DataType.FLOAT, 4, 4), false))
                .isNull();
    }

    @Test
    void saysWhatItTouches() {
        INDArray memory = Nd4j.rand(DataType.FLOAT, 12, 4);
        INDArray a = memory.get(NDArrayIndex.interval(0, 4), NDArrayIndex.all());
        INDArray b = memory.get(NDArrayIndex.interval(4, 8), NDArrayIndex.all());
        INDArray other = memory.get(NDArrayIndex.interval(8, 12), NDArrayIndex.all());
        INDArray out = Nd4j.create(DataType.FLOAT, 4, 4);
        Call product = Objects.requireNonNull(BlasProduct.of(a, false, b, false, out, false));

        assertThat(List.of(a, b, out)).allMatch(product::touches);
        assertThat(product.touches(other)).isFalse();
    }
}
