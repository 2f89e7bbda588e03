import { useEffect, useState } from "react";

import { createNote, deleteNote, listNotes } from "./api";
import type { NewNote, Note } from "./api";

type State =
  | { status: "loading" }
  | { status: "failed"; error: unknown }
  | { status: "ready"; notes: readonly Note[] };

/** The notes of the API, and what can be done with them; `add` and `remove` reject with ApiError. */
export function useNotes() {
  const [state, setState] = useState<State>({ status: "loading" });
  const [attempt, setAttempt] = useState(1);

  useEffect(() => {
    const controller = new AbortController();
    listNotes(controller.signal).then(
      (notes) => {
        setState({ status: "ready", notes });
      },
      (error: unknown) => {
        if (!controller.signal.aborted) {
          setState({ status: "failed", error });
        }
      },
    );
    return () => {
      controller.abort();
    };
  }, [attempt]);

  function change(edit: (notes: readonly Note[]) => readonly Note[]) {
    setState((current) =>
      current.status === "ready" ? { status: "ready", notes: edit(current.notes) } : current,
    );
  }

  return {
    state,
    reload: () => {
      setState({ status: "loading" });
      setAttempt(attempt + 1);
    },
    add: async (note: NewNote) => {
      const created = await createNote(note);
      change((notes) => [created, ...notes]);
    },
    remove: async (id: number) => {
      await deleteNote(id);
      change((notes) => notes.filter((note) => note.id !== id));
    },
  };
}
