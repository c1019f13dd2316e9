/** JSON bodies as RFC 8259 §8.1 has them between systems: UTF-8, nothing repaired, no byte order mark, no prototypes. */
import type { FastifyInstance } from 'fastify';
import { RefusedRequest } from './problem.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function addStrictJson(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser('error', 'error');
  const refuse = () => new RefusedRequest({ code: 'bad-request', detail: { field: 'body' } });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    let text: string;
    try {
      text = utf8.decode(body as Buffer);
    } catch {
      return done(refuse());
    }
    if (text.startsWith('\ufeff')) return done(refuse());
    return parseJson(request, text, done);
  });
}
