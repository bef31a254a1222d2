//! PAC_CLIENT_CLAIMS_INFO and PAC_DEVICE_CLAIMS_INFO ([MS-PAC] §2.11, [MS-ADTS] §2.2.18): what the
//! directory claims of a user or machine.

use super::ndr::{DecodeElement, Element, ElementLayout, NdrArray, NdrReader, Pointer};
use super::{PacText, xpress_huffman};
use crate::der::Result;
use alloc::borrow::Cow;

/// COMPRESSION_FORMAT_NONE and COMPRESSION_FORMAT_XPRESS_HUFF; Windows uses no others here.
const UNCOMPRESSED: u16 = 0;
const XPRESS_HUFFMAN: u16 = 4;

/// A claim of nobody in particular: its name in the directory, and its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim<'a> {
    /// Where it comes from.
    pub source: ClaimSource,
    /// Its name: `ad://ext/Department:88d…`.
    pub id: PacText<'a>,
    /// Its values.
    pub values: ClaimValues<'a>,
}

/// CLAIMS_SOURCE_TYPE. Any number may be sent; the known ones have names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClaimSource(pub u16);

impl ClaimSource {
    /// An attribute of the account in the directory.
    pub const ACTIVE_DIRECTORY: Self = Self(1);
    /// A certificate.
    pub const CERTIFICATE: Self = Self(2);
}

/// The values of a claim, all of one type.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimValues<'a> {
    /// Signed numbers.
    Int64(NdrArray<'a, i64>),
    /// Unsigned numbers.
    Uint64(NdrArray<'a, u64>),
    /// Texts.
    Text(NdrArray<'a, PacText<'a>>),
    /// True or false.
    Boolean(NdrArray<'a, bool>),
}

/// The claims of a buffer, not verified: borrowed, or inflated if they came compressed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims<'a> {
    /// A CLAIMS_SET with its headers, or nothing.
    set: Cow<'a, [u8]>,
}

impl<'a> Claims<'a> {
    /// Reads the buffer, which is empty when there are no claims, and inflates what is compressed:
    /// to at most 64 times its size, and to 1 MiB.
    ///
    /// # Errors
    /// [`DecodeError`](crate::der::DecodeError) when it is not that structure and nothing else, is
    /// compressed in another way, or would be larger.
    pub fn decode(octets: &'a [u8]) -> Result<Self> {
        if octets.is_empty() {
            return Ok(Self::default());
        }
        let claims = Self {
            set: claims_set(octets)?,
        };
        arrays(&claims.set)?;
        Ok(claims)
    }

    /// The claims, in order.
    pub fn iter(&self) -> impl Iterator<Item = Claim<'_>> {
        let arrays = arrays(&self.set).unwrap_or_default(); // decoded before: none fails now
        arrays
            .into_iter()
            .flat_map(|ClaimsArray { source, entries }| {
                entries
                    .into_iter()
                    .map(move |Entry { id, values }| Claim { source, id, values })
            })
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }
}

/// CLAIMS_SET_METADATA: the CLAIMS_SET in it.
fn claims_set(octets: &[u8]) -> Result<Cow<'_, [u8]>> {
    let mut input = NdrReader::open(octets, "CLAIMS_SET_METADATA")?;
    let size = input.uint32("ulClaimsSetSize")?;
    let set = input.pointer("ClaimsSet")?;
    let format = input.uint16("usCompressionFormat")?;
    let inflated = input.uint32("ulUncompressedClaimsSetSize")?;
    let reserved = reserved(&mut input)?;
    let set = octet_array(&mut input, size, set, "ClaimsSet")?;
    octet_array(&mut input, reserved.0, reserved.1, "ReservedField")?;
    input.finish()?;
    let inflated = usize::try_from(inflated).unwrap_or(usize::MAX);
    match format {
        UNCOMPRESSED => Ok(set.into()),
        XPRESS_HUFFMAN => xpress_huffman::inflate(set, inflated).map(Into::into),
        _ => Err(input.wrong("not compressed as Windows does", "usCompressionFormat")),
    }
}

/// CLAIMS_SET: the arrays in it.
fn arrays(set: &[u8]) -> Result<NdrArray<'_, ClaimsArray<'_>>> {
    if set.is_empty() {
        return Ok(NdrArray::EMPTY);
    }
    let mut input = NdrReader::open(set, "CLAIMS_SET")?;
    let count = input.uint32("ulClaimsArrayCount")?;
    let arrays = input.pointer("ClaimsArrays")?;
    let reserved = reserved(&mut input)?;
    let arrays = input.array(count, arrays, "ClaimsArrays")?;
    octet_array(&mut input, reserved.0, reserved.1, "ReservedField")?;
    input.finish()?;
    Ok(arrays)
}

