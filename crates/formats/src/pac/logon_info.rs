//! Hot path. KERB_VALIDATION_INFO ([MS-PAC] §2.5): the account, its groups, its times.

use super::bits::bits;
use super::ndr::{FixedPart, NdrArray, NdrReader, NdrWriter, Pointer, TextHeader};
use super::{FileTime, GroupMembership, PacEncodeError, PacText, Sid, SidAndAttributes};
use crate::der::Result;
use alloc::vec::Vec;
use core::fmt;

bits! {
    /// What the KDC did when it wrote a KERB_VALIDATION_INFO ([MS-PAC] §2.5).
    UserFlags;
    GUEST = 0x1, "guest";
    NO_ENCRYPTION = 0x2, "no-encryption";
    LAN_MANAGER_KEY = 0x8, "lan-manager-key";
    /// There are SIDs beyond the domain's groups.
    EXTRA_SIDS = 0x20, "extra-sids";
    SUB_AUTHENTICATION = 0x40, "sub-authentication";
    MACHINE_ACCOUNT = 0x80, "machine-account";
    NTLM_V2 = 0x100, "ntlm-v2";
    /// There are groups of the service's domain.
    RESOURCE_GROUPS = 0x200, "resource-groups";
    PROFILE_PATH = 0x400, "profile-path";
}

bits! {
    /// The state of an account ([MS-SAMR] §2.2.1.12, USER_ACCOUNT codes).
    UserAccountControl;
    ACCOUNT_DISABLED = 0x1, "account-disabled";
    HOME_DIRECTORY_REQUIRED = 0x2, "home-directory-required";
    PASSWORD_NOT_REQUIRED = 0x4, "password-not-required";
    TEMP_DUPLICATE_ACCOUNT = 0x8, "temp-duplicate-account";
    NORMAL_ACCOUNT = 0x10, "normal-account";
    MNS_LOGON_ACCOUNT = 0x20, "mns-logon-account";
    INTERDOMAIN_TRUST_ACCOUNT = 0x40, "interdomain-trust-account";
    WORKSTATION_TRUST_ACCOUNT = 0x80, "workstation-trust-account";
    SERVER_TRUST_ACCOUNT = 0x100, "server-trust-account";
    DONT_EXPIRE_PASSWORD = 0x200, "dont-expire-password";
    ACCOUNT_AUTO_LOCKED = 0x400, "account-auto-locked";
    ENCRYPTED_TEXT_PASSWORD_ALLOWED = 0x800, "encrypted-text-password-allowed";
    SMARTCARD_REQUIRED = 0x1000, "smartcard-required";
    TRUSTED_FOR_DELEGATION = 0x2000, "trusted-for-delegation";
    NOT_DELEGATED = 0x4000, "not-delegated";
    USE_DES_KEY_ONLY = 0x8000, "use-des-key-only";
    DONT_REQUIRE_PREAUTH = 0x1_0000, "dont-require-preauth";
    PASSWORD_EXPIRED = 0x2_0000, "password-expired";
    TRUSTED_TO_AUTHENTICATE_FOR_DELEGATION = 0x4_0000, "trusted-to-authenticate-for-delegation";
    NO_AUTH_DATA_REQUIRED = 0x8_0000, "no-auth-data-required";
    PARTIAL_SECRETS_ACCOUNT = 0x10_0000, "partial-secrets-account";
    USE_AES_KEYS = 0x20_0000, "use-aes-keys";
}

/// UserSessionKey: zeros with Kerberos. `Debug` does not print it.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct UserSessionKey(pub [u8; 16]);

impl fmt::Debug for UserSessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserSessionKey")
    }
}

