import { pino, stdSerializers } from "pino";
import type { DestinationStream, Logger } from "pino";

import { Redactor } from "./redaction.ts";
import { NAME } from "./service.ts";
import type { Settings } from "./settings.ts";

const LEVELS: Record<string, string> = { warn: "warning", fatal: "critical" };

/** Return a logger without secrets: JSON lines on standard output, or readable ones in development. */
export async function createLogger(
  settings: Pick<Settings, "environment" | "logLevel" | "secrets">,
  destination: DestinationStream = pino.destination({ sync: true }),
): Promise<Logger> {
  const redactor = new Redactor(settings.secrets);
  const readable = settings.environment === "development" ? await prettyPrinter() : undefined;
  return pino(
    {
      level: settings.logLevel === "warning" ? "warn" : settings.logLevel,
      base: { logger: NAME },
      messageKey: "message",
      errorKey: "exception",
      timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: LEVELS[label] ?? label }) },
      serializers: { exception: (error: unknown) => (error instanceof Error ? stdSerializers.err(error).stack : error) },
      hooks: {
        // Of the finished line: it holds all that is logged, with its names, as plain values without cycles.
        streamWrite: (line) => {
          const entry = redactor.value(JSON.parse(line));
          return readable ? readable(entry) : `${JSON.stringify(entry)}\n`;
        },
      },
    },
    destination,
  );
}

/** Return what turns an entry into text for people; the production image has no tools of development. */
async function prettyPrinter(): Promise<((entry: unknown) => string) | undefined> {
  try {
    const { prettyFactory } = await import("pino-pretty");
    return prettyFactory({
      colorize: !process.env.NO_COLOR,
      customLevels: { debug: 20, info: 30, warning: 40, error: 50, critical: 60 },
      customColors: "debug:dim,info:green,warning:yellow,error:red,critical:bgRed",
      ignore: "logger",
      messageKey: "message",
      timestampKey: "timestamp",
      translateTime: "SYS:HH:MM:ss.l",
      singleLine: true,
    });
  } catch {
    return undefined;
  }
}
