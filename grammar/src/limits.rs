//! Every limit of a policy set, named once. `docs/limits.md` lists them; a test compares the two.
//!
//! Each has a test at N and at N + 1 (`tests/`). The source is the language reference, section *Limits*.

/// Bytes of one file.
pub const FILE_BYTES: usize = 16 * 1024 * 1024;
/// Bytes of all files of a set together.
pub const SET_BYTES: usize = 256 * 1024 * 1024;
/// Bytes of a compiled file.
pub const COMPILED_BYTES: usize = 1024 * 1024 * 1024;
/// Files of a set.
pub const SET_FILES: usize = 10_000;
/// Parentheses inside parentheses in a `.gate` file.
pub const PAREN_DEPTH: usize = 8;
/// Arrays and objects inside each other in a JSON text.
pub const JSON_DEPTH: usize = 64;
/// Arrays and inline tables inside each other in a TOML text.
pub const TOML_DEPTH: usize = 16;
/// Columns of a table on a provider's page.
pub const TABLE_COLUMNS: usize = 64;
/// Cells of all tables on a provider's page, with those that reach down from rows above.
pub const PAGE_CELLS: usize = 200_000;
/// Names that lead through names, groups that lead through groups.
pub const NAME_DEPTH: usize = 64;
/// Bytes of a NAME or a KEY.
pub const NAME_BYTES: usize = 256;
/// Bytes of a STRING.
pub const STRING_BYTES: usize = 4_096;
/// Bytes of an action pattern.
pub const PATTERN_BYTES: usize = 256;
/// `*` in an action pattern.
pub const PATTERN_STARS: usize = 16;
/// Terms of one list, or of one named set.
pub const LIST_TERMS: usize = 200_000;
/// Parameters of a template.
pub const PARAMETERS: usize = 16;
/// Instances of templates in a set.
pub const INSTANCES: usize = 100_000;
/// Prefixes, actions and resources that the names, categories, `only` and `except` of a set stand for, all together.
pub const SET_EXPANSION: usize = 16_000_000;
/// Statements of a set.
pub const SET_STATEMENTS: usize = 2_000_000;
/// Calls of the cases of a set: one for each action that a case names.
pub const TEST_CALLS: usize = 2_000_000;
/// Diagnostics shown for one file; the rest is counted.
pub const SHOWN_DIAGNOSTICS: usize = 100;
/// Digits, signs and points of a number.
pub const NUMBER_CHARS: usize = 64;
/// Digits of a number's exponent.
pub const EXPONENT_DIGITS: usize = 3;
/// Characters of an identity policy as a CAM document, JSON white space not counted.
pub const CAM_CHARS: usize = 6_144;

