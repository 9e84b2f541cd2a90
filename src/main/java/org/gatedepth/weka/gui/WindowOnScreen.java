package org.gatedepth.weka.gui;

import java.awt.Component;
import java.awt.Dimension;
import java.awt.Insets;
import java.awt.Rectangle;
import java.awt.Toolkit;
import java.awt.Window;
import java.awt.event.HierarchyEvent;
import javax.swing.JScrollBar;
import javax.swing.SwingUtilities;

/**
 * Keeps windows on the screen.
 *
 * <p>Weka 3.8.7 limits the window of an object's options to the height of the screen when it is opened for the first
 * time, and not later: then it is as high as all rows need, and OK and Cancel may be below the screen.
 */
final class WindowOnScreen {

    private WindowOnScreen() {}

    /** Brings the window of a component onto the screen whenever the component is shown. */
    static void keep(Component component) {
        component.addHierarchyListener(event -> {
            if ((event.getChangeFlags() & HierarchyEvent.SHOWING_CHANGED) != 0 && component.isShowing()) {
                // Later, since Weka sizes its windows when all their rows are there.
                SwingUtilities.invokeLater(() -> {
                    Window window = SwingUtilities.getWindowAncestor(component);
                    if (window != null) {
                        fit(window);
                    }
                });
            }
        });
    }

    /** Makes a window as large as the screen at most, and moves it there. */
    static void fit(Window window) {
        Rectangle screen = screen(window);
        Rectangle bounds = window.getBounds();
        Dimension wanted = window.getPreferredSize();
        // A window that is cut in its height gets a scroll bar, which takes some of its width.
        int bar = wanted.height > screen.height ? new JScrollBar().getPreferredSize().width + 4 : 0;
        int width = Math.min(Math.max(bounds.width, wanted.width + bar), screen.width);
        int height = Math.min(bounds.height, screen.height);
        int x = Math.max(screen.x, Math.min(bounds.x, screen.x + screen.width - width));
        int y = Math.max(screen.y, Math.min(bounds.y, screen.y + screen.height - height));
        Rectangle fitting = new Rectangle(x, y, width, height);
        if (!fitting.equals(bounds)) {
            window.setBounds(fitting);
            window.validate();
        }
    }

    /** The part of the screen that no task bar covers. */
    private static Rectangle screen(Window window) {
        Rectangle screen = window.getGraphicsConfiguration().getBounds();
        Insets covered = Toolkit.getDefaultToolkit().getScreenInsets(window.getGraphicsConfiguration());
        Dimension free = new Dimension(
                screen.width - covered.left - covered.right, screen.height - covered.top - covered.bottom);
        return new Rectangle(screen.x + covered.left, screen.y + covered.top, free.width, free.height);
    }
}
