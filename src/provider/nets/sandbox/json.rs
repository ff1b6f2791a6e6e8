//! Writes JSON member by member: 20,000 cases are written for one answer.

pub struct Json<'a> {
    out: &'a mut String,
    first: bool,
}

impl<'a> Json<'a> {
    pub fn object(out: &'a mut String) -> Json<'a> {
        out.push('{');
        Json { out, first: true }
    }

    pub fn end(self) {
        self.out.push('}');
    }

    pub fn text(&mut self, name: &str, value: &str) {
        self.name(name);
        quote(self.out, value);
    }

    /// A text, or null where there is none.
    pub fn maybe(&mut self, name: &str, value: Option<&str>) {
        match value {
            Some(value) => self.text(name, value),
            None => self.plain(name, "null"),
        }
    }

    /// A number or a literal.
    pub fn plain(&mut self, name: &str, value: &str) {
        self.name(name);
        self.out.push_str(value);
    }

    pub fn list<T>(&mut self, name: &str, list: &[T], write: impl Fn(&mut Json, &T)) {
        self.name(name);
        self.out.push('[');
        for (place, element) in list.iter().enumerate() {
            if place > 0 {
                self.out.push(',');
            }
            let mut object = Json::object(self.out);
            write(&mut object, element);
            object.end();
        }
        self.out.push(']');
    }

    fn name(&mut self, name: &str) {
        if !std::mem::take(&mut self.first) {
            self.out.push(',');
        }
        quote(self.out, name);
        self.out.push(':');
    }
}

fn quote(out: &mut String, text: &str) {
    out.push('"');
    if !text.bytes().any(|byte| byte < b' ' || matches!(byte, b'"' | b'\\')) {
        out.push_str(text);
    } else {
        for letter in text.chars() {
            match letter {
                '"' | '\\' => out.extend(['\\', letter]),
                letter if letter < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(letter))),
                letter => out.push(letter),
            }
        }
    }
    out.push('"');
}
