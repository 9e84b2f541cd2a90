package org.gatedepth.packaging;

import static org.assertj.swing.core.matcher.JButtonMatcher.withText;

import java.awt.Component;
import java.awt.Container;
import java.awt.Point;
import java.awt.Rectangle;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.swing.JButton;
import javax.swing.JComboBox;
import javax.swing.JComponent;
import javax.swing.JLabel;
import javax.swing.JTextField;
import javax.swing.JTree;
import org.assertj.swing.core.Robot;
import org.assertj.swing.edt.GuiActionRunner;
import org.assertj.swing.fixture.JComboBoxFixture;
import org.assertj.swing.fixture.JTextComponentFixture;
import org.assertj.swing.fixture.JTreeFixture;
import weka.core.OptionHandler;
import weka.core.Utils;
import weka.gui.PropertyPanel;

/** The classifier and its options: the tree, and the generic object editor. */
final class ExplorerSessionOptions {

    private static final Pattern INNER_EDITOR = Pattern.compile("org\\.gatedepth\\..*Editor");
    private static final Pattern EDITOR = Pattern.compile("weka\\.gui\\.GenericObjectEditor");

    private final ExplorerSessionWindow window;
    private final Robot robot;

    ExplorerSessionOptions(ExplorerSessionWindow window) {
        this.window = window;
        robot = window.robot();
    }

    void choose(String folder, String classifier) {
        window.press("Choose");
        window.waitFor(
                "the tree",
                () -> !robot.finder()
                        .findAll(ExplorerSessionWindow.showing(JTree.class, t -> true))
                        .isEmpty());
        JTree tree = robot.finder().find(ExplorerSessionWindow.showing(JTree.class, t -> true));
        GuiActionRunner.execute(() -> tree.expandRow(row(tree, folder)));
        int row = GuiActionRunner.execute(() -> row(tree, classifier));
        GuiActionRunner.execute(() -> tree.scrollRowToVisible(row));
        new JTreeFixture(robot, tree).clickRow(row);
        window.waitFor(
                "the choice",
                () -> window.panel().getClassifier().getClass().getSimpleName().equals(classifier));
    }

    private static int row(JTree tree, String node) {
        for (int i = 0; i < tree.getRowCount(); i++) {
            if (node.equals(String.valueOf(tree.getPathForRow(i).getLastPathComponent()))) {
                return i;
            }
        }
        throw new IllegalStateException("the tree has no " + node);
    }

    /** The options of the classifier that would be started. */
    String summary() {
        return Utils.joinOptions(((OptionHandler) window.panel().getClassifier()).getOptions());
    }

    /** Types values beside their labels, and leaves the editor open. */
    void edit(Map<String, String> values) {
        open();
        type(values);
    }

    private void type(Map<String, String> values) {
        values.forEach((option, value) -> {
            JTextField field = beside(option, JTextField.class);
            new JTextComponentFixture(robot, field).deleteText().enterText(value);
        });
    }

    /** What is done with a window while it is open. */
    @FunctionalInterface
    interface Look {
        void now() throws Exception;
    }

    /** Types values in the window that a row opens, and closes it with OK. */
    void editIn(String row, Map<String, String> values, Look look) throws Exception {
        Container editor = editor();
        int middle = middle(label(row));
        PropertyPanel panel = robot.finder()
                .find(
                        editor,
                        ExplorerSessionWindow.showing(
                                PropertyPanel.class,
                                p -> p.getComponentCount() == 0 && Math.abs(middle(p) - middle) < 8));
        window.click(
                () -> robot.click(panel, new Point(panel.getWidth() / 2, panel.getHeight() / 2)),
                "the window of " + row,
                () -> editor() != editor);
        type(values);
        look.now();
        press("OK");
        window.waitFor("the end of the window of " + row, () -> editor() == editor);
    }

    /** Opens the options once more, says where its buttons are, and closes it. */
    String places() {
        open();
        StringBuilder said = new StringBuilder();
        Rectangle screen = editor().getGraphicsConfiguration().getBounds();
        for (String text : List.of("OK", "Cancel")) {
            JButton button = robot.finder().find(editor(), withText(text).andShowing());
            window.waitFor(
                    text + " on the screen",
                    () -> screen.contains(new Rectangle(button.getLocationOnScreen(), button.getSize())));
            said.append(text).append(" is on the screen. ");
        }
        close();
        return said.toString();
    }

    void choose(String option, boolean value) {
        new JComboBoxFixture(robot, beside(option, JComboBox.class)).selectItem(value ? "True" : "False");
    }

    /** Presses OK. */
    void close() {
        press("OK");
        window.waitFor("the end of the options", () -> editor() == null);
    }

    private void press(String text) {
        JButton button = robot.finder().find(editor(), withText(text).andShowing());
        GuiActionRunner.execute(() -> button.doClick());
    }

    private void open() {
        PropertyPanel summary = robot.finder()
                .find(
                        window.panel(),
                        ExplorerSessionWindow.showing(
                                PropertyPanel.class, p -> p.getComponentCount() == 0 && p.getWidth() > 500));
        window.click(
                () -> robot.click(summary, new Point(summary.getWidth() / 2, summary.getHeight() / 2)),
                "the options",
                () -> editor() != null);
    }

    /** The window of options that was opened last; null where there is none. */
    private static Container editor() {
        Container inner = ExplorerSessionWindow.window(INNER_EDITOR);
        return inner == null ? ExplorerSessionWindow.window(EDITOR) : inner;
    }

    private <T extends Component> T beside(String option, Class<T> type) {
        int middle = middle(label(option));
        return robot.finder()
                .find(editor(), ExplorerSessionWindow.showing(type, c -> Math.abs(middle(c) - middle) < 8));
    }

    private JLabel label(String option) {
        JLabel label = robot.finder()
                .find(editor(), ExplorerSessionWindow.showing(JLabel.class, l -> option.equals(l.getText())));
        GuiActionRunner.execute(() -> ((JComponent) label.getParent()).scrollRectToVisible(label.getBounds()));
        robot.waitForIdle();
        return label;
    }

    private static int middle(Component component) {
        return component.getLocationOnScreen().y + component.getHeight() / 2;
    }
}
