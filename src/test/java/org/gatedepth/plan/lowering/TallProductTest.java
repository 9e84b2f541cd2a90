package org.gatedepth.plan.lowering;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class TallProductTest {

    @ParameterizedTest
    @CsvSource({"0, 16, 32", "100, 16, 32", "5000, 16, 32", "5000, 64, 128", "3000, 100, 100", "3000, 100, 101"})
    void isTheProductOfTheWholeMatrices(int rows, int first, int second) {
        INDArray a = Nd4j.rand(DataType.DOUBLE, rows, first);
        INDArray b = Nd4j.rand(DataType.DOUBLE, rows, second);
        INDArray start = Nd4j.rand(DataType.DOUBLE, first, second);
        for (boolean add : new boolean[] {false, true}) {
            INDArray sum = start.dup();

            TallProduct.multiply(a, b, add, (ofA, ofB, adds) -> {
                INDArray product = rows == 0
                        ? Nd4j.zeros(DataType.DOUBLE, first, second)
                        : ofA.transpose().mmul(ofB);
                sum.assign(adds ? sum.add(product) : product);
            });

            INDArray product = rows == 0
                    ? Nd4j.zeros(DataType.DOUBLE, first, second)
                    : a.transpose().mmul(b);
            assertThat(sum.sub(add ? product.add(start) : product).amaxNumber().doubleValue())
                    .isLessThan(1e-9);
        }
    }

    @ParameterizedTest
    @CsvSource({"1953, 1", "1954, 2", "5000, 3"})
    void hasPiecesOfAtMostAMillionMultiplications(int rows, int pieces) {
        assertThat(rowsOfPieces(rows, 16, 32))
                .hasSize(pieces)
                .allSatisfy(piece -> assertThat(piece * 16 * 32).isLessThanOrEqualTo(1_000_000));
    }

    @Test
    void isOnePieceWhereAllWouldBeLow() {
        assertThat(rowsOfPieces(3000, 100, 101)).containsExactly(3000L);
    }

    private static List<Long> rowsOfPieces(int rows, int first, int second) {
        List<Long> pieces = new ArrayList<>();
        TallProduct.multiply(
                Nd4j.create(DataType.FLOAT, rows, first),
                Nd4j.create(DataType.FLOAT, rows, second),
                false,
                (a, b, add) -> pieces.add(a.size(0)));
        return pieces;
    }
}
