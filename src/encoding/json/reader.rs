//! From a text to a value. `serde_json` gives the same for every text (the tests compare them), but the first token of a process
//! executes 3 KB more of it, and every byte that is executed has to be compiled first.

use super::{MAX_DEPTH, Object, Value};
use crate::error::JsonProblem;
use alloc::{borrow::Cow, collections::BinaryHeap, string::String, vec::Vec};

type Result<T> = core::result::Result<T, JsonProblem>;

/// Stands before the next byte of a text.
pub(super) struct Reader<'a, 'b> {
    text: &'a str,
    at: usize,
    /// What becomes of a part of the text.
    keep: fn(&'a str) -> Cow<'b, str>,
}

impl<'a, 'b> Reader<'a, 'b> {
    pub(super) const fn new(text: &'a str, keep: fn(&'a str) -> Cow<'b, str>) -> Self {
        Self { text, at: 0, keep }
    }

    /// The whole text as one value (RFC 8259 §2).
    pub(super) fn document(mut self) -> Result<Value<'b>> {
        let value = self.value(0)?;
        let is_whole = self.at == self.text.len() || self.after_space().is_none();
        if is_whole { Ok(value) } else { Err(JsonProblem::Syntax) }
    }

    /// A value inside `depth` others (RFC 8259 §3).
    fn value(&mut self, depth: usize) -> Result<Value<'b>> {
        match self.after_space() {
            Some(b'"') => self.string().map(Value::String),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'-' | b'0'..=b'9') => self.number().map(Value::Number),
            _ => self.literal(),
        }
    }

    /// RFC 8259 §4
    fn object(&mut self, depth: usize) -> Result<Value<'b>> {
        let depth = deeper(depth)?;
        // The outer objects of a token have a dozen members; deep in a hostile text room would be wasted.
        let mut members = Vec::with_capacity(if depth <= 2 { 16 } else { 0 });
        while self.goes_on(b'}', members.is_empty())? {
            if self.after_space() != Some(b'"') {
                return Err(JsonProblem::Syntax);
            }
            let name = self.string()?;
            self.after_space();
            self.expect(b':')?;
            members.push((name, self.value(depth)?));
        }
        // RFC 7515 §4, RFC 7517 §4, RFC 7519 §4: member names must be unique. Otherwise this parser and the application's
        // could read different values from one text.
        if has_duplicate(&members) { Err(JsonProblem::DuplicateMember) } else { Ok(Value::Object(Object(members))) }
    }

    /// RFC 8259 §5
    fn array(&mut self, depth: usize) -> Result<Value<'b>> {
        let depth = deeper(depth)?;
        let mut items = Vec::new();
        while self.goes_on(b']', items.is_empty())? {
            items.push(self.value(depth)?);
        }
        Ok(Value::Array(items))
    }

    /// Takes what stands before the next member or item: the bracket that opens, or a comma; or else `end`.
    fn goes_on(&mut self, end: u8, first: bool) -> Result<bool> {
        if first {
            self.at += 1;
        }
        let next = self.after_space();
        if next == Some(end) {
            self.at += 1;
            return Ok(false);
        }
        if !first {
            self.expect(b',')?;
        }
        Ok(true)
    }

    /// RFC 8259 §7
    fn string(&mut self) -> Result<Cow<'b, str>> {
        self.at += 1;
        let start = self.at;
        self.skip_unescaped();
        match (self.next(), self.text.get(start..self.at - 1)) {
            (Some(b'"'), Some(text)) => Ok((self.keep)(text)),
            (Some(b'\\'), Some(text)) => self.unescape(String::from(text)).map(Cow::Owned),
            _ => Err(JsonProblem::Syntax),
        }
    }

    /// The string that begins with `text`; its first backslash was taken.
    #[cold]
    #[inline(never)]
    fn unescape(&mut self, mut text: String) -> Result<String> {
        loop {
            text.push(self.escape()?);
            let start = self.at;
            self.skip_unescaped();
            text.push_str(self.text.get(start..self.at).unwrap_or_default());
            match self.next() {
                Some(b'"') => return Ok(text),
                Some(b'\\') => {}
                _ => return Err(JsonProblem::Syntax),
            }
        }
    }

    fn escape(&mut self) -> Result<char> {
        let code = match self.next() {
            Some(b'b') => 0x08,
            Some(b't') => 0x09,
            Some(b'n') => 0x0a,
            Some(b'f') => 0x0c,
            Some(b'r') => 0x0d,
            Some(character @ (b'"' | b'\\' | b'/')) => character.into(),
            Some(b'u') => self.code_point()?,
            _ => return Err(JsonProblem::Syntax),
        };
        char::from_u32(code).ok_or(JsonProblem::Syntax)
    }

    /// One UTF-16 code unit, or two that are a surrogate pair.
    fn code_point(&mut self) -> Result<u32> {
        let unit = self.code_unit()?;
        if !matches!(unit, 0xd800..0xdc00) {
            return Ok(unit);
        }
        self.expect(b'\\')?;
        self.expect(b'u')?;
        match self.code_unit()? {
            low @ 0xdc00..0xe000 => Ok(0x1_0000 + (unit - 0xd800) * 0x400 + (low - 0xdc00)),
            _ => Err(JsonProblem::Syntax),
        }
    }

    fn code_unit(&mut self) -> Result<u32> {
        let mut unit = 0;
        for _ in 0..4 {
            let digit = self.next().and_then(|byte| char::from(byte).to_digit(16)).ok_or(JsonProblem::Syntax)?;
            unit = unit << 4 | digit;
        }
        Ok(unit)
    }

    /// RFC 8259 §6
    fn number(&mut self) -> Result<f64> {
        let negative = self.take(b'-');
        let mut significand = 0;
        let exponent = if self.take(b'0') { 0 } else { self.digits(&mut significand)?.dropped };
        let value = if exponent == 0 && !matches!(self.peek(), Some(b'.' | b'e' | b'E')) {
            scale(significand, 0)
        } else {
            self.decimal(significand, exponent)?
        };
        Ok(if negative { -value } else { value })
    }

    /// The number that begins with `significand` 10^`exponent`.
    #[cold]
    #[inline(never)]
    fn decimal(&mut self, mut significand: u64, mut exponent: i64) -> Result<f64> {
        if self.take(b'.') {
            exponent -= self.digits(&mut significand)?.kept;
        }
        if self.take(b'e') || self.take(b'E') {
            exponent += self.exponent()?;
        }
        let value = scale(significand, exponent);
        if value.is_finite() { Ok(value) } else { Err(JsonProblem::Syntax) }
    }

    #[inline(never)]
    fn exponent(&mut self) -> Result<i64> {
        let negative = self.take(b'-');
        if !negative {
            self.take(b'+');
        }
        let mut exponent = 0;
        self.digits(&mut exponent)?;
        // Far beyond what the digits of any text could make up for.
        let exponent = i64::from(u32::try_from(exponent).unwrap_or(u32::MAX));
        Ok(if negative { -exponent } else { exponent })
    }

    /// Appends digits, at least one, to `number`, as many as it has room for.
    #[inline(never)]
    fn digits(&mut self, number: &mut u64) -> Result<Digits> {
        let start = self.at;
        let mut digits = Digits { kept: 0, dropped: 0 };
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            self.at += 1;
            if *number < u64::MAX / 10 {
                *number = *number * 10 + u64::from(digit - b'0');
                digits.kept += 1;
            } else {
                digits.dropped += 1;
            }
        }
        if self.at == start { Err(JsonProblem::Syntax) } else { Ok(digits) }
    }

    /// RFC 8259 §3: the three names.
    #[cold]
    #[inline(never)]
    fn literal(&mut self) -> Result<Value<'b>> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let (name, value) = match self.peek() {
            Some(b't') => ("true", Value::Bool(true)),
            Some(b'f') => ("false", Value::Bool(false)),
            _ => ("null", Value::Null),
        };
        if !rest.starts_with(name) {
            return Err(JsonProblem::Syntax);
        }
        self.at += name.len();
        Ok(value)
    }

    /// Skips what stands for itself in a string: all but quotation mark, backslash and control characters.
    #[inline(never)]
    fn skip_unescaped(&mut self) {
        while self
            .text
            .as_bytes()
            .get(self.at..)
            .and_then(<[u8]>::first_chunk)
            .is_some_and(|eight| stand_for_themselves(*eight))
        {
            self.at += 8;
        }
        while let Some(b' ' | b'!' | b'#'..=b'[' | b']'..) = self.peek() {
            self.at += 1;
        }
    }

    /// Skips white space (RFC 8259 §2), of which tokens have none; returns the byte after it.
    #[inline(always)]
    fn after_space(&mut self) -> Option<u8> {
        match self.peek() {
            Some(byte) if byte > b' ' => Some(byte),
            _ => self.skip_space(),
        }
    }

    #[cold]
    #[inline(never)]
    fn skip_space(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
        self.peek()
    }

    #[inline(always)]
    fn expect(&mut self, byte: u8) -> Result<()> {
        if self.take(byte) { Ok(()) } else { Err(JsonProblem::Syntax) }
    }

    #[inline(always)]
    fn take(&mut self, byte: u8) -> bool {
        let is_there = self.peek() == Some(byte);
        self.at += usize::from(is_there);
        is_there
    }

    #[inline(always)]
    fn next(&mut self) -> Option<u8> {
        let next = self.peek();
        self.at += 1;
        next
    }

    #[inline(always)]
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }
}

