import { call } from "../api/client";

/** Return a greeting for someone; throws ApiError. */
export function greet(name: string): Promise<string> {
  return call(`/api/greeting?${new URLSearchParams({ name }).toString()}`, { parse: parseGreeting });
}

function parseGreeting(value: unknown): string {
  const { message } = value as { message?: unknown };
  if (typeof message !== "string") {
    throw new TypeError("not a greeting");
  }
  return message;
}
