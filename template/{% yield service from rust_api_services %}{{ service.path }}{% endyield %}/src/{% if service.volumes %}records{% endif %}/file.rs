//! The file of records, little endian: a header of 64 bytes (magic, capacity, count, zeros), then
//! records of 24 bytes each (sequence, Unix time in ns, value). Records are never rewritten.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Error, ErrorKind, Result};
use std::os::fd::AsRawFd;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering, fence};
use std::sync::{Mutex, PoisonError};

use memmap2::{MmapOptions, MmapRaw};
use serde::Serialize;
use time::OffsetDateTime;
use tracing::warn;

/// How many records a new file has room for.
pub const CAPACITY: u64 = 1_000_000;

const MAGIC: [u8; 8] = *b"SLRECS01";
const HEADER: usize = 64;
const COUNT: usize = 16;
const RECORD: usize = 24;

/// A value, and when it was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Record {
    /// Its number: 1, 2, …
    pub sequence: u64,
    /// When it was recorded, in UTC, to the nanosecond.
    #[serde(with = "time::serde::rfc3339")]
    pub time: OffsetDateTime,
    /// The value.
    pub value: f64,
}

/// The file, mapped into memory.
pub struct RecordFile {
    map: MmapRaw,
    capacity: u64,
    /// How many records are on the disk for certain.
    flushed: AtomicU64,
    /// Holds the lock of the file: a volume has one writer.
    writing: Option<Mutex<File>>,
}

