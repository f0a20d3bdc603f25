//! Each line goes to standard output, for `docker compose logs`, and to a file where LOG_DIR names a folder.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

pub struct Log {
    file: Option<File>,
}

impl Log {
    pub fn open(folder: Option<OsString>) -> Self {
        let file = folder.map(|folder| {
            let path = PathBuf::from(folder).join("backend.log");
            let opened = OpenOptions::new().create(true).append(true).open(&path);
            opened.unwrap_or_else(|error| panic!("cannot open {}: {error}", path.display()))
        });
        Self { file }
    }

    pub fn line(&self, message: &str) {
        let seconds = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        let line = format!("{seconds} {message}\n");
        print!("{line}");
        if let Some(mut file) = self.file.as_ref() {
            // A full disk must not stop the service: standard output has the line.
            let _ = file.write_all(line.as_bytes());
        }
    }
}
