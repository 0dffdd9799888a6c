// An OpenID provider on a free port. It says where it is, then takes a command a line: "rotate" gives it new keys.
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import http from 'node:http';
import readline from 'node:readline';
import Provider from 'oidc-provider';

console.info = console.error; // its notices are no answers of ours

const RESOURCES = {
  'urn:threefold': { audience: 'threefold', accessTokenTTL: 300 },
  'urn:brief': { audience: 'threefold', accessTokenTTL: 1 },
  'urn:other': { audience: 'other', accessTokenTTL: 300 },
};

function keys() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256', kid: randomUUID() }] };
}

function provider(issuer) {
  return new Provider(issuer, {
    jwks: keys(),
    cookies: { keys: ['a secret of this test'] },
    clients: [
      {
        client_id: 'explorer',
        application_type: 'native',
        redirect_uris: ['http://127.0.0.1/callback'],
        token_endpoint_auth_method: 'none',
        id_token_signed_response_alg: 'ES256',
      },
    ],
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    extraTokenClaims: () => ({ realm_access: { roles: ['finance'] } }),
    features: {
      devInteractions: { enabled: true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: (_, resource) => ({
          scope: 'read',
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
          ...RESOURCES[resource],
        }),
      },
    },
  });
}

let answer;
const server = http.createServer((request, response) => answer(request, response));
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  answer = provider(issuer).callback();
  process.stdout.write(`${issuer}\n`);
  readline.createInterface({ input: process.stdin }).on('line', () => {
    answer = provider(issuer).callback();
    process.stdout.write('rotated\n');
  }).on('close', () => process.exit(0));
});
