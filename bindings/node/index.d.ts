/**
 * passgate: may this caller perform this API action from this address?
 *
 * Load a policy set once, then ask it:
 *
 * ```js
 * import { compile } from 'passgate'
 *
 * const gate = compile(`
 *   use intlpartnersmgt
 *   policy desk { allow PayOrders from 203.0.113.0/24 }
 *   user 100001 { attach desk }
 * `)
 * gate.allows('user:100001', 'PayOrders', '203.0.113.9')                   // true
 * gate.check({ principal: 'user:100001', action: 'PayOrders' }).reason     // 'implicit-deny'
 * ```
 *
 * What cannot be answered throws a {@link GateError} with a stable `code`; it is never an allow and never a silent deny.
 *
 * @packageDocumentation
 */

/** Why a request is allowed or denied. */
export type Reason = 'allow' | 'root' | 'explicit-deny' | 'implicit-deny' | 'boundary' | 'unknown-principal'

/** Code of an error about a request. */
export type RequestErrorCode =
  | 'unknown-action'
  | 'bad-resource'
  | 'bad-context'
  | 'bad-address'
  | 'bad-time'
  | 'bad-request'
  | 'unknown-group'
  | 'unknown-policy'
  | 'unresolved-variable'

/** Code of an error, the same in every language. */
export type ErrorCode =
  | RequestErrorCode
  | 'bad-policy'
  | 'bad-catalog'
  | 'bad-file'
  | 'bad-compiled'
  | 'bad-option'
  | 'internal'

/** How much a diagnostic matters. */
export type Level = 'note' | 'warning' | 'error'

/** A statement that decided, by place. */
export interface Statement {
  /** Name of the policy. */
  readonly policy: string
  /** `policy#n`, counted from 1 by place, or `policy#id` where the statement has one. */
  readonly id: string
  /** Name of the file. */
  readonly file: string
  /** Line, from 1. */
  readonly line: number
  /** Column in code points, from 1. */
  readonly column: number
}

/** The answer to a request; frozen. */
export interface Decision {
  /** May the caller? */
  readonly allowed: boolean
  /** Why. */
  readonly reason: Reason
  /** Version of the catalog of the action's service; `null` for an opaque service. */
  readonly catalog: string | null
  /** All statements that decided, by place: the denies, the allows, or the boundary's denies. */
  readonly statements: readonly Statement[]
  /** What the caller is told: the `@reason` of the first deciding deny that has one, or its policy has; else `null`. */
  readonly message: string | null
}

/** A value of the context. A `Date` is an instant; a number is compared as the decimal that JavaScript writes. */
export type ContextValue = string | number | bigint | boolean | Date

/** Further keys of a request; a list is several values of one key, an empty one an absent key. */
export interface Context {
  readonly [key: string]: ContextValue | readonly ContextValue[] | undefined
}

/** The caller's account numbers, as digits. */
export interface Account {
  /** The caller's own number. */
  readonly uin?: string | null
  /** The owner's number. */
  readonly owner_uin?: string | null
  /** The owner's application number. */
  readonly app_id?: string | null
}

/** What a request may carry beside principal, action and address. */
export interface Extra {
  /** One resource, or several: then every one must be allowed. */
  readonly resource?: string | readonly string[] | null
  /** Further keys. */
  readonly context?: Context | null
  /** The time: a `Date`, or text as `2026-01-01T00:00:00Z`. Without one no time is known; the clock is never read. */
  readonly at?: string | Date | null
  /** Account numbers, which go before those of the set. */
  readonly account?: Account | null
  /** Groups that the caller brings, as far as the set's `claims` admits. */
  readonly groups?: readonly string[] | null
  /** Roles that the caller brings, as far as the set's `claims` admits. */
  readonly roles?: readonly string[] | null
  /** Policies that the caller brings, as far as the set's `claims` admits. */
  readonly policies?: readonly string[] | null
}

