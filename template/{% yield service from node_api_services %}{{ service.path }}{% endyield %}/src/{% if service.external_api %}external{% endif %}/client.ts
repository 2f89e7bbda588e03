import {
  bulkhead,
  BulkheadRejectedError,
  BrokenCircuitError,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  DelegateBackoff,
  handleWhen,
  isTaskCancelledError,
  retry,
  timeout,
  TimeoutStrategy,
  wrap,
} from "cockatiel";
import type { FastifyBaseLogger } from "fastify";
import pThrottle from "p-throttle";
import { Counter, Gauge, Histogram } from "prom-client";

import { HttpError, kindOf } from "../errors.ts";
import { registry } from "../metrics.ts";
import type { Settings } from "../settings.ts";
import { traceHeaders } from "../tracing.ts";

/** How much the outside API is asked for, and how long it may take. */
export const LIMITS = {
  /** Calls that run at once, and that wait for their turn; what is beyond is refused. */
  concurrent: 20,
  queued: 100,
  /** Requests to the outside, those of retries included. */
  perSecond: 10,
  attemptMs: 3_000,
  /** From the call to its answer, with every wait in between. */
  totalMs: 10_000,
  retries: 3,
  firstDelayMs: 200,
  longestDelayMs: 2_000,
  /** It is asked again after that, however long it asked to wait: a wrong date must not silence it for ever. */
  longestQuietMs: 900_000,
  /** Failures in a row after which nothing is sent for a while. */
  failuresToOpen: 5,
  openMs: 10_000,
};

type Outcome = "ok" | "refused" | "limited" | "failed" | "timeout" | "unreachable";

const attempts = new Counter({
  name: "external_api_attempts_total",
  help: "Requests to the outside API, retries included.",
  labelNames: ["outcome"],
  registers: [registry],
});
const attemptDuration = new Histogram({
  name: "external_api_attempt_duration_seconds",
  help: "Duration of requests to the outside API.",
  buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 3],
  registers: [registry],
});
const breakerState = new Gauge({
  name: "external_api_breaker_state",
  help: "Circuit breaker of the outside API: 0 closed, 1 half open, 2 open.",
  registers: [registry],
});
const STATES: Partial<Record<CircuitState, number>> = {
  [CircuitState.Closed]: 0,
  [CircuitState.HalfOpen]: 1,
  [CircuitState.Open]: 2,
};

/** One attempt that did not succeed. */
class AttemptError extends Error {
  override readonly name = "AttemptError";
  readonly outcome: Exclude<Outcome, "ok">;
  readonly status: number | undefined;
  /** How long the outside asked to wait. */
  readonly retryAfterMs: number;

  constructor(
    outcome: Exclude<Outcome, "ok">,
    message: string,
    options: ErrorOptions & { status?: number; retryAfterMs?: number } = {},
  ) {
    super(message, options);
    this.outcome = outcome;
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs ?? 0;
  }
}

/**
 * The outside API: calls wait for their turn, are tried again where that may help, and are not made at all while
 * it keeps failing.
 */
export class ExternalApi {
  readonly #settings: Settings["externalApi"];
  readonly #limits: typeof LIMITS;
  readonly #logger: FastifyBaseLogger;
  readonly #policy;
  readonly #breaker;
  readonly #send;
  #openedAt = 0;
  /** Until then the API asked to be left alone. */
  #quietUntil = 0;

