#!/usr/bin/env node
/** `npm run ops -- <command>`: the operator's command line. */
import { keepFilesPrivate } from '../platform/process/durable-files.ts'
import { commandLineHost } from './cli/host.ts'
import { runOps } from './run-ops.ts'

keepFilesPrivate()
const host = commandLineHost()
host.exit(await runOps(host))
