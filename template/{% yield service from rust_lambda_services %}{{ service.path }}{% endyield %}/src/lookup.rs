//! How hosts are looked up by a program that brings its own C library.

#![expect(unsafe_code, reason = "glibc has no safe interface for this")]

use std::ffi::{c_char, c_int};

unsafe extern "C" {
    fn __nss_configure_lookup(database: *const c_char, services: *const c_char) -> c_int;
}

/// Look hosts up in `/etc/hosts` and by DNS, whatever `/etc/nsswitch.conf` says.
///
/// What that file names may be libraries of the system, which are made for the system's older C
/// library: the first lookup would load them into this program, which would die of it.
pub fn configure() {
    // SAFETY: both are strings that end with a zero and live for ever. It only writes a table that
    // lookups read, and is called before anything can look a host up.
    unsafe { __nss_configure_lookup(c"hosts".as_ptr(), c"files dns".as_ptr()) };
}
