//! Values in a file that services of one host share by memory mapping: one writes, others read.

mod file;
mod routes;
mod store;

pub use file::{CAPACITY, Record, RecordFile};
pub use routes::routes;
pub use store::{Records, folders};
