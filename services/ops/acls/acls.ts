/** `ops acls`: the rights that each process needs on a cluster, and whether it has them. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import {
  aclEntries,
  type DescribeAclResource,
  fetchAcls,
  readAclsFile,
} from '../../platform/topics/rights.ts'
import type { Host } from '../cli/command-group.ts'
import { OperatorError } from '../cli/exit.ts'
import type { Session } from '../cli/session.ts'
import { compareAcls } from './compare.ts'
import { FORMS, type Form, kafkaAclsCommands, strimziUsers } from './print.ts'

interface Options {
  readonly principal: ReadonlyMap<string, string>
}
interface PrintOptions extends Options {
  readonly as: Form
  readonly cluster: string
}

export function acls(program: Command, { run, runAlone }: Host): void {
  const group = program
    .command('acls')
    .description('the rights of each process on a cluster, and infra/acls.yaml')
  group
    .command('print')
    .description('writes the rights out: as commands of kafka-acls.sh, or as users of Strimzi')
    .addOption(new Option('--as <form>', 'how').choices(FORMS).default('kafka-acls'))
    .option('--cluster <name>', 'Strimzi: the name of the Kafka resource', 'kafka')
    .addOption(principals())
    .action(({ as, cluster, principal }: PrintOptions) =>
      runAlone(async ({ out }) => {
        const rights = readAclsFile()
        const commands = kafkaAclsCommands(rights, user => principalOf(principal, user))
        const text = as === 'strimzi' ? strimziUsers(rights, cluster) : `${commands.join('\n')}\n`
        out.bytes(Buffer.from(text))
      }),
    )
  group
    .command('check')
    .description(
      'compares the rights of the cluster with the file; exit code 1 when one is missing or denied',
    )
    .addOption(principals())
    .action(({ principal }: Options) => run(session => check(session, principal)))
}

const principals = (): Option =>
  new Option(
    '--principal <user=principal>',
    'where a user has another name, such as normalizer=User:CN=normalizer',
  )
    .argParser(addPrincipal)
    .default(new Map(), 'User:<user>')

function addPrincipal(text: string, before: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const [, user, principal] = /^([a-z-]+)=(\w+:.+)$/.exec(text) ?? []
  if (user === undefined || principal === undefined)
    throw new InvalidArgumentError('expected a user of infra/acls.yaml, = and a principal, such as User:name')
  return new Map([...before, [user, principal]])
}

const principalOf = (principal: ReadonlyMap<string, string>, user: string): string =>
  principal.get(user) ?? `User:${user}`

async function check(session: Session, principal: ReadonlyMap<string, string>): Promise<void> {
  const wanted = aclEntries(readAclsFile(), user => principalOf(principal, user))
  const differences = compareAcls(wanted, await allAcls(session))
  session.out.list(
    differences,
    [
      { title: 'principal', value: item => item.principal },
      { title: 'resource', value: item => item.resource },
      { title: 'operation', value: item => item.operation },
      { title: 'state', value: ({ state }) => state },
    ],
    `all ${wanted.length} rights are as infra/acls.yaml has them`,
  )
  if (differences.some(({ state }) => state !== 'more'))
    throw new OperatorError('rights differ: "npm run ops -- acls print" says how to give them')
}

async function allAcls({ kafka }: Session): Promise<readonly DescribeAclResource[]> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    return await fetchAcls(admin)
  } catch (error) {
    const type = error instanceof Error ? Reflect.get(error, 'type') : undefined
    if (type === 'SECURITY_DISABLED')
      throw new OperatorError('this cluster has no authorizer: everybody may do everything')
    if (type === 'CLUSTER_AUTHORIZATION_FAILED')
      throw new OperatorError('this user may not see the rights: allow it Describe on the cluster')
    throw error
  } finally {
    await admin.disconnect()
  }
}
