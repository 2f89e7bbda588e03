import { expect, test } from "vitest";

const SLOWER = 1.1;
// The machine may be busy with something else for a while; code that is slower is slower each time.
const ATTEMPTS = 5;

/**
 * Measure a function.
 *
 * With BENCH=save the figures are kept in benchmarks/kept/, with BENCH=compare it fails where the median is more
 * than 10 % above those.
 */
export function measure(name: string, run: () => unknown): void {
  const kept = `benchmarks/kept/${name}.json`;
  const work = async () => {
    await run();
  };
  test(name, { timeout: 60_000, retry: process.env.BENCH === "compare" ? ATTEMPTS - 1 : 0 }, async ({ bench }) => {
    switch (process.env.BENCH) {
      case "save":
        await bench(name, { writeResult: kept }, work).run();
        break;
      case "compare": {
        const results = await bench.compare(bench("now", work), bench.from("kept", kept));
        expect(results.get("now").latency.p50).toBeLessThan(SLOWER * results.get("kept").latency.p50);
        break;
      }
      default:
        await bench(name, work).run();
    }
  });
}
