//! A PAC for alice, to be varied before it is signed or after.

use portcullis::formats::der::{Encode, SequenceOf, SequenceOfBuf};
use portcullis::formats::keytab::KeytabFile;
use portcullis::formats::messages::AuthorizationDataElement;
use portcullis::formats::pac::{
    ClientInfo, FileTime, GroupAttributes, GroupMembership, LogonInfo, PacBufferType, PacWriter,
    Sid, SidAndAttributes, UnsignedPac, UpnDnsAccount, UpnDnsFlags, UpnDnsInfo,
};
use portcullis::formats::registry::{AuthDataType, ChecksumTypeNumber};
use portcullis_crypto::{Enctype, Key, KeyUsage};
use portcullis_testrealm::TestService;
use std::time::{SystemTime, UNIX_EPOCH};

/// The domain of the realm.
pub(crate) fn domain() -> Sid {
    sid("S-1-5-21-1004336348-1177238915-682003330")
}

pub(crate) fn sid(text: &str) -> Sid {
    text.parse().unwrap()
}

pub(crate) fn group(rid: u32, attributes: GroupAttributes) -> GroupMembership {
    GroupMembership {
        relative_id: rid,
        attributes,
    }
}

/// The octets of a service's key.
pub(crate) fn key(service: &TestService) -> Key {
    let octets = service.keytab_octets();
    let file = KeytabFile::open(&octets).unwrap();
    let entry = file.records().next().unwrap().unwrap();
    Key::new(Enctype::try_from(entry.etype.0).unwrap(), entry.key).unwrap()
}

/// What is in alice's PAC.
#[derive(Clone)]
pub(crate) struct Draft {
    pub(crate) name: String,
    pub(crate) login: FileTime,
    pub(crate) info: Option<LogonInfo<'static>>,
    pub(crate) upn_sid: Sid,
    pub(crate) others: Vec<(PacBufferType, Vec<u8>)>,
    pub(crate) left_out: Vec<PacBufferType>,
    pub(crate) checksum_type: Option<ChecksumTypeNumber>,
}

const GROUPS: [GroupMembership; 2] = [
    GroupMembership {
        relative_id: 513,
        attributes: GroupAttributes::ORDINARY,
    },
    GroupMembership {
        relative_id: 1104,
        attributes: GroupAttributes::ORDINARY,
    },
];

impl Draft {
    pub(crate) fn of_alice(login: SystemTime) -> Self {
        let seconds = login.duration_since(UNIX_EPOCH).unwrap().as_secs();
        Self {
            name: "alice".into(),
            login: FileTime::from_unix(seconds.try_into().unwrap()),
            info: Some(LogonInfo {
                effective_name: "alice".into(),
                full_name: "Alice Liddell".into(),
                user_id: 1103,
                primary_group_id: 513,
                group_ids: GROUPS.as_slice().into(),
                logon_domain_name: "EXAMPLE".into(),
                logon_domain_id: Some(domain()),
                ..LogonInfo::default()
            }),
            upn_sid: domain().with_rid(1103).unwrap(),
            others: Vec::new(),
            left_out: Vec::new(),
            checksum_type: None,
        }
    }

    /// The account's extra SIDs.
    pub(crate) fn extra(&mut self, sids: Vec<&str>) {
        let sids: Vec<_> = sids
            .into_iter()
            .map(|text| SidAndAttributes {
                sid: sid(text),
                attributes: GroupAttributes::ORDINARY,
            })
            .collect();
        self.info.as_mut().unwrap().extra_sids = Vec::leak(sids)[..].into();
    }

    fn buffers(&self) -> Vec<(PacBufferType, Vec<u8>)> {
        let client = ClientInfo {
            client_id: self.login,
            name: self.name.as_str().into(),
        };
        let names = UpnDnsInfo {
            upn: "alice@example.test".into(),
            dns_domain_name: "EXAMPLE.TEST".into(),
            flags: UpnDnsFlags(0),
            account: Some(UpnDnsAccount {
                sam_name: "alice".into(),
                sid: self.upn_sid,
            }),
        };
        let mut buffers = Vec::new();
        if let Some(info) = &self.info {
            buffers.push((PacBufferType::LOGON_INFO, info.encode().unwrap()));
        }
        buffers.push((PacBufferType::CLIENT_INFO, client.encode().unwrap()));
        buffers.push((PacBufferType::UPN_DNS_INFO, names.encode().unwrap()));
        buffers.extend(self.others.iter().cloned());
        buffers
    }

    /// Laid out, with zeros for signatures.
    pub(crate) fn lay_out(&self, key: &Key) -> UnsignedPac {
        let made = ChecksumTypeNumber(key.enctype().checksum_type());
        let checksum_type = self.checksum_type.unwrap_or(made);
        let mut pac = PacWriter::new();
        for (buffer_type, octets) in self.buffers() {
            if !self.left_out.contains(&buffer_type) {
                pac = pac.buffer(buffer_type, octets);
            }
        }
        let kdc = ChecksumTypeNumber::HMAC_SHA1_96_AES256;
        for (buffer_type, checksum_type) in [
            (PacBufferType::SERVER_CHECKSUM, checksum_type),
            (PacBufferType::KDC_CHECKSUM, kdc),
        ] {
            if !self.left_out.contains(&buffer_type) {
                pac = pac.signature(buffer_type, checksum_type);
            }
        }
        pac.finish()
    }

    /// Signed for the service.
    pub(crate) fn sign(&self, key: &Key) -> Vec<u8> {
        let mut pac = self.lay_out(key);
        let signature = key.mac(KeyUsage::PAC_CHECKSUM).checksum(&[pac.octets()]);
        let _ = pac.sign(PacBufferType::SERVER_CHECKSUM, signature.as_ref());
        pac.into_vec()
    }
}

/// The value of an AD-IF-RELEVANT that holds these.
pub(crate) fn if_relevant(elements: &[(AuthDataType, &[u8])]) -> Vec<u8> {
    let elements: Vec<_> = elements
        .iter()
        .map(|(ad_type, ad_data)| AuthorizationDataElement {
            ad_type: *ad_type,
            ad_data,
        })
        .collect();
    let elements = SequenceOfBuf::of(&elements);
    let list: SequenceOf<'_, AuthorizationDataElement<'_>> = elements.borrow();
    list.to_der()
}
