//! What a kernel does: it multiplies modulo N without division (Montgomery, "Modular multiplication without trial division",
//! 1985), on whole numbers rather than digit by digit. A kernel has a base B; numbers have D digits, R = B^D, and
//! N' = -1/N mod R:
//!
//! t = T mod R,   q = t N' mod R,   (T + q N) / R = T_high + (q N)_high + κ.
//!
//! # Digits
//!
//! Digits are balanced: x = Σ d_i B^i, where |d_i| is at most a little above B/2. The sum S_k of a column of products is kept in
//! two parts, S_k = lo_k + B hi_k. Then hi moves up one column, and the sum there is rounded to a balanced digit and one more
//! carry:
//!
//! u_k = lo_k + hi_k-1 + B/2,   c_k = floor(u_k / B),   d_k = (u_k mod B) - B/2 + c_k-1.
//!
//! Σ d_k B^k = Σ S_k B^k except for hi + c of the topmost column, which belong to the column above it. No carry ripples: d_k
//! absorbs c_k-1 and may end up a little above B/2.
//!
//! # The carry κ
//!
//! T + q N is divisible by R, so its low half is computed only for the carry κ into the upper half. Suppose the columns of t + q N
//! below R were rounded like any others. They would give (hi + c) R + Σ d_k B^k, where |Σ d_k B^k| < 0.53 R, because the digits
//! are balanced. The sum is a multiple of R, so the digits are all zero, and κ is exactly hi + c of column D-1. Computing hi +
//! c requires the sums of only two columns: c_D-1 depends on hi_D-2 and on nothing below it.
//!
//! # Size of the numbers
//!
//! R > 2^8 N. |q| < 0.513 R in both kernels, so |T + q N| / R < 0.52 N as long as |T| <= 1.01 N^2, or |T| <= 2.02 N^2 in the kernel
//! that doubles products, where R > 2^86 N. Results of the reduction, and s < N itself, may therefore be multiplied any number of
//! times, with either sign. Such a result is less than R/256 in magnitude, and |Σ d_k B^k| < 0.53 R for its digits, so the carry
//! out of the topmost column is zero and is dropped.

use core::fmt::Debug;

/// Digits, products and carries. Everything else is in `Modulus` and `PreparedModulus`.
pub(crate) trait Kernel: Debug + Sized {
    /// The number of bits in a tile. A tile is a run of columns that a kernel processes together: first their sums, then their
    /// digits. The length of a number is a whole number of tiles.
    const TILE_BITS: usize;

    /// A number as the multiplicand of a product.
    type Digits: Clone + Debug;

    /// A number as the multiplier of a product.
    type Multiplier: Debug;

    /// Scratch memory of `square` and `multiply`.
    type Workspace;

    /// Whether this engine has the arithmetic that the kernel needs.
    fn is_supported() -> bool;

    fn workspace() -> Self::Workspace;

    /// The digits of a big-endian number of at most 512 octets.
    fn from_be_bytes(bytes: &[u8]) -> Self::Digits;

    fn negate(digits: &Self::Digits) -> Self::Digits;

    /// Replaces the lowest digit, which must be -1, by 1.
    fn add_two(digits: &mut Self::Digits);

    fn multiplier(digits: &Self::Digits, tiles: usize) -> Self::Multiplier;

    /// The multiplier of a residue modulo N. A kernel may scale residues by a power of two here: all products with them are then
    /// scaled alike, and whether the difference of two such products is a multiple of the odd N does not change.
    fn residue(digits: &Self::Digits, tiles: usize) -> Self::Multiplier {
        Self::multiplier(digits, tiles)
    }

    /// The lowest tiles of a product.
    fn low_product(a: &Self::Digits, b: &Self::Multiplier, tiles: usize) -> Self::Digits;

    /// Replaces x, a number and its `residue`, by x^2 / R mod N.
    fn square(
        modulus: &Modulus<Self>,
        x: &mut Self::Digits,
        residue: &mut Self::Multiplier,
        work: &mut Self::Workspace,
    );

    /// Returns (`a` + `hash`) / R mod N. A hash has 256 bits.
    fn multiply(
        modulus: &Modulus<Self>,
        a: Product<Self>,
        hash: Product<Self>,
        work: &mut Self::Workspace,
    ) -> Self::Digits;

    /// Whether `y` - `frame` = `m` N, for results of `multiply` and m in {0, 1, -1}.
    fn is_expected(modulus: &Modulus<Self>, m: i8, y: &Self::Digits, frame: &Self::Digits) -> bool;
}

/// A number times the `residue` of another number.
pub(crate) type Product<'a, K> = (&'a <K as Kernel>::Digits, &'a <K as Kernel>::Multiplier);

/// N and N' as multipliers, and the digits of N for comparisons.
#[derive(Debug)]
pub(crate) struct Modulus<K: Kernel> {
    pub(super) digits: K::Digits,
    pub(super) multiplier: K::Multiplier,
    pub(super) inverse: K::Multiplier,
    /// The number of tiles that hold D digits: the least for which R > 2^8 N.
    pub(super) tiles: usize,
}

impl<K: Kernel> Modulus<K> {
    /// Computes N' by Newton's iteration: if N x = -1 + ε then N x (2 + N x) = -1 + ε^2, so each step doubles the number of correct
    /// bits. A step computes only the bits that it gets right, rounded up to whole tiles.
    pub(super) fn new(bytes: &[u8]) -> Self {
        let tiles = (8 * bytes.len() + 8).div_ceil(K::TILE_BITS);
        let digits = K::from_be_bytes(bytes);
        let lowest = bytes.last_chunk().map_or(1, |last| u64::from_be_bytes(*last));
        let mut x = K::from_be_bytes(&inverse(lowest).wrapping_neg().to_be_bytes());
        let mut modulus =
            Self { multiplier: K::multiplier(&digits, tiles), inverse: K::multiplier(&x, 1), digits, tiles };
        // The initial x is correct in 64 bits. Counting 52 of them makes the steps fit the tiles better.
        let mut correct = 52;
        while correct < tiles * K::TILE_BITS {
            correct = (2 * correct).min(tiles * K::TILE_BITS);
            let length = correct.div_ceil(K::TILE_BITS);
            // y = N x ends in the digit -1.
            let mut y = K::low_product(&x, &modulus.multiplier, length);
            K::add_two(&mut y);
            x = K::low_product(&y, &modulus.inverse, length);
            modulus.inverse = K::multiplier(&x, length);
        }
        modulus
    }
}

/// 1/x mod 2^64 for odd x: 3x XOR 2 is correct in five bits, and each step doubles that number.
fn inverse(x: u64) -> u64 {
    (0..4).fold(x.wrapping_mul(3) ^ 2, |y, _| y.wrapping_mul(2_u64.wrapping_sub(x.wrapping_mul(y))))
}
