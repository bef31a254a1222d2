//! What is reported of many figures.

/// Median and quartiles.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spread {
    pub(super) median: f64,
    pub(super) lower: f64,
    pub(super) upper: f64,
}

impl Spread {
    pub(super) fn of(figures: &[f64]) -> Self {
        Self {
            median: quantile(figures, 0.5),
            lower: quantile(figures, 0.25),
            upper: quantile(figures, 0.75),
        }
    }
}

/// The figure below which that part of all lies.
pub(super) fn quantile(figures: &[f64], part: f64) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    let at = (last as f64 * part).round() as usize;
    sorted.get(at).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_and_the_quartiles_are_half_way() {
        let spread = Spread::of(&[5.0, 1.0, 3.0, 2.0, 4.0]);
        assert_eq!((spread.lower, spread.median, spread.upper), (2.0, 3.0, 4.0));
    }
}