/// How many digits a number took in, and how many it had no room for.
struct Digits {
    kept: i64,
    dropped: i64,
}

/// Small objects are compared pairwise.
fn has_duplicate(members: &[(Cow<'_, str>, Value<'_>)]) -> bool {
    const PAIRWISE: usize = 16;
    if members.len() > PAIRWISE {
        return many_have_duplicate(members);
    }
    members.iter().enumerate().any(|(i, (name, _))| members.iter().take(i).any(|(other, _)| other == name))
}

/// A hostile object has thousands of members. They go through a heap, which is a tenth of the code of a sort.
#[cold]
#[inline(never)]
fn many_have_duplicate(members: &[(Cow<'_, str>, Value<'_>)]) -> bool {
    let mut names: BinaryHeap<&str> = members.iter().map(|(name, _)| name.as_ref()).collect();
    let mut above = None;
    while let Some(name) = names.pop() {
        if above == Some(name) {
            return true;
        }
        above = Some(name);
    }
    false
}

/// Whether certainly none of eight bytes ends a run of characters that stand for themselves. In a byte b below 0x80, b - 0x20 has
/// the high bit set if b is a control character, and so has (b ^ c) - 1 if b is c; a borrow from below can only add to that.
#[inline(always)]
fn stand_for_themselves(bytes: [u8; 8]) -> bool {
    const fn each(byte: u8) -> u64 {
        u64::from_le_bytes([byte; 8])
    }
    let bytes = u64::from_le_bytes(bytes);
    let is = |character| (bytes ^ each(character)).wrapping_sub(each(1));
    let ends = bytes.wrapping_sub(each(0x20)) | is(b'"') | is(b'\\');
    ends & !bytes & each(0x80) == 0
}

fn deeper(depth: usize) -> Result<usize> {
    if depth == MAX_DEPTH { Err(JsonProblem::TooDeep) } else { Ok(depth + 1) }
}

/// `significand` 10^`exponent`; infinite where that is too much for a double.
#[expect(clippy::as_conversions, reason = "rounds to the nearest double, as JSON.parse does")]
fn scale(significand: u64, mut exponent: i64) -> f64 {
    /// The largest power of ten that a double holds exactly, as it does all those below.
    const EXACT: i64 = 22;

    let mut value = significand as f64;
    while exponent != 0 && value != 0.0 && value.is_finite() {
        let step = exponent.clamp(-EXACT, EXACT);
        let power = (0..step.abs()).fold(1.0, |power, _| power * 10.0);
        value = if step < 0 { value / power } else { value * power };
        exponent -= step;
    }
    value
}
