//! Reads the files of MIT krb5: integers in the byte order of whoever wrote them, counted octets.

/// The order of an integer's octets. Old versions of the files have that of their writer's machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ByteOrder {
    /// Most significant octet first.
    Big,
    /// Least significant octet first.
    Little,
}

/// Fewer octets than a field wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PastEnd {
    /// How many it wants.
    pub(crate) needed: usize,
    /// How many are left.
    pub(crate) found: usize,
}

/// A place in a file.
#[derive(Clone)]
pub(crate) struct FileCursor<'a> {
    rest: &'a [u8],
    offset: usize,
    order: ByteOrder,
}

impl<'a> FileCursor<'a> {
    /// Stands at the first of `octets`, which is the octet `offset` of the file.
    pub(crate) const fn new(octets: &'a [u8], offset: usize, order: ByteOrder) -> Self {
        Self {
            rest: octets,
            offset,
            order,
        }
    }

    /// What is not yet read.
    pub(crate) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Where it stands, from the beginning of the file.
    pub(crate) const fn offset(&self) -> usize {
        self.offset
    }

    /// The next `count` octets.
    pub(crate) fn octets(&mut self, count: usize) -> Result<&'a [u8], PastEnd> {
        let Some((octets, rest)) = self.rest.split_at_checked(count) else {
            return Err(PastEnd {
                needed: count,
                found: self.rest.len(),
            });
        };
        self.rest = rest;
        self.offset = self.offset.saturating_add(count);
        Ok(octets)
    }

    /// One octet.
    pub(crate) fn uint8(&mut self) -> Result<u8, PastEnd> {
        self.array().map(|[octet]| octet)
    }

    /// Two octets.
    pub(crate) fn uint16(&mut self) -> Result<u16, PastEnd> {
        let octets = self.array()?;
        Ok(match self.order {
            ByteOrder::Big => u16::from_be_bytes(octets),
            ByteOrder::Little => u16::from_le_bytes(octets),
        })
    }

    /// Four octets.
    pub(crate) fn uint32(&mut self) -> Result<u32, PastEnd> {
        let octets = self.array()?;
        Ok(match self.order {
            ByteOrder::Big => u32::from_be_bytes(octets),
            ByteOrder::Little => u32::from_le_bytes(octets),
        })
    }

    /// As many octets as the two before them say.
    pub(crate) fn counted_by_uint16(&mut self) -> Result<&'a [u8], PastEnd> {
        let count = self.uint16()?;
        self.octets(count.into())
    }

    /// As many octets as the four before them say.
    pub(crate) fn counted_by_uint32(&mut self) -> Result<&'a [u8], PastEnd> {
        let count = self.uint32()?;
        self.octets(usize::try_from(count).unwrap_or(usize::MAX))
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], PastEnd> {
        let Some((octets, rest)) = self.rest.split_first_chunk() else {
            return Err(PastEnd {
                needed: N,
                found: self.rest.len(),
            });
        };
        self.rest = rest;
        self.offset = self.offset.saturating_add(N);
        Ok(*octets)
    }
}
