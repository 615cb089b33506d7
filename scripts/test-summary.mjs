// Prints `N passed, N failed[, N skipped]` from the last test run; a run that left no report counts as one failure.
import { existsSync, readFileSync } from 'node:fs'

const report = '.flowtap/test-report.json'
if (existsSync(report)) {
  const result = JSON.parse(readFileSync(report, 'utf8'))
  const skipped = result.numPendingTests + result.numTodoTests
  // A test file that could not be loaded has no tests of its own; it must not vanish from the count.
  const broken = result.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length
  console.log(
    `${result.numPassedTests} passed, ${result.numFailedTests + broken} failed${skipped ? `, ${skipped} skipped` : ''}`,
  )
} else {
  console.log('0 passed, 1 failed')
}
