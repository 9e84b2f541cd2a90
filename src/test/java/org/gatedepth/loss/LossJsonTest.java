package org.gatedepth.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.shade.jackson.databind.JsonMappingException;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** Losses, heads and schedules as Deeplearning4j stores them in a model. */
class LossJsonTest {
    private static final Head HEAD = Head.of(Loss.softmaxCrossEntropy(), 3);

    private static <T> void assertSurvives(T value, Class<? super T> type) throws IOException {
        for (ObjectMapper mapper :
                new ObjectMapper[] {NeuralNetConfiguration.mapper(), NeuralNetConfiguration.mapperYaml()}) {
            assertThat(mapper.readValue(mapper.writeValueAsString(value), (Class<?>) type))
                    .isEqualTo(value);
        }
    }

    static Stream<Loss> losses() {
        return Stream.of(
                Loss.softmaxCrossEntropy(),
                Loss.softmaxCrossEntropy().withLabelSmoothing(0.1).withClassWeights(1, 0.25, 3),
                Loss.binaryCrossEntropy(),
                Loss.binaryCrossEntropy().withLabelSmoothing(0.2).withClassWeights(2, 0),
                Loss.squaredError(),
                Loss.huber(0.7));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void aLossSurvives(Loss loss) throws IOException {
        assertSurvives(loss, Loss.class);
    }

    static Stream<Head> heads() {
        return Stream.of(
                HEAD,
                Head.of(Loss.huber(2), 4)
                        .withHidden(8, Activation.GELU)
                        .withLayerNorm(true)
                        .withThreshold(0.25)
                        .withWeight(new LinearDecay(0.3, 0, 10)),
                HEAD.withWeight(new ExponentialSchedule(ScheduleType.EPOCH, 0.3, 0.9)),
                HEAD.withWeight(new MapSchedule.Builder(ScheduleType.EPOCH)
                        .add(0, 0.3)
                        .add(5, 0.0)
                        .build()));
    }

    @ParameterizedTest
    @MethodSource("heads")
    void aHeadSurvives(Head head) throws IOException {
        assertSurvives(head, Head.class);
    }

    @Test
    void aScheduleSurvives() throws IOException {
        assertSurvives(new LinearDecay(0.3, 0.1, 10), ISchedule.class);
    }

    @Test
    void theNamesInTheFileAreThoseThatAreAlreadyInSavedModels() throws IOException {
        Head head =
                Head.of(Loss.softmaxCrossEntropy().withLabelSmoothing(0.5), 2).withWeight(new LinearDecay(0.25, 0, 10));
        String json = NeuralNetConfiguration.mapper().writeValueAsString(head).replaceAll("\\s", "");
        assertThat(json)
                .isEqualTo("{\"activation\":\"RELU\",\"hidden\":0,\"layerNorm\":false,"
                        + "\"loss\":{\"@class\":\"org.gatedepth.loss.SoftmaxCrossEntropy\",\"classWeights\":[],"
                        + "\"labelSmoothing\":0.5},\"outputs\":2,\"threshold\":0.0,"
                        + "\"weight\":{\"@class\":\"org.gatedepth.loss.LinearDecay\",\"epochs\":10,\"from\":0.25,"
                        + "\"to\":0.0}}");
    }

    @Test
    void whatIsReadIsCheckedToo() {
        assertThatThrownBy(() -> NeuralNetConfiguration.mapper()
                        .readValue("{\"@class\":\"org.gatedepth.loss.Huber\",\"delta\":-1.0}", Loss.class))
                .isInstanceOf(JsonMappingException.class)
                .hasRootCauseMessage("Huber's delta must be a finite number above 0, got -1.0");
    }
}
