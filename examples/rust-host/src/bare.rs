//! Global allocator and panic handler of the no_std module. With an SDK, std provides both.

use core::panic::PanicInfo;

#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

/// Traps without a message, because the module has no imports that could print one.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

// Links `memcmp` and similar functions. For wasm32-unknown-unknown, compiler_builtins has them; on WASI, they are in the C
// library, which only std links. The linker would turn missing symbols into imports.
#[cfg(target_os = "wasi")]
#[allow(unsafe_code, reason = "nothing is declared, so nothing can be called")]
#[link(name = "c")]
unsafe extern "C" {}