/// usReservedType, ulReservedFieldSize and ReservedField: the last two.
fn reserved(input: &mut NdrReader<'_>) -> Result<(u32, Pointer)> {
    input.uint16("usReservedType")?;
    let size = input.uint32("ulReservedFieldSize")?;
    Ok((size, input.pointer("ReservedField")?))
}

/// A conformant array of octets.
fn octet_array<'a>(
    input: &mut NdrReader<'a>,
    size: u32,
    pointer: Pointer,
    field: &'static str,
) -> Result<&'a [u8]> {
    match pointer {
        Pointer::Null if size == 0 => Ok(&[]),
        Pointer::Null => Err(input.wrong("the octets are missing", field)),
        Pointer::Deferred if input.uint32(field)? != size => {
            Err(input.wrong("octets with two lengths", field))
        }
        Pointer::Deferred => input.octets(usize::try_from(size).unwrap_or(usize::MAX), field),
    }
}

/// CLAIMS_ARRAY: the claims of one source.
#[derive(Clone, Copy)]
struct ClaimsArray<'a> {
    source: ClaimSource,
    entries: NdrArray<'a, Entry<'a>>,
}

impl<'a> Element<'a> for ClaimsArray<'a> {
    const FIXED_OCTETS: usize = 12;

    fn decode(fixed: &mut NdrReader<'a>, deferred: &mut NdrReader<'a>) -> Result<Self> {
        let source = ClaimSource(fixed.uint16("usClaimsSourceType")?);
        let count = fixed.uint32("ulClaimsCount")?;
        let entries = fixed.pointer("ClaimEntries")?;
        Ok(Self {
            source,
            entries: deferred.array(count, entries, "ClaimEntries")?,
        })
    }
}

/// CLAIM_ENTRY.
#[derive(Clone, Copy)]
struct Entry<'a> {
    id: PacText<'a>,
    values: ClaimValues<'a>,
}

impl<'a> Element<'a> for Entry<'a> {
    const FIXED_OCTETS: usize = 16;

    fn decode(fixed: &mut NdrReader<'a>, deferred: &mut NdrReader<'a>) -> Result<Self> {
        let id = fixed.pointer("Id")?;
        let value_type = fixed.uint16("Type")?;
        if fixed.uint16("Type")? != value_type {
            return Err(fixed.wrong("values of two types", "Type"));
        }
        let count = fixed.uint32("ValueCount")?;
        let values = fixed.pointer("Values")?;
        let id = terminated_text(id, deferred, "Id")?;
        let list = ValueList {
            count,
            values,
            deferred,
        };
        let values = match value_type {
            1 => ClaimValues::Int64(list.decode(NUMBER, |fixed, _| {
                fixed.uint64("Values").map(u64::cast_signed)
            })?),
            2 => ClaimValues::Uint64(list.decode(NUMBER, |fixed, _| fixed.uint64("Values"))?),
            3 => ClaimValues::Text(list.decode(POINTER, |fixed, deferred| {
                let text = fixed.pointer("Values")?;
                terminated_text(text, deferred, "Values")
            })?),
            6 => ClaimValues::Boolean(list.decode(NUMBER, boolean)?),
            _ => return Err(fixed.wrong("values of an unknown type", "Type")),
        };
        Ok(Self { id, values })
    }
}

const NUMBER: ElementLayout = ElementLayout {
    octets: 8,
    alignment: 8,
    any_octets: false, // a boolean is 0 or 1
};
const POINTER: ElementLayout = ElementLayout {
    octets: 4,
    alignment: 4,
    any_octets: false,
};

/// The values of a claim, still to be decoded.
struct ValueList<'r, 'a> {
    count: u32,
    values: Pointer,
    deferred: &'r mut NdrReader<'a>,
}

impl<'a> ValueList<'_, 'a> {
    fn decode<T: Copy>(
        self,
        layout: ElementLayout,
        decode: DecodeElement<'a, T>,
    ) -> Result<NdrArray<'a, T>> {
        self.deferred
            .array_of(self.count, self.values, "Values", layout, decode)
    }
}

fn boolean(fixed: &mut NdrReader<'_>, _: &mut NdrReader<'_>) -> Result<bool> {
    match fixed.uint64("Values")? {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(fixed.wrong("neither true nor false", "Values")),
    }
}

