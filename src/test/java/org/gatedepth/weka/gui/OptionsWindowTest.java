package org.gatedepth.weka.gui;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.Component;
import java.awt.Dimension;
import java.awt.GraphicsEnvironment;
import java.awt.Rectangle;
import java.awt.Window;
import java.beans.PropertyEditorManager;
import java.beans.PropertyEditorSupport;
import java.io.Serializable;
import javax.swing.JButton;
import javax.swing.JFrame;
import javax.swing.JPanel;
import javax.swing.JTextField;
import javax.swing.SwingUtilities;
import org.gatedepth.weka.options.AuxiliarySettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import weka.classifiers.Classifier;
import weka.classifiers.functions.GatedNetwork;
import weka.gui.GenericObjectEditor;
import weka.gui.PropertyDialog;
import weka.gui.PropertyPanel;

/** The window of options, opened as in the Explorer: by the line that shows them. */
@Tag("gui")
class OptionsWindowTest {

    private JFrame frame;

    @BeforeEach
    void openAFrame() throws Exception {
        assumeTrue(!GraphicsEnvironment.isHeadless(), "no display: run under xvfb-run to test windows");
        Screen.takeTheLookOfWeka();
        OptionsRowsTest.registerEditors();
    }

    @AfterEach
    void closeTheWindows() throws Exception {
        Screen.onItsThread(() -> {
            Screen.windows().forEach(Window::dispose);
            return "";
        });
    }

    /** The line that shows an object, and opens the window of its options. */
    private PropertyPanel line(GenericObjectEditor editor) throws Exception {
        return Screen.onItsThread(() -> {
            PropertyPanel line = new PropertyPanel(editor, true);
            frame = new JFrame("line");
            frame.add(line);
            frame.pack();
            frame.setVisible(true);
            return line;
        });
    }

    private static GenericObjectEditor editor(Class<?> type, Object value) throws Exception {
        return Screen.onItsThread(() -> {
            GenericObjectEditor editor = new GenericObjectEditor();
            editor.setClassType(type);
            editor.setValue(value);
            return editor;
        });
    }

    /** Opens the window of a line, which blocks the event that opens it. */
    private static PropertyDialog open(PropertyPanel line) throws Exception {
        int before = dialogs();
        SwingUtilities.invokeLater(line::showPropertyDialog);
        Screen.waitFor("the window", () -> dialogs() > before);
        // The window takes its last size in an event after that.
        Screen.onItsThread(() -> "");
        Screen.onItsThread(() -> "");
        return (PropertyDialog) Screen.windows().stream()
                .filter(PropertyDialog.class::isInstance)
                .reduce((first, last) -> last)
                .orElseThrow();
    }

    private static int dialogs() {
        return (int) Screen.windows().stream()
                .filter(PropertyDialog.class::isInstance)
                .count();
    }

    private static JButton button(Window window, String text) {
        return Screen.all(JButton.class, window).stream()
                .filter(button -> text.equals(button.getText()))
                .findFirst()
                .orElseThrow();
    }

    private static void press(Window window, String text) throws Exception {
        int before = dialogs();
        Screen.onItsThread(() -> {
            button(window, text).doClick();
            return "";
        });
        Screen.waitFor("the end of the window", () -> dialogs() < before);
        // After the window is closed Weka tells the line about its value.
        Screen.onItsThread(() -> "");
    }

    private static Rectangle onTheScreen(Component component) {
        return new Rectangle(component.getLocationOnScreen(), component.getSize());
    }

    @Test
    void hasItsButtonsOnTheScreenWheneverItIsOpened() throws Exception {
        PropertyPanel line = line(editor(Classifier.class, new GatedNetwork()));

        for (int opening = 1; opening <= 3; opening++) {
            PropertyDialog window = open(line);
            Screen.picture(window, "options-" + opening);
            for (String text : new String[] {"OK", "Cancel"}) {
                assertThat(window.getGraphicsConfiguration().getBounds())
                        .as("%s of opening %d", text, opening)
                        .matches(screen -> screen.contains(onTheScreen(button(window, text))));
            }
            press(window, "OK");
        }
    }

    @Test
    void opensTheAuxiliaryOptionsInAWindowOfTheirOwn() throws Exception {
        GenericObjectEditor editor = editor(Classifier.class, new GatedNetwork());
        PropertyDialog window = open(line(editor));
        PropertyPanel row = Screen.all(PropertyPanel.class, window).stream()
                .filter(panel -> panel.getComponentCount() == 0)
                .findFirst()
                .orElseThrow();

        PropertyDialog auxiliary = open(row);
        Screen.picture(auxiliary, "auxiliary");
        JTextField every = Screen.all(JTextField.class, auxiliary).get(0);
        Screen.onItsThread(() -> {
            every.setText("3");
            every.getKeyListeners()[0].keyReleased(null);
            return "";
        });
        press(auxiliary, "OK");
        press(window, "OK");
        assertThat(edited(editor).getAuxEvery()).isEqualTo(3);

        PropertyDialog again = open(row);
        Screen.onItsThread(() -> {
            JTextField field = Screen.all(JTextField.class, again).get(0);
            field.setText("5");
            field.getKeyListeners()[0].keyReleased(null);
            return "";
        });
        press(again, "Cancel");
        assertThat(edited(editor).getAuxEvery()).isEqualTo(3);
    }

    private static AuxiliarySettings edited(GenericObjectEditor editor) {
        return ((GatedNetwork) editor.getValue()).getAuxiliary();
    }

    /** A property that is higher than any screen. */
    public static final class High implements Serializable {
        private static final long serialVersionUID = 1L;
    }

    /** Edits it. */
    public static final class HighEditor extends PropertyEditorSupport {
        @Override
        public boolean supportsCustomEditor() {
            return true;
        }

        @Override
        public Component getCustomEditor() {
            JPanel high = new JPanel();
            high.setPreferredSize(new Dimension(100, 5000));
            return high;
        }
    }

    /** An object with such a property. */
    public static final class HighObject implements Serializable {
        private static final long serialVersionUID = 1L;
        private High high = new High();

        public High getHigh() {
            return high;
        }

        public void setHigh(High high) {
            this.high = high;
        }
    }

    /** If this fails, Weka keeps its windows on the screen, and WindowOnScreen is not needed there any more. */
    @Test
    void wekaLimitsTheHeightOfItsWindowsOnlyWhenTheyAreFirstOpened() throws Exception {
        PropertyEditorManager.registerEditor(High.class, HighEditor.class);
        PropertyPanel line = line(editor(HighObject.class, new HighObject()));

        PropertyDialog window = open(line);
        assertThat(window.getHeight()).isLessThan(5000);
        press(window, "OK");

        window = open(line);
        assertThat(window.getHeight()).isGreaterThan(5000);
        press(window, "OK");
    }
}
