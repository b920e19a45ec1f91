/**
 * Writes infra/container/withheld/: for each container of compose.yaml the secrets that it is not given, as empty variables
 * that override those of .env. `node infra/container/generate.ts` writes, `--check` fails when a committed file is stale.
 */
import { isCheck, keep } from '../../schemas/generator-arguments.ts'
import { discoverSources } from '../../services/platform/connections/discover-sources.ts'
import { isGiven, knownSecrets, needsOfAll, TOPICS_NEED } from '../process-secrets.ts'

const comparesOnly = isCheck('infra/container/withheld')
const folder = new URL('./withheld/', import.meta.url)
/** Whether files are in a bucket is not known here: whoever has files may need the credentials of AWS. */
const ANY = { BLOB_S3_BUCKET: 'any' }

const known = await knownSecrets([...(await discoverSources()).keys()])
for (const [name, needs] of new Map([...(await needsOfAll()), ['topics', TOPICS_NEED]])) {
  const withheld = known.filter(variable => !isGiven(variable, needs, new Set(known), ANY))
  const text = ['# Made by "npm run generate": secrets of others.', ...withheld.map(it => `${it}=`), ''].join(
    '\n',
  )
  keep(new URL(`${name}.env`, folder), text, comparesOnly)
}
