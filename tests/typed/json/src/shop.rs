//! The routes that changed between two releases: the feature `old` is the earlier one.

use nano::{Error, Group, Result, Session, component, push};

/// A shop. It had barter, and has auctions.
#[derive(Default)]
pub(crate) struct Shop {
    customers: Group,
}

#[push]
pub(crate) trait ShopPush {
    /// Something was sold, in every release.
    #[push(name = "onSold")]
    fn sold(what: String);
    /// Something was bartered.
    #[cfg(feature = "old")]
    #[push(name = "onBartered")]
    fn bartered(what: String);
    /// Something was auctioned.
    #[cfg(not(feature = "old"))]
    #[push(name = "onAuctioned")]
    fn auctioned(what: String);
}

#[component]
impl Shop {
    /// Makes the caller a customer.
    #[handler]
    fn visit(&self, session: &Session) -> Result<()> {
        self.customers.add(session)
    }

    #[handler]
    fn buy(&self, what: String) -> Result<String> {
        if what.is_empty() {
            return Err(Error::reject("sold_out", "there is nothing left"));
        }
        ShopPush::to(&self.customers).sold(&what)?;
        Ok(format!("bought {what}"))
    }

    #[cfg(feature = "old")]
    #[handler]
    fn barter(&self, what: String) -> Result<String> {
        ShopPush::to(&self.customers).bartered(&what)?;
        Ok(format!("bartered {what}"))
    }

    #[cfg(not(feature = "old"))]
    #[handler]
    fn auction(&self, what: String) -> Result<String> {
        ShopPush::to(&self.customers).auctioned(&what)?;
        Ok(format!("auctioned {what}"))
    }
}
