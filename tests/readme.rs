//! The README says nothing that is not so: its commands are run, and their output is compared byte
//! for byte. With `UPDATE_README=1` the output is written into it instead.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use support::{Place, command_in, pipe};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn readme() -> String {
    fs::read_to_string(root().join("README.md")).unwrap()
}

/// The fenced blocks of a language: the rest of the info string, and the lines.
fn blocks<'a>(text: &'a str, language: &str) -> Vec<(&'a str, Vec<&'a str>)> {
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else {
            continue;
        };
        let content = lines.by_ref().take_while(|line| *line != "```").collect();
        if let Some(options) = info.strip_prefix(language) {
            blocks.push((options.trim(), content));
        }
    }
    blocks
}

/// The words of a command; double quotes hold them together.
fn words(command: &str) -> Vec<String> {
    command
        .split('"')
        .enumerate()
        .flat_map(|(n, part)| match n % 2 {
            0 => part.split_whitespace().map(str::to_owned).collect(),
            _ => vec![part.to_owned()],
        })
        .collect()
}

/// Runs `capilint … [< FILE]` in a folder that has a copy of the fixtures; `cat FILE` shows what it
/// wrote, and has no code of its own.
fn run(place: &Place, command: &str) -> (Option<i32>, String) {
    if let Some(file) = command.strip_prefix("cat ") {
        return (None, place.text(file));
    }
    let (command, input) = match command.split_once(" < ") {
        Some((command, file)) => (command, fs::read(place.path(file.trim())).unwrap()),
        None => (command, Vec::new()),
    };
    let mut words = words(command);
    assert_eq!(words.remove(0), "capilint", "{command}");
    let ran = pipe(place.command().args(words), &input);
    (Some(ran.code), ran.out())
}

/// The files that the commands of the README name, so that none of them can change the real ones.
fn place() -> Place {
    let place = Place::new();
    place.write("ledger.key", [7; 32]);
    for folder in ["tour", "shapes", "real/shop-day"] {
        for entry in fs::read_dir(root().join("fixtures").join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let below = path.strip_prefix(root()).unwrap();
            place.write(below.to_str().unwrap(), fs::read(&path).unwrap());
        }
    }
    place
}

#[test]
fn every_command_prints_what_the_readme_shows() {
    let text = readme();
    let mut updated = text.clone();
    let place = place();
    let mut commands = 0;
    for (options, lines) in blocks(&text, "console") {
        let code = match options.strip_prefix("exit=") {
            Some(code) => code.parse().unwrap(),
            None => 0,
        };
        let mut real = String::new();
        for command in lines.iter().filter_map(|line| line.strip_prefix("$ ")) {
            let (ended, out) = run(&place, command);
            assert_eq!(
                ended.unwrap_or(code),
                code,
                "the exit code of {command}\n{out}"
            );
            real += &format!("$ {command}\n{out}");
            commands += 1;
        }
        let shown: String = lines.iter().map(|line| format!("{line}\n")).collect();
        updated = updated.replace(&format!("\n{shown}```\n"), &format!("\n{real}```\n"));
    }
    assert!(commands > 5, "only {commands} commands were found");
    if std::env::var_os("UPDATE_README").is_some() {
        fs::write(root().join("README.md"), updated).unwrap();
    } else if updated != text {
        let wrong = text.lines().zip(updated.lines()).find(|(a, b)| a != b);
        let (shown, real) = wrong.unwrap_or_default();
        panic!(
            "README.md shows\n{shown}\nand the command prints\n{real}\n\
             UPDATE_README=1 cargo test --test readme writes what the commands print"
        );
    }
}

#[test]
fn the_first_command_ends_as_the_readme_says() {
    let text = readme();
    let line = text.lines().find(|line| line.starts_with("cargo run "));
    let (_, args) = line.unwrap().split_once(" -- ").unwrap();
    let ran = pipe(command_in(root()).args(args.split_whitespace()), b"");
    let ran = ran.ends(1);
    let out = ran.out();
    let verdict = out.lines().last().unwrap();
    assert!(text.contains(&format!("`{verdict}`")), "{verdict}");
}

#[test]
fn the_configuration_of_the_readme_is_a_gate() {
    let text = readme();
    let (_, lines) = &blocks(&text, "toml")[0];
    let place = Place::new();
    place.write("capilint.toml", lines.join("\n"));
    place.write("tests/capi/orders/purchase.json", support::CLEAN);
    place.run::<&str>(&[]).ends(0).says("pass");
    place.write("tests/capi/orders/lead.json", support::with_error());
    place.run::<&str>(&[]).ends(1).says("event-time-unit");
}

#[test]
fn every_link_leads_somewhere() {
    for file in ["README.md", "CONTRIBUTING.md", "fixtures/real/README.md"] {
        let path = root().join(file);
        let text = fs::read_to_string(&path).unwrap();
        let folder = path.parent().unwrap();
        for target in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            if target.starts_with("http") {
                continue;
            }
            let (target, heading) = target.split_once('#').unwrap_or((target, ""));
            let to: PathBuf = folder.join(target);
            assert!(to.exists(), "{file}: {target}");
            let headings = fs::read_to_string(&to).unwrap();
            let found = headings
                .lines()
                .filter(|line| line.starts_with('#'))
                .any(|line| anchor(line) == heading);
            assert!(heading.is_empty() || found, "{file}: {target}#{heading}");
        }
    }
}

/// The anchor that a heading gets.
fn anchor(heading: &str) -> String {
    heading
        .trim_start_matches('#')
        .trim()
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}
