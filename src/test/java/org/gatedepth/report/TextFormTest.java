package org.gatedepth.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.gatedepth.report.recording.LossHistory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TextFormTest {

    static Stream<DepthReport> reports() {
        return Stream.of(
                SampleReports.highway(),
                SampleReports.highway().withTraining(new LossHistory(List.of(2.0, 1.0), List.of(2.5, Double.NaN))),
                SampleReports.residual(1),
                SampleReports.residual(50),
                SampleReports.residual(900),
                SampleReports.dense(),
                SampleReports.inputs(),
                SampleReports.regression(),
                SampleReports.nulls(),
                SampleReports.broken(),
                SampleReports.named("a<b>&\"".repeat(40)));
    }

    @Test
    void saysEverythingOfASmallReport() {
        assertThat(SampleReports.highway().withTraining(LossHistory.NONE).toText())
                .isEqualTo("""
            Depth report of 6 highway blocks of 16 units, 10 classes: 62,431 parameters, measured on 500
              examples

            The gradient is healthy: 0.531 of it reaches the first block.
            2.1 of 6 blocks are used.

            What to do
              Nothing to change was found in these numbers.

            6 blocks of stack
              block    activation  gradient  change   gate  loss without  accuracy without
              stack/1        4.50     0.148   0.500  0.400        +0.300             -.372
              stack/2        5.00     0.164   0.250  0.250        +0.150             -.422
              stack/3        5.50     0.182   0.167  0.200        +0.100             -.472
              stack/4        6.00     0.203   0.125  0.175       +0.0750             -.522
              stack/5        6.50     0.225   0.100  0.160       +0.0600             -.572
              stack/6        7.00     0.250  0.0833  0.150       +0.0500             -.622

            Columns
              activation, gradient: the sizes (norms) of signal and error signal after the block
              change: the part of a block's output that it computes itself and does not pass on
              gate: the mean gate, from 0 (passes its input on) to 1 (replaces it)
              loss without, accuracy without: how loss and accuracy change when only this block is left out

            Blocks left out, without new training
              without the least useful block, 0.2 % of the predictions change and 95.8 % are correct (with all
                blocks 97.2 %)
              without the 3 least useful blocks, 6.3 % of the predictions change and 84.7 % are correct (with
                all blocks 97.2 %)
              idle blocks: 1 (stack/6)

            Heads
              head    depth   loss  accuracy  overthinking  exit here  accuracy of exits
              head2       2  0.310      .900         1.2 %     55.0 %               .990
              head4       4  0.200      .950         0.4 %     25.0 %               .960
              output      6  0.120      .972             -     20.0 %               .850
              overthinking: the share of the examples that are correct here, and wrong at the output
              exit here: the share of the examples whose first head with a probability of at least 0.9 is this
                one
            """);
    }

    @Test
    void namesTheInputsOfMostEffectFirst() {
        assertThat(SampleReports.inputs().toText()).contains("""
            The predictions depend most on input1: with its values exchanged at random among the examples,
              50.0 % of the predictions change and 57.2 % are correct (otherwise 97.2 %).
            """, """
            Inputs, each with its values exchanged among the examples
              input    changed  loss then  accuracy then
              input1    50.0 %      +1.00          -.400
              input2    25.0 %     +0.500          -.200
            """, """
              changed: the share of the predictions that change; loss, accuracy then: how these change; 2 inputs
                of less effect left out
            """).doesNotContain("input13");
    }

    @Test
    void explainsTheColumnsThatItHas() {
        assertThat(SampleReports.residual(5).toText())
                .contains("alpha, beta: the weights of the input and of what the block computes from it")
                .doesNotContain("gate: ");
        assertThat(SampleReports.regression().toText())
                .contains("  loss without: how the loss changes when only this block is left out");
    }

    @ParameterizedTest
    @MethodSource("reports")
    void fitsATerminal(DepthReport report) {
        assertThat(report.toText().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
    }

    @Test
    void putsSeveralBlocksOfADeepChainIntoARow() {
        assertThat(SampleReports.residual(50).toText())
                .contains("  stack/1-5 ", "  stack/46-50 ", "Each row is the mean over 5 blocks");
    }

    @Test
    void namesTheFirstAndTheLastBlockOfARow() {
        assertThat(SampleReports.joined(13).toText()).contains("  low/1-3 ", "  low/13 .. high/2 ", "  high/12-13 ");
        assertThat(SampleReports.residual(49).toText()).contains("  stack/41-45 ", "  stack/46-49 ");
    }

    @Test
    void countsBlocksThatHaveNumbersForNames() {
        assertThat(SampleReports.numbered(24).toText()).contains("  block 1-2 ", "  block 23-24 ");
    }

    @Test
    void writesADashWhereThereIsNoNumber() {
        assertThat(SampleReports.nulls().toText()).contains("stack/2        5.00     0.250   0.250      - ");
    }

    @Test
    void leavesOutColumnsOfHeadsWithoutNumbers() {
        assertThat(SampleReports.nulls().toText())
                .containsPattern("(?m)^  head    depth   loss\n  head1       1  0\\.500$");
    }

    @Test
    void writesNumbersTheSameInEveryCountry() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.GERMANY);
        try {
            assertThat(SampleReports.highway().toText()).contains("62,431 parameters", " 0.531 ");
        } finally {
            Locale.setDefault(before);
        }
    }
}
