/** Signing in at somebody else's: OpenID Connect with a code, PKCE, state and nonce. */
import * as client from 'openid-client'

export interface OidcSettings {
  readonly issuer: URL
  readonly clientId: string
  readonly clientSecret: string
  /** An address that the provider has verified counts beside the subject, although it can be given to somebody else later. */
  readonly takesAddresses: boolean
}

export interface Vouched {
  /** The subject, and perhaps an address that the provider has verified. */
  readonly names: readonly string[]
  /** When the person has proved themselves to the provider; null where it does not say. */
  readonly provedMs: number | null
}

export interface Oidc {
  /**
   * Where to send the browser, and what it must bring back.
   * @param again the person is to prove themselves, although the provider knows the browser
   */
  readonly begin: (
    callback: URL,
    again: boolean,
  ) => Promise<{ readonly location: string; readonly proof: string }>
  /** Whether the browser has begun what this answers: seen without asking the provider. */
  readonly isAnswerTo: (answer: URL, proof: string) => boolean
  /** @throws when the provider vouches for nobody, or the browser is not the one that began */
  readonly finish: (answer: URL, proof: string) => Promise<Vouched>
}

const TIMEOUT_SECONDS = 10

export function createOidc({ issuer, clientId, clientSecret, takesAddresses }: OidcSettings): Oidc {
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
    async begin(callback, again) {
      const [state, nonce, verifier] = [
        client.randomState(),
        client.randomNonce(),
        client.randomPKCECodeVerifier(),
      ]
      const location = client.buildAuthorizationUrl(await configuration(), {
        redirect_uri: callback.href,
        scope: takesAddresses ? 'openid email' : 'openid',
        ...{ state, nonce },
        ...(again && { prompt: 'login', max_age: '0' }),
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      })
      return { location: location.href, proof: [state, nonce, verifier].join('.') }
    },
    isAnswerTo(answer, proof) {
      const [state] = proof.split('.')
      return state !== '' && answer.searchParams.get('state') === state
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
      const provedMs = typeof claims.auth_time === 'number' ? claims.auth_time * 1000 : null
      if (!takesAddresses) return { names: [claims.sub], provedMs }
      // Some put the address into the token, some tell it when asked.
      const isTold = claims.email !== undefined || provider.serverMetadata().userinfo_endpoint === undefined
      const told = isTold ? claims : await client.fetchUserInfo(provider, tokens.access_token, claims.sub)
      return { names: namesBeside(claims.sub, told), provedMs }
    },
  }
}

/** Where people are named by address, a subject that somebody has chosen to look like one is nobody's. */
function namesBeside(
  subject: string,
  { email, email_verified: isVerified }: Readonly<Record<string, unknown>>,
): readonly string[] {
  const subjects = subject.includes('@') ? [] : [subject]
  return isVerified === true && typeof email === 'string' ? [...subjects, email] : subjects
}
