/**
 * Tokens for Amazon MSK with IAM access control: a signed call of `kafka-cluster:Connect`, as AWS's own signer makes it
 * (https://github.com/aws/aws-msk-iam-sasl-signer-js). Brokers take them by SASL OAUTHBEARER.
 */
import { KafkaJSConnectionError } from '../kafkajs/kafkajs.ts'
import type { BearerToken } from './oauth-token.ts'

/**
 * Signed with the credentials that AWS's own ways find: variables, profile, role of the pod, task or machine. Lives for a
 * quarter of an hour, or as long as they do. The signer is loaded only for those who use it: with it come AWS's clients.
 * @throws KafkaJSConnectionError, which is tried again: a role's credentials may come later
 */
export async function signMskIamToken(region: string): Promise<BearerToken> {
  const { generateAuthToken } = await import('aws-msk-iam-sasl-signer-js')
  const { token, expiryTime } = await generateAuthToken({ region }).catch((error: unknown) => {
    // The name alone: messages of providers quote what they were told.
    throw new KafkaJSConnectionError(
      `no token for MSK can be signed (${error instanceof Error ? error.name : 'failed'}): give the process AWS credentials, in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or the role of its pod, task or machine`,
    )
  })
  return { value: token, endsAtMs: expiryTime }
}
