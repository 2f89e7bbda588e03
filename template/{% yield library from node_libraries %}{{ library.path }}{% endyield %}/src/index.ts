export { excerpt } from "./text.ts";
