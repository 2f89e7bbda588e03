import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    benchmark: { include: ["benchmarks/**/*.bench.ts"] },
    // A machine that has much else to do is slow, not wrong.
    testTimeout: 20_000,
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    // Integration tests share stores.
    fileParallelism: false,
    coverage: {
      include: ["src/**/*.ts"],
      exclude: ["src/main.ts"],
      reporter: ["text", "html", "lcov"],
      thresholds: { branches: 80, functions: 80, lines: 80, statements: 80 },
    },
  },
});
