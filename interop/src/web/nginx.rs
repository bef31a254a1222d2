//! nginx before an application, which asks the daemon with `auth_request` for each request.

use super::front::{Front, nginx_with};
use crate::http::Server;

/// A running nginx.
#[derive(Debug)]
pub struct Nginx(Front);

/// How much of a header it reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Buffers {
    /// As it comes: 8 KiB for a field.
    Default,
    /// As tickets with many groups need it: 64 KiB.
    Large,
}

impl Nginx {
    /// Starts it before `application` (`unix:/a/path`), guarded by the daemon at `daemon` on loopback.
    ///
    /// # Panics
    /// When it does not come up.
    #[must_use]
    pub fn start(daemon: u16, application: &str, buffers: Buffers) -> Self {
        let buffers = match buffers {
            Buffers::Default => "",
            Buffers::Large => "large_client_header_buffers 4 64k;",
        };
        Self(Front::start("nginx.conf", |place, port| {
            let site = SITE
                .replace("BUFFERS", buffers)
                .replace("PORT", &port.to_string())
                .replace("DAEMON", &daemon.to_string())
                .replace("APPLICATION", application);
            nginx_with(place, &site)
        }))
    }

    /// As clients see it.
    #[must_use]
    pub const fn server(&self) -> Server {
        Server::at(self.0.port)
    }
}

const SITE: &str = r#"
  upstream application { server APPLICATION; }
  upstream portcullis { server 127.0.0.1:DAEMON; keepalive 16; }

  server {
    listen 127.0.0.1:PORT;
    BUFFERS

    location / {
      auth_request /portcullis;
      auth_request_set $user $upstream_http_remote_user;
      auth_request_set $groups $upstream_http_remote_groups;
      auth_request_set $name $upstream_http_remote_name;
      auth_request_set $ccache $upstream_http_x_krb5_ccache;
      auth_request_set $cookie $upstream_http_set_cookie;
      auth_request_set $answer $upstream_http_www_authenticate;
      add_header Set-Cookie $cookie;
      add_header WWW-Authenticate $answer;

      proxy_pass http://application;
      proxy_set_header Host $http_host;
      proxy_set_header Remote-User $user;
      proxy_set_header Remote-Groups $groups;
      proxy_set_header Remote-Name $name;
      proxy_set_header X-Krb5-Ccache $ccache;
      proxy_set_header Authorization "";
    }

    location = /portcullis {
      internal;
      proxy_pass http://portcullis/auth;
      proxy_pass_request_body off;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Content-Length "";
      proxy_set_header Host $http_host;
      proxy_set_header X-Original-URI $request_uri;
      proxy_set_header X-Original-Method $request_method;
      proxy_set_header X-Forwarded-Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Uri "";
      proxy_set_header X-Forwarded-Method "";
    }
  }
"#;