/**
 * What a caller wants to do. `undefined` and `null` leave an optional member out; a member that is not listed here is
 * refused.
 */
export interface Request extends Extra {
  /** `user:NAME`, `role:NAME`, `group:NAME`, `policy:NAME`, `root`, or a user's name. */
  readonly principal: string
  /** `service:Name`, or a bare name where exactly one service has it. */
  readonly action: string
  /** The caller's address, IPv4 or IPv6. */
  readonly ip?: string | null
}

/** The URL of a file, such as `new URL('./policies', import.meta.url)`. */
export interface FileUrl {
  readonly href: string
  readonly protocol: string
}

/** Where a file or folder is. */
export type Path = string | FileUrl

/** Options of a load. They replace the set's own settings; `catalogs` and `opaque` add to them. */
export interface LoadOptions {
  /** Catalog files, added to the built-in catalog. */
  readonly catalogs?: Path | readonly Path[] | null
  /** Services whose actions are matched by their text where no catalog describes them; `*` for every such service. */
  readonly opaque?: string | readonly string[] | null
  /** The owner's account numbers, as digits. */
  readonly owner?: { readonly uin?: string | null; readonly uid?: string | null } | null
  /** What an address condition means on an action without IP support. */
  readonly ipUnsupported?: 'withhold' | 'evaluate' | 'refuse' | null
  /** CAM documents that together bound every caller but root. */
  readonly boundary?: Path | readonly Path[] | null
  /** Refuse a set with a lint at error level. */
  readonly strict?: boolean | null
}

/** A place in a text. */
export interface Place {
  /** Name of the file. */
  file: string
  /** Line, from 1. */
  line: number
  /** Column in code points, from 1. */
  column: number
  /** Line of the end, from 1. */
  end_line: number
  /** Column of the end in code points, from 1: one past the last. */
  end_column: number
}

/** A place with a word about it. */
export interface Label extends Place {
  text: string
}

/** Text that takes the place of other text; where start and end are one place, it is inserted. */
export interface Edit extends Place {
  text: string
}

/** A way to mend what a diagnostic speaks of: its edits, all or none. */
export interface Fix {
  title: string
  /** Whether it may be applied without asking. */
  safe: boolean
  edits: Edit[]
}

/** One thing to say about a text of the set. */
export interface Diagnostic extends Place {
  /** Stable code, such as `unknown-name`. */
  code: string
  level: Level
  /** One line: what is wrong. */
  message: string
  labels: Label[]
  notes: string[]
  help: string | null
  fixes: Fix[]
  /** Nearest valid spellings, best first. */
  nearest: string[]
  /** Place in a CAM document, such as `statement[0].action[2]`. */
  path?: string
}

/**
 * A loaded policy set. Immutable; made by {@link load}, {@link loadAsync} or {@link compile}.
 *
 * A check opens no file, starts no process, and reads neither clock nor environment.
 */
export class Gate {
  private constructor()

  /** What was noticed while loading. */
  get diagnostics(): Diagnostic[]

  /**
   * May the principal perform the action?
   *
   * ```js
   * gate.allows('user:100001', 'PayOrders', '203.0.113.9')
   * gate.allows('user:100001', 'PayOrders', '203.0.113.9', { at: new Date() })
   * ```
   *
   * @throws {RequestError} where the request cannot be answered
   */
  allows(principal: string, action: string, ip?: string | null, extra?: Extra | null): boolean

  /**
   * A principal resolved once for many checks. An unknown user or role has a handle too: it is allowed nothing.
   *
   * ```js
   * const clerk = gate.principal('user:100001')
   * clerk.allows('PayOrders', '203.0.113.9')
   * ```
   *
   * @throws {RequestError} for a group or policy that is unknown, or that the set's `claims` does not admit
   */
  principal(name: string): Principal

