/** The cookie that carries a session: the browser's scripts never see it, other sites never send it. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SESSION_LIFE_S } from '../accounts/sign-in.ts';
import { STAFF_SESSION_LIFE_MS } from '../staff/sessions.ts';

export interface SessionCookie {
  readonly name: string;
  readonly read: (request: FastifyRequest) => string | undefined;
  readonly set: (reply: FastifyReply, token: string) => void;
  readonly clear: (reply: FastifyReply) => void;
}

function cookieOf(plainName: string, maxAge: number, isSecure: boolean): SessionCookie {
  const name = isSecure ? `__Host-${plainName}` : plainName;
  const options = { path: '/', httpOnly: true, sameSite: 'strict', secure: isSecure } as const;
  return {
    name,
    read: (request) => request.cookies[name],
    set: (reply, token) => {
      reply.setCookie(name, token, { ...options, maxAge });
    },
    clear: (reply) => {
      reply.clearCookie(name, options);
    },
  };
}

export interface SessionCookies {
  readonly customer: SessionCookie;
  readonly staff: SessionCookie;
}

/** @param isSecure whether clients come by https; then the browser itself binds the cookies to this host */
export function sessionCookies(isSecure: boolean): SessionCookies {
  return {
    customer: cookieOf('fieldtill-session', SESSION_LIFE_S, isSecure),
    staff: cookieOf('fieldtill-staff', STAFF_SESSION_LIFE_MS / 1000, isSecure),
  };
}
