// The names one by one: Node would otherwise read every file twice to find them, which takes longer than to load the package.

import { createRequire } from 'node:module'

export const {
  Gate,
  Principal,
  load,
  loadAsync,
  compile,
  version,
  GateError,
  RequestError,
  PolicyError,
  CatalogError,
  FileError,
  CompiledError,
  OptionError,
  InternalError,
} = createRequire(import.meta.url)('./index.cjs')
