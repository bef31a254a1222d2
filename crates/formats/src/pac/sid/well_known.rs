//! SIDs that mean the same everywhere ([MS-DTYP] §2.4.2.4), and their names.

use super::Sid;

/// A well-known SID: authority, then sub-authorities.
const fn sid(authority: u64, sub_authorities: &[u32]) -> Sid {
    match Sid::new(authority, sub_authorities) {
        Ok(sid) => sid,
        Err(_) => Sid::NULL,
    }
}

impl Sid {
    /// `S-1-0-0`: nobody.
    pub const NULL: Self = Self {
        authority: 0,
        count: 1,
        sub_authorities: [0; super::MOST_SUB_AUTHORITIES],
    };
    /// `S-1-1-0`: everybody.
    pub const EVERYONE: Self = sid(1, &[0]);
    /// `S-1-5-9`: the domain controllers of the forest.
    pub const ENTERPRISE_DOMAIN_CONTROLLERS: Self = sid(5, &[9]);
    /// `S-1-5-11`: everybody who authenticated.
    pub const AUTHENTICATED_USERS: Self = sid(5, &[11]);
    /// `S-1-5-32-544`: the administrators of a machine or domain.
    pub const BUILTIN_ADMINISTRATORS: Self = sid(5, &[32, 544]);
    /// `S-1-5-32-545`: the users of a machine or domain.
    pub const BUILTIN_USERS: Self = sid(5, &[32, 545]);
    /// `S-1-5-21-0-0-0-496`: the device is part of the identity.
    pub const COMPOUNDED_AUTHENTICATION: Self = sid(5, &[21, 0, 0, 0, 496]);
    /// `S-1-5-21-0-0-0-497`: the claims count.
    pub const CLAIMS_VALID: Self = sid(5, &[21, 0, 0, 0, 497]);
    /// `S-1-18-1`: the KDC says that the user proved who it is.
    pub const AUTHENTICATION_AUTHORITY_ASSERTED_IDENTITY: Self = sid(18, &[1]);
    /// `S-1-18-2`: a service says who the user is (S4U2self); the user proved nothing.
    pub const SERVICE_ASSERTED_IDENTITY: Self = sid(18, &[2]);

    /// Its name in English as Windows shows it, for the SIDs that every domain has.
    #[must_use]
    pub fn well_known_name(&self) -> Option<&'static str> {
        match (self.authority, self.sub_authorities()) {
            (0, [0]) => Some("Null"),
            (1, [0]) => Some("Everyone"),
            (5, [21, 0, 0, 0, 496]) => Some("Compounded Authentication"),
            (5, [21, 0, 0, 0, 497]) => Some("Claims Valid"),
            (5, [21, _, _, _, rid]) => in_a_domain(*rid),
            (5, [32, rid]) => builtin(*rid),
            (5, [64, 10]) => Some("NTLM Authentication"),
            (5, [64, 14]) => Some("SChannel Authentication"),
            (5, [64, 21]) => Some("Digest Authentication"),
            (5, [identity]) => of_windows(*identity),
            (18, [1]) => Some("Authentication authority asserted identity"),
            (18, [2]) => Some("Service asserted identity"),
            (18, [3]) => Some("Fresh public key identity"),
            (18, [4]) => Some("Key trust identity"),
            (18, [5]) => Some("Key property multi-factor authentication"),
            (18, [6]) => Some("Key property attestation"),
            _ => None,
        }
    }
}

const fn of_windows(identity: u32) -> Option<&'static str> {
    Some(match identity {
        2 => "Network",
        4 => "Interactive",
        6 => "Service",
        7 => "Anonymous",
        9 => "Enterprise Domain Controllers",
        10 => "Self",
        11 => "Authenticated Users",
        13 => "Terminal Server User",
        15 => "This Organization",
        18 => "Local System",
        19 => "Local Service",
        20 => "Network Service",
        113 => "Local account",
        114 => "Local account and member of Administrators group",
        1000 => "Other Organization",
        _ => return None,
    })
}

const fn builtin(rid: u32) -> Option<&'static str> {
    Some(match rid {
        544 => "BUILTIN\\Administrators",
        545 => "BUILTIN\\Users",
        546 => "BUILTIN\\Guests",
        551 => "BUILTIN\\Backup Operators",
        555 => "BUILTIN\\Remote Desktop Users",
        _ => return None,
    })
}