/// KERB_VALIDATION_INFO, not verified. The fields are those of [MS-PAC] §2.5, in its order.
///
/// To write one, fill in what there is and leave the rest to `LogonInfo::default()`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogonInfo<'a> {
    /// When the account last logged on; unset in tickets of S4U2self.
    pub logon_time: FileTime,
    /// When the session must end.
    pub logoff_time: FileTime,
    /// When the session must be ended.
    pub kick_off_time: FileTime,
    /// When the password was last set.
    pub password_last_set: FileTime,
    /// From when the password can be changed.
    pub password_can_change: FileTime,
    /// By when the password must be changed.
    pub password_must_change: FileTime,
    /// The account's name in its domain: `alice`.
    pub effective_name: PacText<'a>,
    /// The person's name: `Alice Liddell`.
    pub full_name: PacText<'a>,
    /// The path of the logon script.
    pub logon_script: PacText<'a>,
    /// The path of the profile.
    pub profile_path: PacText<'a>,
    /// The home directory.
    pub home_directory: PacText<'a>,
    /// The drive that the home directory is mapped to.
    pub home_directory_drive: PacText<'a>,
    /// How often the account logged on.
    pub logon_count: u16,
    /// How often its password was wrong.
    pub bad_password_count: u16,
    /// What the account's domain calls it; 0 when the first of the extra SIDs is the account's.
    pub user_id: u32,
    /// What the account's domain calls its primary group.
    pub primary_group_id: u32,
    /// The groups of the account's domain.
    pub group_ids: NdrArray<'a, GroupMembership>,
    /// What the KDC did when it wrote this.
    pub user_flags: UserFlags,
    /// Zeros with Kerberos.
    pub user_session_key: UserSessionKey,
    /// The NetBIOS name of the domain controller.
    pub logon_server: PacText<'a>,
    /// The NetBIOS name of the account's domain.
    pub logon_domain_name: PacText<'a>,
    /// The SID of the account's domain.
    pub logon_domain_id: Option<Sid>,
    /// The state of the account.
    pub user_account_control: UserAccountControl,
    /// The status of a subauthentication package; 0.
    pub sub_auth_status: u32,
    /// When the account last logged on at a keyboard.
    pub last_successful_i_logon: FileTime,
    /// When somebody last failed to.
    pub last_failed_i_logon: FileTime,
    /// How often since.
    pub failed_i_logon_count: u32,
    /// Groups of other domains, and SIDs of no domain.
    pub extra_sids: NdrArray<'a, SidAndAttributes>,
    /// The SID of the domain of the resource groups.
    pub resource_group_domain_sid: Option<Sid>,
    /// Groups of the service's domain.
    pub resource_group_ids: NdrArray<'a, GroupMembership>,
}

impl<'a> LogonInfo<'a> {
    /// Reads the buffer.
    ///
    /// # Errors
    /// [`DecodeError`](crate::der::DecodeError) when it is not that structure and nothing else.
    pub fn decode(octets: &'a [u8]) -> Result<Self> {
        let mut input = NdrReader::open(octets, "KERB_VALIDATION_INFO")?;
        let (mut info, pending) = Self::of_fixed(input.fixed()?);
        info.decode_deferred(&pending, &mut input)?;
        input.finish()?;
        Ok(info)
    }

    fn of_fixed(fixed: &[u8; FIXED_OCTETS]) -> (Self, Pending) {
        let mut fixed = FixedPart::new(fixed);
        let mut info = Self {
            logon_time: fixed.file_time(),
            logoff_time: fixed.file_time(),
            kick_off_time: fixed.file_time(),
            password_last_set: fixed.file_time(),
            password_can_change: fixed.file_time(),
            password_must_change: fixed.file_time(),
            ..Self::default()
        };
        let mut pending = Pending {
            names: [(); 6].map(|()| fixed.text_header()),
            ..Pending::default()
        };
        info.logon_count = fixed.uint16();
        info.bad_password_count = fixed.uint16();
        info.user_id = fixed.uint32();
        info.primary_group_id = fixed.uint32();
        pending.group_ids = fixed.list();
        info.user_flags = UserFlags(fixed.uint32());
        info.user_session_key.0 = fixed.octets();
        pending.logon_server = fixed.text_header();
        pending.logon_domain_name = fixed.text_header();
        pending.logon_domain_id = fixed.pointer();
        fixed.octets::<8>(); // Reserved1
        info.user_account_control = UserAccountControl(fixed.uint32());
        info.sub_auth_status = fixed.uint32();
        info.last_successful_i_logon = fixed.file_time();
        info.last_failed_i_logon = fixed.file_time();
        info.failed_i_logon_count = fixed.uint32();
        fixed.uint32(); // Reserved3
        pending.extra_sids = fixed.list();
        pending.resource_group_domain_sid = fixed.pointer();
        pending.resource_group_ids = fixed.list();
        (info, pending)
    }

