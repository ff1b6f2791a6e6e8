//! Text whose lines were broken for the way and go on behind a blank (RFC 3676).

/// The lines as they were written.
pub fn unfolded(text: &str, deletes_blank: bool) -> Vec<String> {
    let mut lines = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for line in text.lines() {
        let quoted = line.len() - line.trim_start_matches('>').len();
        let line = line.get(quoted..).unwrap_or_default();
        let line = line.strip_prefix(' ').unwrap_or(line);
        let goes_on = line.ends_with(' ') && line != "-- ";
        let (depth, mut whole) = match open.take() {
            Some((depth, whole)) if depth == quoted && line != "-- " => (depth, whole),
            before => {
                lines.extend(before.map(|(depth, whole)| marked(depth, &whole)));
                (quoted, String::new())
            }
        };
        whole.push_str(if goes_on && deletes_blank { line.strip_suffix(' ').unwrap_or(line) } else { line });
        if goes_on {
            open = Some((depth, whole));
        } else {
            lines.push(marked(depth, &whole));
        }
    }
    lines.extend(open.map(|(depth, whole)| marked(depth, &whole)));
    lines
}

/// With its quote marks before it.
fn marked(depth: usize, line: &str) -> String {
    let line = line.trim_end();
    if depth == 0 { line.to_owned() } else { format!("{} {line}", ">".repeat(depth)).trim_end().to_owned() }
}
