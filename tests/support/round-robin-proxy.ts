/**
 * One address before several real servers, as a load balancer is: each request goes to the next server that takes a
 * connection. A request that a server took and did not answer is never given to another: its client must ask again.
 */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';

export interface RoundRobinProxy {
  readonly origin: string;
  /** Ports of the servers on 127.0.0.1, in turn. */
  servers: readonly number[];
  /** How many requests each port took. */
  readonly taken: ReadonlyMap<number, number>;
  /** Told when a server has answered and before the client hears it; true cuts the client off instead. */
  cutAnswer: (path: string, port: number) => boolean;
  readonly close: () => Promise<void>;
}

export async function roundRobinProxy(): Promise<RoundRobinProxy> {
  const taken = new Map<number, number>();
  let turn = 0;

  const forward = (
    incoming: IncomingMessage,
    body: Buffer,
    out: ServerResponse,
    ports: readonly number[],
  ) => {
    const [port, ...others] = ports;
    if (port === undefined) {
      out.writeHead(503).end();
      return;
    }
    const path = incoming.url ?? '/';
    let isConnected = false;
    const onward = request(
      { host: '127.0.0.1', port, path, method: incoming.method, headers: incoming.headers, agent: false },
      (answer) => {
        if (proxy.cutAnswer(path, port)) {
          out.destroy();
          return;
        }
        out.writeHead(answer.statusCode ?? 502, answer.headers);
        out.flushHeaders();
        answer.pipe(out);
        answer.once('error', () => out.destroy());
        answer.once('close', () => {
          if (!answer.complete) out.destroy();
        });
      },
    );
    onward.once('socket', (socket) =>
      socket.once('connect', () => {
        isConnected = true;
        taken.set(port, (taken.get(port) ?? 0) + 1);
      }),
    );
    onward.once('error', () => {
      if (isConnected) out.destroy();
      else forward(incoming, body, out, others);
    });
    out.once('close', () => onward.destroy());
    onward.end(body);
  };

  const server = createServer((incoming, out) => {
    const parts: Buffer[] = [];
    incoming.on('data', (part: Buffer) => parts.push(part));
    incoming.once('end', () => {
      const at = turn++ % Math.max(1, proxy.servers.length);
      const inTurn = [...proxy.servers.slice(at), ...proxy.servers.slice(0, at)];
      forward(incoming, Buffer.concat(parts), out, inTurn);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const proxy: RoundRobinProxy = {
    origin: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    servers: [],
    taken,
    cutAnswer: () => false,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return proxy;
}
