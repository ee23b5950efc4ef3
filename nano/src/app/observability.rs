//! The settings of what those who run an app see of it.

use metrics::Recorder;

use super::App;

impl App {
    /// Tells `recorder` the app's metrics: any recorder of the crate `metrics` (0.24), such as that of
    /// `metrics-exporter-prometheus`. [`InstalledRecorder`](crate::InstalledRecorder) stands for the one that the whole
    /// process has. Without this, nothing is counted, and no time is taken.
    ///
    /// Each call adds a recorder. Two apps with one recorder add up: give each its own to tell them apart. The page
    /// [`observability`](crate::observability) lists the metrics.
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{App, InstalledRecorder};
    ///
    /// let app = App::new().metrics(InstalledRecorder);
    /// ```
    pub fn metrics(mut self, recorder: impl Recorder + Send + Sync + 'static) -> Self {
        self.recorders.push(Box::new(recorder));
        self
    }
}
