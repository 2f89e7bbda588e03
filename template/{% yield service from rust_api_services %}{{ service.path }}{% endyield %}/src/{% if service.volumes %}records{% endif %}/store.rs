//! Where the file of records is, opened when it is there.

use std::fs::DirBuilder;
use std::io::Result;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::interval;
use tracing::warn;

use super::file::{CAPACITY, RecordFile};
use crate::health::Unusable;
use crate::settings::Volume;

/// How much a crash of the host may cost.
const FLUSH: Duration = Duration::from_secs(1);

/// Make the folders of a volume; those that are there stay as they are.
///
/// # Errors
///
/// One cannot be made.
pub fn folders(volume: &Volume) -> Result<()> {
    for layer in &volume.layers {
        DirBuilder::new()
            .recursive(true)
            .mode(0o755)
            .create(volume.path.join(layer))?;
    }
    Ok(())
}

/// The records of a volume. Its writer may come later than those who read it.
#[derive(Clone)]
pub struct Records(Arc<Inner>);

struct Inner {
    path: PathBuf,
    read_only: bool,
    file: Mutex<Option<Arc<RecordFile>>>,
}

impl Records {
    /// Return the records in the first layer of a volume, whose file may come later.
    #[must_use]
    pub fn new(volume: &Volume) -> Self {
        let layer = volume.layers.first().map_or("records", String::as_str);
        let path = volume.path.join(layer).join("records.bin");
        let records = Self(Arc::new(Inner {
            path,
            read_only: volume.read_only,
            file: Mutex::new(None),
        }));
        // Readers wait for the file that its writer makes.
        if let Err(error) = records.file() {
            warn!(%error, "{} cannot be opened yet", records.0.path.display());
        }
        records
    }

    /// Return whether values can only be read here.
    #[must_use]
    pub fn read_only(&self) -> bool {
        self.0.read_only
    }

    /// Return the file, which stays open once it is.
    ///
    /// # Errors
    ///
    /// It cannot be opened yet.
    pub fn file(&self) -> Result<Arc<RecordFile>> {
        let mut open = self.0.file.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = &*open {
            return Ok(Arc::clone(file));
        }
        let path = &self.0.path;
        let file = Arc::new(if self.0.read_only {
            RecordFile::read(path)?
        } else {
            RecordFile::write(path, CAPACITY)?
        });
        *open = Some(Arc::clone(&file));
        Ok(file)
    }

    /// Bring records to the disk, again and again, for as long as the service runs.
    pub async fn flush(self) {
        let mut pause = interval(FLUSH);
        loop {
            pause.tick().await;
            let records = self.clone();
            // The disk may take its time, and requests do not wait for it.
            let flushed = spawn_blocking(move || records.flush_once()).await;
            if let Ok(Err(error)) = flushed {
                warn!(%error, "records could not be brought to the disk");
            }
        }
    }

    fn flush_once(&self) -> Result<()> {
        let open = self.0.file.lock().unwrap_or_else(PoisonError::into_inner);
        let file = open.clone();
        drop(open);
        file.map_or(Ok(()), |file| file.flush())
    }

    /// Ask whether there are records.
    ///
    /// # Errors
    ///
    /// The file cannot be opened.
    pub fn check(&self) -> std::result::Result<(), Unusable> {
        match self.file() {
            Ok(_) => Ok(()),
            Err(error) => Err(Unusable {
                kind: format!("unavailable: {}", error.kind()),
                reason: format!("{}: {error}", self.0.path.display()),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn volume(path: PathBuf, read_only: bool) -> Volume {
        let layers = vec!["records".to_owned(), "snapshots".to_owned()];
        Volume {
            name: "market",
            path,
            layers,
            read_only,
        }
    }

    #[test]
    fn folders_are_made_once_and_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let volume = volume(folder.path().join("market"), false);
        for _ in 0..2 {
            folders(&volume).expect("folders");
            for layer in &volume.layers {
                let mode = fs::metadata(volume.path.join(layer))
                    .expect("it")
                    .permissions()
                    .mode();
                assert_eq!(mode & 0o022, 0, "others cannot write");
                fs::write(volume.path.join(layer).join("kept"), "").expect("a file");
            }
        }
    }

    #[test]
    fn a_reader_waits_for_its_writer() {
        let folder = tempfile::tempdir().expect("a folder");
        let reader = Records::new(&volume(folder.path().to_owned(), true));
        let unusable = reader.check().expect_err("nothing there yet");
        assert_eq!(unusable.kind, "unavailable: entity not found");
        let writing = volume(folder.path().to_owned(), false);
        folders(&writing).expect("folders");
        Records::new(&writing).file().expect("a file");
        assert!(reader.check().is_ok());
    }
}
