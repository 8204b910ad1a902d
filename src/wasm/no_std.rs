//! The global allocator and the panic handler of a module without std.
//!
//! std's allocator and panic messages would make up a tenth of the module, and the messages would never be shown.

use core::panic::PanicInfo;

/// A two-level segregated fit allocator, which takes constant time and has a third as much code as std's allocator.
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

/// A trap: JavaScript sees a `WebAssembly.RuntimeError`.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
