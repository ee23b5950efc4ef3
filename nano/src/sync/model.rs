//! The run of a model that needs a bound, or tokio's clock.

/// Runs a model in all interleavings with up to so many switches between threads that are not forced by a lock. Nearly all
/// faults need one or two; the time grows with the steps of the model to the power of it.
///
/// Time does not pass: nothing drives the runtime of the model's timers.
pub(crate) fn model(switches: usize, run: impl Fn() + Send + Sync + 'static) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    let _entered = runtime.enter();
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(switches);
    builder.check(run);
}
