//! One connection: octets in and out, through the encryption once there is one.

use super::Fallible;
use core::time::Duration;
use portcullis_sasl::{Received, SecurityLayer};
use std::io::{Read, Write};
use std::net::TcpStream;

const MAX_MESSAGE: usize = 64 * 1024;
const PATIENCE: Duration = Duration::from_secs(10);

/// A client, and what has come from it.
pub(crate) struct Connection {
    stream: TcpStream,
    layer: Option<SecurityLayer>,
    /// What has come and was not opened yet, with a layer.
    buffers: Vec<u8>,
    /// What can be read.
    octets: Vec<u8>,
}

impl Connection {
    pub(crate) fn new(stream: TcpStream) -> Fallible<Self> {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Self {
            stream,
            layer: None,
            buffers: Vec::new(),
            octets: Vec::new(),
        })
    }

    /// What came before the client knew that it may begin to encrypt came from somebody else
    /// (CVE-2021-23214).
    pub(crate) fn nothing_ahead(&self) -> Fallible<()> {
        match self.octets.is_empty() {
            true => Ok(()),
            false => Err("octets in clear ahead of the encryption".into()),
        }
    }

    /// Everything goes through `layer` from now on.
    pub(crate) fn protect(&mut self, layer: SecurityLayer) -> Fallible<()> {
        self.nothing_ahead()?;
        self.layer = Some(layer);
        Ok(())
    }

    /// A body behind a length of four octets that counts itself, if `with_itself` is true.
    pub(crate) fn body(&mut self, with_itself: bool) -> Fallible<Vec<u8>> {
        let length: [u8; 4] = self.octets(4)?.try_into().unwrap_or_default();
        let length = usize::try_from(u32::from_be_bytes(length))?;
        let counted = if with_itself { 4 } else { 0 };
        match length.checked_sub(counted) {
            Some(length) if length <= MAX_MESSAGE => self.octets(length),
            _ => Err(format!("a length of {length}").into()),
        }
    }

    /// A message: its kind and its body.
    pub(crate) fn message(&mut self) -> Fallible<(u8, Vec<u8>)> {
        let kind = self.octets(1)?;
        let kind = kind.first().copied().unwrap_or_default();
        Ok((kind, self.body(true)?))
    }

    fn octets(&mut self, count: usize) -> Fallible<Vec<u8>> {
        while self.octets.len() < count {
            self.fill()?;
        }
        Ok(self.octets.drain(..count).collect())
    }

    fn fill(&mut self) -> Fallible<()> {
        let mut read = [0; 4096];
        let read = match self.stream.read(&mut read)? {
            0 => return Err("the client has ended".into()),
            count => read.get(..count).unwrap_or_default(),
        };
        let Some(layer) = &mut self.layer else {
            self.octets.extend_from_slice(read);
            return Ok(());
        };
        self.buffers.extend_from_slice(read);
        while let Received::Message { message, consumed } = layer.unwrap(&mut self.buffers)? {
            self.octets.extend_from_slice(message);
            self.buffers.drain(..consumed);
        }
        Ok(())
    }

    pub(crate) fn send(&mut self, octets: &[u8]) -> Fallible<()> {
        let Some(layer) = &mut self.layer else {
            return Ok(self.stream.write_all(octets)?);
        };
        let mut buffers = Vec::new();
        layer.wrap(octets, &mut buffers)?;
        Ok(self.stream.write_all(&buffers)?)
    }
}
