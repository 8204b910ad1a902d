//! What a module without std brings itself: an allocator, and what a panic does.
//!
//! std's allocator and its panic messages, which nobody would see, are a tenth of the module.

use core::panic::PanicInfo;

/// Two-level segregated fits: constant time, and a third of the code of std's allocator.
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

/// A trap: JavaScript sees a `WebAssembly.RuntimeError`.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
