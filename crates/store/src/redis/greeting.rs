//! What a server must say of itself before it is trusted with records.

use super::error::RedisError;
use super::resp::{Reply, command};
use super::settings::RedisSettings;
use core::time::Duration;
use zeroize::Zeroizing;

/// Our introduction: commands, the last of which asks for what [`uptime`] reads.
pub(super) fn introduction(settings: &RedisSettings) -> Vec<Zeroizing<Vec<u8>>> {
    let mut commands = Vec::new();
    if let Some(password) = &settings.password {
        let mut words: Vec<&[u8]> = vec![b"AUTH"];
        words.extend(settings.username.as_ref().map(String::as_bytes));
        words.push(password.as_bytes());
        commands.push(command(&words).into());
    }
    if let Some(number) = settings.database {
        commands.push(command(&[b"SELECT", number.to_string().as_bytes()]).into());
    }
    commands.push(command(&[b"INFO"]).into());
    commands
}

/// For how long the server has been up, from its reply to the last of our commands.
///
/// # Errors
/// When it may forget records before they expire.
pub(super) fn uptime(reply: &Reply) -> Result<Duration, RedisError> {
    let text = match reply {
        Reply::Bulk(text) => String::from_utf8_lossy(text),
        Reply::Error(text) => return Err(RedisError::Refused(text.clone())),
        Reply::Simple(_) | Reply::Null => return Err(RedisError::Malformed),
    };
    let field = |name: &'static str| {
        let mut fields = text.lines().filter_map(|line| line.split_once(':'));
        let found = fields.find(|(field, _)| *field == name);
        found
            .map(|(_, value)| value.trim())
            .ok_or(RedisError::Untold(name))
    };
    let policy = field("maxmemory_policy")?;
    if field("maxmemory")? != "0" && policy != "noeviction" {
        return Err(RedisError::Evicts(policy.to_owned()));
    }
    let seconds = field("uptime_in_seconds")?.parse();
    seconds
        .map(Duration::from_secs)
        .map_err(|_| RedisError::Untold("uptime_in_seconds"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An excerpt of what Redis 7.0.15 says.
    const INFO: &str = "# Server\r\nredis_version:7.0.15\r\nuptime_in_seconds:4711\r\n\
        uptime_in_days:0\r\n\r\n# Memory\r\nmaxmemory:0\r\nmaxmemory_human:0B\r\n\
        maxmemory_policy:allkeys-lru\r\n";

    fn told(info: &str) -> Result<Duration, RedisError> {
        uptime(&Reply::Bulk(info.as_bytes().to_vec()))
    }

    #[test]
    fn a_server_that_has_no_bound_on_its_memory_evicts_nothing() {
        assert_eq!(told(INFO), Ok(Duration::from_secs(4711)));
    }

    #[test]
    fn a_server_that_evicts_is_refused() {
        let bounded = INFO.replace("maxmemory:0", "maxmemory:1048576");
        let refused = Err(RedisError::Evicts("allkeys-lru".to_owned()));
        assert_eq!(told(&bounded), refused);

        let keeps = bounded.replace("allkeys-lru", "noeviction");
        assert!(told(&keeps).is_ok());
        let volatile = bounded.replace("allkeys-lru", "volatile-ttl");
        assert!(told(&volatile).is_err(), "records have a time to live");
    }

    #[test]
    fn a_server_that_does_not_tell_is_refused() {
        for field in ["uptime_in_seconds", "maxmemory", "maxmemory_policy"] {
            let without = INFO.replace(&format!("\n{field}:"), "\nx:");
            assert_eq!(told(&without), Err(RedisError::Untold(field)));
        }
        let odd = INFO.replace("4711", "long");
        assert_eq!(told(&odd), Err(RedisError::Untold("uptime_in_seconds")));
        let forbidden = "NOPERM this user has no permissions to run the 'info' command";
        let reply = Reply::Error(forbidden.to_owned());
        assert_eq!(
            uptime(&reply),
            Err(RedisError::Refused(forbidden.to_owned()))
        );
        assert_eq!(uptime(&Reply::Null), Err(RedisError::Malformed));
    }
}
