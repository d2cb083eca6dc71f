'use strict'

// What a check costs from Node: passgate beside code by hand on generated workloads, and beside the floor on the floor's
// own. Each contender runs in a process of its own, in turns; every answer is compared before anything is measured.
//
//   node bench.cjs WORKLOAD.json… [--rounds N]

const { spawnSync } = require('node:child_process')
const { readFileSync } = require('node:fs')
const { basename } = require('node:path')
const { Gate, compile } = require('../../bindings/node')
const floor = require('./floor.cjs')
const { actions, read, text } = require('./workload.cjs')

const WARM = 40
const SECONDS = 2
// A window is short, so that others who want the processor fall into few of them.
const WINDOW = 300_000
const CHUNK = 2000

function known(allows, requests, expected) {
  // What was loaded is moved together, as it would be in a process that has been running for a while.
  globalThis.gc?.()
  for (let turn = 0; turn < WARM; turn += 1) {
    requests.forEach(([principal, action, ip], row) => {
      if (allows(principal, action, ip) !== (expected[row] === 1)) throw new Error(`answers otherwise: ${requests[row]}`)
    })
  }
}

// Calls of a window.
function chunkOf(allows, requests) {
  const start = performance.now()
  const count = Math.min(500, requests.length)
  for (let i = 0; i < count; i += 1) allows(...requests[i])
  const each = ((performance.now() - start) * 1e6) / count
  return Math.max(50, Math.min(CHUNK, Math.floor(WINDOW / each)))
}

// A copy of a text that no hash was ever computed of.
const anew = (text) => Buffer.from(text, 'latin1').latin1Slice()

function columns(requests, from, count, fresh) {
  const rows = Array.from({ length: count }, (_, i) => requests[(from + i) % requests.length])
  return [0, 1, 2].map((at) => rows.map((row) => (fresh ? anew(row[at]) : row[at])))
}

// Nanoseconds of a call, window by window.
function measured(run) {
  const windows = []
  const end = performance.now() + SECONDS * 1000
  for (let turn = 0; performance.now() < end || turn < 10; turn += 1) {
    const [start, count] = run(turn)
    windows.push(((performance.now() - start) * 1e6) / count)
  }
  windows.sort((a, b) => a - b)
  return { median: windows[windows.length >> 1], tenth: windows[Math.floor(windows.length / 10)] }
}

function byText(allows, requests, fresh) {
  const count = chunkOf(allows, requests)
  return measured((turn) => {
    const [principals, names, ips] = columns(requests, turn * count, count, fresh)
    const start = performance.now()
    for (let i = 0; i < principals.length; i += 1) allows(principals[i], names[i], ips[i])
    return [start, principals.length]
  })
}

function batches(gate, { requests }) {
  const v4 = requests.filter(([, , ip]) => !ip.includes(':'))
  const number = (ip) => ip.split('.').reduce((all, octet) => ((all << 8) | octet) >>> 0, 0)
  const timed = (rows, made, call) => {
    const parts = Array.from({ length: Math.floor(rows.length / CHUNK) || 1 }, (_, i) => made(columns(rows, i * CHUNK, CHUNK, false)))
    return measured((turn) => {
      const part = parts[turn % parts.length]
      const start = performance.now()
      call(...part)
      return [start, CHUNK]
    })
  }
  const numbered = ([names, actions, ips]) => [gate.principalIds(names), gate.actionIds(actions), Uint32Array.from(ips, number)]
  return {
    'batch of strings': timed(requests, (part) => part, (...part) => gate.allowsMany(...part)),
    'batch of numbers': timed(v4, numbered, (...part) => gate.allowsManyIds(...part)),
  }
}

function handles(gate, requests) {
  const made = new Map(requests.map(([name]) => [name, gate.principal(name)]))
  const rows = requests.map(([name, action, ip]) => [made.get(name), action, ip])
  return measured((turn) => {
    const from = (turn * CHUNK) % rows.length
    const part = rows.slice(from, from + CHUNK)
    const start = performance.now()
    for (const [principal, action, ip] of part) principal.allows(action, ip)
    return [start, part.length]
  })
}

