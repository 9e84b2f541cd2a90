package org.gatedepth.weka.training;

import static org.assertj.core.api.Assertions.assertThat;

import org.gatedepth.weka.model.Regularisation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AutomaticSettingsTest {

    @ParameterizedTest
    @CsvSource({"1, 150", "320, 150", "480, 100", "1200, 40", "12500, 40", "20000, 25", "33333, 15", "1000000, 15"})
    void givesSmallTablesMoreEpochs(int rows, int epochs) {
        assertThat(AutomaticSettings.epochs(rows)).isEqualTo(epochs);
    }

    @Test
    void comparesLightWithHeavyRegularisation() {
        assertThat(AutomaticSettings.regularisations(null, null, true))
                .containsExactly(AutomaticSettings.LIGHT, AutomaticSettings.HEAVY, AutomaticSettings.HEAVY_MIXED);
    }

    @Test
    void doesNotMixNumericClasses() {
        assertThat(AutomaticSettings.regularisations(null, null, false))
                .containsExactly(new Regularisation(0.3, 0), new Regularisation(5, 0));
    }

    @Test
    void takesWhatIsGiven() {
        assertThat(AutomaticSettings.regularisations(0.1, 0.2, true)).containsExactly(new Regularisation(0.1, 0.2));
        assertThat(AutomaticSettings.regularisations(0.1, null, true))
                .containsExactly(new Regularisation(0.1, 0.2), new Regularisation(0.1, 0));
        assertThat(AutomaticSettings.regularisations(null, 0.2, true))
                .containsExactly(new Regularisation(0.3, 0.2), new Regularisation(5, 0.2));
    }

    @ParameterizedTest
    @CsvSource({"1, 50", "10000, 50", "20000, 25", "50000, 10", "83333, 6", "5000000, 6"})
    void givesFewStepsMoreEpochs(long steps, int epochs) {
        assertThat(AutomaticSettings.epochsOfSteps(steps)).isEqualTo(epochs);
    }

    @ParameterizedTest
    @CsvSource({"100, 17, 50, 150", "1200, 5, 14, 40"})
    void comparesANinthAThirdAndAllOfTheEpochs(int rows, int ninth, int third, int all) throws Exception {
        assertThat(AutomaticSettings.lengths(null, Prepared.of(rows), rows)).containsExactly(ninth, third, all);
    }

    @Test
    void comparesAQuarterAndAllOfTheEpochsOverSequences() throws Exception {
        PreparedRows rows =
                Prepared.rows(Prepared.ofSeries(), Prepared.table(40, false)).get(0);

        assertThat(AutomaticSettings.lengths(null, rows, rows.count())).containsExactly(13, 50);
    }

    @Test
    void comparesNoLengthsIfTheNumberOfEpochsIsGiven() throws Exception {
        assertThat(AutomaticSettings.lengths(7, Prepared.of(1000), 1000)).containsExactly(7);
    }

    @ParameterizedTest
    @CsvSource({"100, 20, 8", "1000, 40, 5", "1000, 100, 2", "2000, 99, 1", "3000, 100, 1"})
    void membersPassTwoHundredThousandRowsTogether(int rows, int epochs, int members) throws Exception {
        Setting setting = new Setting(Prepared.of(rows), epochs, AutomaticSettings.LIGHT);

        assertThat(AutomaticSettings.members(null, setting)).isEqualTo(members);
        assertThat(AutomaticSettings.members(3, setting)).isEqualTo(3);
    }
}
