package org.gatedepth.dl4j.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.layers.samediff.SDLayerParams;
import org.gatedepth.block.Block;
import org.gatedepth.block.DenseBlock;
import org.gatedepth.block.Heads;
import org.gatedepth.block.HighwayBlock;
import org.gatedepth.block.Stack;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ParamStorageTest {
    private static final DenseBlock DENSE = new DenseBlock(2, 2, Activation.RELU, false);

    /** Views of vectors that hold 0, 1, 2 and so on. */
    private static Map<String, INDArray> views(Block block) {
        ParamStorage storage = new ParamStorage(block, true);
        SDLayerParams params = new SDLayerParams();
        storage.define(params);
        return storage.views(Map.of("W", counting(params, "W"), "b", counting(params, "b")));
    }

    private static INDArray counting(SDLayerParams params, String vector) {
        long length = params.getParamShapes().get(vector)[1];
        return Nd4j.arange(length).castTo(DataType.DOUBLE).reshape(1, length);
    }

    private static List<Double> values(INDArray view) {
        return java.util.Arrays.stream(view.dup('c').data().asDouble()).boxed().toList();
    }

    @Test
    void weightsOnTheSameInputStandSideBySide() {
        Map<String, INDArray> views = views(new Stack(List.of(new HighwayBlock(DENSE, -1), DENSE)));

        assertThat(values(views.get("b0/H/W"))).containsExactly(0.0, 1.0, 4.0, 5.0);
        assertThat(values(views.get("b0/T/W"))).containsExactly(2.0, 3.0, 6.0, 7.0);
        assertThat(values(views.get("b1/W"))).containsExactly(8.0, 9.0, 10.0, 11.0);
        assertThat(values(views.get("b1/b"))).containsExactly(4.0, 5.0);
    }

    @Test
    void weightsOnDifferentInputsDoNot() {
        Stack hidden = new Stack(List.of(DENSE, DENSE));
        Map<String, INDArray> views =
                views(new Heads(4, List.of(new Heads.Part("main", 2, hidden), new Heads.Part("head1", 0, DENSE))));

        assertThat(values(views.get("main/b0/W"))).containsExactly(0.0, 1.0, 2.0, 3.0);
        assertThat(values(views.get("main/b1/W"))).containsExactly(4.0, 5.0, 6.0, 7.0);
        assertThat(values(views.get("head1/W"))).containsExactly(8.0, 9.0, 10.0, 11.0);
    }
}
