import { useState } from "react";
import type { SubmitEvent } from "react";

import { Problem } from "../api/problem";
import { product } from "../product";
import { greet } from "./api";

type State =
  | { status: "idle" | "loading" }
  | { status: "failed"; error: unknown }
  | { status: "ready"; greeting: string };

/** Asks for a name and shows the API's greeting. */
export function GreetingPage() {
  const [state, setState] = useState<State>({ status: "idle" });

  async function load(name: string) {
    setState({ status: "loading" });
    try {
      setState({ status: "ready", greeting: await greet(name) });
    } catch (error) {
      setState({ status: "failed", error });
    }
  }

  function handleSubmit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const { name } = Object.fromEntries(new FormData(event.currentTarget)) as { name: string };
    void load(name.trim());
  }

  return (
    <article>
      <title>{`Greeting · ${product.name}`}</title>
      <h1>Greeting</h1>
      <form className="card" aria-label="Greeting" onSubmit={handleSubmit}>
        <label>
          Your name
          {/* Blanks alone are no name: the API would refuse it. */}
          <input name="name" required maxLength={100} pattern=".*\S.*" autoComplete="given-name" />
        </label>
        <button type="submit" disabled={state.status === "loading"}>
          Say hello
        </button>
        {state.status === "failed" && <Problem error={state.error} />}
        <output className="lead">
          {state.status === "loading" && "Loading…"}
          {state.status === "ready" && state.greeting}
        </output>
      </form>
    </article>
  );
}
