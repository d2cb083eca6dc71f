// Compiled, never run: names as types (`passgate catalog types`). A misspelt one is reported.

import { load } from 'passgate'
import type { Action, Principal } from './partners-names.mjs'

const gate = load('examples/partners')

export function may(principal: Principal, action: Action, ip?: string): boolean {
  return gate.allows(principal, action, ip)
}

may('user:100001', 'AllocateCreditPool', '203.0.113.9')
may('role:nightly', 'intlpartnersmgt:QueryDownloadList')
may('root', 'cvm:RebootInstances')
// @ts-expect-error no such action
may('user:100001', 'AllocateCreditPol')
// @ts-expect-error no such action of the service
may('user:100001', 'intlpartnersmgt:AllocateCreditPol')
// @ts-expect-error no such user
may('user:10001', 'AllocateCreditPool')
// @ts-expect-error no catalog describes this service, and the set does not say that it is opaque
may('root', 'cdb:RebootInstances')
