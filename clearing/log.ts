/** Logs: one JSON line a record. No key, password, cookie, code or body is ever in one. */
import { type Logger, pino } from 'pino';

const SECRETS = [
  'req.headers.authorization',
  'req.headers.cookie',
  'req.headers.signature',
  'res.headers["set-cookie"]',
  '*.password',
  '*.passwordHash',
  '*.secret',
  '*.possession',
  '*.token',
  '*.code.text',
  '*.body',
];

export function openLog(level: string): Logger {
  return pino({
    level,
    redact: { paths: SECRETS, censor: '[redacted]' },
    serializers: {
      // path without its query, and no headers: they may name a person
      req: (request: { method: string; url: string; ip?: string }) => ({
        method: request.method,
        path: request.url.split('?')[0],
        ip: request.ip,
      }),
      res: (reply: { statusCode: number }) => ({ statusCode: reply.statusCode }),
      // a database's message may quote a row
      err: (error: Error & { code?: unknown }) => ({
        type: error.name,
        message: error.message,
        code: error.code,
        stack: error.stack,
      }),
    },
  });
}
