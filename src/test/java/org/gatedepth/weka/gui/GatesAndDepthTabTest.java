package org.gatedepth.weka.gui;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.gatedepth.weka.progress.RunRecord;
import org.junit.jupiter.api.Test;

/** The parts of the tab, painted into pictures: no display is needed. */
class GatesAndDepthTabTest {

    private static final ChartModel CHART = ChartModel.of(
            "title", "epoch", "loss", List.of(new ChartModel.Curve("training", List.of(1., 2.), List.of(3., 1.))));

    @Test
    void asksForDetailsOnlyWhileItIsOnTheScreen() {
        assertThat(new GatesAndDepthTab().wantsDetails()).isFalse();
    }

    @Test
    void listsTheLatestRunFirstAndOnce() {
        RunList list = new RunList();
        RunRecord first = Recorded.classification();
        RunRecord second = Recorded.regression();
        list.add(first);
        list.add(second);
        list.add(first);
        second.begun(7);
        Recorded.epoch(second, 1, null, false, Recorded.details(1));
        second.ended(false);
        RunTable table = new RunTable();

        assertThat(table.show(list.now())).isTrue();
        assertThat(table.show(list.now())).isFalse();
        assertThat(IntStream.range(1, table.getColumnCount()).mapToObj(c -> table.getValueAt(0, c)))
                .containsExactly("table", 4, "stopped", "1 of 7", "1.0000");
        assertThat(table.getRowCount()).isEqualTo(2);
        assertThat(table.run(1)).isSameAs(first);
        assertThat(RunText.describe(second))
                .contains("table (4 rows), network 3 of 11: stopped, epoch 1 of 7, loss 1.0000.");
    }

    @Test
    void forgetsTheOldestOfManyRuns() {
        RunList list = new RunList();
        RunRecord oldest = Recorded.classification();
        list.add(oldest);
        for (int i = 0; i < 200; i++) {
            list.add(Recorded.classification());
        }

        assertThat(list.now()).hasSize(200).doesNotContain(oldest);
    }

    @Test
    void paintsCurvesInTheirColour() {
        ChartView view = view();
        view.show(CHART);

        assertThat(colours(view)).anyMatch(c -> c == 0xFF0072B2);
        assertThat(view.sentence()).isEmpty();
    }

    @Test
    void paintsASingleEpochAndALossOfZero() {
        ChartView view = view();
        view.show(ChartModel.of(
                "title", "epoch", "loss", List.of(new ChartModel.Curve("training", List.of(1.), List.of(0.)))));

        assertThat(colours(view)).anyMatch(c -> c == 0xFF0072B2);
    }

    @Test
    void saysASentenceWhereThereIsNoCurve() {
        ChartView view = view();
        view.show(ChartModel.empty("title", RunCharts.NO_RUN));

        assertThat(colours(view)).contains(Color.WHITE.getRGB());
        assertThat(view.sentence()).isEqualTo(RunCharts.NO_RUN);
        assertThat(view.getAccessibleContext().getAccessibleDescription()).isEqualTo(RunCharts.NO_RUN);
    }

    @Test
    void opensWithoutXChart() throws Exception {
        Class<?> there = new WithoutXChart().loadClass(ThereWithoutXChart.class.getName());

        Object said = ((Callable<?>) there.getDeclaredConstructor().newInstance()).call();

        assertThat(said).asString().startsWith("Charts cannot be drawn, because the library XChart cannot be loaded (");
    }

    private static ChartView view() {
        ChartView view = new ChartView();
        view.setSize(400, 300);
        view.doLayout();
        return view;
    }

    private static List<Integer> colours(ChartView view) {
        BufferedImage picture = new BufferedImage(400, 300, BufferedImage.TYPE_INT_ARGB);
        Graphics2D graphics = picture.createGraphics();
        view.paint(graphics);
        graphics.dispose();
        return IntStream.of(picture.getRGB(0, 0, 400, 300, null, 0, 400))
                .distinct()
                .boxed()
                .toList();
    }

    /** Opens the tab and paints a chart; loaded anew by {@link WithoutXChart}. */
    public static final class ThereWithoutXChart implements Callable<String> {
        @Override
        public String call() {
            assertThat(new GatesAndDepthTab().getTabTitle()).isEqualTo("Gates and depth");
            ChartView view = view();
            view.show(CHART);
            colours(view);
            return view.sentence();
        }
    }

    /** Loads the classes of this package anew, and no XChart. */
    private static final class WithoutXChart extends ClassLoader {

        WithoutXChart() {
            super(GatesAndDepthTabTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("org.knowm.")) {
                throw new ClassNotFoundException(name);
            }
            if (!name.startsWith(GatesAndDepthTabTest.class.getPackageName())) {
                return super.loadClass(name, resolve);
            }
            Class<?> known = findLoadedClass(name);
            if (known != null) {
                return known;
            }
            try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
