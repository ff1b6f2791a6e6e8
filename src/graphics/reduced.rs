//! A picture in few colours: sixteen greys are all that a page needs to be read, and a palette is all that most
//! pictures need. Knows no protocol.

use std::{borrow::Cow, collections::HashMap};

use crate::case::{Picture, Pixels};

/// Red, green, blue.
pub type Rgb = [u8; 3];

/// Pixels that name a colour each, rows from the top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reduced {
    pub width: usize,
    pub height: usize,
    /// At most 256.
    pub colours: Vec<Rgb>,
    /// For each pixel the place of its colour.
    pub pixels: Vec<u8>,
}

/// Red, green and blue may lie this far apart in a pixel that is called grey: scanners tint.
const TINT: u8 = 12;

/// The greys of a picture that has no colour to speak of.
pub fn greys(picture: &Picture) -> Option<Cow<'_, [u8]>> {
    let colours = match &picture.pixels {
        Pixels::Grey(greys) => return Some(Cow::Borrowed(greys)),
        Pixels::Colour(colours) => colours,
    };
    let mut greys = Vec::with_capacity(colours.len() / 3);
    for [red, green, blue] in colours.as_chunks().0 {
        let spread = *red.max(green).max(blue) - *red.min(green).min(blue);
        if spread > TINT {
            return None;
        }
        greys.push(luminance([*red, *green, *blue]));
    }
    Some(Cow::Owned(greys))
}

/// How light a colour is (ITU-R BT.601, in 256ths).
pub fn luminance([red, green, blue]: Rgb) -> u8 {
    let sum = 77 * u32::from(red) + 150 * u32::from(green) + 29 * u32::from(blue);
    (sum >> 8) as u8
}

/// Whether greys are those of letters on paper: nearly all of them dark or light. Such a page can be read in few greys.
pub fn is_writing(greys: &[u8]) -> bool {
    let between = greys.iter().filter(|grey| (32..224).contains(*grey)).count();
    between * 4 < greys.len()
}

impl Reduced {
    /// Evenly spaced greys from black to white, `levels` (2 to 256) of them.
    pub fn grey(picture: &Picture, greys: &[u8], levels: u8) -> Reduced {
        let most = u32::from(levels.max(2) - 1);
        let level = |grey: u32| ((grey * most + 127) / 255) as u8;
        let table: Vec<u8> = (0..256).map(level).collect();
        Reduced {
            width: picture.width as usize,
            height: picture.height as usize,
            colours: (0..=most).map(|level| [(level * 255 / most) as u8; 3]).collect(),
            pixels: greys.iter().map(|grey| table.get(usize::from(*grey)).copied().unwrap_or(0)).collect(),
        }
    }

    /// The picture's own colours where they are no more than `most` (2 to 256); else as many that stand for them.
    pub fn colour(picture: &Picture, most: usize) -> Reduced {
        let bytes = match &picture.pixels {
            Pixels::Grey(greys) => return Reduced::grey(picture, greys, most.min(255) as u8),
            Pixels::Colour(bytes) => bytes,
        };
        let pixels: &[Rgb] = bytes.as_chunks().0;
        let (colours, pixels) = exact(pixels, most).unwrap_or_else(|| nearest(pixels, most));
        Reduced { width: picture.width as usize, height: picture.height as usize, colours, pixels }
    }
}

fn exact(pixels: &[Rgb], most: usize) -> Option<(Vec<Rgb>, Vec<u8>)> {
    let (mut places, mut colours) = (HashMap::new(), Vec::new());
    let mut last = (*pixels.first()?, 0);
    places.insert(last.0, last.1);
    colours.push(last.0);
    let mut named = Vec::with_capacity(pixels.len());
    for pixel in pixels {
        if *pixel != last.0 {
            let place = *places.entry(*pixel).or_insert_with(|| {
                colours.push(*pixel);
                colours.len() - 1
            });
            if colours.len() > most {
                return None;
            }
            last = (*pixel, place);
        }
        named.push(last.1 as u8);
    }
    Some((colours, named))
}

/// Colours are told apart by this many bits of each channel.
const BITS: u32 = 5;

/// Which of the [`BITS`]-bit colours a colour is.
fn bin([red, green, blue]: Rgb) -> usize {
    let part = |channel: u8| usize::from(channel >> (8 - BITS));
    (part(red) << (2 * BITS)) | (part(green) << BITS) | part(blue)
}

/// What falls into one bin.
#[derive(Clone, Copy, Default)]
struct Bin {
    count: u64,
    sums: [u64; 3],
}

impl Bin {
    fn mean(&self) -> [u64; 3] {
        self.sums.map(|sum| sum / self.count.max(1))
    }

    fn add(&mut self, other: &Bin) {
        self.count += other.count;
        self.sums.iter_mut().zip(other.sums).for_each(|(sum, more)| *sum += more);
    }
}

/// Heckbert's median cut: the group of colours that differ most is cut in two, until there are `most` groups. A bin
/// counts by the square root of its pixels, or the paper would get all the colours.
fn nearest(pixels: &[Rgb], most: usize) -> (Vec<Rgb>, Vec<u8>) {
    let mut bins = vec![Bin::default(); 1 << (3 * BITS)];
    for pixel in pixels {
        if let Some(bin) = bins.get_mut(bin(*pixel)) {
            bin.count += 1;
            bin.sums.iter_mut().zip(pixel).for_each(|(sum, channel)| *sum += u64::from(*channel));
        }
    }
    let used = (0..bins.len()).filter(|at| bins.get(*at).is_some_and(|bin| bin.count > 0)).collect();
    let mut groups: Vec<Vec<usize>> = vec![used];
    let look = |at: &usize| bins.get(*at).copied().unwrap_or_default();
    let weight = |at: &usize| (look(at).count as f64).sqrt();
    while groups.len() < most {
        let spread = |group: &Vec<usize>| {
            let axis = (0..3).map(|axis| {
                let values = || group.iter().map(|at| look(at).mean().into_iter().nth(axis).unwrap_or(0));
                (values().max().unwrap_or(0) - values().min().unwrap_or(0), axis)
            });
            let (length, axis) = axis.max().unwrap_or_default();
            (length as f64 * group.iter().map(weight).sum::<f64>(), axis)
        };
        let spreads = groups.iter().map(spread).enumerate();
        let widest = spreads.max_by(|one, other| one.1.0.total_cmp(&other.1.0));
        let Some((at, (_, axis))) = widest.filter(|(_, (length, _))| *length > 0.0) else { break };
        let mut group = groups.swap_remove(at);
        group.sort_by_key(|at| look(at).mean().into_iter().nth(axis));
        let half = group.iter().map(weight).sum::<f64>() / 2.0;
        let mut passed = 0.0;
        let cut = group.iter().position(|at| {
            passed += weight(at);
            passed >= half
        });
        let upper = group.split_off((cut.unwrap_or(0) + 1).min(group.len() - 1).max(1));
        groups.extend([group, upper]);
    }
    let mut places = vec![0; bins.len()];
    let colours = groups.iter().enumerate().map(|(place, group)| {
        let mut all = Bin::default();
        for at in group {
            all.add(&look(at));
            if let Some(of) = places.get_mut(*at) {
                *of = place as u8;
            }
        }
        all.mean().map(|channel| channel as u8)
    });
    let colours = colours.collect();
    (colours, pixels.iter().map(|pixel| places.get(bin(*pixel)).copied().unwrap_or(0)).collect())
}
