//! Reproducible random numbers, and an RSA signer that creates keys and signatures in microseconds.

use alloc::{vec, vec::Vec};
use num_bigint::BigUint;

/// A generator with a seed (xorshift64*), so a failing case can be repeated.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() >> 33) as usize % end
    }

    pub(crate) fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| (self.next() >> 56) as u8).collect()
    }
}

/// The big-endian number, padded with zeros to `length` octets.
pub(crate) fn padded(number: &BigUint, length: usize) -> Vec<u8> {
    let bytes = number.to_bytes_be();
    let mut padded = vec![0; length - bytes.len()];
    padded.extend(bytes);
    padded
}

/// Signs with a modulus made of 32-bit primes: insecure, but new keys and signatures of any encoded message take microseconds.
pub(crate) struct Signer {
    pub(crate) n: BigUint,
    /// For each prime p: p, 1/e mod (p - 1), and the number that is 1 mod p and 0 mod all other primes.
    primes: Vec<(u64, u64, BigUint)>,
}

fn power_mod(base: u64, mut exponent: u64, p: u64) -> u64 {
    let (mut base, mut result) = (base % p, 1);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = result * base % p;
        }
        base = base * base % p;
        exponent >>= 1;
    }
    result
}

/// Miller-Rabin with bases that suffice for every number below 2^32.
fn is_prime(p: u64) -> bool {
    let twos = (p - 1).trailing_zeros();
    [2, 7, 61].into_iter().all(|base| {
        let mut x = power_mod(base, (p - 1) >> twos, p);
        x == 1
            || (0..twos).any(|_| {
                let square = x * x % p;
                core::mem::replace(&mut x, square) == p - 1
            })
    })
}

impl Signer {
    pub(crate) fn new(random: &mut Random, length: usize) -> Self {
        let mut chosen: Vec<u64> = Vec::new();
        while chosen.len() < length / 4 {
            // Each prime is so close to 2^32 that the product of 128 such primes has its top bit set.
            let p = (1 << 32) - 1 - 2 * random.below(1 << 22) as u64;
            if is_prime(p) && p % 65_537 != 1 && !chosen.contains(&p) {
                chosen.push(p);
            }
        }
        let n: BigUint = chosen.iter().map(|&p| BigUint::from(p)).product();
        let primes = chosen.iter().map(|&p| {
            // d = (1 + m (p-1)) / e
            let m = (0..65_537).find(|m| (1 + m * (p - 1)) % 65_537 == 0).unwrap();
            let others = &n / p;
            let inverse = power_mod((&others % p).iter_u64_digits().next().unwrap(), p - 2, p);
            (p, (1 + m * (p - 1)) / 65_537, others * inverse)
        });
        Self { primes: primes.collect(), n: n.clone() }
    }

    pub(crate) fn modulus(&self) -> Vec<u8> {
        self.n.to_bytes_be()
    }

    /// Signs any number below N.
    pub(crate) fn sign(&self, encoded: &[u8]) -> Vec<u8> {
        let encoded = BigUint::from_bytes_be(encoded);
        let residues = self.primes.iter().map(|(p, d, unit)| {
            let residue = (&encoded % p).iter_u64_digits().next().unwrap_or(0);
            unit * power_mod(residue, *d, *p)
        });
        padded(&(residues.sum::<BigUint>() % &self.n), self.n.to_bytes_be().len())
    }
}
