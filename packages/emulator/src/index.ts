export { type ClockMode, EmulatedClock } from './clock/emulated-clock.ts'
export { type ClientConfiguration, Emulator, type EmulatorOptions, startEmulator } from './emulator.ts'
export { DataFolderError, type DataFolderErrorCode } from './state/data-folder-error.ts'
