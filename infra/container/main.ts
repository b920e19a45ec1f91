/** What the image starts: `docker run atsflow <script> [arguments]`, with the flags of every process of ours. */
import { become } from '../node-flags.ts'

const [, , script = 'services/ingress/main.ts', ...args] = process.argv
become(script, args)
