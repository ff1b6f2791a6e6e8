//! Rust source as far as the shape of a tree needs it: without comments and the insides of strings, and the paths
//! that it names.

/// The same text, line by line, with comments and the insides of strings and character literals blanked out.
pub fn bare(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut bare = Vec::with_capacity(letters.len());
    let at = |at: usize| letters.get(at).copied().unwrap_or('\0');
    let mut here = 0;
    while here < letters.len() {
        let end = match (at(here), at(here + 1)) {
            ('/', '/') => line_end(&letters, here),
            ('/', '*') => comment_end(&letters, here),
            ('"', _) => string_end(&letters, here),
            ('\'', '\\') => {
                (here + 3..letters.len()).find(|&end| letters[end] == '\'').map_or(letters.len(), |end| end + 1)
            }
            ('\'', _) if at(here + 2) == '\'' => here + 3,
            ('r', '"' | '#') if raw_start(&letters, here).is_some() => raw_end(&letters, here),
            _ => {
                bare.push(letters[here]);
                here += 1;
                continue;
            }
        };
        bare.extend(letters[here..end].iter().map(|letter| if *letter == '\n' { '\n' } else { ' ' }));
        here = end;
    }
    bare.into_iter().collect()
}

fn line_end(letters: &[char], from: usize) -> usize {
    (from..letters.len()).find(|&end| letters[end] == '\n').unwrap_or(letters.len())
}

/// Block comments nest.
fn comment_end(letters: &[char], from: usize) -> usize {
    let (mut here, mut depth) = (from, 0);
    while here < letters.len() {
        match (letters[here], letters.get(here + 1)) {
            ('/', Some('*')) => (depth, here) = (depth + 1, here + 2),
            ('*', Some('/')) => (depth, here) = (depth - 1, here + 2),
            _ => here += 1,
        }
        if depth == 0 {
            return here;
        }
    }
    here
}

fn string_end(letters: &[char], from: usize) -> usize {
    let mut here = from + 1;
    while here < letters.len() {
        match letters[here] {
            '\\' => here += 2,
            '"' => return here + 1,
            _ => here += 1,
        }
    }
    letters.len()
}

/// How many `#` a raw string begins with; none for `r#word` and for a word that merely ends in r.
fn raw_start(letters: &[char], from: usize) -> Option<usize> {
    let before = from.checked_sub(1).map_or(' ', |before| letters[before]);
    let prefixed =
        matches!(before, 'b' | 'c') && !from.checked_sub(2).is_some_and(|before| is_word(letters[before]));
    let hashes = letters[from + 1..].iter().take_while(|letter| **letter == '#').count();
    let opened = letters.get(from + 1 + hashes) == Some(&'"');
    (opened && (prefixed || !is_word(before))).then_some(hashes)
}

fn raw_end(letters: &[char], from: usize) -> usize {
    let hashes = raw_start(letters, from).unwrap_or(0);
    let closing: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
    let inside = from + 2 + hashes;
    (inside..letters.len())
        .find(|&at| letters[at..].starts_with(&closing))
        .map_or(letters.len(), |at| at + closing.len())
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Bare code with every item under `#[cfg(test)]` blanked out.
pub fn without_tests(bare: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut kept = String::with_capacity(bare.len());
    let mut rest = bare;
    while let Some(at) = rest.find(MARK) {
        kept.push_str(&rest[..at]);
        let item = &rest[at..at + item_length(&rest[at..])];
        kept.extend(item.chars().map(|letter| if letter == '\n' { '\n' } else { ' ' }));
        rest = &rest[at + item.len()..];
    }
    kept + rest
}

/// From an attribute to the end of the item below it: its last brace or its semicolon.
fn item_length(item: &str) -> usize {
    let (mut braces, mut others) = (0, 0);
    for (at, letter) in item.char_indices() {
        match letter {
            '{' => braces += 1,
            '}' if braces == 1 => return at + 1,
            '}' => braces -= 1,
            '(' | '[' => others += 1,
            ')' | ']' => others -= 1,
            ';' if braces == 0 && others == 0 => return at + 1,
            _ => {}
        }
    }
    item.len()
}

/// A word, `::`, or a single sign, and the line it stands on (from 1).
#[derive(Clone, Debug, PartialEq)]
pub struct Token<'a> {
    pub word: &'a str,
    pub line: usize,
}

