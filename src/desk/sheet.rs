//! The lines of the case in hand as laid out for one pane, so that a key or a frame need not make them anew. Which line
//! says what is decided in [`super::dispute`].

use std::borrow::Cow;

use super::{Desk, dispute, layout, words::CaseFile};
use crate::{case::Moment, text::SafeText};

pub struct Sheet {
    width: usize,
    /// The words that time changes.
    due: SafeText,
    /// The words for what is odd about the case's texts.
    odd: SafeText,
    lines: Vec<dispute::Line>,
}

impl Sheet {
    /// `before`: a sheet of the same file, whose dearest part is taken over.
    fn of(
        file: &CaseFile,
        now: Moment,
        width: usize,
        under_way: Option<&SafeText>,
        before: Option<Sheet>,
    ) -> Sheet {
        let odd = before.map_or_else(|| dispute::odd(&file.case), |sheet| sheet.odd);
        let lines = dispute::lines(file, now, width, &odd, under_way);
        Sheet { width, due: dispute::due(file, now), lines, odd }
    }

    fn fits(&self, file: &CaseFile, now: Moment, width: usize) -> bool {
        self.width == width && self.due == dispute::due(file, now)
    }
}

impl Desk {
    /// The lines of the case in hand, wrapped to `width`: those that were laid out, where they are still true.
    pub fn case_lines(&self, width: usize) -> Cow<'_, [dispute::Line]> {
        match (&self.file, &self.sheet) {
            (None, _) => Cow::Borrowed(&[]),
            (Some(file), Some(sheet)) if sheet.fits(file, self.now, width) => Cow::Borrowed(&sheet.lines),
            (Some(file), _) => {
                Cow::Owned(Sheet::of(file, self.now, width, self.under_way().as_ref(), None).lines)
            }
        }
    }

    /// Lays the case out for the pane that shows it.
    pub(super) fn lay_case_out(&mut self) {
        let Some(panes) = self.panes() else { return };
        let pane = if panes.case.height > 0 { panes.case } else { panes.preview };
        let width = layout::text_width(pane);
        if let Some(file) = self.file.as_ref().filter(|_| pane.height > 0)
            && !self.sheet.as_ref().is_some_and(|sheet| sheet.fits(file, self.now, width))
        {
            let under_way = self.under_way();
            self.sheet = Some(Sheet::of(file, self.now, width, under_way.as_ref(), self.sheet.take()));
        }
    }
}
