import { useState } from "react";
import type { SubmitEvent } from "react";

import { Problem } from "../api/problem";
import type { NewNote } from "./api";

interface NoteFormProps {
  /** Store the note; rejects if that fails. */
  onAdd: (note: NewNote) => Promise<void>;
}

/** Asks for a note; keeps what was typed if it could not be stored. */
export function NoteForm({ onAdd }: NoteFormProps) {
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<unknown>();

  async function submit(form: HTMLFormElement) {
    const { title, body } = Object.fromEntries(new FormData(form)) as Record<keyof NewNote, string>;
    setPending(true);
    setError(undefined);
    try {
      await onAdd({ title: title.trim(), body });
      form.reset();
    } catch (reason) {
      setError(reason);
    }
    setPending(false);
  }

  function handleSubmit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    void submit(event.currentTarget);
  }

  return (
    <form className="card" aria-label="New note" onSubmit={handleSubmit}>
      <label>
        Title
        {/* Blanks alone are no title: the API would refuse it. */}
        <input name="title" required maxLength={200} pattern=".*\S.*" autoComplete="off" />
      </label>
      <label>
        Text
        <textarea name="body" rows={3} maxLength={10_000} />
      </label>
      {error !== undefined && <Problem error={error} />}
      <button type="submit" disabled={pending}>
        {pending ? "Adding…" : "Add note"}
      </button>
    </form>
  );
}
