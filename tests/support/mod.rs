//! Runs the binary as a stranger would: in an empty folder, with nothing of this machine's
//! environment.

#![allow(dead_code)]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// The day on which the events of the tests live.
pub const AS_OF: &str = "2026-06-26T00:00:00Z";

/// A website event without a fault.
pub const CLEAN: &str = r#"{"event_name":"Purchase","event_time":1782396602,"event_id":"order-58213","action_source":"website","event_source_url":"https://shop.example.com/checkout/thank-you","user_data":{"em":["1a45e38ee20e0a7bb946cc3feb16d3ce47a8de1c5a5d0a6dda15561f70fb0f18"],"client_ip_address":"81.2.69.142","client_user_agent":"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36","fbp":"fb.1.1782390000123.774411908"},"custom_data":{"value":249.00,"currency":"EUR","order_id":"58213"}}"#;

/// The SHA-256 of the e-mail address in [`CLEAN`].
pub const EM: &str = "1a45e38ee20e0a7bb946cc3feb16d3ce47a8de1c5a5d0a6dda15561f70fb0f18";

/// A clean event like [`CLEAN`], of another order.
pub fn another(number: u32) -> String {
    CLEAN.replace("58213", &format!("5{number}8213"))
}

/// The clean event with one error, CL403: a time in milliseconds. There is a safe fix.
pub fn with_error() -> String {
    CLEAN.replace("1782396602,", "1782396602000,")
}

/// The clean event with one warning, CL109: a digest in capitals. There is a safe fix.
pub fn with_warning() -> String {
    CLEAN.replace(EM, &EM.to_ascii_uppercase())
}

/// The clean event with one info, CL001: a comment.
pub fn with_info() -> String {
    CLEAN.replace("\"event_id\"", "/* the order */ \"event_id\"")
}

/// The events, one a line.
pub fn lines<S: AsRef<str>>(events: &[S]) -> String {
    events
        .iter()
        .map(|event| format!("{}\n", event.as_ref()))
        .collect()
}

/// A folder of its own.
pub struct Place {
    folder: TempDir,
}

impl Place {
    pub fn new() -> Place {
        Place {
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file, and the folders it is in.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        fs::write(&path, content).expect("a file");
        path
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).expect("a file")
    }

    pub fn text(&self, name: &str) -> String {
        String::from_utf8(self.read(name)).expect("text")
    }

    /// The names of the files in the folder.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.folder.path())
            .expect("a folder")
            .map(|entry| entry.expect("an entry").file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// The binary, to be started in this folder.
    pub fn command(&self) -> Command {
        command_in(self.folder.path())
    }

    /// Runs with nothing on standard input.
    pub fn run<S: AsRef<std::ffi::OsStr>>(&self, args: &[S]) -> Ran {
        self.pipe(b"", args)
    }

    /// Runs with this on standard input.
    pub fn pipe<S: AsRef<std::ffi::OsStr>>(&self, input: impl AsRef<[u8]>, args: &[S]) -> Ran {
        pipe(self.command().args(args), input.as_ref())
    }

    /// Runs `check --as-of …` with more arguments, separated by spaces.
    pub fn check(&self, args: &str) -> Ran {
        self.run(&check_args(args))
    }

    /// As [`Place::check`], with this on standard input.
    pub fn check_piped(&self, input: impl AsRef<[u8]>, args: &str) -> Ran {
        self.pipe(input, &check_args(args))
    }
}

fn check_args(args: &str) -> Vec<&str> {
    let mut all = vec!["check", "--as-of", AS_OF];
    all.extend(args.split_whitespace());
    all
}

/// The binary in a folder, without an environment.
pub fn command_in(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_capilint"));
    command
        .current_dir(folder)
        .env_clear()
        .env("TERM", "dumb")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs a command with this on standard input.
pub fn pipe(command: &mut Command, input: &[u8]) -> Ran {
    let mut child = command.spawn().expect("the binary starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.to_vec();
    // It may end without reading all of it.
    let writer = std::thread::spawn(move || stdin.write_all(&input).is_ok());
    let output = child.wait_with_output().expect("the binary ends");
    let _ = writer.join();
    Ran {
        code: output.status.code().expect("no signal"),
        stdout: output.stdout,
        stderr: output.stderr,
    }
}

/// How it went.
pub struct Ran {
    pub code: i32,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
}

impl Ran {
    pub fn out(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    pub fn err(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }

    /// All that was printed.
    pub fn all(&self) -> String {
        self.out() + &self.err()
    }

    /// Fails unless the exit code is this one.
    #[track_caller]
    pub fn ends(self, code: i32) -> Ran {
        assert_eq!(
            self.code,
            code,
            "\n--- stdout\n{}\n--- stderr\n{}",
            self.out(),
            self.err()
        );
        self
    }

    /// Fails unless this text was printed.
    #[track_caller]
    pub fn says(self, text: &str) -> Ran {
        assert!(
            self.all().contains(text),
            "{text:?} is not in {}",
            self.all()
        );
        self
    }

    /// Fails if this text was printed.
    #[track_caller]
    pub fn silent_on(self, text: &str) -> Ran {
        assert!(!self.all().contains(text), "{text:?} is in {}", self.all());
        self
    }

    /// Standard output as one JSON value.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.stdout)
            .unwrap_or_else(|error| panic!("{error} in {}", self.all()))
    }

    /// Standard output as one JSON value a line.
    #[track_caller]
    pub fn ndjson(&self) -> Vec<Value> {
        self.out()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e} in {line}")))
            .collect()
    }
}

/// Findings by id in a report of `--format json`.
pub fn ids(report: &Value) -> std::collections::BTreeMap<String, u64> {
    let mut ids = std::collections::BTreeMap::new();
    for finding in report["findings"].as_array().expect("findings") {
        let id = finding["id"].as_str().expect("an id").to_owned();
        *ids.entry(id).or_insert(0) += 1;
    }
    ids
}

/// Packed as gzip.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Unpacked from gzip, all members.
pub fn gunzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut decoder = flate2::read::MultiGzDecoder::new(bytes);
    std::io::Read::read_to_end(&mut decoder, &mut out).unwrap();
    out
}

/// Whether the tests run as a user whom permissions do not bind.
pub fn is_root() -> bool {
    let probe = tempfile::tempdir().unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(probe.path(), fs::Permissions::from_mode(0o500)).unwrap();
    }
    fs::write(probe.path().join("a"), "").is_ok()
}