pub fn tokens(bare: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    for (line, text) in bare.lines().enumerate() {
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let length = match first {
                letter if is_word(letter) => rest.find(|letter: char| !is_word(letter)).unwrap_or(rest.len()),
                ':' if rest.starts_with("::") => 2,
                letter => letter.len_utf8(),
            };
            if !first.is_whitespace() {
                tokens.push(Token { word: &rest[..length], line: line + 1 });
            }
            rest = &rest[length..];
        }
    }
    tokens
}

/// A path from the crate's root or from another crate, and the line where it begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    pub path: Vec<String>,
    pub line: usize,
}

/// Every path that begins with `crate`, `super`, `self`, `casedesk` or one of `others`, with use trees unfolded. The
/// first three are resolved to paths from the crate's root ("provider", "nets", "wire"); `casedesk` is dropped like
/// `crate`; paths of `others` keep their first word.
pub fn named(path: &str, bare: &str, others: &[&str]) -> Vec<Named> {
    let tokens = tokens(bare);
    let mut place = place(path);
    let mut braces = Vec::new();
    let mut found = Vec::new();
    let word = |at: usize| tokens.get(at).map_or("", |token| token.word);
    for at in 0..tokens.len() {
        match word(at) {
            "{" => {
                let inside = at >= 2 && word(at - 2) == "mod";
                if inside {
                    place.push(word(at - 1).to_owned());
                }
                braces.push(inside);
            }
            "}" if braces.pop() == Some(true) => drop(place.pop()),
            first if word(at + 1) == "::" && (at == 0 || word(at - 1) != "::") => {
                let (from, at) = match first {
                    "crate" | "casedesk" => (Vec::new(), at + 2),
                    "self" => (place.clone(), at + 2),
                    "super" => {
                        let mut from = place.clone();
                        let mut at = at;
                        while word(at) == "super" && word(at + 1) == "::" {
                            from.pop();
                            at += 2;
                        }
                        (from, at)
                    }
                    other if others.contains(&other) => (vec![other.to_owned()], at + 2),
                    _ => continue,
                };
                unfold(&tokens, at, from, &mut found);
            }
            _ => {}
        }
    }
    found
}

/// Reads one use tree (or the rest of a path) from a token on. Returns the token after it.
fn unfold(tokens: &[Token], at: usize, from: Vec<String>, found: &mut Vec<Named>) -> usize {
    let Some(token) = tokens.get(at) else { return at };
    let next = |at: usize| tokens.get(at).map_or("", |token| token.word);
    match token.word {
        "{" => {
            let mut at = at + 1;
            while at < tokens.len() && next(at) != "}" {
                at = match next(at) {
                    "," => at + 1,
                    "as" => at + 2,
                    _ => unfold(tokens, at, from.clone(), found),
                };
            }
            at + 1
        }
        "self" => {
            found.push(Named { path: from, line: token.line });
            at + 1
        }
        word => {
            let mut path = from;
            path.push(word.to_owned());
            if next(at + 1) == "::" && (next(at + 2) == "{" || next(at + 2) == "*" || starts_word(next(at + 2)))
            {
                return unfold(tokens, at + 2, path, found);
            }
            found.push(Named { path, line: token.line });
            at + 1
        }
    }
}

fn starts_word(word: &str) -> bool {
    word.chars().next().is_some_and(is_word)
}

/// The module that a file is: "src/desk/list.rs" is desk, list; "src/desk/mod.rs" is desk.
fn place(path: &str) -> Vec<String> {
    let below = path.trim_start_matches("src/").trim_end_matches(".rs");
    let mut place: Vec<_> = below.split('/').map(str::to_owned).collect();
    if place.last().is_some_and(|last| last == "mod") {
        place.pop();
    }
    place
}
