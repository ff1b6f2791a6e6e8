//! What the kernel tells of a process (proc(5)).

use std::time::Duration;

use rustix::process::Pid;

/// How busy a program has been, to be compared with later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rest {
    /// Voluntary context switches of all threads: each is a sleep after being awake.
    pub switches: u64,
    /// Bytes written to the terminal.
    pub bytes: usize,
}

/// User and system time; nothing once the process has ended.
pub fn cpu_time(pid: Pid) -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).ok()?;
    // The name in parentheses may hold anything; the fields behind it are counted from the third.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    if fields.first() == Some(&"Z") {
        return None;
    }
    let ticks = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
    // Linux counts in hundredths of a second here, whatever its own clock.
    Some(Duration::from_millis(10 * (ticks(14)? + ticks(15)?)))
}

pub fn voluntary_switches(pid: Pid) -> u64 {
    let tasks = std::fs::read_dir(format!("/proc/{}/task", pid.as_raw_nonzero())).unwrap();
    let of_task = |task: std::fs::DirEntry| {
        let status = std::fs::read_to_string(task.path().join("status")).ok()?;
        status
            .lines()
            .find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"))?
            .trim()
            .parse::<u64>()
            .ok()
    };
    tasks.flatten().filter_map(of_task).sum()
}

/// The second line of the shell's `times`: "0m0.010s 0m0.020s", user and system time of its children.
pub fn children_time(times: &str) -> Duration {
    let line = times.lines().nth(1).unwrap();
    let time = |words: &str| {
        let (minutes, seconds) = words.trim_end_matches('s').split_once('m').unwrap();
        Duration::from_secs_f64(60.0 * minutes.parse::<f64>().unwrap() + seconds.parse::<f64>().unwrap())
    };
    line.split_whitespace().map(time).sum()
}
