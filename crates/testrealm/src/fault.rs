//! [`Fault`]: the one thing that is wrong with a token.

/// The names of all faults, once.
macro_rules! faults {
    ($($(#[$doc:meta])* $fault:ident,)*) => {
        /// One thing that is wrong with a token. Everything else about the token is as it should
        /// be, so that a refusal is due to the fault alone.
        #[non_exhaustive]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Fault {
            $($(#[$doc])* $fault,)*
        }

        impl Fault {
            /// All of them, in the order in which a token meets the checks.
            #[must_use]
            pub const fn all() -> &'static [Self] {
                &[$(Self::$fault,)*]
            }
        }
    };
}

faults! {
    // The token.
    /// The last octet is missing.
    Truncated,
    /// An octet more at the end.
    TrailingOctets,
    /// An AP-REP where the AP-REQ is due.
    ApRepToken,
    /// The DCE-style flag in a token with a frame.
    FramedDceStyle,

    // The first message of SPNEGO, which the token then is.
    /// The list of mechanisms is missing.
    NoMechList,
    /// The list of mechanisms is empty.
    EmptyMechList,
    /// NTLM alone is in the list of mechanisms, and its token with it.
    OnlyNtlm,

    // The AP-REQ and what of the ticket stands in clear.
    /// `pvno` is 4.
    ProtocolVersion,
    /// `msg-type` is not that of an AP-REQ.
    MessageType,
    /// The option `use-session-key`: the ticket is for user-to-user authentication.
    UserToUser,
    /// `tkt-vno` is 4.
    TicketVersion,
    /// The service's name has no component.
    NoServiceComponents,
    /// The ticket is for a service of which the keytab has no key, and sealed with that one's.
    UnknownService,
    /// The ticket is sealed with the service's next key, after a change of its password.
    MissingKvno,
    /// The ticket is sealed with a key of the service of another encryption type: AES128 with
    /// SHA-2, or AES256 with SHA-2 where that is the service's own.
    MissingEnctype,
    /// The ticket says that it is of DES.
    DesTicket,
    /// The ticket is sealed with a key that is not the service's, and says that it is.
    WrongServiceKey,
    /// One bit of the sealed ticket is another.
    TamperedTicket,
    /// The sealed ticket has three octets.
    TicketTooShort,

    // What is sealed in the ticket.
    /// There is no ticket in the ciphertext.
    MalformedTicket,
    /// The session key is an octet short.
    SessionKeyLength,
    /// The session key is of an encryption type that nobody knows.
    UnknownSessionEnctype,
    /// The session key is of RC4-HMAC.
    WeakSessionKey,
    /// The client's name has no component.
    NoClientComponents,
    /// The client's name has a NUL in it.
    NulInClientName,
    /// The client's realm is empty.
    EmptyClientRealm,
    /// The ticket is valid from another address only: 203.0.113.99.
    WrongAddress,
    /// The ticket begins an hour from now.
    NotYetValid,
    /// The ticket ended an hour ago.
    Expired,
    /// The ticket has the INVALID flag.
    InvalidFlag,
    /// The client is of another realm and came through one that may not vouch for it.
    TransitedRealm,
    /// The client is of another realm and its path is in an encoding that nobody knows.
    TransitedType,
    /// The client is `WELLKNOWN/ANONYMOUS`.
    Anonymous,
    /// The ticket serves as FAST armor only.
    ArmorTicket,
    /// The ticket has authorization data of an unknown type outside AD-IF-RELEVANT.
    CriticalTicketData,

    // The ticket's PAC.
    /// The ticket has two PACs.
    SecondPac,
    /// The PAC's last octets are missing.
    TruncatedPac,
    /// The PAC's version is 1.
    PacVersion,
    /// The PAC has no buffers.
    NoPacBuffers,
    /// The PAC claims 2³² - 1 buffers.
    PacBufferCount,
    /// The PAC's first buffer ends beyond it.
    PacBufferOutside,
    /// The PAC's first buffer begins at 2⁶⁴ - 8.
    PacBufferOffset,
    /// The PAC's first buffer begins at no multiple of eight.
    PacBufferMisaligned,
    /// The PAC's first buffer begins within the header.
    PacBufferInHeader,
    /// The PAC's first two buffers begin at the same place.
    PacBuffersOverlap,
    /// The PAC has two LOGON_INFOs.
    TwoPacLogonInfos,
    /// The PAC lacks the service's signature.
    NoPacServerSignature,
    /// The PAC lacks the KDC's signature.
    NoPacKdcSignature,
    /// The service's signature of the PAC is an MD5: anybody can make that.
    PacUnkeyedSignature,
    /// The service's signature of the PAC is of a type that goes with another key: RC4-HMAC, or AES
    /// where the service's key is of RC4-HMAC.
    PacSignatureType,
    /// The service's signature of the PAC has four octets.
    PacSignatureLength,
    /// One bit of the service's signature of the PAC is another.
    PacServerSignature,
    /// The PAC is signed with a key that is not the service's.
    PacServerKey,
    /// One bit of the PAC's contents is another.
    TamperedPac,
    /// One bit of the KDC's signature of the PAC is another. Accepted by whoever lacks the KDC's
    /// key, as nearly every service does; this holds for the next two as well.
    PacKdcSignature,
    /// One bit of the KDC's signature of the whole PAC is another.
    PacFullSignature,
    /// One bit of the KDC's signature of the ticket is another.
    PacTicketSignature,
    /// The PAC lacks CLIENT_INFO.
    NoPacClientInfo,
    /// The PAC is of a login of the day before.
    PacOtherLogin,
    /// The PAC is of another client.
    PacOtherClient,
    /// The PAC's LOGON_INFO ends too early.
    MalformedPacLogonInfo,
    /// The PAC's account is of no domain.
    NoPacDomain,
    /// The PAC's UPN_DNS_INFO has another account's SID.
    PacOtherSid,
    /// The PAC's REQUESTOR is somebody else.
    PacOtherRequestor,

    // The authenticator.
    /// The authenticator says that it is of another encryption type than the session key.
    AuthenticatorEnctype,
    /// The authenticator is sealed with another key than the ticket's session key.
    WrongSessionKey,
    /// One bit of the sealed authenticator is another.
    TamperedAuthenticator,
    /// The sealed authenticator has three octets.
    AuthenticatorTooShort,
    /// There is no authenticator in the ciphertext.
    MalformedAuthenticator,
    /// `authenticator-vno` is 4.
    AuthenticatorVersion,
    /// The authenticator names another client than the ticket.
    WrongClientName,
    /// The authenticator names a client of the same name in another realm.
    WrongClientRealm,
    /// The client's clock is an hour ahead.
    ClockAhead,
    /// The client's clock is an hour behind.
    ClockBehind,
    /// The subkey is of an encryption type that nobody knows.
    UnknownSubkeyEnctype,
    /// The subkey is of RC4-HMAC.
    WeakSubkey,
    /// The subkey is an octet short.
    SubkeyLength,

    // The authenticator's checksum.
    /// There is no checksum. Accepted: as if there were no flags and no bindings.
    NoChecksum,
    /// The checksum ends within its flags.
    ChecksumTooShort,
    /// The checksum says that its bindings have 17 octets.
    ChecksumLength,
    /// An extension of the checksum ends beyond it.
    ChecksumExtension,
    /// The checksum is the MD5 of nothing: anybody can make that.
    UnkeyedChecksum,
    /// The checksum is a keyed one, of a type that goes with another key.
    OtherChecksumType,
    /// The checksum is of the right type and wrong.
    ChecksumValue,
    /// The client sees another channel.
    DifferentBindings,
    /// The client says that it sends bindings where it has any, and sends none: somebody in between
    /// has the other end of its channel.
    WithheldBindings,

    // The credential that the client delegates.
    /// Before the credential another number than 1.
    CredentialOption,
    /// The credential ends beyond the checksum.
    CredentialLength,
    /// Where the credential should be there is none.
    MalformedCredential,
    /// One bit of the sealed credential is another.
    TamperedCredential,
    /// The credential is sealed with a key that is nobody's.
    CredentialKey,
    /// One ticket, two descriptions.
    CredentialCount,
    /// One ticket, no description.
    UndescribedCredential,
    /// No ticket and no description.
    NoCredentials,
    /// The description lacks the client's name.
    NamelessCredential,

    // The authenticator's authorization data.
    /// Authorization data of an unknown type outside AD-IF-RELEVANT.
    CriticalAuthenticatorData,
    /// AD-IF-RELEVANT within itself, a hundred times.
    DeepAuthorizationData,
    /// AD-AP-OPTIONS twice.
    ApOptionsTwice,
    /// AD-AP-OPTIONS of three octets.
    ApOptionsLength,
    /// A PAC that the client wrote itself. Accepted, and worth nothing.
    PacInAuthenticator,

    // Later legs.
    /// The message after the acceptor's choice of a mechanism is empty.
    EmptyLaterToken,
    /// One bit of the initiator's mechListMIC is another.
    TamperedMechListMic,
    /// The initiator's mechListMIC is missing.
    MissingMechListMic,
    /// The acceptor's mechListMIC is sent back to it.
    ReflectedMechListMic,
    /// The list of mechanisms was changed on its way to the acceptor.
    ChangedMechList,
    /// The third leg of DCE style has another sequence number.
    ThirdLegSequence,
    /// The third leg of DCE style proposes a subkey.
    ThirdLegSubkey,
    /// One bit of the third leg of DCE style is another.
    TamperedThirdLeg,
}

impl Fault {
    /// Whether it is one of the ticket's PAC. What belongs together stands together above.
    pub(crate) fn is_of_pac(self) -> bool {
        (Self::SecondPac..=Self::PacOtherRequestor).contains(&self)
    }

    /// Whether it is one of SPNEGO's first message.
    pub(crate) fn is_of_offer(self) -> bool {
        (Self::NoMechList..=Self::OnlyNtlm).contains(&self)
    }

    /// Whether it is one of the credential that the client delegates.
    pub(crate) fn is_of_credential(self) -> bool {
        (Self::CredentialOption..=Self::NamelessCredential).contains(&self)
    }
}
