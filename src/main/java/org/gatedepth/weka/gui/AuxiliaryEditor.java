package org.gatedepth.weka.gui;

import java.awt.BorderLayout;
import javax.swing.JPanel;
import weka.gui.GenericObjectEditor;
import weka.gui.PropertyPanel;

/**
 * Edits the auxiliary options in a row of another window: it shows those that were changed, and a click opens a window
 * of its own. Weka knows this class from GUIEditors.props.
 */
public final class AuxiliaryEditor extends GenericObjectEditor {

    /** For Weka. */
    public AuxiliaryEditor() {
        // It is told what to edit.
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
