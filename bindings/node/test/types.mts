// Compiled, never run: what the types promise and what they refuse.

import {
  CatalogError,
  GateError,
  PolicyError,
  RequestError,
  compile,
  load,
  loadAsync,
  version,
  type Decision,
  type Diagnostic,
  type Diff,
  type Drift,
  type ErrorCode,
  type Exposure,
  type ExposureChange,
  type Gate,
  type LoadOptions,
  type Lock,
  type LockComparison,
  type Minimized,
  type Principal,
  type Reason,
  type Request,
  type RowError,
  type Standing,
  type Statement,
  type Suggested,
  type What,
  type Who,
} from 'passgate'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
function same<A, B>(_: Same<A, B>): void {}

const options: LoadOptions = {
  catalogs: ['shop.json', { href: 'file:///shop.json', protocol: 'file:' }],
  opaque: '*',
  owner: { uin: '1', uid: '2' },
  ipUnsupported: 'refuse',
  boundary: 'limit.json',
  strict: true,
}
const gate: Gate = load('set', options)
const later: Promise<Gate> = loadAsync({ href: 'file:///set', protocol: 'file:' })
const compiled: Gate = compile('policy p { allow * }', { opaque: ['cvm'] })

const allowed: boolean = gate.allows('root', 'svc:Name', '::1', { at: new Date(), resource: ['*'] })
const request: Request = {
  principal: 'user:1',
  action: 'PayOrders',
  ip: null,
  context: { mfa: true, amount: 10n, names: ['a', 1, new Date()] },
  account: { uin: '1', owner_uin: '2', app_id: '3' },
  groups: ['g'],
  roles: [],
  policies: null,
}
const decision: Decision = gate.check(request)
const [statement] = decision.statements
same<Reason, 'allow' | 'root' | 'explicit-deny' | 'implicit-deny' | 'boundary' | 'unknown-principal'>(true)
same<typeof decision.reason, Reason>(true)
same<typeof decision.catalog, string | null>(true)
same<typeof statement, Statement | undefined>(true)
same<typeof version, string>(true)

const clerk: Principal = gate.principal('user:1')
same<ReturnType<typeof clerk.allows>, boolean>(true)
same<ReturnType<typeof clerk.check>, Decision>(true)
const errors: RowError[] = []
same<ReturnType<typeof gate.allowsMany>, Uint8Array>(true)
gate.allowsMany(['root'], ['A'])
gate.allowsMany(['root'], ['A'], [null], errors)
gate.allowsManyIds(gate.principalIds(['root']), gate.actionIds(['A']), new Uint32Array(1), errors)

const told: What = gate.what('user:1', { ip: '::1', resource: null, at: new Date() })
for (const { answer, on } of told.actions) {
  same<typeof answer, Standing>(true)
  for (const one of on) if (one.what === 'address') same<typeof one.always, string[]>(true)
}
same<ReturnType<typeof gate.who>, Who>(true)
same<ReturnType<typeof gate.prove>['verdict'], 'proved' | 'refuted' | 'undecided'>(true)
same<ReturnType<typeof gate.diff>, Diff>(true)
const now: Exposure = gate.exposure()
const { change }: ExposureChange = gate.exposure(gate)
same<typeof change, typeof now>(true)
gate.diff(gate, { principal: null })
same<ReturnType<typeof gate.drift>, Drift>(true)
const kept: Lock = gate.lock()
const compared: LockComparison = gate.lock(kept.text)
same<typeof compared.same, boolean>(true)
same<ReturnType<typeof gate.minimize>, Minimized>(true)
same<ReturnType<typeof gate.suggest>, Suggested>(true)
gate.minimize({ max_size: 6144 })
gate.suggest('', { categories: ['read'], shortest_prefix: 24, per_role: true })

for (const answer of gate.checkMany(new Set([request]))) {
  if (answer instanceof GateError) same<typeof answer.code, ErrorCode>(true)
  else same<typeof answer, Decision>(true)
}
try {
  gate.checkJson('{}')
} catch (error) {
  if (error instanceof RequestError && error.code === 'bad-request') same<typeof error.key, string | null>(true)
  if (error instanceof PolicyError) same<typeof error.diagnostics, Diagnostic[]>(true)
  if (error instanceof CatalogError) same<typeof error.code, 'bad-catalog'>(true)
}

// @ts-expect-error a decision is frozen
decision.allowed = true
// @ts-expect-error a request names its action
gate.check({ principal: 'root' })
// @ts-expect-error no such member
gate.check({ principal: 'root', action: 'A', adress: '::1' })
// @ts-expect-error an address is text
gate.allows('root', 'A', 7)
// @ts-expect-error numbers are those that the gate gives out
gate.allowsManyIds(['root'], ['A'], new Uint32Array(1))
// @ts-expect-error a handle takes no more than action and address
clerk.allows('A', null, { at: new Date() })
// @ts-expect-error another gate is compared
gate.diff('set.gate')
// @ts-expect-error a lock is text
gate.lock(7)
// @ts-expect-error no such option
gate.who('A', { principal: 'root' })
// @ts-expect-error null is no value
gate.check({ principal: 'root', action: 'A', context: { k: [null] } })
// @ts-expect-error no such mode
load('set', { ipUnsupported: 'ignore' })
// @ts-expect-error no such option
load('set', { catalog: [] })
// @ts-expect-error a gate is loaded or compiled
type Made = ConstructorParameters<typeof Gate>

export { allowed, compiled, later }
