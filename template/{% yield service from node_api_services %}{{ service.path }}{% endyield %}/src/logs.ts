import { pino, stdSerializers } from "pino";
import type { DestinationStream, Logger } from "pino";

import { redactor } from "./redaction.ts";
import { NAME } from "./service.ts";
import type { Settings } from "./settings.ts";

const LEVELS: Record<string, string> = { warn: "warning", fatal: "critical" };

/** Return a logger without secrets: JSON lines on standard output, or readable ones in development. */
export async function createLogger(
  settings: Pick<Settings, "environment" | "logLevel" | "secrets">,
  destination: DestinationStream = pino.destination({ sync: true }),
): Promise<Logger> {
  const redact = redactor(settings.secrets);
  const readable = settings.environment === "development" ? await prettyPrinter() : undefined;
  return pino(
    {
      level: settings.logLevel === "warning" ? "warn" : settings.logLevel,
      base: { logger: NAME },
      messageKey: "message",
      errorKey: "exception",
      timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: LEVELS[label] ?? label }) },
      serializers: { exception: (error: Error) => stdSerializers.err(error).stack },
      hooks: { streamWrite: readable ? (json) => readable(redact(json)) : redact },
    },
    destination,
  );
}

/** Return what turns a line of JSON into text for people; the production image has no tools of development. */
async function prettyPrinter(): Promise<((json: string) => string) | undefined> {
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