  /**
   * Many checks in columns of equal length: 1 where the call of a row is allowed, 0 where it is refused.
   *
   * A row that cannot be answered throws its error, as {@link Gate.allows} would. Where a list is given for `errors`,
   * such a row is put there instead and its answer is 0.
   *
   * ```js
   * const errors = []
   * const answers = gate.allowsMany(['user:100001', 'root'], ['PayOrders', 'PayOrder'], ['203.0.113.9', null], errors)
   * ```
   *
   * @throws {RequestError} where the columns do not fit each other, and for a row without `errors`
   */
  allowsMany(
    principals: readonly string[],
    actions: readonly string[],
    ips?: readonly (string | null | undefined)[] | null,
    errors?: RowError[] | null,
  ): Uint8Array

  /**
   * Numbers of principals for {@link Gate.allowsManyIds}. They hold for this gate.
   *
   * @throws {RequestError} as {@link Gate.principal}
   */
  principalIds(names: readonly string[]): Uint32Array

  /**
   * Numbers of actions for {@link Gate.allowsManyIds}. They hold for this gate.
   *
   * @throws {RequestError} `unknown-action`
   */
  actionIds(names: readonly string[]): Uint32Array

  /**
   * As {@link Gate.allowsMany}, over numbers of principals and actions and IPv4 addresses as numbers
   * (`203.0.113.9` is `0xcb007109`).
   *
   * @throws {RequestError} as {@link Gate.allowsMany}, and `bad-request` for a number that this gate did not give out
   */
  allowsManyIds(
    principals: Uint32Array,
    actions: Uint32Array,
    ips: Uint32Array,
    errors?: RowError[] | null,
  ): Uint8Array

  /**
   * The decision with its reason and the statements that decided.
   *
   * ```js
   * const { allowed, reason, statements } = gate.check({
   *   principal: 'user:100001',
   *   action: 'cvm:RebootInstances',
   *   resource: 'qcs::cvm:ap-singapore:uid/1250000001:instance/ins-1',
   *   context: { 'qcs:resource_tag': ['team&support'] },
   * })
   * ```
   *
   * @throws {RequestError} where the request cannot be answered
   */
  check(request: Request): Decision

  /**
   * Decides many requests, each on its own, in order. An error stands in the place of its request, as a value; it is
   * not thrown.
   *
   * ```js
   * for (const answer of gate.checkMany(requests)) {
   *   if (answer instanceof GateError) console.error(answer.code)
   *   else console.log(answer.reason)
   * }
   * ```
   */
  checkMany(requests: Iterable<Request>): Array<Decision | GateError>

  /**
   * Decides one request written as a line of JSON, as `passgate check --requests` reads it.
   *
   * @throws {RequestError} where the request cannot be answered
   */
  checkJson(line: string): Decision

  /**
   * The catalogued actions that {@link Gate.allows} allows the principal from this address, by their full names.
   *
   * ```js
   * const may = gate.actions('user:100001', '203.0.113.9')
   * may.has('intlpartnersmgt:PayOrders')
   * ```
   *
   * @throws {RequestError} `bad-address`, and as {@link Gate.principal}
   */
  actions(principal: string, ip?: string | null): Set<string>

  /**
   * The same as bits: the action at place `i` of {@link Gate.actionNames} is bit `i & 7`, from the lowest, of byte `i >> 3`.
   *
   * @throws {RequestError} as {@link Gate.actions}
   */
  actionBits(principal: string, ip?: string | null): Uint8Array

  /** The full names of all catalogued actions, in the order of their numbers and bits. */
  actionNames(): readonly string[]

  /**
   * The smallest equivalent policy set found: its files, or CAM documents.
   *
   * ```js
   * const { files, before, after } = gate.minimize()
   * ```
   *
   * @throws {GateError} `bad-option` for the files of a compiled file, which holds none
   */
  minimize(options?: MinimizeOptions | null): Minimized

  /**
   * The smallest policies that allow what a log shows: a request a line, as `passgate check --requests` reads them.
   *
   * ```js
   * const { text, policies, unused } = gate.suggest(readFileSync('requests.jsonl', 'utf8'), { shortest_prefix: 24 })
   * ```
   *
   * @throws {RequestError} for options that cannot be read
   */
  suggest(log: string, options?: SuggestOptions | null): Suggested

