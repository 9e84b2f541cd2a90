package org.gatedepth.dl4j.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.gatedepth.testing.Arrays.normal;

import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.layers.recurrent.LSTM;
import org.gatedepth.dl4j.runtime.watch.Levels;
import org.gatedepth.report.time.TimeMap;
import org.gatedepth.report.time.TimeMeasure;
import org.gatedepth.testing.DoublePrecision;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A layer over sequences whose parts are no blocks tells the report its gates. */
@ExtendWith(DoublePrecision.class)
class LevelsTest {
    private static final int SEQUENCES = 2;
    private static final int STEPS = 3;

    /** Its gates are the step, counted from 0, and 10 more for the second sequence. */
    private static final class Counting extends LSTM implements Levels {
        private static final long serialVersionUID = 1L;

        Counting(NeuralNetConfiguration conf) {
            super(conf, DataType.DOUBLE);
        }

        @Override
        public Map<String, INDArray> gates(INDArray sequences, @Nullable INDArray mask) {
            return Map.of("level 1", Nd4j.createFromArray(0.0, 10, 1, 11, 2, 12).reshape(SEQUENCES * STEPS, 1));
        }
    }

    @Test
    void itsGatesAreMeansOfTheSequencesThatHaveTheStep() {
        var conf = new NeuralNetConfiguration.Builder()
                .layer(new org.deeplearning4j.nn.conf.layers.LSTM.Builder()
                        .nIn(4)
                        .nOut(3)
                        .build())
                .build();
        INDArray mask = Nd4j.createFromArray(new double[][] {{1, 1, 1}, {1, 0, 0}});
        ProbedSequence layer = new ProbedSequence("layer", new Counting(conf), normal(1, SEQUENCES, 4, STEPS), mask);
        TimeMap map = TimeMeasure.levels(List.of(layer)).get(0);
        assertThat(map.gated()).containsExactly("level 1");
        assertThat(map.gates()).containsExactly(List.of(5.0, 1.0, 2.0));
        assertThat(map.blocks()).isEmpty();
    }
}
