//! Pages made up for tests: an invoice as a renderer draws it, letters with soft edges at any place between pixels.
#![allow(dead_code)]

use casedesk::case::{Picture, Pixels};

/// What a terminal of 120x40 cells of 10x20 pixels shows of a page at its full width.
pub const WIDTH: usize = 1200;
pub const HEIGHT: usize = 800;

/// Numbers that are the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }
}

/// How dark each pixel is.
struct Sheet(Vec<f32>);

impl Sheet {
    /// Ink in a box that may begin and end within pixels.
    fn ink(&mut self, left: f32, top: f32, width: f32, height: f32) {
        let share = |from: f32, length: f32, at: usize| {
            ((from + length).min(at as f32 + 1.0) - from.max(at as f32)).clamp(0.0, 1.0)
        };
        for y in top as usize..((top + height).ceil() as usize).min(HEIGHT) {
            for x in left as usize..((left + width).ceil() as usize).min(WIDTH) {
                self.0[y * WIDTH + x] += share(left, width, x) * share(top, height, y);
            }
        }
    }

    fn write(&mut self, mut left: f32, top: f32, dot: f32, letters: usize, chance: &mut Chance) -> f32 {
        for _ in 0..letters {
            // A stem, and some of the other strokes that letters of 5x7 dots have.
            self.ink(left, top, dot, 7.0 * dot);
            let shape = chance.below(32);
            for (bit, row) in [0.0, 3.0, 6.0].into_iter().enumerate() {
                if shape & (1 << bit) != 0 {
                    self.ink(left + dot, top + row * dot, 3.0 * dot, dot);
                }
            }
            if shape & 8 != 0 {
                self.ink(left + 3.5 * dot, top + dot, dot, 2.2 * dot);
            }
            if shape & 16 != 0 {
                self.ink(left + 3.3 * dot, top + 3.7 * dot, dot, 2.5 * dot);
            }
            left += 6.2 * dot;
        }
        left
    }
}

fn sheet() -> (Sheet, Chance) {
    let (mut sheet, mut chance) = (Sheet(vec![0.0; WIDTH * HEIGHT]), Chance(7));
    sheet.write(90.3, 60.7, 3.4, 14, &mut chance);
    for line in 0..6 {
        let mut left = 90.3;
        for _ in 0..2 + chance.below(3) {
            let letters = 3 + chance.below(8);
            left = sheet.write(left, 130.2 + 24.6 * line as f32, 1.9, letters, &mut chance) + 10.0;
        }
    }
    sheet.ink(90.0, 300.4, 1020.0, 1.6);
    for line in 0..18 {
        let top = 312.1 + 26.3 * line as f32;
        for (left, letters) in [(90.3, 22), (480.8, 8), (640.1, 7), (800.6, 5), (960.9, 10)] {
            let letters = letters - chance.below(letters / 2);
            sheet.write(left, top, 1.9, letters, &mut chance);
        }
        sheet.ink(90.0, top + 19.2, 1020.0, 0.7);
    }
    (sheet, chance)
}

/// Black on white.
pub fn invoice() -> Picture {
    let tone = |dark: &f32| (255.0 * (1.0 - dark.min(1.0))) as u8;
    let pixels = sheet().0.0.iter().map(tone).collect();
    Picture::new(WIDTH as u32, HEIGHT as u32, Pixels::Grey(pixels)).unwrap()
}

/// The same with a blue head and a red stamp.
pub fn invoice_in_colour() -> Picture {
    let sheet = sheet().0;
    let tone = |(at, dark): (usize, &f32)| {
        let (x, y, dark) = ((at % WIDTH) as f32, (at / WIDTH) as f32, dark.min(1.0));
        let ink = if y < 120.0 { [20.0, 60.0, 160.0] } else { [0.0, 0.0, 0.0] };
        let ring = (((x - 950.0).powi(2) + (y - 180.0).powi(2)).sqrt() - 70.0).abs();
        let stamp = (4.0 - ring).clamp(0.0, 1.0);
        let paper = [255.0 - 55.0 * stamp, 255.0 - 225.0 * stamp, 255.0 - 215.0 * stamp];
        [0, 1, 2].map(|channel| (paper[channel] * (1.0 - dark) + ink[channel] * dark) as u8)
    };
    let pixels = sheet.0.iter().enumerate().flat_map(tone).collect();
    Picture::new(WIDTH as u32, HEIGHT as u32, Pixels::Colour(pixels)).unwrap()
}

/// The worst there is: every pixel another colour.
pub fn noise(width: u32, height: u32) -> Picture {
    let mut chance = Chance(11);
    let pixels = (0..width * height * 3).map(|_| chance.below(256) as u8).collect();
    Picture::new(width, height, Pixels::Colour(pixels)).unwrap()
}

/// Greys that flow, as on a photo.
pub fn flow() -> Picture {
    let tone = |at: usize| {
        let (x, y) = ((at % WIDTH) as f32 / 90.0, (at / WIDTH) as f32 / 70.0);
        (127.5 + 60.0 * x.sin() + 60.0 * (y + x * 0.3).cos()) as u8
    };
    let pixels = (0..WIDTH * HEIGHT).map(tone).collect();
    Picture::new(WIDTH as u32, HEIGHT as u32, Pixels::Grey(pixels)).unwrap()
}
