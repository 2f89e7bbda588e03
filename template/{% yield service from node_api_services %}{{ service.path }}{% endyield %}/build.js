// Bundles src/main.ts into dist/: index.js, and a file for each part that is loaded on demand.
import { build } from "esbuild";

await build({
  entryPoints: { index: "src/main.ts" },
  outdir: "dist",
  bundle: true,
  splitting: true,
  platform: "node",
  format: "esm",
  target: "node26",
  minifySyntax: true,
  keepNames: true,
  // Stack traces name the lines of the source; its text is not needed for that.
  sourcemap: "inline",
  sourcesContent: false,
  // Optional, and only for development.
  external: ["pg-native", "pino-pretty"],
  // Packages that are CommonJS require what Node.js brings.
  banner: {
    js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);',
  },
});
