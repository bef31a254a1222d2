//! Lines over two logarithmic axes, as SVG.

use std::fmt::Write as _;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 400.0;
const LEFT: f64 = 60.0;
const RIGHT: f64 = 210.0;
const TOP: f64 = 30.0;
const BOTTOM: f64 = 45.0;
/// Distinct also for those who see no red or green.
const COLOURS: [&str; 11] = [
    "#000000", "#0072b2", "#56b4e9", "#d55e00", "#e69f00", "#009e73", "#cc79a7", "#999999",
    "#8c510a", "#6a3d9a", "#b8860b",
];

/// A line with its name.
pub(super) struct Line {
    pub(super) name: String,
    pub(super) points: Vec<(f64, f64)>,
}

/// The names of the axes, and what is marked on the one from left to right.
pub(super) struct Axes<'a> {
    pub(super) title: &'a str,
    pub(super) horizontal: &'a str,
    pub(super) marks: Vec<(f64, String)>,
}

struct Scale {
    x: (f64, f64),
    y: (f64, f64),
}

/// The picture.
pub(super) fn svg(axes: &Axes<'_>, lines: &[Line]) -> String {
    let all = || lines.iter().flat_map(|line| line.points.iter().copied());
    let scale = Scale {
        x: bounds(all().map(|(x, _)| x)),
        y: bounds(all().map(|(_, y)| y)),
    };
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#ffffff\"/>\n"
    );
    text(&mut svg, (LEFT, 18.0), "start", axes.title);
    text(&mut svg, (LEFT, HEIGHT - 8.0), "start", axes.horizontal);
    for (x, name) in &axes.marks {
        let across = scale.across(*x);
        rule(&mut svg, (across, TOP), (across, HEIGHT - BOTTOM));
        text(&mut svg, (across, HEIGHT - BOTTOM + 16.0), "middle", name);
    }
    for (value, name) in marks(scale.y) {
        let down = scale.down(value);
        rule(&mut svg, (LEFT, down), (WIDTH - RIGHT, down));
        text(&mut svg, (LEFT - 6.0, down + 4.0), "end", &name);
    }
    let mut label = TOP;
    let mut ordered: Vec<(usize, &Line)> = lines.iter().enumerate().collect();
    ordered.sort_by(|one, other| last(other.1).total_cmp(&last(one.1)));
    for (index, line) in ordered {
        let colour = COLOURS.get(index % COLOURS.len()).unwrap_or(&"#000000");
        draw(&mut svg, &scale, line, colour);
        let at = scale.down(last(line)) + 4.0;
        label = at.max(label + 14.0);
        let x = WIDTH - RIGHT + 8.0;
        let _ = writeln!(
            svg,
            "<text x=\"{x:.0}\" y=\"{label:.0}\" fill=\"{colour}\">{}</text>",
            line.name
        );
    }
    svg.push_str("</svg>\n");
    svg
}

fn last(line: &Line) -> f64 {
    line.points.last().map_or(0.0, |(_, y)| *y)
}

fn draw(svg: &mut String, scale: &Scale, line: &Line, colour: &str) {
    let points = line.points.iter();
    let places = points.map(|(x, y)| format!("{:.1},{:.1}", scale.across(*x), scale.down(*y)));
    let places = places.collect::<Vec<_>>().join(" ");
    let _ = writeln!(
        svg,
        "<polyline points=\"{places}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>"
    );
}

fn text(svg: &mut String, (x, y): (f64, f64), anchor: &str, words: &str) {
    let _ = writeln!(
        svg,
        "<text x=\"{x:.0}\" y=\"{y:.0}\" text-anchor=\"{anchor}\">{words}</text>"
    );
}

fn rule(svg: &mut String, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) {
    let _ = writeln!(
        svg,
        "<line x1=\"{x1:.0}\" y1=\"{y1:.0}\" x2=\"{x2:.0}\" y2=\"{y2:.0}\" stroke=\"#dddddd\"/>"
    );
}

fn bounds(figures: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = figures.fold((f64::MAX, f64::MIN_POSITIVE), |(low, high), figure| {
        (low.min(figure), high.max(figure))
    });
    (low, high.max(low * 1.01))
}

/// 1, 2 and 5 of each power of ten within bounds.
fn marks((low, high): (f64, f64)) -> Vec<(f64, String)> {
    let powers = -1..=5;
    let all = powers.flat_map(|power| [1.0, 2.0, 5.0].map(|digit| digit * 10_f64.powi(power)));
    all.filter(|value| (low * 0.99..=high * 1.01).contains(value))
        .map(|value| (value, format!("{value} µs")))
        .collect()
}

impl Scale {
    fn across(&self, x: f64) -> f64 {
        LEFT + part(self.x, x) * (WIDTH - LEFT - RIGHT)
    }

    fn down(&self, y: f64) -> f64 {
        HEIGHT - BOTTOM - part(self.y, y) * (HEIGHT - TOP - BOTTOM)
    }
}

fn part((low, high): (f64, f64), value: f64) -> f64 {
    (value / low).ln() / (high / low).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_of_a_line_are_at_the_ends_of_the_axes() {
        let scale = Scale {
            x: (1.0, 100.0),
            y: (1.0, 10.0),
        };
        assert!((scale.across(10.0) - (LEFT + (WIDTH - LEFT - RIGHT) / 2.0)).abs() < 1e-9);
        assert!((scale.down(10.0) - TOP).abs() < 1e-9);
    }
}