  /**
   * What may the principal do? Every action: allowed always, never, or on what it depends.
   *
   * ```js
   * const { actions } = gate.what('user:100001', { ip: '203.0.113.9' })
   * const shown = actions.filter(({ answer }) => answer !== 'never')
   * ```
   *
   * @throws {RequestError} for a group or policy that is unknown or not admitted, and for options that cannot be read
   */
  what(principal: string, options?: Calls | null): What

  /**
   * Who may perform the action? Every caller that may, and the statements without which nobody could.
   *
   * ```js
   * const { callers, statements } = gate.who('PayOrders')
   * ```
   *
   * @throws {RequestError} `unknown-action`, and for options that cannot be read
   */
  who(action: string, options?: Calls | null): Who

  /**
   * Why is the call allowed or refused? Each statement clause by clause, and the nearest call that would be allowed.
   *
   * ```js
   * const { sentence, nearest } = gate.explain({ principal: 'user:100001', action: 'PayOrders', brief: true })
   * ```
   *
   * @throws {RequestError} for a request whose form is wrong; every other error is explained
   */
  explain(request: ExplainRequest): Explanation

  /**
   * Who can do both of two things, from one address and at one time, and through what? A pair is two actions or patterns
   * with a comma between.
   *
   * @throws {RequestError} `unknown-action`, and `bad-request` for what is no pair
   */
  conflicts(pair: string | readonly string[]): Conflicts

  /**
   * At which instants do rights change by themselves, after one instant and up to another?
   *
   * @throws {RequestError} `bad-time`, and for a principal that is not admitted
   */
  forecast(since: string | Date, until: string | Date, options?: { readonly principal?: string | null } | null): Forecast

  /**
   * Who gains and who loses what where the other set takes the place of this one?
   *
   * ```js
   * const { empty, changes } = gate.diff(load('policies'), { principal: 'user:100001' })
   * ```
   *
   * @throws {RequestError} for a principal that neither set admits
   */
  diff(other: Gate, options?: { readonly principal?: string | null } | null): Diff

  /**
   * How far is the set open, in actions × addresses? With a later set both, and what that has more.
   *
   * ```js
   * const { exposure, categories } = gate.exposure()
   * const { change } = gate.exposure(load('policies'))
   * ```
   */
  exposure(later?: null): Exposure
  exposure(later: Gate): ExposureChange

  /**
   * Who gains and who loses what, where this gate is the set over an old catalog and the other is it over a new one?
   *
   * ```js
   * const { changes } = load('policies').drift(load('policies', { catalogs: ['shop-july.json'] }))
   * ```
   *
   * @throws {OptionError} `bad-option` for two that are not one set
   */
  drift(other: Gate): Drift

  /**
   * What do the patterns of the set stand for? With the text of a lock, which of them differ from it?
   *
   * ```js
   * const { text } = gate.lock()
   * const { same, changed } = gate.lock(text)
   * ```
   *
   * @throws {RequestError} `bad-request` with diagnostics for a text that is no lock
   */
  lock(lock?: null): Lock
  lock(lock: string): LockComparison

  /**
   * Which callers have equal or nearly equal rights? `least` is the share in percent from which they are nearly equal.
   *
   * @throws {RequestError} `bad-request` for a share above 100
   */
  roles(options?: { readonly least?: number | null } | null): Roles

  /**
   * Do these asserts hold of every call? Each is proved, or refuted by the smallest call.
   *
   * ```js
   * const { verdict, asserts } = gate.prove(['no one may write from 192.0.2.0/24'])
   * ```
   *
   * @throws {GateError} `bad-option` for a text that is no assert
   */
  prove(asserts: readonly string[]): Proved
}

