package org.gatedepth.weka.gui;

import static org.assertj.core.api.Assertions.assertThat;

import com.formdev.flatlaf.FlatLightLaf;
import java.awt.Component;
import java.awt.Container;
import java.awt.Window;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import javax.imageio.ImageIO;
import javax.swing.SwingUtilities;
import javax.swing.UIManager;

/** Windows in the look that Weka's GUI chooser starts with, and pictures of them in target/screenshots/windows. */
final class Screen {

    private static final long MOST_MILLIS = 120_000;

    private Screen() {}

    /** Takes the look of a new user of Weka 3.8.7. */
    static void takeTheLookOfWeka() throws Exception {
        onItsThread(() -> {
            UIManager.setLookAndFeel(new FlatLightLaf());
            return "";
        });
    }

    static <T> T onItsThread(Callable<T> work) throws Exception {
        if (SwingUtilities.isEventDispatchThread()) {
            return work.call();
        }
        AtomicReference<T> result = new AtomicReference<>();
        AtomicReference<Exception> failure = new AtomicReference<>();
        SwingUtilities.invokeAndWait(() -> {
            try {
                result.set(work.call());
            } catch (Exception e) {
                failure.set(e);
            }
        });
        if (failure.get() != null) {
            throw failure.get();
        }
        return result.get();
    }

    /** Waits for a state, however long the machine takes to reach it. */
    static void waitFor(String what, BooleanSupplier state) throws Exception {
        long end = System.currentTimeMillis() + MOST_MILLIS;
        while (!onItsThread(state::getAsBoolean)) {
            assertThat(System.currentTimeMillis()).as("waiting for %s", what).isLessThan(end);
            Thread.sleep(20);
        }
    }

    /** All components of a type in a container, from the outside in. */
    static <T extends Component> List<T> all(Class<T> type, Container in) {
        List<T> found = new ArrayList<>();
        for (Component component : in.getComponents()) {
            if (type.isInstance(component)) {
                found.add(type.cast(component));
            }
            if (component instanceof Container container) {
                found.addAll(all(type, container));
            }
        }
        return found;
    }

    /** Gives a container that has no window a size, and lays it out to its last part. */
    static void layOut(Component component, int width, int height) {
        component.setSize(width, height);
        layOut(component);
    }

    private static void layOut(Component component) {
        component.doLayout();
        if (component instanceof Container container) {
            for (Component part : container.getComponents()) {
                layOut(part);
            }
        }
    }

    /** A picture of a component, for those who want to look at it. */
    static void picture(Component component, String name) throws Exception {
        BufferedImage picture = onItsThread(() -> {
            BufferedImage image =
                    new BufferedImage(component.getWidth(), component.getHeight(), BufferedImage.TYPE_INT_RGB);
            component.printAll(image.getGraphics());
            return image;
        });
        File file = new File("target/screenshots/windows", name + ".png");
        if (!file.getParentFile().isDirectory() && !file.getParentFile().mkdirs()) {
            throw new IOException("cannot make " + file.getParent());
        }
        ImageIO.write(picture, "png", file);
    }

    /** The windows that are on the screen. */
    static List<Window> windows() {
        return List.of(Window.getWindows()).stream().filter(Window::isShowing).toList();
    }
}
