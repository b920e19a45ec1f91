/** A server that speaks S3: moto, a Python package. It checks signatures and keys, and forgets everything at its end. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import { freePort } from '../../infra/local/ports.ts'
import { waitUntil } from '../chaos/wait-until.ts'

export interface S3Server {
  readonly endpoint: string
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
  readonly stop: () => Promise<void>
}

/** A user who may do anything, with a key; from then on nothing goes without one. */
const CREATE_USER = `
import boto3, json, sys, urllib.request
endpoint = sys.argv[1]
iam = boto3.client("iam", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
iam.create_user(UserName="test")
allow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
iam.put_user_policy(UserName="test", PolicyName="all", PolicyDocument=json.dumps(allow))
key = iam.create_access_key(UserName="test")["AccessKey"]
urllib.request.urlopen(urllib.request.Request(endpoint + "/moto-api/reset-auth", data=b"0", method="POST", headers={"content-type": "text/plain"}))
print(json.dumps({"accessKeyId": key["AccessKeyId"], "secretAccessKey": key["SecretAccessKey"]}))
`

export async function startS3Server(): Promise<S3Server> {
  const port = await freePort()
  const endpoint = `http://127.0.0.1:${port}`
  const child = spawn('python3', ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], {
    stdio: 'ignore',
  })
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }
  try {
    await waitUntil('the S3 server to answer', 60_000, () =>
      fetch(`${endpoint}/moto-api/`).then(
        ({ ok }) => ok,
        () => false,
      ),
    )
    const { stdout } = await promisify(execFile)('python3', ['-c', CREATE_USER, endpoint])
    return { endpoint, credentials: JSON.parse(stdout), stop }
  } catch (error) {
    await stop()
    throw error
  }
}
