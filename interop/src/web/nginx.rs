//! nginx before an application, which asks the daemon with `auth_request` for each request.

use std::process::Command;

use super::front::Front;
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
            let text = CONFIGURATION
                .replace("PLACE", &place.display().to_string())
                .replace("BUFFERS", buffers)
                .replace("PORT", &port.to_string())
                .replace("DAEMON", &daemon.to_string())
                .replace("APPLICATION", application);
            let mut command = Command::new("/usr/sbin/nginx");
            command
                .args(["-e", "stderr", "-c"])
                .arg(place.join("nginx.conf"));
            (text, command)
        }))
    }

    /// As clients see it.
    #[must_use]
    pub const fn server(&self) -> Server {
        Server::at(self.0.port)
    }
}

/// What of it is for the test alone stands first.
const CONFIGURATION: &str = r#"
daemon off;
worker_processes 1;
pid PLACE/pid;
error_log stderr;
events { worker_connections 1000; }
http {
  access_log off;
  client_body_temp_path PLACE/body;
  proxy_temp_path PLACE/proxy;
  fastcgi_temp_path PLACE/fastcgi;
  uwsgi_temp_path PLACE/uwsgi;
  scgi_temp_path PLACE/scgi;

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
}
"#;
