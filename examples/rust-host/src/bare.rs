//! Global allocator and panic handler of the no_std module. With an SDK, std provides both.

use core::panic::PanicInfo;

#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

/// Traps. The module imports nothing, so it has no way to report a message.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

// Links `memcmp` and similar functions. On wasm32-unknown-unknown they are in compiler_builtins; on WASI they are in the C
// library, which is normally linked by std. A symbol that the linker does not find would become an import.
#[cfg(target_os = "wasi")]
#[allow(unsafe_code, reason = "nothing is declared, so nothing can be called")]
#[link(name = "c")]
unsafe extern "C" {}
