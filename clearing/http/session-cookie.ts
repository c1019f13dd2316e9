/** The cookie that carries a session: the browser's scripts never see it, other sites never send it. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SESSION_LIFE_S } from '../accounts/sign-in.ts';

export interface SessionCookie {
  readonly name: string;
  readonly read: (request: FastifyRequest) => string | undefined;
  readonly set: (reply: FastifyReply, token: string) => void;
  readonly clear: (reply: FastifyReply) => void;
}

/** @param isSecure whether clients come by https; then the browser itself binds the cookie to this host */
export function sessionCookie(isSecure: boolean): SessionCookie {
  const name = isSecure ? '__Host-fieldtill-session' : 'fieldtill-session';
  const options = { path: '/', httpOnly: true, sameSite: 'strict', secure: isSecure } as const;
  return {
    name,
    read: (request) => request.cookies[name],
    set: (reply, token) => {
      reply.setCookie(name, token, { ...options, maxAge: SESSION_LIFE_S });
    },
    clear: (reply) => {
      reply.clearCookie(name, options);
    },
  };
}