const fn in_a_domain(rid: u32) -> Option<&'static str> {
    Some(match rid {
        500 => "Administrator",
        501 => "Guest",
        502 => "krbtgt",
        512 => "Domain Admins",
        513 => "Domain Users",
        514 => "Domain Guests",
        515 => "Domain Computers",
        516 => "Domain Controllers",
        517 => "Cert Publishers",
        518 => "Schema Admins",
        519 => "Enterprise Admins",
        520 => "Group Policy Creator Owners",
        521 => "Read-only Domain Controllers",
        525 => "Protected Users",
        526 => "Key Admins",
        527 => "Enterprise Key Admins",
        553 => "RAS and IAS Servers",
        571 => "Allowed RODC Password Replication Group",
        572 => "Denied RODC Password Replication Group",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn constants_print_as_their_documents_write_them() {
        for (sid, text) in [
            (Sid::NULL, "S-1-0-0"),
            (Sid::EVERYONE, "S-1-1-0"),
            (Sid::ENTERPRISE_DOMAIN_CONTROLLERS, "S-1-5-9"),
            (Sid::AUTHENTICATED_USERS, "S-1-5-11"),
            (Sid::BUILTIN_ADMINISTRATORS, "S-1-5-32-544"),
            (Sid::BUILTIN_USERS, "S-1-5-32-545"),
            (Sid::COMPOUNDED_AUTHENTICATION, "S-1-5-21-0-0-0-496"),
            (Sid::CLAIMS_VALID, "S-1-5-21-0-0-0-497"),
            (Sid::AUTHENTICATION_AUTHORITY_ASSERTED_IDENTITY, "S-1-18-1"),
            (Sid::SERVICE_ASSERTED_IDENTITY, "S-1-18-2"),
        ] {
            assert_eq!(sid.to_string(), text);
            assert!(sid.well_known_name().is_some(), "{text}");
        }
    }

    /// [MS-DTYP] §2.4.2.4, [MS-SFU] §2.2.
    #[test]
    fn every_sid_of_the_documents_has_the_name_that_windows_shows() {
        for (text, name) in [
            ("S-1-0-0", "Null"),
            ("S-1-1-0", "Everyone"),
            ("S-1-5-2", "Network"),
            ("S-1-5-4", "Interactive"),
            ("S-1-5-6", "Service"),
            ("S-1-5-7", "Anonymous"),
            ("S-1-5-9", "Enterprise Domain Controllers"),
            ("S-1-5-10", "Self"),
            ("S-1-5-11", "Authenticated Users"),
            ("S-1-5-13", "Terminal Server User"),
            ("S-1-5-15", "This Organization"),
            ("S-1-5-18", "Local System"),
            ("S-1-5-19", "Local Service"),
            ("S-1-5-20", "Network Service"),
            ("S-1-5-113", "Local account"),
            (
                "S-1-5-114",
                "Local account and member of Administrators group",
            ),
            ("S-1-5-1000", "Other Organization"),
            ("S-1-5-21-0-0-0-496", "Compounded Authentication"),
            ("S-1-5-21-0-0-0-497", "Claims Valid"),
            ("S-1-5-32-544", "BUILTIN\\Administrators"),
            ("S-1-5-32-545", "BUILTIN\\Users"),
            ("S-1-5-32-546", "BUILTIN\\Guests"),
            ("S-1-5-32-551", "BUILTIN\\Backup Operators"),
            ("S-1-5-32-555", "BUILTIN\\Remote Desktop Users"),
            ("S-1-5-64-10", "NTLM Authentication"),
            ("S-1-5-64-14", "SChannel Authentication"),
            ("S-1-5-64-21", "Digest Authentication"),
            ("S-1-18-1", "Authentication authority asserted identity"),
            ("S-1-18-2", "Service asserted identity"),
            ("S-1-18-3", "Fresh public key identity"),
            ("S-1-18-4", "Key trust identity"),
            ("S-1-18-5", "Key property multi-factor authentication"),
            ("S-1-18-6", "Key property attestation"),
        ] {
            let sid = text.parse::<Sid>().unwrap();
            assert_eq!(sid.well_known_name(), Some(name), "{text}");
        }
    }

    /// [MS-DTYP] §2.4.2.4: what every domain has.
    #[test]
    fn every_relative_identifier_of_the_documents_has_its_name() {
        for (rid, name) in [
            (500, "Administrator"),
            (501, "Guest"),
            (502, "krbtgt"),
            (512, "Domain Admins"),
            (513, "Domain Users"),
            (514, "Domain Guests"),
            (515, "Domain Computers"),
            (516, "Domain Controllers"),
            (517, "Cert Publishers"),
            (518, "Schema Admins"),
            (519, "Enterprise Admins"),
            (520, "Group Policy Creator Owners"),
            (521, "Read-only Domain Controllers"),
            (525, "Protected Users"),
            (526, "Key Admins"),
            (527, "Enterprise Key Admins"),
            (553, "RAS and IAS Servers"),
            (571, "Allowed RODC Password Replication Group"),
            (572, "Denied RODC Password Replication Group"),
        ] {
            let sid = Sid::new(5, &[21, 7, 8, 9, rid]).unwrap();
            assert_eq!(sid.well_known_name(), Some(name), "{rid}");
        }
    }

    #[test]
    fn a_relative_identifier_has_its_name_in_a_domain_alone() {
        let name = |text: &str| text.parse::<Sid>().unwrap().well_known_name();
        assert_eq!(name("S-1-5-21-7-8-9-512"), Some("Domain Admins"));
        assert_eq!(name("S-1-5-21-7-8-512"), None);
        assert_eq!(name("S-1-5-512"), None);
        assert_eq!(name("S-1-5-21-7-8-9-1104"), None);
        assert_eq!(name("S-1-5-32-545"), Some("BUILTIN\\Users"));
        assert_eq!(name("S-1-5-18"), Some("Local System"));
    }
}
