//! Timers in every unit, and at times of the day. No method takes `&mut self`, so the component needs no lock.

#[component]
impl Clock {
    #[every("250ms")]
    fn millis(&self) {}

    #[every("60s")]
    async fn seconds(&self) -> Result<()> {
        Ok(())
    }

    #[nano::every("5m")]
    fn minutes(&self, context: &Context<Self>) -> Result<()> {
        Ok(())
    }

    #[every("1h")]
    #[cron("0 4 * * *")]
    #[cron("CRON_TZ=Asia/Shanghai 30 21 * * SUN")]
    async fn hours(&self, context: &Context<Self>) {}
}
