// Run statements

export type { OpenedFlowLogs, OpenFlowLogsOptions } from './automatic-table/open-flow-logs.ts'
export { openFlowLogs } from './automatic-table/open-flow-logs.ts'
export type { FlowLogTableLayout, FlowLogTableOptions, FlowLogTableSchema } from './catalog/aws-tables.ts'
export { flowLogTable } from './catalog/aws-tables.ts'
export type {
  Catalog,
  CatalogColumn,
  CatalogDatabase,
  CatalogPartition,
  CatalogTable,
  SerDeInfo,
  StorageDescriptor,
} from './catalog/catalog.ts'
export type { CatalogSnapshot, CatalogSnapshotPartitions } from './catalog/in-memory-catalog.ts'
// Keep tables
export { InMemoryCatalog } from './catalog/in-memory-catalog.ts'
export type { ClassifiedStatement, StatementFamily } from './dispatch.ts'
export { classifyStatement, splitStatements } from './dispatch.ts'
export type { EmbeddedEngineOptions } from './engine.ts'
export { EmbeddedEngine } from './engine.ts'
export type { AthenaErrorCategory, AthenaErrorCode, AthenaErrorOptions, SqlLocation } from './errors.ts'
export { AthenaError } from './errors.ts'
export type { SqlDialect } from './functions/function-definition.ts'
export type { FunctionTableRow } from './functions/registry.ts'
// Know functions and types
export { functionTable } from './functions/registry.ts'
export type {
  ExecuteOptions,
  QueryEngine,
  QueryIssue,
  QueryResult,
  QueryStatistics,
  ResultColumn,
  ResultText,
  StatementType,
} from './result.ts'
export type { FolderStoreOptions } from './storage/folder-store.ts'
// Keep objects
export { FolderStore } from './storage/folder-store.ts'
export type { ObjectStore, StoredObject } from './storage/object-store.ts'
export type { ListObjectsInput, ListObjectsOutput, S3Operations, S3StoreOptions } from './storage/s3-store.ts'
export { S3Store } from './storage/s3-store.ts'
export type { RowField, TrinoType, TrinoTypeKind } from './types/trino-type.ts'
export { formatTrinoType } from './types/trino-type.ts'
