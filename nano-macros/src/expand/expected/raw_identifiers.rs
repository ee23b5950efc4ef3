//! `r#type` is `type` on the wire and in logs.

#[component]
impl r#Match {
    #[handler]
    fn r#type(&self) -> Kind {
        Kind
    }

    #[on(init)]
    fn r#loop(&mut self) {}
}

#[push]
trait Events {
    fn r#move(r#where: Point);
}
