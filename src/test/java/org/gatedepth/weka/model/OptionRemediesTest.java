package org.gatedepth.weka.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.gatedepth.report.Remedies;
import org.junit.jupiter.api.Test;
import weka.classifiers.functions.GatedNetwork;
import weka.core.Utils;

/** The words for users of the classifier. */
class OptionRemediesTest {

    private static final Pattern OPTION = Pattern.compile("-([a-z-]+)(?: ([A-Z]+|[\\d.]+|auto))?");

    @Test
    void givesOptionsThatTheClassifierTakes() throws Exception {
        Remedies remedies = new OptionRemedies(false, false, false);
        String all = Stream.of(
                        remedies.useSkips(),
                        remedies.startGatesAt(-2),
                        remedies.regularise(3),
                        remedies.useBlocks(4),
                        String.valueOf(remedies.exitAt(0.9)),
                        remedies.holdOut())
                .reduce("", (a, b) -> a + "\n" + b);
        List<String> options =
                OPTION.matcher(all).results().map(option -> option.group()).toList();

        assertThat(options)
                .containsExactly(
                        "-connection HIGHWAY",
                        "-connection RESIDUAL",
                        "-gate-bias auto",
                        "-weight-decay auto",
                        "-mixup auto",
                        "-depth 4",
                        "-early-exit 0.9",
                        "-validation 20");
        for (String option : options) {
            String[] given = Utils.splitOptions(option);
            new GatedNetwork().setOptions(given); // refuses what is out of range
            assertThat(Utils.joinOptions(given)).as("left of %s", option).isBlank();
        }
    }

    @Test
    void doesNotGiveWhatIsUsedAlready() {
        assertThat(new OptionRemedies(true, true, false).exitAt(0.9)).isNull();
    }

    @Test
    void leavesWhatPilotRunsHaveComparedAsItIs() {
        assertThat(new OptionRemedies(true, false, false).regularise(7)).isNull();
        assertThat(new OptionRemedies(false, false, false).regularise(7))
                .isEqualTo("try -weight-decay auto -mixup auto, which pilot runs then choose"
                        + " (the network is kept as it was after epoch 7)");
    }
}
