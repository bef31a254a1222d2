//! One connection: whole messages out of octets, through the security layer once there is one.

use super::Fallible;
use super::ber::Header;
use core::time::Duration;
use portcullis_sasl::{Received, SecurityLayer};
use std::io::{Read, Write};
use std::net::TcpStream;

const MAX_MESSAGE: usize = 256 * 1024;
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

    /// Everything goes through `layer` from now on. What came before the client knew of it came
    /// from somebody else.
    pub(crate) fn protect(&mut self, layer: SecurityLayer) -> Fallible<()> {
        if !self.octets.is_empty() {
            return Err("octets in clear behind the login".into());
        }
        self.layer = Some(layer);
        Ok(())
    }

    /// The next message; `None` at the end.
    pub(crate) fn receive(&mut self) -> Fallible<Option<Vec<u8>>> {
        loop {
            if let Some(header) = Header::of(&self.octets)? {
                if header.whole() > MAX_MESSAGE {
                    return Err(format!("a message of {} octets", header.whole()).into());
                }
                if self.octets.len() >= header.whole() {
                    return Ok(Some(self.octets.drain(..header.whole()).collect()));
                }
            }
            if !self.fill()? {
                return Ok(None);
            }
        }
    }

    fn fill(&mut self) -> Fallible<bool> {
        let mut read = [0; 4096];
        let count = self.stream.read(&mut read)?;
        let read = read.get(..count).unwrap_or_default();
        let Some(layer) = &mut self.layer else {
            self.octets.extend_from_slice(read);
            return Ok(count > 0);
        };
        self.buffers.extend_from_slice(read);
        while let Received::Message { message, consumed } = layer.unwrap(&mut self.buffers)? {
            self.octets.extend_from_slice(message);
            self.buffers.drain(..consumed);
        }
        Ok(count > 0)
    }

    pub(crate) fn send(&mut self, message: &[u8]) -> Fallible<()> {
        let Some(layer) = &mut self.layer else {
            return Ok(self.stream.write_all(message)?);
        };
        let mut buffers = Vec::new();
        layer.wrap(message, &mut buffers)?;
        Ok(self.stream.write_all(&buffers)?)
    }
}
