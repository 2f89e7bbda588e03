import { useState } from "react";

import { Problem } from "../api/problem";
import type { Note } from "./api";

const date = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

interface NoteListProps {
  notes: readonly Note[];
  /** Delete the note of this id; rejects if that fails. */
  onRemove: (id: number) => Promise<void>;
}

/** The notes, each with a button to delete it. */
export function NoteList({ notes, onRemove }: NoteListProps) {
  if (notes.length === 0) {
    return (
      <div className="empty">
        <h2>No notes yet</h2>
        <p>The first one that you add shows up here.</p>
      </div>
    );
  }
  return (
    <ul className="notes" aria-label="Notes">
      {notes.map((note) => (
        <NoteItem key={note.id} note={note} onRemove={onRemove} />
      ))}
    </ul>
  );
}

interface NoteItemProps extends Pick<NoteListProps, "onRemove"> {
  note: Note;
}

function NoteItem({ note, onRemove }: NoteItemProps) {
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<unknown>();

  async function remove() {
    setPending(true);
    setError(undefined);
    try {
      await onRemove(note.id);
    } catch (reason) {
      setError(reason);
      setPending(false);
    }
  }

  return (
    <li className="card note">
      <h2>{note.title}</h2>
      <time dateTime={note.created_at}>{date.format(new Date(note.created_at))}</time>
      {note.body !== "" && <p>{note.body}</p>}
      <button
        type="button"
        className="quiet"
        aria-label={`Delete “${note.title}”`}
        disabled={pending}
        onClick={() => void remove()}
      >
        Delete
      </button>
      {error !== undefined && <Problem error={error} />}
    </li>
  );
}