/// Entries (policies and groups) read while signatures are written out; beyond, a principal's policies are found anew
/// for each check.
pub const SIGNATURE_ENTRIES: usize = 16_000_000;
/// Segments of one policy above which its table is read beside the others and never merged.
pub const SHARED_SEGMENTS: usize = 16_384;
/// Segments of the tables that are merged into one; beyond, they are read side by side.
pub const MERGED_SEGMENTS: usize = 262_144;
/// Bytes of merged tables kept for declared principals; beyond, they read their policies side by side.
pub const KEPT_TABLE_BYTES: usize = 256 * 1024 * 1024;
/// Merged tables in the cache.
pub const CACHED_TABLES: usize = 16_384;
/// Bytes of the merged tables in the cache.
pub const CACHED_TABLE_BYTES: usize = 64 * 1024 * 1024;
/// Words of the cells of one signature in one service that are handed to a reader in another language.
pub const CELL_WORDS: usize = 4 * 1024 * 1024;
/// Calls for a signature before a reader in the host language fetches its cells.
pub const READER_CALLS: usize = 32;
/// Principals that such a reader knows by name.
pub const READER_CALLERS: usize = 262_144;
/// Texts of actions that such a reader knows.
pub const READER_ACTIONS: usize = 65_536;
/// Words that such a reader keeps, of all signatures.
pub const READER_WORDS: usize = 16 * 1024 * 1024;
/// Values of a request that a host language hands over, lists and objects counted with what is in them.
pub const REQUEST_VALUES: usize = 200_000;
/// Bytes of one line of `check --requests`.
pub const REQUEST_BYTES: usize = 1024 * 1024;
/// Steps in which one question about all requests is decided; beyond, it stays undecided.
pub const SPACE_STEPS: u64 = 20_000_000;
/// Resource patterns of one action that an analysis looks at apart; those beyond count among the others.
pub const EXTENT_PATTERNS: usize = 64;
/// Choices of what is changed that the nearest allowed call is looked for with; beyond, the answer says so.
pub const EXPLAIN_SPACES: usize = 1_024;
/// Nearest allowed calls that are told of one refusal.
pub const EXPLAIN_PROPOSALS: usize = 8;
/// Principals whose answers one report shows side by side; of those beyond it says how many there are.
pub const REPORT_CALLERS: usize = 400;
/// Kinds of changes that the page of `diff` shows side by side; of those beyond it says how many callers there are.
pub const REPORT_CHANGES: usize = 400;
/// Callers of one column that a page names; the rest is counted.
pub const REPORT_NAMES: usize = 1_000;
/// Actions that a page shows; the rest is counted.
pub const REPORT_ACTIONS: usize = 1_000;
/// Prefixes of one list that a page draws; the rest is counted.
pub const REPORT_PREFIXES: usize = 1_000;
/// Statements, stretches of addresses and values of the outcomes that `diff` keeps to hand out again; beyond, they are let
/// go and worked out anew.
pub const DIFF_KEPT: usize = 1_000_000;
/// Different rights of which `roles` compares every two; where there are more, those that probably share much.
pub const ROLES_COMPARED: usize = 512;
/// Neighbours on either side with which rights are compared that probably share much.
pub const ROLES_NEIGHBOURS: usize = 16;
/// Threads on which one question looks at callers; fewer where the machine has fewer.
pub const QUESTION_THREADS: usize = 4;
/// Groups of callers for which a question takes one thread more.
pub const QUESTION_SHARE: usize = 4_096;
/// Steps in which all asserts of a set are proved; those that are left then are undecided.
pub const PROOF_STEPS: u64 = 2_000_000_000;
/// Callers and actions of a replayed log that are named; the lines of others are counted.
pub const LOG_FLIPS: usize = 100_000;
/// Ways of giving account numbers that a question about all requests tries.
pub const SPACE_ACCOUNTS: usize = 64;
/// Digits of a number in a text that is compared with a variable, where all its parts are tried.
pub const SPACE_NUMBER_DIGITS: usize = 12;
/// Steps in which the regions of a set are counted that coverage tells of; beyond, they are counted in part.
pub const COVERAGE_STEPS: u64 = 500_000_000;
/// Regions that coverage tells of; beyond, they are counted in part.
pub const COVERAGE_REGIONS: usize = 1_000_000;
/// Statements, and regions, that coverage lists as reached by no test; the rest is counted.
pub const COVERAGE_SHOWN: usize = 1_000;
/// Steps in which an exact lint looks at one statement; beyond, it says nothing of it.
pub const LINT_STEPS: u64 = 200_000;
/// Pairs of resources of one list that `account-without-owner` compares; beyond, it says nothing of the list.
pub const LINT_PAIRS: usize = 1_000_000;
/// Statements that an exact lint holds against one statement; where more could matter, it says nothing of it.
pub const LINT_CANDIDATES: usize = 256;
/// Cells of a policy that `minimize` looks at all together; a larger policy is put together statement by statement.
pub const MINIMIZE_CELLS: usize = 8_192;
/// Boxes of cells that `minimize` chooses a policy's statements from; where there are more, it looks at what its own
/// statements grow to.
pub const MINIMIZE_BOXES: usize = 4_096;
/// Sets of conditions that `minimize` gives the statements of one policy.
pub const MINIMIZE_CONDITIONS: usize = 64;
/// Steps of one search of `minimize` in one policy; beyond, the smallest found counts.
pub const MINIMIZE_STEPS: u64 = 2_000_000;
/// Statements of a policy above which `minimize` first puts together those that are the same but for one list.
pub const MINIMIZE_FEW: usize = 32;
/// Pairs of statements of a large policy that `minimize` holds against each other; beyond, none is.
pub const MINIMIZE_PAIRS: usize = 4_000_000;
/// Statements of a policy that `minimize` tries to leave out one by one; of more, none is tried.
pub const MINIMIZE_DROPS: usize = 64;
/// Steps of the proof that a statement can be left out; beyond, it stays.
pub const MINIMIZE_DROP_STEPS: u64 = 20_000;
/// Steps of the proof that a policy says what it did; beyond, it stays as it was.
pub const MINIMIZE_PROOF_STEPS: u64 = 1_000_000;
/// Principals, actions, resources and addresses of a log that `suggest` keeps; beyond, addresses are put together to shorter
/// prefixes.
pub const SUGGEST_ENTRIES: usize = 4_000_000;
/// Resources of one principal's action that `suggest` names; of more, every resource is allowed.
pub const SUGGEST_RESOURCES: usize = 64;
/// Kinds of used actions of one subject of which `suggest` tries every choice.
pub const SUGGEST_KINDS: usize = 10;
/// Used actions, alike ones once, and addresses of one subject that `suggest` looks at each apart; of more, kinds of them.
pub const SUGGEST_FINE: usize = 8;
/// Steps of the searches for all subjects of a log together, each with an equal share and none with more than
/// [`MINIMIZE_STEPS`]; beyond, the smallest found counts.
pub const SUGGEST_STEPS: u64 = 20_000_000;
/// Broken lines of a log that `suggest` shows; the rest is counted.
pub const SUGGEST_BROKEN: usize = 100;
/// Actions of one statement that `suggest` names as never used; the rest is counted.
pub const SUGGEST_UNUSED: usize = 1_000;
