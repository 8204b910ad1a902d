//! Verifies signatures of bytes, for `make bench`. The published package verifies only whole tokens; this module shows how much
//! of a token's time is its signature.
//!
//! A host writes the JWK to `input(length)` and calls `prepare`; then, for each signature, it writes message and signature, one
//! after the other, and calls `verify`.

use std::cell::RefCell;
use sts_jwt::VerifyingKey;

thread_local! {
    static INPUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static KEY: RefCell<Option<VerifyingKey>> = const { RefCell::new(None) };
}

/// Returns the address of `length` bytes for the host to write.
#[unsafe(no_mangle)]
pub extern "C" fn input(length: usize) -> *mut u8 {
    INPUT.with_borrow_mut(|input| {
        input.resize(length, 0);
        input.as_mut_ptr()
    })
}

/// Prepares the JWK in the input. Returns whether it is a usable key.
#[unsafe(no_mangle)]
pub extern "C" fn prepare() -> bool {
    let text = INPUT.with_borrow(|input| String::from_utf8_lossy(input).into_owned());
    let key = VerifyingKey::from_jwk(&text).ok();
    let usable = key.is_some();
    KEY.set(key);
    usable
}

/// Whether the input after its first `message_length` bytes is a valid signature of these bytes.
#[unsafe(no_mangle)]
pub extern "C" fn verify(message_length: usize) -> bool {
    INPUT.with_borrow(|input| {
        KEY.with_borrow(|key| {
            let parts = input.split_at_checked(message_length);
            key.as_ref().zip(parts).is_some_and(|(key, (message, signature))| key.verify(message, signature).is_ok())
        })
    })
}
