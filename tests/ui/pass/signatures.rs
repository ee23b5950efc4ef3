//! Every signature that a handler may have.

use bytes::Bytes;
use nano::{Context, Reply, Result, Session, component};
use serde::{Deserialize, Serialize};

#[derive(Deserialize, Serialize)]
struct Join {
    name: String,
}

#[derive(Deserialize, Serialize)]
struct Joined;

struct Full;

impl From<Full> for nano::Error {
    fn from(_: Full) -> Self {
        nano::Error::reject("full", "the room is full")
    }
}

struct Signatures;

#[component]
impl Signatures {
    #[handler]
    fn sync_shared_unit(&self) {}

    #[handler]
    fn sync_shared_empty_tuple(&self) -> () {}

    #[handler]
    fn sync_shared_value(&self) -> Joined {
        Joined
    }

    #[handler]
    fn sync_shared_unit_result(&self) -> Result<()> {
        Ok(())
    }

    #[handler]
    fn sync_shared_value_result(&self) -> Result<Joined> {
        Ok(Joined)
    }

    #[handler]
    fn sync_shared_own_error(&self) -> Result<Joined, Full> {
        Err(Full)
    }

    #[handler]
    fn sync_shared_own_error_unit(&self) -> std::result::Result<(), Full> {
        Err(Full)
    }

    #[handler]
    fn sync_shared_session(&self, session: &Session) {
        let _ = session;
    }

    #[handler]
    fn sync_shared_context(&self, context: &Context<Self>) {
        let _ = context;
    }

    #[handler]
    fn sync_shared_named_context(&self, context: &nano::Context<Signatures>) {
        let _ = context;
    }

    #[handler]
    fn sync_shared_payload(&self, join: Join) {
        let _ = join;
    }

    #[handler]
    fn sync_shared_pattern(&self, Join { name, .. }: Join) {
        let _ = name;
    }

    #[handler]
    fn sync_shared_tuple(&self, (x, y): (f32, f32)) {
        let _ = (x, y);
    }

    #[handler]
    fn sync_shared_array(&self, [x, y]: [u8; 2]) {
        let _ = (x, y);
    }

    #[handler]
    fn sync_shared_bytes(&self, body: Bytes) {
        let _ = body;
    }

    #[handler]
    fn sync_shared_reply(&self, reply: Reply<Joined>) {
        reply.send(Joined);
    }

    #[handler]
    fn sync_shared_all_one(&self, session: &Session, join: Join, reply: Reply<Joined>, context: &Context<Self>) {
        let _ = (session, join, context);
        reply.send(Joined);
    }

    #[handler]
    fn sync_shared_all_two(&self, context: &Context<Self>, reply: nano::Reply<Joined>, _: Join, _: &nano::Session) {
        let _ = context;
        reply.send(Joined);
    }

    #[handler]
    fn sync_shared_reply_result(&self, reply: Reply<Joined>) -> Result<()> {
        reply.send(Joined);
        Ok(())
    }

    #[handler]
    fn sync_exclusive_unit(&mut self) {}

    #[handler]
    fn sync_exclusive_empty_tuple(&mut self) -> () {}

    #[handler]
    fn sync_exclusive_value(&mut self) -> Joined {
        Joined
    }

    #[handler]
    fn sync_exclusive_unit_result(&mut self) -> Result<()> {
        Ok(())
    }

    #[handler]
    fn sync_exclusive_value_result(&mut self) -> Result<Joined> {
        Ok(Joined)
    }

    #[handler]
    fn sync_exclusive_own_error(&mut self) -> Result<Joined, Full> {
        Err(Full)
    }

    #[handler]
    fn sync_exclusive_own_error_unit(&mut self) -> std::result::Result<(), Full> {
        Err(Full)
    }

    #[handler]
    fn sync_exclusive_session(&mut self, session: &Session) {
        let _ = session;
    }

    #[handler]
    fn sync_exclusive_context(&mut self, context: &Context<Self>) {
        let _ = context;
    }

    #[handler]
    fn sync_exclusive_payload(&mut self, join: Join) {
        let _ = join;
    }

    #[handler]
    fn sync_exclusive_pattern(&mut self, Join { name, .. }: Join) {
        let _ = name;
    }

    #[handler]
    fn sync_exclusive_tuple(&mut self, (x, y): (f32, f32)) {
        let _ = (x, y);
    }

    #[handler]
    fn sync_exclusive_array(&mut self, [x, y]: [u8; 2]) {
        let _ = (x, y);
    }

    #[handler]
    fn sync_exclusive_bytes(&mut self, body: Bytes) {
        let _ = body;
    }

    #[handler]
    fn sync_exclusive_reply(&mut self, reply: Reply<Joined>) {
        reply.send(Joined);
    }

    #[handler]
    fn sync_exclusive_all_one(&mut self, session: &Session, join: Join, reply: Reply<Joined>, context: &Context<Self>) {
        let _ = (session, join, context);
        reply.send(Joined);
    }

    #[handler]
    fn sync_exclusive_all_two(&mut self, context: &Context<Self>, reply: nano::Reply<Joined>, _: Join, _: &nano::Session) {
        let _ = context;
        reply.send(Joined);
    }