// Contenders on a workload, each a process.
const CONTENDERS = {
  passgate(workload) {
    const gate = compile(text(workload))
    const allows = (principal, action, ip) => gate.allows(principal, action, ip)
    known(allows, workload.requests, workload.expected)
    return {
      'allows, texts as they are': byText(allows, workload.requests, false),
      'allows, new texts': byText(allows, workload.requests, true),
      'handle.allows': handles(gate, workload.requests),
      ...batches(gate, workload),
    }
  },
  'by hand'(workload) {
    const allows = require('./tuned.cjs').make(workload)
    known(allows, workload.requests, workload.expected)
    return {
      'allows, texts as they are': byText(allows, workload.requests, false),
      'allows, new texts': byText(allows, workload.requests, true),
    }
  },
}

function onFloor(makes) {
  const { tables, requests } = floor.make(actions())
  const check = floor.check(tables)
  const expected = requests.map((row) => (check(...row) ? 1 : 0))
  const allows = makes(tables, check)
  known(allows, requests, expected)
  return {
    'allows, texts as they are': byText(allows, requests, false),
    'allows, new texts': byText(allows, requests, true),
  }
}

const FLOOR = {
  passgate: () => onFloor((tables, check) => {
    const gate = new Gate(floor.standIn(tables, check))
    return (principal, action, ip) => gate.allows(principal, action, ip)
  }),
  floor: () => onFloor((_, check) => check),
}

function child(contender, file) {
  const told = file === 'floor' ? FLOOR[contender]() : CONTENDERS[contender](read(file))
  process.stdout.write(JSON.stringify(told))
}

function best(turns) {
  const all = {}
  for (const turn of turns) {
    for (const [what, { median, tenth }] of Object.entries(turn)) {
      ;(all[what] ??= { median: [], tenth: [] }).median.push(median)
      all[what].tenth.push(tenth)
    }
  }
  const middle = (list) => list.sort((a, b) => a - b)[list.length >> 1]
  return Object.fromEntries(Object.entries(all).map(([what, { median, tenth }]) => [what, { median: middle(median), tenth: middle(tenth) }]))
}

function compare(file, contenders, rounds) {
  const turns = Object.fromEntries(contenders.map((name) => [name, []]))
  for (let round = 0; round < rounds; round += 1) {
    for (const name of contenders) {
      const ran = spawnSync(process.execPath, ['--expose-gc', __filename, '--child', name, file], { encoding: 'utf8', maxBuffer: 1 << 24 })
      if (ran.status !== 0) throw new Error(ran.stderr)
      turns[name].push(JSON.parse(ran.stdout))
    }
  }
  const found = Object.fromEntries(contenders.map((name) => [name, best(turns[name])]))
  const [own, other] = contenders
  for (const [what, { median, tenth }] of Object.entries(found[own])) {
    const beside = found[other][what]
    const ratio = beside ? `; ${other} ${beside.median.toFixed(0)} ns (${beside.tenth.toFixed(0)}), ratio ${(beside.median / median).toFixed(2)}` : ''
    console.log(`${basename(file, '.json')}: ${what}: ${median.toFixed(1)} ns (${tenth.toFixed(1)})${ratio}`)
  }
}

// Milliseconds until the package is there, in a new process each.
function start() {
  const code = "const t = performance.now(); require('../../bindings/node'); console.log(performance.now() - t)"
  const took = Array.from({ length: 15 }, () => Number(spawnSync(process.execPath, ['-e', code], { cwd: __dirname, encoding: 'utf8' }).stdout))
  took.sort((a, b) => a - b)
  console.log(`require: ${took[7].toFixed(1)} ms (${took[1].toFixed(1)})`)
}

function load() {
  return readFileSync('/proc/loadavg', 'utf8').split(' ').slice(0, 2).join(' ')
}

function main([first, ...rest]) {
  if (first === '--child') return child(...rest)
  const given = [first, ...rest]
  const at = given.indexOf('--rounds')
  const rounds = at < 0 ? 3 : Number(given.splice(at, 2)[1])
  console.log(`node ${process.version}, load ${load()}; median, the 10th percentile behind it; ${rounds} rounds in turns`)
  for (const file of given) compare(file, ['passgate', 'by hand'], rounds)
  compare('floor', ['passgate', 'floor'], rounds)
  start()
  console.log(`load ${load()}`)
}

main(process.argv.slice(2))
