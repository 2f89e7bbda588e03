const TIMEOUT_MS = 10_000;

/**
 * Why a call gave no result: no answer came, it took too long, the answer was an error (see `status`),
 * or the answer was not what was expected.
 */
export type Failure = "network" | "timeout" | "status" | "format";

/** A call to the API that failed; the message can be shown to people. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly failure: Failure;
  readonly status: number | undefined;

  constructor(failure: Failure, message: string, options: ErrorOptions & { status?: number } = {}) {
    super(message, options);
    this.failure = failure;
    this.status = options.status;
  }
}

interface Call<T> {
  method?: "GET" | "POST" | "DELETE";
  /** Sent as JSON. */
  body?: unknown;
  signal?: AbortSignal;
  /** Return the answer's JSON, undefined where it has none, as a T; throw if it is not one. */
  parse: (value: unknown) => T;
}

/**
 * Call the API and return its parsed answer.
 *
 * Throws ApiError; where `signal` ends the call, its reason.
 */
export async function call<T>(path: string, { method = "GET", body, signal, parse }: Call<T>): Promise<T> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const headers: Record<string, string> = { Accept: "application/json" };
  if (body !== undefined) {
    headers["Content-Type"] = "application/json";
  }

  let response: Response;
  let text: string;
  try {
    response = await fetch(path, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    text = await response.text();
  } catch (cause) {
    signal?.throwIfAborted();
    throw timeout.aborted
      ? new ApiError("timeout", "The server took too long to answer.", { cause })
      : new ApiError("network", "The server could not be reached.", { cause });
  }

  if (!response.ok) {
    throw new ApiError("status", explain(response.status, text), { status: response.status });
  }
  try {
    return parse(text === "" ? undefined : JSON.parse(text));
  } catch (cause) {
    throw new ApiError("format", "The server gave an answer that makes no sense.", { cause });
  }
}

function explain(status: number, text: string): string {
  if (status >= 500) {
    return status === 503 ? "The server is not available just now." : "The server failed.";
  }
  try {
    const { detail } = JSON.parse(text) as { detail?: unknown };
    if (typeof detail === "string") {
      return `The server refused: ${detail}.`;
    }
  } catch {
    // Not JSON: the status has to do.
  }
  return `The server refused (status ${String(status)}).`;
}
