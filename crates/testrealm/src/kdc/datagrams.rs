//! The KDC on UDP (RFC 4120 §7.2.1): one thread empties the socket, others answer, so that a burst
//! of clients does not overflow what the system keeps for us.

use super::MiniKdc;
use core::net::SocketAddr;
use core::sync::atomic::{AtomicBool, Ordering};
use portcullis_formats::registry::ErrorCode;
use std::net::UdpSocket;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::SystemTime;

/// The longest datagram that there is.
const LONGEST_REQUEST: usize = 65_536;
/// The longest reply in one datagram, MIT krb5's default.
const LONGEST_REPLY: usize = 4096;
/// How many requests may wait.
const QUEUE: usize = 8192;
/// How many threads answer.
const WORKERS: usize = 2;

type Request = (Vec<u8>, SocketAddr);

/// Answers until `stop` and one more datagram.
pub(super) fn answer(
    kdc: &MiniKdc,
    socket: UdpSocket,
    stop: &Arc<AtomicBool>,
) -> Vec<JoinHandle<()>> {
    let (sender, receiver) = sync_channel(QUEUE);
    let (socket, receiver) = (Arc::new(socket), Arc::new(Mutex::new(receiver)));
    let mut threads = Vec::new();
    for _ in 0..WORKERS {
        let (kdc, socket, receiver) = (kdc.clone(), socket.clone(), receiver.clone());
        threads.push(thread::spawn(move || work(&kdc, &socket, &receiver)));
    }
    let stop = stop.clone();
    threads.push(thread::spawn(move || receive(&socket, &sender, &stop)));
    threads
}

fn receive(socket: &UdpSocket, sender: &SyncSender<Request>, stop: &AtomicBool) {
    let mut buffer = vec![0; LONGEST_REQUEST];
    loop {
        let received = socket.recv_from(&mut buffer);
        if stop.load(Ordering::Acquire) {
            return; // and the workers find nobody who sends
        }
        // An error is about an earlier reply that found its client gone.
        let Ok((length, client)) = received else {
            continue;
        };
        let request = buffer.get(..length).unwrap_or_default().to_vec();
        if sender.send((request, client)).is_err() {
            return;
        }
    }
}

fn work(kdc: &MiniKdc, socket: &UdpSocket, receiver: &Mutex<Receiver<Request>>) {
    loop {
        let next = receiver
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv();
        let Ok((request, client)) = next else {
            return;
        };
        let reply = kdc.answer_datagram(&request, SystemTime::now());
        if !reply.is_empty() {
            let _ = socket.send_to(&reply, client);
        }
    }
}

impl MiniKdc {
    /// The reply as it fits into one datagram.
    fn answer_datagram(&self, request: &[u8], now: SystemTime) -> Vec<u8> {
        let reply = self.answer(request, now);
        if reply.len() > LONGEST_REPLY {
            return self.refuse(ErrorCode::RESPONSE_TOO_BIG, "RESPONSE_TOO_BIG", now);
        }
        reply
    }
}
