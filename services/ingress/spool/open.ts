import { claimSpoolDirectory } from './directory.ts'
import { Spool, type SpoolOptions } from './spool.ts'

/**
 * Opens a folder of `root` for this instance, with everything that was left undelivered there.
 * @throws ConfigError when what lies there was written with another key.
 */
export async function openSpool(root: string, options: SpoolOptions): Promise<Spool> {
  const spool = new Spool(options, claimSpoolDirectory(root))
  try {
    await spool.recover()
    return spool
  } catch (error) {
    await spool.close()
    throw error
  }
}
