import { Problem } from "../api/problem";
import { product } from "../product";
import { NoteForm } from "./note-form";
import { NoteList } from "./note-list";
import "./notes.css";
import { useNotes } from "./use-notes";

/** Notes to read, add and delete. */
export function NotesPage() {
  const { state, reload, add, remove } = useNotes();
  return (
    <article>
      <title>{`Notes · ${product.name}`}</title>
      <h1>Notes</h1>
      {state.status === "loading" && (
        <p className="loading" role="status">
          Loading…
        </p>
      )}
      {state.status === "failed" && <Problem error={state.error} onRetry={reload} />}
      {state.status === "ready" && (
        <>
          <NoteForm onAdd={add} />
          <NoteList notes={state.notes} onRemove={remove} />
        </>
      )}
    </article>
  );
}
