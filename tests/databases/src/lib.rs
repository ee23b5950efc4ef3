//! The code of the guide's chapter about databases. It is compiled here, because nano itself depends on no database; a
//! house test compares it with the chapter.

pub mod mongo;
pub mod sql;
