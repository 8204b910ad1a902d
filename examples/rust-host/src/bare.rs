//! What a module without std brings itself: an allocator, and what a panic does. A host with an SDK has std for both.

use core::panic::PanicInfo;

#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

/// A trap: no message leaves the module, which imports nothing that could carry it.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

// `memcmp` and its kind: compiler_builtins has them for wasm32-unknown-unknown, on WASI the C library has them, and it
// is std that would link it. A symbol that the linker does not find becomes an import.
#[cfg(target_os = "wasi")]
#[allow(unsafe_code, reason = "nothing is declared, so nothing can be called")]
#[link(name = "c")]
unsafe extern "C" {}
