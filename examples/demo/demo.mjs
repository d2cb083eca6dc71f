// Decides each request of a file over examples/partners and prints the answers, one JSON object a line.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { load, GateError } from '../../bindings/node/index.mjs'

const gate = load(fileURLToPath(new URL('../partners', import.meta.url)))

function answer(request) {
  try {
    const { allowed, reason, catalog, statements, message } = gate.check(request)
    return { allowed, reason, catalog, statements, ...(message === null ? {} : { message }) }
  } catch (error) {
    if (!(error instanceof GateError)) throw error
    return { error: { code: error.code, message: error.message } }
  }
}

for (const line of readFileSync(process.argv[2], 'utf8').split('\n')) {
  if (line !== '') console.log(JSON.stringify(answer(JSON.parse(line))))
}
