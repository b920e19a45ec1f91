/** Signing in at somebody else's: OpenID Connect with a code, PKCE, state and nonce. */
import * as client from 'openid-client'

export interface OidcSettings {
  readonly issuer: URL
  readonly clientId: string
  readonly clientSecret: string
}

export interface Oidc {
  /** Where to send the browser, and what it must bring back. */
  readonly begin: (callback: URL) => Promise<{ readonly location: string; readonly proof: string }>
  /**
   * Names that the provider vouches for: the subject, and an address that it has verified.
   * @throws when it vouches for nobody, or the browser is not the one that began
   */
  readonly finish: (answer: URL, proof: string) => Promise<readonly string[]>
}

const TIMEOUT_SECONDS = 10

export function createOidc({ issuer, clientId, clientSecret }: OidcSettings): Oidc {
  let found: Promise<client.Configuration> | null = null
  // At the first login: a provider that is away keeps nobody from the console who comes in otherwise.
  const configuration = (): Promise<client.Configuration> => {
    found ??= client
      .discovery(issuer, clientId, clientSecret, undefined, {
        timeout: TIMEOUT_SECONDS,
        execute: [
          // What a token says is signed by the provider, whoever answers in its place.
          client.enableNonRepudiationChecks,
          // The configuration has refused it anywhere but on this machine.
          ...(issuer.protocol === 'http:' ? [client.allowInsecureRequests] : []),
        ],
      })
      .catch((error: unknown) => {
        found = null
        throw error
      })
    return found
  }
  return {
    async begin(callback) {
      const [state, nonce, verifier] = [
        client.randomState(),
        client.randomNonce(),
        client.randomPKCECodeVerifier(),
      ]
      const location = client.buildAuthorizationUrl(await configuration(), {
        redirect_uri: callback.href,
        scope: 'openid email',
        ...{ state, nonce },
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      })
      return { location: location.href, proof: [state, nonce, verifier].join('.') }
    },
    async finish(answer, proof) {
      const [state, nonce, verifier] = proof.split('.')
      if (!state || !nonce || !verifier) throw new Error('the browser did not begin here')
      const provider = await configuration()
      const tokens = await client.authorizationCodeGrant(provider, answer, {
        ...{ expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier },
        idTokenExpected: true,
      })
      const claims = tokens.claims()
      if (claims === undefined) throw new Error('the provider names nobody')
      // Some put the address into the token, some tell it when asked.
      const isTold = claims.email !== undefined || provider.serverMetadata().userinfo_endpoint === undefined
      const told = isTold ? claims : await client.fetchUserInfo(provider, tokens.access_token, claims.sub)
      const isVerified = told.email_verified === true && typeof told.email === 'string'
      return [claims.sub, ...(isVerified ? [String(told.email)] : [])]
    },
  }
}
