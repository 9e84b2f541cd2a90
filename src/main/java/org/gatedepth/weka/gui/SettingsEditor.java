package org.gatedepth.weka.gui;

import java.awt.BorderLayout;
import java.awt.FontMetrics;
import java.awt.Graphics;
import java.awt.Rectangle;
import javax.swing.JPanel;
import weka.core.CustomDisplayStringProvider;
import weka.gui.GenericObjectEditor;
import weka.gui.PropertyPanel;

/**
 * Edits a group of options in a row of another window: it shows those that were changed, and a click opens a window of
 * its own. Weka knows this class from GUIEditors.props.
 */
public final class SettingsEditor extends GenericObjectEditor {

    /** For Weka. */
    public SettingsEditor() {
        // It is told what to edit.
    }

    /** What was changed, in the middle of the row; Weka's own text is cut off at the top of a row of this height. */
    @Override
    public void paintValue(Graphics graphics, Rectangle box) {
        if (getValue() instanceof CustomDisplayStringProvider settings) {
            FontMetrics metrics = graphics.getFontMetrics();
            int top = box.y + (box.height - metrics.getHeight()) / 2;
            graphics.drawString(settings.toDisplay(), box.x + 2, top + metrics.getAscent());
        } else {
            super.paintValue(graphics, box);
        }
    }

    /** The row, without Weka's button to choose another class: there is only one. */
    @Override
    public JPanel getCustomPanel() {
        JPanel row = new JPanel(new BorderLayout());
        row.add(new PropertyPanel(this, true));
        WindowOnScreen.keep(row);
        return row;
    }
}
