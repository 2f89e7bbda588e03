//! Short texts that people leave: the example of a feature, from its table to its routes.

mod routes;
mod table;

pub use routes::routes;
pub use table::{NewNote, Note};
