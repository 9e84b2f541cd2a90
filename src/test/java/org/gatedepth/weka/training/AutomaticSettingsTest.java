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
        assertThat(AutomaticSettings.epochs(null, rows)).isEqualTo(epochs);
        assertThat(AutomaticSettings.epochs(7, rows)).isEqualTo(7);
    }

    @Test
    void comparesLightWithHeavyRegularisation() {
        assertThat(AutomaticSettings.regularisations(null, null, true, 5000))
                .containsExactly(AutomaticSettings.LIGHT, AutomaticSettings.HEAVY);
        assertThat(AutomaticSettings.regularisations(null, null, true, 5001)).containsExactly(AutomaticSettings.LIGHT);
    }

    @Test
    void doesNotMixNumericClasses() {
        assertThat(AutomaticSettings.regularisations(null, null, false, 100))
                .containsExactly(new Regularisation(0.3, 0), new Regularisation(5, 0));
    }

    @Test
    void takesWhatIsGiven() {
        assertThat(AutomaticSettings.regularisations(0.1, 0.2, true, 100))
                .containsExactly(new Regularisation(0.1, 0.2));
        assertThat(AutomaticSettings.regularisations(0.1, null, true, 100))
                .containsExactly(new Regularisation(0.1, 0.2), new Regularisation(0.1, 0));
        assertThat(AutomaticSettings.regularisations(null, 0.2, true, 100))
                .containsExactly(new Regularisation(0.3, 0.2), new Regularisation(5, 0.2));
    }

    @Test
    void triesForHalfOfTheEpochsButNotForHalfOfVeryMany() {
        assertThat(AutomaticSettings.trialEpochs(7, 1000)).isEqualTo(4);
        assertThat(AutomaticSettings.trialEpochs(1_000_000, 1000)).isEqualTo(24);
    }
}