    #[handler]
    fn sync_exclusive_reply_result(&mut self, reply: Reply<Joined>) -> Result<()> {
        reply.send(Joined);
        Ok(())
    }

    #[handler]
    async fn async_shared_unit(&self) {}

    #[handler]
    async fn async_shared_empty_tuple(&self) -> () {}

    #[handler]
    async fn async_shared_value(&self) -> Joined {
        Joined
    }

    #[handler]
    async fn async_shared_unit_result(&self) -> Result<()> {
        Ok(())
    }

    #[handler]
    async fn async_shared_value_result(&self) -> Result<Joined> {
        Ok(Joined)
    }

    #[handler]
    async fn async_shared_own_error(&self) -> Result<Joined, Full> {
        Err(Full)
    }

    #[handler]
    async fn async_shared_own_error_unit(&self) -> std::result::Result<(), Full> {
        Err(Full)
    }

    #[handler]
    async fn async_shared_session(&self, session: &Session) {
        let _ = session;
    }

    #[handler]
    async fn async_shared_context(&self, context: &Context<Self>) {
        let _ = context;
    }

    #[handler]
    async fn async_shared_named_context(&self, context: &nano::Context<Signatures>) {
        let _ = context;
    }

    #[handler]
    async fn async_shared_payload(&self, join: Join) {
        let _ = join;
    }

    #[handler]
    async fn async_shared_pattern(&self, Join { name, .. }: Join) {
        let _ = name;
    }

    #[handler]
    async fn async_shared_tuple(&self, (x, y): (f32, f32)) {
        let _ = (x, y);
    }

    #[handler]
    async fn async_shared_array(&self, [x, y]: [u8; 2]) {
        let _ = (x, y);
    }

    #[handler]
    async fn async_shared_bytes(&self, body: Bytes) {
        let _ = body;
    }

    #[handler]
    async fn async_shared_reply(&self, reply: Reply<Joined>) {
        reply.send(Joined);
    }

    #[handler]
    async fn async_shared_all_one(&self, session: &Session, join: Join, reply: Reply<Joined>, context: &Context<Self>) {
        let _ = (session, join, context);
        reply.send(Joined);
    }

    #[handler]
    async fn async_shared_all_two(&self, context: &Context<Self>, reply: nano::Reply<Joined>, _: Join, _: &nano::Session) {
        let _ = context;
        reply.send(Joined);
    }

    #[handler]
    async fn async_shared_reply_result(&self, reply: Reply<Joined>) -> Result<()> {
        reply.send(Joined);
        Ok(())
    }

    #[handler]
    async fn async_exclusive_unit(&mut self) {}

    #[handler]
    async fn async_exclusive_empty_tuple(&mut self) -> () {}

    #[handler]
    async fn async_exclusive_value(&mut self) -> Joined {
        Joined
    }

    #[handler]
    async fn async_exclusive_unit_result(&mut self) -> Result<()> {
        Ok(())
    }

    #[handler]
    async fn async_exclusive_value_result(&mut self) -> Result<Joined> {
        Ok(Joined)
    }

    #[handler]
    async fn async_exclusive_own_error(&mut self) -> Result<Joined, Full> {
        Err(Full)
    }

    #[handler]
    async fn async_exclusive_own_error_unit(&mut self) -> std::result::Result<(), Full> {
        Err(Full)
    }

    #[handler]
    async fn async_exclusive_session(&mut self, session: &Session) {
        let _ = session;
    }

    #[handler]
    async fn async_exclusive_context(&mut self, context: &Context<Self>) {
        let _ = context;
    }

    #[handler]
    async fn async_exclusive_payload(&mut self, join: Join) {
        let _ = join;
    }

    #[handler]
    async fn async_exclusive_pattern(&mut self, Join { name, .. }: Join) {
        let _ = name;
    }

    #[handler]
    async fn async_exclusive_tuple(&mut self, (x, y): (f32, f32)) {
        let _ = (x, y);
    }

    #[handler]
    async fn async_exclusive_array(&mut self, [x, y]: [u8; 2]) {
        let _ = (x, y);
    }

    #[handler]
    async fn async_exclusive_bytes(&mut self, body: Bytes) {
        let _ = body;
    }

    #[handler]
    async fn async_exclusive_reply(&mut self, reply: Reply<Joined>) {
        reply.send(Joined);
    }

    #[handler]
    async fn async_exclusive_all_one(&mut self, session: &Session, join: Join, reply: Reply<Joined>, context: &Context<Self>) {
        let _ = (session, join, context);
        reply.send(Joined);
    }

    #[handler]
    async fn async_exclusive_all_two(&mut self, context: &Context<Self>, reply: nano::Reply<Joined>, _: Join, _: &nano::Session) {
        let _ = context;
        reply.send(Joined);
    }

    #[handler]
    async fn async_exclusive_reply_result(&mut self, reply: Reply<Joined>) -> Result<()> {
        reply.send(Joined);
        Ok(())
    }
}

fn main() {}
