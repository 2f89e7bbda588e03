import { call } from "../api/client";

export interface Note {
  readonly id: number;
  readonly title: string;
  readonly body: string;
  /** ISO 8601 */
  readonly created_at: string;
}

export type NewNote = Pick<Note, "title" | "body">;

/** Return the newest notes, newest first; throws ApiError. */
export function listNotes(signal: AbortSignal): Promise<Note[]> {
  return call("/api/notes", { signal, parse: parseNotes });
}

/** Store a note and return it; throws ApiError. */
export function createNote(note: NewNote): Promise<Note> {
  return call("/api/notes", { method: "POST", body: note, parse: parseNote });
}

/** Delete a note; throws ApiError. */
export function deleteNote(id: number): Promise<void> {
  return call(`/api/notes/${String(id)}`, { method: "DELETE", parse: () => undefined });
}

function parseNotes(value: unknown): Note[] {
  if (!Array.isArray(value)) {
    throw new TypeError("not a list of notes");
  }
  return value.map(parseNote);
}

function parseNote(value: unknown): Note {
  const { id, title, body, created_at } = value as Partial<Record<keyof Note, unknown>>;
  if (
    typeof id !== "number" ||
    typeof title !== "string" ||
    typeof body !== "string" ||
    typeof created_at !== "string"
  ) {
    throw new TypeError("not a note");
  }
  return { id, title, body, created_at };
}
