package org.gatedepth.weka.gui;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.FontMetrics;
import java.awt.image.BufferedImage;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import javax.swing.JLabel;
import javax.swing.JToolTip;
import org.gatedepth.weka.options.AuxiliarySettings;
import org.gatedepth.weka.sequence.SequenceSettings;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import weka.classifiers.functions.GatedNetwork;
import weka.core.WekaPackageClassLoaderManager;
import weka.gui.GenericObjectEditor;
import weka.gui.PropertySheetPanel;

/** The rows of the window of options, as Weka makes them from the classifier; no display is needed. */
class OptionsRowsTest {

    @BeforeAll
    static void registerTheEditorsOfThePackage() throws Exception {
        Screen.takeTheLookOfWeka();
        registerEditors();
    }

    /** As Weka does when it loads the package. */
    static void registerEditors() throws Exception {
        GenericObjectEditor.registerEditors();
        Properties editors = new Properties();
        try (InputStream in = Files.newInputStream(Path.of("weka-package", "GUIEditors.props"))) {
            editors.load(in);
        }
        assertThat(editors).hasSize(2);
        editors.forEach((type, editor) -> GenericObjectEditor.registerEditor((String) type, (String) editor));
        assertThat(WekaPackageClassLoaderManager.forName(AuxiliarySettings.class.getName()))
                .isEqualTo(AuxiliarySettings.class);
        assertThat(WekaPackageClassLoaderManager.forName(SequenceSettings.class.getName()))
                .isEqualTo(SequenceSettings.class);
    }

    private static PropertySheetPanel sheet(Object target) throws Exception {
        return Screen.onItsThread(() -> {
            PropertySheetPanel sheet = new PropertySheetPanel();
            sheet.setTarget(target);
            return sheet;
        });
    }

    static List<Object> targets() {
        return List.of(new GatedNetwork(), new AuxiliarySettings(), new SequenceSettings());
    }

    private static List<JLabel> labels(Object target) throws Exception {
        return Screen.all(JLabel.class, sheet(target)).stream()
                .filter(label -> !label.getText().isEmpty())
                .toList();
    }

    @Test
    void areFewEnoughForAScreen() throws Exception {
        assertThat(labels(new GatedNetwork()))
                .extracting(JLabel::getText)
                .contains("depth", "auxiliary", "sequences", "resume", "seed")
                .doesNotContain("batchSize", "debug", "doNotCheckCapabilities", "numDecimalPlaces", "auxEvery")
                .hasSizeLessThanOrEqualTo(23);
        assertThat(labels(new AuxiliarySettings()))
                .extracting(JLabel::getText)
                .containsExactly(
                        "auxEvery", "auxWeight", "auxDecay", "auxAttributes", "auxSteps", "auxDepth", "earlyExit");
        assertThat(labels(new SequenceSettings()))
                .extracting(JLabel::getText)
                .containsExactly(
                        "sequence", "kernel", "heads", "bidirectional", "timeSeries", "tokenizer", "maxTokens");
    }

    @ParameterizedTest
    @MethodSource("targets")
    void haveTipsThatAreWholeSentencesAndNoWiderThanTheScreen(Object target) throws Exception {
        for (JLabel label : labels(target)) {
            String tip = label.getToolTipText();
            assertThat(tip).as(label.getText()).isNotBlank().doesNotContainPattern("\\d$|\\([^)]*$|<html>");
            JToolTip shown = label.createToolTip();
            FontMetrics metrics = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB)
                    .getGraphics()
                    .getFontMetrics(shown.getFont());
            assertThat(metrics.stringWidth(tip)).as(tip).isLessThan(1000);
        }
    }
}
