package org.gatedepth.packaging;

import java.awt.Point;
import java.awt.Rectangle;
import javax.swing.JList;
import javax.swing.JMenuItem;
import javax.swing.JPopupMenu;
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
        if (last < 0) {
            robot.click(list, new Point(20, 20), MouseButton.RIGHT_BUTTON, 1);
        } else {
            Rectangle cell = GuiActionRunner.execute(() -> list.getCellBounds(last, last));
            Point middle = new Point(40, cell.y + cell.height / 2);
            robot.click(list, middle, MouseButton.LEFT_BUTTON, 1);
            robot.click(list, middle, MouseButton.RIGHT_BUTTON, 1);
        }
        window.waitFor(
                "the popup menu",
                () -> !robot.finder()
                        .findAll(ExplorerSessionWindow.showing(JPopupMenu.class, m -> true))
                        .isEmpty());
        for (String item : items) {
            window.waitFor(
                    "the item " + item,
                    () -> !robot.finder().findAll(item(item)).isEmpty());
            robot.click(robot.finder().find(item(item)));
        }
    }

    private static GenericTypeMatcher<JMenuItem> item(String text) {
        return ExplorerSessionWindow.showing(JMenuItem.class, i -> text.equals(i.getText()) && i.isEnabled());
    }
}
