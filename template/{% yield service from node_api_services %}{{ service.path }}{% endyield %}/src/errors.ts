import { STATUS_CODES } from "node:http";

import type { FastifyError, FastifyInstance } from "fastify";

// Bodies that cannot be read at all.
const UNREADABLE = new Set(["FST_ERR_CTP_INVALID_JSON_BODY", "FST_ERR_CTP_EMPTY_JSON_BODY", "FST_ERR_VALIDATION"]);

/** An answer other than success that a route decides on; `detail` is for the client. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(statusCode: number, detail: string, headers: Record<string, string> = {}, options?: ErrorOptions) {
    super(detail, options);
    this.statusCode = statusCode;
    this.headers = headers;
  }
}

/** Answer every error with {"detail": …}. What was sent is not repeated: it may be secret. */
export function answerErrors(app: FastifyInstance): void {
  app.setNotFoundHandler((_, reply) => reply.code(404).send({ detail: "Not Found" }));
  app.setErrorHandler<FastifyError | HttpError>((error, request, reply) => {
    if (error instanceof HttpError) {
      return reply.code(error.statusCode).headers(error.headers).send({ detail: error.message });
    }
    if (error.validation) {
      const part = error.validationContext ?? "";
      const detail = error.validation.map(({ instancePath, message, keyword }) => ({
        loc: [part, ...instancePath.split("/").slice(1)],
        msg: message,
        type: keyword,
      }));
      return reply.code(422).send({ detail });
    }
    const status = error.statusCode ?? 500;
    if (UNREADABLE.has(error.code)) {
      return reply.code(422).send({ detail: [{ loc: ["body"], msg: "is not JSON", type: "json" }] });
    }
    if (status >= 500) {
      request.log.error({ exception: error }, "the request failed");
    }
    return reply.code(status).send({ detail: STATUS_CODES[status] ?? "Error" });
  });
}

/** Return the kind of an error, or of what caused it: its code, like ECONNREFUSED, or its name. */
export function kindOf(error: unknown): string {
  const { code, cause, name } = error as Error & { code?: unknown };
  if (cause instanceof Error) {
    return kindOf(cause);
  }
  return typeof code === "string" ? code : name;
}
