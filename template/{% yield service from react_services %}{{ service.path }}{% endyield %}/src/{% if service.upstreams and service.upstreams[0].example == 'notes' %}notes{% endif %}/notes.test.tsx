import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";

import type { NewNote, Note } from "./api";
import { NotesPage } from "./notes-page";

const first: Note = { id: 1, title: "Milk", body: "Two bottles", created_at: "2026-11-02T08:30:00Z" };

/** A server in memory; `broken` makes it answer 503. */
function serve(notes: Note[]) {
  const server = { notes, broken: false };
  const answer = (path: string, { method, body }: RequestInit): Response => {
    if (server.broken) {
      return new Response(null, { status: 503 });
    }
    switch (method) {
      case "POST": {
        const id = server.notes.length + 1;
        const note = { ...(JSON.parse(body as string) as NewNote), id, created_at: first.created_at };
        server.notes = [note, ...server.notes];
        return Response.json(note, { status: 201 });
      }
      case "DELETE":
        server.notes = server.notes.filter((note) => path !== `/api/notes/${String(note.id)}`);
        return new Response(null, { status: 204 });
      default:
        return Response.json(server.notes);
    }
  };
  vi.stubGlobal("fetch", (path: string, init: RequestInit) => Promise.resolve(answer(path, init)));
  return server;
}

let user: ReturnType<typeof userEvent.setup>;

beforeEach(() => {
  user = userEvent.setup();
});

describe("NotesPage", () => {
  it("shows that it loads, then the notes", async () => {
    serve([first]);
    render(<NotesPage />);

    expect(screen.getByRole("status")).toHaveTextContent("Loading");
    const note = await screen.findByRole("listitem");
    expect(within(note).getByRole("heading")).toHaveTextContent("Milk");
    expect(note).toHaveTextContent("Two bottles");
    expect(screen.queryByRole("status")).not.toBeInTheDocument();
  });

  it("says that there are none", async () => {
    serve([]);
    render(<NotesPage />);

    expect(await screen.findByText("No notes yet")).toBeVisible();
  });

  it("says what failed and tries again", async () => {
    const server = serve([first]);
    server.broken = true;
    render(<NotesPage />);
    expect(await screen.findByRole("alert")).toHaveTextContent("not available");

    server.broken = false;
    await user.click(screen.getByRole("button", { name: "Try again" }));

    expect(await screen.findByText("Milk")).toBeVisible();
  });

  it("does not show what is no list of notes", async () => {
    vi.stubGlobal("fetch", () => Promise.resolve(Response.json([{ id: "1" }])));
    render(<NotesPage />);

    expect(await screen.findByRole("alert")).toHaveTextContent("makes no sense");
  });

  it("adds a note on top and empties the form", async () => {
    const server = serve([first]);
    render(<NotesPage />);
    const title = await screen.findByLabelText("Title");

    await user.type(title, " Bread ");
    await user.type(screen.getByLabelText("Text"), "Rye");
    await user.click(screen.getByRole("button", { name: "Add note" }));

    expect(await screen.findByText("Bread")).toBeVisible();
    expect(screen.getAllByRole("heading", { level: 2 }).map((h) => h.textContent)).toEqual(["Bread", "Milk"]);
    expect(title).toHaveValue("");
    expect(server.notes[0]).toMatchObject({ title: "Bread", body: "Rye" });
  });

  it("keeps what was typed when it cannot be stored", async () => {
    const server = serve([]);
    render(<NotesPage />);
    const title = await screen.findByLabelText("Title");

    server.broken = true;
    await user.type(title, "Bread");
    await user.click(screen.getByRole("button", { name: "Add note" }));

    expect(await screen.findByRole("alert")).toHaveTextContent("not available");
    expect(title).toHaveValue("Bread");
    expect(screen.getByRole("button", { name: "Add note" })).toBeEnabled();
  });

  it("deletes a note", async () => {
    const server = serve([first]);
    render(<NotesPage />);

    await user.click(await screen.findByRole("button", { name: "Delete “Milk”" }));

    expect(await screen.findByText("No notes yet")).toBeVisible();
    expect(server.notes).toEqual([]);
  });

  it("keeps a note that cannot be deleted", async () => {
    const server = serve([first]);
    render(<NotesPage />);
    const button = await screen.findByRole("button", { name: "Delete “Milk”" });

    server.broken = true;
    await user.click(button);

    expect(await screen.findByRole("alert")).toHaveTextContent("not available");
    expect(screen.getByText("Milk")).toBeVisible();
    expect(button).toBeEnabled();
  });
});
