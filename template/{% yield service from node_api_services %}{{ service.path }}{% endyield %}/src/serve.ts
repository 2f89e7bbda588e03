import { buildApp } from "./app.ts";
import { createLogger } from "./logs.ts";
import { loadOrExit } from "./settings.ts";
import { startTracing } from "./tracing.ts";

const GRACE_MS = 8_000; // below the 10 s that Docker gives a container to stop

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
    // Requests that are still running by then are cut off.
    const deadline = setTimeout(() => {
      logger.warn("requests did not end in time");
      app.server.closeAllConnections();
    }, GRACE_MS);
    await app.close();
    clearTimeout(deadline);
    await stopTracing();
  }
  function stopOn(signal: NodeJS.Signals): void {
    logger.info({ signal }, "stopping");
    void stop();
  }
  process.on("SIGINT", stopOn).on("SIGTERM", stopOn);

  await app.listen({ host: "0.0.0.0", port: settings.port, listenTextResolver: (address) => `listening on ${address}` });
  return stop;
}
