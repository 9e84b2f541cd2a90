package org.gatedepth.packaging;

import static org.assertj.swing.core.matcher.JButtonMatcher.withText;

import java.awt.Container;
import java.awt.Dialog;
import java.awt.Dimension;
import java.awt.Point;
import java.awt.Rectangle;
import java.awt.Toolkit;
import java.awt.Window;
import java.io.File;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import javax.imageio.ImageIO;
import javax.swing.JButton;
import javax.swing.JFrame;
import javax.swing.JLabel;
import javax.swing.JTabbedPane;
import javax.swing.JTextField;
import javax.swing.JTree;
import org.assertj.swing.core.BasicRobot;
import org.assertj.swing.core.GenericTypeMatcher;
import org.assertj.swing.core.Robot;
import org.assertj.swing.edt.GuiActionRunner;
import org.assertj.swing.finder.WindowFinder;
import org.assertj.swing.fixture.FrameFixture;
import org.assertj.swing.fixture.JButtonFixture;
import org.assertj.swing.fixture.JPanelFixture;
import org.assertj.swing.fixture.JTabbedPaneFixture;
import org.assertj.swing.fixture.JTextComponentFixture;
import org.assertj.swing.fixture.JTreeFixture;
import org.assertj.swing.timing.Condition;
import org.assertj.swing.timing.Pause;
import weka.gui.PropertyPanel;
import weka.gui.explorer.ClassifierPanel;
import weka.gui.explorer.Explorer;

/**
 * A person at the Explorer, in a process of its own whose Weka has the package installed: opens a data set, chooses the
 * classifier from the tree, changes options, runs it, and stops a long run.
 *
 * <p>Arguments: the data set, the folder for screenshots. Prints {@code finished} with the classifier's output, and {@code
 * stopped after} with milliseconds.
 */
final class ExplorerSession {
    private final Robot robot = BasicRobot.robotWithCurrentAwtHierarchy();
    private final File screenshots;
    private int shots;

    private ExplorerSession(File screenshots) {
        this.screenshots = screenshots;
        robot.settings().delayBetweenEvents(40);
    }

    public static void main(String[] args) throws Exception {
        Explorer.main(new String[] {args[0]});
        ExplorerSession session = new ExplorerSession(new File(args[1]));
        try {
            session.play();
            System.exit(0);
        } catch (Throwable t) {
            t.printStackTrace();
            session.screenshot("failure");
            System.exit(1);
        }
    }

    private void play() throws Exception {
        FrameFixture frame = WindowFinder.findFrame(matcher(JFrame.class, f -> "Weka Explorer".equals(f.getTitle())))
                .withTimeout(60_000)
                .using(robot);
        frame.resizeTo(new Dimension(1180, 760));
        JTabbedPane tabs = robot.finder()
                .find(matcher(JTabbedPane.class, t -> t.getTabCount() > 1 && "Classify".equals(t.getTitleAt(1))));
        waitFor("the data set", () -> tabs.isEnabledAt(1));
        new JTabbedPaneFixture(robot, tabs).selectTab("Classify");
        ClassifierPanel panel = robot.finder().find(matcher(ClassifierPanel.class, p -> true));

        choose(panel);
        screenshot("chosen");
        edit(panel, "depth", "3");
        edit(panel, "auxAttributes", "4");
        run(panel);
        screenshot("result");
        String output = GuiActionRunner.execute(() -> panel.getResultHistory()
                .getNamedBuffer(panel.getResultHistory().getNameAtIndex(0))
                .toString());
        System.out.println("finished");
        System.out.println(output);

        edit(panel, "epochs", "1000000");
        stop(panel);
    }

    private void choose(ClassifierPanel panel) {
        new JPanelFixture(robot, panel).button(withText("Choose")).click();
        waitFor(
                "the tree",
                () -> !robot.finder().findAll(matcher(JTree.class, t -> true)).isEmpty());
        JTree tree = robot.finder().find(matcher(JTree.class, t -> true));
        GuiActionRunner.execute(() -> expand(tree, "functions"));
        int row = GuiActionRunner.execute(() -> row(tree, "GatedNetwork"));
        GuiActionRunner.execute(() -> tree.scrollRowToVisible(row));
        new JTreeFixture(robot, tree).clickRow(row);
        waitFor(
                "the choice",
                () -> panel.getClassifier().getClass().getSimpleName().equals("GatedNetwork"));
    }

