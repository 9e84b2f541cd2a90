package org.gatedepth.weka.gui;

import java.awt.Component;
import java.awt.Container;
import javax.swing.JRadioButton;
import org.jspecify.annotations.Nullable;
import weka.gui.explorer.ClassifierPanel;
import weka.gui.explorer.Explorer;

/**
 * What the Explorer's tab Classify is set to, read from its buttons: Weka tells classifiers nothing about their
 * evaluation.
 */
final class Evaluations {

    private Evaluations() {}

    /**
     * How many networks an evaluation trains; 0 if it is not known.
     *
     * @param explorer the Explorer
     * @param isTested whether the first network is one of those that are tested, since none is trained on all rows
     */
    static int networks(Explorer explorer, boolean isTested) {
        int tested = explorer.getPanels().stream()
                .filter(ClassifierPanel.class::isInstance)
                .findFirst()
                .map(panel -> tested((ClassifierPanel) panel))
                .orElse(-1);
        return tested < 0 ? 0 : tested + (isTested ? 0 : 1);
    }

    /** The networks that are trained for the tests alone; -1 if their number is not known. */
    private static int tested(ClassifierPanel panel) {
        String mode = selected(panel);
        if (mode == null) {
            return -1;
        }
        return switch (mode) {
            case "Use training set", "Supplied test set" -> 0;
            case "Percentage split" -> 1;
            case "Cross-validation" -> panel.getNumCVFolds();
            default -> -1;
        };
    }

    private static @Nullable String selected(Container in) {
        for (Component component : in.getComponents()) {
            if (component instanceof JRadioButton button && button.isSelected()) {
                return button.getText();
            }
            String inside = component instanceof Container container ? selected(container) : null;
            if (inside != null) {
                return inside;
            }
        }
        return null;
    }
}
