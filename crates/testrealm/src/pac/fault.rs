//! What can be wrong with a PAC.

use super::PacDraft;
use super::contents::ServerSignature;
use crate::Fault;
use core::ops::Range;
use portcullis_formats::messages::KerberosTime;
use portcullis_formats::pac::{
    ClientInfo, FileTime, LogonInfo, PacBufferType, PacText, Sid, UpnDnsAccount, UpnDnsInfo,
};
use std::sync::Arc;

/// The SID of somebody else: the administrator of another domain.
const STRANGER: [u32; 5] = [21, 1, 2, 3, 500];
/// Where in a PAC the places of its buffers stand: type, size, offset.
const FIRST_INFO: usize = 8;
const FIRST_SIZE: Range<usize> = 12..16;
const FIRST_OFFSET: Range<usize> = 16..24;
const SECOND_OFFSET: Range<usize> = 32..40;

impl PacDraft {
    /// Gets the fault if it is one of a PAC's.
    pub(crate) fn spoil(&mut self, fault: Fault) {
        match fault {
            Fault::PacServerSignature => self.tampered.push(PacBufferType::SERVER_CHECKSUM),
            Fault::PacKdcSignature => self.tampered.push(PacBufferType::KDC_CHECKSUM),
            Fault::PacTicketSignature => self.tampered.push(PacBufferType::TICKET_CHECKSUM),
            Fault::PacFullSignature => self.tampered.push(PacBufferType::FULL_CHECKSUM),
            Fault::PacUnkeyedSignature => self.server_signature = ServerSignature::Unkeyed,
            Fault::PacSignatureType => self.server_signature = ServerSignature::OtherType,
            Fault::PacSignatureLength => self.server_signature = ServerSignature::Short,
            Fault::NoPacServerSignature => self.unsigned.push(PacBufferType::SERVER_CHECKSUM),
            Fault::NoPacKdcSignature => self.unsigned.push(PacBufferType::KDC_CHECKSUM),
            Fault::NoPacClientInfo => self
                .buffers
                .retain(|(buffer_type, _)| *buffer_type != PacBufferType::CLIENT_INFO),
            Fault::TwoPacLogonInfos => {
                let of_logon = |it: &&(PacBufferType, _)| it.0 == PacBufferType::LOGON_INFO;
                let logon_info = self.buffers.iter().find(of_logon).cloned();
                self.buffers.extend(logon_info);
            }
            _ => {
                self.spoil_contents(fault);
                self.spoil_octets(fault);
            }
        }
    }

    /// Faults of buffers that are signed as they are.
    fn spoil_contents(&mut self, fault: Fault) {
        match fault {
            Fault::PacOtherClient => self.change(PacBufferType::CLIENT_INFO, |octets| {
                let info = ClientInfo::decode(octets).ok()?;
                let name = PacText::from("mallory");
                ClientInfo { name, ..info }.encode().ok()
            }),
            Fault::PacOtherLogin => self.change(PacBufferType::CLIENT_INFO, |octets| {
                let info = ClientInfo::decode(octets).ok()?;
                let yesterday = info.client_id.as_unix()?.saturating_sub(86_400);
                let client_id = FileTime::from_unix(KerberosTime::from_unix(yesterday).as_unix());
                ClientInfo { client_id, ..info }.encode().ok()
            }),
            Fault::PacOtherSid => self.change(PacBufferType::UPN_DNS_INFO, |octets| {
                let info = UpnDnsInfo::decode(octets).ok()?;
                let account = UpnDnsAccount {
                    sid: stranger(),
                    ..info.account?
                };
                let account = Some(account);
                UpnDnsInfo { account, ..info }.encode().ok()
            }),
            Fault::PacOtherRequestor => {
                let requestor = (PacBufferType::REQUESTOR, stranger().encode());
                self.buffers.push(requestor);
            }
            Fault::NoPacDomain => self.change(PacBufferType::LOGON_INFO, |octets| {
                let info = LogonInfo::decode(octets).ok()?;
                let logon_domain_id = None;
                LogonInfo {
                    logon_domain_id,
                    ..info
                }
                .encode()
                .ok()
            }),
            Fault::MalformedPacLogonInfo => self.change(PacBufferType::LOGON_INFO, |octets| {
                octets
                    .get(..octets.len().saturating_sub(8))
                    .map(<[u8]>::to_vec)
            }),
            _ => {}
        }
    }

    /// Faults of the container, and of what was signed.
    fn spoil_octets(&mut self, fault: Fault) {
        match fault {
            Fault::TamperedPac => self.edit(|octets| {
                let middle = octets.len() / 3; // in LOGON_INFO, the longest by far
                if let Some(octet) = octets.get_mut(middle) {
                    *octet ^= 1;
                }
            }),
            Fault::TruncatedPac => {
                self.edit(|octets| octets.truncate(octets.len().saturating_sub(8)));
            }
            Fault::PacVersion => self.edit(|octets| set(octets, 4..8, 1)),
            Fault::NoPacBuffers => self.edit(|octets| set(octets, 0..4, 0)),
            Fault::PacBufferCount => self.edit(|octets| set(octets, 0..4, u32::MAX.into())),
            Fault::PacBufferOutside => self.edit(|octets| set(octets, FIRST_SIZE, u32::MAX.into())),
            Fault::PacBufferOffset => self.edit(|octets| set(octets, FIRST_OFFSET, !7)),
            Fault::PacBufferMisaligned => self.edit(|octets| {
                let offset = octets.get(FIRST_OFFSET.start).copied().unwrap_or_default();
                set(
                    octets,
                    FIRST_OFFSET.start..FIRST_OFFSET.start.saturating_add(1),
                    u64::from(offset | 1),
                );
            }),
            Fault::PacBufferInHeader => self.edit(|octets| {
                set(
                    octets,
                    FIRST_OFFSET,
                    u64::try_from(FIRST_INFO).unwrap_or_default(),
                );
            }),
            Fault::PacBuffersOverlap => self.edit(|octets| {
                let first = octets.get(FIRST_OFFSET).map(<[u8]>::to_vec);
                let second = octets.get_mut(SECOND_OFFSET);
                if let (Some(first), Some(second)) = (first, second) {
                    second.copy_from_slice(&first);
                }
            }),
            _ => {}
        }
    }

    /// Changes the buffer of a type, if there is one and it is what it should be.
    fn change(&mut self, buffer_type: PacBufferType, change: fn(&[u8]) -> Option<Vec<u8>>) {
        let mut buffers = self.buffers.iter_mut();
        let found = buffers.find(|(present, _)| *present == buffer_type);
        if let Some((_, octets)) = found
            && let Some(changed) = change(octets)
        {
            *octets = changed;
        }
    }

    fn edit(&mut self, edit: fn(&mut Vec<u8>)) {
        self.edits.push(Arc::new(move |mut octets| {
            edit(&mut octets);
            octets
        }));
    }
}

fn stranger() -> Sid {
    Sid::new(5, &STRANGER).unwrap_or(Sid::NULL)
}

/// Writes a number, little-endian.
fn set(octets: &mut [u8], place: Range<usize>, number: u64) {
    let place = octets.get_mut(place).unwrap_or_default();
    let octets = place.iter_mut().zip(number.to_le_bytes());
    octets.for_each(|(to, from)| *to = from);
}
