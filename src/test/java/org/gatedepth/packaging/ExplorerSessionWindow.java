package org.gatedepth.packaging;

import static org.assertj.swing.core.matcher.JButtonMatcher.withText;

import java.awt.Component;
import java.awt.Dialog;
import java.awt.Dimension;
import java.awt.Frame;
import java.awt.Point;
import java.awt.Rectangle;
import java.awt.Toolkit;
import java.awt.Window;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.swing.AbstractButton;
import javax.swing.JButton;
import javax.swing.JFileChooser;
import javax.swing.JFrame;
import javax.swing.JLabel;
import javax.swing.JOptionPane;
import javax.swing.JTabbedPane;
import javax.swing.JTextField;
import javax.swing.SwingUtilities;
import org.assertj.swing.core.BasicRobot;
import org.assertj.swing.core.GenericTypeMatcher;
import org.assertj.swing.core.Robot;
import org.assertj.swing.edt.GuiActionRunner;
import org.assertj.swing.exception.WaitTimedOutError;
import org.assertj.swing.finder.WindowFinder;
import org.assertj.swing.fixture.FrameFixture;
import org.assertj.swing.timing.Condition;
import org.assertj.swing.timing.Pause;
import weka.gui.LogPanel;
import weka.gui.explorer.ClassifierPanel;
import weka.gui.explorer.Explorer;

/** The window of the Explorer, its buttons, tabs and status line, and the windows that it opens. */
final class ExplorerSessionWindow {

    /** A state that is not reached after so long will never be, on the slowest machine. */
    private static final long MOST_MILLIS = 400_000;

    /** What a click has not done after so long, it will not do. */
    private static final long LOST_CLICK_MILLIS = 30_000;

    private final Robot robot;
    private final JTabbedPane tabs;
    private final ClassifierPanel panel;
    private final File screenshots;
    private final String prefix;
    private final List<String> statuses = Collections.synchronizedList(new ArrayList<>());
    private final JLabel statusLine;
    /** Whether a run has started since this was last waited for. */
    private final AtomicBoolean started = new AtomicBoolean();

    private int shots;

    private ExplorerSessionWindow(Robot robot, File screenshots, String prefix) {
        this.robot = robot;
        this.screenshots = screenshots;
        this.prefix = prefix;
        tabs = robot.finder()
                .find(showing(JTabbedPane.class, t -> t.getTabCount() > 1 && "Classify".equals(t.getTitleAt(1))));
        waitFor("the data set", () -> tabs.isEnabledAt(1));
        LogPanel log = robot.finder().find(showing(LogPanel.class, l -> true));
        statusLine = robot.finder()
                .find(
                        log,
                        showing(
                                JLabel.class,
                                l -> l.getText() != null && !l.getText().isBlank() && l.getIcon() == null));
        statusLine.addPropertyChangeListener("text", event -> statuses.add((String) event.getNewValue()));
        selectTab("Classify");
        panel = robot.finder().find(showing(ClassifierPanel.class, p -> true));
        stopButton()
                .addPropertyChangeListener(
                        "enabled", event -> started.compareAndSet(false, (Boolean) event.getNewValue()));
    }

    static ExplorerSessionWindow open(String dataSet, File screenshots, String prefix) {
        Explorer.main(new String[] {dataSet});
        Robot robot = BasicRobot.robotWithCurrentAwtHierarchy();
        robot.settings().delayBetweenEvents(40);
        FrameFixture frame = WindowFinder.findFrame(showing(JFrame.class, f -> "Weka Explorer".equals(f.getTitle())))
                .withTimeout(MOST_MILLIS)
                .using(robot);
        // Smaller where the screen is.
        Dimension screen = Toolkit.getDefaultToolkit().getScreenSize();
        frame.moveTo(new Point(0, 0));
        frame.resizeTo(new Dimension(Math.min(1180, screen.width), Math.min(760, screen.height)));
        return new ExplorerSessionWindow(robot, screenshots, prefix);
    }

    Robot robot() {
        return robot;
    }

    ClassifierPanel panel() {
        return panel;
    }

    void selectTab(String title) {
        selectTab(tabs, title);
    }

    void selectTab(JTabbedPane parts, String title) {
        GuiActionRunner.execute(() -> parts.setSelectedIndex(parts.indexOfTab(title)));
        robot.waitForIdle();
    }

    String status() {
        return String.valueOf(statusLine.getText());
    }

    /** Whether the status line had such a text since {@link #said} was last asked, even if it has another by now. */
    boolean hasSaid(String pattern) {
        synchronized (statuses) {
            return statuses.stream().anyMatch(text -> text.matches(pattern));
        }
    }

    /** The texts of the status line since this was last asked. */
    List<String> said() {
        synchronized (statuses) {
            List<String> since = List.copyOf(statuses);
            statuses.clear();
            return since;
        }
    }

    /** Presses a button of the tab Classify. */
    void press(String text) {
        press(robot.finder().find(panel, showing(AbstractButton.class, b -> text.equals(b.getText()))));
    }

    /** Not by the mouse: without a window manager a window that has just opened may lose the first click. */
    private void press(AbstractButton button) {
        waitFor("the button " + button.getText(), button::isEnabled);
        SwingUtilities.invokeLater(button::doClick);
        robot.waitForIdle();
    }

