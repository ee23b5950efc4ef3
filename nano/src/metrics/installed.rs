//! The recorder that the process has installed, as the recorder of an app.

use metrics::{
    Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit, with_recorder,
};

/// The recorder that is installed for the whole process, such as by `metrics::set_global_recorder`, for
/// [`App::metrics`](crate::App::metrics).
///
/// It has to be installed before the app starts: metrics that are registered earlier lead nowhere.
///
/// # Examples
///
/// ```
/// use nano::{App, InstalledRecorder};
///
/// // metrics_exporter_prometheus::PrometheusBuilder::new().install()?;
/// let app = App::new().metrics(InstalledRecorder);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct InstalledRecorder;

impl Recorder for InstalledRecorder {
    fn describe_counter(&self, key: KeyName, unit: Option<Unit>, text: SharedString) {
        with_recorder(|recorder| recorder.describe_counter(key, unit, text));
    }

    fn describe_gauge(&self, key: KeyName, unit: Option<Unit>, text: SharedString) {
        with_recorder(|recorder| recorder.describe_gauge(key, unit, text));
    }

    fn describe_histogram(&self, key: KeyName, unit: Option<Unit>, text: SharedString) {
        with_recorder(|recorder| recorder.describe_histogram(key, unit, text));
    }

    fn register_counter(&self, key: &Key, metadata: &Metadata<'_>) -> Counter {
        with_recorder(|recorder| recorder.register_counter(key, metadata))
    }

    fn register_gauge(&self, key: &Key, metadata: &Metadata<'_>) -> Gauge {
        with_recorder(|recorder| recorder.register_gauge(key, metadata))
    }

    fn register_histogram(&self, key: &Key, metadata: &Metadata<'_>) -> Histogram {
        with_recorder(|recorder| recorder.register_histogram(key, metadata))
    }
}