/** What {@link Gate.minimize} gives. */
export interface MinimizeOptions {
  /** CAM documents instead of files. */
  documents?: boolean | null
  /** Characters of a document, JSON white space not counted; documents are made then. */
  max_size?: number | null
}

/** How big policies are: compared by statements, then by elements. */
export interface Size {
  statements: number
  /** What stands between commas: actions, resources, addresses, values. */
  elements: number
  characters: number
}

/** The smallest equivalent policy set found. */
export interface Minimized {
  before: Size
  after: Size
  policies: {
    policy: string
    before: Size
    after: Size
    /** No smaller policy covers the same cells, for certain. */
    least: boolean
    /** Classes of actions compared, and those whose calls were all searched. */
    certificate: { classes: number; searched: number }
  }[]
  /** Policies that were left as they are. */
  left: { policy: string; why: string }[]
  files: { file: string; changed: boolean; text: string }[]
  /** The CAM documents of each policy, where they were asked for. */
  documents: Record<string, string[]>
}

/** What may be granted beyond a log. */
export interface SuggestOptions {
  /** Categories of which every action may be granted to whoever used one. */
  categories?: string[] | null
  /** The shortest prefix that an IPv4 address may be widened to; 32 where it is left out. */
  shortest_prefix?: number | null
  /** The same of IPv6; 128 where it is left out. */
  shortest_prefix_v6?: number | null
  /** One policy for all principals that are in the same groups and roles. */
  per_role?: boolean | null
}

/** The smallest policies that allow what a log shows. */
export interface Suggested {
  /** A policy set of one file. */
  text: string
  policies: {
    policy: string
    principals: string[]
    size: Size
    /** Pairs of an action and an address, as digits. */
    granted: string
    /** Those of them that the log does not show, as digits. */
    over: string
    least: boolean
  }[]
  left: { principal: string; why: string }[]
  log: {
    lines: number
    allowed: number
    denied: number
    root: number
    broken: number
    shown: { line: number; code: string; message: string }[]
    /** Addresses were put together, because there were too many. */
    coarse: boolean
  }
  /** Uses of the log that the suggestion was checked with. */
  checked: number
  unused: {
    policy: string
    id: string
    file: string
    line: number
    column: number
    whole: boolean
    actions: number
    count: number
    unused: string[]
  }[]
}

/** Which calls a question is asked of; what is left out is open. */
export interface Calls {
  /** Only calls from this address. */
  readonly ip?: string | null
  /** Only calls on this resource; `*` is a call without one. */
  readonly resource?: string | null
  /** Only calls at this time. */
  readonly at?: string | Date | null
}

/** What becomes of some calls: all are allowed, some, none. */
export type Standing = 'always' | 'depends' | 'never'

/** One dimension that decides; `what` says which. `docs/cli.md` says what the members mean. */
export type Dependence =
  | { what: 'address'; always: string[]; depends: string[]; without: Standing }
  | { what: 'time'; windows: { since: string | null; until: string | null; answer: Standing }[]; without: Standing }
  | { what: 'key'; key: string; values: { value: JsonValue; answer: Standing }[]; without: Standing }
  | {
      what: 'account'
      numbers: { uin: string | null; owner_uin: string | null; app_id: string | null; answer: Standing }[]
    }
  | { what: 'resource'; patterns: { pattern: string; answer: Standing }[]; others: Standing }

/** A value of a key of the context. */
export type JsonValue = string | number | boolean | null | JsonValue[]

/** What becomes of calls, and on what it depends. */
export interface Answer {
  answer: Standing
  exact: boolean
  on: Dependence[]
  /** Why it is not exact; only there where it is not. */
  because?: string[]
}

/** What becomes of the calls of one action. */
export interface ActionAnswer extends Answer {
  action: string
  /** What the catalog calls it; `null` of an opaque service. */
  category: string | null
}

/** What a principal may do. */
export interface What {
  principal: string
  /** Whether the set knows the principal. */
  known: boolean
  ip: string | null
  resource: string | null
  at: string | null
  exact: boolean
  /** Why there may be actions beside these; only there where there may. */
  because?: string
  actions: ActionAnswer[]
}

