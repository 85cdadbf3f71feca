//! Placeholder until the model is merged.
#[derive(Clone, Copy, Debug)]
pub struct Estimate {
    pub score: f64,
    pub low: f64,
    pub high: f64,
}
#[derive(Clone, Copy, Debug, Default)]
pub struct Presence;
#[derive(Clone, Debug, Default)]
pub struct NameScore;
impl NameScore {
    pub fn mean(&self) -> Option<f64> {
        None
    }
}
