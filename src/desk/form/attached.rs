//! What is done with files that are attached: looked at, named otherwise, packed into one archive.

use super::{
    super::words::{Effect, FormKey, PaperOf},
    Did, Form, Input,
    picker::{Dialog, Picker},
    writing::{self, Span, Writing},
};
use crate::{
    action::{
        Attachment, Kind,
        check::of_name,
        field::{ARCHIVE, Papers},
        naming::{renamed, shortened},
        scheme,
    },
    case::Moment,
    text::{Raw, SafeText, own, say},
};

impl Form {
    /// What a preview would show: the marked file of the folder, or the marked attached one.
    pub fn to_preview(&self) -> Result<PaperOf, SafeText> {
        let (Input::Files(picker), Some(at)) = (&self.input, &self.at) else {
            return Err(own("the reader shows a file here: go to a field that takes files and mark one"));
        };
        let files = self.draft.values.files(at);
        if let Some(marked) = picker.attached.and_then(|marked| files.get(marked)) {
            return Ok(PaperOf::Kept { name: marked.name.clone(), sha256: marked.sha256.clone() });
        }
        match (picker.marked(), &picker.folder) {
            (Some(named), _) if named.is_folder => Err(own("that is a folder; Enter goes into it")),
            (Some(named), Some(folder)) if !picker.is_awaited => {
                Ok(PaperOf::File { folder: folder.path.clone(), name: named.name })
            }
            _ => Err(own("no file is marked; Up marks one that is attached")),
        }
    }

    /// Whether the picker asks something that wants an answer before anything else.
    pub fn is_asking(&self) -> bool {
        matches!(&self.input, Input::Files(picker) if picker.dialog.is_some())
    }

    /// Leaves what is asked without an answer; whether something was.
    pub fn leave_unanswered(&mut self) -> bool {
        let Input::Files(picker) = &mut self.input else { return false };
        picker.problem = None;
        picker.dialog.take().is_some()
    }

    pub(super) fn answer(&mut self, asked: FormKey, now: Moment) -> Did {
        let Input::Files(picker) = &mut self.input else { return Did::nothing() };
        match (asked, &mut picker.dialog) {
            (FormKey::Take, Some(Dialog::Name { .. })) => self.take_name(now),
            (FormKey::Take, Some(Dialog::Archive { archive: Some(_), .. })) => self.take_archive(now),
            (FormKey::Clear, Some(Dialog::Name { line, .. })) => {
                **line = Writing::of("", Span::Line);
                Did::seen(true)
            }
            _ => Did::nothing(),
        }
    }

