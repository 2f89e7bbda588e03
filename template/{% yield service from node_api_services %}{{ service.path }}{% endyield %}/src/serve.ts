import { buildApp } from "./app.ts";
import { createLogger } from "./logs.ts";
import { loadOrExit } from "./settings.ts";
import { inTime } from "./time.ts";
import { startTracing } from "./tracing.ts";

// Together below the 10 s that Docker gives a container to stop.
const REQUESTS_MS = 6_000;
const STORES_MS = 1_000;
const SPANS_MS = 2_000;

/**
 * Serve until SIGTERM or SIGINT; exit with code 2 where a setting is wrong.
 *
 * Returns what stops it, for tests.
 */
export async function serve(): Promise<() => Promise<void>> {
  const settings = loadOrExit();
  const logger = await createLogger(settings);
  const stopTracing = await startTracing(process.env.OTEL_EXPORTER_OTLP_ENDPOINT);
  const app = await buildApp(settings, logger);

  let stopped: Promise<void> | undefined;
  function stop(): Promise<void> {
    stopped ??= close();
    return stopped;
  }
  async function close(): Promise<void> {
    process.off("SIGINT", stopOn).off("SIGTERM", stopOn);
    // It ends the requests that run, then the connections to the stores that they use.
    const closed = app.close();
    if (!(await ends("requests", closed, REQUESTS_MS))) {
      app.server.closeAllConnections();
      await ends("connections to the stores", closed, STORES_MS);
    }
    // Last, and whatever else hangs: the last requests have spans too.
    await ends("the sending of spans", stopTracing(), SPANS_MS);
  }
  async function ends(what: string, promise: Promise<unknown>, ms: number): Promise<boolean> {
    try {
      await inTime(promise, ms);
      return true;
    } catch (error) {
      logger.warn({ error: String(error) }, `${what} did not end well`);
      return false;
    }
  }
  function stopOn(signal: NodeJS.Signals): void {
    logger.info({ signal }, "stopping");
    // A statement on which a database still works would keep the process alive.
    void stop().finally(() => process.exit());
  }
  process.on("SIGINT", stopOn).on("SIGTERM", stopOn);

  await app.listen({ host: "0.0.0.0", port: settings.port, listenTextResolver: (address) => `listening on ${address}` });
  return stop;
}
