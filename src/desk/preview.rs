//! A file that a form is to send, looked at in the reader: the form is set aside meanwhile and comes back as it was.

use super::{
    Desk, Focus, Over, Then,
    form::Form,
    layout,
    reader::{Reader, Subject},
    words::{Command, Effect, PaperId},
};
use crate::text::own;

/// What was there before the preview, and comes back.
pub(super) struct SetAside {
    form: Box<Form>,
    focus: Focus,
    reader: Option<Reader>,
}

impl Desk {
    /// The form that is seen, or that is set aside.
    pub fn form_at_hand(&self) -> Option<&Form> {
        self.form().or_else(|| self.set_aside.as_ref().map(|aside| &*aside.form))
    }

    pub(super) fn form_at_hand_mut(&mut self) -> Option<&mut Form> {
        if self.set_aside.is_none() {
            return self.form_mut();
        }
        self.set_aside.as_mut().map(|aside| &mut *aside.form)
    }

    /// The form behind the reader.
    pub fn form_behind(&self) -> Option<&Form> {
        self.set_aside.as_ref().map(|aside| &*aside.form)
    }

    pub(super) fn preview(&mut self) -> Vec<Effect> {
        let Some(form) = self.form().filter(|form| !form.is_asking()) else { return Vec::new() };
        let of = match form.to_preview() {
            Ok(of) => of,
            Err(why) => return self.refuse(why),
        };
        let form = match std::mem::replace(&mut self.over, Over::Nothing) {
            Over::Form(form) => form,
            other => return self.lay(other),
        };
        self.set_aside = Some(SetAside { form, focus: self.focus, reader: self.reader.take() });
        (self.then, self.notice, self.changed) = (Then::Nothing, None, true);
        self.read(Subject::Document(PaperId::to_send(of)))
    }

    /// Puts the form back, and behind it whatever was read before.
    pub(super) fn end_preview(&mut self) -> Option<Vec<Effect>> {
        let SetAside { form, focus, reader } = self.set_aside.take()?;
        self.put_down();
        self.reader = reader;
        let again = self.reader.as_ref().and_then(Reader::paper).cloned();
        // Another document lay open meanwhile: this one is opened again, where it was left.
        let effects = again.map_or(Vec::new(), |paper| self.read(Subject::Document(paper)));
        self.focus = focus;
        if let (Some(panes), Some(reader)) = (layout::panes(self.area, Focus::Reader), &mut self.reader) {
            reader.resize(layout::text_width(panes.reader), layout::text_rows(panes.reader));
        }
        self.lay(Over::Form(form));
        Some(effects)
    }

    /// Why a command has to wait until the form is there again: all but reading does.
    pub(super) fn waits_for_the_form(&mut self, command: &Command) -> Option<Vec<Effect>> {
        use Command as C;
        let reads = matches!(
            command,
            C::Go(_)
                | C::Open
                | C::Back
                | C::Quit
                | C::Suspend
                | C::Redraw
                | C::Help
                | C::CommandLine
                | C::Copy
                | C::Search
                | C::SearchFor(_)
                | C::Hit(_)
                | C::Save(_)
                | C::ShowOutside
                | C::Leaf(_)
                | C::LeafAt(_)
                | C::Leaves
                | C::Inside
                | C::About
                | C::Sight
                | C::Look(_)
                | C::Aside(_)
                | C::Fold
                | C::FoldAll
                | C::PickLines
                | C::Images
        );
        let waits = self.set_aside.is_some() && !reads;
        waits.then(|| self.refuse(own("a form is open behind this file: Esc goes back to it")))
    }
}