    private static void expand(JTree tree, String node) {
        tree.expandRow(row(tree, node));
    }

    private static int row(JTree tree, String node) {
        for (int i = 0; i < tree.getRowCount(); i++) {
            if (node.equals(String.valueOf(tree.getPathForRow(i).getLastPathComponent()))) {
                return i;
            }
        }
        throw new IllegalStateException("the tree has no " + node);
    }

    /** Opens the options in the generic object editor, types a value beside a label, and presses OK. */
    private void edit(ClassifierPanel panel, String option, String value) throws Exception {
        PropertyPanel summary = robot.finder()
                .find(panel, matcher(PropertyPanel.class, p -> p.getComponentCount() == 0 && p.getWidth() > 500));
        robot.click(summary, new Point(summary.getWidth() / 2, summary.getHeight() / 2));
        waitFor("the options", () -> editor() != null);
        Container editor = editor();
        JLabel label = robot.finder().find(editor, matcher(JLabel.class, l -> option.equals(l.getText())));
        int middle = middleOf(label.getLocationOnScreen(), label.getHeight());
        JTextField field = robot.finder()
                .find(
                        editor,
                        matcher(
                                JTextField.class,
                                f -> Math.abs(middleOf(f.getLocationOnScreen(), f.getHeight()) - middle) < 8));
        new JTextComponentFixture(robot, field).deleteText().enterText(value);
        screenshot("options-" + option);
        new JButtonFixture(robot, robot.finder().find(editor, withText("OK"))).click();
    }

    private static int middleOf(Point corner, int height) {
        return corner.y + height / 2;
    }

    private static Container editor() {
        for (Window window : Window.getWindows()) {
            if (window.isShowing()
                    && window instanceof Dialog dialog
                    && "weka.gui.GenericObjectEditor".equals(dialog.getTitle())) {
                return window;
            }
        }
        return null;
    }

    private void run(ClassifierPanel panel) {
        JButton stop = button(panel, "Stop");
        new JButtonFixture(robot, button(panel, "Start")).click();
        waitFor("the start", stop::isEnabled);
        waitFor("the end of the run", () -> !stop.isEnabled());
    }

    private void stop(ClassifierPanel panel) throws Exception {
        JButton stop = button(panel, "Stop");
        new JButtonFixture(robot, button(panel, "Start")).click();
        waitFor("the start", stop::isEnabled);
        Thread.sleep(3000);
        screenshot("running");
        long begin = System.nanoTime();
        new JButtonFixture(robot, stop).click();
        waitFor("the stop", () -> !stop.isEnabled());
        System.out.println("stopped after " + (System.nanoTime() - begin) / 1_000_000 + " ms");
        screenshot("stopped");
    }

    private JButton button(ClassifierPanel panel, String text) {
        return robot.finder().find(panel, withText(text).andShowing());
    }

    private static void waitFor(String what, BooleanSupplier condition) {
        Pause.pause(
                new Condition(what) {
                    @Override
                    public boolean test() {
                        return GuiActionRunner.execute(condition::getAsBoolean);
                    }
                },
                180_000);
    }

    private static <T extends java.awt.Component> GenericTypeMatcher<T> matcher(Class<T> type, Predicate<T> test) {
        return new GenericTypeMatcher<>(type) {
            @Override
            protected boolean isMatching(T component) {
                return component.isShowing() && test.test(component);
            }
        };
    }

    private void screenshot(String name) throws Exception {
        Thread.sleep(700);
        shots++;
        ImageIO.write(
                new java.awt.Robot()
                        .createScreenCapture(
                                new Rectangle(Toolkit.getDefaultToolkit().getScreenSize())),
                "png",
                new File(screenshots, String.format("%02d-%s.png", shots, name)));
    }
}
