import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { GreetingPage } from "./greeting-page";

const fetchMock = vi.fn<typeof fetch>();

beforeEach(() => {
  fetchMock.mockReset();
  vi.stubGlobal("fetch", fetchMock);
});

async function ask(name: string) {
  render(<GreetingPage />);
  await userEvent.type(screen.getByLabelText("Your name"), name);
  await userEvent.click(screen.getByRole("button", { name: "Say hello" }));
}

describe("GreetingPage", () => {
  it("shows the greeting", async () => {
    fetchMock.mockResolvedValue(Response.json({ message: "Hello, Ada & Co!" }));

    await ask(" Ada & Co ");

    expect(await screen.findByText("Hello, Ada & Co!")).toBeVisible();
    expect(fetchMock).toHaveBeenCalledWith("/api/greeting?name=Ada+%26+Co", expect.anything());
  });

  it("waits for the answer", async () => {
    fetchMock.mockReturnValue(new Promise(() => undefined));

    await ask("Ada");

    expect(screen.getByRole("status")).toHaveTextContent("Loading");
    expect(screen.getByRole("button")).toBeDisabled();
  });

  it("says what failed", async () => {
    fetchMock.mockResolvedValue(new Response(null, { status: 503 }));

    await ask("Ada");

    expect(await screen.findByRole("alert")).toHaveTextContent("not available");
    expect(screen.getByRole("button")).toBeEnabled();
  });

  it("does not show what is no greeting", async () => {
    fetchMock.mockResolvedValue(Response.json({ message: 1 }));

    await ask("Ada");

    expect(await screen.findByRole("alert")).toHaveTextContent("makes no sense");
  });
});
