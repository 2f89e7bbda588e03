import type { FastifyInstance } from "fastify";

/** Answer the requests that run while the application closes, and end their connections, for which it waits. */
export function endConnections(app: FastifyInstance): void {
  let closing = false;
  app.addHook("preClose", (done) => {
    closing = true;
    done();
  });
  app.addHook("onSend", (_, reply, payload, done) => {
    if (closing) {
      reply.header("Connection", "close");
    }
    done(null, payload);
  });
}
