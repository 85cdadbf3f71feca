//! How much memory this process may use.

use std::fs;
use std::path::{Path, PathBuf};

/// What a process may take when nobody says how much.
const USUAL: u64 = 4 << 30;

/// The memory limit of the control group, else the memory of the machine.
pub fn limit() -> u64 {
    let text = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let groups = text("/proc/self/cgroup");
    let machine = machine_memory(&text("/proc/meminfo")).unwrap_or(USUAL);
    limit_files(&groups)
        .into_iter()
        .filter_map(|path| fs::read_to_string(path).ok())
        .filter_map(|text| text.trim().parse::<u64>().ok())
        .fold(machine, u64::min)
}

/// The files that may hold a limit: of the group that the process is in, and of all around it.
fn limit_files(groups: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for line in groups.lines() {
        let mut parts = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(group)) = (parts.next(), parts.next()) else {
            continue;
        };
        let (root, file) = match controllers {
            "" => ("/sys/fs/cgroup", "memory.max"),
            "memory" => ("/sys/fs/cgroup/memory", "memory.limit_in_bytes"),
            _ => continue,
        };
        let group = Path::new(group.trim_start_matches('/'));
        files.extend(
            group
                .ancestors()
                .map(|group| Path::new(root).join(group).join(file)),
        );
    }
    files
}

/// `MemTotal` in bytes.
fn machine_memory(text: &str) -> Option<u64> {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes << 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_of_both_kinds_and_those_around_them() {
        let files = limit_files("0::/user.slice/app.service\n9:memory:/docker/abc\n8:pids:/x\n");
        let names: Vec<_> = files.iter().map(|file| file.to_str().unwrap()).collect();
        assert_eq!(
            names,
            [
                "/sys/fs/cgroup/user.slice/app.service/memory.max",
                "/sys/fs/cgroup/user.slice/memory.max",
                "/sys/fs/cgroup/memory.max",
                "/sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes",
                "/sys/fs/cgroup/memory/docker/memory.limit_in_bytes",
                "/sys/fs/cgroup/memory/memory.limit_in_bytes",
            ]
        );
    }

    #[test]
    fn the_memory_of_the_machine() {
        let text = "MemTotal:       16384 kB\nMemFree:  1 kB\n";
        assert_eq!(machine_memory(text), Some(16 << 20));
        assert!(limit() > 0);
    }
}