impl RecordFile {
    /// Open the file to write to it, and make it if it is not there.
    ///
    /// # Errors
    ///
    /// It cannot be opened, another process writes to it, it is not a file of records, or the disk has
    /// no room for it.
    pub fn write(path: &Path, capacity: u64) -> Result<Self> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => {
                Error::new(ErrorKind::ResourceBusy, "another process writes to it")
            }
            TryLockError::Error(error) => error,
        })?;
        let mut magic = [0; 8];
        file.read_at(&mut magic, 0)?;
        if magic == [0; 8] {
            allocate(&file, size(capacity)?)?;
        }
        let map = MmapOptions::new().map_raw(&file)?;
        if map.len() >= HEADER && read(&map, 0) == [0; 8] {
            // The magic comes last: a reader that finds it finds the rest as well.
            store(&map, 8, capacity);
            store(&map, 0, u64::from_le_bytes(MAGIC));
        }
        let file = Self::checked(map, Some(Mutex::new(file)))?;
        file.drop_incomplete();
        Ok(file)
    }

    /// Open the file to read it.
    ///
    /// # Errors
    ///
    /// It cannot be opened, or is not a file of records.
    pub fn read(path: &Path) -> Result<Self> {
        let map = MmapOptions::new().map_raw_read_only(&File::open(path)?)?;
        Self::checked(map, None)
    }

    fn checked(map: MmapRaw, writing: Option<Mutex<File>>) -> Result<Self> {
        let invalid = |what| Error::new(ErrorKind::InvalidData, what);
        if map.len() < HEADER || load(&map, 0).to_le_bytes() != MAGIC {
            return Err(invalid("it is not a file of records"));
        }
        let capacity = u64::from_le_bytes(read(&map, 8));
        if map.len() < size(capacity)? {
            return Err(invalid("it is shorter than its header says"));
        }
        Ok(Self {
            map,
            capacity,
            flushed: AtomicU64::new(0),
            writing,
        })
    }

    /// Leave out what a crash of the host has left incomplete: the disk may have got the count before
    /// the records that it covers.
    fn drop_incomplete(&self) {
        let count = self.count();
        let complete = (0..count).find(|&index| self.record(index).sequence != index + 1);
        if let Some(complete) = complete {
            store(&self.map, COUNT, complete);
        }
    }

    /// Wait until the disk has every record there is.
    ///
    /// # Errors
    ///
    /// It cannot be written to.
    pub fn flush(&self) -> Result<()> {
        let count = self.count();
        if self.flushed.load(Ordering::Relaxed) < count {
            self.map.flush_range(0, place(count))?;
            self.flushed.store(count, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Append a value, and return its record; none when the file is full.
    ///
    /// # Errors
    ///
    /// The file was opened to read.
    pub fn append(&self, value: f64) -> Result<Option<Record>> {
        let Some(writing) = &self.writing else {
            return Err(Error::new(
                ErrorKind::PermissionDenied,
                "it is open to read only",
            ));
        };
        // Nothing that is done under the lock panics half-way.
        let _one_at_a_time = writing.lock().unwrap_or_else(PoisonError::into_inner);
        let count = self.count();
        if count == self.capacity {
            return Ok(None);
        }
        let record = Record {
            sequence: count + 1,
            time: OffsetDateTime::now_utc(),
            value,
        };
        let nanoseconds = i64::try_from(record.time.unix_timestamp_nanos()).unwrap_or(i64::MAX);
        let place = place(count);
        write(&self.map, place, record.sequence.to_le_bytes());
        write(&self.map, place + 8, nanoseconds.to_le_bytes());
        write(&self.map, place + 16, value.to_le_bytes());
        // Whoever sees the new count sees the record.
        store(&self.map, COUNT, record.sequence);
        Ok(Some(record))
    }

    /// Return the newest records, the newest first.
    #[must_use]
    pub fn newest(&self, limit: u64) -> Vec<Record> {
        let count = self.count();
        let oldest = count.saturating_sub(limit);
        (oldest..count)
            .rev()
            .map(|index| self.record(index))
            .collect()
    }

    fn record(&self, index: u64) -> Record {
        let place = place(index);
        let nanoseconds = i64::from_le_bytes(read(&self.map, place + 8));
        Record {
            sequence: u64::from_le_bytes(read(&self.map, place)),
            // Any number of nanoseconds that 64 bits hold is a time.
            time: OffsetDateTime::from_unix_timestamp_nanos(nanoseconds.into())
                .unwrap_or(OffsetDateTime::UNIX_EPOCH),
            value: f64::from_le_bytes(read(&self.map, place + 16)),
        }
    }

    fn count(&self) -> u64 {
        load(&self.map, COUNT).min(self.capacity)
    }
}

impl Drop for RecordFile {
    fn drop(&mut self) {
        if self.writing.is_some()
            && let Err(error) = self.flush()
        {
            warn!(%error, "the last records may not be on the disk");
        }
    }
}

/// Make a file this long, with room on the disk for all of it. Without, a full disk would only show
/// when a record is written, where it is no error but the end of the process (SIGBUS).
fn allocate(file: &File, length: usize) -> Result<()> {
    let length = i64::try_from(length)
        .map_err(|_| Error::new(ErrorKind::InvalidInput, "it is too long for a file"))?;
    // SAFETY: the descriptor is that of a file that is open to be written.
    match unsafe { libc::posix_fallocate64(file.as_raw_fd(), 0, length) } {
        0 => Ok(()),
        code => Err(Error::from_raw_os_error(code)),
    }
}

/// Return the size of a file in bytes.
fn size(capacity: u64) -> Result<usize> {
    usize::try_from(capacity)
        .ok()
        .and_then(|capacity| capacity.checked_mul(RECORD)?.checked_add(HEADER))
        .ok_or_else(|| Error::new(ErrorKind::InvalidData, "it has no valid capacity"))
}

/// Return where in the file a record is.
///
/// # Panics
///
/// Never: a file with that record is mapped, so the place fits.
fn place(index: u64) -> usize {
    HEADER + usize::try_from(index).expect("an index in memory") * RECORD
}

fn read(map: &MmapRaw, place: usize) -> [u8; 8] {
    assert!(place + 8 <= map.len(), "outside the file");
    // SAFETY: these bytes are mapped, and were complete before the count that covers them was read.
    unsafe { map.as_ptr().add(place).cast::<[u8; 8]>().read() }
}

fn write(map: &MmapRaw, place: usize, bytes: [u8; 8]) {
    assert!(place + 8 <= map.len(), "outside the file");
    // SAFETY: these bytes are mapped to be written, by one thread of one process, and nobody reads
    // them before the count that covers them is stored.
    unsafe { map.as_mut_ptr().add(place).cast::<[u8; 8]>().write(bytes) }
}

/// Return a number that another process may store just now.
fn load(map: &MmapRaw, place: usize) -> u64 {
    assert!(
        place.is_multiple_of(8) && place + 8 <= map.len(),
        "outside the file"
    );
    // SAFETY: the bytes are mapped and aligned, and only ever accessed as an atomic.
    let number = unsafe { AtomicU64::from_ptr(map.as_mut_ptr().add(place).cast()) };
    // Of memory that is mapped to be read, only relaxed loads are allowed: so the fence acquires.
    let value = number.load(Ordering::Relaxed);
    fence(Ordering::Acquire);
    u64::from_le(value)
}

fn store(map: &MmapRaw, place: usize, value: u64) {
    assert!(
        place.is_multiple_of(8) && place + 8 <= map.len(),
        "outside the file"
    );
    // SAFETY: as above, and the bytes are mapped to be written.
    let number = unsafe { AtomicU64::from_ptr(map.as_mut_ptr().add(place).cast()) };
    number.store(value.to_le(), Ordering::Release);
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::MetadataExt;
    use std::thread;

    use super::*;

    fn new_file(capacity: u64) -> (tempfile::TempDir, std::path::PathBuf, RecordFile) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("records.bin");
        let file = RecordFile::write(&path, capacity).expect("a file");
        (folder, path, file)
    }

    fn append(file: &RecordFile, value: f64) -> Record {
        file.append(value).expect("a file to write").expect("room")
    }

    #[test]
    fn the_bytes_are_those_that_other_programs_expect() {
        let (_folder, path, file) = new_file(3);
        let record = append(&file, 1.5);
        let bytes = fs::read(path).expect("bytes");
        assert_eq!(bytes.len(), 64 + 3 * 24);
        assert_eq!(&bytes[..8], b"SLRECS01");
        assert_eq!(bytes[8..16], 3_u64.to_le_bytes());
        assert_eq!(bytes[16..24], 1_u64.to_le_bytes());
        assert_eq!(bytes[24..64], [0; 40]);
        assert_eq!(bytes[64..72], 1_u64.to_le_bytes());
        let nanoseconds = i64::try_from(record.time.unix_timestamp_nanos()).expect("a time");
        assert_eq!(bytes[72..80], nanoseconds.to_le_bytes());
        assert_eq!(bytes[80..88], 1.5_f64.to_le_bytes());
    }

    #[test]
    fn a_reader_sees_what_is_written_the_newest_first() {
        let (_folder, path, file) = new_file(10);
        let reader = RecordFile::read(&path).expect("a file");
        assert_eq!(reader.newest(5), []);
        let records = [1.0, 2.0, 3.0].map(|value| append(&file, value));
        assert_eq!(reader.newest(2), [records[2], records[1]]);
        assert!(reader.append(4.0).is_err());
    }

    #[test]
    fn a_file_that_is_opened_again_goes_on() {
        let (_folder, path, file) = new_file(10);
        append(&file, 1.0);
        drop(file);
        let file = RecordFile::write(&path, 99).expect("a file");
        assert_eq!(append(&file, 2.0).sequence, 2);
        assert_eq!(file.capacity, 10);
    }

    #[test]
    fn a_new_file_has_its_room_on_the_disk() {
        let (_folder, path, _file) = new_file(10_000);
        let about = fs::metadata(path).expect("a file");
        assert_eq!(about.len(), 64 + 10_000 * 24);
        assert!(about.blocks() * 512 >= about.len());
    }

    #[test]
    fn a_file_that_the_disk_has_no_room_for_is_an_error_and_not_half_made() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("records.bin");
        // More than any file system holds.
        assert!(RecordFile::write(&path, 1 << 58).is_err());
        assert!(RecordFile::write(&path, 1).is_ok());
    }

    #[test]
    fn what_a_crash_of_the_host_left_incomplete_is_dropped() {
        let (_folder, path, file) = new_file(10);
        for value in [1.0, 2.0, 3.0] {
            append(&file, value);
        }
        file.flush().expect("a disk");
        // The second record has not reached the disk.
        write(&file.map, place(1), [0; 8]);
        drop(file);
        let file = RecordFile::write(&path, 10).expect("a file");
        assert_eq!(file.newest(9).len(), 1);
        assert_eq!(append(&file, 4.0).sequence, 2);
    }

    #[test]
    fn a_full_file_takes_no_more() {
        let (_folder, _path, file) = new_file(1);
        append(&file, 1.0);
        assert_eq!(file.append(2.0).expect("a file to write"), None);
        assert_eq!(file.newest(9).len(), 1);
    }

    #[test]
    fn there_is_one_writer() {
        let (_folder, path, _file) = new_file(1);
        let error = RecordFile::write(&path, 1).err().expect("an error");
        assert_eq!(error.kind(), ErrorKind::ResourceBusy);
    }

    #[test]
    fn what_is_not_a_file_of_records_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("records.bin");
        let mut short = MAGIC.to_vec();
        short.extend(1_000_u64.to_le_bytes());
        short.resize(HEADER, 0);
        for bytes in [&b"short"[..], &[1; 100], &short] {
            fs::write(&path, bytes).expect("a file");
            let error = RecordFile::read(&path).err().expect("an error");
            assert_eq!(error.kind(), ErrorKind::InvalidData);
        }
    }

    #[test]
    fn no_reader_sees_half_a_record() {
        let (_folder, path, file) = new_file(10_000);
        let reader = RecordFile::read(&path).expect("a file");
        thread::scope(|scope| {
            scope.spawn(|| {
                for value in 1..=10_000 {
                    append(&file, f64::from(value));
                }
            });
            let mut seen = 0;
            while seen < 10_000 {
                if let [record] = reader.newest(1)[..] {
                    #[expect(clippy::cast_precision_loss, reason = "the numbers are small")]
                    let expected = record.sequence as f64;
                    assert_eq!(record.value.to_bits(), expected.to_bits());
                    seen = record.sequence;
                }
            }
        });
    }
}
