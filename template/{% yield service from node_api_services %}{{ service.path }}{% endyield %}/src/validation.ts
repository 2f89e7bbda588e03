import { Ajv } from "ajv";
import type { FastifyInstance } from "fastify";

/** Check requests against the schemas of routes. Only what comes as text in the URL is turned into numbers. */
export function validateRequests(app: FastifyInstance): void {
  const options = { allErrors: true, useDefaults: true };
  const inBody = new Ajv(options);
  const inUrl = new Ajv({ ...options, coerceTypes: true });
  app.setValidatorCompiler(({ schema, httpPart }) => (httpPart === "body" ? inBody : inUrl).compile(schema as object));
}
