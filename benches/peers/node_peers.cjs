#!/usr/bin/env node
// One Node peer on one workload, in a fresh process; prints one JSON line.
// usage: node --expose-gc node_peers.cjs PEER WORKLOAD.json   (list prints the peers)
// NODE_PATH must name the node_modules folder with the peers, PASSGATE_NODE the folder of passgate's package (run.sh sets
// both). A peer whose name ends in _fresh is asked with new strings, whose hash nobody has computed yet. What stands here
// is compared with, so it is not improved in passing: who tunes a peer adds it under another name.
'use strict'
const fs = require('fs'), os = require('os'), path = require('path')
const CAP_MEASURE = +(process.env.CAP_MEASURE || 4), CAP_VERIFY = +(process.env.CAP_VERIFY || 5), CAP_WARM = +(process.env.CAP_WARM || 1)
const read = p => fs.readFileSync(p, 'utf8'), json = p => JSON.parse(read(p))
const rss = () => +fs.readFileSync('/proc/self/statm', 'utf8').split(' ')[1] * 4096 / 1048576
const PEERS = {}

function rx(p) { return new RegExp('^' + p.split('*').map(s => s.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*') + '$') }

// --- by hand ---------------------------------------------------------------------------------
PEERS.js_plain = b => {                     // regexes and ipaddr.js, loops
  const ip = require('ipaddr.js'), w = json(b + '.json'), st = new Map()
  return {
    load() {
      const pol = {}
      for (const p of w.policies) pol[p.id] = p.statements.map(s => ({ deny: s.effect === 'deny', a: s.actions.map(rx),
        op: s.ip && s.ip.op === 'in', c: s.ip && s.ip.cidrs.map(c => ip.parseCIDR(c)) }))
      for (const u in w.principals) st.set(u, w.principals[u].flatMap(p => pol[p]))
    },
    check(u, act, addr) {
      const a = ip.parse(addr), k = a.kind()
      let ok = false
      for (const s of st.get(u) || []) {
        if (!s.a.some(r => r.test(act))) continue
        if (s.c && s.c.some(([n, l]) => n.kind() === k && a.match(n, l)) !== s.op) continue
        if (s.deny) return false
        ok = true
      }
      return ok
    },
  }
}

function v4(s) {                            // charCode loop; -1 when not IPv4
  let v = 0, o = 0, d = 0, n = 0
  for (let i = 0; i < s.length; i++) {
    const c = s.charCodeAt(i) - 48
    if (c >= 0 && c < 10) { o = o * 10 + c; if (o > 255) return -1; d = 1 } else if (c === -2 && d) { v = v * 256 + o; o = 0; d = 0; n++ } else return -1
  }
  return n === 3 && d ? v * 256 + o : -1
}
PEERS.js_tuned = b => {                     // what a careful person writes in JS: action map, sorted ranges
  const ip = require('ipaddr.js'), w = json(b + '.json'), match = json(b + '.casbin.json').match, pol = new Map(), pr = new Map()
  const big = s => ip.parse(s).toByteArray().reduce((v, x) => v << 8n | BigInt(x), 0n)
  function ranges(c) {
    const r4 = [], r6 = []
    for (const x of c) {
      const [a, l] = x.split('/')
      if (!a.includes(':')) { const lo = v4(a); r4.push([lo, lo + 2 ** (32 - l) - 1]) } else { const lo = big(a); r6.push([lo, lo + (1n << BigInt(128 - l)) - 1n]) }
    }
    const merge = r => {
      r.sort((x, y) => x[0] < y[0] ? -1 : x[0] > y[0] ? 1 : 0)
      const o = []
      for (const [lo, hi] of r) { const t = o[o.length - 1]; if (t && lo <= t[1]) { if (hi > t[1]) t[1] = hi } else o.push([lo, hi]) }
      return o
    }
    const m4 = merge(r4), m6 = merge(r6)
    return { lo: Float64Array.from(m4, x => x[0]), hi: Float64Array.from(m4, x => x[1]), lo6: m6.map(x => x[0]), hi6: m6.map(x => x[1]) }
  }
  function inside(r, x, y) {
    const lo = x >= 0 ? r.lo : r.lo6, hi = x >= 0 ? r.hi : r.hi6, v = x >= 0 ? x : y
    let a = 0, z = lo.length
    while (a < z) { const m = (a + z) >> 1; if (lo[m] <= v) a = m + 1; else z = m }
    return a > 0 && v <= hi[a - 1]
  }
  return {
    load() {
      for (const p of w.policies) {
        const d = new Map()
        for (const s of p.statements) {
          const c = s.ip ? { op: s.ip.op === 'in', r: ranges(s.ip.cidrs) } : null, deny = s.effect === 'deny' ? 1 : 0
          for (const a of new Set(s.actions.flatMap(x => match[x]))) {
            if (!d.has(a)) d.set(a, { u: [false, false], c: [[], []] })
            const e = d.get(a)
            if (c) e.c[deny].push(c); else e.u[deny] = true
          }
        }
        pol.set(p.id, d)
      }
      for (const u in w.principals) pr.set(u, w.principals[u].map(p => pol.get(p)))
    },
    check(u, act, addr) {
      const ps = pr.get(u)
      if (!ps) return false
      const x = v4(addr), y = x < 0 ? big(addr) : 0n
      let ok = false
      for (const p of ps) {
        const e = p.get(act)
        if (!e) continue
        if (e.u[1]) return false
        for (const c of e.c[1]) if (inside(c.r, x, y) === c.op) return false
        if (!ok) { if (e.u[0]) ok = true; else for (const c of e.c[0]) if (inside(c.r, x, y) === c.op) { ok = true; break } }
      }
      return ok
    },
  }
}

// --- Cedar (wasm) ------------------------------------------------------------------------------
function cedar(b, mode) {
  const c = require('@cedar-policy/cedar-wasm/nodejs'), w = json(b + '.json')
  const text = mode === 'sliced' ? json(b + '.cedar.sliced.json') : read(b + '.cedar')
  const acts = new Map()
  for (const e of json(b + '.cedar.ents.json')) if (e.uid.type === 'Action') acts.set(e.uid.id, [e])
  const users = new Map()                   // per request only the entities it touches, as the docs advise
  for (const u in w.principals) users.set(u, { uid: { type: 'User', id: u }, attrs: {}, parents: w.principals[u].map(p => ({ type: 'Policy', id: p })) })
  const f = mode === 'stateless' ? c.isAuthorized : c.statefulIsAuthorized
  return {
    load() {
      const ok = r => { if (r.type !== 'success') throw new Error(JSON.stringify(r).slice(0, 200)) }
      if (mode === 'all') ok(c.preparsePolicySet('all', { staticPolicies: text, templates: {}, templateLinks: [] }))
      if (mode === 'sliced') for (const u in text) ok(c.preparsePolicySet(u, { staticPolicies: text[u], templates: {}, templateLinks: [] }))
    },
    check(u, act, ip) {
      const call = { principal: { type: 'User', id: u }, action: { type: 'Action', id: act }, resource: { type: 'R', id: 'r' },
        context: { ip: { __extn: { fn: 'ip', arg: ip } } }, entities: [users.get(u), ...(acts.get(act) || [])] }
      if (mode === 'stateless') { call.policies = { staticPolicies: text, templates: {}, templateLinks: [] } } else { call.preparsedPolicySetId = mode === 'all' ? 'all' : u; call.preparsedSchemaName = null }
      const r = f(call)
      if (r.type !== 'success') throw new Error(JSON.stringify(r).slice(0, 200))
      return r.response.decision === 'allow'
    },
  }
}
PEERS.cedar_wasm_all = b => cedar(b, 'all')
PEERS.cedar_wasm_sliced = b => cedar(b, 'sliced')
PEERS.cedar_wasm_stateless = b => cedar(b, 'stateless')

// --- casbin -------------------------------------------------------------------------------------
PEERS.casbin = b => {
  const { newEnforcer, newModelFromString } = require('casbin'), ip = require('ipaddr.js'), w = json(b + '.casbin.json')
  let e
  return {
    async load() {
      const match = new Map(Object.entries(w.match).map(([p, a]) => [p, new Set(a)])), nets = new Map()
      for (const k in w.cond) nets.set(k, w.cond[k] && { op: w.cond[k].op === 'in', c: w.cond[k].cidrs.map(c => ip.parseCIDR(c)) })
      e = await newEnforcer(newModelFromString(w.model))
      e.enableAutoBuildRoleLinks(false)
      for (let i = 0; i < w.p.length; i += 10000) await e.addPolicies(w.p.slice(i, i + 10000))
      for (let i = 0; i < w.g.length; i += 10000) await e.addGroupingPolicies(w.g.slice(i, i + 10000))
      await e.buildRoleLinks()
      e.addFunction('actMatch', (a, p) => match.get(p).has(a))
      e.addFunction('ipCond', (a, c) => {
        const n = nets.get(c)
        if (!n) return true
        const x = ip.parse(a), k = x.kind()
        return n.c.some(([m, l]) => m.kind() === k && x.match(m, l)) === n.op
      })
    },
    check: (u, a, i) => e.enforceSync(u, a, i),
  }
}

// --- GoRules --------------------------------------------------------------------------------------
PEERS.zen_sliced = b => {
  const { ZenEngine } = require('@gorules/zen-engine'), ip = require('ipaddr.js'), w = json(b + '.zen.json'), d = new Map()
  let engine
  return {
    load() { engine = new ZenEngine(); for (const u in w) d.set(u, engine.createDecision(w[u])) },
    async check(u, act, addr) {
      const a = ip.parse(addr), y = a.toByteArray(), n = (i, j) => y.slice(i, j).reduce((v, x) => v * 256 + x, 0)
      const c = a.kind() === 'ipv4' ? { act, ip4: n(0, 4), ip6a: -1, ip6b: -1, ip6c: -1 } : { act, ip4: -1, ip6a: n(0, 6), ip6b: n(6, 12), ip6c: n(12, 16) }
      return (await d.get(u).evaluate(c)).result.effect === 'allow'
    },
    isAsync: true,
  }
}

// --- AWS-like simulator -----------------------------------------------------------------------------
PEERS.iam_simulate = b => {
  const { runUnsafeSimulation } = require('@cloud-copilot/iam-simulate'), w = json(b + '.json'), pol = new Map()
  return {
    load() {
      for (const p of w.policies) {
        pol.set(p.id, { name: p.id, policy: { Version: '2012-10-17', Statement: p.statements.map(s => {
          const o = { Effect: s.effect === 'deny' ? 'Deny' : 'Allow', Action: s.actions, Resource: '*' }
          if (s.ip) o.Condition = { [s.ip.op === 'in' ? 'IpAddress' : 'NotIpAddress']: { 'aws:SourceIp': s.ip.cidrs } }
          return o
        }) } })
      }
    },
    check(u, act, ip) {
      return runUnsafeSimulation({
        request: { principal: 'arn:aws:iam::123456789012:user/' + u, action: act, resource: { resource: '*', accountId: '123456789012' }, contextVariables: { 'aws:SourceIp': ip } },
        identityPolicies: w.principals[u].map(p => pol.get(p)), serviceControlPolicies: [], resourceControlPolicies: [],
      }, {}) === 'Allowed'
    },
  }
}

// --- CASL (conditions by a custom matcher, as its docs show) -----------------------------------------
PEERS.casl = b => {
  const { Ability, AbilityBuilder, subject } = require('@casl/ability'), ip = require('ipaddr.js'), w = json(b + '.json')
  const match = json(b + '.casbin.json').match, ab = new Map(), conditionsMatcher = f => f
  return {
    load() {
      const pol = new Map(w.policies.map(p => [p.id, p.statements.map(s => {
        const acts = [...new Set(s.actions.flatMap(a => match[a]))]
        let f
        if (s.ip) {
          const n = s.ip.cidrs.map(c => ip.parseCIDR(c)), op = s.ip.op === 'in'
          f = r => n.some(([m, l]) => m.kind() === r.k && r.a.match(m, l)) === op
        }
        return [s.effect === 'deny', acts, f]
      })]))
      for (const u in w.principals) {
        const bld = new AbilityBuilder(Ability), st = w.principals[u].flatMap(p => pol.get(p))
        for (const [deny, acts, f] of st) if (!deny && acts.length) bld.can(acts, 'R', f)
        for (const [deny, acts, f] of st) if (deny && acts.length) bld.cannot(acts, 'R', f)       // later rules win
        ab.set(u, bld.build({ conditionsMatcher }))
      }
    },
    check(u, act, addr) { const a = ip.parse(addr); return ab.get(u).can(act, subject('R', { a, k: a.kind() })) },
  }
}

// --- json-rules-engine: one engine per user ------------------------------------------------------------
PEERS.json_rules_engine = b => {
  const { Engine } = require('json-rules-engine'), ip = require('ipaddr.js'), w = json(b + '.json'), match = json(b + '.casbin.json').match, en = new Map()
  return {
    load() {
      const ms = new Map(Object.entries(match).map(([k, v]) => [k, new Set(v)]))
      const pol = new Map(w.policies.map(p => [p.id, p.statements.map(s => {
        const all = [{ fact: 'act', operator: 'matches', value: s.actions.map(a => ms.get(a)) }]
        if (s.ip) all.push({ fact: 'ip', operator: s.ip.op, value: s.ip.cidrs.map(c => ip.parseCIDR(c)) })
        return { conditions: { all }, event: { type: s.effect } }
      })]))
      const inn = (a, c) => c.some(([m, l]) => m.kind() === a.k && a.a.match(m, l))
      for (const u in w.principals) {
        const e = new Engine([])
        e.addOperator('matches', (a, v) => v.some(x => x.has(a)))
        e.addOperator('in', inn)
        e.addOperator('not_in', (a, c) => !inn(a, c))
        for (const p of w.principals[u]) for (const s of pol.get(p)) e.addRule(s)
        en.set(u, e)
      }
    },
    async check(u, act, addr) {
      const a = ip.parse(addr), { events } = await en.get(u).run({ act, ip: { a, k: a.kind() } })
      return events.length > 0 && !events.some(e => e.type === 'deny')
    },
    isAsync: true,
  }
}

// --- accesscontrol 3: a role per user, conditions as registered functions (async path, as documented) -----
PEERS.accesscontrol = b => {
  const { AccessControl } = require('accesscontrol'), ip = require('ipaddr.js'), w = json(b + '.json'), match = json(b + '.casbin.json').match
  const clean = a => a.slice(a.indexOf(':') + 1), nets = new Map()
  let ac
  return {
    load() {
      const g = {}, pol = new Map(w.policies.map(p => [p.id, p.statements.map((s, i) => {
        const id = p.id + '.' + i, r = { possession: 'any', attributes: ['*'], effect: s.effect === 'deny' ? 'deny' : 'grant' }
        if (s.ip) { nets.set(id, { op: s.ip.op === 'in', c: s.ip.cidrs.map(c => ip.parseCIDR(c)) }); r.condition = { fn: 'ip', args: { id } } }
        return [r, [...new Set(s.actions.flatMap(a => match[a]))]]
      })]))
      for (const u in w.principals) {
        const acts = g[u] = { api: {} }
        for (const p of w.principals[u]) for (const [r, as] of pol.get(p)) for (const a of as) (acts.api[clean(a)] ||= []).push(r)
      }
      ac = new AccessControl(g)
      ac.defineCondition('ip', (ctx, { id }) => { const n = nets.get(id); return n.c.some(([m, l]) => m.kind() === ctx.k && ctx.a.match(m, l)) === n.op })
    },
    async check(u, act, addr) {
      const a = ip.parse(addr)
      try { return await ac.can(u, { a, k: a.kind() }).do(clean(act), 'api').grantedAsync } catch (e) { if (/unknown|not found|invalid/i.test(e.message)) return false; throw e }
    },
    isAsync: true,
  }
}

// --- passgate --------------------------------------------------------------------------------------------
function passgate(path, ask) {
  const { load } = require(process.env.PASSGATE_NODE)
  let gate
  return { load() { gate = load(path) }, check: (u, a, i) => ask(gate, u, a, i) }
}
const allows = (gate, u, a, i) => gate.allows(u, a, i)
PEERS.passgate = b => passgate(b + '.set', allows)
PEERS.passgate_fresh = PEERS.passgate
PEERS.passgate_compiled = b => passgate(b + '.gatec', allows)
PEERS.passgate_check = b => passgate(b + '.set', (gate, principal, action, ip) => gate.check({ principal, action, ip }).allowed)
PEERS.js_tuned_fresh = PEERS.js_tuned
PEERS.passgate_principal = b => {             // the principal resolved once
  const { load } = require(process.env.PASSGATE_NODE), who = new Map()
  return {
    load() { const gate = load(b + '.set'); for (const u in json(b + '.json').principals) who.set(u, gate.principal(u)) },
    check: (u, a, i) => who.get(u).allows(a, i),
  }
}
// Many at once: `many` makes the columns, and gives what is measured with the answers that it must have.
function passgateMany(b, many) {
  const { load } = require(process.env.PASSGATE_NODE)
  let gate
  return { load() { gate = load(b + '.set') }, many: (reqs, exp) => many(gate, reqs, exp) }
}
PEERS.passgate_columns = b => passgateMany(b, (gate, reqs, want) => {
  const [p, a, i] = [0, 1, 2].map(k => reqs.map(r => r[k]))
  return { want, run: () => gate.allowsMany(p, a, i) }
})
PEERS.passgate_ids = b => passgateMany(b, (gate, reqs, exp) => {          // IPv4 only
  const v = reqs.map((r, k) => k).filter(k => !reqs[k][2].includes(':')), column = k => v.map(n => reqs[n][k])
  const p = gate.principalIds(column(0)), a = gate.actionIds(column(1)), i = Uint32Array.from(column(2), v4)
  return { want: v.map(n => exp[n]), run: () => gate.allowsManyIds(p, a, i) }
})

// --- the floor: one made-up table in plain JavaScript ------------------------------------------------------
function floor(b, way) {
  const { Table, makeCheck } = require('./js_floor.cjs')
  let f
  return { load() { f = makeCheck(new Table(fs.readFileSync(b + '.tables'), read(b + '.names')))[way] }, check: (u, a, i) => f(u, a, i) }
}
PEERS.js_floor_map = b => floor(b, 'check')
PEERS.js_floor_sampled = b => floor(b, 'sampled')
PEERS.js_floor_map_fresh = PEERS.js_floor_map
PEERS.js_floor_sampled_fresh = PEERS.js_floor_sampled

function measureMany({ run, want }, out) {
  const now = process.hrtime.bigint, answers = run(), rounds = []
  out.verified = want.length, out.disagree = want.filter((w, k) => (w === 1) !== Boolean(answers[k])).length
  for (const warm = now() + BigInt(Math.floor(CAP_WARM * 1e9)); now() < warm;) run()
  for (const end = now() + BigInt(Math.floor(CAP_MEASURE * 1e9)); now() < end || rounds.length < 3;) {
    const t = now()
    run()
    rounds.push(Number(now() - t) / want.length)
  }
  rounds.sort((x, y) => x - y)
  const r1 = x => Math.round(x * 10) / 10
  out.ns = r1(rounds[rounds.length >> 1]), out.ns_p10 = r1(rounds[Math.floor(rounds.length / 10)]), out.checks = rounds.length * want.length
}

const copy = s => Buffer.from(s, 'latin1').toString('latin1')

async function measureEach(check, isAsync, fresh, reqs, exp, out) {
  const now = process.hrtime.bigint
  let n = 0, bad = 0
  const t0 = now()
  while (n < reqs.length && (n < 3 || Number(now() - t0) < CAP_VERIFY * 1e9)) {
    const [u, a, ip] = reqs[n]
    const r = isAsync ? await check(u, a, ip) : check(u, a, ip)
    if (r !== (exp[n] === 1)) bad++
    n++
  }
  const est = Number(now() - t0) / n
  out.verified = n, out.disagree = bad
  const k = Math.min(reqs.length, Math.max(1, Math.min(2000, Math.floor(3e5 / est)))), rounds = []
  // The first rounds are not counted: the loop and the peer are compiled in them.
  const warm = now() + BigInt(Math.floor(CAP_WARM * 1e9)), end = warm + BigInt(Math.floor(CAP_MEASURE * 1e9))
  let i = 0, total = 0, s = 0, c0 = process.cpuUsage()
  for (let counted = false; now() < end || rounds.length < 3;) {
    if (!counted && now() >= warm) { counted = true, rounds.length = 0, total = 0, c0 = process.cpuUsage() }
    if (i + k > reqs.length) i = 0
    const part = fresh ? reqs.slice(i, i + k).map(q => q.map(copy)) : reqs.slice(i, i + k)
    const t = now()
    if (isAsync) for (let j = 0; j < k; j++) { const q = part[j]; if (await check(q[0], q[1], q[2])) s++ } else for (let j = 0; j < k; j++) { const q = part[j]; if (check(q[0], q[1], q[2])) s++ }
    rounds.push(Number(now() - t) / k)
    i += k, total += k
  }
  const cu = process.cpuUsage(c0)
  rounds.sort((x, y) => x - y)
  const r1 = x => Math.round(x * 10) / 10
  out.ns = r1(rounds[rounds.length >> 1]), out.ns_p10 = r1(rounds[Math.floor(rounds.length / 10)])
  out.ns_cpu = r1((cu.user + cu.system) * 1e3 / total), out.checks = total
}

async function main() {
  if (process.argv[2] === 'list') return console.log(Object.keys(PEERS).join(' '))
  const [, , name, file] = process.argv, base = file.slice(0, -5), fresh = name.endsWith('_fresh')
  const out = { peer: name, lang: 'node', workload: path.basename(base) }
  try {
    const { load, check, isAsync, many } = PEERS[name](base)
    let w = json(file)
    const reqs = w.requests, exp = w.expected
    w = null
    global.gc && global.gc()
    const m0 = rss(), now = process.hrtime.bigint
    const t0 = now()
    await load()
    out.load_ms = Math.round(Number(now() - t0) / 1e4) / 100
    global.gc && global.gc()
    out.rss_mb = Math.round((rss() - m0) * 10) / 10
    if (many) measureMany(many(reqs, exp), out)
    else await measureEach(check, isAsync, fresh, reqs, exp, out)
  } catch (e) { out.error = String(e && e.stack || e).split('\n').slice(0, 2).join(' ').slice(0, 250) }
  out.load1 = os.loadavg()[0]
  console.log(JSON.stringify(out))
  process.exit(0)
}
main()
