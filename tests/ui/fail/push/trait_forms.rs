use nano::push;

#[push]
trait Generic<T> {}

#[push]
trait Supertrait: Send {}

#[push]
unsafe trait Dangerous {}

fn main() {}
