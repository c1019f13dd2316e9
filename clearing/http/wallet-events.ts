/** Events to a customer's wallet: each payment as it became known, with the number that resumes after it. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { toHex } from '../../shared/bytes.ts';
import { clearingStreams } from '../../shared/contract/clearing/streams.ts';
import { customerOf } from '../accounts/sign-in.ts';
import type { House } from '../house.ts';
import type { NewsHub } from '../notify/news-hub.ts';
import { walletPayments } from '../notify/wallet-payments.ts';
import { startEventStream } from './event-stream.ts';
import { sessionOf } from './guards.ts';
import { RefusedRequest } from './problem.ts';

/** Undefined when the wallet names no number: then what comes from now on is told. */
function resumeAfter(request: FastifyRequest): string | undefined {
  const { after, ...others } = request.query as Record<string, unknown>;
  const named = request.headers['last-event-id'] ?? after;
  if (Object.keys(others).length > 0 || (named !== undefined && !/^[0-9]{1,12}$/.test(String(named))))
    throw new RefusedRequest({ code: 'bad-request', detail: { field: 'querystring/after' } });
  return named === undefined ? undefined : String(named);
}

export function addWalletEvents(
  app: FastifyInstance,
  house: House,
  hub: NewsHub,
  guard: (request: FastifyRequest) => Promise<void>,
): void {
  app.get(
    clearingStreams.walletEvents.path,
    {
      onRequest: guard,
      exposeHeadRoute: false,
      schema: {
        operationId: 'walletEvents',
        summary: 'Events',
        description: 'Server-sent events named payment; Last-Event-ID or ?after= resumes.',
        tags: ['Wallet'],
        security: [{ session: [] }],
      },
    },
    (request, reply) => {
      const { customer, token } = sessionOf(request);
      let last = resumeAfter(request) ?? customer.lastPaymentNumber.toString();
      startEventStream(app, request, reply, {
        owner: `customer ${toHex(customer.customerId)}`,
        read: async () => {
          // the session may have ended since
          if ((await customerOf(house, token)) === undefined) return null;
          const payments = await walletPayments(house, customer.customerId, last);
          last = payments.at(-1)?.number.toString() ?? last;
          return payments.map((payment) => ({
            event: 'payment',
            id: payment.number.toString(),
            data: JSON.stringify(payment),
          }));
        },
        subscribe: (wake) => hub.onCustomer(toHex(customer.customerId), wake),
      });
      return reply;
    },
  );
}
