#!/usr/bin/env node
/** `npm run ops -- <command>`: the operator's command line. */
import { commandLineHost } from './cli/host.ts'
import { runOps } from './run-ops.ts'

const host = commandLineHost()
host.exit(await runOps(host))
