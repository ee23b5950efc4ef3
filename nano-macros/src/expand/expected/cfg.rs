//! What is generated for a method exists exactly when the method does.

#[component]
impl Room {
    #[cfg(unix)]
    #[handler]
    fn path(&self) -> String {
        String::new()
    }

    #[cfg(not(unix))]
    #[handler(name = "path")]
    fn drive(&self) -> String {
        String::new()
    }

    #[cfg_attr(feature = "admin", handler, inline)]
    #[allow(clippy::unused_self)]
    fn reset(&mut self) {}

    #[cfg(feature = "metrics")]
    #[cfg(unix)]
    #[every("1s")]
    fn report(&self) {}
}

#[push]
pub trait Events {
    #[cfg(feature = "metrics")]
    fn load(load: Load);
    fn tick();
}
