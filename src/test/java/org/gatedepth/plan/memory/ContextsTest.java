package org.gatedepth.plan.memory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.factory.Nd4j;

class ContextsTest {
    private static final INDArray ARRAY = Nd4j.ones(DataType.FLOAT, 2, 2);

    private static Contexts.Lease take(Contexts contexts, long... integers) {
        return contexts.take(integers, new DataType[0], new double[] {1, 0}, new boolean[0]);
    }

    /** If this fails ND4J frees contexts in close(), and Contexts can go. */
    @Test
    void canaryCloseOfAContextDoesNothing() throws Exception {
        OpContext context = Nd4j.getExecutioner().buildContext();
        context.setInputArrays(ARRAY, ARRAY);
        context.close();
        assertThat(context.getInputArrays()).hasSize(2);
        context.setOutputArrays(Nd4j.create(DataType.FLOAT, 2, 2));
        context.setIArguments(0, 0, 0);
        Nd4j.getExecutioner().exec(DynamicCustomOp.builder("matmul").build(), context);
        assertThat(context.getOutputArray(0).getDouble(0)).isEqualTo(2);
    }

    @Test
    void aContextIsUsedAgainWithoutItsArrays() {
        Contexts contexts = new Contexts();
        Contexts.Lease first = take(contexts, 1, 2);
        first.context().setInputArrays(ARRAY);
        first.context().setOutputArrays(ARRAY);
        contexts.giveBack(first);
        Contexts.Lease second = take(contexts, 1, 2);
        assertThat(second.context()).isSameAs(first.context());
        assertThat(second.context().getInputArrays()).isEmpty();
        assertThat(second.context().getOutputArrays()).isEmpty();
        assertThat(second.context().getIArguments()).containsExactly(1L, 2L);
        assertThat(second.context().getTArguments()).containsExactly(1.0, 0.0);
    }

    @Test
    void aContextIsUsedAgainForTheSameArgumentsOnly() {
        Contexts contexts = new Contexts();
        Contexts.Lease first = take(contexts, 1, 2);
        contexts.giveBack(first);
        assertThat(take(contexts, 1).context()).isNotSameAs(first.context());
        assertThat(contexts.take(
                                new long[] {1, 2}, new DataType[] {DataType.FLOAT}, new double[] {1, 0}, new boolean[0])
                        .context())
                .isNotSameAs(first.context());
        assertThat(contexts.take(new long[] {1, 2}, new DataType[0], new double[] {1, 0}, new boolean[] {true})
                        .context())
                .isNotSameAs(first.context());
    }

    @Test
    void aContextThatIsInUseIsNotGivenAgain() {
        Contexts contexts = new Contexts();
        assertThat(take(contexts, 1).context()).isNotSameAs(take(contexts, 1).context());
    }
}
