'use strict'

// A workload of benches/workloads/generate.py: as it is, and as the text of a policy set.

const { readFileSync } = require('node:fs')
const { join } = require('node:path')

function read(file) {
  return JSON.parse(readFileSync(file, 'utf8'))
}

// The actions that a policy can name. Through JSON they become texts of their own: one that was put together or cut out
// is slow to compare.
function actions() {
  const lines = readFileSync(join(__dirname, '../workloads/actions.tsv'), 'utf8').split('\n')
  const names = lines.filter((line) => line && !line.startsWith('#')).map((line) => `intlpartnersmgt:${line.split('\t')[0]}`)
  return JSON.parse(JSON.stringify(names))
}

function statement({ effect, actions, ip }) {
  const from = ip ? ` ${ip.op === 'not_in' ? 'not ' : ''}from ${ip.cidrs.join(', ')}` : ''
  return `  ${effect} ${actions.join(', ')}${from}\n`
}

// The workloads know no action that is never given an address.
function text({ policies, principals }) {
  const parts = ['use intlpartnersmgt\nset ip-unsupported = "evaluate"\n']
  for (const { id, statements } of policies) parts.push(`policy ${id} {\n`, ...statements.map(statement), '}\n')
  for (const [name, attached] of Object.entries(principals)) parts.push(`user ${name} { attach ${attached.join(', ')} }\n`)
  return parts.join('')
}

module.exports = { actions, read, text }
