//! The messages, as far as they may come back changed (RFC 4120 §5, RFC 4178 §4.2).

use crate::canonical::Shape::{self, Flags, List, Same, Sequence, Tagged, Unsigned};

const PAIR: Shape = Sequence(&[(0, &Same), (1, &Same)]);
const ENCRYPTED_DATA: Shape = Sequence(&[(0, &Same), (1, &Unsigned), (2, &Same)]);

const TICKET: Shape = Tagged(&Sequence(&[
    (0, &Same),
    (1, &Same),
    (2, &PAIR),
    (3, &ENCRYPTED_DATA),
]));

pub const AP_REQ: Shape = Tagged(&Sequence(&[
    (0, &Same),
    (1, &Same),
    (2, &Flags),
    (3, &TICKET),
    (4, &ENCRYPTED_DATA),
]));

pub const AP_REP: Shape = Tagged(&Sequence(&[(0, &Same), (1, &Same), (2, &ENCRYPTED_DATA)]));

pub const ENC_AP_REP_PART: Shape = Tagged(&Sequence(&[
    (0, &Same),
    (1, &Same),
    (2, &PAIR),
    (3, &Unsigned),
]));

pub const KRB_ERROR: Shape = Tagged(&Sequence(&[
    (0, &Same),
    (1, &Same),
    (2, &Same),
    (3, &Same),
    (4, &Same),
    (5, &Same),
    (6, &Same),
    (7, &Same),
    (8, &PAIR),
    (9, &Same),
    (10, &PAIR),
    (11, &Same),
    (12, &Same),
]));

pub const ENC_TICKET_PART: Shape = Tagged(&Sequence(&[
    (0, &Flags),
    (1, &PAIR),
    (2, &Same),
    (3, &PAIR),
    (4, &PAIR),
    (5, &Same),
    (6, &Same),
    (7, &Same),
    (8, &Same),
    (9, &Same),
    (10, &Same),
]));

pub const AUTHENTICATOR: Shape = Tagged(&Sequence(&[
    (0, &Same),
    (1, &Same),
    (2, &PAIR),
    (3, &PAIR),
    (4, &Same),
    (5, &Same),
    (6, &PAIR),
    (7, &Unsigned),
    (8, &Same),
]));

pub const KRB_CRED: Shape = Tagged(&Sequence(&[
    (0, &Same),
    (1, &Same),
    (2, &Same),
    (3, &ENCRYPTED_DATA),
]));

pub const ENC_KRB_CRED_PART: Shape = Tagged(&Sequence(&[
    (0, &Same),
    (1, &Unsigned),
    (2, &Same),
    (3, &Same),
    (4, &PAIR),
    (5, &PAIR),
]));

pub const KRB_CRED_INFO: Shape = Sequence(&[
    (0, &PAIR),
    (1, &Same),
    (2, &PAIR),
    (3, &Flags),
    (4, &Same),
    (5, &Same),
    (6, &Same),
    (7, &Same),
    (8, &Same),
    (9, &PAIR),
    (10, &List),
]);

pub const KDC_REP: Shape = Tagged(&Sequence(&[
    (0, &Same),
    (1, &Same),
    (2, &List),
    (3, &Same),
    (4, &PAIR),
    (5, &TICKET),
    (6, &ENCRYPTED_DATA),
]));

pub const ENC_KDC_REP_PART: Shape = Tagged(&Sequence(&[
    (0, &PAIR),
    (1, &Same),
    (2, &Unsigned),
    (3, &Same),
    (4, &Flags),
    (5, &Same),
    (6, &Same),
    (7, &Same),
    (8, &Same),
    (9, &Same),
    (10, &PAIR),
    (11, &List),
    (12, &List),
]));

pub const NEG_TOKEN_RESP: Shape =
    Tagged(&Sequence(&[(0, &Same), (1, &Same), (2, &Same), (3, &Same)]));
