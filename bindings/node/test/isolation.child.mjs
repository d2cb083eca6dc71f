// Run by isolation.test.mjs: loads a set, removes it, uses up all file descriptors, and checks on. Prints what it saw.

import { closeSync, copyFileSync, existsSync, openSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { load } from '../index.mjs'

const [, , set] = process.argv
const spare = `${set}.spare.gate`
copyFileSync(set, spare)
const gate = load(set)
rmSync(set)
const request = { principal: 'user:a', action: 'QueryArea', ip: '10.1.1.1' }
const ROUNDS = 10_000

function attempt(call) {
  try {
    return call()
  } catch (error) {
    return error.code
  }
}

function ask(rounds) {
  let checks = 0
  for (let i = 0; i < rounds; i += 1) {
    checks += gate.allows(request.principal, request.action, request.ip) ? 1 : 0
    checks += gate.check(request).allowed ? 1 : 0
    checks += gate.checkMany([{ ...request, ip: `10.0.${i & 255}.${i >> 8}` }])[0].allowed ? 1 : 0
    attempt(() => gate.check({ ...request, action: 'QueryAria' }))
  }
  return checks
}

// What the process holds: open files, threads, and processes that its threads have started.
function held() {
  const threads = readdirSync('/proc/self/task')
  const started = threads.map((id) => readFileSync(`/proc/self/task/${id}/children`, 'utf8').trim())
  return { files: readdirSync('/proc/self/fd').length, threads: threads.length, started: started.join(' ').trim() }
}

function mark(name) {
  existsSync(`/passgate-mark-${name}`)
}

// The first round lets Node start what threads it will.
ask(ROUNDS)
const before = held()
const taken = []
while (typeof taken.at(-1) !== 'string') taken.push(attempt(() => openSync('/dev/null')))
const control = [taken.pop(), attempt(() => load(spare))]
mark('open')
const checks = ask(ROUNDS)
mark('control')
attempt(() => openSync('/dev/null'))
mark('close')
taken.forEach(closeSync)
console.log(JSON.stringify({ before, control, checks, after: held() }))