/// What a pointer to a string points to: text with a NUL at its end, which is none of it.
fn terminated_text<'a>(
    pointer: Pointer,
    deferred: &mut NdrReader<'a>,
    field: &'static str,
) -> Result<PacText<'a>> {
    if pointer == Pointer::Null {
        return Err(deferred.wrong("text is missing", field));
    }
    let text = deferred.varying_text(field)?;
    text.without_terminator()
        .ok_or_else(|| deferred.wrong("text without its end", field))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use portcullis_testdata::{hex, vector_file, vectors};
    use serde_json::{Value, json};

    fn shown(claim: &Claim<'_>) -> Value {
        let (value_type, values): (_, Vec<Value>) = match &claim.values {
            ClaimValues::Int64(numbers) => (1, numbers.iter().map(Value::from).collect()),
            ClaimValues::Uint64(numbers) => (2, numbers.iter().map(Value::from).collect()),
            ClaimValues::Text(texts) => (3, texts.iter().map(|t| t.to_text().into()).collect()),
            ClaimValues::Boolean(all) => (6, all.iter().map(|b| u8::from(b).into()).collect()),
        };
        json!({
            "source_type": claim.source.0,
            "id": claim.id.to_text(),
            "type": value_type,
            "values": values,
        })
    }

    #[test]
    fn every_claim_that_windows_sent_is_read() {
        for vector in vectors("claims") {
            let buffer = hex(&vector["buffer"]);
            let claims = Claims::decode(&buffer).unwrap();
            assert_eq!(*claims.set, hex(&vector["claims_set"]));
            let shown: Vec<_> = claims.iter().map(|claim| shown(&claim)).collect();
            assert_eq!(json!(shown), vector["claims"]);
            assert!(!claims.is_empty());
        }
    }

    #[test]
    fn every_claim_that_gokrb5_reads_is_read() {
        for vector in vector_file("pac_buffers")["claims"].as_array().unwrap() {
            let buffer = hex(&vector["buffer"]);
            let claims = Claims::decode(&buffer).unwrap();
            let shown: Vec<_> = claims.iter().map(|claim| shown(&claim)).collect();
            match &vector["claims"] {
                // Compressed: gokrb5 has no opinion.
                Value::Null => assert!(
                    claims
                        .iter()
                        .all(|c| c.id.to_text().starts_with("ad://ext/"))
                ),
                expected => assert_eq!(json!(shown), *expected),
            }
            assert!(!claims.is_empty());
        }
    }

    #[test]
    fn an_empty_buffer_has_no_claims() {
        assert!(Claims::decode(&[]).unwrap().is_empty());
    }

    #[test]
    fn claims_that_end_early_are_refused() {
        for vector in vectors("claims") {
            let buffer = hex(&vector["buffer"]);
            for end in 1..buffer.len().saturating_sub(8) {
                assert!(Claims::decode(&buffer[..end]).is_err());
            }
        }
    }

    /// Whatever is changed is claims or refused; and what is refused later is none.
    #[test]
    fn changed_claims_are_read_or_refused() {
        for vector in vectors("claims") {
            let buffer = hex(&vector["buffer"]);
            for at in (0..buffer.len()).step_by(17) {
                for value in [0, 1, 0xff] {
                    let mut changed = buffer.clone();
                    changed[at] = value;
                    if let Ok(claims) = Claims::decode(&changed) {
                        claims.iter().for_each(|claim| drop(shown(&claim)));
                    }
                }
            }
        }
    }

    /// [MS-ADTS] §2.2.18.6: a boolean is a number of eight octets.
    #[test]
    fn a_boolean_is_zero_or_one() {
        let mut buffer = hex(&vectors("claims")[1]["buffer"]);
        let mut read = |value: u64| -> Result<Value> {
            buffer[204..212].copy_from_slice(&value.to_le_bytes());
            let claims = Claims::decode(&buffer)?;
            let first = claims.iter().next().map(|claim| shown(&claim));
            Ok(first.unwrap()["values"].clone())
        };
        assert_eq!(read(0), Ok(json!([0])));
        assert_eq!(read(1), Ok(json!([1])));
        for value in [2, 0xff, 1 << 32, u64::MAX] {
            assert!(read(value).is_err(), "{value}");
        }
    }

    #[test]
    fn octets_that_are_counted_and_not_there_are_refused() {
        let mut buffer = hex(&vectors("claims")[1]["buffer"]);
        buffer[40] = 1; // ulReservedFieldSize, before a null pointer
        let error = Claims::decode(&buffer).unwrap_err();
        let kind = crate::der::DecodeErrorKind::Value("the octets are missing");
        assert_eq!((error.kind, error.field), (kind, "ReservedField"));
    }

    #[test]
    fn claims_compressed_in_another_way_are_refused() {
        let buffer = hex(&vectors("claims")[1]["buffer"]);
        for format in [1, 2, 3, 5, 0xff] {
            let mut changed = buffer.clone();
            changed[28] = format;
            assert!(Claims::decode(&changed).is_err());
        }
    }
}