    fn papers(&self) -> Option<&'static Papers> {
        match self.field()?.kind {
            Kind::Files(papers) => Some(papers),
            _ => None,
        }
    }

    /// The picker, with the attached files of its field.
    fn picker(&mut self) -> Option<(&mut Picker, String, Vec<Attachment>)> {
        let at = self.at.clone()?;
        let files = self.draft.values.files(&at).to_vec();
        match &mut self.input {
            Input::Files(picker) => Some((picker, at, files)),
            _ => None,
        }
    }

    // ---- another name

    /// Begins with the name as it is, or with its beginning where it is too long.
    pub(super) fn rename(&mut self) -> Did {
        let taken = scheme::longest_name(self.case()).unwrap_or(usize::MAX);
        let most = self.papers().map_or(taken, |papers| papers.longest_name.min(taken));
        let Some((picker, _, files)) = self.picker() else { return Did::nothing() };
        picker.problem = None;
        match (picker.attached, files.as_slice()) {
            (_, []) => picker.refuse("nothing is attached that could be renamed"),
            (None, [_, _, ..]) => picker.refuse("which one? Up marks the attached file that is to be renamed"),
            (marked, files) => {
                let of = marked.unwrap_or(0).min(files.len() - 1);
                let name = files.get(of).map_or(Raw::default(), |file| shortened(&file.name, most));
                let line = Box::new(Writing::of(name.show().as_str(), Span::Line));
                picker.dialog = Some(Dialog::Name { of, line });
            }
        }
        Did::seen(true)
    }

    fn take_name(&mut self, now: Moment) -> Did {
        let papers = self.papers();
        let Some((picker, at, mut files)) = self.picker() else { return Did::nothing() };
        let Some(Dialog::Name { of, line }) = &picker.dialog else { return Did::nothing() };
        let (of, typed) = (*of, line.text());
        let others: Vec<_> = files.iter().enumerate().filter(|(other, _)| *other != of).collect();
        let Some(file) = files.get(of).filter(|file| file.name.show().as_str() != typed) else {
            picker.dialog = None;
            return Did::seen(true);
        };
        let name = renamed(&file.name, &typed);
        let wrong = papers.and_then(|papers| of_name(papers, &name)).or_else(|| {
            let twin = others.iter().any(|(_, other)| other.name == name);
            let unseen = !writing::is_seen_as_it_is(&typed, Span::Line);
            match (twin, unseen) {
                (true, _) => Some(own("another attached file has that name")),
                (_, true) => Some(own("holds what is not shown as it is, such as card data; leave it out")),
                _ => None,
            }
        });
        if wrong.is_some() {
            picker.problem = wrong;
            return Did::seen(true);
        }
        (picker.dialog, picker.problem) = (None, None);
        if let Some(file) = files.get_mut(of) {
            file.name = name;
        }
        self.put_files(&at, files);
        self.touched(now)
    }

    // ---- one archive

    pub(super) fn pack(&mut self) -> Did {
        let (draft, attaching, papers) = (self.draft.id.clone(), self.attaching, self.papers());
        let Some((picker, field, files)) = self.picker() else { return Did::nothing() };
        let Some(papers) = papers else { return Did::nothing() };
        picker.problem = if !papers.takes_archives() {
            let taken: Vec<_> = papers.media.iter().copied().map(own).collect();
            Some(say!("this field takes no ZIP archive; taken are {}", SafeText::join(&taken, ", ")))
        } else if attaching > 0 {
            Some(own("a file is still being copied; pack them once it is there"))
        } else {
            match files.as_slice() {
                [] => Some(own("nothing is attached that could be packed")),
                [one] if one.media == ARCHIVE => Some(own("that is one archive already")),
                _ => None,
            }
        };
        if picker.problem.is_some() {
            return Did::seen(true);
        }
        picker.dialog = Some(Dialog::Archive { files: files.clone(), archive: None });
        Did { changed: true, effects: vec![Effect::Pack { draft, field, files }] }
    }

    /// The archive of these files is there, or could not be made. Whoever asked may have gone on to something else.
    pub fn packed(&mut self, of: &[Attachment], answer: Result<Attachment, SafeText>) -> bool {
        let Input::Files(picker) = &mut self.input else { return false };
        let Some(Dialog::Archive { files, archive }) = &mut picker.dialog else { return false };
        if files != of {
            return false;
        }
        match answer {
            Ok(packed) => *archive = Some(packed),
            Err(why) => (picker.dialog, picker.problem) = (None, Some(why)),
        }
        true
    }

    pub fn not_packed(&mut self) {
        if let Input::Files(picker) = &mut self.input
            && let Some(Dialog::Archive { archive: None, .. }) = picker.dialog
        {
            picker.dialog = None;
        }
    }

    fn take_archive(&mut self, now: Moment) -> Did {
        let Some((picker, at, present)) = self.picker() else { return Did::nothing() };
        let Some(Dialog::Archive { files, archive: Some(archive) }) = picker.dialog.take() else {
            return Did::nothing();
        };
        if files != present {
            picker.refuse("the files are others than those that were packed; Ctrl-p packs them anew");
            return Did::seen(true);
        }
        (picker.attached, picker.problem) = (None, None);
        self.put_files(&at, vec![archive]);
        // Its bytes are in the store already; only the draft knows what they are for.
        self.keep_by = Some(now);
        self.touched(now)
    }
}