/** Callers that are answered alike. */
export interface CallerAnswer extends Answer {
  principals: string[]
}

/** Who may perform an action. */
export interface Who {
  action: string
  ip: string | null
  resource: string | null
  at: string | null
  exact: boolean
  callers: CallerAnswer[]
  /** How many callers never may. */
  never: number
  /** Without these, no caller with policies may. */
  statements: Statement[]
}

/** A value of the context as an answer has it. */
export type AnswerValue = string | number | boolean | Array<string | number | boolean> | null

/** What a clause of a statement says of a call. */
export interface Clause {
  clause: 'principal' | 'action' | 'resource' | 'address' | 'condition'
  /** The key of a condition, or the resource of the call. */
  of: string | null
  text: string
  /** `null` where it is open. */
  holds: boolean | null
  given: 'given' | 'absent' | 'withheld'
  /** Why it does not hold or is open, where that is not plain. */
  because?: string
}

/** What a statement says of a call. */
export interface ExplainedStatement extends Statement {
  effect: 'allow' | 'deny'
  part: 'attached' | 'boundary' | 'elsewhere'
  /** Groups and roles through which it reaches the caller. */
  through: string[]
  matches: boolean | null
  decided: boolean
  clauses: Clause[]
}

/** One thing that is changed; `to` is `null` where the value is to be left out. */
export type Change =
  | { change: 'address'; to: string | null; within: string | null }
  | { change: 'time'; to: string | null; since: string | null; until: string | null }
  | { change: 'context'; key: string; to: AnswerValue }
  | { change: 'join'; to: string }

/** A call that would be allowed. */
export interface Proposal {
  sentence: string
  changes: Change[]
}

/** A call to explain, and how much is told. */
export interface ExplainRequest extends Request {
  /** Only the statements that decided, and the nearest calls. */
  readonly brief?: boolean | null
  /** Also statements that do not cover the action, and those of others that do. */
  readonly all?: boolean | null
}

/** Why a call is allowed or refused. */
export interface Explanation {
  principal: string
  action: string
  ip: string | null
  resources: string[] | null
  at: string | null
  context: Record<string, AnswerValue>
  sentence: string
  allowed: boolean | null
  reason: Reason | null
  /** Only there where the call is not decided. */
  error?: { code: RequestErrorCode; message: string; key: string | null; nearest: string[] }
  statements: ExplainedStatement[]
  /** Of a refusal: the nearest calls that would be allowed. */
  nearest: { exact: boolean; because?: string[]; proposals: Proposal[] } | null
}

/** An allow, and how it reaches a caller. */
export interface Allow extends Statement {
  through: string[]
}

/** Callers that can do both of a pair. */
export interface Conflict {
  pair: [string, string]
  principals: string[]
  first: string[]
  second: string[]
  addresses: string[]
  /** Whether both are possible in calls without an address. */
  without: boolean
  when: Array<{ since: string | null; until: string | null }>
  /** Whether both are possible in calls without a time. */
  timeless: boolean
  first_through: Allow[]
  second_through: Allow[]
}

/** Who can do both of two things. */
export interface Conflicts {
  pairs: Array<[string, string]>
  exact: boolean
  because?: string[]
  conflicts: Conflict[]
}

/** What changes by itself. */
export interface Forecast {
  since: string
  until: string
  principal: string | null
  exact: boolean
  because?: string[]
  moments: Array<{ at: string; changes: Array<{ principals: string[]; gains: string[]; loses: string[] }> }>
}

/** Calls that change alike for some actions: *always* are values with which every call changes. */
export interface ChangedRight extends Answer {
  /** The category is that of the new catalog, else of the old one; `null` of an opaque service. */
  actions: { action: string; category: string | null }[]
  /** A request that one set allows and the other does not, as `checkJson` takes it. */
  example: Record<string, unknown> | null
}

