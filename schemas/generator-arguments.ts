import { Command } from 'commander'

/** Whether a generator compares and writes nothing. Ends the process for `--help`, and for what is not understood. */
export const isCheck = (writes: string): boolean =>
  new Command('generate')
    .description(`Writes ${writes} anew.`)
    .option('--check', 'write nothing; fail when what is committed is stale')
    .parse()
    .opts<{ check?: true }>().check === true
