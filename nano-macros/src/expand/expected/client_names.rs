//! The caller's own methods keep their names; `Self` becomes the component; bytes stay bytes.

#[component]
impl game::Room {
    /// Opens a table.
    #[handler]
    fn new(&self, table: Table) -> Table {
        table
    }

    #[handler(name = "renew")]
    fn new_(&self) {}

    #[handler]
    fn clone(&self, kind: Self::Kind) -> Result<Vec<Self::Kind>> {
        Ok(Vec::new())
    }

    #[handler]
    fn upload(&self, body: bytes::Bytes) {}

    #[handler]
    fn echo(&self, body: Bytes) -> Bytes {
        body
    }

    #[handler]
    fn read(&self, key: Key) -> Result<Bytes> {
        Ok(Bytes::new())
    }

    #[handler]
    fn write(&self, body: Bytes) -> Key {
        Key
    }

    #[handler]
    fn list(&self) -> Vec<Key> {
        Vec::new()
    }
}