/** What some callers gain and lose. */
export interface CallerChange {
  principals: string[]
  /** Which of the sets know them. */
  known: 'both' | 'old' | 'new'
  gains: ChangedRight[]
  losses: ChangedRight[]
}

/** A member of a catalog file whose value differs; `null` where it is not stated. */
export interface CatalogMember {
  what: string
  old: unknown
  new: unknown
}

/** An action that only one of two catalogs has. */
export interface ListedAction {
  name: string
  category: string
  granularity: string
  resources: string[]
  ip_restriction: boolean
  tag_authorization: boolean
}

/** What differs in one service of two catalogs. */
export interface ServiceDiff {
  service: string
  change: 'added' | 'removed' | 'changed'
  old_version: string | null
  new_version: string | null
  facts: CatalogMember[]
  added: ListedAction[]
  removed: ListedAction[]
  changed: { name: string; changes: CatalogMember[] }[]
}

/** Who gains and who loses what between two sets. */
export interface Diff {
  principal: string | null
  /** Whether no right changes. */
  empty: boolean
  exact: boolean
  /** Why there may be more; only there where there may. */
  because?: string
  /** How many were compared. */
  callers: number
  /** Settings that decide and differ. */
  settings: string[]
  catalogs: { services: ServiceDiff[] }
  changes: CallerChange[]
}

/** Shares of all addresses, added up over actions and principals. */
export interface Reach {
  /** The mean of both families. */
  exposure: number
  v4: number
  v6: number
}

/** How far a set is open. */
export interface Exposure extends Reach {
  /** Where it is not, the figures may be too large. */
  exact: boolean
  categories: Record<string, Reach>
  principals: (Reach & { principal: string; categories: Record<string, Reach> })[]
}

/** How far two sets are open, and what the later one has more. */
export interface ExposureChange {
  old: Exposure
  new: Exposure
  change: Exposure
}

/** Who gains and who loses what when the catalog changes. */
export interface Drift {
  services: ServiceDiff[]
  exact: boolean
  changes: {
    change: 'gains' | 'loses' | 'changes'
    principals: string[]
    actions: {
      action: string
      became: 'added' | 'removed' | 'changed'
      old_category: string | null
      new_category: string | null
    }[]
    before: Answer
    after: Answer
    statements: Statement[]
  }[]
}

/** An action that a pattern stands for. */
export interface LockedAction {
  action: string
  category: string
}

/** What a pattern is known by. */
export interface PatternName {
  pattern: string
  /** The services that its bare names mean. */
  use: string[]
  /** The instance of a template whose parameter it names. */
  policy: string | null
}

/** A pattern of a set and what it stands for. */
export interface Pattern extends PatternName {
  places: { file: string; line: number; column: number }[]
  actions: LockedAction[]
}

/** What the patterns of a set stand for. */
export interface Lock {
  /** The lock to keep. */
  text: string
  catalogs: { service: string; version: string }[]
  patterns: Pattern[]
}

/** How a set differs from a lock. */
export interface LockComparison {
  /** Whether every pattern stands for what it was locked with. */
  same: boolean
  /** Catalogs of another version; `null` where one of the two has none. */
  catalogs: { service: string; locked: string | null; now: string | null }[]
  changed: (PatternName & { places: Pattern['places']; added: LockedAction[]; removed: LockedAction[] })[]
  /** Patterns that the lock does not have. */
  unlocked: Pattern[]
  /** Patterns of the lock that the set does not have, each with its line in the lock. */
  stale: (PatternName & { line: number; actions: LockedAction[] })[]
}

/** Callers by their rights. */
export interface Roles {
  least: number
  exact: boolean
  because?: string[]
  all_compared: boolean
  equal: Array<{ principals: string[]; actions: number; rights: number; same_policies: boolean }>
  near: Array<{
    shared: number
    all: number
    share: number
    members: Array<{ principals: string[]; beyond: string[] }>
  }>
  single: number
  without: number
}