    fn decode_deferred(&mut self, to: &Pending, input: &mut NdrReader<'a>) -> Result<()> {
        let names = [
            (&mut self.effective_name, "EffectiveName"),
            (&mut self.full_name, "FullName"),
            (&mut self.logon_script, "LogonScript"),
            (&mut self.profile_path, "ProfilePath"),
            (&mut self.home_directory, "HomeDirectory"),
            (&mut self.home_directory_drive, "HomeDirectoryDrive"),
        ];
        for ((place, field), header) in names.into_iter().zip(to.names) {
            *place = input.text(header, field)?;
        }
        let (count, pointer) = to.group_ids;
        self.group_ids = input.array(count, pointer, "GroupIds")?;
        self.logon_server = input.text(to.logon_server, "LogonServer")?;
        self.logon_domain_name = input.text(to.logon_domain_name, "LogonDomainName")?;
        self.logon_domain_id = input.optional_sid(to.logon_domain_id, "LogonDomainId")?;
        let (count, pointer) = to.extra_sids;
        self.extra_sids = input.array(count, pointer, "ExtraSids")?;
        self.resource_group_domain_sid =
            input.optional_sid(to.resource_group_domain_sid, "ResourceGroupDomainSid")?;
        let (count, pointer) = to.resource_group_ids;
        self.resource_group_ids = input.array(count, pointer, "ResourceGroupIds")?;
        Ok(())
    }

    /// Writes the buffer, octet by octet as Windows does.
    ///
    /// # Errors
    /// [`PacEncodeError`] when a text takes 64 KiB.
    pub fn encode(&self) -> core::result::Result<Vec<u8>, PacEncodeError> {
        NdrWriter::encode(|output| {
            self.encode_account(output);
            self.encode_domain(output);
        })
    }

    fn encode_account(&self, output: &mut NdrWriter) {
        output.file_time(self.logon_time);
        output.file_time(self.logoff_time);
        output.file_time(self.kick_off_time);
        output.file_time(self.password_last_set);
        output.file_time(self.password_can_change);
        output.file_time(self.password_must_change);
        output.text(self.effective_name, "EffectiveName");
        output.text(self.full_name, "FullName");
        output.text(self.logon_script, "LogonScript");
        output.text(self.profile_path, "ProfilePath");
        output.text(self.home_directory, "HomeDirectory");
        output.text(self.home_directory_drive, "HomeDirectoryDrive");
        output.uint16(self.logon_count);
        output.uint16(self.bad_password_count);
        output.uint32(self.user_id);
        output.uint32(self.primary_group_id);
        output.array(&self.group_ids, "GroupIds");
    }

    fn encode_domain(&self, output: &mut NdrWriter) {
        output.uint32(self.user_flags.0);
        output.octets(&self.user_session_key.0);
        output.terminated_text(self.logon_server, "LogonServer");
        output.terminated_text(self.logon_domain_name, "LogonDomainName");
        output.optional_sid(self.logon_domain_id);
        output.octets(&[0; 8]); // Reserved1
        output.uint32(self.user_account_control.0);
        output.uint32(self.sub_auth_status);
        output.file_time(self.last_successful_i_logon);
        output.file_time(self.last_failed_i_logon);
        output.uint32(self.failed_i_logon_count);
        output.uint32(0); // Reserved3
        output.array(&self.extra_sids, "ExtraSids");
        output.optional_sid(self.resource_group_domain_sid);
        output.array(&self.resource_group_ids, "ResourceGroupIds");
    }
}

/// The octets of the fixed part, in which everything stands at multiples of its size.
const FIXED_OCTETS: usize = 216;

/// What the pointers of the fixed part point to is still to be read.
#[derive(Default)]
struct Pending {
    /// From EffectiveName to HomeDirectoryDrive.
    names: [TextHeader; 6],
    group_ids: (u32, Pointer),
    logon_server: TextHeader,
    logon_domain_name: TextHeader,
    logon_domain_id: Pointer,
    extra_sids: (u32, Pointer),
    resource_group_domain_sid: Pointer,
    resource_group_ids: (u32, Pointer),
}
