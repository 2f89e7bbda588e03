import { DEFAULT_PORT } from "./service.ts";

/** Return 0 if /health answers 200, 1 if not: the image has no curl. */
export async function main(): Promise<number> {
  const port = Number(process.env.PORT) || DEFAULT_PORT;
  try {
    const response = await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(2_000) });
    return response.status === 200 ? 0 : 1;
  } catch (error) {
    const { cause } = error as Error;
    process.stderr.write(`/health does not answer: ${cause instanceof Error ? cause.message : String(error)}\n`);
    return 1;
  }
}
