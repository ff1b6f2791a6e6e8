//! Where a secret comes from. The value itself is fetched when it is needed and goes nowhere but into a [`Secret`]; no
//! message repeats what was found.

use std::{
    fmt,
    io::Read,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process_group};
use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use zeroize::Zeroizing;

use super::{
    Vars,
    access::{self, Care},
    places,
};
use crate::http::Secret;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSource {
    /// A program and its arguments, no shell; what it prints is the secret.
    Command(Vec<String>),
    /// `$CREDENTIALS_DIRECTORY/NAME`, as systemd hands credentials over.
    Credential(String),
    /// A file that nobody else can read.
    File(PathBuf),
    /// An environment variable.
    Env(String),
}

/// The longest secret, in bytes.
const LIMIT: u64 = 4 << 10;
const PATIENCE: Duration = Duration::from_secs(10);

impl SecretSource {
    /// Gets the secret: up to 4 KiB of text on one line, a last line break removed. A command has 10 seconds.
    pub fn fetch(&self, vars: Vars<'_>) -> Result<Secret, String> {
        match self {
            SecretSource::Command(words) => run(words, PATIENCE),
            SecretSource::Credential(name) => {
                let folder = vars("CREDENTIALS_DIRECTORY").ok_or(
                    "CREDENTIALS_DIRECTORY is not set: this was not started by systemd with credentials",
                )?;
                let path = Path::new(&folder).join(name);
                secret(access::read(&path, Care::NotEverybodyReads, LIMIT)?)
                    .map_err(|why| told(&path.display(), why))
            }
            SecretSource::File(path) => secret(access::read(path, Care::NobodyElseReads, LIMIT)?)
                .map_err(|why| told(&path.display(), why)),
            SecretSource::Env(name) => {
                let value = vars(name).ok_or_else(|| format!("{name} is not set"))?;
                secret(value.into_encoded_bytes()).map_err(|why| told(name, why))
            }
        }
    }

    /// A file's path as it is meant by a configuration in `folder`.
    pub(super) fn resolved(self, folder: &Path, vars: Vars<'_>) -> SecretSource {
        match self {
            SecretSource::File(path) => {
                SecretSource::File(places::resolve(&path.to_string_lossy(), folder, vars))
            }
            other => other,
        }
    }
}

fn told(place: &dyn fmt::Display, why: &str) -> String {
    format!("{place} {why}")
}

fn secret(bytes: Vec<u8>) -> Result<Secret, &'static str> {
    let bytes = Zeroizing::new(bytes);
    let text = std::str::from_utf8(&bytes).map_err(|_| "gives something that is not text")?;
    let text = text.strip_suffix('\n').unwrap_or(text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.is_empty() {
        return Err("gives nothing");
    }
    if text.contains('\n') {
        return Err("gives more than one line");
    }
    if text.chars().any(char::is_control) {
        return Err("gives control characters");
    }
    Ok(Secret::new(text))
}

/// Runs the program in a process group of its own, without a terminal to ask on, and ends the whole group when its time
/// is up. What it complains about is not shown, because it may quote what it holds.
fn run(words: &[String], patience: Duration) -> Result<Secret, String> {
    let Some((program, arguments)) = words.split_first() else { return Err("the command is empty".into()) };
    let ends = Instant::now() + patience;
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .map_err(|why| format!("the command {program} could not be started: {why}"))?;
    let outcome = listen(&mut child, ends);
    if !matches!(outcome, Ok((_, Some(_)))) {
        end(&mut child);
    }
    match outcome {
        Err(why) => Err(format!("the command {program} {why}")),
        Ok((_, None)) => Err(format!("the command {program} did not end within {patience:?}")),
        Ok((_, Some(status))) if !status.success() => {
            Err(format!("the command {program} failed ({status}); run it by hand to see why"))
        }
        Ok((bytes, Some(_))) => secret(bytes).map_err(|why| format!("the command {program} {why}")),
    }
}