  constructor(settings: Settings["externalApi"], logger: FastifyBaseLogger, limits: Partial<typeof LIMITS> = {}) {
    this.#settings = settings;
    this.#limits = { ...LIMITS, ...limits };
    this.#logger = logger;
    const { concurrent, queued, perSecond, totalMs, retries, failuresToOpen, openMs } = this.#limits;
    this.#send = pThrottle({ limit: perSecond, interval: 1_000, strict: true })((path: string, signal: AbortSignal) =>
      this.#attempt(path, signal),
    );
    this.#breaker = circuitBreaker(
      handleWhen((error) => error instanceof AttemptError && error.outcome !== "refused" && error.outcome !== "limited"),
      { halfOpenAfter: openMs, breaker: new ConsecutiveBreaker(failuresToOpen) },
    );
    this.#breaker.onStateChange((state) => {
      breakerState.set(STATES[state] ?? 0);
      if (state === CircuitState.Open) {
        this.#openedAt = Date.now();
      }
      logger.warn({ state: CircuitState[state] }, "the circuit breaker of the outside API changed");
    });
    breakerState.set(0);
    this.#policy = wrap(
      // Around all others: whoever asked waits in the queue too.
      timeout(totalMs, TimeoutStrategy.Aggressive),
      bulkhead(concurrent, queued),
      retry(
        handleWhen((error) => error instanceof AttemptError && this.#mayHelp(error)),
        {
          maxAttempts: retries,
          backoff: new DelegateBackoff(({ attempt, result }) => this.#delay(attempt, result)),
        },
      ),
    );
  }

  /** Return the JSON that the API has at a path; HttpError says what to answer where it gives none. */
  async get(path: string): Promise<unknown> {
    try {
      return await this.#policy.execute(({ signal }) => {
        this.#keepQuiet();
        return this.#breaker.execute(() => this.#send(path, signal));
      });
    } catch (error) {
      throw this.#answerTo(error);
    }
  }

  /** Refuse what the API would refuse: it said for how long. */
  #keepQuiet(): void {
    const retryAfterMs = this.#quietUntil - Date.now();
    if (retryAfterMs > 0) {
      throw new AttemptError("limited", "the API asked to be left alone", { retryAfterMs });
    }
  }

  async #attempt(path: string, signal: AbortSignal): Promise<unknown> {
    // Both may have changed while this waited for its turn.
    signal.throwIfAborted();
    this.#keepQuiet();
    const stop = attemptDuration.startTimer();
    let outcome: Outcome = "ok";
    try {
      return await this.#request(path, signal);
    } catch (error) {
      outcome = error instanceof AttemptError ? error.outcome : "unreachable";
      throw error;
    } finally {
      attempts.labels(outcome).inc();
      stop();
    }
  }

  async #request(path: string, signal: AbortSignal): Promise<unknown> {
    const inTime = AbortSignal.timeout(this.#limits.attemptMs);
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${this.#settings.url}${path}`, {
        headers: { ...traceHeaders(), Accept: "application/json", Authorization: `Bearer ${this.#settings.key}` },
        // The key is for this host and no other: a redirect is an answer like any that is of no use.
        redirect: "manual",
        signal: AbortSignal.any([signal, inTime]),
      });
      text = await response.text();
    } catch (cause) {
      const timedOut = inTime.aborted || signal.aborted;
      throw new AttemptError(timedOut ? "timeout" : "unreachable", timedOut ? "no answer in time" : "no answer", {
        cause,
      });
    }
    const { ok, status } = response;
    if (!ok) {
      const retryAfterMs = status === 429 || status === 503 ? this.#askedToWait(response) : 0;
      const outcome = status === 429 ? "limited" : status >= 500 ? "failed" : "refused";
      throw new AttemptError(outcome, `status ${status}`, { status, retryAfterMs });
    }
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw new AttemptError("failed", "the answer is not JSON", { cause, status });
    }
  }

  /** Return how long the answer asks to wait, and remember it for other calls. */
  #askedToWait(response: Response): number {
    const ms = Math.min(retryAfter(response), this.#limits.longestQuietMs);
    this.#quietUntil = Math.max(this.#quietUntil, Date.now() + ms);
    return ms;
  }

  #mayHelp(error: AttemptError): boolean {
    return error.outcome !== "refused" && error.retryAfterMs <= this.#limits.longestDelayMs;
  }

  /** Return how long to wait: twice as long each time, by chance up to half less, and beyond what was asked for. */
  #delay(attempt: number, result: object): number {
    const { firstDelayMs, longestDelayMs } = this.#limits;
    const most = Math.min(longestDelayMs, firstDelayMs * 2 ** (attempt - 1));
    const asked = "error" in result && result.error instanceof AttemptError ? result.error.retryAfterMs : 0;
    return asked + most * (0.5 + Math.random() / 2);
  }

  #answerTo(error: unknown): Error {
    if (error instanceof BrokenCircuitError) {
      return unavailable(503, "the outside API keeps failing", this.#openedAt + this.#limits.openMs - Date.now(), error);
    }
    if (error instanceof BulkheadRejectedError) {
      return unavailable(503, "too many requests to the outside API", 1_000, error);
    }
    if (error instanceof AttemptError) {
      this.#logNone(error.outcome, error);
      switch (error.outcome) {
        case "limited":
          return unavailable(503, "the outside API allows no more requests for now", error.retryAfterMs, error);
        case "timeout":
          return unavailable(504, "the outside API took too long", 1_000, error);
        case "refused":
          return error.status === 404
            ? new HttpError(404, "the outside API has no such thing", {}, { cause: error })
            : unavailable(502, "the outside API refused the request", 60_000, error);
        default:
          return unavailable(502, "the outside API failed", error.retryAfterMs, error);
      }
    }
    if (isTaskCancelledError(error) || (error instanceof DOMException && error.name === "AbortError")) {
      this.#logNone("timeout", error);
      return unavailable(504, "the outside API took too long", 1_000, error);
    }
    return error as Error;
  }

  /** Say why, of a cause by its kind alone: its text may hold what was sent. */
  #logNone(outcome: Outcome, error: Error & { status?: number | undefined }): void {
    const reason = error.cause instanceof Error ? kindOf(error.cause) : error.message;
    this.#logger.warn({ outcome, status: error.status, reason }, "the outside API gave no answer");
  }
}

function unavailable(status: 502 | 503 | 504, detail: string, afterMs: number, cause: Error): HttpError {
  return new HttpError(status, detail, { "Retry-After": String(Math.max(1, Math.ceil(afterMs / 1_000))) }, { cause });
}

/** Return the milliseconds of a Retry-After header, which holds seconds or a date; 0 without one. */
function retryAfter(response: Response): number {
  const value = response.headers.get("Retry-After");
  if (!value) {
    return 0;
  }
  const ms = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}