/** What was found about an assert. */
export type Verdict = 'proved' | 'refuted' | 'undecided'

/** The smallest call that refutes an assert. */
export interface CounterExample {
  /** As `checkJson` takes it. */
  request: Record<string, unknown>
  /** The widest prefix around its address, all of which is answered alike. */
  prefix: string | null
  decision: { allowed: boolean; reason: Reason; catalog: string | null; statements: Statement[] }
}

/** What was found about one assert. */
export interface Proof {
  /** Its text. */
  assert: string
  verdict: Verdict
  /** Where it is refuted. */
  counter_example?: CounterExample
  /** Where it is undecided: on what it depends. */
  because?: string[]
}

/** What was found about asserts. */
export interface Proved {
  /** Refuted where one is, else undecided where one is, else proved. */
  verdict: Verdict
  exact: boolean
  asserts: Proof[]
}

/** A principal of one gate, resolved; made by {@link Gate.principal}. */
export class Principal {
  private constructor()

  /** The principal as it was named. */
  get name(): string

  /**
   * May it perform the action?
   *
   * @throws {RequestError} where the request cannot be answered
   */
  allows(action: string, ip?: string | null): boolean

  /**
   * The decision with its reason and the statements that decided.
   *
   * @throws {RequestError} where the request cannot be answered
   */
  check(action: string, ip?: string | null): Decision
}

/** A row of a batch that could not be answered. */
export interface RowError {
  /** The row, from 0. */
  readonly row: number
  readonly error: GateError
}

/**
 * Loads a policy set: a folder, a `.gate` file, a compiled file or one CAM JSON document.
 *
 * ```js
 * const gate = load('examples/partners', { strict: true })
 * ```
 *
 * @throws {PolicyError} where the set is refused, with everything that is wrong with it
 * @throws {FileError} where there is no such set
 * @throws {CatalogError} where a catalog is refused
 * @throws {CompiledError} where a compiled file is damaged or of another version
 * @throws {OptionError} where an option has no meaning here
 */
export function load(path: Path, options?: LoadOptions | null): Gate

/** Loads a policy set off the event loop; rejects with what {@link load} throws. */
export function loadAsync(path: Path, options?: LoadOptions | null): Promise<Gate>

/**
 * Compiles the text of one `.gate` file that is a whole policy set.
 *
 * @throws {GateError} as {@link load}
 */
export function compile(text: string, options?: LoadOptions | null): Gate

/** Version of the package. */
export const version: string

/** A call that could not be answered; never an allow, never a silent deny. */
export class GateError extends Error {
  constructor(
    message: string,
    failure?: {
      code?: ErrorCode
      key?: string | null
      nearest?: string[]
      diagnostics?: Diagnostic[]
    },
  )
  /** Stable code to switch on, such as `unknown-action`. */
  readonly code: ErrorCode
  /** The request's member, context key, variable or option at fault, where there is one. */
  readonly key: string | null
  /** Nearest valid spellings, best first. */
  readonly nearest: string[]
  /** What is wrong with the texts of the set. */
  readonly diagnostics: Diagnostic[]
}

/** The request is at fault: an unknown action, a malformed address, resource, context or time. */
export class RequestError extends GateError {
  readonly code: RequestErrorCode
}

/** The policy set is refused; `diagnostics` says where and why. */
export class PolicyError extends GateError {
  readonly code: 'bad-policy'
}

/** A catalog is refused. */
export class CatalogError extends GateError {
  readonly code: 'bad-catalog'
}

/** A file cannot be read, or is of no known kind. */
export class FileError extends GateError {
  readonly code: 'bad-file'
}

/** A compiled file is damaged or of another version. */
export class CompiledError extends GateError {
  readonly code: 'bad-compiled'
}

/** An option has no meaning here. */
export class OptionError extends GateError {
  readonly code: 'bad-option'
}

/** A fault of passgate itself. */
export class InternalError extends GateError {
  readonly code: 'internal'
}
