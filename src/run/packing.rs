//! Several files as one ZIP archive. The same files make the same bytes, whenever and wherever they are packed.

use std::{
    collections::HashSet,
    io::{Cursor, Write},
};

use zip::{CompressionMethod, DateTime, ZipWriter, result::ZipError, write::SimpleFileOptions};

/// An archive of these files (name and bytes), in their order.
pub fn pack(files: &[(String, Vec<u8>)]) -> Result<Vec<u8>, ZipError> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        // When it was packed is nobody's concern, and would make another hash.
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let mut taken = HashSet::new();
    for (name, bytes) in files {
        archive.start_file(unlike(name, &mut taken), options)?;
        archive.write_all(bytes)?;
    }
    Ok(archive.finish()?.into_inner())
}

/// The name, without folders, made unlike all that are taken: "scan.pdf", "scan-2.pdf".
fn unlike(name: &str, taken: &mut HashSet<String>) -> String {
    let name = name.replace(['/', '\\'], "_");
    let (stem, ending) =
        name.rfind('.').filter(|at| *at > 0).map_or((name.as_str(), ""), |at| name.split_at(at));
    let mut number = 1;
    loop {
        let unlike = if number == 1 { name.clone() } else { format!("{stem}-{number}{ending}") };
        // Some systems do not tell capitals from small letters.
        if taken.insert(unlike.to_lowercase()) {
            return unlike;
        }
        number += 1;
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn files(names: &[&str]) -> Vec<(String, Vec<u8>)> {
        names.iter().enumerate().map(|(at, name)| ((*name).to_owned(), vec![at as u8; 50_000])).collect()
    }

    #[test]
    fn files_come_out_as_they_went_in_under_names_that_differ() {
        let packed =
            pack(&files(&["scan.pdf", "SCAN.pdf", "scan-2.pdf", "a/../b.txt", ".hidden", ""])).unwrap();
        assert!(packed.len() < 5_000, "{}", packed.len());
        let mut archive = zip::ZipArchive::new(Cursor::new(packed)).unwrap();
        let names = ["scan.pdf", "SCAN-2.pdf", "scan-2-2.pdf", "a_.._b.txt", ".hidden", ""];
        assert_eq!(archive.len(), names.len());
        for (at, name) in names.into_iter().enumerate() {
            let mut member = archive.by_index(at).unwrap();
            assert_eq!(member.name(), name);
            let mut bytes = Vec::new();
            member.read_to_end(&mut bytes).unwrap();
            assert_eq!(bytes, vec![at as u8; 50_000]);
        }
    }

    #[test]
    fn the_same_files_make_the_same_archive() {
        let names = ["scan.pdf", "letter.txt"];
        let stamp = pack(&files(&names)).unwrap();
        assert_eq!(pack(&files(&names)).unwrap(), stamp);
        // Day and time of the first entry: the first moment that the format knows, 1980-01-01.
        assert_eq!(stamp[10..14], [0, 0, 0x21, 0]);
    }
}
