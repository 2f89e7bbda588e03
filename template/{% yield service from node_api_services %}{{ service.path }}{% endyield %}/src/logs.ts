import { pino, stdSerializers } from "pino";
import type { DestinationStream, Logger } from "pino";

import { redactor } from "./redaction.ts";
import { NAME } from "./service.ts";
import type { Settings } from "./settings.ts";

const LEVELS: Record<string, string> = { warn: "warning", fatal: "critical" };

/** Return a logger without secrets: JSON lines on standard output, or readable ones in development. */
export async function createLogger(
  settings: Pick<Settings, "environment" | "logLevel" | "secrets">,
  destination?: DestinationStream,
): Promise<Logger> {
  const readable = settings.environment === "development" ? await prettyPrinter(destination) : undefined;
  return pino(
    {
      level: settings.logLevel === "warning" ? "warn" : settings.logLevel,
      base: { logger: NAME },
      messageKey: "message",
      errorKey: "exception",
      timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: LEVELS[label] ?? label }) },
      serializers: { exception: (error: Error) => stdSerializers.err(error).stack },
      hooks: { streamWrite: redactor(settings.secrets) },
    },
    readable ?? destination ?? pino.destination({ sync: true }),
  );
}

async function prettyPrinter(destination?: DestinationStream): Promise<DestinationStream | undefined> {
  try {
    const { default: pretty } = await import("pino-pretty");
    return pretty({
      colorize: !process.env.NO_COLOR,
      customLevels: { debug: 20, info: 30, warning: 40, error: 50, critical: 60 },
      customColors: "debug:dim,info:green,warning:yellow,error:red,critical:bgRed",
      useOnlyCustomProps: true,
      errorLikeObjectKeys: [],
      ignore: "logger",
      messageKey: "message",
      timestampKey: "timestamp",
      translateTime: "SYS:HH:MM:ss.l",
      singleLine: true,
      sync: true,
      ...(destination && { destination: destination as NodeJS.WritableStream }),
    });
  } catch {
    // The production image has no tools of development.
    return undefined;
  }
}