    void pressIn(String title, String text) {
        waitFor(title, () -> isShowing(Pattern.compile(title)));
        press(robot.finder().find(window(Pattern.compile(title)), withText(text).andShowing()));
    }

    /** Sets the field of the tab Classify that has a text; without a window manager it may not get the focus. */
    void set(String before, String text) {
        JTextField field =
                robot.finder().find(panel, showing(JTextField.class, f -> f.isEnabled() && before.equals(f.getText())));
        GuiActionRunner.execute(() -> field.setText(text));
    }

    void start() {
        started.set(false);
        press("Start");
        waitForTheStart();
    }

    /** Waits for a run to start, even if it has ended by now. */
    void waitForTheStart() {
        waitFor("the start", () -> started.compareAndSet(true, false));
    }

    void waitForTheEnd() {
        waitFor("the end of the run", () -> !stopButton().isEnabled());
    }

    private AbstractButton stopButton() {
        return robot.finder().find(panel, new GenericTypeMatcher<JButton>(JButton.class) {
            @Override
            protected boolean isMatching(JButton button) {
                return "Stop".equals(button.getText());
            }
        });
    }

    /** What a dialog says; it is closed with OK. */
    String dismissDialog(String screenshot) throws Exception {
        waitFor(
                "a dialog",
                () -> !robot.finder()
                        .findAll(showing(JOptionPane.class, p -> true))
                        .isEmpty());
        JOptionPane dialog = robot.finder().find(showing(JOptionPane.class, p -> true));
        screenshot(screenshot);
        press(robot.finder().find(dialog, withText("OK")));
        waitFor(
                "the end of the dialog",
                () -> !dialog.isShowing() && !stopButton().isEnabled());
        return String.valueOf(dialog.getMessage());
    }

    void chooseFile(File file) {
        waitFor(
                "the file chooser",
                () -> !robot.finder()
                        .findAll(showing(JFileChooser.class, c -> true))
                        .isEmpty());
        JFileChooser chooser = robot.finder().find(showing(JFileChooser.class, c -> true));
        SwingUtilities.invokeLater(() -> {
            chooser.setSelectedFile(file);
            chooser.approveSelection();
        });
        waitFor("the end of the file chooser", () -> !chooser.isShowing());
    }

    /**
     * Clicks, and once more after a while, until something is there: without a window manager a window that has just
     * opened may lose the first click.
     */
    void click(Runnable click, String what, BooleanSupplier condition) {
        long end = System.currentTimeMillis() + MOST_MILLIS;
        while (true) {
            click.run();
            try {
                waitFor(what, condition, LOST_CLICK_MILLIS);
                return;
            } catch (WaitTimedOutError e) {
                if (System.currentTimeMillis() > end) {
                    throw e;
                }
            }
        }
    }

    boolean isShowing(Pattern title) {
        return window(title) != null;
    }

    boolean hasText(String title, String text) {
        Window window = window(Pattern.compile(title));
        return window != null
                && !robot.finder()
                        .findAll(window, showing(JLabel.class, l -> text.equals(l.getText())))
                        .isEmpty();
    }

    void close(String title) {
        Window window = window(Pattern.compile(title));
        GuiActionRunner.execute(window::dispose);
    }

    static Window window(Pattern title) {
        for (Window window : Window.getWindows()) {
            String own = window instanceof Frame frame
                    ? frame.getTitle()
                    : window instanceof Dialog dialog ? dialog.getTitle() : "";
            if (window.isShowing() && title.matcher(String.valueOf(own)).matches()) {
                return window;
            }
        }
        return null;
    }

    void waitFor(String what, BooleanSupplier condition) {
        waitFor(what, condition, MOST_MILLIS);
    }

    private static void waitFor(String what, BooleanSupplier condition, long millis) {
        Pause.pause(
                new Condition(what) {
                    @Override
                    public boolean test() {
                        return GuiActionRunner.execute(condition::getAsBoolean);
                    }
                },
                millis);
    }

    static <T extends Component> GenericTypeMatcher<T> showing(Class<T> type, Predicate<T> test) {
        return new GenericTypeMatcher<>(type) {
            @Override
            protected boolean isMatching(T component) {
                return component.isShowing() && test.test(component);
            }
        };
    }

    /** A picture of the Explorer and what stands before it. */
    void screenshot(String name) throws IOException {
        screenshot(name, "Weka Explorer");
    }

    void screenshot(String name, String title) throws IOException {
        robot.waitForIdle();
        Pause.pause(400);
        Window window = window(Pattern.compile(title));
        Rectangle bounds = window == null ? new Rectangle(0, 0, 1280, 800) : window.getBounds();
        shots++;
        ImageIO.write(
                capture(bounds), "png", new File(screenshots, String.format("%s-%02d-%s.png", prefix, shots, name)));
    }

    private static java.awt.image.BufferedImage capture(Rectangle bounds) throws IOException {
        try {
            return new java.awt.Robot().createScreenCapture(bounds);
        } catch (java.awt.AWTException e) {
            throw new IOException(e);
        }
    }
}
