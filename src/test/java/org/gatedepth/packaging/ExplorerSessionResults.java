package org.gatedepth.packaging;

import java.awt.Point;
import java.awt.Rectangle;
import javax.swing.JList;
import javax.swing.JMenu;
import javax.swing.JMenuItem;
import javax.swing.JPopupMenu;
import javax.swing.MenuSelectionManager;
import javax.swing.SwingUtilities;
import org.assertj.swing.core.GenericTypeMatcher;
import org.assertj.swing.core.MouseButton;
import org.assertj.swing.core.Robot;
import org.assertj.swing.edt.GuiActionRunner;
import weka.gui.ResultHistoryPanel;

/** The result list of the tab Classify, and its popup menu. */
final class ExplorerSessionResults {

    private final ExplorerSessionWindow window;
    private final Robot robot;
    private final ResultHistoryPanel history;

    ExplorerSessionResults(ExplorerSessionWindow window) {
        this.window = window;
        robot = window.robot();
        history = window.panel().getResultHistory();
    }

    /** The output of the latest run, which is the last one in the list; empty if there is none. */
    String latest() {
        return GuiActionRunner.execute(() -> {
            int last = history.getList().getModel().getSize() - 1;
            return last < 0
                    ? ""
                    : history.getNamedBuffer(history.getNameAtIndex(last)).toString();
        });
    }

    /** Chooses from the popup menu of the latest run, or of the list if it is empty; and from menus in it. */
    void popup(String... items) {
        JList<?> list = history.getList();
        int last = GuiActionRunner.execute(() -> list.getModel().getSize()) - 1;
        Point place;
        if (last < 0) {
            place = new Point(20, 20);
        } else {
            GuiActionRunner.execute(() -> list.setSelectedIndex(last));
            Rectangle cell = GuiActionRunner.execute(() -> list.getCellBounds(last, last));
            place = new Point(40, cell.y + cell.height / 2);
        }
        window.click(
                () -> robot.click(list, place, MouseButton.RIGHT_BUTTON, 1),
                "the popup menu",
                () -> !robot.finder()
                        .findAll(ExplorerSessionWindow.showing(JPopupMenu.class, m -> true))
                        .isEmpty());
        for (String item : items) {
            window.waitFor(
                    "the item " + item,
                    () -> !robot.finder().findAll(item(item)).isEmpty());
            JMenuItem found = robot.finder().find(item(item));
            SwingUtilities.invokeLater(() -> {
                if (!(found instanceof JMenu)) {
                    MenuSelectionManager.defaultManager().clearSelectedPath();
                }
                found.doClick();
            });
            robot.waitForIdle();
        }
    }

    private static GenericTypeMatcher<JMenuItem> item(String text) {
        return ExplorerSessionWindow.showing(JMenuItem.class, i -> text.equals(i.getText()) && i.isEnabled());
    }
}
