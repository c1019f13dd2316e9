/** The OpenAPI page at /docs and the document at /docs/json: from the schemas that check the requests. */
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import type { SessionCookies } from './session-cookie.ts';

const DESCRIPTION = `Amounts are decimal strings of minor units beside an ISO 4217 currency. Keys,
certificates and proofs are base64url, identifiers lower-case hexadecimal. Errors are problem+json
(RFC 9457) with a \`code\`. Terminals speak CBOR and sign each request (RFC 9421).`;

export async function addDocumentation(app: FastifyInstance, cookies: SessionCookies): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Fieldtill clearing house', version: '1', description: DESCRIPTION },
      tags: [{ name: 'Wallet' }, { name: 'Merchant' }, { name: 'Terminal' }, { name: 'Administration' }],
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: cookies.customer.name },
          staff: { type: 'apiKey', in: 'cookie', name: cookies.staff.name },
          operator: { type: 'http', scheme: 'bearer' },
          merchant: { type: 'http', scheme: 'bearer', description: "A merchant's key, mk_…" },
          terminal: {
            type: 'apiKey',
            in: 'header',
            name: 'signature',
            description: 'HTTP Message Signature (RFC 9421), ed25519, keyid = terminal id',
          },
        },
      },
    },
    transform: jsonSchemaTransform,
  });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: {
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': ["'self'", "'unsafe-inline'"],
      'img-src': ["'self'", 'data:'],
      'font-src': "'self'",
      'connect-src': "'self'",
      'base-uri': "'none'",
      'form-action': "'none'",
      'frame-ancestors': "'none'",
    },
    // nothing is asked of a validator elsewhere
    uiConfig: { validatorUrl: null, deepLinking: true, layout: 'BaseLayout' },
  });
}