/// What was printed and how the program ended; no ending where time ran out.
fn listen(child: &mut Child, ends: Instant) -> Result<(Vec<u8>, Option<ExitStatus>), String> {
    let Some(stdout) = child.stdout.take() else { return Err("cannot be listened to".into()) };
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::with_capacity(LIMIT as usize + 1);
        let outcome = stdout.take(LIMIT + 1).read_to_end(&mut bytes).map(|_| bytes);
        let _ = tell.send(outcome);
    });
    let bytes = match told.recv_timeout(ends.saturating_duration_since(Instant::now())) {
        Ok(outcome) => outcome.map_err(|why| format!("could not be read: {why}"))?,
        Err(_) => return Ok((Vec::new(), None)),
    };
    if bytes.len() as u64 > LIMIT {
        return Err(format!("gives more than {LIMIT} bytes"));
    }
    // It has closed its output and will have ended, or will within moments.
    let mut nap = Duration::from_micros(200);
    loop {
        if let Some(status) = child.try_wait().map_err(|why| format!("could not be waited for: {why}"))? {
            return Ok((bytes, Some(status)));
        }
        if Instant::now() >= ends {
            return Ok((bytes, None));
        }
        std::thread::sleep(nap);
        nap = (nap * 2).min(Duration::from_millis(50));
    }
}

fn end(child: &mut Child) {
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(group, Signal::KILL);
    }
    let _ = child.kill();
    let _ = child.wait();
}

const HOW: &str = "a secret does not stand in the file; say where it comes from: \
    { command = [\"pass\", \"show\", \"NAME\"] }, { credential = \"NAME\" }, { file = \"PATH\" } or { env = \"NAME\" }";

/// Never repeats a value that it refuses: it may be the secret itself.
impl<'de> Deserialize<'de> for SecretSource {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<SecretSource, D::Error> {
        from.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = SecretSource;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HOW)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<SecretSource, E> {
        Err(E::custom(HOW))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<SecretSource, E> {
        Err(E::custom(HOW))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<SecretSource, E> {
        Err(E::custom(HOW))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<SecretSource, E> {
        Err(E::custom(HOW))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<SecretSource, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Err(A::Error::custom(HOW))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<SecretSource, A::Error> {
        let wrong = |why: &str| Err(A::Error::custom(why));
        let mut found = None;
        while let Some(key) = map.next_key::<String>()? {
            let value: toml::Value = map.next_value()?;
            if found.replace((key, value)).is_some() {
                return wrong("a secret has one source: command, credential, file or env");
            }
        }
        let Some((key, value)) = found else { return wrong(HOW) };
        let source = match (key.as_str(), value) {
            ("command", value) => {
                let words: Option<Vec<String>> = value.try_into().ok();
                match words.filter(|words| words.first().is_some_and(|program| !program.is_empty())) {
                    Some(words) => SecretSource::Command(words),
                    None => {
                        return wrong(
                            "command is a list: the program, then each of its arguments; there is no shell",
                        );
                    }
                }
            }
            ("credential", toml::Value::String(name)) if is_file_name(&name) => SecretSource::Credential(name),
            ("credential", _) => return wrong("credential is the name of a file in $CREDENTIALS_DIRECTORY"),
            ("file", toml::Value::String(path)) if !path.is_empty() => SecretSource::File(path.into()),
            ("file", _) => return wrong("file is a path"),
            ("env", toml::Value::String(name)) if !name.is_empty() && !name.contains(['=', '\0']) => {
                SecretSource::Env(name)
            }
            ("env", _) => return wrong("env is the name of an environment variable"),
            _ => return wrong(HOW),
        };
        Ok(source)
    }
}

fn is_file_name(name: &str) -> bool {
    !name.is_empty() && name != "." && name != ".." && !name.contains(['/', '\0'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_does_not_end_is_ended_with_all_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let (tell, told) = mpsc::channel();
        // The pipe has a writer for as long as the grandchild lives, and this reader ends with it.
        let reader = std::thread::spawn({
            let pipe = pipe.clone();
            move || {
                let mut file = std::fs::File::open(pipe).unwrap();
                tell.send(()).unwrap();
                file.read_to_end(&mut Vec::new()).unwrap()
            }
        });
        let script = format!("sleep 1000 > {} & echo half; wait", pipe.display());
        let words = ["sh".to_owned(), "-c".to_owned(), script];
        // The longer times are for a machine too busy to have started the shell.
        for milliseconds in [300, 3000, 9000] {
            let why = run(&words, Duration::from_millis(milliseconds)).unwrap_err();
            assert!(why.contains("the command sh did not end within "), "{why}");
            if told.try_recv().is_ok() {
                assert_eq!(reader.join().unwrap(), 0);
                return;
            }
        }
        panic!("the shell was never started");
    }
}
