// Finds out which of the two .wasm files is faster in this runtime. Both give the same results.

/**
 * A module with one function, x -> x x - x x, where relaxed SIMD computes the first product and the subtraction in one step
 * (`f64x2.relaxed_madd`). If that step is fused, it does not round the first product, so the result is the rounding error of
 * the second. Otherwise the result is 0. This depends on the processor, so `WebAssembly.validate` alone cannot tell.
 */
// biome-ignore format: one line for each section of the module
const PROBE = /*#__PURE__*/ Uint8Array.of(
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, // the header
  1, 6, 1, 0x60, 1, 0x7c, 1, 0x7c, // the type (f64) -> f64
  3, 2, 1, 0, // one function of this type
  7, 4, 1, 0, 0, 0, // exported with an empty name
  0x0a, 0x1e, 1, 0x1c, // its code
  1, 1, 0x7b, // (local v128)
  0x20, 0, 0xfd, 0x14, 0x22, 1, // local.get 0, f64x2.splat, local.tee 1
  0x20, 1, 0x20, 1, 0x20, 1, // local.get 1, three times
  0xfd, 0xf2, 1, 0xfd, 0xed, 1, // f64x2.mul, f64x2.neg
  0xfd, 0x87, 2, 0xfd, 0x21, 0, 0x0b, // f64x2.relaxed_madd, f64x2.extract_lane 0, end
);

type Bytes = Uint8Array<ArrayBuffer>;

/** Whether the fused file is faster here. Takes less than half a millisecond. */
export function isFused(): boolean {
  try {
    const { '': probe } = new WebAssembly.Instance(compile(PROBE)).exports as { '': (x: number) => number };
    return probe(0.1) !== 0;
  } catch {
    return false;
  }
}

/** Whether this runtime accepts the fused file. The file may still be no faster than the plain one. */
export function hasRelaxedSimd(): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(PROBE);
}

/**
 * Compiles the fused file where it is faster. Compiles the plain file elsewhere, and if the fused file is missing or is not
 * WebAssembly.
 */
export function compileFusedOrPlain(readFused: () => Bytes, readPlain: () => Bytes): WebAssembly.Module {
  if (isFused()) {
    try {
      return compile(readFused());
    } catch {
      // The plain file gives the same results.
    }
  }
  return compile(readPlain());
}

function compile(bytes: Bytes): WebAssembly.Module {
  // The types of Workers have no such constructor.
  return new (WebAssembly.Module as unknown as new (bytes: Bytes) => WebAssembly.Module)(bytes);
}
