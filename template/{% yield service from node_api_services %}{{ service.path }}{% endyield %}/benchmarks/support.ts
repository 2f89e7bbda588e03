import { expect, test } from "vitest";

const SLOWER = 1.5;

/**
 * Measure a function.
 *
 * With BENCH=save the figures are kept in benchmarks/kept/, with BENCH=compare it fails where it takes half as
 * long again as those.
 */
export function measure(name: string, run: () => unknown): void {
  const kept = `benchmarks/kept/${name}.json`;
  const work = async () => {
    await run();
  };
  test(name, { timeout: 30_000 }, async ({ bench }) => {
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
