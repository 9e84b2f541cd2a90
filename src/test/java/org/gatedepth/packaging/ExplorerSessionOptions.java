package org.gatedepth.packaging;

import static org.assertj.swing.core.matcher.JButtonMatcher.withText;

import java.awt.Component;
import java.awt.Container;
import java.awt.Point;
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
        values.forEach((option, value) -> {
            JTextField field = beside(option, JTextField.class);
            new JTextComponentFixture(robot, field).deleteText().enterText(value);
        });
    }

    void choose(String option, boolean value) {
        new JComboBoxFixture(robot, beside(option, JComboBox.class)).selectItem(value ? "True" : "False");
    }

    /** Presses OK. */
    void close() {
        JButton ok = robot.finder().find(editor(), withText("OK"));
        // By program: the window may be higher than the screen.
        GuiActionRunner.execute(() -> ok.doClick());
        window.waitFor("the end of the options", () -> editor() == null);
    }

    private void open() {
        PropertyPanel summary = robot.finder()
                .find(
                        window.panel(),
                        ExplorerSessionWindow.showing(
                                PropertyPanel.class, p -> p.getComponentCount() == 0 && p.getWidth() > 500));
        robot.click(summary, new Point(summary.getWidth() / 2, summary.getHeight() / 2));
        window.waitFor("the options", () -> editor() != null);
    }

    private static Container editor() {
        return ExplorerSessionWindow.window(EDITOR);
    }

    private <T extends Component> T beside(String option, Class<T> type) {
        JLabel label = robot.finder()
                .find(editor(), ExplorerSessionWindow.showing(JLabel.class, l -> option.equals(l.getText())));
        GuiActionRunner.execute(() -> ((JComponent) label.getParent()).scrollRectToVisible(label.getBounds()));
        robot.waitForIdle();
        int middle = middle(label);
        return robot.finder()
                .find(editor(), ExplorerSessionWindow.showing(type, c -> Math.abs(middle(c) - middle) < 8));
    }

    private static int middle(Component component) {
        return component.getLocationOnScreen().y + component.getHeight() / 2;
    }
}
