//! Calls of components from outside of them.

use crate::{Nodes, Server};

impl Server {
    /// Returns the nodes of the app as targets of calls. See [`calls`](crate::calls).
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{component, App, Result};
    ///
    /// struct Shop;
    ///
    /// #[component]
    /// impl Shop {
    ///     #[handler(internal)]
    ///     fn price(&self, item: String) -> u32 {
    ///         item.len() as u32
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<()> {
    /// let server = App::new().component(Shop).start().await?;
    /// let shop = ShopClient::new(&server.node().any());
    /// assert_eq!(shop.price(&"sword".into()).await?, 5);
    /// # server.shutdown().await;
    /// # Ok(())
    /// # }
    /// ```
    pub fn node(&self) -> Nodes {
        Nodes::new(self.core().components.directory().clone())
    }
}
