//! What is so where the file says nothing.

use super::{
    Config, CorsRules, DelegationRules, FieldName, ForwardAuth, GroupRules, Headers, Kerberos,
    Limits, Listen, LogRules, Names, Own, PasswordRules, ProxyRules, ReplayRules, Requirement,
    RoutePath, SameSiteRule, Seconds, Service, SessionRules, StatusRules, TlsRules,
};
use crate::args::{BindingPolicy, PacRule};
use std::collections::BTreeMap;

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: vec![Listen::default()],
            keytab: "/etc/portcullis/http.keytab".into(),
            kerberos: Kerberos::default(),
            realms: BTreeMap::new(),
            replay: ReplayRules::default(),
            sessions: SessionRules::default(),
            names: Names::default(),
            groups: GroupRules::default(),
            passwords: PasswordRules::default(),
            headers: Headers::default(),
            forward_auth: ForwardAuth::default(),
            proxy: ProxyRules::default(),
            own: Own::default(),
            cors: CorsRules::default(),
            tls: TlsRules::default(),
            delegation: DelegationRules::default(),
            status: StatusRules::default(),
            authorize: Requirement::default(),
            routes: Vec::new(),
            limits: Limits::default(),
            log: LogRules::default(),
        }
    }
}

impl Default for Kerberos {
    fn default() -> Self {
        Self {
            service: Service::default(),
            clock_skew: None,
            allow: Vec::new(),
            pac: PacRule::Verify,
            channel_bindings: BindingPolicy::Aware,
            proxy_certificates: Vec::new(),
            local_groups: Vec::new(),
            krb5_conf: Vec::new(),
        }
    }
}

impl Default for ReplayRules {
    fn default() -> Self {
        Self {
            records: 1 << 20,
            file: None,
            redis: None,
            redis_password_file: None,
        }
    }
}

impl Default for SessionRules {
    fn default() -> Self {
        Self {
            key_file: None,
            lifetime: Seconds(8 * 60 * 60),
            cookie: "portcullis-session".to_owned(),
            name: "HTTP".to_owned(),
            same_site: SameSiteRule::default(),
            logout: None,
            danger_without_tls: false,
        }
    }
}

impl Default for PasswordRules {
    fn default() -> Self {
        Self {
            service: None,
            kdcs: BTreeMap::new(),
            realms: Vec::new(),
            prompt: "Kerberos".to_owned(),
        }
    }
}

impl Default for Headers {
    fn default() -> Self {
        Self {
            user: FieldName::from_static("remote-user"),
            groups: FieldName::from_static("remote-groups"),
            name: FieldName::from_static("remote-name"),
            principal: FieldName::default(),
            ccache: FieldName::default(),
            strip: vec![FieldName::from_static("x-krb5-ccache")],
        }
    }
}

impl Default for ForwardAuth {
    fn default() -> Self {
        Self {
            path: RoutePath::from_static("/auth"),
        }
    }
}

impl Default for ProxyRules {
    fn default() -> Self {
        Self {
            upstream: None,
            timeout: Seconds(60),
            connect_timeout: Seconds(5),
            trust_forwarded: false,
        }
    }
}

impl Default for StatusRules {
    fn default() -> Self {
        Self {
            path: RoutePath::from_static("/portcullis/status"),
            require: Requirement::default(),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header: 64 * 1024,
            connections: 10_000,
            header_timeout: Seconds(30),
            send_timeout: Seconds(60),
            shutdown: Seconds(30),
            reload: Seconds(5),
        }
    }
}
