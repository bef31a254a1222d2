//! The third leg of DCE style: the client's own AP-REP ([MS-KILE] §3.4.5.1).

use super::Conversation;
use super::answer::AnswerFacts;
use crate::Fault;
use crate::draft::{Damage, seal};
use portcullis_crypto::KeyUsage;
use portcullis_formats::der::Encode;
use portcullis_formats::messages::{ApRep, EncApRepPart, EncryptedData, EncryptionKey};
use portcullis_formats::registry::EtypeNumber;

impl Conversation {
    /// The client's AP-REP, which repeats the acceptor's sequence number.
    pub(super) fn third_leg(&self, answer: AnswerFacts) -> Vec<u8> {
        let etype = EtypeNumber(self.session_key.enctype().number());
        let subkey = self.has(Fault::ThirdLegSubkey).then(|| EncryptionKey {
            keytype: etype,
            keyvalue: self.session_key.expose_octets(),
        });
        let sequence = match self.has(Fault::ThirdLegSequence) {
            true => answer.sequence.wrapping_add(1),
            false => answer.sequence,
        };
        let part = EncApRepPart {
            ctime: self.ctime,
            cusec: self.cusec,
            subkey,
            seq_number: Some(sequence),
        };
        let confounder = self.random.confounder();
        let mut cipher = seal(
            &self.session_key,
            KeyUsage::AP_REP,
            confounder,
            &part.to_der(),
        );
        if self.has(Fault::TamperedThirdLeg) {
            Damage::Tampered.apply(&mut cipher);
        }
        ApRep {
            enc_part: EncryptedData {
                etype,
                kvno: None,
                cipher: &cipher,
            },
        }
        .to_der()
    }
}
